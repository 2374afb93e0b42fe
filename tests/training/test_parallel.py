"""Several processes share a step and change nothing but its speed."""

import os
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from processes import child
from runs import done, killed, of, tiny

from rnncli.cli.main import main
from rnncli.errors import ConfigError, DataError, ResourceError
from rnncli.events import Notice, StepDone
from rnncli.nn.dropout import Dropout
from rnncli.nn.memory import Memory
from rnncli.random_streams import Noise
from rnncli.storage.checkpoint import load
from rnncli.storage.run_folder import latest_checkpoint
from rnncli.training import worker_process, workers
from rnncli.training.loop import train
from rnncli.training.run import prepare
from rnncli.training.workers import choose_workers

EVERYTHING = {
    "model.embedding_size": 12,
    "model.residual": True,
    "model.num_layers": 2,
    "model.dropout": 0.2,
    "model.dropout_input": 0.1,
    "model.dropout_recurrent": 0.1,
    "optim.average": 0.9,
    "optim.optimizer": "adamw",
    "optim.weight_decay": 0.01,
}


def with_workers(number, settings=()):
    return dict(settings) | {"train.workers": str(number)}


@pytest.mark.parametrize("number", [2, 3])
@pytest.mark.parametrize("kind", ["variational", "step"])
def test_the_first_steps_are_those_of_one_process_up_to_rounding(number, kind):
    settings = EVERYTHING | {"model.dropout_kind": kind, "train.max_steps": 3}
    one, several = (done(f"r{n}", with_workers(n, settings)) for n in (1, number))
    for alone, shared in zip(of(StepDone, one[1]), of(StepDone, several[1]), strict=True):
        assert shared.loss == pytest.approx(alone.loss, rel=2e-6)  # float32 sums in another order
        assert shared.grad_norm == pytest.approx(alone.grad_norm, rel=1e-4)
    difference = np.abs(one[0].trainer.theta - several[0].trainer.theta)
    assert difference.max() > 0 and np.median(difference) < 1e-5


def test_lines_of_all_lengths_are_masked_in_every_process():
    settings = {"data.documents": "line", "train.max_steps": 6}
    one, several = (done(f"r{n}", with_workers(n, settings)) for n in (1, 2))
    losses = [[event.loss for event in of(StepDone, events)] for _, events in (one, several)]
    assert losses[1] == pytest.approx(losses[0], rel=1e-4)


def test_the_same_number_of_processes_gives_the_same_bytes_also_after_a_kill():
    done("whole", with_workers(2, EVERYTHING))
    killed("broken", 33, with_workers(2, EVERYTHING))
    with prepare(None, None, resume="broken") as run:
        list(train(run))
    assert Path("broken/model.safetensors").read_bytes() == Path("whole/model.safetensors").read_bytes()


def test_a_mask_does_not_depend_on_which_rows_are_at_hand():
    layer, memory = Dropout(5, 0.4, variational=False), Memory("f8")
    whole, part = layer.plan(3, 8, memory), layer.plan(3, 3, memory)
    layer.draw(Noise(1, 2, 3), whole)
    layer.draw(Noise(1, 2, 3, rows=slice(4, 7), N=8), part)
    assert np.array_equal(part.mask, whole.mask[:, 4:7]) and 0 < (part.mask == 0).mean() < 1


def test_a_killed_worker_ends_the_run_with_a_message_and_leaves_the_checkpoint():
    killed = pytest.raises(ResourceError, match="worker 1 was killed by signal 9")
    with prepare(tiny(with_workers(2)), "r") as run, killed:
        for event in train(run):
            if isinstance(event, StepDone) and event.step == 25:
                os.kill(run.trainer.team.processes[0], signal.SIGKILL)
    assert load(latest_checkpoint("r"))[1]["progress"]["step"] == 20


def test_a_worker_that_fails_says_why():
    with prepare(tiny(with_workers(2)), "r") as run:
        team = run.trainer.team
        team.gradient(next(run.batches.epoch(0)), 1)
        team.views["order"][0] = 99  # the number of a size that there is not
        team.workers[0].send(b"g")
        with pytest.raises(ResourceError, match="worker 1 failed: IndexError"):
            team.workers[0].wait()


