"""Layers made of layers: in a stack, or wrapped around one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any

from .cell import Cell
from .layer import Layer, States
from .memory import Array, Memory
from .parameters import ParamSpec
from .recurrent import Recurrent


@dataclass(frozen=True)
class Stack:
    """Named layers one after the other. `p`, `g` and `specs` are by name; the state is a tuple, one entry per layer."""

    layers: Mapping[str, Layer]

    def specs(self) -> dict[str, tuple[ParamSpec, ...]]:
        """The parameters, {name of the layer: its ParamSpecs}."""
        return {name: layer.specs() for name, layer in self.layers.items()}

    def initial_state(self, N: int, memory: Memory) -> tuple[States, ...]:
        return tuple(layer.initial_state(N, memory) for layer in self.layers.values())

    def plan(self, T: int, N: int, memory: Memory) -> dict[str, Any]:
        return {name: layer.plan(T, N, memory.within(name)) for name, layer in self.layers.items()}

    def draw(self, noise: Any, plan: Any) -> None:
        for k, (name, layer) in enumerate(self.layers.items()):
            layer.draw(noise.child(k), plan[name])

    def load(self, p: Any, plan: Any) -> None:
        for name, layer in self.layers.items():
            layer.load(p.get(name), plan[name])

    def forward(
        self, x: Array, s0: Sequence[States], plan: Any, mask: Array | None = None
    ) -> tuple[Array, tuple[States, ...]]:
        sT = []
        for (name, layer), s in zip(self.layers.items(), s0):
            x, s = layer.forward(x, s, plan[name], mask)
            sT.append(s)
        return x, tuple(sT)

    def stream(
        self, x: Array, s0: Sequence[States], plan: Any
    ) -> tuple[list[Callable[[], Any]], Array, tuple[States, ...]]:
        calls, state = [], []
        for (name, layer), s in zip(self.layers.items(), s0):
            own, x, s = layer.stream(x, s, plan[name])
            calls += own
            state.append(s)
        return calls, x, tuple(state)

    def backward(self, g: Any, dy: Array, dsT: Sequence[States], plan: Any) -> tuple[Array | None, tuple[States, ...]]:
        """dsT: one entry per layer, or () for zeros everywhere."""
        ds0: list[States] = []
        dx: Array | None = dy
        for (name, layer), ds in zip(reversed(list(self.layers.items())), reversed(dsT or [()] * len(self.layers))):
            assert dx is not None  # only the first layer may read ids, which have no gradient
            dx, ds = layer.backward(g.get(name), dx, ds, plan[name])
            ds0.append(ds)
        return dx, tuple(reversed(ds0))


@dataclass(frozen=True)
class Residual(Layer):
    """y = x + layer(x), for a layer whose output has the shape of its input (He et al. 2016)."""

    layer: Any  # a layer with D and H: Recurrent, WeightDrop or Bidirectional

    def specs(self):
        return self.layer.specs()

    def initial_state(self, N, memory):
        return self.layer.initial_state(N, memory)

    def plan(self, T, N, memory):
        D = self.layer.D
        return SimpleNamespace(
            xp=memory.xp, inner=self.layer.plan(T, N, memory), y=memory(T, N, D), dx=memory(T, N, D, training=True)
        )

    def draw(self, noise, plan):
        self.layer.draw(noise, plan.inner)

    def load(self, p, plan):
        self.layer.load(p, plan.inner)

    def forward(self, x, s0, plan, mask=None):
        y, sT = self.layer.forward(x, s0, plan.inner, mask)
        return plan.xp.add(x, y, out=plan.y), sT

    def stream(self, x, s0, plan):
        calls, y, state = self.layer.stream(x, s0, plan.inner)
        return [*calls, partial(plan.xp.add, x, y, plan.y)], plan.y, state

    def backward(self, g, dy, dsT, plan):
        dx, ds0 = self.layer.backward(g, dy, dsT, plan.inner)
        return plan.xp.add(dx, dy, out=plan.dx), ds0


@dataclass(frozen=True)
class WeightDrop(Layer):
    """Recurrent dropout: a fraction `rate` of the entries of W_h is zero for a whole batch (DropConnect on the
    hidden-to-hidden weights; Merity et al. 2018, arXiv:1708.02182v1). The time loop does no extra work."""

    layer: Recurrent
    rate: float

    def specs(self):
        return self.layer.specs()

    @property
    def D(self) -> int:
        return self.layer.D

    @property
    def H(self) -> int:
        return self.layer.H

    @property
    def cell(self) -> Cell:
        return self.layer.cell

    def initial_state(self, N, memory):
        return self.layer.initial_state(N, memory)

    def plan(self, T, N, memory):
        shape = next(spec.shape for spec in self.layer.specs() if spec.name == "W_h")
        return SimpleNamespace(
            xp=memory.xp,
            inner=self.layer.plan(T, N, memory),
            drawn=False,
            **{name: memory(*shape, training=True) for name in ("mask", "W_h", "dW_h")},
        )

    def draw(self, noise, plan):
        self.layer.draw(noise.child(0), plan.inner)
        noise.child(1).keep(plan.mask, self.rate)
        plan.drawn = True

    def load(self, p, plan):
        if plan.drawn:
            plan.xp.multiply(p.W_h, plan.mask, out=plan.W_h)
            p = SimpleNamespace(**vars(p) | {"W_h": plan.W_h})
        self.layer.load(p, plan.inner)

    def forward(self, x, s0, plan, mask=None):
        return self.layer.forward(x, s0, plan.inner, mask)

    def stream(self, x, s0, plan):
        return self.layer.stream(x, s0, plan.inner)

    def backward(self, g, dy, dsT, plan):
        if not plan.drawn:
            return self.layer.backward(g, dy, dsT, plan.inner)
        plan.dW_h.fill(0)
        inner_g = SimpleNamespace(**vars(g) | {"W_h": plan.dW_h})
        dx, ds0 = self.layer.backward(inner_g, dy, dsT, plan.inner)
        plan.dW_h *= plan.mask
        g.W_h += plan.dW_h
        return dx, ds0
