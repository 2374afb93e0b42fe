"""Checks on metrics: what they ask, what passes, and what is said of those that fail."""

import json
import math

import pytest

from rnncli.errors import CheckFailed, ConfigError, DataError
from rnncli.tasks.base import Metric, TaskKind
from rnncli.tasks.metric_checks import beaten_baselines, limit_checks, outcomes, raise_if_failed
from rnncli.tasks.registry import TASKS

NAMES = {
    "language": ("nats_per_char", "bits_per_char", "perplexity", "tokens"),
    "forecast": ("mae", "mase", "coverage_95", "msis_97.5"),
}
METRICS = {"nats_per_char": 1.5, "bits_per_char": 2.164, "perplexity": 4.48, "tokens": 1000}
BASELINES = {"kneser_ney": {"nats_per_char": 1.6}}


def checks(metrics=METRICS, baselines=BASELINES, task="language", **options):
    return outcomes(limit_checks(TASKS[task], NAMES[task], **options), metrics, baselines)


def base_file(folder, metrics):
    path = folder / "base.json"
    path.write_text(json.dumps({"schema": 1, "task": "language", "metrics": metrics}))
    return path


def test_a_maximum_and_a_minimum_pass_up_to_their_limit():
    upper, lower, exact = checks(maxima=["bits_per_char=2.2", "nats_per_char=1.5"], minima=["tokens=999"])
    assert upper.passed and upper.margin == pytest.approx(0.036)
    assert lower.passed and lower.margin == 0
    assert exact.passed and exact.margin == 1


def test_a_figure_on_the_wrong_side_fails_with_a_negative_margin():
    upper, lower = checks(maxima=["bits_per_char=2.1"], minima=["tokens=1001"])
    assert not upper.passed and upper.margin == pytest.approx(-0.064)
    assert not lower.passed and lower.margin == -1
    assert upper.to_dict() == {
        "name": "max bits_per_char",
        "sign": "<=",
        "expected": 2.1,
        "found": 2.164,
        "margin": pytest.approx(-0.064),
        "passed": False,
    }


@pytest.mark.parametrize("figure, passed", [(1.59, True), (1.6, False), (1.61, False)])
def test_the_baseline_is_beaten_by_less_nats_only(figure, passed):
    (check,) = checks(METRICS | {"nats_per_char": figure}, beaten=["kneser_ney"])
    assert check.passed is passed and check.expected == 1.6


@pytest.mark.parametrize("bad", [math.nan, math.inf, None])
def test_what_is_not_finite_fails_every_check(bad, tmp_path):
    base = base_file(tmp_path, METRICS)
    found = checks(
        METRICS | {"nats_per_char": bad},
        maxima=["nats_per_char=9"],
        minima=["nats_per_char=0"],
        beaten=["kneser_ney"],
        regress=[f"{base}:5%"],
    )
    assert len(found) == 4 and not any(check.passed for check in found)
    assert all(check.found is None for check in found)


def test_a_baseline_that_is_missing_is_not_beaten():
    (check,) = checks(baselines={"kneser_ney": None}, beaten=["kneser_ney"])
    assert not check.passed and check.expected is None


def test_an_earlier_evaluation_allows_a_share_more(tmp_path):
    base = base_file(tmp_path, METRICS | {"nats_per_char": 1.49, "perplexity": 4.44})
    one, half, perplexity = checks(regress=[f"{base}:1%", f"{base}:0.5%", f"{base}:perplexity=1%"])
    assert one.passed and one.expected == pytest.approx(1.5049)
    assert not half.passed and half.margin == pytest.approx(1.49 * 1.005 - 1.5)
    assert perplexity.passed and perplexity.name == "max-regress perplexity"


def test_failed_checks_are_named_with_expected_found_and_margin():
    with pytest.raises(CheckFailed) as error:
        raise_if_failed(checks(maxima=["bits_per_char=2.1", "perplexity=9"]))
    assert str(error.value) == ("1 of 2 checks failed: max bits_per_char: found 2.164, expected <= 2.1, margin -0.064")
    assert error.value.exit_code == 1
    raise_if_failed(checks(maxima=["perplexity=9"]))


