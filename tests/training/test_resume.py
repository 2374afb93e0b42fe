"""A run that was stopped anywhere, in any way, and resumed is the run that was never stopped, byte for byte."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from processes import child
from runs import TINY, a_text, done, everything_below, killed, log_records, logged, model_bytes, of, tiny

import rnncli
from rnncli.cli.main import main
from rnncli.config import read_settings
from rnncli.errors import DataError, Interrupted, ModelFileError, RunInUse
from rnncli.events import CheckpointSaved, EvalDone, Notice, StepDone, StepRejected
from rnncli.storage.checkpoint import load
from rnncli.storage.model_files import load_model
from rnncli.storage.run_folder import checkpoint, checkpoints
from rnncli.training.run import prepare
from rnncli.training.trainer import Trainer

EVERYTHING = {
    "train.max_steps": None,
    "train.epochs": 2,
    "train.eval_every": 17,
    "train.checkpoint_every": 13,
    "train.sample_length": 4,
    "model.embedding_size": 12,
    "model.num_layers": 2,
    "model.residual": True,
    "model.tie_embeddings": True,
    "model.layer_norm": True,
    "model.dropout": 0.2,
    "model.dropout_input": 0.1,
    "model.dropout_recurrent": 0.2,
    "optim.weight_decay": 0.01,
    "optim.average": 0.9,
}
RUNS = {
    "variational dropout, several epochs, cosine": EVERYTHING,
    "stepwise dropout, plateau, AdamW": EVERYTHING
    | {
        "model.dropout_kind": "step",
        "schedule.kind": "plateau",
        "schedule.patience": 1,
        "optim.optimizer": "adamw",
        "optim.lr": 0.05,
    },
    "lines as documents, GRU, RMSProp": EVERYTHING
    | {"data.documents": "line", "train.seq_length": 24, "model.cell": "gru", "optim.optimizer": "rmsprop"},
    "early stopping": EVERYTHING
    | {"train.patience": 2, "optim.lr": 0.1, "schedule.kind": "constant", "train.epochs": 30, "train.eval_every": 9},
    "words, Nesterov, no validation": {
        "data.tokens": "word",
        "optim.optimizer": "nesterov",
        "data.val_frac": 0.0,
        "train.checkpoint_every": 13,
    },
    "bytes, Adagrad, unshuffled": {
        "data.tokens": "byte",
        "optim.optimizer": "adagrad",
        "train.shuffle": False,
        "train.checkpoint_every": 1000,
    },
}


def assert_same_run(folder, other):
    """The model, everything that a next step would depend on, and what was logged."""
    assert model_bytes(folder) == model_bytes(other)
    (arrays, meta), (others, told) = load(checkpoints(folder)[-1]), load(checkpoints(other)[-1])
    assert arrays.keys() == others.keys() and meta["progress"] == told["progress"]
    assert all(arrays[name].tobytes() == others[name].tobytes() for name in arrays)
    assert log_records(folder) == log_records(other)


@pytest.mark.parametrize("settings", RUNS.values(), ids=RUNS)
def test_a_run_killed_at_random_steps_ends_as_if_it_had_not_been(settings, apart):
    _, events = done("unbroken", settings)
    steps = of(StepDone, events)[-1].step
    at = sorted(np.random.default_rng(steps).choice(np.arange(1, steps), 3, replace=False).tolist())
    killed("r", at[0], settings)
    for step in at[1:]:
        killed("r", step, settings, resume="r")
    _, events = done("r", settings, resume="r")
    assert events[0].step <= at[-1] < steps
    assert_same_run("r", "unbroken")


@pytest.mark.parametrize("number, code, stops", [(signal.SIGINT, 130, (5, 13, 29, 30)), (signal.SIGTERM, 143, (20,))])
def test_a_run_stopped_by_a_signal_saves_every_step_and_ends_as_if_it_had_not_been(number, code, stops, apart):
    done("unbroken", EVERYTHING)
    for step in stops:
        stopped = pytest.raises(Interrupted, match=f"stopped and saved at step {step}")
        with stopped as caught, prepare(tiny(EVERYTHING), "r", resume="auto") as run:
            for event in logged(run):
                if isinstance(event, StepDone) and event.step == step:
                    run.stop(number)
        assert caught.value.exit_code == code and caught.value.hint.endswith("rnncli train --resume r")
        assert load(checkpoint("r", step))[1]["progress"]["step"] == step
        assert load_model("r").theta.any()  # even before the first evaluation
    done("r", EVERYTHING, resume="r")
    assert_same_run("r", "unbroken")


def test_a_run_that_rejects_steps_is_the_same_however_it_is_stopped(apart, monkeypatch):
    step = Trainer.step

    def poison(self, batch, fraction, want_norms=False):
        if (self.progress.step, self.progress.rate_scale) in ((44, 1), (41, 0.5), (70, 0.25)):
            self.theta[3] = np.nan
        return step(self, batch, fraction, want_norms)

    monkeypatch.setattr(Trainer, "step", poison)
    settings = EVERYTHING | {"train.epochs": None, "train.max_steps": 90}
    _, events = done("unbroken", settings)
    rejections = [(event.step, event.back_to) for event in of(StepRejected, events)]
    assert rejections == [(45, 39), (42, 39), (71, 65)]
    killed("killed", 40, settings)
    killed("killed", 43, settings, resume="killed")
    killed("killed", 68, settings, resume="killed")
    done("killed", settings, resume="killed")
    assert_same_run("killed", "unbroken")
    for kind, where in ((StepDone, 41), (StepDone, 44), (StepRejected, 45), (StepRejected, 42), (StepDone, 69)):
        with pytest.raises(Interrupted), prepare(tiny(settings), "stopped", resume="auto") as run:
            for event in logged(run):
                if isinstance(event, kind) and event.step == where:
                    run.stop(signal.SIGINT)
    done("stopped", settings, resume="stopped")
    assert_same_run("stopped", "unbroken")


def test_a_stop_at_a_step_whose_checkpoint_was_dropped_saves_it_again(apart, monkeypatch):
    step = Trainer.step

    def poison(self, batch, fraction, want_norms=False):
        if (self.progress.step, self.progress.rate_scale) == (27, 1):
            self.theta[3] = np.nan
        return step(self, batch, fraction, want_norms)

    def stop_at_25(often):
        seen = 0
        with pytest.raises(Interrupted), prepare(tiny(), "r", resume="auto") as run:
            for event in logged(run):
                seen += isinstance(event, StepDone) and event.step == 25
                if seen == often:
                    run.stop(signal.SIGINT)

    monkeypatch.setattr(Trainer, "step", poison)
    done("unbroken")
    stop_at_25(often=1)
    stop_at_25(often=1)  # 26, 27, back to 20 and once more to 25
    assert load(checkpoint("r", 25))[1]["progress"]["rate_scale"] == 0.5
    done("r", resume="r")
    assert_same_run("r", "unbroken")


def test_a_rate_that_fell_on_a_plateau_stays_low(apart):
    settings = {
        "schedule.kind": "plateau",
        "schedule.patience": 1,
        "optim.lr": 0.5,
        "train.eval_every": 5,
        "train.checkpoint_every": 3,
    }
    _, events = done("unbroken", settings)
    rates = [event.rate for event in of(StepDone, events)]
    fell = next(k for k, rate in enumerate(rates) if rate < rates[0])
    killed("r", fell + 5, settings)
    done("r", settings, resume="r")
    assert_same_run("r", "unbroken")


def test_the_checkpoint_that_a_rejected_step_goes_back_to_outlives_all_stops(apart):
    settings = {"train.checkpoint_every": 20, "train.keep_checkpoints": 1}
    for step in (25, 28, 31):
        with pytest.raises(Interrupted), prepare(tiny(settings), "r", resume="auto") as run:
            for event in logged(run):
                if isinstance(event, StepDone) and event.step == step:
                    run.stop(signal.SIGINT)
    assert checkpoints("r") == [checkpoint("r", 20), checkpoint("r", 31)]
    checkpoint("r", 20).unlink()
    with prepare(None, "r", resume="r") as run:
        assert run.trainer.progress.good == 31


def test_a_longer_run_goes_on_from_the_end_as_if_it_had_been_meant_so(apart):
    settings = {"schedule.kind": "constant", "train.eval_every": 20}
    done("r", settings | {"train.max_steps": 40})
    _, events = done("r", resume="r", extend={"max_steps": 80, "epochs": None})
    assert events[0].step == 40 and events[0].total_steps == 80
    done("unbroken", settings | {"train.max_steps": 80})
    (arrays, meta), (others, told) = (load(checkpoint(folder, 80)) for folder in ("r", "unbroken"))
    assert meta["progress"] == told["progress"] and meta["config"] == told["config"]
    assert all(arrays[name].tobytes() == others[name].tobytes() for name in others)
    assert read_settings(["r/config.yaml"])["train.max_steps"] == 80


def test_a_run_that_was_made_longer_stays_so_if_it_is_killed_at_once(apart):
    done("r", {"train.max_steps": 40})
    prepare(None, "r", resume="r", extend={"max_steps": 80}).__exit__()
    _, events = done("r", resume="r")
    assert events[-1].step == 80


def test_epochs_can_be_added(apart):
    run, events = done("r", {"train.max_steps": None, "train.epochs": 1})
    first = events[-1].step
    run, events = done("r", resume="r", extend={"epochs": 2})
    assert events[-1].step == first + run.batches.batches(1) and events[-1].reason == "epochs"


def test_a_finished_run_has_nothing_left_to_do_and_says_so(apart, capfd):
    done("r", {"train.eval_every": 1000})
    before = {name: data for name, data in everything_below("r").items() if name != "summary.json"}
    _, events = done("r", resume="r")
    kinds = {type(event) for event in events}
    assert StepDone not in kinds and EvalDone not in kinds and CheckpointSaved not in kinds
    assert any("already finished (max_steps)" in notice.text for notice in of(Notice, events))
    assert events[-1].step == 60 and events[-1].best_step == 60
    assert {name: data for name, data in everything_below("r").items() if name != "summary.json"} == before
    assert main(["train", "--resume", "r", "--progress", "lines"]) == 0
    assert "already finished" in capfd.readouterr().err


def test_a_run_that_stopped_early_stays_stopped(apart):
    settings = RUNS["early stopping"]
    _, first = done("r", settings)
    _, again = done("r", resume="r")
    assert first[-1].reason == again[-1].reason == "early stopping" and again[-1].step == first[-1].step
    assert again[-1].best == first[-1].best


def test_a_kill_between_the_last_evaluation_and_the_last_checkpoint_is_made_good(apart):
    settings = {"train.max_steps": 50, "train.eval_every": 1000, "train.checkpoint_every": 25}
    done("unbroken", settings)
    with prepare(tiny(settings), "r") as run:
        for event in logged(run):
            if isinstance(event, EvalDone):
                break
    done("r", resume="r")
    assert_same_run("r", "unbroken")


# What a run needs to continue


def test_a_run_goes_on_in_another_folder_than_it_was_begun_in(apart, monkeypatch):
    done("unbroken")
    killed("r", 33)
    Path("elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    killed(apart / "r", 45, resume=str(apart / "r"))
    monkeypatch.chdir(apart.parent)
    done(apart / "r", resume=str(apart / "r"))
    monkeypatch.chdir(apart)
    assert_same_run("r", "unbroken")


def test_a_moved_run_takes_the_data_of_the_folder_it_is_resumed_in(apart, monkeypatch):
    killed("r", 33)
    moved = apart / "moved"
    moved.mkdir()
    Path("text.txt").rename(moved / "text.txt")
    Path("r").rename(moved / "r")
    monkeypatch.chdir(moved)
    _, events = done("r", resume="r")
    assert events[-1].step == 60


@pytest.mark.parametrize(
    "text, message",
    [
        (None, "cannot resume r: text.txt: no such file"),
        (a_text(seed=1), r"cannot resume r: its data changed \(text.txt\)"),
        (a_text() + "ж", "cannot resume r: .*ж"),
        ("", "cannot resume r: text.txt: the file is empty"),
    ],
)
def test_data_that_changed_or_is_gone_is_refused_by_name_and_the_run_is_left_alone(text, message, apart):
    killed("r", 33)
    before = everything_below("r")
    Path("text.txt").unlink() if text is None else Path("text.txt").write_text(text)
    with pytest.raises(DataError, match=message) as caught:
        prepare(None, "r", resume="r")
    assert caught.value.exit_code == 3 and "--init-from" in caught.value.hint
    assert everything_below("r") == before
    Path("text.txt").write_text(a_text())
    done("r", resume="r")  # the lock is free


def test_a_run_folder_that_is_missing_is_not_made(apart):
    with pytest.raises(ModelFileError, match="cannot resume: nowhere does not exist"):
        prepare(None, None, resume="nowhere")
    assert not Path("nowhere").exists()


def test_a_run_whose_log_is_a_link_is_refused_in_two_lines_and_what_it_points_at_is_left_alone(apart, capfd):
    killed("r", 33)
    Path("r/log.jsonl").unlink()
    Path("diary.txt").write_text("precious")
    Path("r/log.jsonl").symlink_to("../diary.txt")
    assert main(["train", "--resume", "r", "-q"]) == 4
    assert capfd.readouterr().err.splitlines() == [
        "error: r/log.jsonl is a symbolic link; a run needs a regular file of its own there",
        "hint: delete it, or replace it with a copy of the original",
    ]
    assert Path("diary.txt").read_text() == "precious"


def test_a_run_in_use_is_not_resumed(apart):
    with prepare(tiny(), "r"), pytest.raises(RunInUse):
        prepare(None, "r", resume="r")
    with prepare(None, "r", resume="r"), pytest.raises(RunInUse):
        prepare(None, "r", resume="r")


def test_a_damaged_newest_checkpoint_is_named_and_without_it_the_one_before_leads_to_the_same_end(apart):
    done("unbroken")
    killed("r", 55)
    newest = checkpoint("r", 40)
    data = bytearray(newest.read_bytes())
    data[-5] ^= 4
    newest.write_bytes(data)
    with pytest.raises(ModelFileError, match="step-00000040.safetensors is damaged: tensor .*") as caught:
        prepare(None, "r", resume="r")
    assert caught.value.exit_code == 4 and caught.value.hint == f"delete it to continue from {checkpoint('r', 20)}"
    newest.unlink()
    _, events = done("r", resume="r")
    assert events[0].step == 20
    assert_same_run("r", "unbroken")


def test_a_checkpoint_of_another_architecture_is_refused(apart):
    killed("r", 33)
    done("other", {"model.hidden_size": 13, "train.max_steps": 40})
    arrays, _ = load(checkpoint("other", 40))
    with prepare(None, "r", resume="r") as run:
        _, meta = load(checkpoint("r", 20))
        with pytest.raises(ModelFileError, match=r"theta/.*: found float32 .*13.*, expected float32 .*12"):
            run.restore("other", arrays, meta)


# Real processes, really killed


def start(*arguments):
    """A process that trains in the current folder and tells its events as JSON lines on standard error."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("RNNCLI_")}
    env["PYTHONPATH"] = str(Path(rnncli.__file__).parents[1])
    return child(
        sys.executable,
        "-m",
        "rnncli",
        "train",
        *arguments,
        "--progress",
        "jsonl",
        stderr=subprocess.PIPE,
        text=True,
        env=env,
    )


