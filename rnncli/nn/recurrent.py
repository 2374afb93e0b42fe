"""The driver of gated recurrences: time, matrix products and memory, so that a cell is only its equations."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from .blocks import Shares, width
from .cell import Cell
from .initialisers import ZEROS, Uniform
from .layer import Layer, States
from .memory import Array
from .parameters import ParamSpec
from .recurrent_plan import RecurrentPlan


class Starts(NamedTuple):
    """The initial values of the parameters of a recurrent layer."""

    W_x: Any
    W_h: Any
    b: Any = ZEROS


@dataclass(frozen=True)
class Recurrent(Layer):
    """A cell unrolled over time, with parameters W_x (D, .), b (.) and W_h (H, .), H columns per block.

    Forward, each step: a_t = [x_t | 1 | h_{t-1}] [W_x; b; W_h], one product; squashing; `cell.step`.
    Backward: slopes for a chunk of steps ahead; each step: `cell.step_backward`, dL/dh_{t-1} = da_t W_h^T and
    dL/dx_t = da_t W_x^T; at the end dW = rows^T da, one product over all T N rows. Row 0 holds s0, so that no step
    is special. With `tokens`, x is (T, N) ids below D, and W_x x_t is a row of W_x. For a cell with a block that reads
    u, `prepare` runs between squashing and `cell.step`, and u_t W_h is added to that block.
    """

    cell: Cell
    D: int
    H: int
    tokens: bool = False
    starts: Starts | None = None  # None: uniform in 1/sqrt(H)

    def specs(self):
        D, H, blocks, shares = self.D, self.H, self.cell.blocks, Shares.of(self.cell.blocks)
        uniform = Uniform(H**-0.5)
        starts = self.starts or Starts(uniform, uniform)
        return (
            ParamSpec("W_x", (D, H * width(shares.x)), starts.W_x),
            ParamSpec("b", (H * len(blocks),), starts.b, decayed=False),
            ParamSpec("W_h", (H, H * (width(shares.h) + width(shares.u))), starts.W_h),
            *(ParamSpec(vector.name, (H,), uniform, decayed=False) for vector in self.cell.vectors),
        )

    def initial_state(self, N, memory):
        return tuple(memory(N, self.H) for _ in self.cell.state)

    def plan(self, T, N, memory):
        return RecurrentPlan(self, T, N, memory)

    def load(self, p, plan):
        plan.load(p)

    def forward(self, x: Array, s0: States, plan: RecurrentPlan, mask: Array | None = None) -> tuple[Array, States]:
        plan.enter(x, s0, mask)
        for t, step in enumerate(plan.steps):
            for call in step.forward:
                call()
            if plan.padding is not None:
                plan.hold(t, plan.padding[t])
        return plan.y, plan.sT

    def stream(self, x, s0, plan):
        plan.enter(x, s0)
        return plan.stream(x)

    def backward(self, g: Any, dy: Array, dsT: States, plan: RecurrentPlan) -> tuple[Array | None, States]:
        plan.enter_backward(dsT)
        for t in reversed(range(len(plan.steps))):
            step = plan.steps[t]
            for call in step.slopes:
                call()
            plan.d.h += dy[t]  # now dL/dh_t, complete
            if plan.padding is not None:
                plan.set_aside(plan.padding[t])
            for call in step.backward:
                call()
            if plan.padding is not None:
                plan.put_back()
        plan.add_gradient(g)
        return plan.dx, plan.ds0
