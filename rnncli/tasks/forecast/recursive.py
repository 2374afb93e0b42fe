"""The model of recursive forecasts: always one step ahead, and what it told is what it reads next."""

from dataclasses import dataclass
from types import SimpleNamespace

from ...nn.compose import Stack
from ...nn.dense import Dense
from ...nn.likelihood import Likelihood
from ...nn.model import Model, Part
from ...nn.parameters import ParamStore


@dataclass(frozen=True)
class RecursiveForecaster(Model):
    """Series -> layers -> scores of the next step, at every step (many to many).

    Trained with teacher forcing (Williams & Zipser 1989, Neural Computation 1, 270-280): each step reads what came
    before in truth. In a forecast it reads its own mean instead, or a draw, which makes a path of them. An input of D
    columns is [K targets | all else], and all else is known ahead: Q = D - K.

    H: outputs of the last layer; L: steps that are read; h: steps of a forecast.
    """

    body: Stack
    likelihood: Likelihood
    H: int
    L: int
    h: int
    K: int
    D: int

    @property
    def Q(self):
        return self.D - self.K

    @property
    def head(self):
        return Dense(self.H, self.likelihood.outputs(self.K))

    def batch(self, size, N):
        """{name: Part} of what a batch holds; windows lie along axis 1."""
        (T,) = size
        return {
            "inputs": Part((T, N, self.D), "f4"),
            "following": Part((T, N, self.K), "f4"),
            "following_real": Part((T, N, self.K), "?"),
        }

    def store(self):
        return ParamStore(self.body.specs() | {"head": self.head.specs()})

    def initial_state(self, N, memory):
        return self.body.initial_state(N, memory)

    def plan(self, size, N, memory):
        """With a plan of one step beside it, which forecasts go on with."""
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

    def draw(self, noise, plan):
        """Draw the dropout masks of the next batch; a plan that never draws has no dropout (evaluation)."""
        self.body.draw(noise, plan.body)

    def load(self, p, plan):
        plan.p = p  # for the plan of one step, which training never needs
        self.body.load(p, plan.body)
        self.head.load(p["head"], plan.head)

    def forward(self, inputs, s0, plan):
        """inputs (T, N, D) -> scores (T N, outputs) of the step after each, rows in the order (T, N); the state after
        the last."""
        y, sT = self.body.forward(inputs, s0, plan.body)
        return self.head.forward(y, plan.head), sT

    def backward(self, g, dscores, dsT, plan):
        """dL/dscores (T N, outputs), dL/dsT -> dL/ds0; adds dL/dp into g. dsT is () for zeros."""
        dy = self.head.backward(g["head"], dscores, plan.head)
        return self.body.backward(g, dy, dsT, plan.body)[1]

    def loss(self, batch, s0, plan):
        """(loss summed over the real targets, state after the batch); dL/dscores is left in `plan.scores`."""
        plan.scores, sT = self.forward(batch.inputs, s0, plan)
        targets, real = (each.reshape(-1, self.K) for each in (batch.following, batch.following_real))
        return self.likelihood.loss(plan.scores, targets, real, plan.xp), sT

    def predict(self, inputs, ahead, s0, plan):
        """inputs (T, N, D), ahead (h, N, Q) -> scores (h, N, outputs) of any h steps along the path of their means, the
        caller's own. The plan is loaded. ahead[k] is what step k reads beside the value before it; ahead[0] stands in
        the last input already."""
        return self._go_on(inputs, ahead, s0, plan, self.likelihood.mean)[0]

    def path(self, inputs, ahead, s0, plan, rng):
        """The same, but values (h, N, K) in units of the model, each drawn by the Generator `rng` and read by the next.

        Raises ConfigError where the likelihood describes no distribution.
        """
        return self._go_on(inputs, ahead, s0, plan, lambda scores: self.likelihood.sample(scores, rng))[1]

    def _go_on(self, inputs, ahead, s0, plan, told):
        """(scores (h, N, outputs), values (h, N, K)) where `told` makes the value that is read out of its scores."""
        y, sT = self.body.forward(inputs, s0, plan.body)
        step = plan.step
        self.body.load(plan.p, step.body)
        self.head.load(plan.p["head"], step.head)
        scores = [self.head.forward(y[-1:], step.head).copy()]
        values = [told(scores[0])]
        step.x[...] = inputs[-1]
        calls, y, _ = self.body.stream(step.x, sT, step.body)
        more, now = self.head.stream(y, step.head)
        for known in ahead[1:]:
            step.x[0, :, : self.K], step.x[0, :, self.K :] = values[-1], known
            for call in (*calls, *more):
                call()
            scores.append(now.copy())
            values.append(told(now))
        return plan.xp.stack(scores), plan.xp.stack(values)
