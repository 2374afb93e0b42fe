"""The output layer."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any

from .initialisers import Uniform
from .memory import Array, Memory
from .parameters import ParamSpec


@dataclass(frozen=True)
class Dense:
    """scores = y W + b for every step: y (T, N, H) -> (T N, K)."""

    H: int
    K: int
    start: Any = None  # None: uniform in 1/sqrt(H)

    def specs(self) -> tuple[ParamSpec, ...]:
        return (
            ParamSpec("W", (self.H, self.K), self.start or Uniform(self.H**-0.5)),
            ParamSpec("b", (self.K,), decayed=False),
        )

    def plan(self, T: int, N: int, memory: Memory) -> SimpleNamespace:
        H, K = self.H, self.K
        return SimpleNamespace(
            xp=memory.xp,
            p=None,
            scores=memory(T * N, K),
            y=None,
            dy=memory(T, N, H, training=True),
            dW=memory(H, K, training=True),
        )

    def load(self, p: Any, plan: Any) -> None:
        plan.p = p  # not copied: another layout gains next to nothing here and costs much for a large vocabulary

    def forward(self, y: Array, plan: Any) -> Array:
        """y (T, N, H) -> scores (T N, K)."""
        plan.y = y.reshape(-1, self.H)  # for backward too
        plan.xp.matmul(plan.y, plan.p.W, out=plan.scores)
        plan.scores += plan.p.b
        return plan.scores

    def stream(self, y: Array, plan: Any) -> tuple[list[Callable[[], Any]], Array]:
        """For a plan of T = 1: (calls, scores (N, K)). The calls read y (1, N, H) in place."""
        xp, p, scores = plan.xp, plan.p, plan.scores
        b = xp.broadcast_to(p.b, scores.shape)
        return [partial(xp.dot, y[0], p.W, scores), partial(xp.add, scores, b, scores)], scores

    def backward(self, g: Any, dscores: Array, plan: Any) -> Array:
        """dscores (T N, K) -> dy (T, N, H); adds into g."""
        plan.xp.matmul(plan.y.T, dscores, out=plan.dW)
        g.W += plan.dW
        g.b += plan.xp.add.reduce(dscores, axis=0)
        plan.xp.matmul(dscores, plan.p.W.T, out=plan.dy.reshape(-1, self.H))
        return plan.dy
