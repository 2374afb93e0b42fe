"""The report of an evaluation of classes: its figures beside naive ones, its screens, its JSON, and what is missing."""

import json
import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from pair_reports import class_report

from rnncli.tasks.metric_checks import LimitCheck, outcomes
from rnncli.tasks.pairs.class_report import ClassReport
from rnncli.tasks.pairs.listing import quantile_groups
from rnncli.tasks.pairs.metric_names import CLASS_METRICS, class_metric_names
from rnncli.ui.report import render


def text_of(report):
    return "".join(render(report, "made"))


def small(truth, probabilities, names=("a", "b", "c", "d"), labels=None, **fields):
    """A report of a few examples, by hand."""
    truth, probabilities = np.array(truth), np.array(probabilities, float)
    made = {
        "heading": "test",
        "lengths": np.ones(len(truth), int),
        "where": lambda k: f"f:{k + 1}",
        "text": lambda k: f"text {k}",
    }
    labels = labels or [names[k] for k in truth]
    return ClassReport(names=tuple(names), truth=truth, labels=labels, probabilities=probabilities, **(made | fields))


def certain(answers, K=4):
    return np.eye(K)[answers] * 0.9 + 0.1 / K


def naive_f1(truth, said):
    """{label: F1} of lists of labels."""
    found = {}
    for label in {*truth, *said}:
        hits = sum(t == s == label for t, s in zip(truth, said))
        found[label] = 2 * hits / (truth.count(label) + said.count(label))
    return found


def test_the_metrics_equal_naive_ones():
    report = class_report(K=6, E=200)
    p, truth = report.probabilities, report.truth.tolist()
    said = [max(range(6), key=lambda k: row[k]) for row in p]
    f1 = naive_f1(truth, said)
    ranked = [sorted(range(6), key=lambda k: -row[k])[:3] for row in p]
    gap = 0.0
    for b in range(10):
        own = [k for k in range(200) if b / 10 < p[k].max() <= (b + 1) / 10]
        gap += abs(sum(said[k] == truth[k] for k in own) - sum(p[k].max() for k in own)) / 200
    assert report.metrics() == pytest.approx(
        {
            "accuracy": sum(map(int.__eq__, said, truth)) / 200,
            "macro_f1": sum(f1.values()) / len(f1),
            "nats": -sum(math.log(row[t]) for row, t in zip(p, truth)) / 200,
            "top_3": sum(t in three for t, three in zip(truth, ranked)) / 200,
            "expected_calibration_error": gap,
            "examples": 200,
            "unseen_labels": 0,
        },
        rel=1e-12,  # the same sums in another order
    )


@pytest.mark.parametrize("K", [2, 3, 4])
def test_the_names_of_the_metrics_are_those_declared_and_top_3_needs_four_classes(K):
    report = class_report(K=K)
    assert tuple(report.metrics()) == class_metric_names(K)
    assert ("top_3" in report.metrics()) is (K > 3)
    assert all(any(metric.covers(name) for metric in CLASS_METRICS) for name in report.metrics())


def test_a_class_that_is_never_predicted_has_no_precision_and_counts_as_0_in_macro_f1():
    report = small([0, 0, 1], certain([0, 0, 0]))
    rows = {one.name: one for one in report.scores}
    assert (rows["b"].precision, rows["b"].recall, rows["b"].f1) == (None, 0, 0)
    assert (rows["c"].precision, rows["c"].recall, rows["c"].f1) == (None, None, None)  # it never occurs
    assert report.metrics()["macro_f1"] == pytest.approx((0.8 + 0) / 2)
    assert rows["b"].taken == (("a", 1),)


def test_an_unseen_label_is_wrong_is_a_class_of_its_own_and_is_named_with_its_place():
    report = small([0, -1, -1, 1], certain([0, 1, 0, 1]), labels=["a", "Klingon", "Klingon", "b"])
    metrics = report.metrics()
    assert (metrics["accuracy"], metrics["unseen_labels"]) == (0.5, 2)
    f1 = naive_f1(["a", "Klingon", "Klingon", "b"], ["a", "b", "a", "b"])
    assert metrics["macro_f1"] == pytest.approx(sum(f1.values()) / 3)
    assert metrics["nats"] == pytest.approx(-math.log(0.925))  # of the two labels that it knows
    (warning,) = report.warnings
    assert warning == "2 examples with a class that the model never saw count as wrong: 'Klingon' (f:2)"
    assert "Klingon (unseen)  2" in text_of(report)
    found = json.loads("".join(render(report, "made", format="json")))
    assert {"truth": "Klingon", "n": 2, "answers": {"a": 1, "b": 1}} in found["confusion"]


