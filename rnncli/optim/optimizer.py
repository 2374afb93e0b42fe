"""The optimizer: a chain of transforms over one flat vector, block by block; clipping by the global norm."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ..registry import Registry
from .transforms import Adagrad, Adam, ClipValue, Momentum, Nesterov, RMSProp, Transform, WeightAverage, WeightDecay

BLOCK = 65_536  # elements processed at a time, so that the whole chain works in the cache
DOT = 8_192  # elements of one product in a norm: float32 is exact enough, and BLAS keeps to one thread, so that the sum
# does not depend on the number of threads


class Optimizer:
    """theta -= rate·u, where `transforms`, one after the other, turn the gradient into u.

    slots: name -> vector (size,), the whole state, zero at the start; a checkpoint stores and restores it. decayed: the
    spans of theta without biases, for transforms with `spares_biases`. average: a WeightAverage or None, whose vector
    is slots["average"]. allocate(size, dtype) returns a zero vector, perhaps in memory that processes share.
    """

    def __init__(
        self,
        transforms: Iterable[Transform],
        size: int,
        dtype: Any,
        allocate: Callable[[int, Any], np.ndarray] = np.zeros,
        decayed: Iterable[slice] = (),
        average: WeightAverage | None = None,
    ):
        self.transforms, self.decayed, self.average = tuple(transforms), tuple(decayed), average
        names = [name for part in (*self.transforms, average) if part for name in part.slots]
        if len(set(names)) < len(names):
            raise ValueError(f"two transforms share a slot name: {', '.join(names)}")
        self.size = size
        self.slots = {name: allocate(size, dtype) for name in names}
        self._scratch = np.empty(min(BLOCK, size), dtype)

    def update(
        self, theta: np.ndarray, g: np.ndarray, step: int, rate: float, start: int = 0, stop: int | None = None
    ) -> None:
        """Take step number `step`, counted from 1, on elements start..stop of theta (size,), with gradient g (size,).

        Overwrites this part of g with the step taken, rate·u. Parts may be updated in any order, by several processes.
        """
        stop = self.size if stop is None else stop
        for a in range(start, stop, BLOCK):
            b = min(a + BLOCK, stop)
            for transform in self.transforms:
                for c, d in self._overlaps(a, b) if transform.spares_biases else ((a, b),):
                    transform.apply(g[c:d], theta[c:d], self._parts(c, d), step, self._scratch[: d - c])
            g[a:b] *= rate
            theta[a:b] -= g[a:b]
            if self.average:
                self.average.follow(theta[a:b], self._parts(a, b), step, self._scratch[: b - a])

    def _parts(self, a, b):
        return {name: vector[a:b] for name, vector in self.slots.items()}

    def _overlaps(self, a, b):
        """The parts of a..b that lie in a decayed span."""
        spans = ((max(a, span.start), min(b, span.stop)) for span in self.decayed)
        return [(c, d) for c, d in spans if c < d]


@dataclass(frozen=True)
class UpdateRule:
    """An update rule: its default learning rate, and a function from an OptimConfig to its core transforms."""

    rate: float
    core: Callable[[Any], tuple[Transform, ...]]


# The rates are a half to a third of the best ones for 600 steps of a character LSTM on a play.
UPDATE_RULES: Registry[UpdateRule] = Registry("optimizer")
UPDATE_RULES.register("sgd", UpdateRule(3.0, lambda config: ()))
UPDATE_RULES.register("momentum", UpdateRule(0.5, lambda config: (Momentum(config.momentum),)))
UPDATE_RULES.register("nesterov", UpdateRule(0.5, lambda config: (Nesterov(config.momentum),)))
UPDATE_RULES.register("adagrad", UpdateRule(0.05, lambda config: (Adagrad(config.epsilon),)))
UPDATE_RULES.register("rmsprop", UpdateRule(3e-3, lambda config: (RMSProp(config.rho, config.epsilon),)))
for each in ("adam", "adamw"):
    UPDATE_RULES.register(each, UpdateRule(7e-3, lambda config: (Adam(config.beta1, config.beta2, config.epsilon),)))


def build_optimizer(
    config: Any,
    size: int,
    dtype: Any,
    decayed: Iterable[slice] = (),
    allocate: Callable[[int, Any], np.ndarray] = np.zeros,
) -> Optimizer:
    """The Optimizer of an OptimConfig: clipping by value, L2 penalty, core; adamw decays after its core.

    decayed: the spans of theta that hold weights, not biases. Raises ConfigError for an unknown name.
    """
    core = UPDATE_RULES[config.optimizer].core(config)
    clip = (ClipValue(config.clip_value),) if config.clip_value else ()
    decay = (WeightDecay(config.weight_decay),) if config.weight_decay else ()
    chain = (clip + core + decay) if config.optimizer == "adamw" else (clip + decay + core)
    average = WeightAverage(config.average) if config.average else None
    return Optimizer(chain, size, dtype, allocate, decayed, average)


def default_rate(config: Any) -> float:
    """The learning rate of an OptimConfig: its own, or its rule's default. Raises ConfigError for an unknown name."""
    return UPDATE_RULES[config.optimizer].rate if config.lr is None else config.lr


def global_norm(g: np.ndarray) -> float:
    """||g|| of a contiguous array of any shape, summed in float64; of a finite float32 array it is finite."""
    flat = g.reshape(-1)
    blocks = (flat[a : a + DOT] for a in range(0, flat.size, DOT))
    with np.errstate(over="ignore", invalid="ignore"):  # a float32 sum of squares overflows from 1e19 on
        squared = sum(float(np.dot(block, block)) for block in blocks)
        return math.sqrt(squared) if math.isfinite(squared) else float(np.linalg.norm(flat.astype(np.float64)))


def clip_factor(norm: float, limit: float) -> float:
    """The factor that clips a gradient of this finite global norm to at most `limit`; 0 means no limit.

    Pascanu, Mikolov & Bengio 2013 (arXiv:1211.5063v2); as torch.nn.utils.clip_grad_norm_, including its 1e-6.
    """
    return min(1.0, limit / (norm + 1e-6)) if limit else 1.0


class Cut(NamedTuple):
    """What clipping by value leaves of a gradient."""

    norm: float  # after it
    share: float  # of the elements that it changed
    cosine: float  # of the angle between the gradient before and after it; 1 where one of them is zero


def cut_by_value(g: np.ndarray, scale: float, limit: float) -> Cut:
    """The Cut of the gradient scale·g to elements in [-limit, limit], as `ClipValue` does it; g stays as it is."""
    scaled = g * g.dtype.type(scale)
    beyond = scaled - np.clip(scaled, -limit, limit)
    norm, kept, lost = global_norm(scaled), global_norm(scaled - beyond), global_norm(beyond)
    cosine = min(1.0, (norm**2 + kept**2 - lost**2) / (2 * norm * kept)) if norm * kept else 1.0
    return Cut(kept, np.count_nonzero(beyond) / beyond.size, cosine)
