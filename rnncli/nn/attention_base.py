"""What the kinds of attention share: weights of the steps of a source, and the vector that they choose."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any

from .initialisers import Uniform
from .memory import Array, Memory
from .parameters import ParamSpec

NEVER = -1e30  # added to the scores of padding: its weight is then exactly 0, as a complex number too


@dataclass(frozen=True)
class Attention:
    """Each of U steps of a writer looks at all T steps of a reader: q (U, N, H) are the outputs of the writer, h
    (T, N, C) those of the reader, and e_uj is the score of step j of the source for step u.

        alpha_u = softmax of e_u over the real steps j of the source
        c_u = sum_j alpha_uj h_j
        o_u = tanh([q_u | c_u] W_o + b_o)

    o takes the place of q (Luong, Pham & Manning 2015, arXiv:1508.04025v5, section 3). As q does not depend on o, all
    steps are computed at once. Backward, with da = dL/do (1 - o^2) and [dq | dc] = da W_o^T:

        dalpha_uj = dc_u . h_j
        de_uj = alpha_uj (dalpha_uj - sum_k alpha_uk dalpha_uk)
        dh_j = sum_u alpha_uj dc_u

    and what reaches q, h and the parameters through the scores, which the kinds differ in.

    Each row has at least one real step. What stands in padding changes nothing, NaN included; its weight is exactly 0.
    Returned arrays belong to the plan and are valid until its next use.
    """

    H: int
    C: int

    def specs(self) -> tuple[ParamSpec, ...]:
        """The parameters."""
        both = self.H + self.C
        return (
            *self._score_specs(),
            ParamSpec("W_o", (both, self.H), Uniform(both**-0.5)),
            ParamSpec("b_o", (self.H,), decayed=False),
        )

    def _score_specs(self) -> tuple[ParamSpec, ...]:
        """The parameters of the scores."""
        raise NotImplementedError

    def plan(self, T: int, U: int, N: int, memory: Memory) -> SimpleNamespace:
        """Buffers for U steps that look at T steps; alpha (N, U, T) has the weights of the last forward pass.

        What has the same name in a formula has it here. Kinds add alpha, de (N, U, T), dc (U, N, C) and their own.
        """
        H, C = self.H, self.C
        qc = memory(U, N, H + C)
        return SimpleNamespace(
            xp=memory.xp,
            p=None,
            padded=memory.xp.zeros((T, N), bool),
            h=memory(T, N, C),  # zero at padding
            bar=memory(N, 1, T),  # 0, or NEVER at padding
            q=qc[:, :, :H],
            c=by_row(qc[:, :, H:]),
            flat_q=flat(qc)[:, :H],
            flat_qc=flat(qc),
            highest=memory.xp.real(memory(N, U, 1)),
            sums=memory(N, U, 1),
            o=memory(U, N, H),
            da=memory(U, N, H, training=True),
            dq=memory(U, N, H, training=True),
            dh=memory(T, N, C, training=True),
            dW_o=memory.scratch(H + C, H, training=True),
            product=memory.scratch(N, U, T, training=True),
            more=memory.scratch(U, N, H, training=True),
        )

    def load(self, p: Any, plan: Any) -> None:
        plan.p = p  # not copied

    def read(self, h: Array, mask: Array | None, plan: Any) -> None:
        """Take in the source that the next calls look at, h (T, N, C); mask (T, N), True at real steps, None if all
        are."""
        xp = plan.xp
        xp.copyto(plan.h, h)
        plan.bar.fill(0)
        if mask is not None:
            xp.logical_not(mask, out=plan.padded)
            xp.copyto(plan.h, 0, where=plan.padded[:, :, None])
            xp.copyto(plan.bar[:, 0], NEVER, where=plan.padded.T)

    def forward(self, q: Array, plan: Any) -> Array:
        """q (U, N, H) -> o (U, N, H)."""
        xp, alpha, o = plan.xp, plan.alpha, plan.o
        plan.q[...] = q
        self._score(plan)
        alpha += plan.bar
        xp.maximum.reduce(xp.real(alpha), axis=2, keepdims=True, out=plan.highest)
        alpha -= plan.highest
        xp.exp(alpha, out=alpha)
        xp.add.reduce(alpha, axis=2, keepdims=True, out=plan.sums)
        alpha /= plan.sums
        xp.matmul(alpha, by_row(plan.h), out=plan.c)
        xp.matmul(plan.flat_qc, plan.p.W_o, out=flat(o))
        o += plan.p.b_o
        return xp.tanh(o, out=o)

    def stream(self, q: Array, plan: Any) -> tuple[list[Callable[[], Any]], Array]:
        """(calls, o): each round of the calls reads q (U, N, H) in place and overwrites o (U, N, H)."""
        return [partial(self.forward, q, plan)], plan.o

    def backward(self, g: Any, do: Array, plan: Any) -> tuple[Array, Array]:
        """dL/do (U, N, H) -> dL/dq (U, N, H) and dL/dh (T, N, C), zero at padding; adds into g."""
        xp, da, de, W_o = plan.xp, plan.da, plan.de, plan.p.W_o
        xp.multiply(plan.o, plan.o, out=da)
        xp.subtract(1, da, out=da)
        da *= do
        accumulate_product(xp, plan.flat_qc, flat(da), plan.dW_o, g.W_o)
        g.b_o += xp.add.reduce(flat(da), axis=0)
        xp.matmul(flat(da), W_o[: self.H].T, out=flat(plan.dq))
        xp.matmul(flat(da), W_o[self.H :].T, out=flat(plan.dc))
        xp.matmul(by_row(plan.dc), by_row(plan.h).swapaxes(1, 2), out=de)  # now dL/dalpha
        xp.multiply(plan.alpha, de, out=plan.product)
        xp.add.reduce(plan.product, axis=2, keepdims=True, out=plan.sums)
        de -= plan.sums
        de *= plan.alpha  # now dL/de
        self._score_backward(g, plan)
        return plan.dq, plan.dh

    def _score(self, plan: Any) -> None:
        """Set plan.alpha (N, U, T) to the scores."""
        raise NotImplementedError

    def _score_backward(self, g: Any, plan: Any) -> None:
        """From plan.de: add to plan.dq and to g what comes through the scores, and set plan.dh, complete."""
        raise NotImplementedError


def by_row(x: Array) -> Array:
    """x (T, N, D) as (N, T, D), a view: a matrix for each row of the batch."""
    return x.swapaxes(0, 1)


def flat(x: Array) -> Array:
    """x (..., D) as (steps, D), a view."""
    return x.reshape(-1, x.shape[-1])


def accumulate_product(xp: Any, x: Array, dx: Array, room: Array, total: Array) -> None:
    """total += x^T dx, through `room` of the same shape."""
    xp.matmul(x.T, dx, out=room)
    total += room