def test_many_unseen_labels_are_counted():
    labels = [f"new {k}" for k in range(6)]
    (warning,) = small([-1] * 6, certain([0] * 6), labels=labels).warnings
    assert warning.endswith("'new 0' (f:1), 'new 1' (f:2), 'new 2' (f:3), 3 more")


def test_answers_that_are_not_numbers_leave_no_metric_and_fail_every_check():
    p = certain([0, 1, 2])
    p[1] = np.nan
    report = small([0, 1, 2], p, given={"majority": np.zeros(3, int)}, confusion=True, worst=3, per_example=True)
    metrics = report.metrics()
    assert metrics.pop("examples") == 3 and metrics.pop("unseen_labels") == 0 and set(metrics.values()) == {None}
    assert report.warnings == ("metrics cannot be computed: the network diverged: 1 of 3 answers is not finite",)
    assert report.baselines()["majority"]["skill_percent"] is None
    (check,) = outcomes([LimitCheck("min", "accuracy", 0.0)], report.metrics(), report.baselines())
    assert not check.passed
    assert "-" in text_of(report)
    assert json.loads("".join(render(report, "made", format="json")))["examples"][1]["answer"] is None


def test_one_example_has_a_report():
    report = small([2], certain([1]), confusion=True, by_length=True, worst=5, per_example=True)
    assert report.metrics()["accuracy"] == 0 and report.metrics()["macro_f1"] == 0
    assert "c" in text_of(report) and len(report.most_wrong()) == 1


def test_no_example_leaves_no_metric():
    report = small([], np.zeros((0, 4)), confusion=True, by_length=True, worst=1)
    assert report.metrics()["accuracy"] is None and report.metrics()["examples"] == 0
    assert text_of(report)


def test_a_probability_of_0_for_the_truth_is_a_large_loss_and_not_infinite():
    assert small([0], [[0.0, 1.0, 0.0, 0.0]]).metrics()["nats"] == pytest.approx(708.4, abs=0.1)


def test_baselines_have_the_same_metrics_and_the_share_of_their_errors_that_the_model_avoids():
    truth, p = [0, 1, 1, 1], certain([0, 1, 1, 0])
    report = small(truth, p, given={"bag": np.log(p[::-1]), "nearest": np.array([0, 0, 0, 1]), "broken": None})
    bag, nearest = report.baselines()["bag"], report.baselines()["nearest"]
    assert report.baselines()["broken"] is None
    assert bag["nats"] == pytest.approx(-np.log(p[::-1][range(4), truth]).mean())
    assert (nearest["nats"], nearest["top_3"], nearest["expected_calibration_error"]) == (None, None, None)
    assert nearest["accuracy"] == 0.5 and nearest["skill_percent"] == 50  # a quarter wrong beside a half
    assert bag.keys() == nearest.keys()


def test_a_baseline_without_errors_has_no_skill():
    assert small([0], certain([0]), given={"bag": np.array([0])}).baselines()["bag"]["skill_percent"] is None


def test_the_model_stands_between_its_baselines_and_a_note_says_which_is_better():
    given = {"good": np.array([0, 0, 0, 0]), "bad": np.array([1, 1, 1, 1]), "none": None}
    report = small([0, 0, 0, 0], certain([0, 0, 0, 1]), given=given, titles={"good": "bag of letters"})
    rows = [line[2:].split("  ")[0] for line in text_of(report).splitlines()[2:5]]
    assert rows == ["bad", "model", "bag of letters"]
    assert report.notes == ("bag of letters beats the model: accuracy 1.000 against 0.750, 25.0 points higher",)
    assert "note: bag of letters beats the model" in text_of(report)
    assert replace(report, given={"equal": np.array([0, 0, 0, 1]), "bad": given["bad"]}).notes == ()


def test_the_check_of_a_baseline_reads_the_report():
    report = class_report()
    checks = [LimitCheck("beat-baseline", "accuracy", baseline=name, better="higher") for name in report.baselines()]
    found = outcomes(checks, report.metrics(), report.baselines())
    assert [check.passed for check in found] == [
        report.metrics()["accuracy"] > row["accuracy"] for row in report.baselines().values()
    ]


@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize("K", [2, 6, 18, 40])
@pytest.mark.parametrize("name", ["class {}", "a long name of a class, number {}", "\x1b[2J{}"])
def test_no_line_is_wider_than_80_columns_and_nothing_controls_the_terminal(K, name, unicode):
    names = [name.format(k) for k in range(K)]
    report = class_report(
        K, 400, names, confusion=True, by_length=True, worst=9, per_class=True, per_example=True, unicode=unicode
    )
    text = text_of(report)
    lines = text.splitlines()
    assert max(map(len, lines)) <= 80 and lines == [line.rstrip() for line in lines]
    assert not {"\x1b", "\x07", "\u202e"} & set(text) and lines[-1]
    assert unicode or text.isascii()


