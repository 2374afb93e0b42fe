"""One linear unit, y_t = w y_{t-1}: powers of one weight, and of their gradient."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10
from typing import Any

import numpy as np

from ...tasks.base import Progress, Table
from ..drawings import Curve, Curves, Finding
from .figures import FLOOR, figure, relative, rounded, visible
from .numbers import DemoNumbers, number
from .unrolled import layer_of, unroll

SMALLEST = 5e-324  # of the numbers above 0 that float64 holds


@dataclass(frozen=True)
class Numbers(DemoNumbers):
    """The configuration."""

    weights: tuple[float, ...] = number("Weights w, one unit for each.", above=0)
    steps: int = number("Steps n.", min=1, max=100_000)


@dataclass(frozen=True)
class Unit:
    """A unit after n steps: y (n+1,) from y_0 = 1 on, and dy_n/dw by the backward pass."""

    w: float
    y: np.ndarray
    gradient: float

    @property
    def n(self) -> int:
        return len(self.y) - 1

    @property
    def expected(self) -> float:
        """dy_n/dw in closed form; 0 where it underflows."""
        return self.n * self.w ** (self.n - 1)

    @property
    def difference(self) -> float:
        """Of the gradient from its closed form, relative."""
        return relative(self.gradient, self.expected)

    @property
    def underflow(self) -> int | None:
        """The first step at which y is 0; None if there is none."""
        zero = np.flatnonzero(self.y == 0)
        return int(zero[0]) if zero.size else None


def run_unit(w: float, n: int) -> Unit:
    """The cell rnn-identity with one unit: s0 = 1, no input, no bias."""
    layer, one = layer_of("rnn-identity", 1, 1), np.ones((1, 1))
    p = {"W_x": 0 * one, "b": np.zeros(1), "W_h": w * one}
    passed = unroll(layer, p, np.zeros((n, 1, 1)), (one,), (one,))
    return Unit(w, passed.states["h"][:, 0, 0].copy(), passed.g["W_h"].item())


def demonstrate(numbers: Numbers, progress: Progress) -> Finding:
    """y_n and dy_n/dw of each weight beside w^n and n w^(n-1)."""
    units = [run_unit(w, numbers.steps) for w in numbers.weights]
    return Finding(
        part="linear-unit",
        title=f"One linear unit, y_t = w y_(t-1), y_0 = 1, after n = {numbers.steps:,} steps",
        record={"metrics": metrics(units), "units": [record(unit) for unit in units]},
        rows=[record(unit) for unit in units],
        brief=[table(units), *notes(units), chart(units)],
    )


def metrics(units: Sequence[Unit]) -> dict[str, float]:
    """{"WEIGHT/NAME": number}"""
    names = ("y", "gradient", "closed_form", "difference", "log10_y")
    return {f"{unit.w:g}/{name}": record(unit)[name] for unit in units for name in names}


def record(unit: Unit) -> dict[str, Any]:
    """A unit as flat data; the logarithm is that of the true power."""
    return {
        "w": unit.w,
        "n": unit.n,
        "y": float(unit.y[-1]),
        "log10_y": unit.n * log10(unit.w),
        "gradient": unit.gradient,
        "closed_form": unit.expected,
        "difference": unit.difference,
        "zero_from": unit.underflow,
    }


def table(units: Sequence[Unit]) -> Table:
    """A row for each weight."""
    header = ["w", "y_n", "log10 of w^n", "dy_n/dw, backward pass", "n w^(n-1)", "difference"]
    body = [
        [
            f"{unit.w:g}",
            figure(unit.y[-1]),
            f"{unit.n * log10(unit.w):,.1f}",
            figure(unit.gradient),
            figure(unit.expected),
            rounded(unit.difference),
        ]
        for unit in units
    ]
    return Table([header, *body], left=0)


def notes(units: Sequence[Unit]) -> list[str]:
    """What to see: the spread of the gradients, and where a power underflows."""
    found = [
        f"w = {unit.w:g}: the true value, 1e{unit.n * log10(unit.w):.0f}, is below {SMALLEST:.1e}, the smallest number "
        f"of float64. y is 0 from step {unit.underflow} on, and so is its gradient."
        for unit in units
        if unit.underflow is not None
    ]
    seen = sorted((unit for unit in units if unit.gradient), key=lambda unit: unit.gradient)
    if len(seen) > 1:
        least, most = seen[0], seen[-1]
        found.append(
            f"The gradient at w = {most.w:g} is {most.gradient / least.gradient:.1e} times that at w = {least.w:g}: "
            "no learning rate suits both."
        )
    return found


def chart(units: Sequence[Unit]) -> Curves:
    """All outputs over time, on a logarithmic axis."""
    lines = {f"w = {unit.w:g}": Curve(np.arange(len(unit.y)), visible(unit.y)) for unit in units}
    return Curves("", "step t", f"y_t = w^t, above {FLOOR:.0e}", lines, log_y=True)
