"""The Subjects of a command: stored runs on data, fresh networks on data, fresh networks on noise."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from ..config import Draft, option_name, read_settings, stored_draft, to_dict
from ..data.tables.detection import PEEKED, looks_like_table
from ..errors import ConfigError, DataError, ModelFileError
from ..nn.cells import CELLS
from ..resources import find_config, find_data
from ..storage.model_files import Loaded
from ..storage.stored_data import inspecting, read_again
from ..tasks.base import Task
from ..tasks.registry import load_task
from .subjects import Subject, noise_subject, subject_of

START, TRAINED = "start", "trained"
STEPS, ROWS = 128, 8  # of a batch where the length can be chosen
OF_GATES = ("model.forget_bias", "model.chrono_max")  # settings of the gate that keeps the state
NO_CHRONO = "chrono 0"
NO_SEED = "inspect a model that `train` wrote"
NOISE_SIZE = 32  # hidden units of a fresh network on noise
BytesRead = Callable[[int, int], None]


@dataclass(frozen=True)
class Extent:
    """How much is looked at: steps of a row, None for the default or as the task has them; rows; the seed of noise and
    of fresh weights."""

    steps: int | None = None
    rows: int = ROWS
    seed: int = 0


def subjects_of_run(
    name: str, loaded: Loaded, files: Sequence[str], extent: Extent, progress: BytesRead | None = None
) -> list[Subject]:
    """A stored model before and after training: the initial weights of its seed, then its own.

    name: before the labels, "" for none. files: data in place of the run's own held-out data. Raises DataError where
    its data cannot be read.
    """
    if loaded.config.seed is None:
        raise ModelFileError(f"{loaded.path} names no seed, from which its weights before training follow", NO_SEED)
    task = task_of_run(loaded, files, progress)
    batch = task.watched(extent.steps, extent.rows)
    before = f"{name} {START}".strip()
    initial = subject_of(before, task.model, initial_weights(task), batch, extent.rows)
    return [initial, subject_of(name or TRAINED, task.model, loaded.theta, batch, extent.rows)]


def task_of_run(loaded: Loaded, files: Sequence[str], progress: BytesRead | None = None) -> Task:
    """The Task of a stored model, its own data read again, or `files`. DataError for data that are not those it was
    trained on, and for a model of unknown origin, whose data nobody named."""
    if files:
        draft = stored_draft(to_dict(loaded.config))
        draft.decide("data.files", tuple(find_data(file) for file in files))
        for setting in draft.kind.data_files:
            draft.decide(setting, ())  # nobody named these now
        return load_task(draft, loaded.encoder, progress)
    found: list[Task] = []

    def read(there: Loaded) -> Any:
        found.append(load_task(stored_draft(to_dict(there.config)), there.encoder, progress))
        return found[0].data

    with inspecting():
        read_again(loaded, read)
    return found[0]


def initial_weights(task: Task) -> np.ndarray:
    """theta (size,) float32 with which a run of this task starts."""
    store = task.model.store()
    theta = np.zeros(store.size, np.float32)
    store.initialise(theta, task.config.seed)
    task.start(store.views(theta))
    return theta


def fresh_subjects(
    settings: Mapping[str, Any],
    choices: Mapping[str, Sequence[str]],
    configs: Sequence[str],
    assignments: Sequence[str],
    files: Sequence[str],
    extent: Extent,
    progress: BytesRead | None = None,
) -> list[Subject]:
    """Untrained networks, on `files` or on noise: one for each combination of the `choices`.

    settings: {"model.hidden_size": "64"} of all; choices: {"model.cell": ["rnn", "lstm"]}; a choice that a cell does
    not have, such as the forget bias of a plain RNN, makes no further network. Raises ConfigError and DataError.
    """
    drafts: dict[str, Draft] = {}
    paths, own = [find_config(each) for each in configs], {"data.files": [find_data(file) for file in files]}
    for chosen in combinations(choices):
        label = label_of(chosen, choices)
        if label not in drafts:
            given = dict(settings) | chosen | (own if files else {})
            drafts[label] = read_settings(paths, os.environ, assignments, given)
            settle(drafts[label], files, extent)
    make = data_subject if files else noise_subject_of
    return [make(label, draft, extent, progress) for label, draft in drafts.items()]


def combinations(choices: Mapping[str, Sequence[str]]) -> Iterator[dict[str, str]]:
    """{path: value} of every combination, without the choices that change nothing: those of gates for a cell without,
    and the forget bias where chrono initialisation replaces it. Raises ConfigError where no cell has a gate."""
    cells = choices.get("model.cell", ())
    if cells and not any(map(has_gate, cells)) and (given := [path for path in OF_GATES if path in choices]):
        raise ConfigError(
            f"{', '.join(map(option_name, given))}: no gate keeps the state of {', '.join(cells)}",
            "leave it out, or add a cell such as lstm or gru",
        )
    for values in product(*choices.values()):
        chosen = dict(zip(choices, values))
        cell, idle = chosen.get("model.cell"), []
        if cell is not None and not has_gate(cell):
            idle = OF_GATES
        elif chosen.get("model.chrono_max", "0") != "0" and len(choices.get("model.forget_bias", ())) > 1:
            idle = ["model.forget_bias"]
        yield {path: value for path, value in chosen.items() if path not in idle}


def has_gate(cell: str) -> bool:
    """Whether a cell has a gate that keeps its state; unknown cells are left to the configuration."""
    return cell not in CELLS or CELLS[cell].keep is not None


def label_of(chosen: Mapping[str, str], choices: Mapping[str, Sequence[str]]) -> str:
    """The name of a combination: its cell, and whatever differs between the networks."""
    words = {"model.forget_bias": "forget bias {}", "model.chrono_max": "chrono {}"}
    shown = [path for path in chosen if path == "model.cell" or len(choices[path]) > 1]
    named = [words.get(path, "{}").format(chosen[path]) for path in shown]
    return " ".join(name for name in named if name != NO_CHRONO)


def settle(draft: Draft, files: Sequence[str], extent: Extent) -> None:
    """Decide in a Draft what an untrained network takes from this command: the seed, and its size on noise."""
    if not draft.given("seed"):
        draft.decide("seed", extent.seed)
    if not files and not draft.given("model.hidden_size"):
        draft.decide("model.hidden_size", NOISE_SIZE)


def data_subject(label: str, draft: Draft, extent: Extent, progress: BytesRead | None) -> Subject:
    """An untrained network on the data that its Draft names, just as `train` begins."""
    task = load_task(draft, progress=progress)
    batch = task.watched(extent.steps, extent.rows)
    return subject_of(label, task.model, initial_weights(task), batch, extent.rows)


def noise_subject_of(label: str, draft: Draft, extent: Extent, progress: BytesRead | None) -> Subject:
    """An untrained network on noise."""
    return noise_subject(label, draft.view().model, extent.steps or STEPS, extent.rows, draft["seed"])


@contextmanager
def readable_again(files: Sequence[str]) -> Iterator[list[str]]:
    """The files, with standard input and pipes copied to temporary ones, since several networks and parts read them.

    Raises DataError where standard input is closed.
    """
    with TemporaryDirectory() as folder:
        yield [copied(name, Path(folder, str(k))) if once(name) else name for k, name in enumerate(files)]


def once(name: str) -> bool:
    """Whether a file can be read only once: standard input, or a pipe."""
    return name == "-" or Path(name).is_fifo()


def copied(name: str, folder: Path) -> str:
    """The path of a copy of standard input ("-") or of a pipe, whose name says whether it is a table."""
    if name == "-" and sys.stdin is None:
        raise DataError("standard input is closed", "pipe data into the command, or name a file")
    with nullcontext(sys.stdin.buffer) if name == "-" else open(name, "rb") as pipe:
        data = pipe.read()
    folder.mkdir()
    copy = folder / ("stdin.csv" if looks_like_table(data[:PEEKED]) else "stdin.txt")
    copy.write_bytes(data)
    return str(copy)


def check_runs(runs: Sequence[str]) -> None:
    """Raises ConfigError for a run that is named twice."""
    if twice := [run for k, run in enumerate(runs) if run in runs[:k]]:
        raise ConfigError(f"{twice[0]} is named twice", "name each run once")


def short_names(runs: Sequence[str]) -> list[str]:
    """A short name for each of several runs: the last part of its path where these differ; "" for a single one."""
    if len(runs) == 1:
        return [""]
    last = [Path(run).stem if run.endswith(".safetensors") else Path(run).name for run in runs]
    return last if len(set(last)) == len(last) else list(runs)


def folder_of(run: str) -> Path:
    """The run folder of a RUN; raises ConfigError for a single model file, which has no log."""
    if not Path(run).is_dir():
        raise ConfigError(f"{run} is a single file, without the log of its run", "name the run folder")
    return Path(run)
