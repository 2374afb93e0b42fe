"""One recurrent layer by itself, its weights set by hand, forward and backward through time by the engine."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from ...nn.cells import CELLS
from ...nn.layer import States
from ...nn.memory import Memory
from ...nn.observing import Observer
from ...nn.recurrent import Recurrent
from ..watching import norm


@dataclass(frozen=True)
class Passed:
    """A layer after T steps forward and T steps back.

    states: {state: (T+1, N, H)}, from s0 to sT. d: {state: dL/dstate (T+1, N, H)}, for c without its effect on the h of
    its own step. g: dL/dp by name. values: what the cell computed, by name, each (T, N, H).
    """

    states: Mapping[str, np.ndarray]
    d: Mapping[str, np.ndarray]
    g: Mapping[str, np.ndarray]
    values: Mapping[str, np.ndarray]

    def by_lag(self, state: str) -> np.ndarray:
        """(T+1,): the root mean square over the rows of ||dL/dstate_{T-k}||, k = 0 .. T."""
        norms = norm(self.d[state][::-1], axis=2)
        return norm(norms, axis=1) / np.sqrt(norms.shape[1])


class Tape(Observer):
    """Keeps the gradient of every state of a single layer of T steps, in the order of `Passed.d`."""

    def __init__(self, T: int) -> None:
        self.T = T
        self.d: dict[str, np.ndarray] = {}

    def reached(self, name: str, t: int, d: Mapping[str, Any]) -> None:
        for state, array in d.items():
            self.d.setdefault(state, np.zeros((self.T + 1, *array.shape)))[t + 1] = array

    def handed(self, name: str, t: int, d: Mapping[str, Any]) -> None:
        if t == 0:
            for state, array in d.items():
                self.d[state][0] = array


def layer_of(cell: str, D: int, H: int) -> Recurrent:
    """A layer by the name of its cell."""
    return Recurrent(CELLS[cell], D, H)


def zeros(layer: Recurrent) -> dict[str, np.ndarray]:
    """Parameters of a layer by name, all zero."""
    return {spec.name: np.zeros(spec.shape) for spec in layer.specs()}


def block(layer: Recurrent, name: str) -> slice:
    """The part of b that belongs to a block of the cell."""
    k = [each.name for each in layer.cell.blocks].index(name)
    return slice(k * layer.H, (k + 1) * layer.H)


def unroll(layer: Recurrent, p: Mapping[str, np.ndarray], x: np.ndarray, s0: States, dsT: States) -> Passed:
    """Run a layer over x (T, N, D) from s0, and back from dL/dsT, in float64; both are one (N, H) for each state."""
    T, N, _ = x.shape
    tape = Tape(T)
    g = zeros(layer)
    with np.errstate(all="ignore"):  # what explodes or underflows is shown as it is
        plan = layer.plan(T, N, Memory("f8", observer=tape))
        layer.load(SimpleNamespace(**p), plan)
        y, _ = layer.forward(x, s0, plan)
        layer.backward(SimpleNamespace(**g), np.zeros_like(y), dsT, plan)
    return Passed(dict(plan.states), tape.d, g, dict(plan.values))
