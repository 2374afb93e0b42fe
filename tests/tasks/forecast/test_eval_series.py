"""`rnncli eval` of a forecaster, from the command line; and the table of one step ahead of every row."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from untrained import series_data, untrained, waves, write_long

from rnncli.cli.app import with_values
from rnncli.cli.main import main
from rnncli.data.series.splits import Split
from rnncli.errors import DataError
from rnncli.tasks.forecast.anomalies import step_records
from rnncli.tasks.forecast.baselines import BASELINES
from rnncli.tasks.forecast.evaluation_data import other_data, stored_series
from rnncli.tasks.forecast.kind import FORECAST
from rnncli.tasks.forecast.predictor import Predictor
from rnncli.tasks.forecast.scoring import report


@pytest.fixture
def run(tmp_path, monkeypatch):
    """run(settings): a model that was never trained, which `eval runs/x` loads; its data lies in waves.csv."""
    monkeypatch.chdir(tmp_path)
    write_long(tmp_path / "waves.csv", waves())

    def make(settings=None):
        data = series_data("waves.csv", settings)
        loaded = untrained(data)
        monkeypatch.setattr("rnncli.storage.model_files.load_model", lambda path, trusted=False: loaded)
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
    assert tuple(found["baselines"]) == BASELINES == FORECAST.baselines
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
    assert "2024-03-26" in text and "saved against the seasonal naive" in text and "tail" in text


def test_warnings_go_to_standard_error_and_the_table_to_standard_output(run, capsys):
    run()
    assert main(["eval", "runs/x"]) == 0
    out, err = capsys.readouterr()
    assert (
        " the model (MAE " in err and err.startswith("warning: ") and "warning" not in out and "seasonal naive" in out
    )


# ---- other files


def other(loaded, tmp_path, series, **how):
    """The EvaluationData of a table with these series."""
    return other_data(loaded, [str(write_long(tmp_path / "other.csv", series))], **how)


def later(series, days=200):
    """{id: y} with rows without a value in front, so that the others come so many days later."""
    return {name: np.concatenate([np.full(days, math.nan), y]) for name, y in series.items()}


def test_another_file_is_split_as_the_run_was_where_a_split_is_named(run, tmp_path):
    loaded, data = run({"forecast.scaling": "standard"})
    longer = waves(L=120, seed=7) | {"new": waves(L=120)["s0"] * 3}
    found = other(loaded, tmp_path, longer, split="test")
    assert found.split == "test" and found.data.splits["test"].start.tolist() == [108] * 3
    assert found.data.splits["val"].start.tolist() == [84] * 3
    np.testing.assert_array_equal(found.data.windows.units.offset[:2], data.windows.units.offset)


@pytest.mark.parametrize("split", [None, "val", "test"])
@pytest.mark.parametrize("first", [8, 84, 97])
def test_units_of_a_new_series_come_from_the_rows_before_each_origin(run, tmp_path, split, first):
    loaded, data = run({"forecast.scaling": "standard"})
    y = 3 * waves(L=120, seed=5)["s0"]
    calm = other(loaded, tmp_path, {"new": y}, split=split).data.windows.units
    y[first:] = 1e6
    wild = other(loaded, tmp_path, {"new": y}, split=split).data.windows.units
    for units in (calm.at(np.array([0]), np.array([first])), wild.at(np.array([0]), np.array([first]))):
        assert units.offset[0, 0] == pytest.approx(y[:first].mean(), rel=1e-14)
        assert units.scale[0, 0] == pytest.approx(y[:first].std(), rel=1e-14)


def test_a_new_series_that_is_too_short_to_tell_has_the_usual_units_of_the_run(run, tmp_path):
    loaded, data = run({"forecast.scaling": "standard"})
    found = other(loaded, tmp_path, {"new": waves(L=10)["s0"], "s1": waves(L=120, seed=7)["s1"]})
    assert found.data.splits["file"].start.tolist() == [0, 8]
    units = found.data.windows.units.at(np.array([0, 1]), np.array([0, 8]))
    np.testing.assert_allclose(units.scale[0], np.median(data.windows.units.scale, axis=0))
    np.testing.assert_array_equal(units.scale[1], data.windows.units.scale[1])


def test_of_another_file_every_row_with_a_window_before_it_is_scored(run, capsys, tmp_path):
    run()
    write_long(tmp_path / "other.csv", waves(L=60, series=1, seed=7))
    found = evaluated(capsys, "other.csv")
    assert found["split"] == "file" and found["rows"].startswith("rows 9 to 60 of 60, 2024-01-09")
    assert found["windows"] == 49 and not any("were there" in warning for warning in found["warnings"])
    assert found["notes"][0].startswith(
        "scored rows: all that the model was not trained with and that have a window (8 rows)"
    )
    steps = evaluated(capsys, "other.csv", "--per-step")["steps"]
    assert [steps[0]["ds"], len(steps)] == ["2024-01-09", 52]


def test_a_file_that_goes_on_where_the_run_ended_is_scored_from_there(run, tmp_path):
    loaded, _ = run()
    longer = {name: np.append(y, y[:14]) for name, y in waves().items()} | {"new": waves(seed=7)["s0"]}
    found = other(loaded, tmp_path, longer)
    assert found.data.splits["file"].start.tolist() == [96, 96, 8] and found.warnings == ()
    assert "2 of 3 series begin with rows known from training, used only as history" in found.notes
    (tmp_path / "waves.csv").unlink()  # what the model file holds is enough to know it
    assert other(loaded, tmp_path, longer).data.splits["file"].start.tolist() == [96, 96, 8]


def test_the_file_that_the_run_had_is_scored_as_the_run_is(run, capsys, tmp_path):
    run()
    (tmp_path / "moved.csv").write_bytes((tmp_path / "waves.csv").read_bytes())
    own = evaluated(capsys)
    (tmp_path / "waves.csv").unlink()
    found = evaluated(capsys, "moved.csv")
    assert found["notes"].pop(0) == "moved.csv: the training data of the model; the test rows are scored"
    assert found == own


def test_rows_that_were_there_in_training_are_scored_only_if_a_split_is_named_and_told(run, capsys, tmp_path):
    run()
    write_long(tmp_path / "same.csv", waves(series=1) | {"s0": waves()["s0"][:90]})
    assert main(["eval", "runs/x", "same.csv"]) == 3
    assert "no new row: the model was trained with all of them" in capsys.readouterr().err
    found = evaluated(capsys, "same.csv", "--split", "test")
    assert found["split"] == "test" and "1 of 1 series are scored on rows that the model was" in found["warnings"][0]


def test_errors_on_another_file_are_measured_and_the_ridge_is_fitted_by_what_the_run_had(run, tmp_path):
    loaded, data = run()
    series = later({name: y[:40] for name, y in waves(seed=7).items()})
    found = other(loaded, tmp_path, series)
    y = [one.y for one in data.panel.series]
    for one, before, trained in zip(y, found.known.before, found.known.trained):
        np.testing.assert_array_equal(before, one)
        np.testing.assert_array_equal(trained, one[:60])
    assert [len(each) for each in found.known.fitted_on] == [60, 60]
    (tmp_path / "waves.csv").unlink()
    alone = other(loaded, tmp_path, series)
    assert [len(each) for each in alone.known.before] == [8, 8]
    assert any(
        "errors are scaled, and the ridge fitted, on the rows of the file before" in note for note in alone.notes
    )


def test_where_it_cannot_be_told_whether_rows_were_seen_that_is_said(run, tmp_path):
    loaded, _ = run()
    (tmp_path / "waves.csv").unlink()
    found = other(loaded, tmp_path, {name: y[:60] for name, y in waves().items()})
    assert "may have been trained with" in found.warnings[0]


def test_data_that_has_changed_since_training_is_refused(run, capsys, tmp_path):
    loaded, data = run()
    assert stored_series(loaded).digest == data.digest
    write_long(tmp_path / "waves.csv", waves(seed=9))
    assert main(["eval", "runs/x"]) == 3
    assert "the digest is" in capsys.readouterr().err
    with pytest.raises(DataError, match="the digest is"):
        stored_series(loaded)


def test_a_file_without_history_asks_for_it_and_takes_it_from_another(run, capsys, tmp_path):
    run()
    longer = waves(L=104, seed=7)
    write_long(tmp_path / "ahead.csv", later({name: y[-1:] for name, y in longer.items()}))
    assert main(["eval", "runs/x", "ahead.csv"]) == 3
    err = capsys.readouterr().err
    assert "ahead.csv: no forecast of 4 steps can be scored" in err and "RUN HISTORY FILE" in err
    history = waves() | {"new": longer["s0"][:96]}
    lines = write_long(tmp_path / "all.csv", {name: np.append(y, longer["s1"][96:]) for name, y in history.items()})
    lines = lines.read_text().splitlines(keepends=True)
    for name, ahead in (("history.csv", False), ("ahead.csv", True)):
        kept = [line for line in lines[1:] if (line.split(",")[1] >= "2024-04-06") is ahead]
        (tmp_path / name).write_text("".join([lines[0], *kept]))
    found = evaluated(capsys, "history.csv", "ahead.csv", "--per-series")
    assert [one["windows"] for one in found["series"]] == [5, 5, 93]


# ---- published figures

FLOW = "Lane 1 Flow (Veh/5 Minutes)"


@pytest.mark.parametrize(("freq", "windows", "rmse"), [(None, 4303, 11.32), ("none", 4308, 11.31)])
def test_the_next_step_of_traffic_is_scored_in_full_by_the_units_of_the_run(real_data, freq, windows, rmse):
    """On a grid five rows have only days without a value before them in their window, and are no origins."""
    files = [real_data / "series" / f"traffic_flow_{part}.csv" for part in ("train", "test")]
    if not all(file.is_file() for file in files):
        pytest.skip(f"{files} are not there")
    loaded = untrained(
        series_data(
            files[0],
            {
                "forecast.horizon": 1,
                "forecast.window": 12,
                "forecast.season": 288,
                "series.target_col": [FLOW],
                "series.test_size": 0,
                "series.freq": freq,
                "forecast.scaling": "standard",
            },
        )
    )
    source = other_data(loaded, [str(files[1])])
    np.testing.assert_array_equal(source.data.windows.units.scale, loaded.arrays["series/scale"])
    found = report(loaded, source.data, source.split, known=source.known, levels=(), quantiles=())
    naive, ridge = (found.baselines()[name] for name in ("naive", "ridge"))
    assert (found.windows, round(naive["mae"], 2), round(naive["rmse"], 2)) == (windows, 8.34, rmse)
    assert ridge["mae"] < 7.7 and ridge["rmse"] < 10.5  # an autoregression of 12 lags has 7.53 and 10.26


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


@pytest.mark.parametrize(
    "options, said, hint",
    [
        (
            ["--beat-baseline"],
            "--beat-baseline needs the name of a baseline; known: naive",
            "write --beat-baseline naive",
        ),
        (
            ["--beat-baseline", "seasonal_naiv"],
            "--beat-baseline seasonal_naiv: unknown baseline; known: naive",
            "did you mean '--beat-baseline seasonal_naive'?",
        ),
        (
            ["--beat-baseline", "foo"],
            "--beat-baseline foo: unknown baseline; known: naive, seasonal_naive, drift, naive2, ridge",
            "write --beat-baseline naive",
        ),
        (["--beat-baseline=rigde"], "--beat-baseline rigde: unknown baseline", "did you mean '--beat-baseline ridge'?"),
        (["--max", "perplexity=2"], "unknown metric 'perplexity'; known: mae, rmse", ""),
        (["--max", "coverage_90=2"], "unknown metric 'coverage_90'", "did you mean 'coverage_"),
        (["--level", "80,x"], "--level 80,x: expected numbers between 0 and 100", "write --level 80,95"),
        (["--level", "100"], "--level 100: expected numbers between 0 and 100", ""),
        (["--quantiles", ""], "--quantiles '': expected numbers between 0 and 1", "write --quantiles 0.1,0.5,0.9"),
        (
            ["--per-line", "--order", "3"],
            "--order, --per-line: not for the task 'forecast' of runs/x",
            "remove them",
        ),
        (["--no-baseline"], "--baseline: not for the task 'forecast'", "remove it"),
        (["-", "--file", "-"], "- is named more than once", ""),
    ],
)
def test_what_cannot_be_used_is_a_usage_error(run, capsys, options, said, hint):
    run()
    assert main(["eval", "runs/x", *options]) == 2
    err = capsys.readouterr().err
    assert said in err and f"hint: {hint}" in err


def test_options_of_series_are_refused_for_a_text(run, capsys):
    loaded, _ = run()
    loaded.config = replace(loaded.config, task="language")
    assert main(["eval", "runs/x", "--n-windows", "3", "--per-step"]) == 2
    assert "--n-windows, --per-step: not for the task 'language' of runs/x" in capsys.readouterr().err


def test_an_option_takes_the_next_argument_only_if_that_is_one_of_its_values():
    known = {"--beat": ("a", "b")}
    for given, expected in (
        ("r --beat", "r --beat="),
        ("--beat a r", "--beat a r"),
        ("--beat r", "--beat= r"),
        ("--beat --beat b", "--beat= --beat b"),
        ("--beat=x a", "--beat=x a"),
        ("-- --beat r", "-- --beat r"),
    ):
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
    half = (found.intervals[68.268949][1] - found.mean)[:, 0, 0]  # one standard deviation
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
