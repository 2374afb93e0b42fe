"""Rows of a table picked by token id, and their gradient: the embedding."""

from dataclasses import dataclass
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

from .initialisers import Uniform
from .layer import Layer
from .parameters import ParamSpec

ORDERED_BYTES = 3_000_000  # of rows that are sorted at a time: they should stay in a cache that is near
FEW = 10_000_000  # places x tokens x width of the largest one-hot product that is faster than sorting


class TokenSums:
    """Sums of rows (places, width) by token id. A few places are a product with their one-hot rows. With many, sorting
    makes the places of a token neighbours; each is then one `add.reduce`, several times faster than the product and
    twenty times faster than `add.at`."""

    def __init__(self, places, V, width, memory):
        self.xp, self.few = memory.xp, places * V * width <= FEW
        if self.few:
            self.one_hot, self.total = memory(V, places, training=True), memory(V, width, training=True)
        else:
            most = max(1, ORDERED_BYTES // (width * memory.dtype.itemsize))
            self.ordered = memory.scratch(min(places, most), width, training=True)

    def add(self, ids, rows, table, columns=slice(None)):
        """table[token] += the sum of `rows` (T, N, width)[..., columns] over the places where `ids` (T, N) is token."""
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
            tokens, ordered = ids[part], self.ordered[: len(part)]
            rows.take(part, axis=0, out=ordered, mode="clip")
            changes = (self.xp.flatnonzero(tokens[1:] != tokens[:-1]) + 1).tolist()
            for first, stop in pairwise([0, *changes, len(part)]):
                table[tokens[first]] += self.xp.add.reduce(ordered[first:stop, columns], axis=0)


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
        """dy (T, N, D); ids have no gradient, so that what is returned for dL/dx is None."""
        plan.sums.add(plan.x, dy, g.E)
        return None, ()
