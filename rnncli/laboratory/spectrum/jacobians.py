"""Jacobians of the steps of a recurrent layer, ds_t/ds_{t-1} of all states jointly, and their products.

The states lie side by side: s = [h | c] has n = S H numbers for S states. Row j of ds_t/ds_{t-1} is the gradient of
s_t[j] by s_{t-1}, so a gradient, a row vector, travels one step back as dL/ds_{t-1} = dL/ds_t ds_t/ds_{t-1}.
"""

from dataclasses import dataclass

import numpy as np

from ..one_step import OneStep
from ..watching import WatchedLayer


class StepJacobians:
    """The Jacobians of a layer at the states that a pass went through, in memory allocated once. They are what the
    backward pass that trains makes of the rows of the identity, n copies of one step side by side."""

    def __init__(self, watched: WatchedLayer):
        S, H = len(watched.layer.cell.state), watched.layer.H
        self.n, self.one = S * H, OneStep(watched, S * H)
        self.unit = tuple(np.split(np.eye(self.n), S, axis=1))

    def at(self, t: int, row: int) -> np.ndarray:
        """ds_t/ds_{t-1} (n, n) of one row, where s_{-1} is s0; a new array."""
        self.one.take(np.full(self.n, t), np.full(self.n, row))
        with np.errstate(all="ignore"):  # what explodes is shown as it is
            return np.concatenate(self.one.backward(self.unit), axis=1)


@dataclass(frozen=True)
class Product:
    """A product of Jacobians, matrix exp(log): its largest entry is in `log`, so that it neither over- nor
    underflows."""

    matrix: np.ndarray  # (n, n), the largest entry 1; zeros for a product that is zero
    log: float

    def after(self, before: np.ndarray) -> "Product":
        """This product times the Jacobian (n, n) of the step before its first."""
        matrix = self.matrix @ before
        largest = np.abs(matrix).max()
        if not (largest > 0 and np.isfinite(largest)):
            return Product(matrix, self.log)
        return Product(matrix / largest, self.log + float(np.log(largest)))


def no_steps(n: int) -> Product:
    """The product of no Jacobians, the identity (n, n)."""
    return Product(np.eye(n), 0.0)


@dataclass(frozen=True)
class Growth:
    """How fast the n-volume of the first few of all directions grows (Benettin et al. 1980): each step multiplies an
    orthonormal frame (n, m) and makes it orthonormal again, and the logarithms of what was divided out add up."""

    frame: np.ndarray
    logs: np.ndarray  # (m,): summed
    steps: int

    def back(self, jacobian: np.ndarray) -> "Growth":
        """One more step back through a Jacobian (n, n), as gradients travel."""
        frame, r = np.linalg.qr(jacobian.T @ self.frame)
        with np.errstate(divide="ignore"):  # a step may forget a direction entirely
            return Growth(frame, self.logs + np.log(np.abs(np.diag(r))), self.steps + 1)

    def restarted(self) -> "Growth":
        """The same frame with nothing measured."""
        return Growth(self.frame, np.zeros_like(self.logs), 0)

    @property
    def exponents(self) -> np.ndarray:
        """(m,): the Lyapunov exponents, ln of the factor per step, the largest first; nan without a step."""
        return np.sort(self.logs / self.steps)[::-1] if self.steps else np.full_like(self.logs, np.nan)


def random_frame(n: int, m: int, rng: np.random.Generator) -> Growth:
    """A random frame of m directions (at most n), of no steps."""
    return Growth(np.linalg.qr(rng.normal(size=(n, min(m, n))))[0], np.zeros(min(m, n)), 0)
