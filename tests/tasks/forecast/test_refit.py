"""`eval --refit`: a model trained again before each origin, on nothing that lies behind it."""

import json
import signal
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from processes import heeding_ctrl_c
from untrained import waves, write_long

from rnncli.cli.main import main
from rnncli.errors import DataError
from rnncli.storage.model_files import load_model
from rnncli.tasks.forecast.data import stored_training
from rnncli.tasks.forecast.metrics import mae
from rnncli.tasks.forecast.predictor import Predictor
from rnncli.tasks.forecast.refit import first_origins, refit, refit_report

pytestmark = pytest.mark.usefixtures("apart")

TRAIN = [
    "--horizon",
    "4",
    "--window",
    "8",
    "--season",
    "6",
    "--val-size",
    "12",
    "--hidden-size",
    "6",
    "--max-steps",
    "12",
    "--eval-every",
    "6",
    "--batch-size",
    "8",
    "--seed",
    "5",
    "-q",
]


@pytest.fixture
def table(apart, monkeypatch):
    """waves.csv in the current folder, and a run in r; temporary folders lie in temp."""
    Path("temp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(Path("temp").resolve()))
    write_long(Path("waves.csv"), waves())
    assert main(["train", "waves.csv", *TRAIN, "-o", "r"]) == 0
    return load_model("r")


def by_hand(rows):
    """{"s0": forecast, ...} (h, K) of a model trained by the command line without the last `rows` rows."""
    folder = f"hand-{rows}"
    assert main(["train", "waves.csv", *TRAIN, "--test-size", str(rows), "-o", folder]) == 0
    loaded = load_model(folder)
    return forecasts(loaded, stored_training(loaded.config), rows)


def forecasts(loaded, data, rows):
    series, first = first_origins(data, rows)
    mean = Predictor(loaded.model, loaded.store.views(loaded.theta), data.windows, 2).forecast(series, first).mean
    return {data.ids[s]: each for s, each in zip(series, mean)}


def test_forecasts_are_those_of_a_model_trained_by_hand_without_the_rows_behind_the_origin(table):
    for rows in (4, 11):
        found, expected = forecasts(*refit(table.config, rows), rows), by_hand(rows)
        assert {name: each.tobytes() for name, each in found.items()} == {
            name: each.tobytes() for name, each in expected.items()
        }


def test_every_origin_is_scored_and_errors_are_those_of_models_trained_by_hand(table):
    y = waves()
    found = refit_report(table, n_windows=2, stride=7)
    errors = [mae([y[name][-rows:][:4]], [each[:, 0]]) for rows in (4, 11) for name, each in by_hand(rows).items()]
    assert (found.split, found.windows, found.stride) == ("refit", 4, 7)
    assert found.metrics()["mae"] == pytest.approx(np.mean(errors))
    assert found.rows == "11 rows of each of 2 series" and found.notes[0].startswith("retrained before each of 2")


def changed(config, file, series):
    """`config` for a table of other series, which is written to `file`."""
    write_long(Path(file), series)
    return replace(config, data=replace(config.data, files=(file,)))


def test_baselines_and_scales_know_nothing_of_what_lies_behind_an_origin(table):
    series = waves()
    for y in series.values():
        y[92:] += 1e6
    changed(table.config, "more.csv", series)
    found, wild = refit_report(table, n_windows=1), refit_report(table, ["more.csv"], n_windows=1)
    for name, one in wild.baselines().items():
        assert one["mae"] == pytest.approx(1e6, rel=1e-3), name  # the forecast is what it was, up to some hundreds
    for line, other in zip(found.scored, wild.scored):
        assert line.model.mae / line.model.mase == pytest.approx(other.model.mae / other.model.mase)
        assert line.model.mae / line.model.z_mae == pytest.approx(other.model.mae / other.model.z_mae)


def test_rows_behind_an_origin_have_no_influence_on_its_forecast(table):
    series = waves()
    for y in series.values():
        y[-11:] = 7.0
    found, expected = forecasts(*refit(changed(table.config, "other.csv", series), 11), 11), by_hand(11)
    assert all(found[name].tobytes() == expected[name].tobytes() for name in expected)


def test_origins_of_series_of_any_length_count_from_their_own_ends(table):
    series = waves(series=1) | {"late": waves()["s0"][40:], "tiny": np.arange(9.0)}
    _, data = refit(changed(table.config, "many.csv", series), 11)
    assert [each.tolist() for each in first_origins(data, 11)] == [[0, 1], [85, 45]]


def test_nothing_is_left_of_the_models_whatever_happens(table, monkeypatch):
    refit_report(table, n_windows=1)
    with pytest.raises(DataError, match="without the last 88 rows: .* the longest series has 96 rows") as caught:
        refit_report(table, n_windows=22)
    assert caught.value.hint == "choose fewer --n-windows or a smaller --step-size"
    assert list(Path("temp").iterdir()) == []

    def interrupted(run):
        assert len(list(Path("temp").iterdir())) == 1
        raise KeyboardInterrupt

    monkeypatch.setattr("rnncli.tasks.forecast.refit.train", interrupted)
    assert main(["eval", "r", "--refit", "-q"]) == 130
    assert list(Path("temp").iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_its_own_code_and_leaves_nothing(table, monkeypatch, number):
    def stopped(run):
        signal.raise_signal(number)  # to this thread: sent to the process, it may come later
        yield

    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr("rnncli.tasks.forecast.refit.train", stopped)
    with heeding_ctrl_c():
        assert main(["eval", "r", "--refit", "-q"]) == 128 + number
    assert list(Path("temp").iterdir()) == [] and signal.getsignal(signal.SIGTERM) is before


def test_the_command_scores_three_origins_a_horizon_apart(table, capsys):
    assert main(["eval", "r", "--refit", "--format", "json", "--beat-baseline", "naive", "--max", "mae=1e9"]) in (0, 1)
    found = json.loads(capsys.readouterr().out)
    assert (found["split"], found["windows"], found["step_size"]) == ("refit", 6, 4) and len(found["checks"]) == 2
    assert found["notes"][0].startswith("retrained before each of 3 origins, with the settings and the seed of r")
    assert set(found["baselines"]) == {"naive", "seasonal_naive", "drift", "naive2", "ridge"}


def test_progress_says_which_model_is_trained_and_how_far_it_is(table):
    told = []
    refit_report(table, n_windows=2, progress=lambda *call: told.append(call))
    steps = [call for call in told if call[0] == "training 2 of 2"]
    assert steps[0] == ("training 2 of 2", 0, 12) and steps[-1] == ("training 2 of 2", 12, 12)
    assert ("training 1 of 2", 12, 12) in told


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--per-step"], 2, "--refit excludes --per-step"),
        (["--split", "val"], 2, "--refit excludes --split"),
        (["-"], 3, "--refit reads the data again for each origin, but standard input can be read only once"),
    ],
)
def test_what_cannot_be_is_refused(table, capsys, options, code, said):
    assert main(["eval", "r", "--refit", *options]) == code
    assert said in capsys.readouterr().err


def test_data_that_came_from_standard_input_or_has_changed_is_an_error(table):
    write_long(Path("waves.csv"), waves(seed=4))
    with pytest.raises(DataError, match="the digest is"):
        refit_report(table)
    object.__setattr__(table.config.data, "files", ("-",))
    with pytest.raises(DataError, match="trained on standard input, which cannot be read again"):
        refit_report(table)
