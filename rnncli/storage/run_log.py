"""The log of a run read back: the steps in log.jsonl with their gradient norms. No line of a log is trusted."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

from ..config.values import Problem, read_one, safe_name
from ..config.yaml_files import LARGEST_FILE, read_text
from ..errors import ConfigError, ModelFileError
from ..events import SCHEMA, ParameterNorm
from .run_folder import CONFIG, LOG, open_file

LARGEST_LOG, LONGEST_LINE = 300_000_000, 10_000_000  # bytes; a line with 1,000 parameters has some 200,000
LONGEST_NAME, LARGEST_STEP = 200, 2**53
FOLDER_OF_A_RUN = "name the folder of a run: rnncli train FILE -o FOLDER makes one"
RESTORE = "restore the original file"
REPAIR = "delete the line or restore the log: the model and its checkpoints do not need it"


@dataclass(frozen=True)
class LoggedStep:
    """A step in a log, as `events.StepDone`. undone: the run went back to an earlier step after it. In logs of versions
    that did not write them, clipped and clips are None, and numbers other than the global norm are nan."""

    step: int
    undone: bool
    loss: float
    grad_norm: float
    clipped: bool | None
    clips: int | None
    norms: tuple[ParameterNorm, ...]


class Damaged(ValueError):
    """What is wrong with a record."""


@dataclass(frozen=True)
class RunLog:
    """What a log says about steps. steps: in the order of the log; rejections: steps that were not taken; normless:
    records of steps that were left out, as they have no global norm."""

    steps: tuple[LoggedStep, ...]
    rejections: int
    normless: int


def read_log(folder: Path) -> RunLog:
    """The RunLog of a run folder.

    A last line without an end is left out: the run was killed, or still writes. Raises ConfigError if there is no log,
    and ModelFileError, with the line, for one that is damaged.
    """
    path, reader = Path(folder) / LOG, Reader()
    for number, line in lines(path):
        try:
            reader.take(parsed(line))
        except Damaged as error:
            raise ModelFileError(f"{path}:{number}: {error}", REPAIR) from None
    return RunLog(tuple(reader.steps), reader.rejections, reader.normless)


class Reader:
    """Collects steps, and marks those that are undone by a later record."""

    def __init__(self) -> None:
        self.steps: list[LoggedStep] = []
        self.rejections = self.normless = 0
        self.kept: list[int] = []  # places of the steps that are not undone, in rising order of step

    def take(self, record: Mapping[str, Any]) -> None:
        """Take in one record; raises Damaged."""
        event = record.get("event")
        if event == "step_rejected":
            self.rejections += 1
            self.undo(whole(record, "back_to", 0))
        elif event == "step_done":
            self.take_step(record)

    def take_step(self, record: Mapping[str, Any]) -> None:
        """Take in a step; one without a global norm only counts. Raises Damaged."""
        if record.get("schema") != SCHEMA:
            raise Damaged(f"not a record of schema {SCHEMA}, the one that this version reads")
        self.undo(whole(record, "step", 1) - 1)  # a resumed run repeats steps
        if "grad_norm" not in record:
            self.normless += 1
            return
        step = step_of(record)
        self.kept.append(len(self.steps))
        self.steps.append(step)

    def undo(self, after: int) -> None:
        """Mark every step later than `after`."""
        while self.kept and self.steps[self.kept[-1]].step > after:
            k = self.kept.pop()
            self.steps[k] = replace(self.steps[k], undone=True)


def lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """(number from 1, line) of every line that is complete."""
    try:
        file = open_file(path, LARGEST_LOG, "log less: --norms-every 100")
    except FileNotFoundError:
        raise ConfigError(f"no {LOG} in {path.parent}", FOLDER_OF_A_RUN) from None
    number = 0
    with file:
        while line := file.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise ModelFileError(f"{path}:{number}: longer than {LONGEST_LINE:,} bytes", REPAIR)
            if line.endswith(b"\n"):
                yield number, line


def parsed(line: bytes) -> dict[str, Any]:
    """The JSON object of a line; raises Damaged."""
    try:
        record = json.loads(line.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError):  # ValueError: also too many digits, and bytes that are no UTF-8
        raise Damaged("not a line of JSON") from None
    if not isinstance(record, dict):
        raise Damaged("not a JSON object")
    return record


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


def step_of(record: Mapping[str, Any]) -> LoggedStep:
    """The LoggedStep of a record; raises Damaged."""
    rows = record.get("norms", [])
    if not isinstance(rows, list):
        raise Damaged("'norms' is not a list")
    return LoggedStep(
        step=whole(record, "step", 1),
        undone=False,
        loss=number(record, "loss") if "loss" in record else math.nan,
        grad_norm=positive(record, "grad_norm"),
        clipped=flag(record, "clipped") if "clipped" in record else None,
        clips=min(whole(record, "clips", 0), whole(record, "step", 1)) if "clips" in record else None,
        norms=tuple(map(norm_of, rows)),
    )


def norm_of(row: Any) -> ParameterNorm:
    """The ParameterNorm of a row of a record; raises Damaged."""
    if not isinstance(row, dict) or not isinstance(row.get("name"), str):
        raise Damaged("a row of 'norms' has no name")
    return ParameterNorm(
        name=safe_name(row["name"], LONGEST_NAME),
        norm=positive(row, "norm"),
        clipped=positive(row, "clipped") if "clipped" in row else math.nan,
        update_ratio=positive(row, "update_ratio") if "update_ratio" in row else math.nan,
        cut=number(row, "cut") if "cut" in row else math.nan,
        cosine=number(row, "cosine") if "cosine" in row else math.nan,
    )


def number(record: Mapping[str, Any], name: str) -> float:
    """A number of a record; nan for null, which stands for one that is not finite. Raises Damaged."""
    value = record.get(name, "")
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e308:
        raise Damaged(f"'{name}' is not a finite number")
    return float(value)


def positive(record: Mapping[str, Any], name: str) -> float:
    """As `number`, of at least 0."""
    if (value := number(record, name)) < 0:
        raise Damaged(f"'{name}' is negative")
    return value


def whole(record: Mapping[str, Any], name: str, least: int) -> int:
    """A whole number of a record; raises Damaged."""
    value = record.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value < LARGEST_STEP:
        raise Damaged(f"'{name}' is not a whole number from {least} on")
    return value


def flag(record: Mapping[str, Any], name: str) -> bool:
    """A truth value of a record; raises Damaged."""
    if not isinstance(value := record.get(name), bool):
        raise Damaged(f"'{name}' is neither true nor false")
    return value


@dataclass(frozen=True)
class Limits:
    """The settings by which a run clips its gradients; 0: no limit."""

    norm: float
    value: float


def read_limits(folder: Path) -> Limits:
    """The Limits in the config.yaml of a run folder; raises ConfigError if there is none, and ModelFileError."""
    path = Path(folder) / CONFIG
    problems: list[Problem] = []
    try:
        with open_file(path, LARGEST_FILE, RESTORE) as file:
            text = file.read().decode("utf-8")
        tree = read_text(text, lambda line, column: f"{path}:{line}:{column}", problems)
        section = tree.value["optim"].value if tree else {}
        return Limits(*(read_one(float, {"min": 0}, section[name]) for name in ("clip_norm", "clip_value")))
    except FileNotFoundError:
        raise ConfigError(f"no {CONFIG} in {folder}", FOLDER_OF_A_RUN) from None
    except (ValueError, LookupError, TypeError) as error:  # ValueError: also an unreadable number, and no UTF-8
        what = problems[0].text if problems else f"{path}: optim.clip_norm or optim.clip_value cannot be read: {error}"
        raise ModelFileError(what, RESTORE) from None
