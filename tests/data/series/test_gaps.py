"""Full grids: what is missing, double or out of order is reported, and filled only by policy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncli.data.series.gaps import Gap, regularise
from rnncli.data.series.ordering import check_policies, in_order, merge
from rnncli.data.time.clock import DAY, SECOND
from rnncli.data.time.found_frequency import find_frequency
from rnncli.data.time.frequency import frequency_named
from rnncli.data.time.stamps import Form, Stamps, read_stamps
from rnncli.errors import ConfigError, DataError

DAILY = frequency_named("D")
DATES = Stamps(np.empty(0, np.int64), "time", Form("%Y-%m-%d"))
NAN = np.nan


def where(row):
    return f"a.csv:{row + 2}, column ds"


def days(*numbers):
    """(R,) int64 instants, days after 1970-01-01."""
    return np.array(numbers, np.int64) * DAY


def regular(values, y, frequency, where, unsorted="error", duplicates="error", coded=()):
    """(stamps (L,), y (L, ...), GapReport) of one series on its grid."""
    check_policies(unsorted, duplicates)
    values, series, table = np.asarray(values, np.int64), np.zeros(len(values), np.intp), np.asarray(y, float)
    order, moved = in_order(values, series, 1, where, unsorted)
    merged = merge(values, series, table.reshape(len(table), -1), order, moved, where, duplicates, coded)
    found = regularise(values, series, merged, frequency, where)
    return found.values, found.y.reshape(-1, *table.shape[1:]), found.reports[0]


# ---- the grid


def test_missing_stamps_become_rows_of_nan():
    y = np.array([[1.0, -1], [2, NAN], [3, -3], [4, -4]])
    values, full, report = regular(days(3, 4, 6, 9), y, DAILY, where)
    assert values.dtype == np.int64 and values.tolist() == days(3, 4, 5, 6, 7, 8, 9).tolist()
    np.testing.assert_array_equal(full[:, 0], [1, 2, NAN, 3, NAN, NAN, 4])
    np.testing.assert_array_equal(full[:, 1], [-1, NAN, NAN, -3, NAN, NAN, -4])
    assert report.gaps == (Gap(4 * DAY, 5 * DAY, 1), Gap(6 * DAY, 7 * DAY, 2)) and report.missing == 3
    assert report.words(DATES) == "2 gaps, first at 1970-01-06 (3 stamps missing)"


def test_a_series_without_gaps_comes_back_as_it_is():
    y = np.array([1.0, NAN, 3.0])
    values, full, report = regular(days(3, 4, 5), y, DAILY, where)
    np.testing.assert_array_equal(full, y)
    assert values.tolist() == days(3, 4, 5).tolist() and report.words(DATES) == "no gaps" and report.gaps == ()


def test_the_sum_of_rows_with_the_same_stamp_leaves_out_missing_values_and_keeps_the_first_code():
    y = np.array([[1.0, 7], [2, 8], [NAN, 9], [5, 7], [NAN, 8], [NAN, 9]])
    _, full, report = regular(days(1, 1, 1, 2, 3, 3), y, DAILY, where, duplicates="sum", coded=[1])
    np.testing.assert_array_equal(full, [[3, 7], [5, 7], [NAN, 8]])
    assert report.words(DATES) == "3 duplicate stamps, added up, first at a.csv:3, column ds; no gaps"


def test_a_single_gap_is_said_in_the_format_of_the_input():
    report = regular(days(0, 2), np.zeros(2), DAILY, where)[2]
    assert report.words(Stamps(np.empty(0, np.int64), "time", Form("%-d/%-m/%Y %-H:%M"))) == "1 gap at 2/1/1970 0:00"


def test_a_single_row_has_no_gaps():
    values, y, report = regular(days(3), np.ones((1, 2)), DAILY, where)
    assert values.tolist() == days(3).tolist() and y.tolist() == [[1, 1]] and report.gaps == ()


@given(st.sampled_from(["h", "15min", "D", "B", "ME", "QS", "YE", "10index"]), st.integers(2, 60), st.data())
def test_a_series_with_some_stamps_removed_reports_as_many_missing(alias, L, data):
    frequency = frequency_named(alias)
    first = {"ME": days(30), "YE": days(364)}.get(alias, days(0))[0]  # both 1970; 1970-01-01 was a Thursday
    grid = np.append(first, frequency.after(first, L - 1))
    removed = data.draw(st.sets(st.integers(1, L - 2) if L > 2 else st.nothing()))
    kept = np.array([row for row in range(L) if row not in removed])
    values, y, report = regular(grid[kept], kept.astype(float), frequency, where)
    assert values.tolist() == grid.tolist() and report.missing == len(removed)
    assert np.flatnonzero(np.isnan(y)).tolist() == sorted(removed)
    assert y[kept].tolist() == kept.tolist()
    assert [gap.first for gap in report.gaps] == [grid[row] for row in sorted(removed) if row - 1 not in removed]
    assert [gap.before for gap in report.gaps] == [grid[row - 1] for row in sorted(removed) if row - 1 not in removed]


def test_a_stamp_off_the_grid_of_the_others_is_named():
    values = np.array([60, 3600, 7200, 10800, 14500]) * SECOND
    with pytest.raises(DataError, match="a.csv:2, column ds: the stamp is off the h grid of the others, and so are 1"):
        regular(values, np.zeros(5), frequency_named("h"), where)
    with pytest.raises(DataError, match="a.csv:6, column ds: the stamp is off the h grid of the others$"):
        regular(values[1:], np.zeros(4), frequency_named("h"), lambda row: where(row + 1))
    with pytest.raises(DataError, match="a.csv:2, column ds"):
        regular(days(2, 3), np.zeros(2), frequency_named("B"), where)  # a Saturday and a Sunday


def test_a_year_with_a_slip_in_it_is_named_before_memory_is_taken():
    values = days(0, 1, 2, 300 * 365)
    with pytest.raises(DataError, match="a.csv:5, column ds: 109,497 stamps .* missing before it, after a.csv:4"):
        regular(values, np.zeros(4), DAILY, where)


def test_weeks_and_months_that_a_holiday_moved_are_brought_back_to_the_grid():
    weeks = np.datetime64("2024-01-05", "us").astype(np.int64) + 7 * DAY * np.arange(30)
    moved = weeks.copy()
    moved[[9, 20]] -= DAY  # two Thursdays for Fridays
    frequency = find_frequency([moved], "time")
    values, y, report = regular(moved, np.arange(30.0), frequency, where)
    assert frequency.alias == "W-FRI" and values.tolist() == weeks.tolist() and y.tolist() == list(range(30))
    assert report.words(DATES) == "2 stamps moved to the W-FRI grid, first at a.csv:11, column ds; no gaps"
    ends = np.datetime64("2021-01-29", "us").astype(np.int64)
    ends = np.append(ends, frequency_named("BME").after(ends, 23))
    trading = ends.copy()
    trading[4] -= 3 * DAY  # 2021-05-31 is a holiday
    assert regular(trading, np.arange(24.0), find_frequency([trading], "time"), where)[0].tolist() == ends.tolist()


def test_stamps_far_from_every_step_or_two_at_one_step_are_not_moved():
    weeks = 7 * DAY * np.arange(30)
    for stray in (10 * 7 * DAY - 3 * DAY, 10 * 7 * DAY - DAY):  # in the middle of a week, and beside a stamp
        values = np.sort(np.append(weeks, stray))
        with pytest.raises(DataError, match="a.csv:12, column ds: the stamp is off the W-THU grid of the others"):
            regular(values, np.zeros(31), frequency_named("W-THU"), where)


# ---- order and duplicates


def test_rows_out_of_order_are_refused_or_sorted_as_asked():
    values, y = days(2, 0, 1), np.array([20.0, 0, 10])
    with pytest.raises(DataError, match="^a.csv:3, column ds: .* before that of a.csv:2, column ds$") as caught:
        regular(values, y, DAILY, where)
    assert "sort" in caught.value.hint
    values, y, report = regular(values, y, DAILY, where, unsorted="sort")
    assert values.tolist() == days(0, 1, 2).tolist() and y.tolist() == [0, 10, 20]
    assert report.moved == 1
    assert report.words(DATES) == "1 row out of order, sorted; no gaps"


def test_duplicates_are_refused_naming_both_places():
    with pytest.raises(DataError, match="^a.csv:4, column ds: the same stamp as a.csv:3, column ds$") as error:
        regular(days(0, 1, 1), np.zeros(3), DAILY, where)
    assert error.value.options == "--duplicates mean"
    with pytest.raises(DataError, match="^a.csv:4, column ds: the same stamp as a.csv:2, column ds$"):
        regular(days(1, 0, 1), np.zeros(3), DAILY, where, unsorted="sort")


@pytest.mark.parametrize(
    ("policy", "kept", "words"),
    [
        ("first", [[1, 1], [2, NAN], [6, 6], [NAN, NAN]], "the first kept"),
        ("last", [[1, 1], [4, 8], [6, 6], [NAN, NAN]], "the last kept"),
        ("mean", [[1, 1], [3, 8], [6, 6], [NAN, NAN]], "averaged"),
    ],
)
def test_duplicates_are_merged_as_asked(policy, kept, words):
    y = np.array([[1.0, 1], [2, NAN], [4, 8], [6, 6], [NAN, NAN], [NAN, NAN]])
    values, merged, report = regular(days(0, 1, 1, 2, 3, 3), y, DAILY, where, duplicates=policy)
    assert values.tolist() == days(0, 1, 2, 3).tolist()
    np.testing.assert_array_equal(merged, kept)
    assert (report.doubled, report.how) == (2, policy)
    assert report.words(DATES) == f"2 duplicate stamps, {words}, first at a.csv:4, column ds; no gaps"


def test_rows_that_repeat_others_are_dropped_and_told():
    y = np.array([[1.0, 2], [1, 2], [3, NAN], [3, 4], [5, 6]])
    values, merged, report = regular(days(0, 0, 1, 1, 2), y, DAILY, where, duplicates="auto")
    assert values.tolist() == days(0, 1, 2).tolist() and merged.tolist() == [[1, 2], [3, 4], [5, 6]]
    assert report.words(DATES) == "2 duplicate stamps, dropped, first at a.csv:3, column ds; no gaps"


def test_a_few_rows_with_other_values_are_averaged_and_many_are_an_error():
    values, y = days(*range(200), 50), np.append(np.zeros(200), 8.0)
    report = regular(values, y, DAILY, where, "sort", "auto")[2]
    assert regular(values, y, DAILY, where, "sort", "auto")[1][50] == 4
    assert report.words(DATES) == (
        "1 row out of order, sorted; 1 duplicate stamp, averaged, first at a.csv:202, column ds; no gaps"
    )
    with pytest.raises(
        DataError, match="^a.csv:8, column ds: the same stamp as a.csv:7, column ds, and so are 1 more$"
    ):
        regular(days(0, 1, 2, 3, 4, 5, 5, 6, 6), np.arange(9), DAILY, where, duplicates="auto")
    with pytest.raises(DataError, match="^a.csv:53, column ds: the same stamp"):
        regular(np.sort(values), y, DAILY, where, duplicates="error")


def test_an_hour_that_a_clock_shows_twice_is_averaged_unasked():
    hours = np.datetime64("2024-10-27T00", "us").astype(np.int64) + np.array([0, 1, 2, 2, 3, 4]) * 3600 * SECOND
    values, y, report = regular(hours, np.array([1.0, 2, 3, 5, 6, 7]), frequency_named("h"), where, duplicates="auto")
    assert y.tolist() == [1, 2, 4, 6, 7] and report.how == "mean"
    with pytest.raises(DataError, match="the same stamp"):  # on a Monday no clock is put back
        regular(hours + DAY, np.array([1.0, 2, 3, 5, 6, 7]), frequency_named("h"), where, duplicates="auto")


def test_codes_of_words_are_not_averaged():
    y = np.array([[1.0, 0], [3, 2], [5, 1]])
    assert regular(days(0, 0, 1), y, DAILY, where, duplicates="mean", coded=(1,))[1].tolist() == [[2, 0], [5, 1]]


def test_rows_from_the_newest_to_the_oldest_are_told_as_such():
    values, y, report = regular(days(3, 2, 1), np.array([3.0, 2, 1]), DAILY, where, unsorted="sort")
    assert y.tolist() == [1, 2, 3] and report.words(DATES) == "no gaps"
    assert report.newest_first and not report.odd


def test_sorting_keeps_the_order_of_duplicates():
    values, y, report = regular(days(5, 0, 5, 0), np.array([1.0, 2, 3, 4]), None, where, "sort", "last")
    assert values.tolist() == days(0, 5).tolist() and y.tolist() == [4, 3]
    assert (report.moved, report.doubled) == (2, 2)


def test_places_are_those_of_the_file_after_sorting():
    values = np.array([7200, 0, 3600, 100]) * SECOND
    with pytest.raises(DataError, match="^a.csv:5, column ds: the stamp is off"):
        regular(values, np.zeros(4), frequency_named("h"), where, unsorted="sort")


def test_unknown_policies_are_refused():
    with pytest.raises(ConfigError, match="unsorted: 'shuffle'"):
        regular(days(0), np.zeros(1), DAILY, where, unsorted="shuffle")
    with pytest.raises(ConfigError, match="duplicates: 'median'"):
        regular(days(0), np.zeros(1), DAILY, where, duplicates="median")


# ---- without a frequency


def test_an_irregular_series_stays_and_its_steps_are_told():
    values = np.array([0, 240, 540, 840, 86640 + 600]) * SECOND
    same, y, report = regular(values, np.arange(5.0), None, where)
    assert same.tolist() == values.tolist() and y.tolist() == [0, 1, 2, 3, 4]
    assert report.steps == (240 * SECOND, 300 * SECOND, DAY) and report.gaps == ()
    assert report.words(DATES) == "irregular, steps from 4 minutes to 1 day, half of them up to 5 minutes"
    index = Stamps(np.empty(0, np.int64), "index", Form("index"))
    assert report.words(index) == f"irregular, steps from {240 * SECOND} to {DAY}, half of them up to {300 * SECOND}"


# ---- real files


@pytest.mark.parametrize(
    ("name", "rows", "words"),
    [
        ("daily-min-temperatures.csv", 3652, "2 gaps, first at 1984-12-31"),
        ("ETTh1.csv", 17420, "no gaps"),
        ("AirPassengers.csv", 144, "no gaps"),
    ],
)
def test_real_files_are_reported_as_they_are_known(real_column, name, rows, words):
    stamps, values, report = regular_file(real_column, name)
    assert len(values) == rows and report.words(stamps) == words


def regular_file(real_column, name):
    column = real_column(name)
    stamps = read_stamps(column, where)
    frequency = find_frequency([stamps.values], stamps.kind)
    values, y, report = regular(stamps.values, np.ones(len(column)), frequency, where)
    assert len(values) == len(column) + report.missing == np.isnan(y).sum() + len(column)
    return stamps, values, report


def test_the_days_missing_from_the_temperatures_are_the_last_of_two_leap_years(real_column):
    stamps, _, report = regular_file(real_column, "daily-min-temperatures.csv")
    assert stamps.text([gap.first for gap in report.gaps]) == ["1984-12-31", "1988-12-31"]
    assert stamps.text([gap.before for gap in report.gaps]) == ["1984-12-30", "1988-12-30"]


def test_the_months_missing_from_the_milk_are_counted(real_column):
    stamps, values, report = regular_file(real_column, "darts_monthly-milk-incomplete.csv")
    assert len(values) == 168  # 1962-01 to 1975-12
    assert sorted(gap.missing for gap in report.gaps) == [1] * 5 + [2] * 2 + [4] and report.missing == 13


def test_the_traffic_lacks_whole_days(real_column):
    stamps, _, report = regular_file(real_column, "traffic_flow_train.csv")
    assert all(gap.missing % 288 == 0 for gap in report.gaps) and len(report.gaps) == 10
    assert report.words(stamps) == "10 gaps, first at 09/01/2016 0:00 (8,640 stamps missing)"  # a Saturday


def test_the_occupancy_is_irregular(real_column):
    stamps, _, report = regular_file(real_column, "NAB_occupancy_6005.csv")
    assert report.words(stamps) == "irregular, steps from 1 minute to 3.5 days, half of them up to 5 minutes"


# ---- many series


def test_many_series_are_laid_out_as_each_would_be_alone():
    rng = np.random.default_rng(5)
    frequency = frequency_named("MS")
    grid = np.append(0, frequency.after(0, 30))
    parts = [np.sort(rng.permutation(31)[: rng.integers(1, 31)]) for _ in range(40)]
    starts = [int(rng.integers(0, 28)) * DAY for _ in parts]  # a day of the month of its own
    values = np.concatenate([grid[part] + start for part, start in zip(parts, starts)])
    series = np.repeat(np.arange(40), [len(part) for part in parts])
    y = rng.normal(size=(len(values), 2))
    mixed = rng.permutation(len(values))
    rows, moved = in_order(values[mixed], series[mixed], 40, where, "sort")
    merged = merge(values[mixed], series[mixed], y[mixed], rows, moved, where, "error")
    found = regularise(values[mixed], series[mixed], merged, frequency, where)
    for s in range(40):
        own = series == s
        stamps, full, report = regular(values[own], y[own], frequency, where)
        part = slice(*found.edges[s : s + 2])
        assert found.values[part].tolist() == stamps.tolist() and found.reports[s].gaps == report.gaps
        np.testing.assert_array_equal(found.y[part], full)
