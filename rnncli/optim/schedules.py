"""Learning-rate schedules: a factor of the learning rate for each step.

factor(step, fraction) -> float     step counts from 1; fraction, 0..1, is the share of the budget already used
observe(metric)                     after each evaluation, lower is better; only `Plateau` uses it
to_dict() -> dict, from_dict(d)     the state, for JSON; empty except for `Plateau`
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..registry import Registry


@dataclass
class Constant:
    """1, after a warm-up in which the factor of every schedule rises linearly as step/warmup."""

    warmup: int = 0  # steps

    def factor(self, step: int, fraction: float) -> float:
        """The factor of the learning rate at this step."""
        return self._shape(step, fraction) * (min(1.0, step / self.warmup) if self.warmup else 1.0)

    def observe(self, metric: float) -> None:
        """Ignored: the factor depends on the step alone."""

    def to_dict(self) -> dict[str, Any]:
        """The state for JSON: none."""
        return {}

    def from_dict(self, state: Mapping[str, Any]) -> None:
        """Nothing to restore."""

    def _shape(self, step: int, fraction: float) -> float:
        return 1.0


@dataclass
class StepDecay(Constant):
    """Multiplied by gamma after every `every` steps: gamma^⌊(step - 1)/every⌋."""

    every: int = 1000  # steps
    gamma: float = 0.5

    def _shape(self, step: int, fraction: float) -> float:
        return self.gamma ** ((step - 1) // self.every)


@dataclass
class ExponentialDecay(Constant):
    """A smooth `StepDecay`: gamma^((step - 1)/every), equal to it at the steps where it changes."""

    every: int = 1000  # steps
    gamma: float = 0.5

    def _shape(self, step: int, fraction: float) -> float:
        return self.gamma ** ((step - 1) / self.every)


@dataclass
class Cosine(Constant):
    """Half a cosine from 1 down to `final` over the budget (Loshchilov & Hutter 2017, arXiv:1608.03983v5)."""

    final: float = 0.0

    def _shape(self, step: int, fraction: float) -> float:
        wave = (1 + math.cos(math.pi * min(max(fraction, 0.0), 1.0))) / 2
        return self.final + (1 - self.final) * wave


@dataclass
class Plateau(Constant):
    """Multiplied by gamma after `patience` evaluations in a row without a new best; nan is never better."""

    gamma: float = 0.5
    patience: int = 3  # evaluations

    def __post_init__(self):
        self._best: float | None = None
        self._waited, self._scale = 0, 1.0

    def observe(self, metric: float) -> None:
        """Count an evaluation without a new best; at `patience` the factor shrinks and the count starts again."""
        if math.isfinite(metric) and (self._best is None or metric < self._best):
            self._best, self._waited = metric, 0
            return
        self._waited += 1
        if self._waited >= self.patience:
            self._waited, self._scale = 0, self._scale * self.gamma

    def to_dict(self) -> dict[str, Any]:
        """The state for JSON; `best` is None before the first evaluation."""
        return {"best": self._best, "waited": self._waited, "scale": self._scale}

    def from_dict(self, state: Mapping[str, Any]) -> None:
        """Restore the state from `to_dict`."""
        self._best, self._waited, self._scale = state["best"], state["waited"], state["scale"]

    def _shape(self, step: int, fraction: float) -> float:
        return self._scale


SCHEDULES: Registry[Callable[[Any], Constant]] = Registry("schedule")  # kind -> ScheduleConfig -> schedule
SCHEDULES.register("constant", lambda config: Constant(config.warmup))
SCHEDULES.register("step", lambda config: StepDecay(config.warmup, config.every, config.gamma))
SCHEDULES.register("exponential", lambda config: ExponentialDecay(config.warmup, config.every, config.gamma))
SCHEDULES.register("cosine", lambda config: Cosine(config.warmup, config.final))
SCHEDULES.register("plateau", lambda config: Plateau(config.warmup, config.gamma, config.patience))


def build_schedule(config: Any) -> Constant:
    """The schedule of a ScheduleConfig, in its initial state. Raises ConfigError for an unknown kind."""
    return SCHEDULES[config.kind](config)
