"""What a run is made of: its budget, its memory, its folder, and the model that it may begin with."""

import os
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from runs import TINY, a_text, done, everything_below, in_memory, killed, model_bytes, tiny

from rnncli.config import load_config, read_settings
from rnncli.errors import ConfigError, DataError, ModelFileError, ResourceError, RunInUse
from rnncli.events import RunStarted
from rnncli.storage.checkpoint import load
from rnncli.storage.model_files import load_model
from rnncli.tasks.registry import TASKS, load_task
from rnncli.training import workers as parallel
from rnncli.training.dry_run import dry_run
from rnncli.training.limits import Budget
from rnncli.training.run import Engine, Run, complete, prepare
from rnncli.training.trainer import Progress

# Budget


def test_the_first_limit_that_is_met_ends_a_run():
    budget = Budget(10, 2, 5.0)
    assert budget.reached(Progress(step=9, epoch=1), 4.9) is None
    assert budget.reached(Progress(step=10, epoch=1), 4.9) == "max_steps"
    assert budget.reached(Progress(step=9, epoch=2), 4.9) == "epochs"
    assert budget.reached(Progress(step=9, epoch=1), 5.0) == "max_seconds"
    assert Budget(None, None, None).reached(Progress(step=10**9), 1e9) is None


@pytest.mark.parametrize(
    "budget, expected",
    [
        (Budget(20, None, None), 5 / 20),
        (Budget(None, 4, None), (1 + 3 / 6) / 4),
        (Budget(20, 4, None), (1 + 3 / 6) / 4),  # what is nearer to its end
        (Budget(20, None, 1.0), 5 / 20),  # a clock beside steps changes nothing
        (Budget(None, None, 80.0), 60 / 80),
        (Budget(4, None, None), 1.0),
        (Budget(None, None, None), 0.0),
    ],
)
def test_the_fraction_of_the_budget_is_counted_in_steps_and_epochs_and_only_without_them_by_the_clock(budget, expected):
    assert budget.fraction(Progress(step=5, epoch=1, batch=3), 6, elapsed=60.0) == pytest.approx(expected, rel=1e-12)


def test_about_how_many_steps_a_budget_has():
    assert Budget(20, 4, 9.0).steps(6) == 20
    assert Budget(50, 4, 9.0).steps(6) == 24
    assert Budget(None, None, 9.0).steps(6) is None


def test_a_run_without_a_length_has_some_epochs_and_one_without_a_seed_draws_it():
    draft = complete(read_settings())
    assert draft["train.epochs"] == TASKS["language"].length["epochs"] and isinstance(draft["seed"], int)
    assert complete(read_settings(overrides={"task": "forecast"}))["train.max_steps"] == 2000
    assert complete(read_settings())["seed"] != draft["seed"]
    timed = complete(read_settings(overrides={"train.max_seconds": 3.0, "seed": 5}))
    assert timed["train.epochs"] is None and timed["seed"] == 5


# The folder


def test_a_new_run_has_its_configuration_and_a_first_checkpoint_before_its_first_step(apart):
    with prepare(tiny(), "r") as run:
        assert sorted(everything_below("r")) == [
            ".lock",
            "checkpoints",
            "checkpoints/step-00000000.safetensors",
            "config.yaml",
        ]
    assert load_config(["r/config.yaml"]) == run.config
    theta = load_model("r/checkpoints/step-00000000.safetensors").theta
    assert np.array_equal(theta, run.trainer.theta) and np.abs(theta).max() > 0


@pytest.mark.parametrize(
    "settings, file, error",
    [
        ({}, "missing.txt", DataError),
        ({"model.cell": "lstmm"}, "text.txt", ConfigError),
        ({"data.encoding": "ascii"}, "accents.txt", DataError),
    ],
)
def test_a_run_that_cannot_begin_leaves_nothing_behind(settings, file, error, apart):
    Path("accents.txt").write_text("déjà vu " * 100, encoding="utf-8")
    before = everything_below(apart)
    with pytest.raises(error):
        prepare(tiny(settings, file), "some/where")
    assert everything_below(apart) == before


def test_a_full_disk_at_the_first_checkpoint_leaves_nothing_behind(apart, monkeypatch):
    def full(*_):
        raise ResourceError("cannot write: No space left on device")

    before = everything_below(apart)
    monkeypatch.setattr("rnncli.storage.run_folder.write_atomically", full)
    with pytest.raises(ResourceError):
        prepare(tiny(), "some/where")
    assert everything_below(apart) == before


