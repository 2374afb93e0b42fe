"""Checks on metrics: what they ask, what passes, and what is said of those that fail."""

import json
import math

import pytest

from rnncli.errors import CheckFailed, ConfigError, DataError
from rnncli.tasks.metric_checks import Task, apply_gates, parse_gates, raise_if_failed

TEXT = Task(
    ("nats_per_char", "bits_per_char", "perplexity", "tokens"), "nats_per_char", ("kneser_ney",), "bits_per_char=2.1"
)
SERIES = Task(("mae", "mase", "coverage_95", "msis_97.5"), "mae", ("naive", "ridge"), "mae=12")
METRICS = {"nats_per_char": 1.5, "bits_per_char": 2.164, "perplexity": 4.48, "tokens": 1000}
BASELINES = {"kneser_ney": {"nats_per_char": 1.6}}


def checks(metrics=METRICS, baselines=BASELINES, task=TEXT, **options):
    return apply_gates(parse_gates(task, **options), metrics, baselines)


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
    with pytest.raises(ConfigError, match="not a name and a number"):
        checks(maxima=[text])


@pytest.mark.parametrize("tail", ["", ":", ":1", ":x%", ":-1%", ":nan%"])
def test_a_regression_limit_must_be_a_file_and_a_percentage(tmp_path, tail):
    with pytest.raises(ConfigError, match="not a file and a percentage"):
        checks(regress=[f"{base_file(tmp_path, METRICS)}{tail}"])


def test_only_what_is_better_lower_can_regress(tmp_path):
    with pytest.raises(ConfigError, match="unknown metric 'tokens'; known: nats_per_char, bits_per_char, perplexity"):
        checks(regress=[f"{base_file(tmp_path, METRICS)}:tokens=1%"])


@pytest.mark.parametrize(
    "contents",
    [
        "",
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
    with pytest.raises(DataError, match="holds no figure metrics.nats_per_char"):
        checks(regress=[f"{path}:1%"])
    path.unlink()
    with pytest.raises(DataError, match="no such file"):
        checks(regress=[f"{path}:1%"])


def test_of_several_baselines_each_has_a_check_of_its_own():
    found = {"mae": 3.0, "mase": None, "coverage_95": 0.93, "msis_97.5": 4.0}
    naive, ridge = checks(found, {"naive": {"mae": 3.5}, "ridge": {"mae": 3.0}}, SERIES, beaten=["naive", "ridge"])
    assert naive.passed and naive.margin == 0.5 and naive.name == "beat-baseline naive mae"
    assert not ridge.passed and ridge.margin == 0
    (missing,) = checks(found, {"naive": {"mae": 3.5}}, SERIES, beaten=["ridge"])
    assert not missing.passed and missing.expected is None


def test_of_series_the_error_is_meant_and_coverage_cannot_regress(tmp_path):
    base = base_file(tmp_path, {"mae": 3.0, "msis_97.5": 4.0, "coverage_95": 0.9})
    found = {"mae": 3.02, "msis_97.5": 4.1, "coverage_95": 0.9}
    error, score = checks(found, {}, SERIES, regress=[f"{base}:1%", f"{base}:msis_97.5=1%"])
    assert error.name == "max-regress mae" and error.passed and not score.passed
    with pytest.raises(ConfigError, match="unknown metric 'coverage_95'; known: mae, mase, msis_97.5"):
        checks(found, {}, SERIES, regress=[f"{base}:coverage_95=1%"])
    with pytest.raises(ConfigError, match="not a name and a number") as error:
        checks(found, {}, SERIES, maxima=["mae"])
    assert error.value.hint == "write --max mae=12"
