"""The models of direct forecasts: a window is read to its end, then all steps ahead are told at once."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from ...nn.compose import Stack
from ...nn.dense import Dense
from ...nn.likelihood import Likelihood
from ...nn.model import Model, Part
from ...nn.parameters import ParamStore
from .linear_skip import LinearSkip


@dataclass(frozen=True)
class LastOutput:
    """Windows (L, N, D) -> layers -> [last output | all that is known ahead] -> scores of h steps (many to one to
    many).

    H: outputs of the last layer; Q: columns that are known of the steps ahead; outputs: columns of scores of a step.
    """

    body: Stack
    H: int
    h: int
    Q: int
    outputs: int

    @property
    def head(self):
        return Dense(self.H + self.h * self.Q, self.h * self.outputs)

    def specs(self):
        return self.body.specs() | {"head": self.head.specs()}

    def plan(self, T, N, memory):
        h, Q, head = self.h, self.Q, self.head
        read, told = memory(1, N, head.H), memory(N, h, self.outputs)
        return SimpleNamespace(
            body=self.body.plan(T, N, memory),
            head=head.plan(1, N, memory),
            read=read,
            told=told,
            known=read[0, :, self.H :].reshape(N, h, Q).swapaxes(0, 1),
            scores=memory(h, N, self.outputs),
            dy=memory(T, N, self.H, training=True),
        )

    def draw(self, noise, plan):
        self.body.draw(noise, plan.body)

    def load(self, p, plan):
        self.body.load(p, plan.body)
        self.head.load(p["head"], plan.head)

    def forward(self, inputs, ahead, s0, plan):
        """inputs (T, N, D), ahead (h, N, Q) -> scores (h, N, outputs), the state after the window."""
        y, sT = self.body.forward(inputs, s0, plan.body)
        plan.read[0, :, : self.H] = y[-1]
        plan.known[...] = ahead
        told = self.head.forward(plan.read, plan.head).reshape(plan.told.shape)
        plan.scores[...] = told.swapaxes(0, 1)
        return plan.scores, sT

    def backward(self, g, dscores, dsT, plan):
        """dL/dscores (h, N, outputs), dL/dsT -> dL/ds0; adds dL/dp into g."""
        plan.told[...] = dscores.swapaxes(0, 1)
        dread = self.head.backward(g["head"], plan.told.reshape(plan.head.scores.shape), plan.head)
        plan.dy[:-1].fill(0)
        plan.dy[-1] = dread[0, :, : self.H]
        return self.body.backward(g, plan.dy, dsT, plan.body)[1]


@dataclass(frozen=True)
class Forecaster(Model):
    """Windows and what is known ahead of them -> scores of h steps of K targets, by a core and perhaps a highway.

    core: LastOutput or Segments. L: steps that are read; D: their columns, those of the targets first; Q: columns that
    are known of the steps ahead. The highway adds to the parameters of the likelihood that are places on the axis of
    the targets: the first one, or every quantile.
    """

    core: Any
    likelihood: Likelihood
    L: int
    h: int
    K: int
    Q: int
    D: int
    highway: LinearSkip | None = None

    @property
    def body(self):
        return self.core.body

    def batch(self, size, N):
        """{name: Part} of what a batch holds; windows lie along axis 1."""
        (T,), h = size, self.h
        return {
            "inputs": Part((T, N, self.D), "f4"),
            "ahead": Part((h, N, self.Q), "f4", length=None),
            "targets": Part((h, N, self.K), "f4", length=None),
            "real": Part((h, N, self.K), "?", length=None),
        }

    def store(self):
        return ParamStore(self.core.specs() | ({"highway": self.highway.specs()} if self.highway else {}))

    def initial_state(self, N, memory):
        return self.body.initial_state(N, memory)

    def plan(self, size, N, memory):
        """Of windows of T steps: L, or any other number from that of the highway's steps on."""
        (T,) = size
        return SimpleNamespace(
            xp=memory.xp,
            core=self.core.plan(T, N, memory),
            scores=None,
            highway=self.highway and self.highway.plan(N, memory),
        )

    def draw(self, noise, plan):
        """Draw the dropout masks of the next batch; a plan that never draws has no dropout (evaluation)."""
        self.core.draw(noise, plan.core)

    def load(self, p, plan):
        self.core.load(p, plan.core)
        if self.highway:
            self.highway.load(p["highway"], plan.highway)

    def forward(self, inputs, ahead, s0, plan):
        """inputs (T, N, D), ahead (h, N, Q) -> scores (h N, outputs), rows in the order (h, N); the state after."""
        scores, sT = self.core.forward(inputs, ahead, s0, plan.core)
        if self.highway:
            s = self.highway.forward(inputs, plan.highway)
            for part in self._places(scores):
                part += s
        return scores.reshape(-1, scores.shape[-1]), sT

    def _places(self, scores):
        """Views (h, N, K) of scores (h, N, outputs): those parameters that the highway adds to."""
        K = self.K
        return [scores[:, :, p * K : (p + 1) * K] for p in range(self.likelihood.places)]

    def backward(self, g, dscores, dsT, plan):
        """dL/dscores (h N, outputs), dL/dsT -> dL/ds0; adds dL/dp into g. dsT is () for zeros."""
        dscores = dscores.reshape(self.h, -1, dscores.shape[-1])
        if self.highway:
            first, *others = self._places(dscores)
            ds = plan.highway.s  # what it said is needed no more
            ds[...] = first
            for part in others:
                ds += part
            self.highway.backward(g["highway"], ds, plan.highway)
        return self.core.backward(g, dscores, dsT, plan.core)

    def loss(self, batch, s0, plan):
        """(loss summed over the real targets, state after the batch); dL/dscores is left in `plan.scores`."""
        plan.scores, sT = self.forward(batch.inputs, batch.ahead, s0, plan)
        targets, real = (each.reshape(-1, self.K) for each in (batch.targets, batch.real))
        return self.likelihood.loss(plan.scores, targets, real, plan.xp), sT

    def predict(self, inputs, ahead, s0, plan):
        """inputs (T, N, D), ahead (h, N, Q) -> scores (h, N, outputs), the caller's own; the plan is loaded."""
        scores, _ = self.forward(inputs, ahead, s0, plan)
        return scores.reshape(self.h, -1, scores.shape[-1]).copy()
