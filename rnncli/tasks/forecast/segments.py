"""SegRNN: the window is read, and the horizon predicted, one segment of several steps at a time."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from ...nn.compose import Stack
from ...nn.dense import Dense
from ...nn.initialisers import Normal
from ...nn.memory import Array, Memory
from ...nn.model import State, Views
from ...nn.parameters import ParamSpec


@dataclass(frozen=True)
class Segments:
    """Lin et al. 2023, arXiv:2308.11200v1: segment-wise iterations and parallel multi-step forecasting.

        x_i = ReLU(segment i of the window, w D numbers, W + b)         encoding: s_i = cell(x_i, s_{i-1})
        q_j = position_j (+ future covariates of segment j, w Q numbers, W + b)
        y_j = cell(q_j, s_n), from the last state for every j           decoding, by the same cell, side by side
        scores of segment j = (y_j, normalised and dropped out) W + b   w steps at once

    n = T/w segments in, m = h/w out, both rounded up: the first segment is padded with zeros at its front, and surplus
    steps of the last output segment are dropped. body: one recurrent layer, H inputs and H outputs; after: layers
    without state. The channel vector of the paper is left out: the inputs already identify the series.
    """

    body: Stack
    after: Stack
    D: int
    H: int
    h: int
    Q: int
    w: int
    outputs: int

    @property
    def m(self):
        return -(-self.h // self.w)

    @property
    def segment(self):
        return Dense(self.w * self.D, self.H)

    @property
    def known(self):
        return Dense(self.w * self.Q, self.H)

    @property
    def head(self):
        return Dense(self.H, self.w * self.outputs)

    def specs(self) -> dict[str, Any]:
        position = (ParamSpec("P", (self.m, self.H), Normal(1.0)),)
        return (
            self.body.specs()
            | self.after.specs()
            | {"segment": self.segment.specs(), "position": position, "head": self.head.specs()}
            | ({"known": self.known.specs()} if self.Q else {})
        )

    def plan(self, T: int, N: int, memory: Memory) -> SimpleNamespace:
        D, H, Q, w, m, n = self.D, self.H, self.Q, self.w, self.m, -(-T // self.w)
        states = self.body.initial_state(m * N, memory), self.body.initial_state(N, memory)
        return SimpleNamespace(
            xp=memory.xp,
            P=None,
            start=states[0],
            dsT=states[1],
            encoder=self.body.plan(n, N, memory.within("encoder")),
            decoder=self.body.plan(1, m * N, memory.within("decoder")),
            segment=self.segment.plan(n, N, memory),
            known=self.known.plan(m, N, memory) if Q else None,
            after=self.after.plan(m, N, memory),
            head=self.head.plan(m, N, memory),
            steps=memory(n * w, N, D),
            pieces=memory(n, N, w, D),
            on=memory(n * N, H),
            known_steps=memory(m * w, N, Q),
            known_pieces=memory(m, N, w, Q),
            q=memory(m, N, H),
            scores=memory(m * w, N, self.outputs),
            pieces_out=memory(m, N, w, self.outputs),
            dy=memory(n, N, H, training=True),
        )

    def draw(self, noise: Any, plan: SimpleNamespace) -> None:
        self.body.draw(noise.child(0), plan.encoder)
        self.body.draw(noise.child(0), plan.decoder)  # the same noise: it is one cell
        self.after.draw(noise.child(1), plan.after)

    def load(self, p: Views, plan: SimpleNamespace) -> None:
        plan.P = p["position"].P
        self.body.load(p, plan.encoder)
        self.body.load(p, plan.decoder)
        self.after.load(p, plan.after)
        self.segment.load(p["segment"], plan.segment)
        self.head.load(p["head"], plan.head)
        if self.Q:
            self.known.load(p["known"], plan.known)

    def forward(self, inputs: Array, ahead: Array, s0: State, plan: SimpleNamespace) -> tuple[Array, State]:
        """inputs (T, N, D), future covariates `ahead` (h, N, Q) -> scores (h, N, outputs), state after the window."""
        _, sT = self.body.forward(self._read(inputs, plan), s0, plan.encoder)
        for start, last in pairs(plan.start, sT):
            start.reshape(self.m, *last.shape)[...] = last
        q = self._asked(ahead, plan)
        y, _ = self.body.forward(q.reshape(1, -1, self.H), plan.start, plan.decoder)
        y, _ = self.after.forward(y.reshape(q.shape), [()] * len(self.after.layers), plan.after)
        scores = self.head.forward(y, plan.head).reshape(plan.pieces_out.shape)
        by_step(plan.scores, self.w)[...] = scores
        return plan.scores[: self.h], sT

    def _read(self, inputs, plan):
        """inputs (T, N, D) -> the inputs of the cell (n, N, H)."""
        n, N = plan.pieces.shape[:2]
        lacking = len(plan.steps) - len(inputs)
        plan.steps[:lacking] = 0
        plan.steps[lacking:] = inputs
        plan.pieces[...] = by_step(plan.steps, self.w)
        x = self.segment.forward(plan.pieces.reshape(n, N, -1), plan.segment)
        plan.xp.greater(x.real, 0, out=plan.on, casting="unsafe")  # pyright: ignore[reportAttributeAccessIssue]
        x *= plan.on
        return x.reshape(n, N, self.H)

    def _asked(self, ahead, plan):
        """ahead (h, N, Q) -> q (m, N, H)."""
        plan.q[...] = plan.P[:, None]
        if self.Q:
            plan.known_steps[: self.h] = ahead
            plan.known_steps[self.h :] = 0
            plan.known_pieces[...] = by_step(plan.known_steps, self.w)
            m, N = plan.known_pieces.shape[:2]
            plan.q += self.known.forward(plan.known_pieces.reshape(m, N, -1), plan.known).reshape(plan.q.shape)
        return plan.q

    def backward(self, g: Views, dscores: Array, dsT: State, plan: SimpleNamespace) -> State:
        """dL/dscores (h, N, outputs), dL/dsT -> dL/ds0; adds dL/dp into g."""
        m, H = self.m, self.H
        plan.scores[: self.h] = dscores
        plan.scores[self.h :] = 0
        plan.pieces_out[...] = by_step(plan.scores, self.w)
        dy = self.head.backward(g["head"], plan.pieces_out.reshape(plan.head.scores.shape), plan.head)
        # A gradient is None only below token ids, which series have none of.
        dy, _ = self.after.backward(g, dy, (), plan.after)
        dq, dstart = self.body.backward(g, dy.reshape(1, -1, H), (), plan.decoder)  # pyright: ignore[reportOptionalMemberAccess]
        g["position"].P += dq.reshape(plan.q.shape).sum(axis=1)  # pyright: ignore[reportOptionalMemberAccess]
        if self.Q:
            self.known.backward(g["known"], dq.reshape(-1, H), plan.known)  # pyright: ignore[reportOptionalMemberAccess]
        for total, d in pairs(plan.dsT, dstart):
            plan.xp.add.reduce(d.reshape(m, *total.shape), axis=0, out=total)
        for total, d in pairs(plan.dsT, dsT):
            total += d
        plan.dy.fill(0)  # the outputs of the encoder are not used
        dx, ds0 = self.body.backward(g, plan.dy, plan.dsT, plan.encoder)
        plan.on *= dx.reshape(-1, H)  # now dL/d(x W + b)  # pyright: ignore[reportOptionalMemberAccess]
        self.segment.backward(g["segment"], plan.on, plan.segment)
        return ds0


def by_step(steps: Array, w: int) -> Array:
    """(n w, N, K) -> (n, N, w, K): the same numbers, w steps of each row side by side."""
    return steps.reshape(-1, w, *steps.shape[1:]).swapaxes(1, 2)


def pairs(states: Any, others: Any) -> list[tuple[Array, Array]]:
    """Pairs of the arrays of two states of the same form; [] where one is ()."""
    return [pair for layers in zip(states, others) for pair in zip(*layers)]
