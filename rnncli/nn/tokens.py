"""Rows of a table selected by token id, and their gradient: the embedding."""

from dataclasses import dataclass
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

from .initialisers import Uniform
from .layer import Layer
from .memory import Array, Memory
from .parameters import ParamSpec

ORDERED_BYTES = 3_000_000  # of rows sorted at a time, so that they stay in a near cache
FEW = 10_000_000  # positions x V x width of the largest one-hot product that is faster than sorting


class TokenSums:
    """Sums of rows (positions, width) by token id. For few positions it is a product with one-hot rows. For many,
    sorting makes equal ids neighbours, and the sum for an id is one `add.reduce`: several times faster than the product
    and twenty times faster than `add.at`."""

    def __init__(self, positions: int, V: int, width: int, memory: Memory):
        self.xp, self.few = memory.xp, positions * V * width <= FEW
        if self.few:
            self.one_hot, self.total = memory(V, positions, training=True), memory(V, width, training=True)
        else:
            most = max(1, ORDERED_BYTES // (width * memory.dtype.itemsize))
            self.ordered = memory.scratch(min(positions, most), width, training=True)

    def add(self, ids: Array, rows: Array, table: Array, columns: slice = slice(None)) -> None:
        """table[id] += the sum of `rows` (T, N, width)[..., columns] over the positions of this id in `ids` (T, N)."""
        ids, rows = ids.reshape(-1), rows.reshape(-1, rows.shape[-1])
        if self.few:
            self.one_hot.fill(0)
            self.one_hot[ids, self.xp.arange(len(ids))] = 1
            self.xp.dot(self.one_hot, rows, self.total)
            table += self.total[:, columns]
        else:
            self._add_sorted(ids, rows, table, columns)

    def _add_sorted(self, ids, rows, table, columns):
        order = self.xp.argsort(ids, kind="stable")
        for start in range(0, len(ids), len(self.ordered)):
            part = order[start : start + len(self.ordered)]
            sorted_ids, ordered = ids[part], self.ordered[: len(part)]
            rows.take(part, axis=0, out=ordered, mode="clip")
            changes = (self.xp.flatnonzero(sorted_ids[1:] != sorted_ids[:-1]) + 1).tolist()
            for first, stop in pairwise([0, *changes, len(part)]):
                table[sorted_ids[first]] += self.xp.add.reduce(ordered[first:stop, columns], axis=0)


@dataclass(frozen=True)
class Embedding(Layer):
    """y_t = E[x_t]: token ids x (T, N) below V -> vectors y (T, N, D)."""

    V: int
    D: int
    start: Any = Uniform(0.1)

    def specs(self):
        return (ParamSpec("E", (self.V, self.D), self.start),)

    def plan(self, T, N, memory):
        return SimpleNamespace(
            E=memory(self.V, self.D), y=memory(T, N, self.D), sums=TokenSums(T * N, self.V, self.D, memory), x=None
        )

    def load(self, p, plan):
        plan.E[...] = p.E

    def forward(self, x, s0, plan, mask=None):
        plan.x = x
        plan.E.take(x, axis=0, out=plan.y, mode="clip")
        return plan.y, ()

    def backward(self, g, dy, dsT, plan):
        """dy (T, N, D); ids have no gradient, so dL/dx is None."""
        plan.sums.add(plan.x, dy, g.E)
        return None, ()