def test_an_unknown_metric_is_a_usage_error_that_lists_the_known_ones():
    with pytest.raises(
        ConfigError,
        match="--max bits_per_chr=2: unknown metric 'bits_per_chr'; known: nats_per_char, "
        "bits_per_char, perplexity, tokens",
    ) as error:
        checks(maxima=["bits_per_chr=2"])
    assert error.value.hint == "did you mean 'bits_per_char'?"
    assert error.value.exit_code == 2


@pytest.mark.parametrize(
    "text", ["bits_per_char", "bits_per_char=", "bits_per_char=low", "bits_per_char=nan", "bits_per_char=inf"]
)
def test_a_limit_must_be_a_finite_number(text):
    with pytest.raises(ConfigError, match="expected the name of a metric and a number"):
        checks(maxima=[text])


@pytest.mark.parametrize("tail", ["", ":", ":1", ":x%", ":-1%", ":nan%"])
def test_a_regression_limit_must_be_a_file_and_a_percentage(tmp_path, tail):
    with pytest.raises(ConfigError, match="expected a file and a percentage"):
        checks(regress=[f"{base_file(tmp_path, METRICS)}{tail}"])


def test_only_what_has_a_better_side_can_regress(tmp_path):
    with pytest.raises(ConfigError, match="unknown metric 'tokens'; known: nats_per_char, bits_per_char, perplexity"):
        checks(regress=[f"{base_file(tmp_path, METRICS)}:tokens=1%"])


@pytest.mark.parametrize(
    "contents",
    [
        "[]",
        "{}",
        '{"metrics": {"nats_per_char": null}}',
        '{"metrics": 3}',
        '{"metrics": {"nats_per_char": NaN}}',
        '{"metrics": {"nats_per_char": true}}',
    ],
)
def test_a_base_without_the_figure_is_a_data_error(tmp_path, contents):
    path = tmp_path / "base.json"
    path.write_text(contents)
    with pytest.raises(DataError, match="has no number metrics.nats_per_char"):
        checks(regress=[f"{path}:1%"])
    path.unlink()
    with pytest.raises(DataError, match="no such file"):
        checks(regress=[f"{path}:1%"])


@pytest.mark.parametrize("contents", [b"", b"{", b"\xff\xfe{\0}\0", b"[" * 100_000])
def test_a_base_that_is_not_json_is_called_that(tmp_path, contents):
    path = tmp_path / "base.json"
    path.write_bytes(contents)
    with pytest.raises(DataError, match="base.json: not JSON in UTF-8"):
        checks(regress=[f"{path}:1%"])


def test_of_several_baselines_each_has_a_check_of_its_own():
    found = {"mae": 3.0, "mase": None, "coverage_95": 0.93, "msis_97.5": 4.0}
    naive, ridge = checks(found, {"naive": {"mae": 3.5}, "ridge": {"mae": 3.0}}, "forecast", beaten=["naive", "ridge"])
    assert naive.passed and naive.margin == 0.5 and naive.name == "beat-baseline naive mae"
    assert not ridge.passed and ridge.margin == 0
    (missing,) = checks(found, {"naive": {"mae": 3.5}}, "forecast", beaten=["ridge"])
    assert not missing.passed and missing.expected is None


def test_of_series_the_error_is_meant_and_coverage_cannot_regress(tmp_path):
    base = base_file(tmp_path, {"mae": 3.0, "msis_97.5": 4.0, "coverage_95": 0.9})
    found = {"mae": 3.02, "msis_97.5": 4.1, "coverage_95": 0.9}
    error, score = checks(found, {}, "forecast", regress=[f"{base}:1%", f"{base}:msis_97.5=1%"])
    assert error.name == "max-regress mae" and error.passed and not score.passed
    with pytest.raises(ConfigError, match="unknown metric 'coverage_95'; known: mae, mase, msis_97.5"):
        checks(found, {}, "forecast", regress=[f"{base}:coverage_95=1%"])
    with pytest.raises(ConfigError, match="expected the name of a metric and a number") as error:
        checks(found, {}, "forecast", maxima=["mae"])
    assert error.value.hint == "write --max mae=12"
    with pytest.raises(ConfigError) as error:
        checks(found, {}, "forecast", minima=["coverage_95=90%"])
    assert error.value.hint == "write --min coverage_95=0.5"


