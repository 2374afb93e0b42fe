"""Frequencies: every name of one, and a grid that continues as it is counted, as pandas continues it."""

import numpy as np
import pandas
import pytest
from first_stamps import first_stamp, times
from hypothesis import given
from hypothesis import strategies as st

from rnncli.data.time.clock import DAY, HOUR, Clock, checked_zone
from rnncli.data.time.frequency import frequency_named
from rnncli.errors import ConfigError, DataError

ALIASES = """ms s 30s min 5min 15min 30min h 2h D 2D B 2B W W-SUN 2W-WED SMS-15 SME-15 M-5-20 MS ME 2MS M-15 M-30
3M-30 QS QE QE-NOV QS-FEB YS YE 2YE YE-JUN BMS BME BQE-NOV BYS-APR WOM-3FRI index 10index"""


def texts(values):
    return np.datetime_as_string(np.asarray(values).astype("datetime64[us]"), unit="s").tolist()


# ---- names


@pytest.mark.parametrize(
    ("name", "alias", "season"),
    [
        ("h", "h", 24),
        ("H", "h", 24),
        ("2h", "2h", 12),
        ("15min", "15min", 96),
        ("15T", "15min", 96),
        ("30min", "30min", 48),
        ("min", "min", 1440),
        ("T", "min", 1440),
        ("5min", "5min", 288),
        ("7min", "7min", 1),
        ("60min", "h", 24),
        ("24h", "D", 7),
        ("s", "s", 3600),
        ("S", "s", 3600),
        ("ms", "ms", 1000),
        ("L", "ms", 1000),
        ("1000us", "ms", 1000),
        ("30S", "30s", 120),
        ("D", "D", 7),
        ("7D", "W", 52),
        ("B", "B", 5),
        ("W", "W", 52),
        ("W-SUN", "W-SUN", 52),
        ("2W-MON", "2W-MON", 26),
        ("M", "ME", 12),
        ("ME", "ME", 12),
        ("MS", "MS", 12),
        ("3MS", "QS", 4),
        ("5MS", "5MS", 1),
        ("Q", "QE", 4),
        ("QE", "QE", 4),
        ("QS", "QS", 4),
        ("Y", "YE", 1),
        ("A", "YE", 1),
        ("YE", "YE", 1),
        ("YS", "YS", 1),
        ("12M", "YE", 1),
        ("Q-NOV", "QE-NOV", 4),
        ("2QE-NOV", "2QE-NOV", 2),
        ("AS-APR", "YS-APR", 1),
        ("BM", "BME", 12),
        ("BA-JUN", "BYE-JUN", 1),
        ("BQS-FEB", "BQS-FEB", 4),
        ("SMS", "SMS-15", 24),
        ("SM-20", "SME-20", 24),
        ("M-30", "M-30", 12),
        ("3M-30", "3M-30", 4),
        ("M-5-20", "M-5-20", 24),
        ("WOM-3FRI", "WOM-3FRI", 12),
        ("C", "B", 5),
        ("d", "D", 7),
        ("1", "index", 1),
        (1, "index", 1),
        (10, "10index", 1),
        ("index", "index", 1),
    ],
)
def test_old_and_new_names_mean_the_same_and_have_the_usual_season(name, alias, season):
    frequency = frequency_named(name)
    assert (frequency.alias, frequency.season) == (alias, season)
    assert frequency_named(alias) == frequency


@pytest.mark.parametrize(
    "name",
    [
        "",
        "0",
        "0h",
        "x",
        "W-XYZ",
        "D-SUN",
        "-1h",
        "h2",
        "1.5h",
        "SUN",
        "W-",
        "ME-JAN",
        "QE-XXX",
        "M-0",
        "M-20-5",
        "bh",
        "SMS-31",
        "cbh",
        "ns",
        "N",
    ],
)
def test_an_unknown_name_is_refused_with_the_known_ones(name):
    with pytest.raises(ConfigError, match=f"frequency '{name}' is not known") as caught:
        frequency_named(name)
    assert "15min" in caught.value.hint


# ---- the grid


@pytest.mark.parametrize("alias", ALIASES.split())
@given(seed=st.integers(0, 2**40), n=st.integers(0, 50))
def test_steps_count_what_after_continues(alias, seed, n):
    frequency = frequency_named(alias)
    first = first_stamp(frequency, seed)
    following = frequency.after(first, n)
    assert following.dtype == np.int64 and following.shape == (n,)
    assert frequency.steps(np.append(first, following)).tolist() == list(range(n + 1))
    if n > 1:
        assert frequency.after(following[0], n - 1).tolist() == following[1:].tolist()


@pytest.mark.parametrize("alias", [alias for alias in ALIASES.split() if alias != "index"])  # on them all are
@given(seed=st.integers(0, 2**40))
def test_a_stamp_that_is_off_by_one_is_no_step(alias, seed):
    frequency = frequency_named(alias)
    following = frequency.after(first_stamp(frequency, seed), 3)
    following[1] += 1
    with pytest.raises(DataError, match="stamp 2 of the series"):
        frequency.steps(following)


