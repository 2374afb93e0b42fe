"""The model of recursive forecasts: always one step ahead, reading its own predictions."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from ...nn.compose import Stack
from ...nn.dense import Dense
from ...nn.headed import Headed
from ...nn.likelihood import Likelihood
from ...nn.memory import Array, Memory
from ...nn.model import Part, Size, State, Views


@dataclass(frozen=True)
class RecursiveForecaster(Headed):
    """Series -> layers -> scores of the next step, at every step (many to many).

    Trained with teacher forcing (Williams & Zipser 1989, Neural Computation 1, 270-280): each step reads the true value
    before it. In a forecast it reads its own mean instead, or a sample, which makes a path. An input of D columns is
    [K targets | all others], and all others are future covariates: Q = D - K.

    H: outputs of the last layer; L: steps of the window; h: horizon.
    """

    body: Stack
    likelihood: Likelihood
    H: int
    L: int
    h: int
    K: int
    D: int

    @property
    def Q(self) -> int:
        return self.D - self.K

    @property
    def head(self) -> Dense:
        return Dense(self.H, self.likelihood.outputs(self.K))

    @property
    def answering(self) -> str:
        return "T"

    def batch(self, size: Size, N: int) -> dict[str, Part]:
        """{name: Part} of the arrays of a batch; windows lie along axis 1."""
        (T,) = size
        return {
            "inputs": Part((T, N, self.D), "f4"),
            "following": Part((T, N, self.K), "f4"),
            "following_real": Part((T, N, self.K), "?"),
        }

    def plan(self, size: Size, N: int, memory: Memory) -> SimpleNamespace:
        """Includes a plan of one step, with which forecasts continue after the window."""
        (T,), head = size, self.head
        step = SimpleNamespace(body=self.body.plan(1, N, memory), head=head.plan(1, N, memory), x=memory(1, N, self.D))
        return SimpleNamespace(
            xp=memory.xp,
            body=self.body.plan(T, N, memory),
            head=head.plan(T, N, memory),
            p=None,
            scores=None,
            step=step,
        )

    def load(self, p: Views, plan: SimpleNamespace) -> None:
        plan.p = p  # for the plan of one step, which training never needs
        super().load(p, plan)

    def forward(self, inputs: Array, s0: State, plan: SimpleNamespace) -> tuple[Array, State]:
        """inputs (T, N, D) -> scores (T N, outputs) of the step after each, rows in the order (T, N); last state."""
        y, sT = self.body.forward(inputs, s0, plan.body)
        return self.head.forward(y, plan.head), sT

    def backward(self, g: Views, dscores: Array, dsT: State, plan: SimpleNamespace) -> State:
        """dL/dscores (T N, outputs), dL/dsT -> dL/ds0; adds dL/dp into g. dsT is () for zeros."""
        dy = self.head.backward(g["head"], dscores, plan.head)
        return self.body.backward(g, dy, dsT, plan.body)[1]

    def loss(self, batch: Any, s0: State, plan: SimpleNamespace) -> tuple[float, State]:
        """(loss summed over the real targets, state after the batch); dL/dscores is left in `plan.scores`."""
        plan.scores, sT = self.forward(batch.inputs, s0, plan)
        targets, real = (each.reshape(-1, self.K) for each in (batch.following, batch.following_real))
        return self.likelihood.loss(plan.scores, targets, real, plan.xp), sT

    def predict(self, inputs: Array, ahead: Array, s0: State, plan: SimpleNamespace) -> Array:
        """inputs (T, N, D), future covariates `ahead` (h, N, Q) -> a new array of scores (h, N, outputs) for any h,
        each step reading the mean of the one before. The plan is loaded. Step k reads ahead[k] beside the value before
        it; ahead[0] is already in the last input."""
        return self._continued(inputs, ahead, s0, plan, self.likelihood.mean)[0]

    def path(self, inputs: Array, ahead: Array, s0: State, plan: SimpleNamespace, rng: np.random.Generator) -> Array:
        """The same for a sample path (h, N, K) in units of the model: each value is drawn with the Generator `rng`, and
        the next step reads it.

        Raises ConfigError where the likelihood has no distribution.
        """
        return self._continued(inputs, ahead, s0, plan, lambda scores: self.likelihood.sample(scores, rng))[1]

    def _continued(self, inputs, ahead, s0, plan, value_of):
        """(scores (h, N, outputs), values (h, N, K)); `value_of` makes the value that the next step reads of scores."""
        y, sT = self.body.forward(inputs, s0, plan.body)
        step = plan.step
        self.body.load(plan.p, step.body)
        self.head.load(plan.p["head"], step.head)
        scores = [self.head.forward(y[-1:], step.head).copy()]
        values = [value_of(scores[0])]
        step.x[...] = inputs[-1]
        calls, y, _ = self.body.stream(step.x, sT, step.body)
        more, now = self.head.stream(y, step.head)
        for known in ahead[1:]:
            step.x[0, :, : self.K], step.x[0, :, self.K :] = values[-1], known
            for call in (*calls, *more):
                call()
            scores.append(now.copy())
            values.append(value_of(now))
        return plan.xp.stack(scores), plan.xp.stack(values)
