"""What training tells the world, one frozen record at a time.

`train` yields these; a reporter draws them. Losses are means over targets, norms are Euclidean, times are seconds.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Notice:
    """Something the user should know and need not act on."""

    text: str
    warning: bool = False


@dataclass(frozen=True)
class RunStarted:
    """Everything is built and the first step is next."""

    run: str  # the run folder as the user named it
    task: str  # "language" or "forecast"
    description: tuple[str, ...]  # the data, the splits and the model, a line of words each
    seed: int
    parameters: int  # numbers in theta
    memory: int  # bytes of plans, parameters and optimizer state
    step: int  # 0, or where a resumed run goes on
    total_steps: int | None  # None where only time limits the run
    max_seconds: float | None
    chars_per_token: float | None  # of the training text: turns nats per token into bits per character
    tokens_per_step: int  # targets, of whatever kind
    ahead: tuple[str, ...] = ()  # columns that a forecast needs to know ahead


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
class Outlook:
    """One series, what was forecast of it, and what came true."""

    name: str
    stamps: tuple[str, ...]  # of history and forecast, L + h
    history: tuple[float, ...]  # L, nan where missing
    forecast: tuple[float, ...]  # h
    truth: tuple[float, ...]  # h, nan where it is not known


@dataclass(frozen=True)
class Sampled:
    """What the current weights write, or foresee."""

    step: int
    sample: str | Outlook


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
    sample: str | Outlook  # by the best weights


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
