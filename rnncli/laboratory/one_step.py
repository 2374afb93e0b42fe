"""One step of a pass, to go through it again: its backward pass, or its part of the gradient of the parameters."""

from collections.abc import Mapping
from types import SimpleNamespace

import numpy as np

from ..nn.memory import Memory
from .watching import WatchedLayer

COMPLEX_STEP = 1e-30  # (Squire & Trapp 1998): no subtraction, so that it may be as small as that


class OneStep:
    """A plan of one step of N rows that is filled with steps of a pass; the layer's own code then works on it."""

    def __init__(self, watched: WatchedLayer, N: int):
        self.layer, self.source = watched.layer, watched.plan
        self.plan = self.layer.plan(1, N, Memory(self.source.a.dtype))
        self.layer.load(watched.p, self.plan)

    def take(self, t: np.ndarray, rows: np.ndarray) -> None:
        """Row k becomes step t[k] of row rows[k] of the pass: its input, states, saved values and da. t, rows: (N,)."""
        source, plan = self.source, self.plan
        plan.x[0] = source.x[t, rows]
        plan.a[0] = source.a[t, :, rows].swapaxes(0, 1)
        plan.rows[0] = source.rows[t, rows]
        for name, state in plan.states.items():
            state[0], state[1] = source.states[name][t, rows], source.states[name][t + 1, rows]
        for name, value in plan.saved.items():
            value[0] = source.saved[name][t, rows]
        plan.da[0] = source.da[t, rows]

    def backward(self, dsT: tuple[np.ndarray, ...]) -> tuple[np.ndarray, ...]:
        """dL/ds_t, one (N, H) for each state -> dL/ds_{t-1}, views that the next call overwrites. Overwrites da."""
        (step,) = self.plan.steps
        self.plan.enter_backward(dsT)
        for call in (*step.slopes, *step.backward):
            call()
        return self.plan.ds0

    def gradient(self) -> dict[str, np.ndarray]:
        """The part of these steps of the gradient, {"W_h": array}, new arrays."""
        g = {spec.name: np.zeros(spec.shape) for spec in self.layer.specs()}
        self.plan.add_gradient(SimpleNamespace(**g))
        return g


def along(watched: WatchedLayer, t: int, row: int, direction: Mapping[str, np.ndarray]) -> np.ndarray:
    """The derivative of the states after step t of a row (states, H) along a direction of the parameters, the states
    before it held: ds_t/dp . direction by complex step, from the forward pass alone. direction: {"W_h": array}."""
    layer, source, states = watched.layer, watched.plan, watched.plan.states
    plan = layer.plan(1, 1, Memory("c16"))
    moved = {name: array + 1j * COMPLEX_STEP * direction[name] for name, array in vars(watched.p).items()}
    layer.load(SimpleNamespace(**moved), plan)
    s0 = tuple(states[name][t, row][None] for name in layer.cell.state)
    _, sT = layer.forward(source.x[t, row][None, None], s0, plan)
    return np.array([state[0].imag for state in sT]) / COMPLEX_STEP