def options(settings):
    return [part for name, value in settings.items() for part in ("--set", f"{name}={json.dumps(value)}")]


def kill_after(process, steps, rest):
    """SIGKILL `process` when it has taken so many steps, 0 for as soon as it lives, and `rest` seconds more."""
    while steps and (line := process.stderr.readline()):
        steps -= json.loads(line)["event"] == "step_done"
    time.sleep(rest)
    process.kill()
    process.communicate()
    return process.returncode == -signal.SIGKILL


def kill_again_and_again(settings, most, kills, seed):
    """Repeat one command, each time killed after up to `most` steps, `kills` times; then let it come to its end."""
    rng, command = np.random.default_rng(seed), ["text.txt", "--resume", "auto", "-o", "r", *options(settings)]
    for _ in range(kills):
        with start(*command) as process:
            assert kill_after(process, int(rng.integers(most)), rng.random() / 50)
    with start(*command) as process:
        _, told = process.communicate()
    assert process.returncode == 0, told


def test_a_killed_process_is_resumed_to_the_same_bytes(apart):
    settings = TINY | EVERYTHING | {"train.epochs": 3}
    done("unbroken", settings)
    kill_again_and_again(settings, most=80, kills=3, seed=4)
    assert_same_run("r", "unbroken")


@pytest.mark.slow
def test_a_process_killed_twenty_times_is_resumed_to_the_same_bytes(apart):
    settings = TINY | EVERYTHING | {"train.epochs": 40, "train.checkpoint_every": 37}
    _, events = done("unbroken", settings)
    assert len(of(StepDone, events)) > 20 * 120
    kill_again_and_again(settings, most=120, kills=20, seed=20)
    assert_same_run("r", "unbroken")


