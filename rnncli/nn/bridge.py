"""The first state of recurrent layers, computed from features."""

from dataclasses import dataclass
from itertools import accumulate, pairwise
from types import SimpleNamespace
from typing import Any

from .compose import Stack
from .initialisers import Uniform
from .layer import States
from .memory import Array, Memory
from .parameters import ParamSpec


@dataclass(frozen=True)
class Bridge:
    """Features f (N, F) -> the state (N, H) of each layer before its first step:

        h = tanh(f W + b);   other states, such as the c of an LSTM: f W + b

    sizes: for each layer the columns of its states, h first. W has those of every h, layer after layer, and then those
    of the other states. Returned arrays belong to the plan and are valid until its next use.
    """

    F: int
    sizes: tuple[tuple[int, ...], ...]
    start: Any = None  # None: uniform in 1/sqrt(F)

    @classmethod
    def into(cls, body: Stack, F: int, start: Any = None) -> "Bridge":
        """The Bridge to the layers of `body` that have a state."""
        return cls(F, state_sizes(body), start)

    def specs(self) -> tuple[ParamSpec, ...]:
        """The parameters."""
        columns = sum(map(sum, self.sizes))
        return (
            ParamSpec("W", (self.F, columns), self.start or Uniform(self.F**-0.5)),
            ParamSpec("b", (columns,), decayed=False),
        )

    def plan(self, N: int, memory: Memory) -> SimpleNamespace:
        """Buffers for N rows."""
        H = sum(h for h, *_ in self.sizes)
        columns = sum(map(sum, self.sizes))
        values, da = memory(N, columns), memory(N, columns, training=True)
        return SimpleNamespace(
            xp=memory.xp,
            p=None,
            f=None,
            values=values,
            h=values[:, :H],
            states=self._cut(values),
            da=da,
            dh=da[:, :H],
            dstates=self._cut(da),
            slope=memory(N, H, training=True),
            dW=memory(self.F, columns, training=True),
        )

    def _cut(self, values):
        """(N, columns) as the states of each layer, views."""
        h, others = 0, sum(first for first, *_ in self.sizes)
        layers = []
        for first, *more in self.sizes:
            edges = list(accumulate(more, initial=others))
            layers.append((values[:, h : h + first], *(values[:, i:j] for i, j in pairwise(edges))))
            h, others = h + first, edges[-1]
        return tuple(layers)

    def load(self, p: Any, plan: Any) -> None:
        plan.p = p

    def forward(self, f: Array, plan: Any) -> tuple[States, ...]:
        """f (N, F) -> the states of each layer."""
        xp = plan.xp
        plan.f = f  # for backward too
        xp.matmul(f, plan.p.W, out=plan.values)
        plan.values += plan.p.b
        xp.tanh(plan.h, out=plan.h)
        return plan.states

    def backward(self, g: Any, dstates: tuple[States, ...], plan: Any) -> None:
        """dL/dstate (N, H) of each state of each layer; adds into g."""
        xp = plan.xp
        for targets, layer in zip(plan.dstates, dstates):
            for target, d in zip(targets, layer):
                target[...] = d
        xp.multiply(plan.h, plan.h, out=plan.slope)
        xp.subtract(1, plan.slope, out=plan.slope)
        plan.dh *= plan.slope
        xp.matmul(plan.f.T, plan.da, out=plan.dW)
        g.W += plan.dW
        g.b += xp.add.reduce(plan.da, axis=0)


def state_sizes(body: Stack) -> tuple[tuple[int, ...], ...]:
    """The columns of the states of each layer that has some."""
    layers = body.initial_state(1, Memory("f4"))
    return tuple(tuple(array.shape[1] for array in layer) for layer in layers if layer)
