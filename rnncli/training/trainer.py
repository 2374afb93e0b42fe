"""One training step after another, and everything that must be kept for the next: no files, no events, no clock."""

from dataclasses import asdict, dataclass, field, replace
from itertools import chain
from math import inf, isfinite
from typing import NamedTuple

import numpy as np

from ..events import ParameterNorm
from ..nn.memory import Memory
from ..optim.optimizer import clip_factor, default_rate, global_norm
from ..optim.schedules import build_schedule
from ..storage.checkpoint import THETA, fill, fill_views, named_arrays
from .shard import DTYPE
from .workers import communicator

SMALLER = 0.5  # what a rejected step multiplies the learning rate by
LARGEST_NORM = 1e18  # of a gradient after clipping: optimizers square its elements, in float32
STATE = "state/"


@dataclass
class Progress:
    """Where a run is: all that is not an array."""

    step: int = 0
    epoch: int = 0
    batch: int = 0  # of this epoch, the next one
    tokens: int = 0  # trained on
    evaluated: int | None = None  # the last step that was
    best: float | None = None  # score of the validation part
    best_step: int = 0
    stale: int = 0  # evaluations since the best one
    good: int = 0  # the step whose checkpoint a rejected step goes back to
    rate_scale: float = 1.0  # smaller after each rejected step
    rejections: int = 0  # since the run last came past all that went wrong
    rejected_step: int = 0  # the last that was, or the furthest
    schedule: dict = field(default_factory=dict)

    def gone_back_to(self, earlier):
        """This progress after a return to that of an earlier step: what the world has seen of the run stays true."""
        return replace(
            earlier,
            rate_scale=self.rate_scale * SMALLER,
            rejections=self.rejections,
            rejected_step=self.rejected_step,
            best=self.best,
            best_step=self.best_step,
            stale=self.stale,
        )


class StepResult(NamedTuple):
    """What one step came to. Where `rejected` names what was not finite, theta is as it was."""

    loss: float  # mean over the targets
    grad_norm: float  # global, before clipping
    clipped: bool
    rate: float
    tokens: int
    norms: tuple[ParameterNorm, ...]
    rejected: str | None  # "loss" or "gradient"
    parameter: str | None  # the first whose gradient was not finite


class Trainer:
    """Parameters, optimizer, schedule and recurrent state of one run, and the step that moves them.

    `weights` is what is evaluated and kept: theta, or its moving average. `notes`: what the user should know of the
    network's plans, such as a method of a cell that is slow.
    """

    def __init__(self, config, model, sizes, N, size, workers=1, memory=None):
        """sizes: every size that a batch can have; N: its rows; size: that of the encoder, for which the model is
        built; workers: processes; memory: for the plans."""
        self.config, self.store = config, model.store()
        memory = memory or Memory(DTYPE)
        self.team, self.notes = communicator(config, model, sizes, N, size, workers, memory), memory.notes
        self.theta, self.slots, self.state = self.team.theta, self.team.slots, self.team.state
        self.store.initialise(self.theta, config.seed)
        self.schedule, self.rate = build_schedule(config.schedule), default_rate(config.optim)
        self.progress = Progress()

    @property
    def weights(self):
        return self.slots["average"] if "average" in self.slots and self.progress.step else self.theta

    @np.errstate(all="ignore")  # what is not finite is looked for and told
    def step(self, batch, fraction, want_norms=False):
        """Train on one batch; `fraction` of the run's budget is behind it. Returns a StepResult."""
        number, fresh, count = self.progress.step + 1, batch.fresh, batch.count
        if fresh.any():
            for array in chain(*self.state):
                array[fresh] = 0
        self.team.gradient(batch, number)
        self.team.reduce()
        loss, norm = self.team.loss, self.team.norm / count
        factor = clip_factor(norm, self.config.optim.clip_norm)
        if not (isfinite(loss) and isfinite(norm) and norm * factor < LARGEST_NORM):
            return self._rejection(loss, norm)
        rate = self.rate * self.progress.rate_scale * self.schedule.factor(number, fraction)
        norms = self._norms() if want_norms else None
        self.team.update(number, rate, factor / count)
        self.progress.step, self.progress.tokens = number, self.progress.tokens + count
        return StepResult(
            loss / count,
            norm,
            factor < 1,
            rate,
            count,
            self._table(norms, factor, count) if want_norms else (),
            None,
            None,
        )

    def _rejection(self, loss, norm):
        """The StepResult of a step not taken; of the gradient it names the first parameter, or the largest."""
        what, norms = "gradient" if isfinite(loss) else "loss", self._norms()
        worst = max(norms, key=lambda name: norms[name] if isfinite(norms[name]) else inf)
        return StepResult(loss, norm, False, 0.0, 0, (), what, None if what == "loss" and isfinite(norm) else worst)

    def _norms(self):
        return {name: global_norm(g) for name, g in self.store.named(self.team.summed).items()}

    def _table(self, norms, factor, count):
        """The gradient-norm table; norms: of the sum over `count` targets, before clipping."""
        theta = self.store.named(self.theta)
        return tuple(
            ParameterNorm(
                name,
                norms[name] / count,
                norms[name] * factor / count,
                global_norm(taken) / max(global_norm(theta[name]), 1e-30),
            )
            for name, taken in self.store.named(self.team.taken).items()
        )

    def arrays(self):
        """{name: array} of everything that the next step depends on: views, not copies."""
        named = named_arrays(self.store, THETA, self.theta)
        for slot, vector in self.slots.items():
            named |= named_arrays(self.store, f"opt/{slot}/", vector)
        return named | self._named_state()

    def _named_state(self):
        return {f"{STATE}{k}/{i}": array for k, part in enumerate(self.state) for i, array in enumerate(part)}

    def model_arrays(self):
        """{name: array} of the weights that are evaluated and kept."""
        return named_arrays(self.store, THETA, self.weights)

    def progress_dict(self):
        """The progress as a plain dict, the schedule's included."""
        return asdict(replace(self.progress, schedule=self.schedule.to_dict()))

    def restore(self, arrays, progress, path):
        """Take everything from the `arrays` and the `progress` of the checkpoint `path`.

        Raises ModelFileError where it is of another architecture.
        """
        fill(self.store, THETA, self.theta, arrays, path)
        for slot, vector in self.slots.items():
            fill(self.store, f"opt/{slot}/", vector, arrays, path)
        fill_views(self._named_state(), STATE, arrays, path)
        self.progress = Progress(**progress)
        self.schedule.from_dict(self.progress.schedule)

    def go_back(self, arrays, progress, path):
        """Restore an earlier checkpoint after a rejected step, to go on from it with smaller steps."""
        rejected = self.progress
        self.restore(arrays, progress, path)
        self.progress = rejected.gone_back_to(self.progress)