@pytest.mark.skipif(os.name != "posix", reason="workers share memory as POSIX has it")
def test_a_run_that_cannot_begin_or_resume_leaves_no_worker_behind(apart, monkeypatch):
    teams, init = [], parallel.Team.__init__

    def noted(self, *given):
        teams.append(self)
        init(self, *given)

    def full(*_):
        raise ResourceError("cannot write: No space left on device")

    settings = {"train.workers": "2", "train.max_steps": 2}
    prepare(tiny(settings), "r").__exit__()
    monkeypatch.setattr(parallel.Team, "__init__", noted)
    monkeypatch.setattr(Run, "save_checkpoint", full)
    monkeypatch.setattr(Run, "restore", full)
    for how in ({"output": "s"}, {"output": "r", "resume": "r"}):
        with pytest.raises(ResourceError):
            prepare(tiny(settings), **how)
    assert [[worker.process.poll() is None for worker in team.workers] for team in teams] == [[False], [False]]


def test_a_run_never_overwrites_another(apart):
    done("r", {"train.max_steps": 3})
    before = everything_below("r")
    with pytest.raises(RunInUse, match="r holds a run"):
        prepare(tiny(), "r")
    assert everything_below("r") == before


# Memory


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"data.documents": "line", "train.seq_length": 32, "train.epochs": 3},
        {
            "model.dropout": 0.2,
            "model.embedding_size": 12,
            "model.layer_norm": True,
            "model.residual": True,
            "optim.average": 0.9,
            "data.val_frac": 0.3,
        },
    ],
)
def test_the_memory_told_before_the_first_step_is_all_that_is_ever_made(settings, apart):
    run, events = done("r", settings)
    assert run.nbytes == events[0].memory and isinstance(events[0], RunStarted)
    assert dry_run(tiny(settings), "x").arrays == events[0].memory
    assert set(run.trainer.team.shard.plans) == set(run.batches.sizes)


def test_the_memory_told_is_what_the_process_takes_and_steps_take_next_to_none(apart):
    settings = {"model.hidden_size": 96, "train.seq_length": 32, "data.documents": "line"}
    draft, again = complete(tiny(settings)), tiny(settings | {"seed": 1})
    in_memory(again)  # modules are imported, caches filled
    task = load_task(draft)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        run = Engine(draft, task)
        told, made = run.nbytes, tracemalloc.get_traced_memory()[0] - before
        batches = list(run.batches.epoch(0))
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        for batch in batches:
            run.trainer.step(batch, 0.0)
        passing = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    assert told <= made < 1.2 * told  # the views of each step are objects, too
    assert passing < 0.05 * told  # what NumPy needs in passing


# Description, dry run


def test_a_run_is_described_in_words(apart):
    with prepare(tiny({"model.hidden_size": [12, 16], "model.embedding_size": 6, "data.test_frac": 0.1}), "r") as run:
        lines = run.describe()
    assert lines[0] == "data: text.txt"
    assert [line.split(":")[0] for line in lines[1:]] == ["train", "val", "test", "model", "batches"]
    assert "lstm 12 + 16, embedding 6, " in lines[4] and "4 streams of 8 steps" in lines[5]


def test_of_many_files_a_few_are_named(apart):
    Path("many").mkdir()
    for k in range(1200):
        Path("many", f"{k:04d}.txt").write_text(f"some text {k} " * 3)
    run = in_memory(tiny(file="many"))
    assert run.describe()[0] == "data: many/0000.txt, many/0001.txt, many/0002.txt and 1,197 more"


def test_a_dry_run_counts_and_measures_and_writes_nothing(apart):
    before = everything_below(apart)
    plan = dry_run(tiny({"train.max_steps": 50}), "r")
    assert everything_below(apart) == before
    V = len(set(a_text()))
    assert plan.parameters == 4 * 12 * (V + 1 + 12) + 13 * V
    assert plan.steps == 50 and plan.seconds >= 50 * plan.seconds_per_step > 0
    assert plan.memory > 10e6  # an interpreter with NumPy at least
    assert "r/model.safetensors" in plan.files


def test_a_dry_run_of_a_timed_run_takes_its_time(apart):
    plan = dry_run(
        read_settings(overrides=TINY | {"data.files": ["text.txt"], "train.max_steps": None, "train.max_seconds": 9.0}),
        "r",
    )
    assert (plan.steps, plan.seconds) == (None, 9.0)


