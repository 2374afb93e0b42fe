"""Small trainings that are broken off and resumed: every task, several cells, one process and two."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rnncli.storage.checkpoint import load
from rnncli.storage.run_folder import checkpoints
from rnncli.tasks.registry import TASKS

from .commands import Commands, options

CELLS = ("lstm", "gru", "rnn")
LEVELS = ("word", "byte")  # beside characters
RUN = "run"
SETTINGS = {
    "seed": 7,
    "train.max_steps": 12,
    "train.eval_every": 3,
    "train.checkpoint_every": 2,
    "train.eval_tokens": 200,
}
SAMPLE = "sampled"  # the event of a sample
KEPT = 2  # checkpoints of a run that nothing broke
CLOCK = "elapsed"  # what the clock decides, in the log and in a checkpoint


@dataclass(frozen=True)
class Training:
    """A training: its data, and the command that starts it, or resumes it where it has begun."""

    name: str
    file: str
    text: str
    settings: dict[str, Any]
    given: tuple[str, ...]  # files for `generate`
    workers: int

    @property
    def command(self) -> list[str]:
        how = ["--progress", "none", "--workers", str(self.workers)]
        return ["train", self.file, "-o", RUN, "--resume", "auto", *how, *options(self.settings)]

    @property
    def generation(self) -> list[str]:
        """`generate` of a model that has been trained; of texts, a short one."""
        return ["generate", RUN, *self.given] + (["--length", "20", "--seed", "1"] if self.writes else [])

    @property
    def writes(self) -> bool:
        """Whether `generate` continues a text without end."""
        return self.settings["task"] == next(iter(TASKS))

    def folder(self, at: Path) -> Path:
        """A new folder `at` with the data."""
        shutil.rmtree(at, ignore_errors=True)
        at.mkdir(parents=True)
        (at / self.file).write_text(self.text)
        return at


def trainings(workers: tuple[int, ...] = (1, 2)) -> Iterator[Training]:
    """Each task, its first one at word and byte level too, with its cells taking turns; then the same with workers."""
    for number in workers:
        for turn, kind in enumerate(TASKS.values()):
            example = kind.load().example()
            for level in ("", *LEVELS) if not turn else ("",):
                cell = CELLS[(turn + number) % len(CELLS)]
                settings = SETTINGS | example.settings | {"task": kind.name, "model.cell": cell}
                settings |= {"data.tokens": level} if level else {}
                name = f"{kind.name}{f' of {level}s' if level else ''}, {cell}, {number} workers"
                yield Training(name, example.name, example.text, settings, example.given, number)


class Wholes:
    """The runs of trainings that nothing breaks, each made once, in folders below `at`."""

    def __init__(self, commands: Commands, at: Path):
        self._commands, self._at = commands, at
        self._known: dict[str, tuple[Path, float]] = {}

    def __getitem__(self, training: Training) -> Path:
        """The run folder of a training."""
        return self._made(training)[0]

    def seconds(self, training: Training) -> float:
        """How long it took."""
        return self._made(training)[1]

    def __len__(self) -> int:
        return len(self._known)

    def _made(self, training: Training) -> tuple[Path, float]:
        if training.name not in self._known:
            folder = training.folder(self._at / f"whole{len(self)}")
            ended = self._commands.run(training.command, folder)
            if ended.code:
                raise AssertionError(f"{training.name} fails by itself: {ended.err.decode()}")
            self._known[training.name] = folder / RUN, ended.seconds
        return self._known[training.name]

    def before(self, training: Training, argv: list[str], folder: Path) -> Path:
        """A new `folder` as a command finds it: training finds the data alone, all others its run too."""
        training.folder(folder)
        if argv != training.command:
            shutil.copytree(self[training], folder / RUN)
        return folder


def differences(run: Path, other: Path, stopped: bool = False) -> list[str]:
    """What differs between two run folders: the model, what the next step would depend on, the log, the files.

    stopped: whether a signal may have stopped the first: a sample that it cut short is not repeated, and the checkpoint
    that it saved may be one of the newest, which are kept, beside the last one known to be good.
    """
    found = []
    if (run / "model.safetensors").read_bytes() != (other / "model.safetensors").read_bytes():
        found.append("another model")
    if _state(run) != _state(other):
        found.append("another last checkpoint")
    if _log(run, not stopped) != _log(other, not stopped):
        found.append("another log")
    others = _names(run) ^ _names(other)
    if others - (_of_a_stop(run) if stopped else set()):
        found.append(f"other files: {sorted(others)}")
    return found


def _state(run: Path) -> tuple[dict[str, bytes], dict[str, Any]]:
    arrays, meta = load(checkpoints(run)[-1])
    progress = {name: value for name, value in meta["progress"].items() if name != CLOCK}
    return {name: array.tobytes() for name, array in arrays.items()}, progress


def _log(run: Path, samples: bool) -> list[dict[str, Any]]:
    records = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    kept = [each for each in records if samples or each["event"] != SAMPLE]
    return [{name: value for name, value in each.items() if name != CLOCK} for each in kept]


def _of_a_stop(run: Path) -> set[str]:
    """The checkpoint between the last two regular ones, if there is one."""
    between = checkpoints(run)[-2:-1] if len(checkpoints(run)) == KEPT + 1 else []
    return {str(each.relative_to(run)) for each in between}


def _names(run: Path) -> set[str]:
    return {str(each.relative_to(run)) for each in run.rglob("*")}
