"""Training on series: from a table to a run folder, stopped and resumed, with one process or several."""

import io
import json
import math
import sys
from pathlib import Path

import numpy as np
import pytest
from runs import log_records, logged, model_bytes, of

from rnncli.cli.main import main
from rnncli.config import read_settings
from rnncli.data.tables.detection import looks_like_table
from rnncli.events import EvalDone, Notice, RunFinished, StepDone
from rnncli.storage.model_files import load_model
from rnncli.tasks.forecast.data import stored_training
from rnncli.tasks.forecast.predictor import Predictor
from rnncli.tasks.forecast.sample import ForecastSample
from rnncli.tasks.forecast.tail import from_tail
from rnncli.tasks.registry import detect
from rnncli.training.dry_run import dry_run
from rnncli.training.run import complete, prepare
from rnncli.ui.event_lines import next_lines

pytestmark = pytest.mark.usefixtures("apart")

SMALL = {
    "task": "forecast",
    "seed": 7,
    "model.hidden_size": 8,
    "train.batch_size": 8,
    "train.max_steps": 60,
    "train.eval_every": 20,
    "train.checkpoint_every": 20,
    "forecast.horizon": 4,
    "forecast.window": 12,
    "series.val_size": 20,
    "series.test_size": 10,
}


def wave(rows=160, series=1, seed=0, holes=()):
    """A long table of noisy waves, hourly; `holes` are rows without a value."""
    rng, lines = np.random.default_rng(seed), ["unique_id,ds,y"]
    for s in range(series):
        for t in range(rows):
            value = 50 * (s + 1) + 10 * math.sin(2 * math.pi * (t + s) / 8) + rng.normal()
            stamp = np.datetime64("2024-01-01T00") + np.timedelta64(t, "h")
            lines.append(f"s{s},{str(stamp).replace('T', ' ')}:00,{'' if t in holes else f'{value:.3f}'}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def table(apart):
    """wave.csv in the current folder."""
    Path("wave.csv").write_text(wave())
    return "wave.csv"


def small(settings=None, file="wave.csv"):
    return read_settings(overrides={"data.files": [file]} | SMALL | (settings or {}))


def done(folder, settings=None, file="wave.csv", **how):
    """Train to the end in `folder`; returns (Run, its events)."""
    with prepare(small(settings, file), folder, **how) as run:
        return run, list(logged(run))


def forecast(path, seed=0):
    """The mean forecast behind the end of every series, by a model file alone."""
    loaded = load_model(path)
    data = from_tail(loaded.encoder, loaded.arrays, loaded.record, loaded.config)
    predictor = Predictor(loaded.model, loaded.store.views(loaded.theta), data.windows, 4)
    return predictor.forecast(np.arange(len(data.ids)), data.windows.lengths, seed=seed).mean


def test_a_wave_is_learnt_and_forecast_better_than_by_its_last_value(table):
    run, events = done("r", {"train.max_steps": 300, "train.eval_every": 100, "model.hidden_size": 16})
    evaluations = of(EvalDone, events)
    assert [set(event.metrics) for event in evaluations] == [{"loss", "mae"}] * 3
    assert evaluations[-1].metrics["mae"] < 2.5 < 6 < naive_error(run)
    finished = of(RunFinished, events)[0]
    assert finished.best == min(event.metrics["loss"] for event in evaluations)
    assert isinstance(finished.sample, ForecastSample) and len(finished.sample.forecast) == 4


def naive_error(run):
    """Mean absolute error of the last value on the validation windows."""
    y = run.task.data.panel.series[0].y[:, 0]
    return np.mean([np.abs(y[t : t + 4] - y[t - 1]).mean() for t in run.evaluator.windows[1]])


def test_the_validation_figures_are_those_of_the_stored_model(table):
    run, events = done("r")
    best = min(of(EvalDone, events), key=lambda event: event.metrics["loss"])
    loaded = load_model("r")
    data = stored_training(loaded.config)
    series, first = data.windows.origins(data.splits["val"])
    mean = Predictor(loaded.model, loaded.store.views(loaded.theta), data.windows, 5).forecast(series, first).mean
    truth = np.stack([data.panel.series[0].y[t : t + 4] for t in first])
    assert np.abs(truth - mean).mean() == pytest.approx(best.metrics["mae"], rel=1e-5)
    assert loaded.arrays["series/residuals"].shape == (len(first), 4, 1)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"forecast.mode": "recursive"},
        {"forecast.segment": 4, "model.dropout": 0.2},
        {"forecast.highway": 12},
        {"forecast.loss": "student-t", "forecast.calendar": True, "forecast.difference": 8},
    ],
)
def test_the_same_seed_gives_the_same_bytes_stopped_or_not(settings, table):
    done("one", settings)
    with prepare(small(settings), "two") as run:
        for event in logged(run):
            if isinstance(event, StepDone) and event.step == 33:
                break
    with prepare(small(settings), "two", resume="auto") as run:
        list(logged(run))
    assert model_bytes("one") == model_bytes("two")


