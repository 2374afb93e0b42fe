"""The driver of gated recurrences: time, matrix products and memory, so that a cell is only its equations."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from ..init import ZEROS, Uniform
from ..params import ParamSpec
from .blocks import Shares, width
from .cell import Cell
from .layer import Layer
from .recurrent_plan import RecurrentPlan
from .squash import squash


class Starts(NamedTuple):
    """How the parameters of a recurrent layer begin."""

    W_x: Any
    W_h: Any
    b: Any = ZEROS


@dataclass(frozen=True)
class Recurrent(Layer):
    """A cell unrolled over time, with parameters W_x (D, .), b (.) and W_h (H, .), H columns per block.

    Forward, each step: a_t = [x_t | 1 | h_{t-1}] [W_x; b; W_h], one product; squashing; `cell.step`.
    Backward: slopes for a chunk of steps ahead; each step: `cell.step_backward`, dL/dh_{t-1} = da_t W_h^T and
    dL/dx_t = da_t W_x^T; at the end dW = rows^T da, one product over all T N rows. Row 0 holds s0, so that no step
    is special. With `tokens` x is (T, N) ids below D, and W_x x_t is a row of W_x. Between the two halves of a step,
    a cell with a block that reads u has its `prepare` called, and u_t W_h added to that block.
    """

    cell: Cell
    D: int
    H: int
    tokens: bool = False
    starts: Starts | None = None        # None: uniform in 1/sqrt(H)

    def specs(self):
        D, H, blocks, shares = self.D, self.H, self.cell.blocks, Shares.of(self.cell.blocks)
        uniform = Uniform(H ** -0.5)
        starts = self.starts or Starts(uniform, uniform)
        return (ParamSpec("W_x", (D, H * width(shares.x)), starts.W_x),
                ParamSpec("b", (H * len(blocks),), starts.b, decayed=False),
                ParamSpec("W_h", (H, H * (width(shares.h) + width(shares.u))), starts.W_h),
                *(ParamSpec(vector.name, (H,), uniform, decayed=False) for vector in self.cell.vectors))

    def initial_state(self, N, memory):
        return tuple(memory(N, self.H) for _ in self.cell.state)

    def plan(self, T, N, memory):
        return RecurrentPlan(self, T, N, memory)

    def load(self, p, plan):
        plan.load(p)

    def forward(self, x, s0, plan, mask=None):
        xp, cell, inner = plan.xp, self.cell, plan.inner
        plan.enter(x, s0, mask)
        for t, step in enumerate(plan.steps):
            for product in plan.forward_products:
                product.forward(t)
            squash(xp, *step.first)
            if inner is not None:
                cell.prepare(xp, step.s)
                inner.forward(t)
                squash(xp, *step.second)
            cell.step(xp, step.s)
            if mask is not None:
                plan.hold(t)
        return plan.y, plan.sT

    def backward(self, g, dy, dsT, plan):
        xp, d, cell, inner = plan.xp, plan.d, self.cell, plan.inner
        plan.enter_backward(dsT)
        for t in reversed(range(len(plan.steps))):
            step = plan.steps[t]
            if step.chunk:
                self._differentiate(xp, *step.chunk)
            d.h += plan.dh
            d.h += dy[t]                                # now dL/dh_t, whole
            if plan.padding is not None:
                plan.set_aside(t)
            cell.step_backward(xp, step.s, step.slope, d, step.da)
            if inner is not None:
                inner.backward(t)
                cell.prepare_backward(xp, step.s, step.slope, d, step.da)
            for product in plan.backward_products:
                product.backward(t)
            if plan.padding is not None:
                plan.put_back()
        plan.add_gradient(g)
        plan.dh += d.h
        return plan.dx, plan.ds0

    def _differentiate(self, xp, s, slope, sigma, tanh):
        """Every slope of a chunk of steps that does not depend on dL."""
        for value, derivative in sigma:
            xp.multiply(value, value, out=derivative)
            xp.subtract(value, derivative, out=derivative)      # sigma' = sigma - sigma^2
        for value, derivative in tanh:
            xp.multiply(value, value, out=derivative)
            xp.subtract(1, derivative, out=derivative)          # tanh' = 1 - tanh^2
        self.cell.local_derivatives(xp, s, slope)
