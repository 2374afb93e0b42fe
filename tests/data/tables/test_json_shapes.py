"""Tables in JSON that is wrapped, nested or turned on its side."""

import json

import pytest

from rnncli.data.tables.detection import looks_like_table
from rnncli.data.tables.frame import read_frame
from rnncli.data.tables.json_shapes import repaired, table_in

DAYS = [f"2024-01-{day:02d}" for day in range(1, 10)]
ROWS = [[day, k / 2] for k, day in enumerate(DAYS)]
RECORDS = [{"date": day, "value": value} for day, value in ROWS]
SHAPES = {
    "wrapped": {"count": 9, "data": RECORDS},
    "twice wrapped": {
        "status": "ok",
        "results": [{"id": "a", "series": [{"columns": ["date", "value"], "values": ROWS}]}],
    },
    "columns beside others": {"lat": 5.5, "hourly": {"date": DAYS, "value": [value for _, value in ROWS]}},
    "a header and rows": [["date", "value"], *ROWS],
    "split": {"columns": ["date", "value"], "index": list(range(9)), "data": ROWS},
    "split with an index": {"columns": ["value"], "index": DAYS, "data": [[value] for _, value in ROWS]},
    "rows by number": {str(k): record for k, record in enumerate(RECORDS)},
    "rows by date": {day: {"value": value} for day, value in ROWS},
    "numbers by date": dict(ROWS),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("indent", [None, 1])
def test_a_table_in_other_json_is_recognised_and_read(tmp_path, shape, indent):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(SHAPES[shape], indent=indent))
    stamps, values = list(read_frame([str(path)]).columns.values())[-2:]
    assert looks_like_table(path.read_bytes())
    assert stamps.tolist() == DAYS and values.astype(float).tolist() == [k / 2 for k in range(9)]


def test_nested_values_have_both_names(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"ds": "2024-01-01", "price": {"value": 1.50}}\n' * 2)
    assert read_frame([str(tmp_path / "a.jsonl")]).columns["price.value"].tolist() == ["1.50", "1.50"]


def test_each_of_several_inner_tables_keeps_what_stands_beside_it():
    found = table_in([{"job": name, "values": [[1, 2.5], [2, 3.5]]} for name in "ab"])
    assert found and found.columns["job"] == ["a", "a", "b", "b"] and found.columns["column2"] == [2.5, 3.5] * 2


@pytest.mark.parametrize("value", [{"name": "x", "scripts": {"a": "b", "c": "d"}}, ["a", "b"], 5, {}, [[1], [2]]])
def test_json_without_a_table_has_none(value):
    assert table_in(value) is None and not looks_like_table(json.dumps(value).encode())


def test_the_beginning_of_json_shows_its_whole_values():
    text = json.dumps({"data": RECORDS})
    assert repaired(text[: text.index('"2024-01-04"')]) == {
        "data": [{"date": day, "value": str(value)} for day, value in ROWS[:3]]
    }
    assert repaired("no JSON [at, all") is None