@pytest.mark.parametrize(
    ("alias", "first", "then"),
    [
        ("ME", "2020-01-31T06:00", ["2020-02-29T06:00", "2020-03-31T06:00"]),
        ("ME", "2021-02-28", ["2021-03-31"]),
        ("MS", "2020-12-01", ["2021-01-01", "2021-02-01"]),
        ("MS", "2020-01-15", ["2020-02-15"]),
        ("QE", "2019-12-31", ["2020-03-31", "2020-06-30"]),
        ("QS", "2019-11-01", ["2020-02-01"]),
        ("YE", "1967-12-31", ["1968-12-31"]),
        ("YS", "1899-01-01", ["1900-01-01"]),
        ("B", "2024-05-02", ["2024-05-03", "2024-05-06"]),
        ("2B", "2024-05-03", ["2024-05-07", "2024-05-09"]),
        ("W-SUN", "2024-02-25", ["2024-03-03"]),
        ("h", "2024-02-28T23:00", ["2024-02-29T00:00"]),
        ("M-30", "2023-01-30", ["2023-02-28", "2023-03-30", "2023-04-30"]),
        ("M-30", "2024-02-29", ["2024-03-30"]),
        ("M-31", "2024-02-29", ["2024-03-31"]),
        ("3M-30", "2023-11-30", ["2024-02-29", "2024-05-30"]),
        ("M-5-20", "2024-01-20", ["2024-02-05", "2024-02-20"]),
        ("M-15-30", "2024-02-15", ["2024-02-29", "2024-03-15", "2024-03-30"]),
    ],
)
def test_the_calendar_is_followed(alias, first, then):
    assert texts(frequency_named(alias).after(times(first)[0], len(then))) == texts(times(*then))


@pytest.mark.parametrize(
    ("alias", "value"),
    [
        ("ME", "2020-02-28"),
        ("MS", "2020-01-29"),
        ("B", "2024-05-04"),
        ("W-SUN", "2024-05-04"),
        ("QE-NOV", "2024-03-31"),
        ("BME", "2024-03-31"),
    ],
)
def test_what_cannot_be_a_stamp_is_refused(alias, value):
    frequency = frequency_named(alias)
    with pytest.raises(DataError, match=f"{value} 00:00:00 is not a stamp of frequency {alias}"):
        frequency.after(times(value)[0], 1)
    with pytest.raises(DataError, match="stamp 1 of the series"):
        frequency.steps(times(value))


def test_a_forecast_that_leaves_the_calendar_is_refused_before_it_is_made():
    with pytest.raises(DataError, match="96,000 steps of frequency MS after 2024-01-01 00:00:00 reach the year 10000"):
        frequency_named("MS").after(times("2024-01-01")[0], 96_000)
    assert texts(frequency_named("YS").after(times("2024-01-01")[0], 7000)[-1:]) == ["9024-01-01T00:00:00"]


# ---- as pandas has it


PANDAS = """15min 30min h 2h D 2D 3D B 2B W-SUN W-SAT 2W-WED SMS-15 SME-15 SMS-10 MS ME 2MS 3ME QS QE QE-NOV QS-FEB 2QE
YS YE YE-JUN YS-APR BME BMS 2BME BQE-DEC BQE-NOV BQS-FEB BYE-DEC BYS-APR WOM-3FRI WOM-1MON LWOM-FRI C"""
ZONES = (None, "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "+05:30")


def instants(index):
    """(R,) int64 instants of a pandas DatetimeIndex, with a zone or without."""
    naive = index.tz_convert("UTC").tz_localize(None) if index.tz is not None else index
    return naive.to_numpy().astype("M8[us]").astype(np.int64)


@pytest.mark.parametrize("alias", PANDAS.split())
@pytest.mark.parametrize("zone", ZONES)
def test_every_alias_continues_as_pandas_continues_it_across_the_changes_of_the_clock(alias, zone):
    frequency = frequency_named(alias, Clock(zone))
    for start in ("2019-12-30", "1999-03-15", "2024-02-28"):
        expected = instants(pandas.date_range(start, periods=100, freq=alias, tz=zone and checked_zone(zone)))
        assert frequency.after(expected[0], 99).tolist() == expected[1:].tolist()
        assert frequency.steps(expected).tolist() == list(range(100))


def test_hours_are_instants_and_days_are_days_of_the_wall_clock():
    clock = Clock("Europe/Berlin")
    evening = instants(pandas.DatetimeIndex(["2024-03-30 20:00"]).tz_localize("Europe/Berlin"))[0]
    assert np.diff(frequency_named("D", clock).after(evening - DAY, 2)).tolist() == [23 * HOUR]
    assert np.diff(frequency_named("6h", clock).after(evening, 5)).tolist() == [6 * HOUR] * 4
    assert frequency_named("24h") == frequency_named("D")
    assert np.diff(frequency_named("24h", clock).after(evening - DAY, 2)).tolist() == [24 * HOUR]


def test_a_time_of_day_that_the_clock_skips_is_a_step_all_the_same():
    clock = Clock("Europe/Berlin")
    days = pandas.DatetimeIndex([f"2024-03-{day} 0{hour}:30" for day, hour in ((29, 2), (30, 2), (31, 3))])
    days = instants(days.tz_localize("Europe/Berlin"))
    frequency = frequency_named("D", clock)
    assert frequency.after(days[0], 3).tolist()[:2] == [days[1], days[2] - HOUR // 2]  # 03:00, the end of the gap
    with pytest.raises(DataError, match="stamp 3 of the series"):
        frequency.steps(days)
    assert frequency.steps(frequency.after(days[0], 5)).tolist() == list(range(5))
