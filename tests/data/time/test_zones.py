"""Time zones of tables: offsets that change with the clock, zones that are asked for, days that begin elsewhere."""

import numpy as np
import pandas as pd
import pytest

from rnncli.data.time.clock import HOUR, MINUTE
from rnncli.data.time.stamps import read_stamps
from rnncli.errors import ConfigError, DataError

SPRING, AUTUMN = "2024-03-30", "2024-10-26"  # the clocks of Europe change in the night after
ROWS, AHEAD = 60, 6


def where(row):
    return f"sales.csv:{row + 2}, column ds"


def made(zone, start, write, frequency="h", rows=ROWS):
    """(texts, the next texts, instants of both) of a clock."""
    stamps = pd.date_range(start, periods=rows + AHEAD, freq=frequency, tz="UTC")
    texts = [write(stamp) for stamp in stamps.tz_convert(zone)]
    return texts[:rows], texts[rows:], stamps.tz_localize(None).to_numpy().astype("M8[us]").astype(np.int64)


def plain(format):
    return lambda stamp: stamp.strftime(format)


def with_z(stamp):
    return stamp.isoformat().replace("+00:00", "Z")


WRITTEN = [
    ("Europe/London", SPRING, pd.Timestamp.isoformat),
    ("Europe/London", AUTUMN, with_z),
    ("Europe/Berlin", SPRING, plain("%d.%m.%Y %H:%M %Z")),
    ("Europe/Berlin", AUTUMN, plain("%d.%m.%Y %H:%M %Z")),
    ("Europe/Berlin", AUTUMN, plain("%Y-%m-%d %H:%M:%S%z")),
    ("America/New_York", "2024-11-02", pd.Timestamp.isoformat),
    ("America/New_York", "2024-03-09", plain("%m/%d/%Y %I:%M %p %Z")),
    ("Australia/Sydney", "2024-04-05", pd.Timestamp.isoformat),
]


@pytest.mark.parametrize(("zone", "start", "write"), WRITTEN)
def test_offsets_that_change_with_the_clock_tell_its_zone(zone, start, write):
    texts, ahead, instants = made(zone, start, write)
    stamps = read_stamps(texts, where)
    assert stamps.values.tolist() == instants[:ROWS].tolist()
    assert stamps.clock.zone == zone and any(zone in note and "--time-zone" in note for note in stamps.notes)
    assert stamps.text(stamps.values) == texts and stamps.text(instants[ROWS:]) == ahead


def test_a_zone_beside_the_offset_is_taken_from_there():
    texts, ahead, instants = made("Europe/Paris", AUTUMN, lambda stamp: f"{stamp.isoformat()}[Europe/Paris]")
    stamps = read_stamps(texts, where)
    assert stamps.clock.zone == "Europe/Paris" and stamps.notes == ()
    assert stamps.values.tolist() == instants[:ROWS].tolist() and stamps.text(instants[ROWS:]) == ahead


@pytest.mark.parametrize(
    ("text", "zone", "hours"),
    [
        ("2024-01-01 12:00Z", "UTC", 0),
        ("2024-01-01 12:00 UTC", "UTC", 0),
        ("2024-01-01 12:00 GMT", "UTC", 0),
        ("2024-01-01 12:00+00:00", "UTC", 0),
        ("2024-01-01 12:00+09:00", "+09:00", 9),
        ("2024-01-01 12:00 -0300", "-03:00", -3),
        ("2024-01-01T12:00:00.000+02", "+02:00", 2),
        ("Mon Jan 01 2024 12:00:00 GMT+0100", "+01:00", 1),
    ],
)
def test_a_fixed_offset_is_the_zone_of_the_days(text, zone, hours):
    stamps = read_stamps([text], where)
    noon = np.datetime64("2024-01-01T12:00", "us").astype(np.int64)
    assert stamps.values.tolist() == [noon - hours * HOUR] and stamps.clock.zone == zone
    assert stamps.text(stamps.values) == [text]


@pytest.mark.parametrize("frequency", ["h", "15min"])
@pytest.mark.parametrize("turned", [False, True])
def test_an_hour_that_the_clock_shows_twice_is_read_from_the_order_of_the_rows(frequency, turned):
    texts, ahead, instants = made("Europe/Berlin", AUTUMN, plain("%Y-%m-%d %H:%M"), frequency, rows=240)
    rows = slice(None, None, -1 if turned else 1)
    stamps = read_stamps(texts[rows], where, zone="Europe/Berlin")
    assert stamps.values.tolist() == instants[:240][rows].tolist()
    assert stamps.text(stamps.values) == texts[rows] and stamps.text(instants[240:]) == ahead


