"""What the tests of training share: a small text, a small network, and whole runs of it in memory."""

import json
from pathlib import Path

import numpy as np

from rnncli.config import read_settings
from rnncli.events import StepDone
from rnncli.storage.checkpoint import load
from rnncli.storage.log_sink import LogSink
from rnncli.storage.run_folder import checkpoints
from rnncli.tasks.registry import load_task
from rnncli.training.loop import train
from rnncli.training.run import Engine, complete, prepare

WORDS = [
    "the",
    "a",
    "cat",
    "dog",
    "bird",
    "sheep",
    "sits",
    "runs",
    "sings",
    "sleeps",
    "on",
    "under",
    "near",
    "mat",
    "tree",
    "hill",
    "and",
    "while",
]
TINY = {
    "seed": 7,
    "model.hidden_size": 12,
    "train.seq_length": 8,
    "train.batch_size": 4,
    "train.max_steps": 60,
    "train.eval_every": 20,
    "train.checkpoint_every": 20,
    "train.sample_length": 0,
}


def a_text(words=700, seed=0):
    """Lines of words, some likelier after some others: about 3,000 characters that can be learnt a little."""
    rng, chosen = np.random.default_rng(seed), [0]
    for _ in range(words):
        chosen.append(int(chosen[-1] + rng.integers(1, 4)) % len(WORDS))
    return "".join(WORDS[k] + ("\n" if n % 9 == 8 else " ") for n, k in enumerate(chosen))


def tiny(settings=None, file="text.txt"):
    """The Config of TINY with other settings, by their full names."""
    return read_settings(overrides={"data.files": [file]} | TINY | (settings or {}))


def in_memory(draft):
    """An Engine of a Draft without a folder."""
    complete(draft)
    return Engine(draft, load_task(draft))


def logged(run):
    """The events of `run`, each of them written to its log first."""
    log = LogSink(run.folder)
    for event in train(run):
        log.handle(event)
        yield event


def done(folder, settings=None, file="text.txt", **how):
    """Train to the end in `folder`; returns (Run, its events)."""
    with prepare(tiny(settings, file), folder, **how) as run:
        return run, list(logged(run))


def killed(folder, step, settings=None, **how):
    """Train until `step` is taken and then drop everything, as a kill would."""
    with prepare(tiny(settings), folder, **how) as run:
        for event in logged(run):
            if isinstance(event, StepDone) and event.step == step:
                return
    raise AssertionError(f"there was no step {step}")


def of(kind, events):
    """The events of one class."""
    return [event for event in events if isinstance(event, kind)]


def model_bytes(folder):
    return Path(folder, "model.safetensors").read_bytes()


def log_records(folder):
    """The records of log.jsonl, without what the clock decides."""
    lines = Path(folder, "log.jsonl").read_text().splitlines()
    return [{key: value for key, value in json.loads(line).items() if key != "elapsed"} for line in lines]


def everything_below(folder):
    """{name: bytes} of every file, None for folders."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(Path(folder).rglob("*"))
    }


def last_checkpoint(folder):
    return load(checkpoints(folder)[-1])


def thetas(folder):
    """{name: array} of the weights in the last checkpoint."""
    return {name: array for name, array in last_checkpoint(folder)[0].items() if name.startswith("theta/")}


def same(one, other):
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)
