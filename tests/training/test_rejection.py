"""Training where numbers run away: steps that are not taken, and what the run goes back to."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from runs import done, logged, of, same, thetas, tiny

from rnncli.errors import Diverged
from rnncli.events import CheckpointSaved, EvalDone, StepDone, StepRejected
from rnncli.nn.aligned import Aligned
from rnncli.storage.model_files import load_model
from rnncli.storage.run_folder import checkpoint, checkpoints
from rnncli.training.run import prepare
from rnncli.training.trainer import Trainer


def poisoned(monkeypatch, when, parameter="layer0.b", value=math.nan):
    """Let the weights of `parameter` be `value` at the steps that `when(trainer)` chooses."""
    step = Trainer.step

    def poison(self, batch, fraction, want_norms=False):
        if when(self):
            self.store.named(self.theta)[parameter][0] = value
        return step(self, batch, fraction, want_norms)

    monkeypatch.setattr(Trainer, "step", poison)


def test_a_rejected_step_is_told_and_the_run_goes_on_from_the_last_checkpoint_with_half_the_rate(apart, monkeypatch):
    poisoned(monkeypatch, lambda trainer: trainer.progress.step == 44 and trainer.progress.rate_scale == 1)
    run, events = done("r", {"schedule.kind": "constant", "optim.lr": 0.01})
    (rejected,) = of(StepRejected, events)
    assert rejected == StepRejected(45, "loss", "layer0.W_x", 40, 0.5)
    after = events[events.index(rejected) + 1 :]
    assert [event.step for event in of(StepDone, after)] == list(range(41, 61))
    assert {event.rate for event in of(StepDone, after)} == {0.005}
    assert np.isfinite(run.trainer.theta).all() and events[-1].step == 60
    assert events[-1].tokens == 60 * 32  # what was undone does not count


def test_after_a_rejected_step_the_run_is_what_it_would_be_from_the_checkpoint_with_half_the_rate(apart, monkeypatch):
    settings = {"schedule.kind": "constant", "optim.optimizer": "momentum", "model.dropout": 0.2}
    with monkeypatch.context() as patched:
        poisoned(patched, lambda trainer: trainer.progress.step == 44 and trainer.progress.rate_scale == 1)
        done("r", settings | {"optim.lr": 0.2})
    with prepare(tiny(settings | {"optim.lr": 0.2}), "s") as run:
        for event in logged(run):
            if isinstance(event, CheckpointSaved) and event.step == 40:
                run.trainer.progress.rate_scale = 0.5
    assert same(thetas("r"), thetas("s"))


def test_a_gradient_that_is_not_finite_is_told_with_its_parameter(apart, monkeypatch):
    loss_and_grad, calls = Aligned.loss_and_grad, []

    def broken(self, p, g, batch, s0, plan):
        result = loss_and_grad(self, p, g, batch, s0, plan)
        calls.append(1)
        if len(calls) == 30:
            g["layer0"].W_h[1, 2] = np.inf
        return result

    monkeypatch.setattr(Aligned, "loss_and_grad", broken)
    _, events = done("r")
    assert of(StepRejected, events) == [StepRejected(30, "gradient", "layer0.W_h", 20, 0.5)]


def test_a_gradient_too_large_for_an_optimizer_to_square_is_rejected_unless_it_is_clipped(apart, monkeypatch):
    loss_and_grad, calls = Aligned.loss_and_grad, []

    def huge(self, p, g, batch, s0, plan):
        result = loss_and_grad(self, p, g, batch, s0, plan)
        calls.append(1)
        if len(calls) == 30:
            g["head"].b[0] = 1e25
        return result

    monkeypatch.setattr(Aligned, "loss_and_grad", huge)
    run, events = done("free", {"optim.clip_norm": 0.0})
    assert of(StepRejected, events) == [StepRejected(30, "gradient", "head.b", 20, 0.5)]
    assert all(np.isfinite(slot).all() for slot in run.trainer.slots.values())
    calls.clear()
    assert not of(StepRejected, done("clipped")[1])


def test_three_rejected_steps_in_a_row_end_the_run_with_the_last_good_checkpoint_intact(apart, monkeypatch):
    poisoned(monkeypatch, lambda trainer: trainer.progress.step == 44)
    events, checkpoints_seen = [], {}
    diverging = pytest.raises(Diverged, match="the loss was not finite at step 45, 3 times in a row")
    with diverging as caught, prepare(tiny(), "r") as run:
        for event in logged(run):
            events.append(event)
            if isinstance(event, CheckpointSaved):
                checkpoints_seen[event.step] = Path(event.path).read_bytes()
    assert caught.value.exit_code == 5 and "of step 40, is in r" in caught.value.hint
    assert [event.rate_scale for event in of(StepRejected, events)] == [0.5, 0.25]
    newest = checkpoints("r")[-1]
    assert newest == checkpoint("r", 40) and newest.read_bytes() == checkpoints_seen[40]
    assert np.isfinite(load_model(newest).theta).all() and load_model("r").progress["step"] in (20, 40)


def test_rejected_steps_far_apart_are_not_in_a_row(apart, monkeypatch):
    scales = {44: 1, 50: 0.5, 55: 0.25}
    poisoned(monkeypatch, lambda trainer: scales.get(trainer.progress.step) == trainer.progress.rate_scale)
    run, events = done("r")
    assert [(event.step, event.back_to) for event in of(StepRejected, events)] == [(45, 40), (51, 40), (56, 40)]
    assert run.trainer.progress.rate_scale == 0.125 and events[-1].step == 60


def test_rejected_steps_count_as_in_a_row_until_the_run_is_past_the_furthest(apart, monkeypatch):
    scales = {44: 1, 42: 0.5, 43: 0.25}
    poisoned(monkeypatch, lambda trainer: scales.get(trainer.progress.step) == trainer.progress.rate_scale)
    with pytest.raises(Diverged, match="at step 44, 3 times in a row"):
        done("r")


def test_a_checkpoint_whose_next_step_is_not_finite_was_not_good(apart, monkeypatch):
    poisoned(monkeypatch, lambda trainer: trainer.progress.step == 40 and trainer.progress.rate_scale == 1)
    with prepare(tiny({"train.keep_checkpoints": 1}), "r") as run:
        for event in logged(run):
            if isinstance(event, StepRejected):
                assert (event.step, event.back_to) == (41, 20)
                assert [path.name for path in checkpoints("r")] == [checkpoint("r", 20).name]
    assert run.trainer.progress.good == 40 and run.trainer.progress.step == 60


def test_a_checkpoint_of_a_network_that_is_running_away_was_not_good(apart):
    settings = {
        "model.cell": "rnn-relu",
        "optim.optimizer": "sgd",
        "optim.lr": 20.0,
        "optim.clip_norm": 0.0,
        "schedule.kind": "constant",
        "train.checkpoint_every": 1,
    }
    run, events = done("r", settings)
    (rejected,) = of(StepRejected, events)
    losses = {event.step: event.loss for event in events[: events.index(rejected)] if isinstance(event, StepDone)}
    guess = 2 * math.log(run.task.data.encoder.size)
    assert losses[rejected.back_to + 1] < guess  # from there on it was fine for one step more at least
    assert losses[rejected.step - 1] > 1000 * guess  # although nothing was infinite yet
    assert events[-1].step == 60 and of(StepDone, events)[-1].loss < guess


@pytest.mark.parametrize("cell, every", [("lstm", 20), ("rnn-relu", 1)])
def test_a_rate_that_is_far_too_large_diverges_and_leaves_the_first_checkpoint(cell, every, apart):
    settings = {
        "model.cell": cell,
        "optim.optimizer": "sgd",
        "optim.lr": 1e38,
        "optim.clip_norm": 0.0,
        "train.checkpoint_every": every,
    }
    prepare(tiny(settings), "fresh").__exit__()
    with pytest.raises(Diverged) as caught:
        done("r", settings)
    assert "of step 0, is in r" in caught.value.hint
    assert [path.name for path in checkpoints("r")] == [checkpoint("r", 0).name]
    assert same(thetas("r"), thetas("fresh"))


def test_the_best_weights_survive_a_return_to_an_earlier_checkpoint(apart, monkeypatch):
    poisoned(monkeypatch, lambda trainer: trainer.progress.step == 44 and trainer.progress.rate_scale == 1)
    _, events = done("r", {"train.eval_every": 10, "train.checkpoint_every": 1000})
    (rejected,) = of(StepRejected, events)
    assert rejected.back_to == 0
    figures = [event.metrics["nats_per_char"] for event in of(EvalDone, events)]
    assert [event.best for event in of(EvalDone, events)] == [
        figure < min(figures[:k], default=math.inf) for k, figure in enumerate(figures)
    ]
    assert events[-1].best == min(figures)
    assert load_model("r").progress["best_nats_per_char"] == min(figures)


def test_evaluations_without_improvement_count_on_after_a_return(apart, monkeypatch):
    poisoned(monkeypatch, lambda trainer: trainer.progress.step == 44 and trainer.progress.rate_scale == 1)
    settings, scores, best = {"train.eval_every": 10, "train.checkpoint_every": 1000}, iter([2, 1, 3, 4] * 9), []
    with prepare(tiny(settings), "r") as run:
        monkeypatch.setattr(run.evaluator, "score", lambda weights: {"nats_per_char": next(scores)})
        for event in logged(run):
            if isinstance(event, EvalDone):
                best.append(event.best)
            if isinstance(event, StepRejected):
                assert best == [True, True, False, False] and run.trainer.progress.stale == 2


def test_numbers_that_run_away_print_no_warning(apart, recwarn):
    with pytest.raises(Diverged):
        done(
            "r",
            {
                "optim.optimizer": "sgd",
                "optim.lr": 1e38,
                "optim.clip_norm": 0.0,
                "train.norms_every": 1,
                "train.eval_every": 1,
                "train.sample_length": 5,
            },
        )
    assert [str(warning.message) for warning in recwarn] == []
    assert all(json.loads(line) for line in Path("r/log.jsonl").read_text().splitlines())
    assert "NaN" not in Path("r/log.jsonl").read_text() and "Infinity" not in Path("r/log.jsonl").read_text()
