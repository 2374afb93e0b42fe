"""The kinds of attention: how a step of the source is scored for a step of the writer."""

from dataclasses import dataclass
from types import SimpleNamespace

from .attention_base import Attention, accumulate_product, by_row, flat
from .initialisers import Uniform
from .parameters import ParamSpec

BLOCK_BYTES = 400_000  # of comparisons computed at a time, so that they stay in a near cache; measured


@dataclass(frozen=True)
class Dot(Attention):
    """e_uj = (q_u W) . h_j ("general" in Luong et al. 2015). Backward, with k = q W:

        dk_u = sum_j de_uj h_j,   dh_j += sum_u de_uj k_u,   dW = sum_u q_u^T dk_u,   dq_u += dk_u W^T

    W multiplies q and not h, because a target tends to have fewer steps than its source.
    """

    def _score_specs(self):
        return (ParamSpec("W", (self.H, self.C), Uniform(self.H**-0.5)),)

    def plan(self, T, U, N, memory):
        """alpha and de, and likewise dc and k, stand side by side: dh is then one product."""
        weights, vectors = memory(N, 2 * U, T), memory(2 * U, N, self.C)
        return SimpleNamespace(
            **vars(super().plan(T, U, N, memory)),
            weights=weights,
            vectors=vectors,
            alpha=weights[:, :U],
            de=weights[:, U:],
            dc=vectors[:U],
            k=vectors[U:],
            dk=memory(U, N, self.C, training=True),
            dW=memory.scratch(self.H, self.C, training=True),
        )

    def _score(self, plan):
        plan.xp.matmul(plan.flat_q, plan.p.W, out=flat(plan.k))
        plan.xp.matmul(by_row(plan.k), by_row(plan.h).swapaxes(1, 2), out=plan.alpha)

    def _score_backward(self, g, plan):
        xp = plan.xp
        xp.matmul(plan.weights.swapaxes(1, 2), by_row(plan.vectors), out=by_row(plan.dh))
        xp.matmul(plan.de, by_row(plan.h), out=by_row(plan.dk))
        accumulate_product(xp, plan.flat_q, flat(plan.dk), plan.dW, g.W)
        xp.matmul(flat(plan.dk), plan.p.W.T, out=flat(plan.more))
        plan.dq += plan.more


@dataclass(frozen=True)
class Additive(Attention):
    """e_uj = v . t_uj,   t_uj = tanh(Q_u + K_j),   Q = q W_q,   K = h W_k, with A columns (Bahdanau, Cho & Bengio
    2015, arXiv:1409.0473v7, A.1.2). Backward, with s_uj = de_uj (1 - t_uj^2):

        dv = sum_uj de_uj t_uj,   dQ_u = v sum_j s_uj,   dK_j = v sum_u s_uj
        dW_q = sum_u q_u^T dQ_u,   dq_u += dQ_u W_q^T,   dW_k = sum_j h_j^T dK_j,   dh_j += dK_j W_k^T

    t has U T N A numbers, so it is computed in blocks, and anew in the backward pass: memory does not grow with U T,
    and to read t from memory would hardly be faster.
    """

    A: int = 0  # 0: H

    @property
    def columns(self) -> int:
        return self.A or self.H

    def _score_specs(self):
        A = self.columns
        return (
            ParamSpec("W_q", (self.H, A), Uniform(self.H**-0.5)),
            ParamSpec("W_k", (self.C, A), Uniform(self.C**-0.5)),
            ParamSpec("v", (A,), Uniform(A**-0.5)),
        )

    def plan(self, T, U, N, memory):
        A = self.columns
        plan = SimpleNamespace(
            **vars(super().plan(T, U, N, memory)),
            alpha=memory(N, U, T),
            de=memory(N, U, T, training=True),
            dc=memory(U, N, self.C, training=True),
            Q=memory(U, N, A),
            K=memory(T, N, A),
            e=memory(U, T, N),  # scores, later dL/de
            dQ=memory(U, N, A, training=True),
            dK=memory(T, N, A, training=True),
            dv=memory(A, training=True),
            dW_q=memory.scratch(self.H, A, training=True),
            dW_k=memory.scratch(self.C, A, training=True),
            more_dh=memory.scratch(T, N, self.C, training=True),
        )
        plan.blocks = list(self._blocks(T, U, N, plan, memory))
        return plan

    def _blocks(self, T, U, N, plan, memory):
        """The views of each block: some steps of the writer by some of the source."""
        A = self.columns
        most = max(1, BLOCK_BYTES // (N * A * memory.dtype.itemsize))  # pairs of steps
        wide, high = min(T, most), min(U, max(1, most // T))
        room, dQ = memory.scratch(high * wide * N * A), memory.scratch(high, N, A, training=True)
        for u in range(0, U, high):
            for j in range(0, T, wide):
                us, js = slice(u, min(u + high, U)), slice(j, min(j + wide, T))
                shape = us.stop - u, js.stop - j, N, A
                yield SimpleNamespace(
                    t=room[: shape[0] * shape[1] * N * A].reshape(shape),
                    Q=plan.Q[us, None],
                    K=plan.K[js],
                    e=plan.e[us, js],
                    dQ=plan.dQ[us],
                    dK=plan.dK[js],
                    own_dQ=dQ[: shape[0]],
                )

    def read(self, h, mask, plan):
        super().read(h, mask, plan)
        plan.xp.matmul(flat(plan.h), plan.p.W_k, out=flat(plan.K))

    def _score(self, plan):
        xp = plan.xp
        xp.matmul(plan.flat_q, plan.p.W_q, out=flat(plan.Q))
        for block in plan.blocks:
            self._compare(xp, block)
            xp.matmul(flat(block.t), plan.p.v, out=block.e.reshape(-1))
        plan.alpha[...] = plan.e.transpose(2, 0, 1)

    def _compare(self, xp, block):
        """Set t of a block."""
        xp.add(block.Q, block.K, out=block.t)
        xp.tanh(block.t, out=block.t)

    def _score_backward(self, g, plan):
        xp, p = plan.xp, plan.p
        plan.e[...] = plan.de.transpose(1, 2, 0)
        plan.dQ.fill(0)
        plan.dK.fill(0)
        for block in plan.blocks:
            self._compare_backward(xp, g, plan, block)
        plan.dQ *= p.v
        plan.dK *= p.v
        accumulate_product(xp, plan.flat_q, flat(plan.dQ), plan.dW_q, g.W_q)
        accumulate_product(xp, flat(plan.h), flat(plan.dK), plan.dW_k, g.W_k)
        xp.matmul(flat(plan.dQ), p.W_q.T, out=flat(plan.more))
        plan.dq += plan.more
        xp.matmul(plan.alpha.swapaxes(1, 2), by_row(plan.dc), out=by_row(plan.dh))
        xp.matmul(flat(plan.dK), p.W_k.T, out=flat(plan.more_dh))
        plan.dh += plan.more_dh

    def _compare_backward(self, xp, g, plan, block):
        """Add the sums of a block to dQ / v, dK / v and g.v."""
        self._compare(xp, block)
        t = block.t
        xp.matmul(block.e.reshape(-1), flat(t), out=plan.dv)
        g.v += plan.dv
        xp.multiply(t, t, out=t)
        xp.subtract(1, t, out=t)
        xp.multiply(t, block.e[..., None], out=t)  # now s
        xp.add.reduce(t, axis=1, out=block.own_dQ)
        block.dQ += block.own_dQ
        for s in t:
            block.dK += s


ATTENTIONS: dict[str, type[Attention]] = {"dot": Dot, "additive": Additive}
