"""The report of an evaluation of numbers: errors beside naive ones, the scatter, deciles, and what has no value."""

import json
import math

import numpy as np
import pytest
from pair_reports import number_report

from rnncli.tasks.metric_checks import LimitCheck, outcomes
from rnncli.tasks.pairs.metric_names import NUMBER_METRICS, number_metric_names
from rnncli.tasks.pairs.number_report import NumberReport
from rnncli.tasks.pairs.scatter import COLUMNS, ROWS, axis, scatter_lines
from rnncli.ui.report import render


def text_of(report):
    return "".join(render(report, "made"))


def small(truth, predicted, names=("fat",), **fields):
    truth, predicted = (np.array(values, float).reshape(-1, len(names)) for values in (truth, predicted))
    made = {"heading": "test", "where": lambda k: f"f:{k + 1}", "text": lambda k: f"text {k}"}
    return NumberReport(names=names, truth=truth, predicted=predicted, **(made | fields))


def test_the_metrics_equal_naive_ones():
    report = number_report()
    y, f = report.truth[:, 0].tolist(), report.predicted[:, 0].tolist()
    squares = [(a - b) ** 2 for a, b in zip(y, f)]
    middle = sum(y) / len(y)
    assert report.metrics() == pytest.approx(
        {
            "rmse": math.sqrt(sum(squares) / 60),
            "mae": sum(abs(a - b) for a, b in zip(y, f)) / 60,
            "r2": 1 - sum(squares) / sum((a - middle) ** 2 for a in y),
            "examples": 60,
        }
    )


def test_several_targets_have_their_own_metrics_and_means_that_count_each_the_same():
    report = number_report(K=3)
    metrics = report.metrics()
    assert tuple(metrics) == number_metric_names(report.names)
    for name in ("rmse", "mae", "r2"):
        units = np.ones(3) if name == "r2" else report.truth.std(axis=0)
        each = np.array([metrics[f"{name}_{target}"] for target in report.names])
        assert metrics[name] == pytest.approx(np.mean(each / units))
    alone = small(report.truth[:, 1], report.predicted[:, 1]).metrics()
    assert metrics["rmse_water"] == alone["rmse"]
    assert all(any(metric.covers(name) for metric in NUMBER_METRICS) for name in metrics)


def test_a_constant_truth_has_no_r2_and_a_note_says_so():
    report = small([3, 3, 3], [1, 2, 3])
    assert report.metrics()["r2"] is None and report.metrics()["mae"] == 1
    assert report.notes == ("R²: no value where the truth is constant: fat",)
    assert json.loads("".join(render(report, "made", format="json")))["metrics"]["r2"] is None


def test_a_truth_that_is_not_known_counts_for_nothing():
    report = small([1, np.nan, 3], [2, 100, 3], per_example=True, worst=3)
    assert report.metrics()["mae"] == 0.5 and [k for k, _ in report.most_wrong()] == [0, 2]
    assert text_of(report)


def test_an_answer_that_is_not_finite_leaves_no_metric_and_fails_every_check():
    report = small([1, 2, 3], [1, np.inf, 3], given={"mean": np.full((3, 1), 2.0)}, worst=2)
    assert {report.metrics()[name] for name in ("rmse", "mae", "r2")} == {None}
    assert report.warnings == ("metrics cannot be computed: the network diverged: 1 of 3 answers is not finite",)
    (check,) = outcomes([LimitCheck("max", "rmse", 9.0)], report.metrics(), report.baselines())
    assert not check.passed and report.baselines()["mean"]["skill_percent"] is None
    assert text_of(report)


def test_one_example_and_none_have_a_report():
    assert small([2], [5], worst=1).metrics()["rmse"] == 3 and text_of(small([2], [5], worst=1))
    nothing = small([], [], worst=1)
    assert nothing.metrics()["rmse"] is None and text_of(nothing)


