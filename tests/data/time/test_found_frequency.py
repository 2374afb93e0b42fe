"""What frequency stamps have, of one series and of many."""

import numpy as np
import pytest
from first_stamps import first_stamp, times
from hypothesis import given
from hypothesis import strategies as st

from rnncli.data.time.clock import DAY, HOUR, MINUTE, Clock
from rnncli.data.time.found_frequency import far_off, find_frequency, fits, usual_closed
from rnncli.data.time.frequency import frequency_named
from rnncli.data.time.stamps import read_stamps
from rnncli.errors import ConfigError

ALIASES = """ms 30s 5min h 2h D 2D B W-SUN 2W-WED SMS-15 SME-15 M-5-20 M-15-30 MS ME 2MS M-15 M-30 3M-30 QS QE QE-NOV
QS-FEB YS YE 2YE YE-JUN BMS BME BQE-NOV BYS-APR WOM-3FRI index 10index"""


# ---- found in stamps


@pytest.mark.parametrize("alias", ALIASES.split())
def test_the_frequency_of_a_grid_is_found(alias):
    frequency = frequency_named(alias)
    for seed in (0, 2**20 + 17, 2**39 + 12345):
        first = first_stamp(frequency, seed)
        values = np.append(first, frequency.after(first, 70))
        found = find_frequency([values[:40]], "index" if frequency.unit == "index" else "time")
        assert found.season == frequency.season
        assert found.after(values[39], 31).tolist() == values[40:].tolist()
        assert find_frequency([values[39::-1]], "index" if frequency.unit == "index" else "time") == found


@pytest.mark.parametrize(
    ("start", "alias"),
    [
        ("2024-01-01", "MS"), ("2024-01-31", "ME"), ("2024-01-15", "M-15"), ("2023-01-30", "M-30"),
        ("2024-01-01", "QS"), ("2024-02-01", "QS-FEB"), ("2023-12-31", "QE"), ("2023-11-30", "QE-NOV"),
        ("2024-01-01", "YS"), ("2023-06-30", "YE-JUN"), ("2024-01-06", "W-SAT"), ("2024-01-01", "SMS-15"),
        ("2024-01-31", "SME-15"), ("2024-01-05", "M-5-20"), ("2024-01-31", "BME"), ("2024-01-19", "WOM-3FRI"),
        ("2024-01-02", "2D"), ("2024-01-02", "3W-TUE"), ("2024-01-02", "B"),
    ],
)  # fmt: skip
def test_it_has_the_name_that_pandas_gives_it(start, alias):
    first = times(start)
    values = np.append(first, frequency_named(alias).after(first[0], 25))
    assert find_frequency([values], "time").alias == alias


@given(st.integers(0, 2**32))
def test_a_third_of_the_stamps_missing_hides_no_frequency(seed):
    kept = np.sort(np.random.default_rng(seed).permutation(90)[:60])
    for alias in ("15min", "D", "B", "ME", "QE-NOV"):
        frequency = frequency_named(alias)
        first = first_stamp(frequency, seed)
        assert find_frequency([np.append(first, frequency.after(first, 89))[kept]], "time").alias == alias


def test_weekdays_alone_are_business_days_only_if_a_weekend_went_by():
    assert find_frequency([times("2024-05-06", "2024-05-07", "2024-05-08")], "time").alias == "D"
    assert find_frequency([times("2024-05-02", "2024-05-03", "2024-05-06", "2024-05-07")], "time").alias == "B"
    assert find_frequency([times("2024-05-03", "2024-05-04", "2024-05-06", "2024-05-07")], "time").alias == "D"


def test_four_weeks_are_no_month_and_a_february_is():
    assert find_frequency([np.arange(20) * 28 * DAY], "time").alias == "4W-THU"
    assert find_frequency([np.arange(20) * 30 * DAY], "time").alias == "30D"
    assert find_frequency([times("2015-02-01", "2015-03-01")], "time").alias == "MS"
    assert find_frequency([times("2014-02-28", "2015-02-28")], "time").alias == "YE-FEB"  # either; the end is likelier


def test_a_few_stamps_beside_the_grid_do_not_hide_it_and_many_do():
    values = np.arange(0, 100 * HOUR, HOUR)
    values[::4] += MINUTE
    assert find_frequency([values], "time").alias == "h"
    drifting = np.cumsum(np.random.default_rng(0).integers(50, 1000, 200))
    assert find_frequency([drifting], "time") is None
    assert find_frequency([drifting], "index") is None


def test_events_that_a_fine_grid_holds_by_chance_have_no_frequency():
    gaps = np.random.default_rng(1).geometric(0.1, 400)  # single steps are the commonest, yet one in ten
    assert find_frequency([np.cumsum(gaps)], "time") is None


