"""A layer that reads a sequence from both ends."""

from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from ..errors import ConfigError
from .compose import WeightDrop
from .layer import Layer, States
from .memory import Array, Memory
from .parameters import ParamSpec
from .recurrent import Recurrent


@dataclass(frozen=True)
class Bidirectional(Layer):
    """y = [y_ahead | y_back]: one layer reads from the first step, the other from the last (Schuster & Paliwal 1997).

    H counts the outputs of both, half of them each way, whereas PyTorch and Keras count those of one. So the head, a
    residual connection and the next layer see the size that was asked for. States are joined in the same way: sT holds
    what each layer ends with, the one that reads backward at step 0.

    The layer that reads backward gets x and the mask in reverse order. Rows that are shorter than T are then padded in
    front of their first step, where a recurrent layer keeps s0, so that each begins at its own last real step.

    Parameters: `ahead_W_x`, `back_W_x` and so on. An observer's t counts the steps in the order of reading.
    """

    ahead: Recurrent | WeightDrop
    back: Recurrent | WeightDrop

    @property
    def D(self) -> int:
        return self.ahead.D

    @property
    def H(self) -> int:
        return self.ahead.H + self.back.H

    @property
    def cell(self) -> Any:
        return self.ahead.cell

    def specs(self) -> tuple[ParamSpec, ...]:
        return tuple(
            replace(spec, name=f"{way}_{spec.name}")
            for way, layer in (("ahead", self.ahead), ("back", self.back))
            for spec in layer.specs()
        )

    def initial_state(self, N: int, memory: Memory) -> States:
        return tuple(memory(N, self.H) for _ in self.cell.state)

    def plan(self, T: int, N: int, memory: Memory) -> SimpleNamespace:
        states, H = range(len(self.cell.state)), self.H
        return SimpleNamespace(
            ahead=self.ahead.plan(T, N, memory.within("ahead")),
            back=self.back.plan(T, N, memory.within("back")),
            y=memory(T, N, H),
            sT=tuple(memory(N, H) for _ in states),
            ds0=tuple(memory(N, H, training=True) for _ in states),
        )

    def draw(self, noise: Any, plan: Any) -> None:
        self.ahead.draw(noise.child(0), plan.ahead)
        self.back.draw(noise.child(1), plan.back)

    def load(self, p: Any, plan: Any) -> None:
        self.ahead.load(one_way("ahead", p), plan.ahead)
        self.back.load(one_way("back", p), plan.back)

    def forward(self, x: Array, s0: States, plan: Any, mask: Array | None = None) -> tuple[Array, States]:
        (s0_ahead, s0_back), h = self._halves(s0), self.ahead.H
        y_ahead, sT_ahead = self.ahead.forward(x, s0_ahead, plan.ahead, mask)
        y_back, sT_back = self.back.forward(x[::-1], s0_back, plan.back, None if mask is None else mask[::-1])
        plan.y[:, :, :h], plan.y[:, :, h:] = y_ahead, y_back[::-1]
        return plan.y, self._join(sT_ahead, sT_back, plan.sT)

    def stream(self, x: Array, s0: States, plan: Any) -> Any:
        """Raises ConfigError: the layer needs the end of a sequence for its first output."""
        raise ConfigError(
            "a bidirectional layer cannot read step by step: it needs the end of a sequence for its first output",
            "set bidirectional to false for a model that generates",
        )

    def backward(self, g: Any, dy: Array, dsT: States, plan: Any) -> tuple[Array | None, States]:
        (dsT_ahead, dsT_back), h = self._halves(dsT), self.ahead.H
        dx, ds0_ahead = self.ahead.backward(one_way("ahead", g), dy[:, :, :h], dsT_ahead, plan.ahead)
        dx_back, ds0_back = self.back.backward(one_way("back", g), dy[::-1, :, h:], dsT_back, plan.back)
        if dx is not None and dx_back is not None:
            dx += dx_back[::-1]
        return dx, self._join(ds0_ahead, ds0_back, plan.ds0)

    def _halves(self, states):
        """Of states (N, H): (the left halves, the right halves); of (): ((), ())."""
        h = self.ahead.H
        return tuple(state[:, :h] for state in states), tuple(state[:, h:] for state in states)

    def _join(self, ahead, back, states):
        for left, right, both in zip(ahead, back, states):
            both[:, : self.ahead.H], both[:, self.ahead.H :] = left, right
        return states


def one_way(way: str, arrays: Any) -> SimpleNamespace:
    """The parameters or gradients of the layer "ahead" or "back", under its own names."""
    start = f"{way}_"
    return SimpleNamespace(
        **{name.removeprefix(start): array for name, array in vars(arrays).items() if name.startswith(start)}
    )
