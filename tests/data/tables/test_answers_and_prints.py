"""Tables in the answers of databases of time series, in pandas' JSON, and as R prints years."""

import json

import numpy as np
import pandas as pd
import pytest

from rnncli.data.tables.detection import is_table
from rnncli.data.tables.frame import read_frame
from rnncli.data.tables.json_answers import are_epochs
from rnncli.errors import DataError

EPOCHS = [1714521600 + 60 * k for k in range(4)]
STAMPS = ["2024-01-01T00:00:00.000", "2024-01-02T00:00:00.000", "2024-01-03T00:00:00.000"]
DAYS = ["1704067200000", "1704153600000", "1704240000000"]


def columns(write, value):
    """Those of a table that files with this value are recognised as."""
    name = write(value if isinstance(value, str) else json.dumps(value), "a.txt")
    assert is_table([name])
    return {key: cells.tolist() for key, cells in read_frame([name]).columns.items()}


def test_a_matrix_of_prometheus_is_a_row_for_each_pair_with_its_labels(write):
    pairs = [[at, str(k / 2)] for k, at in enumerate(EPOCHS)]
    result = [{"metric": {"job": name}, "values": pairs} for name in "ab"]
    found = columns(write, {"status": "success", "data": {"resultType": "matrix", "result": result}})
    assert found["metric.job"] == ["a"] * 4 + ["b"] * 4
    assert found["time"] == [str(at) for at in EPOCHS] * 2
    assert found["value"] == ["0.0", "0.5", "1.0", "1.5"] * 2


def test_pairs_of_graphite_are_a_value_and_a_time_and_null_is_missing(write):
    points = [[None if k == 1 else k / 2, at] for k, at in enumerate(EPOCHS)]
    found = columns(write, [{"target": name, "datapoints": points} for name in "ab"])
    assert found == {
        "series": ["a"] * 4 + ["b"] * 4,
        "value": ["0.0", "", "1.0", "1.5"] * 2,
        "time": [str(at) for at in EPOCHS] * 2,
    }


def test_series_of_influxdb_have_their_tags_in_each_row(write):
    rows = [[at, k / 2] for k, at in enumerate(EPOCHS)]
    series = [{"name": "cpu", "tags": {"host": h}, "columns": ["time", "mean"], "values": rows} for h in "ab"]
    found = columns(write, {"results": [{"statement_id": 0, "series": series}]})
    assert found["tags.host"] == ["a"] * 4 + ["b"] * 4
    assert found["time"] == [str(at) for at in EPOCHS] * 2 and found["mean"][4:] == ["0.0", "0.5", "1.0", "1.5"]


def test_frames_of_grafana_have_a_list_for_each_field_and_the_labels_tell_them_apart(write):
    frames = [
        {
            "schema": {"fields": [{"name": "Time"}, {"name": "cpu", "labels": {"host": host}}]},
            "data": {"values": [[at * 1000 for at in EPOCHS], [0.5, 1, 1.5, 2]]},
        }
        for host in "ab"
    ]
    found = columns(write, {"results": {"A": {"frames": frames}}})
    assert found["host"] == ["a"] * 4 + ["b"] * 4 and found["cpu"] == ["0.5", "1", "1.5", "2"] * 2
    assert found["Time"][:2] == ["1714521600000", "1714521660000"]


@pytest.mark.parametrize(
    ("value", "name", "times"),
    [
        ({"load": dict(zip(DAYS, (1.5, 2, 3)))}, "date", DAYS),
        ({"load": dict(zip(STAMPS, (1.5, 2, 3)))}, "date", STAMPS),
        ({day: {"load": value} for day, value in zip(DAYS, (1.5, 2, 3))}, "date", DAYS),
        ({"columns": ["load"], "index": list(map(int, DAYS)), "data": [[1.5], [2], [3]]}, "date", DAYS),
        ([{"day": day, "load": value} for day, value in zip(STAMPS, (1.5, 2, 3))], "day", STAMPS),
        ({"day": dict(zip("012", STAMPS)), "load": dict(zip("012", (1.5, 2, 3)))}, "day", STAMPS),
    ],
    ids=["columns", "columns of stamps", "index", "split", "records", "numbered"],
)
def test_each_way_in_which_pandas_writes_a_table_as_json_has_times_and_values(write, value, name, times):
    assert columns(write, value) == {name: times, "load": ["1.5", "2", "3"]}


def test_values_alone_are_a_column_each(write):
    assert columns(write, [[1.5], [2], [3]]) == {"column1": ["1.5", "2", "3"]}


def test_a_series_of_pandas_from_before_1970_gets_stamps(write):
    months = pd.date_range("1969-06-01", periods=4, freq="MS")
    found = columns(write, {str(at): k / 2 for k, at in enumerate(months.astype("M8[ms]").astype(np.int64))})
    assert found["date"] == [str(month) for month in months] and found["value"] == ["0.0", "0.5", "1.0", "1.5"]


@pytest.mark.parametrize("cells", [["1", "2", "3"], ["60000", "120000"], ["1704067200000", "x"], ["7", "10000000001"]])
def test_numbers_of_rows_and_odd_numbers_are_no_epochs(cells):
    assert not are_epochs(cells)


def test_years_that_r_prints_are_read_by_the_places_of_their_values(write):
    lines = ["      Jan   Feb   Mar   Apr   May   Jun   Jul   Aug   Sep   Oct   Nov   Dec"]
    lines += ["1990" + " " * 60 + " 100.5  99.1", "1991" + "  98.0" * 11 + "    NA", "1992  97.0 101.2", ""]
    found = columns(write, "\n".join(lines))
    assert found["year"] == ["1990", "1991", "1992"]
    assert found["Jan"] == ["", "98.0", "97.0"] and found["Feb"] == ["", "98.0", "101.2"]
    assert found["Oct"] == ["", "98.0", ""] and found["Nov"][0] == "100.5" and found["Dec"][:2] == ["99.1", "NA"]


def test_years_that_r_breaks_into_two_blocks_are_one_table_again(write):
    text = "     Qtr1 Qtr2\n1990        5\n1991    2    3\n     Qtr3 Qtr4\n1990    6    7\n1991    4\n"
    assert columns(write, text) == {
        "year": ["1990", "1991"],
        "Q1": ["", "2"],
        "Q2": ["5", "3"],
        "Q3": ["6", "4"],
        "Q4": ["7", ""],
    }


def test_a_long_print_that_goes_on_otherwise_is_refused(write):
    head = "".join(
        f"{name:>6}" for name in ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    )
    rows = [f"{1500 + k % 500}{'  98.0' * 12}" for k in range(1200)]
    with pytest.raises(DataError, match="does not go on so"):
        read_frame([write("\n".join([f"    {head}", *rows, "and words"]), "a.txt")])
