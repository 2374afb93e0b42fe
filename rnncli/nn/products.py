"""The matrix products of a recurrent layer: each knows its weights, the views it works on and its gradient."""

from .packed import PackedMatrix
from .tokens import TokenSums


class RowProduct:
    """a_t = [x_t | 1 | h_{t-1}] W for a run of blocks."""

    def __init__(self, run, plan, memory):
        self.run, self.xp = run, memory.xp
        rows, a, da = plan.rows[:-1, :, run.rows], plan.a[:, run.blocks], plan.da[:, :, run.b]
        (T, N, K), (_, G, _, H) = rows.shape, a.shape
        self.W, self.dW = PackedMatrix(N, K, G, H, memory, parts=(1,)), memory(K, G * H)
        self.rows, self.a = [self.W.left(row) for row in rows], [self.W.right(a_t) for a_t in a]
        self.all_rows, self.all_da = rows.reshape(T * N, K), da.reshape(T * N, G * H)

    def load(self, p):
        self.W.pack(*self.run.pieces(p))

    def forward(self, t):
        self.W.product(self.rows[t], self.a[t])

    def add_gradient(self, g):
        """g += rows^T da, over all steps at once."""
        self.xp.matmul(self.all_rows.T, self.all_da, out=self.dW)
        start = 0
        for piece in self.run.pieces(g):
            piece += self.dW[start:start + len(piece)]
            start += len(piece)


class TokenLookup:
    """a_t += W_x x_t for one-hot x_t: the row of W_x that each token id picks."""

    def __init__(self, V, blocks, plan, memory):
        self.xp, self.plan, self.a = memory.xp, plan, list(plan.a[:, blocks])
        G, N, H = self.a[0].shape
        T, _, width = plan.da.shape
        self.table, self.picked = memory(G, V, H), memory(G, N, H)
        self.sums = TokenSums(T * N, width, memory)

    def load(self, p):
        G, V, H = self.table.shape
        self.table[...] = p.W_x.reshape(V, G, H).swapaxes(0, 1)

    def forward(self, t):
        self.table.take(self.plan.x[t], axis=1, out=self.picked, mode="clip")
        self.xp.add(self.a[t], self.picked, out=self.a[t])

    def add_gradient(self, g):
        """g.W_x[token] += the sum of da over the token's places; the blocks that read x are the last of da."""
        self.sums.add(self.plan.x, self.plan.da, g.W_x, slice(-g.W_x.shape[1], None))


class InnerProduct:
    """a_t += u_t W for the blocks that read u_t, the vector that the cell makes of its other blocks."""

    def __init__(self, plan, memory):
        self.xp, self.columns, blocks = memory.xp, plan.shares.recurrent_columns("u", plan.H), plan.shares.u
        a, u, da = plan.a[:, blocks], plan.u, plan.da[:, :, blocks.start * plan.H:blocks.stop * plan.H]
        (T, G, N, H), K = a.shape, plan.H
        self.W, self.dW, self.part = PackedMatrix(N, K, G, H, memory, parts=(1,)), memory(K, G * H), memory(G, N, H)
        self.u, self.a, self.out = [self.W.left(u_t) for u_t in u], list(a), self.W.right(self.part)
        self.all_u, self.all_da = u.reshape(T * N, K), da.reshape(T * N, G * H)
        self.back = TransposedProduct("W_h", self.columns, da, [plan.d.u] * T, memory)

    def load(self, p):
        self.W.pack(p.W_h[:, self.columns])
        self.back.load(p)

    def forward(self, t):
        self.W.product(self.u[t], self.out)
        self.xp.add(self.a[t], self.part, out=self.a[t])

    def backward(self, t):
        """d.u = da_t W^T."""
        self.back.backward(t)

    def add_gradient(self, g):
        self.xp.matmul(self.all_u.T, self.all_da, out=self.dW)
        g.W_h[:, self.columns] += self.dW


class TransposedProduct:
    """dL/dv = da_t W^T, where W is `columns` of the parameter `name` and v what they multiplied."""

    def __init__(self, name, columns, da, outputs, memory):
        _, N, K = da.shape
        self.name, self.columns = name, columns
        self.W = PackedMatrix(N, K, 1, outputs[0].shape[-1], memory)
        self.da, self.outputs = [self.W.left(da_t) for da_t in da], [self.W.right(out[None]) for out in outputs]

    def load(self, p):
        self.W.pack_transposed(getattr(p, self.name)[:, self.columns])

    def backward(self, t):
        self.W.product(self.da[t], self.outputs[t])
