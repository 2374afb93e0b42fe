"""Gradients that are followed while a run trains: true figures, counted memory, and nothing else learnt."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from runs import done, everything_below, in_memory, killed, last_checkpoint, log_records, logged, of, same, tiny

from rnncli.config import read_settings
from rnncli.events import CheckpointSaved, EvalDone, GradientByLag, Notice, PastNorms, RunStarted, Sampled, StepDone
from rnncli.laboratory.lag import curves_of
from rnncli.laboratory.subjects import subject_of
from rnncli.laboratory.watching import watch
from rnncli.storage.checkpoint import load
from rnncli.storage.model_files import load_model
from rnncli.storage.run_folder import checkpoint, checkpoints
from rnncli.tasks.registry import TASKS
from rnncli.training.dry_run import dry_run
from rnncli.training.gradient_watch import ROWS, STEPS
from rnncli.training.profiling import Profile
from rnncli.training.run import prepare

SHOWN = {"train.show": "gradients"}
RUNS = {
    "plain": {},
    "dropout, average, two layers": {
        "model.embedding_size": 12,
        "model.num_layers": 2,
        "model.dropout": 0.3,
        "model.dropout_recurrent": 0.2,
        "optim.average": 0.9,
    },
    "lines, plateau, GRU": {
        "data.documents": "line",
        "train.seq_length": 24,
        "model.cell": "gru",
        "schedule.kind": "plateau",
    },
    "two processes": {"train.workers": "2"},
}


def learnt(folder):
    """[(arrays as bytes, metadata)] of the model and the checkpoints, without what the clock, the log and the setting
    itself decide."""
    for path in (Path(folder, "model.safetensors"), *checkpoints(folder)):
        arrays, meta = load(path)
        free = {"elapsed", "log_size", "seal"}
        kept = {name: value for name, value in meta.items() if name not in free}
        kept["config"] = dict(kept["config"], train={**kept["config"]["train"], "show": ""})
        yield {name: array.tobytes() for name, array in arrays.items()}, kept


@pytest.mark.parametrize("settings", RUNS.values(), ids=RUNS)
def test_a_followed_run_learns_the_same_bytes(settings):
    _, plain = done("plain", settings)
    _, shown = done("shown", settings | SHOWN)
    assert list(learnt("shown")) == list(learnt("plain"))
    assert [event.loss for event in of(StepDone, shown)] == [event.loss for event in of(StepDone, plain)]
    assert not of(GradientByLag, plain) and len(of(GradientByLag, shown)) == len(of(EvalDone, shown)) == 3


@pytest.mark.parametrize("settings", RUNS.values(), ids=RUNS)
def test_a_followed_run_that_is_killed_ends_as_if_it_had_not_been(settings):
    _, events = done("unbroken", settings | SHOWN)
    killed("r", 33, settings | SHOWN)
    _, resumed = done("r", resume="r")
    assert everything_below("r")["model.safetensors"] == everything_below("unbroken")["model.safetensors"]
    assert log_records("r") == log_records("unbroken")
    assert of(GradientByLag, resumed) == of(GradientByLag, events)[-len(of(GradientByLag, resumed)) :]


@pytest.mark.parametrize("kind", TASKS.values(), ids=list(TASKS))
def test_a_run_of_every_task_can_be_followed_and_learns_the_same(kind):
    example = kind.load().example()
    Path(example.name).write_text(example.text)
    short = {"task": kind.name, "data.files": [example.name], "seed": 5, "train.workers": "1"}
    short |= example.settings | {"train.max_steps": 4, "train.eval_every": 2}
    events = {}
    for folder, more in (("plain", {}), ("shown", SHOWN)):
        with prepare(read_settings(overrides=short | more), folder) as run:
            events[folder] = list(logged(run))
    assert list(learnt("shown")) == list(learnt("plain"))
    looked = of(GradientByLag, events["shown"])
    assert [event.step for event in looked] == [2, 4]
    for each in looked[-1].curves:
        assert np.isfinite(each.norms).all() and (max(each.norms) > 0 or each.state != "h")
        assert each.factor > 0 or len(each.norms) <= 3  # too few lags of half of the rows for a factor
    assert {each.layer for each in looked[-1].curves} == set(run.watch.watcher.recorder.plans)


@pytest.mark.parametrize("average", [0.0, 0.9])
def test_the_gradient_by_lag_is_that_of_the_evaluated_weights_in_double_precision(average):
    run, events = done("r", SHOWN | {"model.num_layers": 2, "optim.average": average})
    batch = run.task.watched(STEPS, ROWS)
    for event in of(GradientByLag, events)[-1:]:
        loaded = load_model(checkpoint("r", event.step)) if not average else load_model("r")
        assert average == 0 or loaded.progress["best_step"] == event.step
        curves = list(curves_of("", watch(subject_of("", run.task.model, loaded.theta, batch, ROWS), at_last=True)))
        assert [(each.layer, each.state) for each in event.curves] == [
            (f"layer{k}", state) for k in range(2) for state in ("h", "c")
        ]
        for found, expected in zip(event.curves, curves, strict=True):
            assert found.norms == tuple(expected.norms.tolist()) and max(found.norms) > 0
            assert (found.factor, found.half_life) == (expected.factor, expected.half_life)


def test_it_is_looked_at_after_each_evaluation_and_sample_and_before_the_checkpoint():
    _, events = done("r", SHOWN | {"train.max_steps": 40, "train.sample_length": 5})
    kinds = [type(event) for event in events if not isinstance(event, Notice | StepDone)]
    assert kinds[1:-1] == [EvalDone, Sampled, GradientByLag, CheckpointSaved] * 2
    assert [event.step for event in of(GradientByLag, events)] == [20, 40]
    assert of(RunStarted, events)[0].show == "gradients"


def test_a_run_without_validation_data_is_followed_too():
    _, events = done("r", SHOWN | {"data.val_frac": 0.0})
    assert not of(EvalDone, events) and [event.step for event in of(GradientByLag, events)] == [20, 40, 60]


def test_the_log_has_every_gradient_by_lag_and_no_number_that_json_lacks():
    _, events = done("r", SHOWN)
    records = [record for record in log_records("r") if record["event"] == "gradient_by_lag"]
    assert [record["step"] for record in records] == [20, 40, 60]
    (last,) = [record["curves"] for record in records[-1:]]
    assert last[0]["norms"] == pytest.approx(list(of(GradientByLag, events)[-1].curves[0].norms), rel=1e-15)
    assert all(json.loads(line, parse_constant=pytest.fail) for line in Path("r/log.jsonl").read_text().splitlines())


def test_the_memory_told_has_the_pass_in_it_and_a_dry_run_too():
    plain, shown = in_memory(tiny()), in_memory(tiny(SHOWN))
    size, subject = plain.trainer.store.size, shown.watch.watcher.subject
    assert plain.watch is None and subject.size <= (STEPS,) and subject.N <= ROWS
    assert shown.nbytes - plain.nbytes == shown.watch.nbytes
    cells = subject.size[0] * subject.N * 12
    assert shown.watch.nbytes > 8 * (2 * size + 6 * cells)  # theta and its gradient; four gates, h and c
    assert dry_run(tiny(SHOWN), "x").arrays == shown.nbytes


def test_memory_is_made_once():
    run = in_memory(tiny(SHOWN))
    first = run.watch.look(1, run.trainer.weights)
    plan, theta = run.watch.watcher.plan, run.watch.watcher.subject.theta
    assert replace(run.watch.look(2, run.trainer.weights), step=1) == first
    assert run.watch.watcher.plan is plan and run.watch.watcher.subject.theta is theta
    assert np.array_equal(theta, run.trainer.theta)


def test_its_time_is_that_of_evaluations_in_a_profile():
    profile = Profile()
    with prepare(tiny(SHOWN), "r") as run:
        profile.attach(run)
        run.watch.look(0, run.trainer.weights)
    assert profile.calls["evaluation"] == 1


# Resuming


def test_a_resumed_run_begins_with_the_norms_of_its_earlier_steps():
    settings = SHOWN | {"train.norms_every": 7}
    _, events = done("unbroken", settings)
    killed("r", 50, settings)
    _, resumed = done("r", resume="r")
    earlier = {event.step: event.norms for event in of(StepDone, events) if event.norms and event.step <= 40}
    assert {event.step: event.norms for event in of(PastNorms, resumed)} == earlier and len(earlier) == 5
    kinds = [type(event) for event in resumed]
    assert kinds.index(PastNorms) < kinds.index(StepDone)
    assert not of(PastNorms, events)


@pytest.mark.parametrize("harm", ["damaged", "missing"])
def test_without_a_readable_log_a_run_goes_on_and_says_so(harm):
    killed("r", 33, SHOWN)
    if harm == "damaged":
        Path("r/log.jsonl").write_text("x\n" + Path("r/log.jsonl").read_text())
    else:
        Path("r/log.jsonl").unlink()
    _, events = done("r", resume="r")
    assert of(StepDone, events)[-1].step == 60 and not of(PastNorms, events)
    assert any("gradient norms are shown from here on" in event.text for event in of(Notice, events) if event.warning)


def test_a_run_that_is_not_followed_reads_no_log():
    killed("r", 33)
    _, events = done("r", resume="r")
    assert not of(PastNorms, events)


def test_a_resumed_run_is_followed_as_it_was_unless_told_otherwise():
    killed("r", 23)
    with prepare(None, "r", resume="r", extend={"show": "gradients"}) as run:
        assert run.watch is not None
    assert read_settings(["r/config.yaml"])["train.show"] == "gradients"
    killed("r", 43, resume="auto")  # its command does not say
    _, events = done("r", resume="r")
    assert [event.step for event in of(GradientByLag, events)] == [60]
    done("plain")
    assert same(last_checkpoint("r")[0], last_checkpoint("plain")[0])


def test_auto_takes_the_wish_to_follow_a_run_that_was_not():
    killed("r", 33)
    _, events = done("r", SHOWN, resume="auto")
    assert [event.step for event in of(GradientByLag, events)] == [40, 60]
    killed("s", 33, SHOWN)
    _, events = done("s", {"train.show": "none"}, resume="auto")
    assert not of(GradientByLag, events)
