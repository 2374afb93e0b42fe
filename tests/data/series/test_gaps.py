"""Full grids: what is missing, double or out of order is reported, and filled only by policy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncli.data.series.gaps import Gap, Regular, fill, full_grid, regularise
from rnncli.data.time.frequency import find_frequency, frequency_named
from rnncli.data.time.stamps import Stamps, parse_stamps
from rnncli.errors import ConfigError, DataError

DAILY, DAY = frequency_named("D"), 86400
DATES = Stamps(np.empty(0, np.int64), "time", "%Y-%m-%d")
NAN = np.nan


def where(row):
    return f"a.csv:{row + 2}, column ds"


def days(*numbers):
    """(R,) int64 seconds of days after 1970-01-01."""
    return np.array(numbers, np.int64) * DAY


def column(*values):
    return np.array(values, np.float64)[:, None]


# ---- the grid


def test_missing_stamps_become_rows_of_nan():
    y = np.array([[1.0, -1], [2, NAN], [3, -3], [4, -4]])
    values, full, report = regularise(days(3, 4, 6, 9), y, DAILY, where)
    assert values.dtype == np.int64 and values.tolist() == days(3, 4, 5, 6, 7, 8, 9).tolist()
    np.testing.assert_array_equal(full[:, 0], [1, 2, NAN, 3, NAN, NAN, 4])
    np.testing.assert_array_equal(full[:, 1], [-1, NAN, NAN, -3, NAN, NAN, -4])
    assert report.gaps == (Gap(4 * DAY, 5 * DAY, 1), Gap(6 * DAY, 7 * DAY, 2)) and report.missing == 3
    assert report.words(DATES) == "2 gaps, first at 1970-01-06 (3 stamps missing)"


def test_a_series_without_gaps_comes_back_as_it_is():
    y = np.array([1.0, NAN, 3.0])
    values, full, report = regularise(days(3, 4, 5), y, DAILY, where)
    np.testing.assert_array_equal(full, y)
    assert values.tolist() == days(3, 4, 5).tolist() and report.words(DATES) == "no gaps" and report.gaps == ()


def test_a_single_gap_is_said_in_the_format_of_the_input():
    report = regularise(days(0, 2), np.zeros(2), DAILY, where)[2]
    assert report.words(Stamps(np.empty(0, np.int64), "time", "%-d/%-m/%Y %-H:%M")) == "1 gap at 2/1/1970 0:00"


@pytest.mark.parametrize("R", [0, 1])
def test_an_empty_series_and_a_single_row_have_no_gaps(R):
    values, y, report = regularise(days(*range(R)), np.zeros((R, 2)), DAILY, where)
    assert values.shape == (R,) and y.shape == (R, 2) and report.gaps == ()


@given(st.sampled_from(["h", "15min", "D", "B", "ME", "QS", "YE", "10index"]), st.integers(2, 60), st.data())
def test_a_series_with_some_stamps_removed_reports_as_many_missing(alias, L, data):
    frequency = frequency_named(alias)
    first = {"ME": days(30), "YE": days(364)}.get(alias, days(0))[0]  # both 1970; 1970-01-01 was a Thursday
    grid = np.append(first, frequency.after(first, L - 1))
    removed = data.draw(st.sets(st.integers(1, L - 2) if L > 2 else st.nothing()))
    kept = np.array([row for row in range(L) if row not in removed])
    values, y, report = regularise(grid[kept], kept.astype(float), frequency, where)
    assert values.tolist() == grid.tolist() and report.missing == len(removed)
    assert np.flatnonzero(np.isnan(y)).tolist() == sorted(removed)
    assert y[kept].tolist() == kept.tolist()
    assert [gap.first for gap in report.gaps] == [grid[row] for row in sorted(removed) if row - 1 not in removed]
    assert [gap.before for gap in report.gaps] == [grid[row - 1] for row in sorted(removed) if row - 1 not in removed]
    regular = full_grid(grid[kept], frequency)
    assert isinstance(regular, Regular) and np.flatnonzero(regular.observed).tolist() == kept.tolist()


def test_a_stamp_off_the_grid_of_the_others_is_named():
    values = np.array([60, 3600, 7200, 10800, 14500])
    with pytest.raises(DataError, match="a.csv:2, column ds: the stamp is off the h grid of the others, and so are 1"):
        regularise(values, np.zeros(5), frequency_named("h"), where)
    with pytest.raises(DataError, match="a.csv:6, column ds: the stamp is off the h grid of the others$"):
        regularise(values[1:], np.zeros(4), frequency_named("h"), lambda row: where(row + 1))
    with pytest.raises(DataError, match="a.csv:2, column ds"):
        regularise(days(2, 3), np.zeros(2), frequency_named("B"), where)  # a Saturday and a Sunday


def test_a_year_with_a_slip_in_it_is_named_before_memory_is_taken():
    values = days(0, 1, 2, 300 * 365)
    with pytest.raises(DataError, match="a.csv:5, column ds: 109,497 stamps .* missing before it, after a.csv:4"):
        regularise(values, np.zeros(4), DAILY, where)


# ---- order and duplicates


def test_rows_out_of_order_are_refused_or_sorted_as_asked():
    values, y = days(2, 0, 1), np.array([20.0, 0, 10])
    with pytest.raises(DataError, match="^a.csv:3, column ds: .* before that of a.csv:2, column ds$") as caught:
        regularise(values, y, DAILY, where)
    assert "sort" in caught.value.hint
    values, y, report = regularise(values, y, DAILY, where, unsorted="sort")
    assert values.tolist() == days(0, 1, 2).tolist() and y.tolist() == [0, 10, 20]
    assert (report.moved, report.unsorted) == (1, "sort")
    assert report.words(DATES) == "1 row out of order, sorted; no gaps"


def test_duplicates_are_refused_naming_both_places():
    with pytest.raises(DataError, match="^a.csv:4, column ds: the same stamp as a.csv:3, column ds$"):
        regularise(days(0, 1, 1), np.zeros(3), DAILY, where)
    with pytest.raises(DataError, match="^a.csv:4, column ds: the same stamp as a.csv:2, column ds$"):
        regularise(days(1, 0, 1), np.zeros(3), DAILY, where, unsorted="sort")


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
    values, merged, report = regularise(days(0, 1, 1, 2, 3, 3), y, DAILY, where, duplicates=policy)
    assert values.tolist() == days(0, 1, 2, 3).tolist()
    np.testing.assert_array_equal(merged, kept)
    assert (report.doubled, report.duplicates) == (2, policy)
    assert report.words(DATES) == f"2 duplicate stamps, {words}; no gaps"


def test_sorting_keeps_the_order_of_duplicates():
    values, y, report = regularise(days(5, 0, 5, 0), np.array([1.0, 2, 3, 4]), None, where, "sort", "last")
    assert values.tolist() == days(0, 5).tolist() and y.tolist() == [4, 3]
    assert (report.moved, report.doubled) == (2, 2)


def test_places_are_those_of_the_file_after_sorting():
    values = np.array([7200, 0, 3600, 100])
    with pytest.raises(DataError, match="^a.csv:5, column ds: the stamp is off"):
        regularise(values, np.zeros(4), frequency_named("h"), where, unsorted="sort")


def test_unknown_policies_are_refused():
    with pytest.raises(ConfigError, match="unsorted: 'shuffle'"):
        regularise(days(0), np.zeros(1), DAILY, where, unsorted="shuffle")
    with pytest.raises(ConfigError, match="duplicates: 'median'"):
        regularise(days(0), np.zeros(1), DAILY, where, duplicates="median")
    with pytest.raises(ConfigError, match="fill: 'cubic'") as caught:
        fill(column(1), "cubic", 1)
    assert "seasonal" in caught.value.hint


# ---- without a frequency


def test_an_irregular_series_stays_and_its_steps_are_told():
    values = np.array([0, 240, 540, 840, 86640 + 600])
    same, y, report = regularise(values, np.arange(5.0), None, where)
    assert same.tolist() == values.tolist() and y.tolist() == [0, 1, 2, 3, 4]
    assert report.steps == (240, 300, 86400) and report.gaps == ()
    assert report.words(DATES) == "irregular, steps from 4 minutes to 1 day, half of them up to 5 minutes"
    index = Stamps(np.empty(0, np.int64), "index", "index")
    assert report.words(index) == "irregular, steps from 240 to 86400, half of them up to 300"


# ---- filling

GAPPY = np.array([[NAN, 1], [2, NAN], [NAN, NAN], [NAN, 7], [5, NAN], [NAN, NAN], [NAN, NAN]])


@pytest.mark.parametrize(
    ("how", "first", "second"),
    [
        ("none", [NAN, 2, NAN, NAN, 5, NAN, NAN], [1, NAN, NAN, 7, NAN, NAN, NAN]),
        ("ffill", [2, 2, 2, 2, 5, 5, 5], [1, 1, 1, 7, 7, 7, 7]),
        ("linear", [2, 2, 3, 4, 5, 5, 5], [1, 3, 5, 7, 7, 7, 7]),
        ("seasonal", [2, 2, 3, 2, 5, 2, 5], [1, 3, 1, 7, 1, 7, 1]),
    ],
)
def test_each_way_of_filling(how, first, second):
    before = GAPPY.copy()
    filled = fill(GAPPY, how, 2)
    np.testing.assert_allclose(filled.T, [first, second], rtol=1e-15)
    np.testing.assert_array_equal(GAPPY, before)


def naively_seasonal(y, season):
    """One column, straight from the definition."""
    row, there = np.arange(len(y)), ~np.isnan(y)
    filled = y.copy()
    for t in row[~there]:
        earlier = [s for s in range(t - season, -1, -season) if there[s]]
        filled[t] = y[earlier[0]] if earlier else np.interp(t, row[there], y[there])
    return filled


@given(st.integers(0, 2**32), st.integers(1, 40), st.integers(1, 50))
def test_seasonal_filling_equals_its_definition(seed, L, season):
    rng = np.random.default_rng(seed)
    y = rng.normal(size=(L, 3))
    y[rng.random((L, 3)) < 0.4] = NAN
    y[rng.integers(L)] = 1.0  # something to fill from
    filled = fill(y, "seasonal", season)
    np.testing.assert_array_equal(filled, np.stack([naively_seasonal(c, season) for c in y.T], axis=1))


@pytest.mark.parametrize("how", ["none", "ffill", "linear", "seasonal"])
def test_a_column_without_values_stays_missing_and_an_infinite_value_stays(how):
    filled = fill(np.array([[NAN, 1], [NAN, np.inf], [NAN, 3]]), how, 2)
    assert np.isnan(filled[:, 0]).all() and filled[:, 1].tolist() == [1, np.inf, 3]
    assert fill(np.empty((0, 2)), how, 2).shape == (0, 2)


def test_a_season_of_no_rows_is_refused():
    with pytest.raises(ConfigError, match="a season of 0 rows"):
        fill(column(1, NAN), "seasonal", 0)


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
    stamps = parse_stamps(column, where)
    frequency = find_frequency(stamps.values, stamps.kind)
    values, y, report = regularise(stamps.values, np.ones(len(column)), frequency, where)
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