# ---- both directions, for every metric of every kind


def a_kind(better):
    """A kind with one metric, accuracy, and one baseline, majority."""
    return TaskKind(
        name="toy",
        data="lines",
        summary="",
        heavy="",
        accepts=lambda files: 0.0,
        unit="line",
        metrics=(Metric("accuracy", "", better, "accuracy"),),
        default_metric="accuracy",
        example_limit="accuracy=0.9",
        baselines=("majority",),
    )


KINDS = [*TASKS.values(), a_kind("higher"), a_kind("lower"), a_kind(None)]
EVERY = [(kind, metric) for kind in KINDS for metric in kind.metrics]


def outcome(kind, name, found, base=None, **options):
    """Whether the only check passes for a figure of one metric."""
    (check,) = limit_checks(kind, (name,), **options)
    baselines = {each: {name: base} for each in kind.baselines}
    return outcomes([check], {name: found}, baselines)[0]


@pytest.mark.parametrize("kind, metric", EVERY, ids=[f"{k.name} {m.name} {m.better}" for k, m in EVERY])
def test_limits_and_regressions_know_the_better_side_of_every_metric(kind, metric, tmp_path):
    name = metric.name.replace("*", "97.5")
    for limit, passed in ((2.1, True), (2.0, True), (1.9, False)):
        assert outcome(kind, name, 2.0, maxima=[f"{name}={limit}"]).passed is passed
        assert outcome(kind, name, -2.0, minima=[f"{name}={-limit}"]).passed is passed
    base = f"{base_file(tmp_path, {name: 2.0})}:{name}=10%"
    if metric.better is None:
        with pytest.raises(ConfigError, match=f"unknown metric '{name}'"):
            limit_checks(kind, (name,), regress=[base])
        return
    found = [outcome(kind, name, figure, regress=[base]).passed for figure in (1.7, 1.9, 2.1, 2.3)]
    assert found == ([True, True, True, False] if metric.better == "lower" else [False, True, True, True])


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.metric(kind.default_metric).better])
def test_every_baseline_is_beaten_on_the_better_side_only(kind):
    name, lower = kind.default_metric, kind.metric(kind.default_metric).better == "lower"
    for baseline in kind.baselines:
        for found, passed in ((1.9, lower), (2.0, False), (2.1, not lower)):
            check = outcome(kind, name, found, base=2.0, beaten=[baseline])
            assert check.passed is passed and (check.margin > 0) is passed and check.sign == ("<" if lower else ">")


def test_every_kind_has_a_default_metric_with_a_better_side():
    for kind in TASKS.values():
        assert kind.metric(kind.default_metric).better and kind.metric(kind.example_limit.partition("=")[0])


def test_the_only_baseline_needs_no_name_and_one_of_several_does():
    one, several = TASKS["language"], TASKS["forecast"]
    assert beaten_baselines(one, ["", "kneser_ney"]) == ("kneser_ney",)
    assert beaten_baselines(several, ["ridge", "naive", "ridge"]) == ("ridge", "naive")
    with pytest.raises(ConfigError, match="--beat-baseline needs the name of a baseline; known: naive, "):
        beaten_baselines(several, [""])
    with pytest.raises(ConfigError, match="--beat-baseline naive: unknown baseline; known: kneser_ney"):
        beaten_baselines(one, ["naive"])


def test_a_name_that_is_neither_a_baseline_nor_a_file_is_an_unknown_baseline(tmp_path):
    one, several, there = TASKS["language"], TASKS["forecast"], tmp_path / "there.csv"
    there.write_text("y\n1\n")
    with pytest.raises(ConfigError, match="--beat-baseline foo: unknown baseline; known: naive, "):
        beaten_baselines(several, [""], [str(there), "foo"])
    with pytest.raises(ConfigError, match="--beat-baseline needs the name of a baseline"):
        beaten_baselines(several, [""], [str(there)])
    assert beaten_baselines(one, [""], ["missing.txt"]) == ("kneser_ney",)
