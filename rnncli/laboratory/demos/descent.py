"""Gradient descent on a model in a few lines: the engine and the optimizer of `train`, without runs and files."""

from collections.abc import Iterable, Iterator
from math import isfinite
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

from ...nn.memory import Memory
from ...nn.model import Model, Size
from ...optim.optimizer import Optimizer, clip_factor, global_norm


class Update(NamedTuple):
    """One update, before theta moves. gradient (size,): of the mean loss, before clipping; the update overwrites it."""

    loss: float  # mean over the answers, in nats
    norm: float  # of the gradient
    gradient: np.ndarray
    plan: SimpleNamespace  # with what the layers did


class Descent:
    """A model and its parameters theta (size,) on the way down. size, N: of every batch."""

    def __init__(self, model: Model, size: Size, N: int, seed: int) -> None:
        self.model, self.store = model, model.store()
        self.theta, self.gradient = np.zeros(self.store.size), np.zeros(self.store.size)
        self.store.initialise(self.theta, seed)
        self.plan, self.s0 = model.plan(size, N, Memory("f8")), model.initial_state(N, Memory("f8"))

    def updates(
        self, batches: Iterable[SimpleNamespace], optimizer: Optimizer, rate: float, limit: float = 0
    ) -> Iterator[Update]:
        """An update for each batch, its gradient clipped to the global norm `limit`, 0 for none.

        It ends where the loss or the gradient is not finite.
        """
        p, g = self.store.views(self.theta), self.store.views(self.gradient)
        for step, batch in enumerate(batches, start=1):
            self.gradient.fill(0)
            with np.errstate(all="ignore"):  # what explodes is shown as it is
                loss, _ = self.model.loss_and_grad(p, g, batch, self.s0, self.plan)
            count = batch.targets.size
            self.gradient /= count
            norm = global_norm(self.gradient)
            yield Update(loss / count, norm, self.gradient, self.plan)
            if not (isfinite(loss) and isfinite(norm)):
                return
            self.gradient *= clip_factor(norm, limit)
            optimizer.update(self.theta, self.gradient, step, rate)
