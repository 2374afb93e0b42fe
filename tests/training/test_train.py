"""Training: what is learnt, what is kept, what is told."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from runs import a_text, done, in_memory, last_checkpoint, log_records, logged, model_bytes, of, same, thetas, tiny

from rnncli.data.text.corpus import load_corpus
from rnncli.data.text.splits import shortened
from rnncli.events import CheckpointSaved, EvalDone, Notice, RunFinished, RunStarted, Sampled, StepDone
from rnncli.nn.cells import CELLS
from rnncli.plugins import load_code
from rnncli.storage.checkpoint import load
from rnncli.storage.model_files import load_model
from rnncli.storage.run_folder import checkpoint, checkpoints
from rnncli.tasks.language.scoring import Scorer
from rnncli.training.run import prepare

# Learning


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {
            "model.cell": "gru",
            "model.num_layers": 2,
            "model.embedding_size": 12,
            "model.residual": True,
            "model.tie_embeddings": True,
            "model.layer_norm": True,
            "model.dropout": 0.1,
            "model.dropout_input": 0.05,
            "model.dropout_recurrent": 0.1,
        },
        {"model.cell": "rnn", "data.tokens": "byte"},
        {"data.tokens": "word", "data.min_count": 2, "model.embedding_size": 8},
        {"data.documents": "line", "train.seq_length": 32},
        {"data.documents": "line", "train.seq_length": 0},
        {"optim.optimizer": "sgd", "schedule.warmup": 5},
    ],
)
def test_the_loss_and_the_validation_figure_go_down(settings, apart):
    _, events = done("r", {"train.max_steps": 120, "train.eval_every": 60} | settings)
    losses = [event.loss for event in of(StepDone, events)]
    assert np.mean(losses[-10:]) < np.mean(losses[:10]) - 0.3
    first, second = of(EvalDone, events)
    assert second.metrics["nats_per_char"] < first.metrics["nats_per_char"] and second.best


def test_a_text_of_200_bytes_trains_with_a_warning_that_shows_the_arithmetic(apart):
    Path("small.txt").write_text(a_text()[:200])
    _, events = done("r", {"train.seq_length": 64, "train.batch_size": 32, "train.max_steps": 30}, "small.txt")
    warnings = [event.text for event in of(Notice, events) if event.warning]
    assert any(warning.startswith("batch size 32 -> 4: 179 tokens") for warning in warnings)
    assert any(warning.startswith("sequence length 64 -> 45: ") for warning in warnings)
    losses = [event.loss for event in of(StepDone, events)]
    assert losses[-1] < losses[0] - 0.1


def test_a_network_that_can_learn_a_text_by_heart_does(apart):
    Path("small.txt").write_text("abcdefgh" * 40)
    _, events = done("r", {"train.max_steps": 150, "optim.lr": 0.05}, "small.txt")
    assert of(RunFinished, events)[0].best < 0.05


def batches_of(run, number):
    """The first batches of the first pass."""
    batches = run.batches.epoch(0)
    return [next(batches) for _ in range(number)]


def test_rows_that_begin_a_document_forget_and_the_others_remember(apart):
    with prepare(tiny({"optim.lr": 1e-9}), "r") as run:
        trainer, (first, second) = run.trainer, batches_of(run, 2)
        assert first.fresh.all() and not second.fresh.any()
        alone = trainer.step(replace(second, fresh=first.fresh), 0.0).loss
        trainer.step(first, 0.0)
        assert trainer.step(replace(second, fresh=first.fresh), 0.0).loss == pytest.approx(alone, abs=1e-6)
        trainer.step(first, 0.0)
        assert abs(trainer.step(second, 0.0).loss - alone) > 1e-3


@pytest.mark.parametrize(
    "settings",
    [{"model.dropout": 0.5}, {"model.dropout_recurrent": 0.5}, {"model.dropout_input": 0.5, "model.embedding_size": 8}],
)
def test_each_step_drops_other_units_and_the_same_step_the_same(settings, apart):
    def losses():
        run = in_memory(tiny({"optim.lr": 1e-9} | settings))
        (batch,) = batches_of(run, 1)
        return [run.trainer.step(batch, 0.0).loss for _ in range(3)]

    found = losses()
    assert found == losses() and min(map(abs, np.diff(found))) > 1e-4


# Events


def test_events_come_in_their_order(apart):
    _, events = done("r", {"train.max_steps": 40, "train.sample_length": 5})
    kinds = [type(event) for event in events]
    assert kinds[0] is RunStarted and kinds[-1] is RunFinished
    expected = ([StepDone] * 20 + [EvalDone, Sampled, CheckpointSaved]) * 2
    assert [kind for kind in kinds[1:-1] if kind is not Notice] == expected
    assert [event.step for event in of(StepDone, events)] == list(range(1, 41))
    assert [event.fraction for event in of(StepDone, events)] == [step / 40 for step in range(1, 41)]


def test_the_start_tells_what_is_true(apart):
    run, events = done("r", {"train.max_steps": 4, "train.max_seconds": 1000.0})
    start = events[0]
    assert (start.run, start.seed, start.step, start.total_steps, start.max_seconds) == ("r", 7, 0, 4, 1000.0)
    assert start.parameters == run.trainer.store.size and start.tokens_per_step == 32 and start.chars_per_token == 1
    assert all(event.tokens == 32 for event in of(StepDone, events))


def test_gradient_norms_come_as_often_as_asked_and_are_those_of_the_gradient(apart):
    _, events = done(
        "r",
        {
            "train.max_steps": 10,
            "train.norms_every": 3,
            "optim.clip_norm": 0.01,
            "optim.optimizer": "sgd",
            "optim.lr": 1.0,
            "schedule.kind": "constant",
        },
    )
    tables = {event.step: event for event in of(StepDone, events) if event.norms}
    assert list(tables) == [3, 6, 9]
    for event in tables.values():
        assert event.clipped and event.rate == 1.0
        assert math.hypot(*(row.norm for row in event.norms)) == pytest.approx(event.grad_norm, rel=1e-5)  # float32
        assert math.hypot(*(row.clipped for row in event.norms)) == pytest.approx(0.01, rel=1e-3)  # limit / (n + 1e-6)
        assert [row.name for row in event.norms] == ["layer0.W_x", "layer0.b", "layer0.W_h", "head.W", "head.b"]
        assert all(0 < row.update_ratio < 1 for row in event.norms)


def test_without_a_wish_the_norms_come_with_each_evaluation(apart):
    _, events = done("r", {"train.max_steps": 40})
    assert [event.step for event in of(StepDone, events) if event.norms] == [20, 40]


def test_the_log_has_every_tenth_step_every_evaluation_and_every_sample(apart):
    done("r", {"train.max_steps": 40, "train.sample_length": 5})
    records = log_records("r")
    assert [(record["event"], record["step"]) for record in records] == [
        ("step_done", 10),
        ("step_done", 20),
        ("eval_done", 20),
        ("sampled", 20),
        ("step_done", 30),
        ("step_done", 40),
        ("eval_done", 40),
        ("sampled", 40),
    ]


def test_the_summary_says_what_came_of_the_run(apart):
    run, events = done("r", {"train.max_steps": 40})
    summary = json.loads(Path("r/summary.json").read_text())
    assert summary["schema"] == 1 and summary["reason"] == "max_steps" and summary["step"] == 40
    assert (
        summary["best_nats_per_char"]
        == events[-1].best
        == min(event.metrics["nats_per_char"] for event in of(EvalDone, events))
    )
    assert summary["tokens"] == 40 * 32 == events[-1].tokens
    assert summary["data"] == {"digest": run.task.data.digest, "files": ["text.txt"]} and summary["seed"] == 7


def test_a_file_whose_name_is_no_text_trains(apart):
    Path("na\udcffme.txt").write_text(a_text())
    done("r", {"train.max_steps": 2}, "na\udcffme.txt")
    assert load_model("r").data["files"] == ["na\udcffme.txt"]
    assert json.loads(Path("r/summary.json").read_text())["data"]["files"] == ["na\udcffme.txt"]


# Length


def test_max_steps_are_exact(apart):
    _, events = done("r", {"train.max_steps": 13})
    assert events[-1].step == 13 and events[-1].reason == "max_steps" and len(of(StepDone, events)) == 13


@pytest.mark.parametrize("settings", [{}, {"data.documents": "line", "train.seq_length": 32}, {"train.shuffle": False}])
def test_epochs_are_exact(settings, apart):
    run, events = done("r", {"train.max_steps": None, "train.epochs": 3, "train.seq_length": 16} | settings)
    steps = of(StepDone, events)
    assert events[-1].reason == "epochs" and len(steps) == sum(run.batches.batches(number) for number in range(3))
    assert steps[-1].epoch == 3 and steps[-1].fraction == 1
    assert all(before.epoch < after.epoch for before, after in zip(steps, steps[1:]))
    if not run.config.train.shuffle:
        assert events[-1].tokens == 3 * run.task.data.train.targets


def test_a_time_limit_ends_with_a_valid_checkpoint_and_model(apart):
    _, events = done("r", {"train.max_steps": None, "train.max_seconds": 0.2})
    finished = events[-1]
    assert finished.reason == "max_seconds" and finished.step == len(of(StepDone, events)) > 0
    assert last_checkpoint("r")[1]["progress"]["step"] == finished.step
    assert load_model("r").progress["best_step"] == finished.best_step


def test_a_time_limit_that_is_over_before_the_first_step_still_leaves_a_model(apart):
    _, events = done("r", {"train.max_steps": None, "train.max_seconds": 1e-9})
    assert events[-1].step == 0 and not of(StepDone, events)
    assert np.array_equal(load_model("r").theta, load_model(checkpoints("r")[-1]).theta)


def test_a_time_limit_beside_steps_does_not_change_the_weights(apart):
    done("free")
    done("timed", {"train.max_seconds": 1000.0})
    assert same(thetas("free"), thetas("timed"))


# What is kept


def test_evaluating_and_sampling_often_or_never_gives_the_same_weights(apart):
    dropout = {"model.dropout": 0.3, "optim.average": 0.9, "train.max_steps": 90}
    often = {"train.eval_every": 10, "train.sample_length": 20, "train.norms_every": 1, "train.checkpoint_every": 7}
    done("often", dropout | often)
    done("seldom", dropout | {"train.eval_every": 1000, "train.checkpoint_every": 1000})
    done("never", dropout | {"data.val_frac": 0.1, "train.eval_tokens": 50, "train.eval_every": 45})
    assert last_checkpoint("often")[0].keys() == last_checkpoint("seldom")[0].keys()
    assert same(last_checkpoint("often")[0], last_checkpoint("seldom")[0])
    assert same(thetas("often"), thetas("never"))


def test_early_stopping_keeps_the_weights_of_the_best_evaluation(apart):
    run, events = done(
        "r",
        {
            "train.max_steps": 5000,
            "train.patience": 3,
            "train.eval_every": 20,
            "optim.lr": 0.03,
            "model.hidden_size": 24,
            "schedule.kind": "constant",
            "data.val_frac": 0.3,
        },
    )
    finished, evaluations = events[-1], of(EvalDone, events)
    best = min(evaluations, key=lambda event: event.metrics["nats_per_char"])
    assert finished.reason == "early stopping" and finished.step == best.step + 3 * 20 < 5000
    assert (finished.best_step, finished.best) == (best.step, best.metrics["nats_per_char"])
    loaded = load_model("r")
    scorer = Scorer(loaded.model, run.batches.N, run.batches.T)
    nats = scorer.nats(loaded.store.views(loaded.theta), run.task.data.val).sum() / run.task.data.val.characters
    assert nats == best.metrics["nats_per_char"] < evaluations[-1].metrics["nats_per_char"]
    assert not np.array_equal(loaded.theta, load_model(checkpoints("r")[-1]).theta)


def test_evaluations_are_marked_best_where_they_are_lower_than_all_before(apart):
    _, events = done("r", {"train.eval_every": 2, "optim.lr": 0.1, "schedule.kind": "constant"})
    figures = [event.metrics["nats_per_char"] for event in of(EvalDone, events)]
    assert [event.best for event in of(EvalDone, events)] == [
        figure < min(figures[:k], default=math.inf) for k, figure in enumerate(figures)
    ]
    assert not all(event.best for event in of(EvalDone, events))


def test_without_validation_the_last_weights_are_kept(apart):
    _, events = done("r", {"data.val_frac": 0.0, "train.max_steps": 33})
    assert events[-1].best_step == 33 and events[-1].best is None and not of(EvalDone, events)
    assert np.array_equal(load_model("r").theta, load_model(checkpoints("r")[-1]).theta)


def test_a_shortened_validation_is_its_beginning(apart):
    run, events = done("r", {"train.eval_tokens": 100, "train.max_steps": 20})
    loaded = load_model("r")
    split = shortened(load_corpus(run.config.data).val, 100)
    nats = Scorer(loaded.model, run.batches.N, run.batches.T).nats(loaded.store.views(loaded.theta), split)
    assert len(nats) == 100 and nats.mean() == of(EvalDone, events)[0].metrics["nats_per_token"]


def test_the_rate_falls_on_a_plateau_and_only_after_an_evaluation(apart):
    _, events = done(
        "r",
        {
            "schedule.kind": "plateau",
            "schedule.patience": 1,
            "schedule.gamma": 0.1,
            "optim.lr": 0.3,
            "train.eval_every": 10,
            "train.max_steps": 100,
        },
    )
    expected, rates = 0.3, []
    for event in events:
        if isinstance(event, StepDone):
            rates.append(event.rate)
            assert event.rate == pytest.approx(expected, rel=1e-12)
        elif isinstance(event, EvalDone) and not event.best:
            expected *= 0.1
    assert rates[-1] < rates[0]


def test_the_average_of_the_weights_is_what_is_evaluated_and_kept(apart):
    run, events = done("r", {"optim.average": 0.9, "data.val_frac": 0.0, "train.max_steps": 25})
    arrays, _ = last_checkpoint("r")
    kept, _ = load("r/model.safetensors")
    for name in kept:
        parameter = name.removeprefix("theta/")
        assert np.array_equal(kept[name], arrays[f"opt/average/{parameter}"])
        assert not np.array_equal(kept[name], arrays[name])


def test_the_average_is_that_of_the_weights_after_each_step(apart):
    decay, average, total = 0.8, 0.0, 0.0
    with prepare(tiny({"optim.average": decay, "train.max_steps": 12}), "r") as run:
        for event in logged(run):
            if isinstance(event, StepDone):
                average = decay * average + (1 - decay) * run.trainer.theta.astype(np.float64)
                total = decay * total + (1 - decay)
    assert np.abs(run.trainer.weights - average / total).max() < 1e-6  # float32 against float64


# Seeds


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(apart):
    settings = {"model.dropout": 0.2, "model.dropout_recurrent": 0.2, "train.sample_length": 9, "train.max_steps": 40}
    for folder, seed in (("one", 3), ("two", 3), ("three", 4)):
        done(folder, settings | {"seed": seed})
    assert model_bytes("one") == model_bytes("two")
    assert checkpoint("one", 20).read_bytes() != checkpoint("three", 20).read_bytes()
    assert not same(thetas("one"), thetas("three"))
    assert log_records("one") == log_records("two")


def test_a_sample_depends_on_the_seed_and_the_weights_alone(apart):
    _, often = done("often", {"train.sample_length": 30, "train.eval_every": 10})
    _, seldom = done("seldom", {"train.sample_length": 30, "train.eval_every": 30})
    texts = {event.step: event.sample.text for event in of(Sampled, often)}
    assert {event.step: event.sample.text for event in of(Sampled, seldom)}.items() <= texts.items()
    assert all(len(text) == 30 for text in texts.values())


SLOW = """from rnncli.nn.cell import Block, Cell

