"""Frequencies: every name of one, what is found in stamps, and a grid that continues as it is counted."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncli.data.time.frequency import find_frequency, frequency_named
from rnncli.data.time.stamps import parse_stamps
from rnncli.errors import ConfigError, DataError

HOUR, DAY = 3600, 86400
ALIASES = [
    "s",
    "30s",
    "min",
    "5min",
    "15min",
    "30min",
    "h",
    "2h",
    "D",
    "2D",
    "B",
    "2B",
    "W",
    "W-SUN",
    "2W-WED",
    "MS",
    "ME",
    "2MS",
    "QS",
    "QE",
    "YS",
    "YE",
    "2YE",
    "index",
    "10index",
]


def times(*texts):
    """(R,) int64 seconds of ISO stamps."""
    return np.array(texts, "datetime64[s]").astype(np.int64)


def texts(values):
    return np.datetime_as_string(np.asarray(values).astype("datetime64[s]")).tolist()


def first_stamp(frequency, seed):
    """A stamp of `frequency` near one drawn from all of time."""
    day = seed % 40000 - 10000
    value = day * DAY + seed % DAY
    if frequency.unit == "index":
        return seed
    when = date(1970, 1, 1) + timedelta(days=day)
    if frequency.unit == "start":
        value -= max(0, when.day - 28) * DAY
    if frequency.unit == "end":
        value -= when.day * DAY
    if frequency.unit == "business":
        value -= max(0, when.weekday() - 4) * DAY
    if frequency.weekday is not None:
        value -= (when.weekday() - frequency.weekday) * DAY
    return value


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


@pytest.mark.parametrize("name", ["", "0", "0h", "x", "W-XYZ", "D-SUN", "-1h", "h2", "1.5h", "SUN", "W-"])
def test_an_unknown_name_is_refused_with_the_known_ones(name):
    with pytest.raises(ConfigError, match=f"frequency '{name}' is not known") as caught:
        frequency_named(name)
    assert "15min" in caught.value.hint


# ---- the grid


@pytest.mark.parametrize("alias", ALIASES)
@given(seed=st.integers(0, 2**40), n=st.integers(0, 50))
def test_steps_count_what_after_continues(alias, seed, n):
    frequency = frequency_named(alias)
    first = first_stamp(frequency, seed)
    following = frequency.after(first, n)
    assert following.dtype == np.int64 and following.shape == (n,)
    assert frequency.steps(np.append(first, following)).tolist() == list(range(n + 1))
    if n > 1:
        assert frequency.after(following[0], n - 1).tolist() == following[1:].tolist()


@pytest.mark.parametrize("alias", [alias for alias in ALIASES if alias not in ("s", "index")])  # on them all are
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
    ],
)
def test_the_calendar_is_followed(alias, first, then):
    assert texts(frequency_named(alias).after(times(first)[0], len(then))) == texts(times(*then))


@pytest.mark.parametrize(
    ("alias", "value"), [("ME", "2020-02-28"), ("MS", "2020-01-29"), ("B", "2024-05-04"), ("W-SUN", "2024-05-04")]
)
def test_what_cannot_be_a_stamp_is_refused(alias, value):
    frequency = frequency_named(alias)
    with pytest.raises(DataError, match=f"{value} 00:00:00 is not a stamp of frequency {alias}"):
        frequency.after(times(value)[0], 1)
    with pytest.raises(DataError, match="stamp 1 of the series"):
        frequency.steps(times(value))


# ---- found in stamps


@pytest.mark.parametrize("alias", [alias for alias in ALIASES if alias not in ("W", "2B")])
@given(seed=st.integers(0, 2**40))
def test_the_frequency_of_a_grid_is_found(alias, seed):
    frequency = frequency_named(alias)
    first = first_stamp(frequency, seed)
    values = np.append(first, frequency.after(first, 30))
    found = find_frequency(values, "index" if frequency.unit == "index" else "time")
    assert (found.alias, found.season) == (alias, frequency.season)
    assert find_frequency(values[::-1], "index" if frequency.unit == "index" else "time") == found


@given(st.integers(0, 2**32))
def test_a_third_of_the_stamps_missing_hides_no_frequency(seed):
    kept = np.sort(np.random.default_rng(seed).permutation(90)[:60])
    for alias in ("15min", "D", "B", "ME", "QS"):
        frequency = frequency_named(alias)
        first = first_stamp(frequency, seed)
        assert find_frequency(np.append(first, frequency.after(first, 89))[kept], "time").alias == alias


def test_weekdays_alone_are_business_days_only_if_a_weekend_went_by():
    assert find_frequency(times("2024-05-06", "2024-05-07", "2024-05-08"), "time").alias == "D"
    assert find_frequency(times("2024-05-02", "2024-05-03", "2024-05-06", "2024-05-07"), "time").alias == "B"
    assert find_frequency(times("2024-05-03", "2024-05-04", "2024-05-06", "2024-05-07"), "time").alias == "D"


def test_four_weeks_are_no_month_and_a_february_is():
    assert find_frequency(np.arange(20) * 28 * DAY, "time").alias == "4W"
    assert find_frequency(np.arange(20) * 30 * DAY, "time").alias == "30D"
    assert find_frequency(times("2015-02-01", "2015-03-01"), "time").alias == "MS"
    assert find_frequency(times("2014-02-28", "2015-02-28"), "time").alias == "YE"  # either; the end is likelier


def test_a_few_stamps_beside_the_grid_do_not_hide_it_and_many_do():
    values = np.arange(0, 100 * HOUR, HOUR)
    values[::4] += 60
    assert find_frequency(values, "time").alias == "h"
    drifting = np.cumsum(np.random.default_rng(0).integers(50, 1000, 200))
    assert find_frequency(drifting, "time") is None
    assert find_frequency(drifting, "index") is None


def test_events_that_a_fine_grid_holds_by_chance_have_no_frequency():
    gaps = np.random.default_rng(1).geometric(0.1, 400)  # single steps are the commonest, yet one in ten
    assert find_frequency(np.cumsum(gaps), "time") is None


def test_one_stamp_and_none_tell_nothing():
    assert find_frequency(np.array([5, 5]), "time") is None
    assert find_frequency(np.array([], np.int64), "index") is None


@pytest.mark.parametrize(
    ("name", "alias"),
    [
        ("AirPassengers.csv", "MS"),
        ("ETTh1.csv", "h"),
        ("daily-min-temperatures.csv", "D"),
        ("darts_monthly-milk-incomplete.csv", "MS"),
        ("darts_monthly-sunspots.csv", "MS"),
        ("traffic_flow_train.csv", "5min"),
        ("traffic_flow_test.csv", "5min"),
        ("NAB_occupancy_6005.csv", None),
    ],
)
def test_real_files_have_the_frequency_that_is_known_of_them(real_column, name, alias):
    stamps = parse_stamps(real_column(name), str)
    found = find_frequency(stamps.values, stamps.kind)
    assert (found.alias if found else None) == alias
