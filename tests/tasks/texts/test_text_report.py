"""The report of an evaluation of written texts: its figures beside simple methods, its screens, its JSON."""

import json
import re
import sys
from dataclasses import replace

import numpy as np
import pytest
from rich.cells import cell_len
from text_reports import HOSTILE, text_report

from rnncli.tasks.metric_checks import LimitCheck, outcomes
from rnncli.tasks.texts.edits import distance
from rnncli.tasks.texts.metric_names import TEXT_SCORE
from rnncli.ui.report import render

ANSI = re.compile("\x1b\\[[0-9;]*m")


def text_of(report):
    return "".join(render(report, "made"))


def json_of(report):
    return json.loads("".join(render(report, "made", format="json")))


def small(truth, written, sources=None, **fields):
    """A report of a few examples, by hand."""
    sources = sources or [f"source {k}" for k in range(len(truth))]
    made = {"lengths": np.array([*map(len, sources)], int), "nats": None, "symbols": None, "given": {}}
    return text_report(truth=truth, written=written, sources=sources, **(made | fields))


def test_baselines_have_the_same_metrics_and_the_share_of_their_error_that_the_model_avoids():
    report = small(["abcd", "abcd"], ["abcd", "abcx"], given={"copy": ["abxx", "abcd"], "none": None})
    copy = report.baselines()["copy"]
    assert report.baselines()["none"] is None
    assert (report.metrics()[TEXT_SCORE], copy[TEXT_SCORE], copy["skill_percent"]) == (1 / 8, 2 / 8, 50)
    assert copy["exact_match"] == 0.5 and copy["nats_per_symbol"] is None
    assert {*copy} - {"skill_percent"} == {*report.metrics()} - {"examples"}


def test_more_metrics_are_those_of_the_texts_of_each():
    extra = {"new": lambda written: sum(text == "new" for text in written) / len(written), "recovered": lambda w: None}
    report = small(["a", "b"], ["new", "b"], given={"copy": ["new", "new"]}, extra=extra)
    assert (report.metrics()["new"], report.baselines()["copy"]["new"]) == (0.5, 1)
    assert report.metrics()["recovered"] is None
    assert "new" in text_of(report) and "recovered" not in text_of(report)


def test_the_model_stands_between_its_baselines_and_a_note_says_which_is_better():
    given = {"copy": ["ab", "ab"], "nearest": ["xx", "xx"]}
    report = small(["ab", "ab"], ["ab", "ax"], given=given)
    rows = [line[2:].split("  ")[0] for line in text_of(report).splitlines()[2:5]]
    assert rows == ["nearest (source)", "model", "copy (the source)"]
    assert report.notes[0] == "copy (the source) beats the model: symbol error 0.000 against 0.250, 100.0 % lower"


def test_the_check_of_a_baseline_reads_the_report():
    report = text_report()
    checks = [LimitCheck("beat-baseline", TEXT_SCORE, baseline=name) for name in report.baselines()]
    assert [check.passed for check in outcomes(checks, report.metrics(), report.baselines())] == [True, True]


def test_figures_that_are_not_numbers_leave_no_metric_and_fail_every_check():
    nats = np.array([1.0, np.nan])
    report = small(["a", "b"], ["a", "b"], nats=nats, symbols=np.array([2, 2]), per_example=True)
    metrics = dict(report.metrics())
    assert metrics.pop("examples") == 2 and set(metrics.values()) == {None}
    assert report.warnings == ("metrics cannot be computed: the network diverged: 1 of 2 answers is not finite",)
    (check,) = outcomes([LimitCheck("max", TEXT_SCORE, 9.0)], report.metrics(), report.baselines())
    assert not check.passed
    assert json_of(report)["examples"][1]["nats"] is None and text_of(report)


def test_sources_with_several_true_texts_and_one_text_for_all_are_told():
    report = small(["a", "b", "c"], ["b", "b", "b"], ["x", "x", "y"])
    assert report.notes[0] == "every text is 'b'"
    assert report.notes[1].startswith("2 of 3 examples have a source with several true texts: a text counts as exact")
    assert not [note for note in text_report(seed=9).notes if "several" in note or "every text" in note]


def test_no_example_leaves_no_metric_and_one_has_a_report():
    nothing = small([], [], by_length=True, worst=3, per_example=True)
    assert nothing.metrics()[TEXT_SCORE] is None and nothing.metrics()["examples"] == 0 and text_of(nothing)
    one = small(["ab"], [""], by_length=True, worst=3, per_example=True)
    assert one.metrics()[TEXT_SCORE] == 1 and "[-ab]" in text_of(one)