class Slow(Cell):
    blocks = (Block("a", "tanh"),)
    only_through_W_h = True
    def step(self, xp, s):
        s.h[...] = s.a
    def step_backward(self, xp, s, slope, d, da):
        xp.multiply(d.h, slope.a, out=da.a)
"""


@pytest.fixture
def cell_file(monkeypatch):
    """A file with a cell, registered for this test alone; a function of the source."""
    monkeypatch.setattr(CELLS, "_things", dict(CELLS._things))

    def written(source):
        Path("slow.py").write_text(source)
        load_code(["slow.py"])

    return written


def test_a_cell_of_the_user_that_is_slow_is_told_of_once_with_the_line(cell_file):
    cell_file(SLOW)
    _, events = done("r", {"model.cell": "slow", "model.num_layers": 2, "train.max_steps": 2})
    told = [event.text for event in of(Notice, events) if "Slow.step" in event.text]
    assert len(told) == 1 and told[0].startswith("slow.py:7: ")


def test_a_misspelt_name_in_a_cell_ends_the_run_before_it_begins(cell_file):
    cell_file(SLOW.replace("s.h[...] = s.a", "xp.copyto(s.h, s.aa)"))
    with pytest.raises(AttributeError, match="aa"):
        prepare(tiny({"model.cell": "slow"}), "r")
    assert not Path("r").exists()
