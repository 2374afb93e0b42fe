"""Closed steps: what is read of them, and steps that skip them."""

import numpy as np
import pytest
from first_stamps import times
from hypothesis import given
from hypothesis import strategies as st

from rnncli.data.time.clock import DAY, HOUR, MINUTE, Clock
from rnncli.data.time.closed import read_closed
from rnncli.data.time.frequency import frequency_named
from rnncli.errors import ConfigError, DataError


def texts(values):
    return np.datetime_as_string(np.asarray(values).astype("datetime64[us]"), unit="m").tolist()


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("weekends", "weekends"),
        ("Sat, sunday", "weekends"),
        ("fri,sat", "fri,sat"),
        ("weekend,sun,mon", "weekends,mon"),
        ("18:00-8:00", "18:00-08:00"),
        ("12:00-13:00,weekends", "weekends,12:00-13:00"),
        ("22:00-24:00", "22:00-24:00"),
        ("2024-12-25,2024-12-26", "2024-12-25..2024-12-26"),
        ("2024-12-31..2025-01-02,2024-05-01", "2024-05-01,2024-12-31..2025-01-02"),
    ],
)
def test_closed_steps_are_read_and_written_in_one_form(text, canonical):
    assert read_closed(text).text == canonical and read_closed(canonical) == read_closed(text)


def test_a_file_of_dates_is_read_into_the_text(tmp_path):
    path = tmp_path / "holidays.txt"
    path.write_text("# bank holidays\n2024-01-01\n\n2024-12-24..2024-12-26  # the long one\n")
    closed = read_closed(f"weekends,{path}")
    assert closed.text == "weekends,2024-01-01,2024-12-24..2024-12-26"
    path.with_name("bad.txt").write_text("2024-01-01\n1.5.2024\n")
    with pytest.raises(DataError, match=r"bad.txt:2: '1.5.2024' is not a date"):
        read_closed(str(path.with_name("bad.txt")))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nights", "'nights' is neither known nor a file"),
        ("25:00-08:00", "not a part of a day"),
        ("08:00-08:00", "not a part of a day"),
        ("00:00-24:00", "nothing stays open"),
        ("mon,tue,wed,thu,fri,weekends", "nothing stays open"),
        ("2024-02-30", "is not a day of the calendar"),
        ("2024-01-01..2034-01-01", "has 3,654 days"),
    ],
)
def test_what_cannot_be_closed_is_refused(text, message):
    with pytest.raises((ConfigError, DataError), match=message) as caught:
        read_closed(text)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("alias", "closed", "first", "then"),
    [
        ("h", "18:00-08:00", "2024-05-03T16:00", ["2024-05-03T17:00", "2024-05-04T08:00", "2024-05-04T09:00"]),
        ("h", "weekends,18:00-08:00", "2024-05-03T17:00", ["2024-05-06T08:00"]),
        ("30min", "12:00-13:00", "2024-05-03T11:30", ["2024-05-03T13:00"]),
        ("h", "22:00-24:00", "2024-05-03T21:30", ["2024-05-04T00:30"]),
        ("D", "sun", "2024-05-04T06:00", ["2024-05-06T06:00"]),
        ("D", "2024-12-25..2024-12-26", "2024-12-24", ["2024-12-27"]),
        ("B", "2024-12-25,2024-12-28", "2024-12-24", ["2024-12-26", "2024-12-27", "2024-12-30"]),
        ("2B", "2024-12-25", "2024-12-24", ["2024-12-27", "2024-12-31"]),
    ],
)
def test_steps_skip_closed_ones(alias, closed, first, then):
    frequency = frequency_named(alias, closed=closed)
    assert texts(frequency.after(times(first)[0], len(then))) == texts(times(*then))
    assert frequency.steps(times(first, *then)).tolist() == list(range(len(then) + 1))


@given(
    st.sampled_from(["h", "15min", "5min", "D", "B", "2B"]),
    st.sampled_from(
        ["weekends", "sun", "18:00-08:00", "weekends,12:00-13:00,19:00-07:30", "2024-12-24..2025-01-01,fri"]
    ),
    st.integers(0, 10**6),
)
def test_counted_steps_are_the_open_ones_of_the_plain_grid(alias, closed, seed):
    if alias in ("D", "B", "2B") and ":" in closed:
        closed = "2025-01-01"
    frequency = frequency_named(alias, closed=closed)
    count = int(alias[0]) if alias[0] == "2" else 1
    size = {"h": HOUR, "15min": 15 * MINUTE, "5min": 5 * MINUTE}.get(alias, DAY)
    phase = seed % size
    plain = times("2024-12-18")[0] + phase + size * np.arange(30 * DAY // size)
    shut = read_closed(closed if alias[-1] != "B" else f"weekends,{closed}").covers(plain)
    expected = plain[~shut][seed % count :: count]
    ordinal, phases = frequency.cut(expected)
    assert (np.diff(ordinal) == 1).all() and (phases == phases[0]).all()
    assert frequency.after(expected[0], len(expected) - 1).tolist() == expected[1:].tolist()
    assert (frequency.cut(plain[shut])[1] == -1).all()


def test_a_frequency_is_rebuilt_from_its_name_its_zone_and_its_closed_steps(tmp_path):
    path = tmp_path / "days.txt"
    path.write_text("2024-12-25\n")
    for alias, closed in (
        ("h", "weekends,18:00-08:00"),
        ("D", "weekends"),
        ("D", f"weekends,{path}"),
        ("B", str(path)),
    ):
        found = frequency_named(alias, Clock("Europe/Berlin"), closed)
        assert frequency_named(found.alias, Clock(found.clock.zone), found.closed) == found
        assert str(path) not in (found.closed or "")
    assert frequency_named("D", closed="weekends") == frequency_named("B")
    assert frequency_named("h", closed="weekends,18:00-08:00").words == "frequency h, closed weekends,18:00-08:00"
    assert frequency_named("h", closed="18:00-08:00").season == 10 and frequency_named("D", closed="sun").season == 6


@pytest.mark.parametrize(
    ("alias", "closed"), [("MS", "weekends"), ("W-MON", "sun"), ("7h", "sun"), ("D", "18:00-08:00")]
)
def test_a_frequency_that_cannot_skip_them_is_refused(alias, closed):
    with pytest.raises(ConfigError, match=f"frequency '{alias}'") as caught:
        frequency_named(alias, closed=closed)
    assert "--closed" in caught.value.hint


def test_hours_are_closed_on_the_wall_clock_of_the_zone():
    clock = Clock("America/New_York")
    frequency = frequency_named("h", clock, "18:00-08:00")
    evening = clock.instants(times("2024-03-09T17:00"))[0]  # the clock is put forward in the night
    assert texts(clock.local(frequency.after(evening, 2))) == ["2024-03-10T08:00", "2024-03-10T09:00"]
