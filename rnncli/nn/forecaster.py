"""The model of direct forecasts: a window is read to its end, then all steps ahead are told at once."""

from dataclasses import dataclass
from types import SimpleNamespace

from ..params import ParamStore
from .compose import Stack
from .dense import Dense
from .likelihood import Likelihood


@dataclass(frozen=True)
class Forecaster:
    """Windows (L, N, D) -> layers -> [last output | what is known ahead] -> scores of h steps of K targets (many to one
    to many).

    H: outputs of the last layer; Q: columns that are known of the steps ahead.
    """

    body: Stack
    likelihood: Likelihood
    H: int
    h: int
    K: int
    Q: int = 0

    @property
    def head(self):
        return Dense(self.H + self.h * self.Q, self.h * self.likelihood.outputs(self.K))

    def store(self):
        return ParamStore(self.body.specs() | {"head": self.head.specs()})

    def initial_state(self, N, memory):
        return self.body.initial_state(N, memory)

    def plan(self, T, N, memory):
        head = self.head
        return SimpleNamespace(xp=memory.xp, body=self.body.plan(T, N, memory), head=head.plan(1, N, memory),
                               read=memory(1, N, head.H), dy=memory(T, N, self.H, training=True))

    def draw(self, noise, plan):
        self.body.draw(noise, plan.body)

    def load(self, p, plan):
        self.body.load(p, plan.body)
        self.head.load(p["head"], plan.head)

    def forward(self, inputs, ahead, s0, plan):
        """inputs (L, N, D), ahead (N, h, Q) -> scores (N h, outputs), a row for each step ahead of each window."""
        y, _ = self.body.forward(inputs, s0, plan.body)
        plan.read[0, :, :self.H] = y[-1]
        plan.read[0, :, self.H:] = ahead.reshape(len(ahead), -1)
        return self.head.forward(plan.read, plan.head).reshape(len(ahead) * self.h, -1)

    def backward(self, g, dscores, plan):
        """dL/dscores (N h, outputs); adds dL/dp into g."""
        dread = self.head.backward(g["head"], dscores.reshape(plan.head.scores.shape), plan.head)
        plan.dy.fill(0)
        plan.dy[-1] = dread[0, :, :self.H]
        self.body.backward(g, plan.dy, (), plan.body)

    def loss(self, batch, s0, plan):
        """The loss summed over the real targets of a Window; dL/dscores is left in the scores it returns second."""
        scores = self.forward(batch.inputs, batch.ahead, s0, plan)
        targets, real = (each.reshape(-1, self.K) for each in (batch.targets, batch.real))
        return self.likelihood.loss(scores, targets, real, plan.xp), scores

    def loss_and_grad(self, p, g, batch, s0, plan):
        """The summed loss; adds its gradient into g."""
        self.load(p, plan)
        loss, scores = self.loss(batch, s0, plan)
        self.backward(g, scores, plan)
        return loss
