"""One vector for a whole sequence: y (T, N, H) -> (1, N, H), of the real steps alone.

What stands at padded steps changes nothing, NaN included. A row without a real step gives zeros.
"""

from dataclasses import dataclass
from math import inf
from types import SimpleNamespace
from typing import Any

from .memory import Array, Memory


@dataclass(frozen=True)
class Pool:
    """What the kinds of pools share. Returned arrays belong to the plan and are valid until its next use."""

    H: int

    def plan(self, T: int, N: int, memory: Memory) -> SimpleNamespace:
        """Buffers; `lengths` (N,) counts the real steps of each row, `empty` (N,) marks rows without any."""
        xp, H = memory.xp, self.H
        return SimpleNamespace(
            xp=xp,
            lengths=xp.zeros(N, xp.intp),
            rows=xp.arange(N),
            mask=None,
            empty=None,
            pooled=memory(1, N, H),
            dy=memory(T, N, H, training=True),
        )

    def forward(self, y: Array, mask: Array | None, plan: Any) -> Array:
        """y (T, N, H), mask (T, N), True at real steps, None if all are -> (1, N, H)."""
        plan.mask = mask
        plan.lengths[...] = len(y) if mask is None else plan.xp.add.reduce(mask, axis=0, dtype=plan.xp.intp)
        plan.empty = plan.lengths == 0
        self._gather(y, plan)
        plan.pooled[:, plan.empty] = 0
        return plan.pooled

    def backward(self, dpooled: Array, plan: Any) -> Array:
        """dL/dpooled (1, N, H) -> dL/dy (T, N, H), zero at padded steps."""
        self._spread(dpooled, plan)
        plan.dy[:, plan.empty] = 0
        return plan.dy

    def _gather(self, y: Array, plan: Any) -> None:
        """Set plan.pooled."""
        raise NotImplementedError

    def _spread(self, dpooled: Array, plan: Any) -> None:
        """Set plan.dy."""
        raise NotImplementedError


@dataclass(frozen=True)
class Ends(Pool):
    """What the layers end with: y at the last real step, but the last `back` columns, of the layer that reads backward,
    at step 0. Unlike the final state, it follows normalisation and dropout."""

    back: int = 0

    def _gather(self, y, plan):
        ahead, last = self.H - self.back, self._last(plan)
        plan.pooled[0, :, :ahead] = y[last, plan.rows, :ahead]
        plan.pooled[0, :, ahead:] = y[0, :, ahead:]

    def _spread(self, dpooled, plan):
        ahead, last = self.H - self.back, self._last(plan)
        plan.dy.fill(0)
        plan.dy[last, plan.rows, :ahead] = dpooled[0, :, :ahead]
        plan.dy[0, :, ahead:] = dpooled[0, :, ahead:]

    def _last(self, plan):
        return plan.xp.maximum(plan.lengths - 1, 0)


@dataclass(frozen=True)
class Mean(Pool):
    """Sum of m_t y_t / L, where m_t is 1 at the L real steps and 0 elsewhere."""

    def _gather(self, y, plan):
        real = True if plan.mask is None else plan.mask[:, :, None]
        plan.xp.add.reduce(y, axis=0, keepdims=True, where=real, out=plan.pooled)
        plan.pooled /= self._divisor(plan)

    def _spread(self, dpooled, plan):
        real = True if plan.mask is None else plan.mask[:, :, None]
        plan.xp.multiply(dpooled / self._divisor(plan), real, out=plan.dy)

    def _divisor(self, plan):
        return plan.xp.maximum(plan.lengths, 1)[:, None].astype(plan.xp.real(plan.pooled).dtype)


@dataclass(frozen=True)
class Max(Pool):
    """The largest y_t of the real steps, column by column; the gradient goes to the first step that has it."""

    def plan(self, T, N, memory):
        plan, xp = super().plan(T, N, memory), memory.xp
        plan.candidates = xp.real(memory.scratch(T, N, self.H))
        plan.steps = xp.zeros((1, N, self.H), xp.intp)  # where the largest values stand
        return plan

    def _gather(self, y, plan):
        plan.candidates[...] = plan.xp.real(y)
        if plan.mask is not None:
            plan.candidates[~plan.mask] = -inf
        plan.candidates.argmax(axis=0, out=plan.steps[0])
        plan.pooled[...] = plan.xp.take_along_axis(y, plan.steps, axis=0)

    def _spread(self, dpooled, plan):
        plan.dy.fill(0)
        plan.xp.put_along_axis(plan.dy, plan.steps, dpooled, axis=0)


POOLS: dict[str, type[Pool]] = {"ends": Ends, "mean": Mean, "max": Max}


def pool_named(name: str, H: int, bidirectional: bool = False) -> Pool:
    """The pool of that name in POOLS for H columns, the right half of them from layers that read backward if
    `bidirectional`."""
    return Ends(H, H // 2) if name == "ends" and bidirectional else POOLS[name](H)
