"""The models of direct forecasts: the window is read to its end, then the whole horizon is predicted at once."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from ...nn.compose import Stack
from ...nn.dense import Dense
from ...nn.likelihood import Likelihood
from ...nn.memory import Array, Memory
from ...nn.model import Model, Part, Size, State, Views
from ...nn.parameters import ParamStore
from .linear_skip import LinearSkip


@dataclass(frozen=True)
class LastOutput:
    """Windows (L, N, D) -> layers -> [last output | all future covariates] -> scores of h steps (many to one to many).

    H: outputs of the last layer; Q: future covariates of a step; outputs: scores of a step.
    """

    body: Stack
    H: int
    h: int
    Q: int
    outputs: int

    @property
    def head(self):
        return Dense(self.H + self.h * self.Q, self.h * self.outputs)

    def specs(self) -> dict[str, Any]:
        return self.body.specs() | {"head": self.head.specs()}

    def plan(self, T: int, N: int, memory: Memory) -> SimpleNamespace:
        h, Q, head = self.h, self.Q, self.head
        read, by_row = memory(1, N, head.H), memory(N, h, self.outputs)
        return SimpleNamespace(
            body=self.body.plan(T, N, memory),
            head=head.plan(1, N, memory),
            read=read,
            by_row=by_row,
            known=read[0, :, self.H :].reshape(N, h, Q).swapaxes(0, 1),
            scores=memory(h, N, self.outputs),
            dy=memory(T, N, self.H, training=True),
        )

    def draw(self, noise: Any, plan: SimpleNamespace) -> None:
        self.body.draw(noise, plan.body)

    def load(self, p: Views, plan: SimpleNamespace) -> None:
        self.body.load(p, plan.body)
        self.head.load(p["head"], plan.head)

    def forward(self, inputs: Array, ahead: Array, s0: State, plan: SimpleNamespace) -> tuple[Array, State]:
        """inputs (T, N, D), future covariates `ahead` (h, N, Q) -> scores (h, N, outputs), state after the window."""
        y, sT = self.body.forward(inputs, s0, plan.body)
        plan.read[0, :, : self.H] = y[-1]
        plan.known[...] = ahead
        scores = self.head.forward(plan.read, plan.head).reshape(plan.by_row.shape)
        plan.scores[...] = scores.swapaxes(0, 1)
        return plan.scores, sT

    def backward(self, g: Views, dscores: Array, dsT: State, plan: SimpleNamespace) -> State:
        """dL/dscores (h, N, outputs), dL/dsT -> dL/ds0; adds dL/dp into g."""
        plan.by_row[...] = dscores.swapaxes(0, 1)
        dread = self.head.backward(g["head"], plan.by_row.reshape(plan.head.scores.shape), plan.head)
        plan.dy[:-1].fill(0)
        plan.dy[-1] = dread[0, :, : self.H]
        return self.body.backward(g, plan.dy, dsT, plan.body)[1]


@dataclass(frozen=True)
class Forecaster(Model):
    """Windows and future covariates -> scores of h steps of K targets, by a core and perhaps a highway.

    core: LastOutput or Segments. L: steps of the window; D: inputs of a step, the targets first; Q: future covariates.
    The highway adds to the location parameters of the likelihood: the first parameter, or every quantile.
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
    def body(self) -> Stack:
        return self.core.body

    def batch(self, size: Size, N: int) -> dict[str, Part]:
        """{name: Part} of the arrays of a batch; windows lie along axis 1."""
        (T,), h = size, self.h
        return {
            "inputs": Part((T, N, self.D), "f4"),
            "ahead": Part((h, N, self.Q), "f4", length=None),
            "targets": Part((h, N, self.K), "f4", length=None),
            "real": Part((h, N, self.K), "?", length=None),
        }

    def store(self) -> ParamStore:
        return ParamStore(self.core.specs() | ({"highway": self.highway.specs()} if self.highway else {}))

    def initial_state(self, N: int, memory: Memory) -> State:
        return self.body.initial_state(N, memory)

    def plan(self, size: Size, N: int, memory: Memory) -> SimpleNamespace:
        """For windows of T steps: L, or any other number that is at least the steps of the highway."""
        (T,) = size
        return SimpleNamespace(
            xp=memory.xp,
            core=self.core.plan(T, N, memory),
            scores=None,
            highway=self.highway and self.highway.plan(N, memory),
        )

    def draw(self, noise: Any, plan: SimpleNamespace) -> None:
        """Draw the dropout masks of the next batch; a plan that never draws has no dropout (evaluation)."""
        self.core.draw(noise, plan.core)

    def load(self, p: Views, plan: SimpleNamespace) -> None:
        self.core.load(p, plan.core)
        if self.highway:
            self.highway.load(p["highway"], plan.highway)

    def forward(self, inputs: Array, ahead: Array, s0: State, plan: SimpleNamespace) -> tuple[Array, State]:
        """inputs (T, N, D), ahead (h, N, Q) -> scores (h N, outputs), rows in the order (h, N); the state after."""
        scores, sT = self.core.forward(inputs, ahead, s0, plan.core)
        if self.highway:
            s = self.highway.forward(inputs, plan.highway)
            for part in self._places(scores):
                part += s
        return scores.reshape(-1, scores.shape[-1]), sT

    def _places(self, scores):
        """Views (h, N, K) of scores (h, N, outputs): the parameters that the highway adds to."""
        K = self.K
        return [scores[:, :, p * K : (p + 1) * K] for p in range(self.likelihood.places)]

    def backward(self, g: Views, dscores: Array, dsT: State, plan: SimpleNamespace) -> State:
        """dL/dscores (h N, outputs), dL/dsT -> dL/ds0; adds dL/dp into g. dsT is () for zeros."""
        dscores = dscores.reshape(self.h, -1, dscores.shape[-1])
        if self.highway:
            first, *others = self._places(dscores)
            ds = plan.highway.s  # its output is no longer needed
            ds[...] = first
            for part in others:
                ds += part
            self.highway.backward(g["highway"], ds, plan.highway)
        return self.core.backward(g, dscores, dsT, plan.core)

    def loss(self, batch: Any, s0: State, plan: SimpleNamespace) -> tuple[float, State]:
        """(loss summed over the real targets, state after the batch); dL/dscores is left in `plan.scores`."""
        plan.scores, sT = self.forward(batch.inputs, batch.ahead, s0, plan)
        targets, real = (each.reshape(-1, self.K) for each in (batch.targets, batch.real))
        return self.likelihood.loss(plan.scores, targets, real, plan.xp), sT

    def predict(self, inputs: Array, ahead: Array, s0: State, plan: SimpleNamespace) -> Array:
        """inputs (T, N, D), ahead (h, N, Q) -> a new array of scores (h, N, outputs); the plan is loaded."""
        scores, _ = self.forward(inputs, ahead, s0, plan)
        return scores.reshape(self.h, -1, scores.shape[-1]).copy()
