"""What a writer starts from: a sequence that layers read, or features."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import numpy as np

from .bridge import Bridge
from .compose import Stack
from .layer import States
from .memory import Array, Memory
from .model import Part, Size, Views
from .parameters import ParamSpec


@dataclass(frozen=True)
class Reader:
    """A source of ids (T, N): `body` reads them from a state of zeros. The writer starts from the last state of each
    layer, and attention may look at the outputs. Parameters: "reader_LAYER"."""

    body: Stack
    lengths = ("T",)
    joined = 0  # columns of the writer's input that come from the source

    def without_outputs(self) -> "Reader":
        """The same reader for its states alone: without the layers after the last one that has a state."""
        states = self.body.initial_state(1, Memory("f4"))
        last = max((k for k, state in enumerate(states) if state), default=-1)
        return Reader(Stack(dict(list(self.body.layers.items())[: last + 1])))

    @cached_property
    def _layers(self) -> Stack:
        return named("reader", self.body)

    def specs(self) -> dict[str, tuple[ParamSpec, ...]]:
        """The parameters, {name of the layer: its ParamSpecs}."""
        return self._layers.specs()

    def parts(self, size: Size, N: int) -> dict[str, Part]:
        """{name: Part} of the arrays of a batch."""
        shape = (*size, N)
        return {"source": Part(shape, np.intp), "source_mask": Part(shape, np.bool_)}

    def plan(self, T: int, N: int, memory: Memory) -> SimpleNamespace:
        return SimpleNamespace(
            xp=memory.xp,
            zero=memory.xp.zeros((), memory.dtype),
            s0=self.body.initial_state(N, memory.like()),
            body=self._layers.plan(T, N, memory),
            h=None,
        )

    def draw(self, noise: Any, plan: Any) -> None:
        self._layers.draw(noise, plan.body)

    def load(self, p: Views, plan: Any) -> None:
        self._layers.load(p, plan.body)

    def forward(self, batch: Any, plan: Any) -> tuple[States, ...]:
        """The last state of each layer that has one; leaves the outputs (T, N, C) in plan.h."""
        plan.h, sT = self._layers.forward(batch.source, plan.s0, plan.body, batch.source_mask)
        return tuple(state for state in sT if state)

    def backward(self, g: Views, dstates: tuple[States, ...], dh: Array | None, plan: Any) -> None:
        """dL/dstate of each layer that has one, and dL/dh (T, N, C), None for zeros; adds into g."""
        dy = plan.xp.broadcast_to(plan.zero, plan.h.shape) if dh is None else dh
        self._layers.backward(g, dy, by_layer(dstates, plan.s0), plan.body)


@dataclass(frozen=True)
class Features:
    """A source of features (1, N, F): the writer starts from what `bridge` makes of them. every_step: they are joined
    to its input at each step too. Parameters: "bridge"."""

    bridge: Bridge
    F: int
    every_step: bool = False
    lengths = ()

    @property
    def joined(self) -> int:
        return self.F if self.every_step else 0

    def without_outputs(self) -> "Features":
        return self

    def specs(self) -> dict[str, tuple[ParamSpec, ...]]:
        return {"bridge": self.bridge.specs()}

    def parts(self, size: Size, N: int) -> dict[str, Part]:
        return {"features": Part((1, N, self.F), "f4", length=None)}

    def plan(self, T: int, N: int, memory: Memory) -> SimpleNamespace:
        return SimpleNamespace(bridge=self.bridge.plan(N, memory))

    def draw(self, noise: Any, plan: Any) -> None:
        """Nothing: features have no dropout."""

    def load(self, p: Views, plan: Any) -> None:
        self.bridge.load(p["bridge"], plan.bridge)

    def forward(self, batch: Any, plan: Any) -> tuple[States, ...]:
        return self.bridge.forward(batch.features[0], plan.bridge)

    def backward(self, g: Views, dstates: tuple[States, ...], dh: Array | None, plan: Any) -> None:
        self.bridge.backward(g["bridge"], dstates, plan.bridge)


def named(role: str, body: Stack) -> Stack:
    """The same layers under the names "ROLE_LAYER"."""
    return Stack({f"{role}_{name}": layer for name, layer in body.layers.items()})


def by_layer(states: Iterable[States], like: Iterable[States]) -> tuple[States, ...]:
    """The given states, one after the other, of the layers that have one in `like`; () of the others."""
    given = iter(states)
    return tuple(next(given) if layer else () for layer in like)