def test_the_skill_is_the_share_of_the_rmse_saved_and_a_note_names_what_is_better():
    given = {"mean": np.full((2, 1), 2.0), "none": None, "ridge": np.array([[1.5], [3.0]])}
    report = small([1, 3], [1.5, 3.5], given=given)
    assert report.baselines()["none"] is None
    assert report.baselines()["mean"]["skill_percent"] == pytest.approx(50)
    assert report.notes == ("ridge beats the model: RMSE 0.3536 against 0.5000, 29.3 % lower",)
    rows = [line[2:].split("  ")[0] for line in text_of(report).splitlines()[2:5]]
    assert rows == ["mean", "model", "ridge"]


def test_deciles_hold_each_example_once_with_its_bias():
    report = number_report(E=100)
    groups = list(report.deciles(0))
    assert [group["n"] for group in groups] == [10] * 10
    lowest = np.argsort(report.truth[:, 0])[:10]
    away = (report.predicted - report.truth)[lowest, 0]
    assert groups[0]["bias"] == pytest.approx(away.mean()) and groups[0]["mae"] == pytest.approx(np.abs(away).mean())
    assert list(number_report(E=5).deciles(0)) == []


def test_the_worst_of_several_targets_are_measured_in_their_deviations():
    report = small([[0, 0], [1, 1000]], [[0.9, 0], [1, 1300]], ("fat", "water"), worst=2)
    assert report.most_wrong() == [(0, 0), (1, 1)]
    found = json.loads("".join(render(report, "made", format="json")))["most_wrong"]
    assert found[0] == {"where": "f:1", "target": "fat", "truth": 0, "answer": 0.9, "error": 0.9, "text": "text 0"}


def test_the_corners_of_a_scatter_are_its_extremes_and_the_diagonal_is_dotted():
    lines = scatter_lines(np.array([0.0, 10.0, 0.0]), np.array([0.0, 10.0, 10.0]), "fat", unicode=False)
    plot = [line.partition("|")[2] or line.partition("+")[2] for line in lines[1 : ROWS + 1]]
    assert plot[0][0] == "o" and plot[0][COLUMNS - 1] == "o" and plot[-1][0] == "o"
    assert sum(line.count(".") for line in plot) >= COLUMNS // 2 - 3 and plot[ROWS // 2].strip(" .") == ""
    assert lines[0] == "answer against the truth: fat" and lines[-1].endswith("truth")
    assert lines[-1].split() == ["0.0", "2.5", "5.0", "7.5", "10.0", "truth"]


@pytest.mark.parametrize("low, high", [(0, 1), (-3, 250), (5, 5), (0, 0), (1e-7, 2e-7), (1e9, 3e12), (-0.02, 0.013)])
def test_an_axis_has_two_to_five_round_ticks_inside_its_ends(low, high):
    first, last, ticks, texts = axis(low, high)
    assert first <= low and high <= last and first < last
    assert 2 <= len(ticks) <= 5 and len(set(texts)) == len(texts)
    assert all(first - 1e-9 * abs(first) <= tick <= last + 1e-9 * abs(last) for tick in ticks)


@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize("K", [1, 3])
@pytest.mark.parametrize("scale", [1e-6, 1, 1e12])
def test_no_line_is_wider_than_80_columns(K, unicode, scale):
    report = number_report(K, E=80)
    report = NumberReport(
        **{name: getattr(report, name) for name in ("heading", "names", "where", "given")},
        truth=report.truth * scale,
        predicted=report.predicted * scale,
        text=lambda k: "\x1b[2J 2.61 2.62 " * 20,
        worst=4,
        per_example=True,
        unicode=unicode,
    )
    text = text_of(report)
    lines = text.splitlines()
    assert max(map(len, lines)) <= 80 and lines == [line.rstrip() for line in lines] and "\x1b" not in text
    assert unicode or text.isascii()


def test_json_holds_targets_deciles_and_each_example_for_each_target():
    report = number_report(K=2, E=30, per_example=True)
    found = json.loads("".join(render(report, "made", format="json")))
    assert [row["target"] for row in found["targets"]] == ["fat", "water"]
    assert {row["target"] for row in found["deciles"]} == {"fat", "water"}
    assert len(found["examples"]) == 60 and found["examples"][1]["error"] == pytest.approx(
        report.predicted[0, 1] - report.truth[0, 1]
    )