def test_each_series_has_its_own_order_of_rows():
    texts, _, instants = made("Europe/Berlin", AUTUMN, plain("%Y-%m-%d %H:%M"))
    groups = [np.arange(0, 2 * ROWS, 2), np.arange(1, 2 * ROWS, 2)]
    stamps = read_stamps(np.repeat(texts, 2).tolist(), where, zone="Europe/Berlin", groups=groups)
    for rows in groups:
        assert stamps.values[rows].tolist() == instants[:ROWS].tolist()


def test_an_hour_that_the_clock_skips_is_the_one_after_it_and_told():
    texts = [str(stamp) for stamp in pd.date_range(SPRING, periods=48, freq="h")]
    stamps = read_stamps(texts, where, zone="Europe/Berlin")
    steps = np.diff(stamps.values)
    assert (steps == 0).sum() == 1 and (steps == HOUR).sum() == 46
    assert "1 stamp lies in an hour that the clock of Europe/Berlin skips" in stamps.notes[0]


def test_days_that_begin_at_22_and_23_utc_are_days_of_their_zone():
    days = pd.date_range("2024-03-25", periods=20, freq="D", tz="Europe/Berlin").tz_convert("UTC")
    texts = [stamp.strftime("%Y-%m-%dT%H:%M:%SZ") for stamp in days]
    stamps = read_stamps(texts, where)
    assert stamps.clock.zone == "Europe/Berlin" and "--time-zone UTC" in stamps.notes[0]
    assert (stamps.clock.local(stamps.values) % (24 * HOUR) == 0).all() and stamps.text(stamps.values) == texts
    assert read_stamps(texts, where, zone="UTC").clock.zone == "UTC"


def test_days_that_always_begin_at_22_utc_stay_days_of_utc():
    texts = [f"2024-07-{day:02}T22:00:00Z" for day in range(1, 20)]
    assert read_stamps(texts, where).clock.zone == "UTC"


def test_utc_stays_the_zone_of_the_text_where_other_days_are_asked_for():
    texts, ahead, instants = made("UTC", SPRING, plain("%Y-%m-%d %H:%M UTC"))
    stamps = read_stamps(texts, where, zone="Europe/Berlin")
    assert stamps.clock.zone == "Europe/Berlin" and stamps.text(instants[ROWS:]) == ahead


def test_offsets_of_no_zone_are_instants_with_days_of_utc():
    texts = ["2024-01-01T00:00+01:00", "2024-01-01T01:30+02:30", "2024-01-01T09:00+09:00"]
    stamps = read_stamps(texts, where)
    assert np.diff(stamps.values).tolist() == [0, HOUR] and stamps.clock.zone == "UTC"
    assert "--time-zone" in stamps.notes[0] and stamps.text(stamps.values[:1]) == ["2023-12-31T23:00+00:00"]


def test_half_an_hour_is_half_an_hour():
    texts, ahead, instants = made("Asia/Kolkata", SPRING, plain("%Y-%m-%d %H:%M%z"), "30min")
    stamps = read_stamps(texts, where)
    assert set(np.diff(stamps.values)) == {30 * MINUTE} and stamps.clock.zone == "+05:30"
    assert stamps.text(instants[ROWS:]) == ahead


def test_stamps_with_and_without_offsets_are_refused_together():
    with pytest.raises(DataError, match="sales.csv:3, column ds: '2024-01-01T01:00'"):
        read_stamps(["2024-01-01T00:00Z", "2024-01-01T01:00"], where)


def test_an_unknown_zone_is_refused_with_the_way_to_name_one():
    with pytest.raises(ConfigError, match="'Mars/Olympus' is not known") as caught:
        read_stamps(["2024-01-01"], where, zone="Mars/Olympus")
    assert "Europe/Berlin" in caught.value.hint


def test_months_that_nearly_all_begin_at_midnight_of_a_zone_are_months_there():
    summer = {4: 7, 5: 7, 6: 7, 7: 7, 8: 7, 9: 7, 10: 7}  # April 1 lies before the clock is turned, in 2000 and 2001
    texts = [
        f"{year}-{month:02}-01T{summer.get(month, 8):02}:00:00.000Z"
        for year in range(2000, 2005)
        for month in range(1, 13)
    ]
    stamps = read_stamps(texts, str)
    assert stamps.clock.zone == "America/Los_Angeles"
    assert "--time-zone UTC" in stamps.notes[0]