def test_a_worker_takes_no_module_from_the_current_folder(apart, monkeypatch):
    for name in ("json", "numpy", "os", "rnncli", "safetensors", "sitecustomize", "struct"):
        Path(f"{name}.py").write_text("open('taken', 'a').close()\nraise ImportError('of the current folder')\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep)  # an empty part is the current folder
    monkeypatch.setattr(sys, "path", ["", ".", *sys.path])
    done("r", with_workers(2, {"train.max_steps": 2}))
    assert not Path("taken").exists()


def test_a_worker_runs_the_package_that_its_parent_runs_wherever_else_one_lies(apart, monkeypatch):
    other = apart / "older"
    (other / "rnncli").mkdir(parents=True)
    (other / "rnncli" / "__init__.py").write_text("raise ImportError('another version')\n")
    monkeypatch.setattr(sys, "path", [str(other), *sys.path])
    done("r", with_workers(2, {"train.max_steps": 2}))


def test_a_worker_that_was_stopped_is_continued_with_a_warning_and_the_same_bytes(monkeypatch):
    monkeypatch.setattr(worker_process, "PROMPT", 0.02)
    done("whole", with_workers(2))
    with prepare(tiny(with_workers(2)), "r") as run:
        worker, warned = run.trainer.team.processes[0], []
        for event in train(run):
            if isinstance(event, StepDone) and event.step in (5, 25):
                os.kill(worker, signal.SIGSTOP)
            if isinstance(event, Notice) and event.warning:
                warned.append(event.text)
    assert warned == [f"worker 1 (process {worker}) was stopped by a signal: continued it"] * 2
    assert Path("r/model.safetensors").read_bytes() == Path("whole/model.safetensors").read_bytes()


def test_a_worker_that_never_answers_ends_the_run_and_is_ended(monkeypatch):
    monkeypatch.setattr(worker_process, "PROMPT", 0.02)
    monkeypatch.setattr(worker_process, "FAREWELL", 0.02)
    monkeypatch.setattr(worker_process.Worker, "_is_stopped", lambda self: False)
    with prepare(tiny(with_workers(2)), "r") as run, pytest.raises(ResourceError, match="worker 1 .* has not answered"):
        worker = run.trainer.team.processes[0]
        for event in train(run):
            if isinstance(event, StepDone) and event.step == 5:
                monkeypatch.setattr(workers, "SILENCE", 0.1)
                os.kill(worker, signal.SIGSTOP)
    assert not is_running(worker)


def test_signals_for_the_training_process_do_not_reach_a_worker_not_even_while_it_starts():
    with prepare(tiny(with_workers(2, {"train.max_steps": 2})), "r") as run:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
            os.kill(run.trainer.team.processes[0], number)
        assert len(of(StepDone, train(run))) == 2


@pytest.mark.parametrize("error", [ConfigError("mine.py:3: no", "correct it"), DataError("gone")])
def test_an_error_of_ours_in_a_worker_is_the_error_of_the_run(error):
    found = worker_process.failure(1, worker_process.reported(error))
    assert (type(found), str(found), found.hint) == (type(error), str(error), error.hint)


@pytest.mark.parametrize(
    "told", [b"", b"\0\0", struct.pack(worker_process.LENGTH, 9) + b"{", struct.pack(worker_process.LENGTH, 2) + b"{}"]
)
def test_a_worker_whose_parent_is_killed_while_it_starts_ends_in_silence(told):
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with child(*worker_process.command(), **pipes) as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdout.close()
        process.stdin.write(told)
        process.stdin.close()
        assert process.stderr.read() == b""


def test_any_other_error_in_a_worker_is_named():
    found = worker_process.failure(2, worker_process.reported(AttributeError("no x")))
    assert isinstance(found, ResourceError) and str(found) == "worker 2 failed: AttributeError: no x"


def test_no_process_is_left_when_training_is_killed(apart):
    program = (
        "import sys, time; sys.path[:] = sys.argv[1].split(':')\n"
        "from runs import tiny\nfrom rnncli.training.run import prepare\n"
        "run = prepare(tiny({'train.workers': '2'}), 'r')\n"
        "print(run.trainer.team.processes[0], flush=True)\ntime.sleep(60)\n"
    )
    here = Path(__file__).parent
    with child(
        sys.executable,
        "-c",
        program,
        ":".join([*sys.path, str(here), str(here.parent)]),
        stdout=subprocess.PIPE,
        text=True,
        cwd=apart,
    ) as process:
        worker = int(process.stdout.readline())
    for _ in range(200):
        if not is_running(worker):
            return
        time.sleep(0.05)
    pytest.fail("the worker is still there after ten seconds")


def is_running(number):
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{number}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")


def test_auto_takes_one_process_where_sharing_would_lose():
    with prepare(tiny({"train.workers": "auto"}), "r") as run:
        assert run.workers == 1 and run.config.train.workers == "1"


def test_the_description_says_how_many_processes_share_a_batch():
    with prepare(tiny(with_workers(2)), "r") as run:
        assert run.describe()[-1].endswith("shared by 2 processes")


def test_no_more_processes_than_rows_are_made():
    with prepare(tiny(), "r") as run:
        assert choose_workers("9", run.task.model, 8, 4) == 4


def test_what_a_worker_is_told_may_be_longer_than_a_command_line(apart):
    names = ", ".join(f'"missing-{number:05d}"' for number in range(9_000))
    Path("na.yaml").write_text(f"table:\n  na: [{names}]\n")
    assert Path("na.yaml").stat().st_size > 131_072  # bytes of an argument, at most
    Path("s.csv").write_text("ds,y\n" + "".join(f"2020-01-{day:02d},{day * day % 7}\n" for day in range(1, 32)))
    assert (
        main(["train", "s.csv", "-c", "na.yaml", "--workers", "2", "--max-steps", "2", "--batch-size", "4", "-q"]) == 0
    )
