"""What a run reports, one frozen record at a time, and what takes it.

`train` yields these events; every `Sink` gets each of them. Losses are means over targets, norms are Euclidean, times
are seconds.
"""

import re
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from typing import Any, Protocol

from .json_values import finite

SCHEMA = 1  # of the records of events


@dataclass(frozen=True)
class Notice:
    """Something the user should know and need not act on."""

    text: str
    warning: bool = False


@dataclass(frozen=True)
class RunStarted:
    """Everything is built and the first step is next."""

    run: str  # the run folder as the user named it
    task: str  # name of its kind
    description: tuple[str, ...]  # the data, the splits and the model, a line of words each
    seed: int
    parameters: int  # numbers in theta
    memory: int  # bytes of plans, parameters and optimizer state
    step: int  # 0, or where a resumed run goes on
    total_steps: int | None  # None where only time limits the run
    max_seconds: float | None
    chars_per_token: float | None  # of the training text: turns nats per token into bits per character
    tokens_per_step: int  # targets, of whatever kind
    unit: str = "token"  # what a target is called
    score: str = "loss"  # metric of the validation part: the best weights have the lowest
    score_label: str = "loss"  # what it is called; "nats/char" is shown in bits, too
    norms_every: int = 0  # steps between two gradient-norm tables, where the run asks for them to be shown; else 0
    needs: tuple[str, ...] = ()  # names of what the use of the model needs to be given
    next: tuple[Any, ...] = ()  # commands that may follow the run, as `tasks.base.Next`


@dataclass(frozen=True)
class ParameterNorm:
    """One row of the gradient-norm table, of one parameter at one step."""

    name: str
    norm: float  # ||g||, before clipping
    clipped: float  # ||g|| after clipping
    update_ratio: float  # ||step taken|| / ||theta||


@dataclass(frozen=True)
class StepDone:
    """One update was made."""

    step: int  # counts from 1
    epoch: float  # 2.25: a quarter of the third pass
    loss: float  # mean over the targets of this batch: nats per token, or as the loss has it
    grad_norm: float  # global, before clipping
    clipped: bool
    rate: float  # learning rate of this step
    tokens: int  # real targets in this batch
    elapsed: float  # seconds of training so far, earlier sessions of the run included
    fraction: float  # 0..1 of the whole budget
    norms: tuple[ParameterNorm, ...] = field(default=())  # as often as asked, otherwise empty


@dataclass(frozen=True)
class StepRejected:
    """A loss or a gradient was not finite: the step was not taken and the run went back."""

    step: int
    what: str  # "loss" or "gradient"
    parameter: str | None  # the first parameter with a non-finite gradient
    back_to: int  # the step whose state the run goes on from
    rate_scale: float  # what every learning rate is multiplied by from here on


@dataclass(frozen=True)
class EvalDone:
    """The validation split was scored with the current weights."""

    step: int
    metrics: dict[str, float]  # by name, that by which the best weights are chosen among them
    best: bool  # its lowest so far: model.safetensors holds these weights
    elapsed: float


@dataclass(frozen=True)
class Sampled:
    """What the current weights make."""

    step: int
    sample: Any  # as `tasks.base.Sample`


@dataclass(frozen=True)
class CheckpointSaved:
    """Everything needed to go on from this step is on the disk."""

    step: int
    path: str


@dataclass(frozen=True)
class RunFinished:
    """The run has ended by itself; model.safetensors holds the best weights."""

    step: int
    reason: str  # "max_steps", "epochs", "max_seconds" or "early stopping"
    best_step: int
    best: float | None  # score of the validation part; None without one
    elapsed: float
    tokens: int  # trained on, in all
    sample: Any = None  # by the best weights, as `tasks.base.Sample`; None where none is wanted


@dataclass(frozen=True)
class ProfileRow:
    """One kind of work in an average step."""

    name: str
    seconds: float  # per step
    calls: float  # per step, of NumPy in the network; of whole pieces of work elsewhere
    words: str


@dataclass(frozen=True)
class Profiled:
    """Where the time of the steps went, after the last one."""

    steps: int
    rows: tuple[ProfileRow, ...]
    layouts: tuple[str, ...]  # how each kind of product was cut, in words


class Sink(Protocol):
    """What takes the events of a run: a display, a log. A context manager that leaves everything as it was."""

    def handle(self, event: Any) -> None:
        """Take one event."""
        ...

    def reading(self, done: int, total: int) -> None:
        """`done` of `total` bytes of the data are read."""
        ...

    def stopping(self) -> None:
        """A stop was asked for. Called from a signal handler: it may interrupt any other method."""
        ...

    def __enter__(self) -> Any: ...

    def __exit__(self, *error: Any) -> None: ...


def event_record(event: Any) -> dict[str, Any]:
    """An event as JSON-ready data: {"schema": 1, "event": "step_done", "step": 1, ...}.

    Metrics stand beside the other fields, a sample is what its `record` returns. Empty lists and a sample that was not
    wanted are left out; a number that is not finite is None.
    """
    values = {each.name: getattr(event, each.name) for each in fields(event)}
    metrics, sample = values.pop("metrics", {}), values.pop("sample", None)
    kept = {name: plain_data(value) for name, value in values.items() if value != ()}
    shown = {} if sample is None else {"sample": sample.record()}
    return {"schema": SCHEMA, "event": snake_case(type(event).__name__)} | finite(metrics | kept | shown)


def plain_data(value: Any) -> Any:
    """Dataclasses and named tuples as dicts, tuples of them as lists."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if not isinstance(value, tuple):
        return value
    names = getattr(value, "_fields", None)
    parts = [plain_data(part) for part in value]
    return parts if names is None else dict(zip(names, parts))


def snake_case(name: str) -> str:
    """step_done for StepDone."""
    return re.sub("(?<!^)([A-Z])", r"_\1", name).lower()
