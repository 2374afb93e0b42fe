"""Any report on paper: tables that are too wide, sentences that are too long, records, checks."""

import json
import math

import pytest

from rnncli.tasks.base import Record, Table
from rnncli.tasks.metric_checks import MetricCheck
from rnncli.ui.report import blocks, render, sentence_lines, table_lines


class Made:
    """A report with one record."""

    warnings, notes, lists = (), ("a note",), ("days", "hours")

    def metrics(self):
        return {"error": math.nan}

    def baselines(self):
        return {"none": None}

    def summary(self):
        return {"metrics": self.metrics(), "baselines": self.baselines()}

    def records(self):
        yield Record("days", "day", {"value": math.inf})

    def details(self):
        yield "days"

    def figures(self):
        yield Table([("", "error"), ("model", "-")])


CHECK = MetricCheck("max error", "<=", 1.0, None, None, False)


def test_text_has_records_then_figures_then_notes_then_checks():
    assert "".join(render(Made(), "made", [CHECK])) == (
        "days\n       error\nmodel      -\nnote: a note\n\n"
        "check      expected  found  margin\nmax error      <= 1      -       -  FAILED\n"
    )


def test_json_names_task_and_schema_first_and_has_empty_lists_and_no_number_that_is_none():
    found = json.loads("".join(render(Made(), "made", [CHECK], "json")))
    assert list(found) == ["schema", "task", "metrics", "baselines", "checks", "days", "hours"]
    assert found["metrics"] == {"error": None} and found["days"] == [{"value": None}] and found["hours"] == []
    lines = [json.loads(line) for line in render(Made(), "made", (), "jsonl")]
    assert lines[0] == {"record": "day", "value": None}
    assert lines[1] == {"record": "total", "schema": 1, "task": "made"} | Made().summary() | {
        "metrics": {"error": None},
        "checks": [],
    }


def test_a_table_that_is_too_wide_goes_on_below_with_its_first_column():
    lines = list(table_lines(Table([("name", *("x" * 30 for _ in range(4))), ("a", *"1234")])))
    assert [line.split() for line in lines] == [
        ["name", "x" * 30, "x" * 30],
        ["a", "1", "2"],
        [],
        ["name", "x" * 30, "x" * 30],
        ["a", "3", "4"],
    ]
    assert max(map(len, lines)) <= 81


@pytest.mark.parametrize(
    "widths, left, expected",
    [
        ([10, 68], 1, [[1]]),
        ([10, 34, 32], 1, [[1, 2]]),
        ([10, 34, 33], 1, [[1], [2]]),
        ([90, 5, 5], 1, [[1], [2]]),
        ([5], 1, [[]]),
        ([10, 10, 56], 2, [[2]]),
    ],
)
def test_columns_stand_in_as_few_blocks_as_fit(widths, left, expected):
    assert blocks(widths, left) == expected


def test_long_sentences_break_between_words_and_long_names_stay_whole():
    name = "/" + "x" * 90
    assert list(sentence_lines(f"{name}: it is " + "very " * 20)) == [
        f"{name}:\n",
        "  it is " + "very " * 13 + "very\n",
        "  " + "very " * 5 + "very\n",
    ]