def test_a_process_that_gets_a_signal_saves_and_says_how_to_resume(apart):
    with start("text.txt", "-o", "r", *options(TINY | {"train.max_steps": 100_000})) as process:
        while json.loads(process.stderr.readline())["event"] != "step_done":
            pass
        process.send_signal(signal.SIGTERM)
        record = json.loads(process.communicate()[1].splitlines()[-1])
    assert (process.returncode, record["event"], record["exit_code"]) == (143, "interrupted", 143)
    assert record["message"].startswith("stopped and saved at step ")
    assert record["hint"].endswith("rnncli train --resume r")
    assert load(checkpoints("r")[-1])[1]["progress"]["step"] > 0


def test_a_configuration_that_was_edited_is_warned_of_even_to_the_quiet_and_as_yaml_has_it(apart, capfd):
    done("r", {"train.max_steps": 2})
    file = Path("r/config.yaml")
    text = file.read_text().replace("  lr: null", "  lr: 0.5").replace("shuffle: true", "shuffle: false")
    file.write_text(text.replace("hidden_size: 12", "hidden_size: 99"))
    assert main(["train", "--resume", "r", "--max-steps", "3", "-q"]) == 0
    changed = "model.hidden_size 12 (not 99), optim.lr null (not 0.5), train.shuffle true (not false)"
    assert (
        f"warning: r/config.yaml was changed, but a run continues with the settings of its checkpoint: {changed}"
        in " ".join(capfd.readouterr().err.split())
    )
