"""The events of a run, frozen records, and the sinks that receive them.

`train` yields these events; every `Sink` receives each of them. Losses are means over targets, norms are Euclidean,
times are in seconds.
"""

import math
import re
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from typing import Any, Protocol

SCHEMA = 1  # version of the event records


@dataclass(frozen=True)
class Notice:
    """A remark for the user that needs no action."""

    text: str
    warning: bool = False


@dataclass(frozen=True)
class RunStarted:
    """Everything is built; the first step is next."""

    run: str  # the run folder as the user named it
    task: str  # name of its kind
    description: tuple[str, ...]  # data, splits and model, a line each
    seed: int
    parameters: int  # elements of theta
    memory: int  # bytes of plans, parameters and optimizer state
    step: int  # 0, or the step from which a resumed run continues
    total_steps: int | None  # None if only time limits the run
    max_seconds: float | None
    chars_per_token: float | None  # of the training text: converts nats per token to bits per character
    tokens_per_step: int  # targets of any unit
    spelling_nats_per_char: float = 0.0  # of the training text: what <unk> lacks, which no loss of a step has
    unit: str = "token"  # name of a target
    score: str = "loss"  # validation metric; the best weights have the lowest
    score_label: str = "loss"  # its name in messages; "nats/char" is shown in bits as well
    norms_every: int = 0  # steps between gradient-norm tables, if the run is set to show them; else 0
    show: str = "none"  # "gradients": tables keep the history of each norm, and each evaluation gives a GradientByLag
    needs: tuple[str, ...] = ()  # names of the inputs that the trained model needs
    arguments: str = ""  # what names the run after a command, quoted: its folder, and the --code that it needs
    resume: str = ""  # the same after `train --resume`, with DATA where those of the run cannot be read again
    next: tuple[Any, ...] = ()  # commands that can follow the run, as `tasks.base.Next`


@dataclass(frozen=True)
class ParameterNorm:
    """One row of the gradient-norm table: one parameter at one step."""

    name: str
    norm: float  # ||g||, before clipping
    clipped: float  # ||g|| after clipping by norm and by value
    update_ratio: float  # ||step|| / ||theta||
    cut: float = 0.0  # share of the elements that clipping by value changed
    cosine: float = 1.0  # of the angle between the gradient before and after clipping by value


@dataclass(frozen=True)
class PastNorms:
    """The gradient-norm table of a step of an earlier session, for whoever shows the norms of the run so far."""

    step: int
    norms: tuple[ParameterNorm, ...]


@dataclass(frozen=True)
class StepDone:
    """One update of the parameters."""

    step: int  # counts from 1
    epoch: float  # 2.25: a quarter of the third pass
    loss: float  # mean over the targets of this batch: nats per token, or the unit of the task's loss
    grad_norm: float  # global, before clipping
    clipped: bool
    rate: float  # learning rate of this step
    tokens: int  # real targets in this batch
    elapsed: float  # seconds of training so far, earlier sessions included
    fraction: float  # 0..1 of the whole budget
    norms: tuple[ParameterNorm, ...] = field(default=())  # empty except in the steps of a table
    clips: int = 0  # steps of the run so far that were clipped by norm, this one included


@dataclass(frozen=True)
class StepRejected:
    """A loss or a gradient was not finite: the step is discarded and the run goes back to a checkpoint."""

    step: int
    what: str  # "loss" or "gradient"
    parameter: str | None  # the first parameter with a non-finite gradient
    back_to: int  # the step from whose checkpoint the run continues
    rate_scale: float  # factor of all later learning rates


@dataclass(frozen=True)
class EvalDone:
    """A score of the validation split with the current weights."""

    step: int
    metrics: dict[str, float]  # by name, including the score that chooses the best weights
    best: bool  # the lowest score so far: model.safetensors holds these weights
    elapsed: float


@dataclass(frozen=True)
class LagNorms:
    """The gradient of one state of one layer by lag."""

    layer: str
    state: str
    norms: tuple[float, ...]  # root mean square over the rows of ||dL_t/dstate_{t-k}||, k = 0, 1, ...; t: last answer
    half_life: float  # steps back in which it halves; inf where it does not shrink
    factor: float  # of each step back; nan with fewer than two lags


@dataclass(frozen=True)
class GradientByLag:
    """How far back the gradient of the current weights reaches, on one batch that stays the same during a run."""

    step: int
    curves: tuple[LagNorms, ...]  # of every state of every recurrent layer that the gradient reaches


@dataclass(frozen=True)
class Sampled:
    """A sample of the current weights."""

    step: int
    sample: Any  # a `tasks.base.Sample`


@dataclass(frozen=True)
class CheckpointSaved:
    """Everything needed to resume from this step is on the disk."""

    step: int
    path: str


@dataclass(frozen=True)
class RunFinished:
    """The run has reached its end; model.safetensors holds the best weights."""

    step: int
    reason: str  # "max_steps", "epochs", "max_seconds" or "early stopping"
    best_step: int
    best: float | None  # best validation score; None without a validation split
    elapsed: float
    tokens: int  # total trained on
    sample: Any = None  # of the best weights, a `tasks.base.Sample`; None if samples are off


@dataclass(frozen=True)
class ProfileRow:
    """One kind of work in an average step."""

    name: str
    seconds: float  # per step
    calls: float  # per step: NumPy calls in the network, whole pieces of work elsewhere
    words: str


@dataclass(frozen=True)
class Profiled:
    """The time profile of all steps, after the last one."""

    steps: int
    rows: tuple[ProfileRow, ...]
    layouts: tuple[str, ...]  # the tiling of each kind of matrix product, in words


class Sink(Protocol):
    """A receiver of the events of a run: a display, a log. A context manager that restores the terminal at the end."""

    def handle(self, event: Any) -> None:
        """Receive one event."""
        ...

    def reading(self, done: int, total: int) -> None:
        """`done` of `total` bytes of the data are read."""
        ...

    def stopping(self) -> None:
        """A stop was requested. Called from a signal handler: it may interrupt any other method."""
        ...

    def __enter__(self) -> Any: ...

    def __exit__(self, *error: Any) -> None: ...


def event_record(event: Any) -> dict[str, Any]:
    """An event as JSON-ready data: {"schema": 1, "event": "step_done", "step": 1, ...}.

    Metrics are fields like the others; a sample is the result of its `record`. Empty lists and a missing sample are
    omitted; a number that is not finite is None.
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


def finite(value: Any) -> Any:
    """`value`, made of dicts, lists and plain values, with None for every number that JSON cannot hold."""
    if isinstance(value, dict):
        return {name: finite(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
