"""Columns of numbers: which of them are times, and which stay an index."""

import numpy as np
import pytest

from rnncli.data.time.stamps import read_stamps
from rnncli.errors import DataError


def where(row):
    return f"sales.csv:{row + 2}, column ds"


def kind(texts, name=""):
    return read_stamps([str(text) for text in texts], where, name=name).kind


def iso(texts, name="", format=None):
    stamps = read_stamps(texts, where, format, name=name)
    assert stamps.text(stamps.values) == texts
    return [str(value) for value in stamps.values.astype("M8[us]")]


@pytest.mark.parametrize(
    "numbers",
    [
        range(0, 100),
        range(1, 5000),
        range(100001, 100400),
        range(12345678, 12345778),
        range(20190001, 20190101),
        range(1000000001, 1000000101),
        range(4006381333931, 4006381334031),
        [3, 1, 2],
        [-2, -1, 0],
        [1499, 1500],
        [43831, 43832, 43833],
        [10, 200, 3000],
    ],
)
def test_counters_and_ids_stay_an_index(numbers):
    texts = [str(number) for number in numbers]
    stamps = read_stamps(texts, where)
    assert stamps.kind == "index" and stamps.values.tolist() == list(numbers) and stamps.text(stamps.values) == texts
    assert stamps.notes == ()


def test_the_name_of_a_column_decides_between_years_and_an_index():
    assert kind([2014, 2015, 2016]) == "time" and kind([2014, 2015, 2016], "store_id") == "index"
    assert kind([43831, 43832]) == "index" and kind([43831, 43832], "Date") == "time"
    assert kind([1577836800, 1577836801], "n") == "index" and kind([1577836800, 1577836801], "timestamp") == "time"
    assert kind([202401, 202402, 202403], "week") == "time"


def test_what_was_guessed_of_numbers_is_told_with_the_way_to_count_them():
    for texts in (["20240101", "20240102"], ["202401", "202402"], ["1704067200", "1704070800", "1704074400"]):
        (note,) = read_stamps(texts, where, name="ds").notes
        assert note.startswith(f"column ds: '{texts[0]}' read as") and "--time-format index" in note
        assert read_stamps(texts, where, "index").values.tolist() == list(map(int, texts))


@pytest.mark.parametrize(
    ("texts", "row", "what"),
    [
        (["20240330", "20240331", "20240431"], 2, "'20240431' is not a day of the calendar"),
        (["202311", "202312", "202313"], 2, "'202313' does not fit the format %Y%m"),
        (["2024013122", "2024013123", "2024013124", "2024013125"], 3, "does not fit the format %Y%m%d%H"),
    ],
)
def test_a_number_among_dates_that_is_none_is_named(texts, row, what):
    with pytest.raises(DataError) as caught:
        read_stamps(texts, where, name="ds")
    assert str(caught.value).startswith(where(row)) and what in str(caught.value)


def test_hours_of_days_go_from_23_to_the_next_day():
    stamps = read_stamps(["2024013121", "2024013122", "2024013123"], where, name="ds")
    assert stamps.text(stamps.values[-1:] + 3_600_000_000) == ["2024020100"]


def test_months_go_from_december_to_january():
    stamps = read_stamps(["202310", "202311", "202312"], where)
    assert stamps.text(np.array(["2024-01"], "M8[M]").astype("M8[us]").astype(np.int64)) == ["202401"]


def test_weeks_without_a_separator_are_known_by_the_end_of_their_year():
    texts = [f"{year}{week:02}" for year, last in ((2020, 53), (2021, 52)) for week in range(1, last + 1)]
    assert iso(texts)[52:54] == ["2020-12-28T00:00:00.000000", "2021-01-04T00:00:00.000000"]


@pytest.mark.parametrize(
    ("format", "text", "instant"),
    [
        ("excel", "43831", "2020-01-01T00:00:00"),
        ("excel", "43831.5", "2020-01-01T12:00:00"),
        ("epoch", "1577836800", "2020-01-01T00:00:00"),
        ("epoch", "1577836800000", "2020-01-01T00:00:00"),
        ("epoch", "1577836800.25", "2020-01-01T00:00:00.250000"),
        ("epoch", "0", "1970-01-01T00:00:00"),
        ("epoch", "-86400", "1969-12-31T00:00:00"),
        ("epoch-ms", "1577836800000", "2020-01-01T00:00:00"),
    ],
)
def test_a_kind_of_numbers_can_be_asked_for(format, text, instant):
    assert iso([text], format=format)[0] == str(np.datetime64(instant, "us"))


def test_steps_with_zeros_before_them_keep_their_width():
    stamps = read_stamps(["008", "009", "010"], where)
    assert stamps.kind == "index" and stamps.text(np.array([11, 120])) == ["011", "120"]


def test_steps_that_were_written_as_decimals_stay_so():
    stamps = read_stamps(["0.0", "1.0", "2.0"], where)
    assert stamps.kind == "index" and stamps.text(np.array([3])) == ["3.0"]


def test_other_decimals_are_no_stamps():
    with pytest.raises(DataError, match="sales.csv:3, column ds: '1.5' is neither a stamp nor a whole number"):
        read_stamps(["1", "1.5", "2"], where)


def test_pandas_and_python_write_excels_days_with_the_decimals_they_need():
    texts = ["43831.0", "43831.25", "43831.5"]
    assert iso(texts, "date")[1] == "2020-01-01T06:00:00.000000"


@pytest.mark.parametrize("format", [None, "%Y.%m"])
def test_the_lost_zero_of_october_is_put_back_in_old_years_too(format):
    texts = [f"{1871 + k // 12}.{k % 12 + 1:02d}".removesuffix("0") for k in range(60)]
    assert texts[9:12] == ["1871.1", "1871.11", "1871.12"]
    found = read_stamps(np.array(texts, dtype=np.dtypes.StringDType()), str, format, None, "Date")
    months = np.datetime64("1871-01", "M") + np.arange(60)
    assert np.array_equal(found.values.astype("M8[us]").astype("M8[M]"), months)
    assert found.form.pattern == "year.month"


def test_months_of_two_digits_are_read_as_they_are_asked_for():
    texts = [f"{1990 + k // 12}.{k % 12 + 1:02d}" for k in range(24)]
    found = read_stamps(np.array(texts, dtype=np.dtypes.StringDType()), str, "%Y.%m", None, "Date")
    assert found.form.pattern == "%Y.%m" and str(found.values.astype("M8[us]")[9])[:7] == "1990-10"
