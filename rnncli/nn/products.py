"""The matrix products of a recurrent layer: each knows its weights, the views it works on and its gradient.

`forward(t)` and `backward(t)` return the calls of one step, bound when the plan is made.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from .blocked_matrix import blocked, blocked_transposed
from .blocks import Run, overlap
from .call_recorder import Calls
from .memory import Array, Memory
from .tokens import TokenSums

LOOKUP_BYTES = 200_000  # of rows looked up at once: few enough to be still in the cache at their step


class RowProduct:
    """a_t = [x_t | 1 | h_{t-1}] W for a Run of blocks."""

    def __init__(self, run: Run, plan: Any, memory: Memory):
        self.run, self.xp = run, memory.xp
        self.rows, self.a, da = plan.rows[:-1, :, run.rows], plan.a[:, run.blocks], plan.da[:, :, run.b]
        (T, N, K), (_, G, _, H) = self.rows.shape, self.a.shape
        self.logistic = overlap(run.blocks, plan.logistic)
        self.W, self.dW = blocked(N, K, G, H, memory, parts=(1,)), memory.scratch(K, G * H, training=True)
        self.all_rows, self.all_da = self.rows.reshape(T * N, K), da.reshape(T * N, G * H)

    def load(self, p: Any) -> None:
        self.W.pack(*self.run.pieces(p))
        self.W.halve(self.logistic)

    def forward(self, t: int) -> Calls:
        return self.W.product(self.rows[t], self.a[t])

    def look_up(self, t: int, ids: Array) -> Calls:
        """No calls: the input is in the rows."""
        return []

    def add_gradient(self, g: Any) -> None:
        """g += rows^T da, over all steps at once."""
        self.xp.matmul(self.all_rows.T, self.all_da, out=self.dW)
        start = 0
        for piece in self.run.pieces(g):
            piece += self.dW[start : start + len(piece)]
            start += len(piece)


class TokenLookup:
    """a_t += W_x x_t for one-hot x_t: the row of W_x for each token id, looked up for a few steps at once."""

    def __init__(self, V: int, blocks: slice, plan: Any, memory: Memory):
        self.xp, self.plan, self.a, self.logistic = memory.xp, plan, plan.a[:, blocks], overlap(blocks, plan.logistic)
        self.T, G, N, H = self.a.shape
        self.ahead = max(1, min(self.T, LOOKUP_BYTES // (G * N * H * memory.dtype.itemsize)))
        self.table, self.picked = memory(G, V, H), memory(G, self.ahead * N, H)
        self.sums = TokenSums(self.T * N, V, plan.da.shape[-1], memory)

    def load(self, p: Any) -> None:
        G, V, H = self.table.shape
        self.table[...] = p.W_x.reshape(V, G, H).swapaxes(0, 1)
        self.table[self.logistic] *= 0.5

    def forward(self, t: int) -> Calls:
        N, k = self.a.shape[2], t % self.ahead
        a, picked = self.a[t], self.picked[:, k * N : (k + 1) * N]
        return [partial(self.xp.add, a, picked, a)]

    def look_up(self, t: int, ids: Array) -> Calls:
        """Calls that pick the rows of `ids` (T, N) for step t and some steps after it."""
        ids = ids[t : t + self.ahead].reshape(-1)
        return [] if t % self.ahead else [partial(self.table.take, ids, 1, self.picked[:, : ids.size], "clip")]

    def add_gradient(self, g: Any) -> None:
        """g.W_x[id] += the sum of da over the positions with this id; the blocks that read x are the last of da."""
        self.sums.add(self.plan.x, self.plan.da, g.W_x, slice(-g.W_x.shape[1], None))


class InnerProduct:
    """a_t += u_t W for the blocks that read u_t, the vector that the cell computes from its other blocks."""

    def __init__(self, plan: Any, memory: Memory):
        self.xp, self.columns, blocks = memory.xp, plan.shares.recurrent_columns("u", plan.H), plan.shares.u
        self.a, self.u, da = plan.a[:, blocks], plan.u, plan.da[:, :, blocks.start * plan.H : blocks.stop * plan.H]
        (T, G, N, H), K = self.a.shape, plan.H
        self.logistic, self.forward_only = overlap(blocks, plan.logistic), memory.forward_only
        self.W, self.part = blocked(N, K, G, H, memory, parts=(1,)), memory(G, N, H)
        self.dW = memory.scratch(K, G * H, training=True)
        self.all_u, self.all_da = self.u.reshape(T * N, K), da.reshape(T * N, G * H)
        self.back = TransposedProduct("W_h", self.columns, da, [plan.d.u] * T, memory)

    def load(self, p: Any) -> None:
        self.W.pack(p.W_h[:, self.columns])
        self.W.halve(self.logistic)
        if not self.forward_only:
            self.back.load(p)

    def forward(self, t: int) -> Calls:
        a = self.a[t]
        return [*self.W.product(self.u[t], self.part), partial(self.xp.add, a, self.part, a)]

    def backward(self, t: int) -> Calls:
        """d.u = da_t W^T."""
        return self.back.backward(t)

    def add_gradient(self, g: Any) -> None:
        self.xp.matmul(self.all_u.T, self.all_da, out=self.dW)
        g.W_h[:, self.columns] += self.dW


class TransposedProduct:
    """dL/dv = da_t W^T, where W is `columns` of the parameter `name` and v the vector that W multiplies."""

    def __init__(self, name: str, columns: slice, da: Array, outputs: Sequence[Array] | Array, memory: Memory):
        _, N, K = da.shape
        self.name, self.columns, self.da, self.outputs = name, columns, da, outputs
        self.W = blocked_transposed(N, K, outputs[0].shape[-1], memory)

    def load(self, p: Any) -> None:
        self.W.pack_transposed(getattr(p, self.name)[:, self.columns])

    def backward(self, t: int) -> Calls:
        return self.W.product(self.da[t], self.outputs[t][None])
