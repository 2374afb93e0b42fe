"""`rnncli eval` of a forecaster, from the command line; and the table of one step ahead of every row."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from untrained import series_data, untrained, waves, write_long
from rnncli.forecasting.anomalies import step_records
from rnncli.cli.app import with_values
from rnncli.cli.eval import BASELINES as NAMED_IN_HELP
from rnncli.cli.main import main
from rnncli.data.windows import Split
from rnncli.errors import DataError
from rnncli.forecasting.baselines import BASELINES
from rnncli.forecasting.sources import held_out_name, other_series, stored_series
from rnncli.forecasting.predictor import Predictor


@pytest.fixture
def run(tmp_path, monkeypatch):
    """run(settings): a model that was never trained, which `eval runs/x` loads; its data lies in waves.csv."""
    monkeypatch.chdir(tmp_path)
    write_long(tmp_path / "waves.csv", waves())

    def make(settings=None):
        data = series_data("waves.csv", settings)
        loaded = untrained(data)
        monkeypatch.setattr("rnncli.checkpoint.load_model", lambda path: loaded)
        return loaded, data
    return make


def evaluated(capsys, *options):
    """The JSON of `rnncli eval runs/x` with these options, which must end with 0."""
    assert main(["eval", "runs/x", "--format", "json", *options]) == 0
    return json.loads(capsys.readouterr().out, parse_constant=lambda text: pytest.fail(text))


# ---- figures

def test_the_test_split_is_scored_beside_every_baseline(run, capsys):
    run()
    found = evaluated(capsys)
    assert (found["schema"], found["task"], found["split"]) == (1, "forecast", "test")
    assert (found["windows"], found["horizon"], found["season"]) == (18, 4, 6)
    assert tuple(found["baselines"]) == BASELINES == NAMED_IN_HELP
    metrics = {"mae", "mse", "rmse", "smape", "mase", "owa", "wql", "coverage_95", "msis_95", "z_mse"}
    assert metrics <= set(found["metrics"])
    assert found["checks"] == [] and "series" not in found and "steps" not in found


def test_without_test_rows_the_validation_split_is_scored(run, capsys):
    run({"series.test_size": 0})
    assert evaluated(capsys)["split"] == "val"
    assert main(["eval", "runs/x", "--split", "test"]) == 2
    assert "trained without test rows" in capsys.readouterr().err


def test_windows_levels_and_quantiles_are_as_asked_for(run, capsys):
    run({"forecast.loss": "gaussian"})
    found = evaluated(capsys, "--n-windows", "2", "--step-size", "3", "--level", "90,50", "--quantiles", "0.5")
    assert found["windows"] == 4 and found["step_size"] == 3 and found["levels"] == [50, 90]
    assert evaluated(capsys, "--level", "none", "--quantiles", "none")["levels"] == []
    assert found["quantiles"] == [0.5] and "coverage_50" in found["metrics"] and "coverage_80" not in found["metrics"]


def test_series_and_steps_are_added_where_asked_for(run, capsys):
    run()
    found = evaluated(capsys, "--per-series", "--per-step")
    assert [line["unique_id"] for line in found["series"]] == ["s0", "s1"] and len(found["steps"]) == 24
    assert main(["eval", "runs/x", "--per-series", "--per-step"]) == 0
    text = capsys.readouterr().out
    assert "2024-03-26" in text and "skill % to seasonal naive" in text and "tail" in text


def test_warnings_go_to_standard_error_and_the_table_to_standard_output(run, capsys):
    run()
    assert main(["eval", "runs/x"]) == 0
    out, err = capsys.readouterr()
    assert "warning: better than the model by MAE: " in err and "warning" not in out and "seasonal naive" in out


# ---- other files

def test_another_file_is_split_as_the_run_was_and_known_series_keep_their_units(run, tmp_path):
    loaded, data = run({"forecast.scaling": "standard"})
    longer = waves(L=120, seed=7) | {"new": waves(L=120)["s0"] * 3}
    other = other_series(loaded, [str(write_long(tmp_path / "other.csv", longer))])
    assert other.splits["test"].start.tolist() == [108] * 3 and other.splits["val"].start.tolist() == [84] * 3
    np.testing.assert_array_equal(other.windows.units.offset[:2], data.windows.units.offset)
    assert held_out_name(loaded, other) == "test"


def test_another_file_is_scored(run, capsys, tmp_path):
    run()
    write_long(tmp_path / "other.csv", waves(L=60, series=1))
    found = evaluated(capsys, "other.csv")
    assert found["rows"].startswith("rows 49 to 60 of 60, 2024-02-18") and found["windows"] == 9


def test_rows_that_were_there_in_training_are_told(run, capsys, tmp_path):
    run()
    write_long(tmp_path / "same.csv", waves(L=90, series=1))
    assert "1 of 1 series are scored on rows that were there when" in evaluated(capsys, "same.csv")["warnings"][0]
    write_long(tmp_path / "longer.csv", waves(L=108) | {"new": waves()["s0"]})
    assert not any("were there" in warning for warning in evaluated(capsys, "longer.csv")["warnings"])


def test_data_that_has_changed_since_training_is_refused(run, capsys, tmp_path):
    loaded, data = run()
    assert stored_series(loaded).digest == data.digest
    write_long(tmp_path / "waves.csv", waves(seed=9))
    assert main(["eval", "runs/x"]) == 3
    assert "its digest is" in capsys.readouterr().err
    with pytest.raises(DataError, match="its digest is"):
        stored_series(loaded)


# ---- checks

def test_a_limit_that_is_met_and_one_that_is_not(run, capsys):
    run()
    assert evaluated(capsys, "--max", "mae=1e9", "--min", "coverage_95=0")["checks"][0]["passed"] is True
    assert main(["eval", "runs/x", "--max", "mase=0.001"]) == 1
    out, err = capsys.readouterr()
    assert "1 of 1 checks failed: max mase" in err and "FAILED" in out


def test_a_baseline_that_is_not_beaten_is_a_failed_check(run, capsys):
    run()
    options = ["--format", "json", "--beat-baseline", "seasonal_naive", "--beat-baseline=ridge"]
    assert main(["eval", "runs/x", *options]) == 1
    checks = json.loads(capsys.readouterr().out)["checks"]
    assert [check["name"] for check in checks] == ["beat-baseline seasonal_naive mae", "beat-baseline ridge mae"]
    assert all(check["expected"] > 0 and check["margin"] < 0 for check in checks)


def test_a_forecast_that_is_not_finite_fails_every_check(run, capsys):
    loaded, _ = run()
    loaded.theta[:] = math.nan
    assert main(["eval", "runs/x", "--format", "json", "--max", "mae=1e9", "--beat-baseline", "naive"]) == 1
    out, err = capsys.readouterr()
    assert [check["passed"] for check in json.loads(out)["checks"]] == [False, False]
    assert "not finite" in err


@pytest.mark.parametrize("options, said, hint", [
    (["--beat-baseline"], "which baseline to beat is not said; known: naive", "write --beat-baseline seasonal_naive"),
    (["--beat-baseline", "seasonal_naiv"], "which baseline", "did you mean '--beat-baseline seasonal_naive'?"),
    (["--beat-baseline=rigde"], "unknown baseline 'rigde'", "did you mean '--beat-baseline ridge'?"),
    (["--max", "perplexity=2"], "unknown metric 'perplexity'; known: mae, rmse", ""),
    (["--max", "coverage_90=2"], "unknown metric 'coverage_90'", "did you mean 'coverage_"),
    (["--level", "80,x"], "--level 80,x: not numbers between 0 and 100", "write --level 80,95"),
    (["--level", "100"], "--level 100: not numbers between 0 and 100", ""),
    (["--quantiles", ""], "--quantiles : not numbers between 0 and 1", "write --quantiles 0.1,0.5,0.9"),
    (["--per-line", "--order", "3"], "--order, --per-line: for models of texts; runs/x is a model of series",
     "leave them out"),
    (["--no-baseline"], "--baseline: for models of texts", "leave it out"),
    (["-", "--file", "-"], "- is named more than once", ""),
])
def test_what_cannot_be_used_is_a_usage_error(run, capsys, options, said, hint):
    run()
    assert main(["eval", "runs/x", *options]) == 2
    err = capsys.readouterr().err
    assert said in err and f"hint: {hint}" in err


def test_options_of_series_are_refused_for_a_text(run, capsys):
    loaded, _ = run()
    loaded.config = replace(loaded.config, task="language")
    assert main(["eval", "runs/x", "--n-windows", "3", "--per-step"]) == 2
    assert "--n-windows, --per-step: for models of series; runs/x is a model of text" in capsys.readouterr().err
    assert main(["eval", "runs/x", "--beat-baseline", "naive"]) == 2
    assert "--beat-baseline naive: a baseline of series" in capsys.readouterr().err


def test_an_option_takes_the_next_argument_only_if_that_is_one_of_its_values():
    known = {"--beat": ("a", "b")}
    for given, expected in (("r --beat", "r --beat="), ("--beat a r", "--beat a r"), ("--beat r", "--beat= r"),
                            ("--beat --beat b", "--beat= --beat b"), ("--beat=x a", "--beat=x a"),
                            ("-- --beat r", "-- --beat r")):
        assert with_values(given.split(), known) == expected.split()


# ---- one step ahead

def test_every_row_of_the_split_has_its_residual_in_original_units(run):
    loaded, data = run()
    steps = step_records(loaded, data, "test")
    assert [step["ds"] for step in steps[:12]] == data.panel.text(data.panel.series[0].stamps[84:96])
    assert [step["actual"] for step in steps[12:]] == data.panel.series[1].y[84:, 0].tolist()
    assert all(step["residual"] == pytest.approx(step["actual"] - step["forecast"]) for step in steps)


def test_without_a_distribution_the_tail_is_the_rank_among_validation_residuals(run):
    loaded, data = run()
    known = np.abs(loaded.arrays["series/residuals"][:, 0, 0].astype(float))
    for step in step_records(loaded, data, "test"):
        scale = data.windows.units.scale[0 if step["unique_id"] == "s0" else 1, 0]
        rank = (1 + (known >= abs(step["residual"] / scale) - 1e-6).sum()) / (len(known) + 1)
        assert step["tail"] == pytest.approx(rank)
    del loaded.arrays["series/residuals"]
    assert {step["tail"] for step in step_records(loaded, data, "test")} == {None}


def test_with_a_distribution_the_tail_is_its_own(run):
    loaded, data = run({"forecast.loss": "gaussian"})
    predictor = Predictor(loaded.model, loaded.store.views(loaded.theta), data.windows)
    first = np.arange(84, 93)
    found = predictor.forecast(np.zeros(9, np.intp), first, levels=(68.268949,))
    half = (found.intervals[68.268949][1] - found.mean)[:, 0, 0]            # one standard deviation
    for step, width in zip(step_records(loaded, data, "test"), half):
        z = abs(step["residual"]) / width
        assert step["tail"] == pytest.approx(math.erfc(z / math.sqrt(2)), abs=1e-4)


def test_a_row_that_is_missing_has_a_forecast_and_no_residual(run, tmp_path):
    series = waves()
    series["s1"][90] = math.nan
    write_long(tmp_path / "waves.csv", series)
    loaded, data = run()
    gap = [step for step in step_records(loaded, data, "test") if step["actual"] is None]
    assert len(gap) == 1 and gap[0]["unique_id"] == "s1" and math.isfinite(gap[0]["forecast"])
    assert gap[0]["residual"] is gap[0]["tail"] is None


def test_an_outlier_stands_out(run, tmp_path):
    series = waves()
    series["s0"][90] *= 3
    write_long(tmp_path / "waves.csv", series)
    loaded, data = run({"forecast.loss": "student-t"})
    steps = step_records(loaded, data, "test")[:12]
    assert min(steps, key=lambda step: step["tail"])["ds"] == "2024-03-31"


def test_rows_with_nothing_before_them_are_left_out(run):
    loaded, data = run()
    data.splits["test"] = Split("test", np.array([0, 0]), np.array([3, 1]))
    assert [step["ds"] for step in step_records(loaded, data, "test")] == ["2024-01-02", "2024-01-03"]