def test_two_processes_learn_the_same_as_one(table):
    means = []
    for workers in "12":
        done(workers, {"train.workers": workers, "train.max_steps": 20})
        means.append(forecast(workers))
    np.testing.assert_allclose(*means, rtol=1e-4)


def test_a_model_file_forecasts_without_its_data(table):
    done("r", {"forecast.calendar": True})
    with_data = stored_training(load_model("r").config)
    Path("wave.csv").unlink()
    loaded = load_model("r")
    predictor = Predictor(loaded.model, loaded.store.views(loaded.theta), with_data.windows, 4)
    again = predictor.forecast(np.zeros(1, np.intp), with_data.windows.lengths).mean
    assert forecast("r").tobytes() == again.tobytes()


def test_series_of_any_length_and_with_holes_are_learnt_together(apart):
    text = wave(120, 3, holes=(5, 6, 50)) + "\n".join(f"short,2024-01-0{d} 00:00,{d}" for d in (1, 2, 3)) + "\n"
    Path("many.csv").write_text(text)
    run, events = done("r", file="many.csv")
    assert all(math.isfinite(event.metrics["loss"]) for event in of(EvalDone, events))
    assert any("short" in notice.text for notice in of(Notice, events))
    assert np.isfinite(forecast("r")).all() and len(forecast("r")) == 4


def test_a_dry_run_says_what_it_would_take_and_writes_nothing(table):
    plan = dry_run(small(), "r")
    assert plan.steps == 60 and plan.parameters > 0 and not Path("r").exists()
    assert any(line.startswith("train: rows 1 to 130") for line in plan.description)


def test_a_run_whose_table_has_changed_is_not_resumed(table, capsys):
    done("r")
    Path("wave.csv").write_text(wave(seed=1))
    assert main(["train", "--resume", "r", "--max-steps", "80"]) == 3
    assert "its data changed (wave.csv)" in capsys.readouterr().err


def test_the_log_holds_the_metrics_by_name(table):
    done("r")
    records = [record for record in log_records("r") if record["event"] == "eval_done"]
    assert [record["step"] for record in records] == [20, 40, 60] and all("mae" in record for record in records)
    summary = json.loads(Path("r", "summary.json").read_text())
    assert (summary["task"], summary["horizon"], summary["window"]) == ("forecast", 4, 12)
    assert summary["best_loss"] == min(record["loss"] for record in records)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.csv", "forecast"),
        ("A.TSV", "forecast"),
        ("b.csv.gz", "forecast"),
        ("c.jsonl", "forecast"),
        ("d.txt", "language"),
        ("e", "language"),
    ],
)
def test_the_name_of_a_file_says_what_is_learnt(name, kind):
    assert detect([name]).name == kind


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("unique_id,ds,y\na,2024-01-01,3\n", True),
        ("y\n1\n2.5\n", True),
        ("1\n2\n3\n", True),
        ('{"ds": "2024-01-01", "y": 1}\n{"ds": "2024-01-02", "y": 2}\n', True),
        ("a;b\n1,5;2\n2,5;3\n", True),
        ("To be, or not to be\nthat is, the question\n", False),
        ("one line", False),
        ("", False),
        ("First Citizen:\nBefore we proceed any further, hear me speak.\n\nAll:\n", False),
    ],
)
def test_standard_input_is_known_by_what_it_begins_with(text, table, monkeypatch):
    assert looks_like_table(text.encode()) is table
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(text.encode()))))
    assert detect(["-"]).name == ("forecast" if table else "language")
    assert sys.stdin.read() == text