def test_the_table_of_classes_holds_20_rows_unless_all_are_wanted():
    report = class_report(40, 2000)
    assert "and 20 more classes; --per-class lists them all" in text_of(report)
    assert text_of(replace(report, per_class=True)).count("\nclass ") == 41


def test_a_matrix_of_few_classes_has_counts_and_shades_of_the_share_of_the_row():
    report = small([0] * 10 + [1], certain([0] * 6 + [1] * 4 + [1]), names=("ab", "cd", "ef", "gh"), confusion=True)
    lines = text_of(report).splitlines()
    at = lines.index("confusion: a row for each true class, a column for each answer")
    assert [line.split() for line in lines[at + 1 : at + 4]] == [
        ["ab", "cd"],
        ["ab", "▓", "6", "▒", "4"],
        ["cd", "█", "1"],
    ]
    ascii = text_of(replace(report, unicode=False)).splitlines()
    assert [line.split() for line in ascii[at + 2 : at + 4]] == [["ab", "=", "6", "-", "4"], ["cd", "#", "1"]]


def test_more_than_20_classes_are_a_table_of_the_most_confused_pairs():
    report = class_report(30, 600, confusion=True)
    text = text_of(report)
    assert "confusion: 30 classes, the most confused pairs" in text
    said = report.answers.ids
    wrong = Counter((t, s) for t, s in zip(report.truth.tolist(), said.tolist()) if t != s)
    assert [pair.n for pair in report.counts.pairs()] == [n for _, n in wrong.most_common(20)]


def test_the_most_wrong_are_the_surest_wrong_answers():
    p = [[0.7, 0.1, 0.1, 0.1], [0.2, 0.6, 0.1, 0.1], [0.1, 0.9, 0, 0], [0.4, 0.3, 0.2, 0.1]]
    report = small([0, 0, 0, 1], p, worst=2)
    assert report.most_wrong() == [2, 1]
    found = json.loads("".join(render(report, "made", format="json")))["most_wrong"]
    assert found[0] == {
        "where": "f:3", "truth": "a", "answer": "b", "probability": 0.9, "right": False, "text": "text 2"
    }  # fmt: skip
    assert 'f:3  "text 2"  a      b           0.900' in text_of(report)


def test_long_texts_of_the_most_wrong_stand_on_lines_of_their_own():
    report = small([0], certain([1]), worst=1, text=lambda k: "many words " * 40)
    lines = text_of(report).splitlines()
    at = lines.index("f:1  truth a, said b, probability 0.925")
    assert lines[at + 1].startswith('  "many words many') and lines[at + 1].endswith('…"')


def test_quarters_by_length_hold_every_example_once_and_equal_lengths_stay_together():
    report = class_report(E=101, by_length=True)
    groups = list(report.length_groups())
    assert sum(group["n"] for group in groups) == 101
    assert all(one["to"] < other["from"] for one, other in zip(groups, groups[1:]))
    right = sum(group["n"] * group["accuracy"] for group in groups)
    assert right / 101 == pytest.approx(report.metrics()["accuracy"])
    assert [group.tolist() for group in quantile_groups(np.array([5, 5, 5, 1]), 4)] == [[3], [0, 1, 2]]


def test_json_holds_everything_and_json_lines_an_example_a_line():
    report = class_report(E=50, worst=2, per_example=True)
    found = json.loads("".join(render(report, "made", format="json")))
    assert tuple(name for name in found if name in report.lists) == report.lists
    assert [row["class"] for row in found["classes"]] == list(report.names)
    assert sum(sum(row["answers"].values()) for row in found["confusion"]) == 50
    assert sum(one["n"] for one in found["calibration"]) == 50
    lines = [json.loads(line) for line in render(report, "made", format="jsonl")]
    examples = [line for line in lines if line["record"] == "example"]
    assert len(examples) == 50
    assert examples[3].keys() == {"record", "where", "truth", "answer", "probability", "right"}
    assert sum(one["right"] for one in examples) / 50 == found["metrics"]["accuracy"]
    assert not class_report().lists[4:]


def test_the_calibration_has_no_more_than_ten_bins_and_a_probability_of_1_is_in_the_last():
    report = small([0, 1], [[1.0, 0, 0, 0], [0.1, 0.9, 0, 0]])
    assert [(one.low, one.high, one.n) for one in report.calibration] == [(0.8, 0.9, 1), (0.9, 1.0, 1)]
    assert "says %   80-90  90-100" in text_of(report)
