"""Dynamic evaluation: the weights adapt to a text while it is scored (Krause et al. 2018, arXiv:1709.07432v2).

Every segment of a few targets is scored first, by the weights as they are; then they take a step of gradient descent
on it, each weight scaled by the size of its gradients on the training text, and a part of the way back to the trained
ones:

    theta <- theta - rate g / (s + EPSILON mean(s)) + min(decay s / mean(s), 1) (theta_trained - theta)

with s = sqrt(mean g^2) over segments of the training text (their RMS with a global prior). No figure depends on what
comes after it, so that the nats compare with those of any model that reads from left to right.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from math import inf, isfinite
from types import SimpleNamespace
from typing import Any

import numpy as np

from ...data.text.splits import Split
from ...data.text.streams import Streams
from ...data.text.token_cache import roomy
from ...nn.aligned import Aligned
from ...nn.losses import softmax_cross_entropy, softmax_nats
from ...nn.memory import Memory
from ..base import Progress

STEPS = {"word": 5, "char": 20, "byte": 20}  # targets of a segment, as in the paper
EPSILON = 0.1  # so that a weight with hardly any gradient in training does not jump
ROWS, BATCHES = 16, 40  # segments of the training text that s is taken from
TAIL = 10_000  # targets at the end of the training text on which `auto` tries its rates
RATES = (1e-4, 2e-4, 5e-4, 1e-3, 2e-3)
DECAY = 1e-3  # 1.3214 nats per character of a play after training for eight minutes; 1.3357 without, 1.4826 static
DECAYS = (0.0, DECAY, 3e-3, 1e-2)

Done = Callable[[int, int], None]  # (targets done, all targets)


@dataclass(frozen=True)
class Adaptation:
    """How the weights move: the rate and the decay of the equation above."""

    rate: float
    decay: float


class Adapter:
    """Scores texts while a copy of the trained weights adapts, in memory allocated once.

    theta (P,) float32: the trained weights, not changed; scale (P,): s of the equation, see `gradient_scale`.
    """

    def __init__(self, model: Aligned, theta: np.ndarray, scale: np.ndarray, steps: int):
        self.model, self.trained, self.steps = model, theta, steps
        store = model.store()
        self.theta, self.gradient, self._move = (np.empty_like(theta) for _ in range(3))
        self._p, self._g = store.views(self.theta), store.views(self.gradient)
        mean = float(scale.mean()) or 1.0
        self._inverse, self._pull = 1 / (scale + EPSILON * mean), scale / mean
        self._memory = Memory(theta.dtype)
        self._plans: dict[int, SimpleNamespace] = {}

    def nats(self, split: Split, how: Adaptation, progress: Done | None = None) -> np.ndarray:
        """-ln p of every target of `split` in the order of its pieces, (targets,) float64. The weights begin as the
        trained ones and adapt over all pieces; the state is zero at the beginning of each."""
        self.theta[...] = self.trained
        pull = np.minimum(how.decay * self._pull, 1)
        total, done = split.targets, 0
        nats = roomy(total)
        with np.errstate(all="ignore"):  # a rate that is too high: the figure shows it
            for begin, end in split.pieces.tolist():
                for found in self._piece(split.tokens[begin:end].astype(np.intp), how.rate, pull):
                    nats[done : done + len(found)] = found
                    done += len(found)
                    if progress:
                        progress(done, total)
        return nats

    def _piece(self, ids: np.ndarray, rate: float, pull: np.ndarray) -> Iterator[np.ndarray]:
        """Yield the nats of each segment of a document (L,), and adapt after it."""
        state = self.model.initial_state(1, self._memory.like())
        for at in range(0, len(ids) - 1, self.steps):
            inputs, targets = ids[at : at + self.steps][: len(ids) - 1 - at], ids[at + 1 : at + 1 + self.steps]
            nats, after = self._segment(inputs, targets, state)
            yield nats
            for kept, new in zip(state, after):
                for array, value in zip(kept, new):
                    array[...] = value
            self._step(rate, pull)

    def _segment(self, inputs, targets, state):
        """(nats (T,), the state after the segment); the gradient is left in `gradient`."""
        plan = self._plan(len(inputs))
        self.model.load(self._p, plan)
        scores, after = self.model.forward(inputs[:, None], state, plan)
        nats = softmax_nats(scores.copy(), targets)
        softmax_cross_entropy(scores, targets)
        self.gradient.fill(0)
        self.model.backward(self._g, scores, (), plan)
        return nats, after

    def _plan(self, T):
        if T not in self._plans:
            self._plans[T] = self.model.plan((T,), 1, self._memory)
        return self._plans[T]

    def _step(self, rate, pull):
        self.gradient *= self._inverse
        self.gradient *= rate
        np.subtract(self.trained, self.theta, out=self._move)
        self._move *= pull
        self._move -= self.gradient
        self.theta += self._move


def gradient_scale(model: Aligned, theta: np.ndarray, split: Split, steps: int) -> np.ndarray:
    """(P,) float32: the root of the mean square of each weight's gradient over segments of `steps` targets, from places
    all over `split`, the training text."""
    streams = Streams(split, steps, ROWS, False, 0)
    memory, store = Memory(theta.dtype), model.store()
    plans: dict[tuple[int, ...], SimpleNamespace] = {}
    state, squares = model.initial_state(streams.N, memory), np.zeros_like(theta)
    gradient, p, rows = np.zeros_like(theta), store.views(theta), 0
    for batch in islice(streams.epoch(0), BATCHES):
        if batch.size not in plans:
            plans[batch.size] = model.plan(batch.size, streams.N, memory)
        for array in (each for part in state for each in part):
            array[batch.fresh] = 0
        gradient.fill(0)
        _, after = model.loss_and_grad(
            p, store.views(gradient), SimpleNamespace(**batch.arrays), state, plans[batch.size]
        )
        for kept, new in zip(state, after):
            for array, value in zip(kept, new):
                array[...] = value
        squares += gradient * gradient  # of a sum of rows that are nearly independent
        rows += streams.N
    return np.sqrt(squares / max(rows, 1), dtype=theta.dtype)


class Dynamic:
    """A model ready for dynamic evaluation: an Adapter, and `how` its weights move.

    loaded: Loaded; train: the Split that it was trained on. rate: None to choose rate and decay on the end of that
    text; the weights have seen it, but what changes from page to page is there as well.
    """

    def __init__(self, loaded: Any, train: Split, rate: float | None, progress: Progress):
        model, steps = loaded.model, STEPS[loaded.encoder.level]
        theta = np.ascontiguousarray(loaded.theta)
        progress("measuring gradients", 0, None)
        self._adapter = Adapter(model, theta, gradient_scale(model, theta, train, steps), steps)
        self.how = Adaptation(rate or RATES[0], DECAY)
        if rate is None:
            self.how = self._chosen(end_of(train, TAIL), progress)

    def nats(self, split: Split, progress: Done | None = None) -> np.ndarray:
        """-ln p of every target of `split` in the order of its pieces, (targets,) float64."""
        return self._adapter.nats(split, self.how, progress)

    def _chosen(self, tail: Split, progress: Progress) -> Adaptation:
        """The best rate with DECAY, then the best decay with that rate."""
        tried: dict[Adaptation, float] = {}

        def best(candidates: list[Adaptation]) -> Adaptation:
            for how in (each for each in candidates if each not in tried):
                progress("choosing how to adapt", len(tried), len(RATES) + len(DECAYS) - 1)
                tried[how] = float(self._adapter.nats(tail, how).mean())
            return min(tried, key=lambda how: tried[how] if isfinite(tried[how]) else inf)

        fastest = best([Adaptation(rate, DECAY) for rate in RATES])
        return best([Adaptation(fastest.rate, decay) for decay in DECAYS])


def end_of(split: Split, targets: int) -> Split:
    """The last pieces of a Split, the first of them cut, so that about so many targets are left."""
    many = np.maximum(split.pieces[:, 1] - split.pieces[:, 0] - 1, 0)
    after = many[::-1].cumsum()[::-1]  # targets from the beginning of each piece on
    first = max(0, int((after >= targets).sum()) - 1)
    pieces = split.pieces[first:].copy()
    pieces[0, 0] += max(0, int(after[first]) - targets)
    return replace(split, pieces=pieces)