def test_the_worst_have_the_largest_symbol_error_and_right_ones_are_none():
    report = small(["abcd", "ab", "abcdefgh", "a"], ["abcx", "xy", "xyzdefgh", "a"], worst=10)
    assert report.most_wrong() == [1, 2, 0]
    long = small(["abcd", "ab"], ["abxy", "ax"], worst=1)
    assert long.most_wrong() == [0]  # both are half wrong
    found = json_of(report)["most_wrong"][0]
    assert found == {
        "where": "dates.tsv:2", "source": "source 1", "written": "xy", "truth": "ab", "nearest": "ab", "edits": 2,
        "symbols": 2, "exact": False, "symbol_error": 1.0,
    }  # fmt: skip


def test_the_worst_are_listed_with_place_source_written_truth_and_edits():
    lines = text_of(small(["1968-05-03"], ["1958-05-0"], worst=1)).splitlines()
    at = lines.index("dates.tsv:1  error 0.200: 2 edits, 10 symbols")
    assert lines[at + 1 : at + 5] == [
        "  source   source 0",
        "  written  1958-05-0",
        "  truth    1968-05-03",
        "  edits    19[-6+5]8-05-0[-3]",
    ]


def test_in_colour_the_worst_are_drawn_and_the_text_leaves_them_out():
    report = text_report(worst=3, color=True)
    drawn = [*report.drawing(60)]
    plain = [*replace(report, color=False).drawing(60)]
    assert [ANSI.sub("", line) for line in drawn] == [ANSI.sub("", line) for line in plain]
    assert any("\x1b[32m[-" in line for line in drawn) and drawn[-1] == ""
    assert "most wrong" not in text_of(report)
    assert [*replace(report, worst=0).drawing(60)] == []


def test_quarters_by_length_hold_every_example_once():
    report = text_report(E=101)
    groups = json_of(report)["lengths"]
    assert sum(group["n"] for group in groups) == 101
    assert all(one["to"] < other["from"] for one, other in zip(groups, groups[1:]))
    low, high = groups[-1]["from"], groups[-1]["to"]
    own = [k for k, source in enumerate(report.sources) if low <= len(source) <= high]
    edits = sum(distance(report.written[k], report.truth[k]) for k in own)
    assert groups[-1][TEXT_SCORE] == edits / sum(len(report.truth[k]) for k in own)
    assert "characters" in text_of(replace(report, by_length=True))


def test_json_holds_everything_and_json_lines_an_example_a_line():
    report = text_report(E=30, worst=2, per_example=True)
    found = json_of(report)
    assert tuple(name for name in found if name in report.lists) == report.lists
    assert found["skill_metric"] == TEXT_SCORE and found["heading"] == "test: 30 dates"
    examples = [json.loads(line) for line in render(report, "made", format="jsonl")]
    examples = [line for line in examples if line["record"] == "example"]
    assert [line["written"] for line in examples] == report.written
    assert sum(line["edits"] for line in examples) / sum(line["symbols"] for line in examples) == pytest.approx(
        found["metrics"][TEXT_SCORE]
    )
    assert sum(line["nats"] for line in examples) == pytest.approx(report.nats.sum())


@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize("text", [HOSTILE * 9, "名前 " * 60, "", "a" * 300])
def test_no_line_is_wider_than_80_columns_and_nothing_controls_the_terminal(text, unicode):
    report = text_report(E=20)
    more = {
        "sources": [f"{text}{k}" for k in range(20)],
        "written": [text] * 20,
        "truth": [f"{text[:40]}{k}" for k in range(20)],
    }
    report = replace(
        report, **more, worst=5, by_length=True, per_example=True, unicode=unicode, where=lambda k: text or "f"
    )
    shown = text_of(report)
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)
    lines = shown.splitlines()
    assert lines == [line.rstrip() for line in lines]
    assert max(map(cell_len, lines)) <= 80 or "名" in text  # tables count a wide sign as one column
    assert unicode or shown.isascii()
    drawn = [*replace(report, color=True).drawing(50)]
    assert max(cell_len(ANSI.sub("", line)) for line in drawn) <= 50


def test_the_metrics_do_not_need_sacrebleu(monkeypatch):
    monkeypatch.setitem(sys.modules, "sacrebleu", None)
    assert json_of(text_report())["signatures"] == {}
