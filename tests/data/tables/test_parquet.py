"""Parquet: typed columns come out as text, dates with their zone, and pandas' index and periods as columns."""

import io
import sys
from datetime import date, datetime, timedelta

import numpy as np
import pytest

from rnncli.data.tables.frame import read_frame
from rnncli.errors import ConfigError, DataError

pandas = pytest.importorskip("pandas")


@pytest.fixture
def write(tmp_path):
    def written(data, name="sales.parquet"):
        path = tmp_path / name
        path.write_bytes(data)
        return str(path)

    return written


def cells(frame):
    return {name: column.tolist() for name, column in frame.columns.items()}


def refusal(name):
    with pytest.raises(DataError) as caught:
        read_frame([name])
    assert caught.value.hint
    return str(caught.value), caught.value.hint


@pytest.fixture
def read(write):
    """read(DataFrame) -> Frame."""
    pytest.importorskip("pyarrow")

    def frame(table):
        packed = io.BytesIO()
        table.to_parquet(packed)
        return read_frame([write(packed.getvalue())])

    return frame


def test_parquet_without_its_package_says_how_to_get_it(write, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ConfigError, match="sales.parquet: Parquet needs the package pyarrow") as caught:
        read_frame([write(b"PAR1....PAR1", "sales.parquet")])
    assert caught.value.hint == "pip install pyarrow"


def test_parquet_comes_out_as_text_with_its_rows(write):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    table = pyarrow.table(
        {
            "ds": [datetime(2024, 1, 1), datetime(2024, 1, 2, 3, 4, 5)],
            "y": [0.1, None],
            "n": [9007199254740993, 2],
            "on": [True, False],
            "s": ["a", "1,5"],
        }
    )
    packed, nested = io.BytesIO(), io.BytesIO()
    parquet.write_table(table, packed)
    path = write(packed.getvalue(), "sales.parquet")
    frame = read_frame([path])
    assert cells(frame) == {
        "ds": ["2024-01-01 00:00:00", "2024-01-02 03:04:05"],
        "y": ["0.1", ""],
        "n": ["9007199254740993", "2"],
        "on": ["true", "false"],
        "s": ["a", "1,5"],
    }
    assert frame.where(1, "y") == f"{path}:2, column y"
    assert "unreadable Parquet" in refusal(write(packed.getvalue()[:-9], "half.parquet"))[0]
    parquet.write_table(pyarrow.table({"y": [[1, 2]]}), nested)
    assert ":1, column y: a list" in refusal(write(nested.getvalue(), "nested.parquet"))[0]
    parquet.write_table(table.slice(0, 0), empty := io.BytesIO())
    assert "no data rows" in refusal(write(empty.getvalue(), "empty.parquet"))[0]


def test_stamps_with_a_zone_keep_it_across_a_change_of_the_clock(read):
    stamps = pandas.date_range("2024-03-10 00:00", periods=4, freq="h", tz="America/New_York")
    frame = read(pandas.DataFrame({"ds": stamps, "y": range(4)}))
    assert cells(frame)["ds"] == [
        "2024-03-10 00:00:00-05:00",
        "2024-03-10 01:00:00-05:00",
        "2024-03-10 03:00:00-04:00",
        "2024-03-10 04:00:00-04:00",
    ]
    assert frame.zones == {"ds": "America/New_York"} and frame.written.format == "parquet"
    half = pandas.date_range("2024-01-01", periods=2, freq="D", tz="Asia/Kolkata")
    assert cells(read(pandas.DataFrame({"ds": half})))["ds"][1] == "2024-01-02 00:00:00+05:30"


def test_dates_are_written_as_dates_and_fractions_as_far_as_they_go(read):
    day = datetime(2024, 1, 1)
    table = pandas.DataFrame(
        {
            "midnight": [day, None, day + timedelta(days=1)],
            "minute": [day, None, day + timedelta(minutes=1)],
            "milli": [day, None, day + timedelta(milliseconds=1)],
            "day": [date(2024, 1, 1), None, date(2024, 1, 2)],
        }
    )
    assert cells(read(table)) == {
        "midnight": ["2024-01-01", "", "2024-01-02"],
        "minute": ["2024-01-01 00:00:00", "", "2024-01-01 00:01:00"],
        "milli": ["2024-01-01 00:00:00.000", "", "2024-01-01 00:00:00.001"],
        "day": ["2024-01-01", "", "2024-01-02"],
    }


def test_numbers_keep_every_digit_and_whole_ones_no_point(read):
    table = pandas.DataFrame(
        {
            "single": np.array([0.1, 2.5, np.nan], np.float32),
            "double": [0.1, 1e-7, None],
            "id": [7.0, None, 9.0],
            "big": pandas.array([9007199254740993, None, 3], dtype="Int64"),
        }
    )
    assert cells(read(table)) == {
        "single": ["0.1", "2.5", ""],
        "double": ["0.1", "1e-07", ""],
        "id": ["7", "", "9"],
        "big": ["9007199254740993", "", "3"],
    }


def test_periods_categories_and_an_index_are_columns(read):
    months = pandas.period_range("2024-01", periods=3, freq="M")
    table = pandas.DataFrame(
        {"quarter": months.asfreq("Q"), "id": pandas.Categorical(["a", None, "b"]), "y": [1.5, 2, 3]}, index=months
    )
    assert cells(read(table)) == {
        "quarter": ["2024Q1", "2024Q1", "2024Q1"],
        "id": ["a", "", "b"],
        "y": ["1.5", "2.0", "3.0"],
        "index": ["2024-01", "2024-02", "2024-03"],
    }
    named = pandas.DataFrame({"y": [1, 2]}, index=pandas.Index(["a", "b"], name="shop"))
    assert cells(read(named)) == {"y": ["1", "2"], "shop": ["a", "b"]}
    assert list(read(pandas.DataFrame({"y": [1, 2]})).columns) == ["y"]
