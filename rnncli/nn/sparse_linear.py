"""A linear model of many inputs of which few are not zero, such as n-grams."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from .memory import Array, Memory
from .parameters import ParamSpec

PICKED_BYTES = 4_000_000  # of rows of W held at once


@dataclass(frozen=True)
class SparseLinear:
    """scores_n = sum over g of values[g, n] W[ids[g, n]], without a bias: F inputs, at most G of them in a row.

    The gradient touches the rows of W that the batch names and no others. W starts at zero. Padding has value 0.
    """

    F: int
    K: int

    def specs(self) -> tuple[ParamSpec, ...]:
        return (ParamSpec("W", (self.F, self.K)),)

    def plan(self, G: int, N: int, memory: Memory) -> SimpleNamespace:
        """`picked` (g, N, K): a row of W for each of g inputs of every example, as many as fit in PICKED_BYTES."""
        K = self.K
        g = max(1, min(G, PICKED_BYTES // max(N * K * memory.dtype.itemsize, 1)))
        return SimpleNamespace(
            xp=memory.xp, p=None, ids=None, values=None, picked=memory.scratch(g, N, K), scores=memory(N, K)
        )

    def load(self, p: Any, plan: Any) -> None:
        plan.p = p  # not copied: W may be large, and few of its rows are read

    def forward(self, ids: Array, values: Array, plan: Any) -> Array:
        """ids (G, N) below F, values (G, N) -> scores (N, K)."""
        plan.ids, plan.values = ids, values  # for backward
        plan.scores.fill(0)
        W = plan.p.W.astype(plan.scores.dtype, copy=False)  # a copy in gradient checks alone
        for start in range(0, len(ids), len(plan.picked)):
            some = slice(start, start + len(plan.picked))
            picked = plan.picked[: len(ids[some])]
            W.take(ids[some], axis=0, out=picked, mode="clip")
            plan.xp.multiply(picked, values[some, :, None], out=picked)
            plan.scores += plan.xp.add.reduce(picked, axis=0)
        return plan.scores

    def backward(self, g: Any, dscores: Array, plan: Any) -> None:
        """dscores (N, K); adds into g. Sorting makes equal ids neighbours, whose rows one `reduceat` adds up."""
        xp, N = plan.xp, len(dscores)
        ids, values, picked = plan.ids.reshape(-1), plan.values.reshape(-1), plan.picked.reshape(-1, self.K)
        used = xp.flatnonzero(values)
        used = used[ids[used].argsort(kind="stable")]
        for start in range(0, len(used), len(picked)):
            part = used[start : start + len(picked)]
            rows, own = picked[: len(part)], ids[part]
            dscores.take(part % N, axis=0, out=rows, mode="clip")
            rows *= values[part, None]
            first = xp.flatnonzero(xp.concatenate([[True], own[1:] != own[:-1]]))
            g.W[own[first]] += xp.add.reduceat(rows, first, axis=0)