def test_one_stamp_and_none_tell_nothing():
    assert find_frequency([np.array([5, 5])], "time") is None
    assert find_frequency([np.array([], np.int64)], "index") is None


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
    stamps = read_stamps(real_column(name), str)
    found = find_frequency([stamps.values], stamps.kind)
    assert (found.alias if found else None) == alias


# ---- many series


def daily(start, n):
    return times(start)[0] + DAY * np.arange(n)


def test_a_long_series_outvotes_short_ones():
    short = [times("2024-01-01", "2024-01-08"), times("2024-01-02", "2024-01-09")]
    assert find_frequency([*short, daily("2024-01-01", 100)], "time").alias == "D"
    assert find_frequency(short, "time").alias == "7D" or find_frequency(short, "time").alias == "W"


def test_series_of_different_days_share_months_and_weeks():
    months = [
        np.append(times(day), frequency_named("MS").after(times(day)[0], 9)) for day in ("2024-01-03", "2024-01-09")
    ]
    assert find_frequency(months, "time").alias == "MS"
    weeks = [times(day)[0] + 7 * DAY * np.arange(9) for day in ("2024-01-01", "2024-01-02", "2024-01-03")]
    assert find_frequency(weeks, "time").alias == "W"


def test_each_series_has_a_grid_of_its_own():
    groups = [HOUR * np.arange(20) + shift * MINUTE for shift in (0, 7, 31)]
    assert find_frequency(groups, "time").alias == "h"
    assert fits(frequency_named("h"), [*groups, 5 * DAY * np.arange(9)]).tolist() == [True, True, True, False]


def test_series_without_steps_and_empty_ones_do_not_matter():
    groups = [np.zeros(0, np.int64), times("2024-01-01"), daily("2024-01-01", 5)]
    assert find_frequency(groups, "time").alias == "D"
    assert find_frequency(groups[:2], "time") is None


# ---- zones


@pytest.mark.parametrize("alias", ["D", "B", "W-MON", "MS", "ME", "QS", "BME", "15min", "h"])
def test_days_of_the_wall_clock_are_found_across_its_changes(alias):
    clock = Clock("Europe/Berlin")
    first = clock.instants(times("2024-01-31" if alias in ("ME", "BME") else "2024-01-01"))[0]
    values = np.append(first, frequency_named(alias, clock).after(first, 300))
    assert find_frequency([values], "time", clock) == frequency_named(alias, clock)


def test_steps_of_24_hours_that_move_on_the_wall_clock_are_hours():
    found = find_frequency([daily("2024-03-01", 60)], "time", Clock("America/New_York"))
    assert found.alias == "24h" and found.season == 7
    assert found.after(daily("2024-03-01", 60)[-1], 1).tolist() == [daily("2024-03-01", 61)[-1]]


# ---- what else stamps tell


@pytest.mark.parametrize("far", ["2202-06-01", "1900-01-01", "1970-01-01", "2032-05-01"])
def test_a_stamp_far_from_all_others_is_found_wherever_it_stands(far):
    values = daily("2022-01-01", 300)
    values[17] = times(far)[0]
    assert far_off(values).tolist() == [17]


def test_a_slip_in_a_long_record_of_years_is_found_and_a_late_start_is_not():
    years = np.append(times("1900-01-01"), frequency_named("YS").after(times("1900-01-01")[0], 122))
    assert far_off(np.append(years, times("2202-01-01"))).tolist() == [123]
    assert far_off(years).tolist() == []
    assert far_off(np.append(daily("2015-01-01", 30), daily("2022-01-01", 300))).tolist() == []
    assert far_off(times("2024-01-01", "2024-01-02", "2024-01-03", "2024-01-20")).tolist() == []


def test_weekdays_and_hours_without_rows_are_suggested_as_closed():
    hours = frequency_named("h", closed="weekends,18:00-08:00")
    values = np.append(times("2024-01-01T08"), hours.after(times("2024-01-01T08")[0], 400))
    found = find_frequency([values], "time")
    assert found.alias == "h" and usual_closed(found, values).text == "weekends,18:00-08:00"
    assert not usual_closed(hours, values)  # they are left out already
    week = daily("2024-01-01", 60)
    week = week[(week // DAY + 3) % 7 != 6]
    assert usual_closed(frequency_named("D"), week).text == "sun"
    assert not usual_closed(frequency_named("D"), daily("2024-01-01", 60)) and not usual_closed(hours, week[:5])


def test_minutes_by_a_lone_m_are_told_their_name():
    with pytest.raises(ConfigError, match="'30m' is not known") as found:
        frequency_named("30m")
    assert found.value.hint == "minutes are min, months MS: --freq 30min"


def test_stamps_of_thousands_of_years_are_compared_without_overflow():
    days = np.arange(60) * DAY * 30
    with np.errstate(all="raise"):
        assert far_off(np.append(days, days + 7_000 * 365 * DAY)).tolist() == []