# --init-from


def test_a_run_can_begin_with_the_weights_of_another(apart):
    done("first", {"train.max_steps": 40, "optim.average": 0.9})
    with prepare(tiny({"seed": 8}), "second", init_from="first") as run:
        assert np.array_equal(run.trainer.theta, load_model("first").theta)
        assert run.trainer.progress == Progress() and not any(map(np.any, run.trainer.slots.values()))
        assert run.config.seed == 8


def test_a_run_begun_with_weights_learns_on_text_in_the_same_alphabet(apart):
    done("first", {"train.max_steps": 40})
    Path("other.txt").write_text(a_text(seed=1))
    _, events = done("second", {"train.max_steps": 20}, "other.txt", init_from="first/model.safetensors")
    assert load_model("second").encoder == load_model("first").encoder
    Path("strange.txt").write_text(a_text(seed=1) + "ж")
    with pytest.raises(DataError, match="ж"):
        prepare(tiny(file="strange.txt"), "third", init_from="first")
    assert not Path("third").exists()


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"model.hidden_size": 16}, r"model.hidden_size 12 \(here 16\)"),
        ({"model.cell": "gru"}, r"model.cell lstm \(here gru\)"),
        ({"model.num_layers": 2, "model.layer_norm": True}, r"model.hidden_size 12 \(here 12 12\), model.layer_norm f"),
        ({"data.tokens": "byte"}, r"data.tokens char \(here byte\)"),
    ],
)
def test_weights_of_another_architecture_are_refused_by_name(settings, message, apart):
    done("first", {"train.max_steps": 2})
    with pytest.raises(ModelFileError, match=message) as caught:
        prepare(tiny(settings), "second", init_from="first")
    assert caught.value.exit_code == 4 and not Path("second").exists()


def test_a_cell_with_the_same_shapes_is_another_architecture(apart):
    done("first", {"train.max_steps": 2, "model.cell": "gru"})
    with pytest.raises(ModelFileError, match="model.cell gru"):
        prepare(tiny({"model.cell": "gru-before"}), "second", init_from="first")


# --resume auto


def test_auto_begins_where_there_is_no_run_and_goes_on_where_there_is_one(apart):
    killed("r", 33, resume="auto")
    run, events = done("r", resume="auto")
    assert events[0].step == 20 and run.trainer.progress.step == 60
    done("unbroken")
    assert model_bytes("r") == model_bytes("unbroken")


def test_auto_begins_in_the_folder_of_a_run_that_was_killed_before_its_first_checkpoint(apart):
    Path("r/checkpoints").mkdir(parents=True)
    Path("r/.lock").touch()
    _, events = done("r", {"train.max_steps": 2}, resume="auto")
    assert events[0].step == 0


def test_auto_takes_another_length_and_a_missing_seed_but_no_other_setting(apart):
    done("r", {"train.max_steps": 10})
    changed = {"train.max_steps": 20, "model.hidden_size": 16, "optim.lr": 0.5}
    with pytest.raises(ConfigError, match=r"model.hidden_size 12 \(here 16\), optim.lr null \(here 0.5\)") as caught:
        prepare(tiny(changed), "r", resume="auto")
    assert "--resume r" in caught.value.hint
    run, _ = done("r", {"train.max_steps": 20, "train.max_seconds": 1000.0, "seed": None}, resume="auto")
    assert run.trainer.progress.step == 20 and run.config.seed == 7 and run.config.train.max_seconds == 1000


def test_auto_does_not_mistake_a_folder_of_something_else_for_a_run(apart):
    Path("r").mkdir()
    Path("r/thesis.txt").write_text("precious")
    with pytest.raises(RunInUse, match="r is not empty"):
        prepare(tiny(), "r", resume="auto")


def test_a_model_file_tells_nothing_of_the_clock_or_the_folder(apart):
    done("r", {"train.max_steps": 5})
    _, meta = load("r/model.safetensors")
    assert sorted(meta) == ["config", "data", "encoder", "format", "progress", "seal", "sha256"]
    assert meta["data"]["files"] == ["text.txt"] and str(apart) not in str(meta)
    assert sorted(meta["progress"]) == ["best_nats_per_char", "best_step", "epoch", "step", "tokens"]
