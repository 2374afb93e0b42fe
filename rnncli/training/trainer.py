"""Training steps, and everything that a step needs from the one before: no files, no events, no clock."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from itertools import chain
from math import inf, isfinite
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..events import ParameterNorm
from ..nn.memory import Memory
from ..optim.optimizer import Cut, clip_factor, cut_by_value, default_rate, global_norm
from ..optim.schedules import build_schedule
from ..storage.checkpoint import THETA, fill, fill_views, named_arrays
from .shard import DTYPE
from .workers import communicator

SMALLER = 0.5  # factor of the learning rate after a rejected step
LARGEST_NORM = 1e18  # of a gradient after clipping: optimizers square its elements, in float32
STATE = "state/"


@dataclass
class Progress:
    """The position of a run: everything but its arrays."""

    step: int = 0
    epoch: int = 0
    batch: int = 0  # number of the next batch in this epoch
    tokens: int = 0  # trained on
    clips: int = 0  # steps that were clipped by norm
    evaluated: int | None = None  # the last evaluated step
    best: float | None = None  # best validation score
    best_step: int = 0
    stale: int = 0  # evaluations since the best one
    good: int = 0  # the step whose checkpoint a rejected step goes back to
    rate_scale: float = 1.0  # lower after each rejected step
    rejections: int = 0  # since the last step beyond all rejected ones
    rejected_step: int = 0  # the furthest rejected step
    schedule: dict = field(default_factory=dict)

    def gone_back_to(self, earlier: "Progress") -> "Progress":
        """The progress after a return to an earlier step: rejections and the best score so far stay."""
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
    """The result of one step. If `rejected` names a non-finite quantity, theta is unchanged."""

    loss: float  # mean over the targets
    grad_norm: float  # global, before clipping
    clipped: bool
    rate: float
    tokens: int
    norms: tuple[ParameterNorm, ...]
    rejected: str | None  # "loss" or "gradient"
    parameter: str | None  # the first with a non-finite gradient


class Trainer:
    """Parameters, optimizer, schedule and recurrent state of one run, and the step that updates them.

    `weights` are evaluated and saved: theta, or its moving average. `notes`: remarks on the network's plans, such as a
    slow method of a cell.
    """

    def __init__(
        self,
        config: Any,
        model: Any,
        sizes: Iterable[Iterable[int]],
        N: int,
        size: int,
        workers: int = 1,
        memory: Memory | None = None,
    ):
        """sizes: all sizes of batches; N: rows of a batch; size: of the encoder, for which the model is built;
        workers: processes; memory: for the plans."""
        self.config, self.store = config, model.store()
        memory = memory or Memory(DTYPE)
        self.team, self.notes = communicator(config, model, sizes, N, size, workers, memory), memory.notes
        self.theta, self.slots, self.state = self.team.theta, self.team.slots, self.team.state
        self.store.initialise(self.theta, config.seed)
        self.schedule, self.rate = build_schedule(config.schedule), default_rate(config.optim)
        self.progress = Progress()

    @property
    def weights(self) -> np.ndarray:
        return self.slots["average"] if "average" in self.slots and self.progress.step else self.theta

    @np.errstate(all="ignore")  # non-finite values are checked for and reported
    def step(self, batch: Any, fraction: float, want_norms: bool = False) -> StepResult:
        """Train on one batch, after a `fraction` of the run's budget."""
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
        norms = self._norms() if want_norms else {}
        cuts = self._cuts(norms, factor / count) if norms else {}
        self.team.update(number, rate, factor / count)
        self.progress.step, self.progress.tokens = number, self.progress.tokens + count
        self.progress.clips += factor < 1
        return StepResult(
            loss=loss / count,
            grad_norm=norm,
            clipped=factor < 1,
            rate=rate,
            tokens=count,
            norms=self._table(norms, cuts, count) if want_norms else (),
            rejected=None,
            parameter=None,
        )

    def _rejection(self, loss: float, norm: float) -> StepResult:
        """The StepResult of a rejected step; names the parameter with the first non-finite or the largest gradient."""
        what, norms = "gradient" if isfinite(loss) else "loss", self._norms()
        worst = max(norms, key=lambda name: norms[name] if isfinite(norms[name]) else inf)
        return StepResult(
            loss=loss,
            grad_norm=norm,
            clipped=False,
            rate=0.0,
            tokens=0,
            norms=(),
            rejected=what,
            parameter=None if what == "loss" and isfinite(norm) else worst,
        )

    def _norms(self) -> dict[str, float]:
        return {name: global_norm(g) for name, g in self.store.named(self.team.summed).items()}

    def _cuts(self, norms: dict[str, float], scale: float) -> dict[str, Cut]:
        """What clipping leaves of the gradients of the parameters in `norms`, which are to be taken times `scale`."""
        limit = self.config.optim.clip_value
        if not limit:
            return {name: Cut(norm * scale, 0.0, 1.0) for name, norm in norms.items()}
        summed = self.store.named(self.team.summed)
        return {name: cut_by_value(summed[name], scale, limit) for name in norms}

    def _table(self, norms: dict[str, float], cuts: dict[str, Cut], count: int) -> tuple[ParameterNorm, ...]:
        """The gradient-norm table; norms: of the sum over `count` targets, before clipping; cuts: after it."""
        theta = self.store.named(self.theta)
        return tuple(
            ParameterNorm(
                name=name,
                norm=norms[name] / count,
                clipped=cuts[name].norm,
                update_ratio=global_norm(taken) / max(global_norm(theta[name]), 1e-30),
                cut=cuts[name].share,
                cosine=cuts[name].cosine,
            )
            for name, taken in self.store.named(self.team.taken).items()
        )

    def arrays(self) -> dict[str, np.ndarray]:
        """{name: array} of everything that the next step depends on: views, not copies."""
        named = named_arrays(self.store, THETA, self.theta)
        for slot, vector in self.slots.items():
            named |= named_arrays(self.store, f"opt/{slot}/", vector)
        return named | self._named_state()

    def _named_state(self) -> dict[str, np.ndarray]:
        return {f"{STATE}{k}/{i}": array for k, part in enumerate(self.state) for i, array in enumerate(part)}

    def model_arrays(self) -> dict[str, np.ndarray]:
        """{name: array} of the weights that are evaluated and saved."""
        return named_arrays(self.store, THETA, self.weights)

    def progress_dict(self) -> dict[str, Any]:
        """The progress as a plain dict, the schedule's included."""
        return asdict(replace(self.progress, schedule=self.schedule.to_dict()))

    def restore(self, arrays: dict[str, np.ndarray], progress: dict[str, Any], path: Path) -> None:
        """Restore everything from the `arrays` and the `progress` of the checkpoint `path`.

        Raises ModelFileError if it is of another architecture.
        """
        fill(self.store, THETA, self.theta, arrays, path)
        for slot, vector in self.slots.items():
            fill(self.store, f"opt/{slot}/", vector, arrays, path)
        fill_views(self._named_state(), STATE, arrays, path)
        self.progress = Progress(**progress)
        self.schedule.from_dict(self.progress.schedule)

    def go_back(self, arrays: dict[str, np.ndarray], progress: dict[str, Any], path: Path) -> None:
        """Restore an earlier checkpoint after a rejected step, with a lower learning rate."""
        rejected = self.progress
        self.restore(arrays, progress, path)
        self.progress = rejected.gone_back_to(self.progress)
