"""Numeric derivatives of a case, from its forward pass alone.

Complex step (Squire & Trapp 1998; Martins, Sturdza & Alonso 2003): for an analytic L and h = 1e-30,

    dL/dv = Im L(x + i h v) / h

without the subtraction that spoils differences, so that a right gradient agrees to about 1e-15. Central differences,

    dL/dv = (L(x + h v) - L(x - h v)) / 2h + O(h^2)

need no complex numbers. Their truncation error falls as h^2 and their rounding error rises as 1/h; so they are computed
for a sweep of step sizes, and each derivative is read where it changes least from one step size to the next. A kink
that lies within the larger steps spoils those alone.
"""

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import Any, Protocol

import numpy as np

from ..plugins import Place, place_of, user_code

COMPLEX_STEP = 1e-30
CENTRAL_STEPS = tuple(10.0**-k for k in range(2, 10))
FEW_STEPS = CENTRAL_STEPS[2:5]  # near the best for most functions
ROUNDING = 4 * np.finfo(np.float64).eps  # of L, relative to its size: many sums, whose errors cancel in part

Probe = Mapping[str, np.ndarray]  # {name of an array: the direction of a step, of its shape}


class Case(Protocol):
    """A scalar function L of named arrays; see `cases`."""

    @property
    def cell(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def arrays(self) -> dict[str, np.ndarray]: ...
    @property
    def thing(self) -> Any: ...
    @property
    def one_by_one(self) -> int: ...
    @property
    def jointly(self) -> bool: ...
    @property
    def unreached(self) -> tuple[str, ...]: ...

    def plan(self, dtype: str) -> Any: ...
    def value(self, arrays: Mapping[str, np.ndarray], plan: Any) -> Any: ...
    def gradient(self) -> dict[str, np.ndarray]: ...


@dataclass(frozen=True)
class Numeric:
    """Derivatives along n probes."""

    values: np.ndarray  # (n,)
    noise: np.ndarray  # (n,) what rounding may have added to each
    sweep: tuple[tuple[float, np.ndarray], ...] = ()  # of central differences: (h, derivatives (n,)) by step size
    failed: tuple[Place, str] | None = None  # where and why complex numbers fail in user code: `values` are NaN


class Differentiator:
    """Numeric derivatives of one case; its plans are made once."""

    def __init__(self, case: Case):
        self.case, self._plans = case, {}

    def complex_step(self, probes: Iterable[Probe]) -> Numeric:
        """Derivatives along all probes by the complex step. Raises ConfigError for an error inside user code, but not
        for one that complex numbers cause."""
        probes = list(probes)
        with user_code(), warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            try:
                values = [self._value(probe, 1j * COMPLEX_STEP, "c16").imag / COMPLEX_STEP for probe in probes]
                return Numeric(np.array(values), np.zeros(len(probes)))
            except (TypeError, np.exceptions.ComplexWarning) as error:
                place = place_of(error)
                if place is None:
                    raise
                return Numeric(np.full(len(probes), nan), np.zeros(len(probes)), failed=(place, str(error)))

    def central(self, probes: Iterable[Probe], steps: Sequence[float] = CENTRAL_STEPS) -> Numeric:
        """Central differences along all probes, each with the step size at which it has settled. Raises ConfigError for
        an error inside user code."""
        probes = list(probes)
        with user_code(), np.errstate(all="ignore"):
            sweep = np.array([[self._difference(probe, h) for probe in probes] for h in steps])
            rounding = ROUNDING * abs(self._value({}, 0, "f8"))
        return settled(sweep, steps, rounding)

    def repeats(self) -> bool:
        """Whether L is the same when it is computed again, in the same memory and in new one, for which a cell that is
        recorded is run anew."""
        with user_code(), np.errstate(all="ignore"):
            value, again = self._value({}, 0, "f8"), self._value({}, 0, "f8")
            return value == again == self.case.value(self.case.arrays, self.case.plan("f8"))

    def _difference(self, probe, h):
        return (self._value(probe, h, "f8") - self._value(probe, -h, "f8")) / (2 * h)

    def _value(self, probe, step, dtype):
        """L at a step along a probe."""
        if dtype not in self._plans:
            self._plans[dtype] = self.case.plan(dtype)
        moved = {name: self.case.arrays[name] + step * v for name, v in probe.items()}
        return self.case.value(self.case.arrays | moved, self._plans[dtype])


def settled(sweep: np.ndarray, steps: Sequence[float], rounding: float) -> Numeric:
    """The differences (S, n) for S step sizes from the largest on, each derivative read from the smaller of the two
    neighbouring step sizes between which it changes least. rounding: the error of L."""
    noise = rounding / np.array(steps)
    change = np.abs(np.diff(sweep, axis=0)) + noise[1:, None]
    chosen = np.where(np.isnan(change), np.inf, change).argmin(axis=0) + 1
    return Numeric(sweep[chosen, np.arange(sweep.shape[1])], noise[chosen], tuple(zip(steps, sweep)))