def test_a_table_that_is_found_gets_the_defaults_of_a_forecast(table):
    assert main(["train", "wave.csv", "--horizon", "4", "--max-steps", "2", "-o", "r", "-q"]) == 0
    config = load_model("r").config
    assert (config.task, config.model.hidden_size, config.train.batch_size) == ("forecast", 64, 32)
    assert read_settings(overrides={"data.files": ["wave.csv"]})["task"] == "forecast"


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (
            ["wave.csv", "--val-frac", "0.2", "--tokens", "byte"],
            "option --val-frac); not for the task 'forecast' (wave.csv is read as",
        ),
        (["text.txt", "--horizon", "4"], "option --horizon); not for the task 'language' (text.txt is read as text)"),
    ],
)
def test_options_that_mean_nothing_to_the_task_are_refused(arguments, found, table, capsys):
    assert main(["train", *arguments, "-o", "r"]) == 2
    said = capsys.readouterr().err
    assert found in said and not Path("r").exists()


def test_a_folder_of_tables_is_a_table_and_one_of_texts_is_text(table):
    Path("tables").mkdir()
    Path("tables", "a.csv").write_text(wave())
    assert (detect(["tables"]).name, detect(["."]).name) == ("forecast", "language")


@pytest.mark.parametrize("loss", ["mse", "quantile"])
def test_a_recursive_model_with_few_validation_windows_is_scored_without_intervals(loss, table, capsys):
    done("r", {"forecast.mode": "recursive", "forecast.loss": loss, "series.val_size": 5, "train.max_steps": 20})
    assert main(["eval", "r", "--format", "json", "-q"]) == 0
    assert json.loads(capsys.readouterr().out)["levels"] == []


def test_what_a_forecast_needs_to_know_ahead_is_named_with_the_next_commands(apart):
    rows = wave().splitlines()
    Path("wave.csv").write_text("\n".join([rows[0] + ",sale", *(f"{row},{k % 3}" for k, row in enumerate(rows[1:]))]))
    _, events = done("r", {"series.future_cols": ["sale"], "train.max_steps": 20})
    commands = next_lines(of(RunFinished, events)[0], events[0])
    assert commands[0].startswith("rnncli generate r --future-template > future.csv") and "sale" in commands[0]
    assert commands[1].startswith("rnncli generate r --future future.csv")


def test_a_series_that_never_varied_in_training_does_not_widen_the_intervals_of_the_others(apart):
    header, *rows = wave(series=2).splitlines()
    flat = [f"flat,{row.split(',')[1]},{5 if k < 130 else 5000 + k}" for k, row in enumerate(rows[:160])]
    Path("flat.csv").write_text("\n".join([header, *rows, *flat]))
    run, _ = done("r", file="flat.csv")
    residuals, owners = load_model("r").arrays["series/residuals"], run.evaluator.windows[0]
    assert np.isnan(residuals[owners == 2]).all() and np.abs(residuals[owners != 2]).max() < 10
    Path("alone.csv").write_text("\n".join([header, *flat]))
    done("alone", file="alone.csv")
    assert np.isfinite(load_model("alone").arrays["series/residuals"]).all()


def test_a_limit_in_epochs_or_seconds_is_the_only_one(table):
    assert complete(small({"train.max_steps": None, "train.epochs": 3}))["train.max_steps"] is None
    assert complete(small({"train.max_steps": None}))["train.max_steps"] == 2000
