"""What every unit of the recurrent layers is after each step, collected while a model runs forward."""

from collections.abc import Container
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ...errors import ConfigError
from ...nn.memory import Memory
from ...nn.observing import Observer

OUTPUT = "h"  # the state that a layer hands on; of the others the hyperbolic tangent is collected: they have no bound
BACKWARD = "back"  # the half of a bidirectional layer that reads from the end
MOST_DIGITS = 10  # of the number of a unit


class Group(NamedTuple):
    """The H units of one state of a layer."""

    layer: str
    state: str
    H: int

    @property
    def name(self) -> str:
        """ "layer1" for h, "layer1.c" for another state."""
        return self.layer if self.state == OUTPUT else f"{self.layer}.{self.state}"


@dataclass(frozen=True)
class Units:
    """The columns of activations by name: "layer1:17" is h of unit 17, counted from 0; "layer1.c:17" tanh of its c."""

    groups: tuple[Group, ...]

    def __len__(self) -> int:
        return sum(group.H for group in self.groups)

    def name(self, column: int) -> str:
        """The name of a column."""
        for group in self.groups:
            if column < group.H:
                return f"{group.name}:{column}"
            column -= group.H
        raise IndexError(column)

    def column(self, text: str) -> int:
        """The column of a name; "17" is a unit of the last layer, "1:17" one of "layer1". Raises ConfigError."""
        layer, _, number = text.strip().rpartition(":")
        wanted = layer or self._last.name
        start = 0
        for group in self.groups:
            if wanted in (group.name, group.name.removeprefix("layer")):
                if number.isdecimal() and len(number) < MOST_DIGITS and int(number) < group.H:
                    return start + int(number)
                break
            start += group.H
        raise ConfigError(f"--unit {text}: there is no such unit", f"name one of {self.known()}")

    def known(self) -> str:
        """The units that there are, in words."""
        ranges = ", ".join(f"{group.name}:0 to {group.name}:{group.H - 1}" for group in self.groups)
        return f"{ranges}; a number alone is a unit of {self._last.name}"

    def of_last_layer(self) -> slice:
        """The columns of h of the last layer."""
        start = 0
        for group in self.groups:
            if group is self._last:
                return slice(start, start + group.H)
            start += group.H
        raise ValueError("a recurrent layer has a state h")

    @property
    def _last(self):
        return next(group for group in reversed(self.groups) if group.state == OUTPUT)


class Activations(Observer):
    """Collects the states of the plans that are made in its `memory`, one plan of a model at a time.

    layers: names of layers in the model, those whose units count; None for all. Layers inside another, such as both
    halves of a bidirectional one, count with it.
    """

    def __init__(self, layers: Container[str] | None = None):
        self.layers = layers
        self.memory = Memory("f4", forward_only=True, observer=self)
        self.plans: list[tuple[str, Any]] = []

    def planned(self, name: str, layer: Any, plan: Any) -> None:
        if self.layers is None or name.partition(".")[0] in self.layers:
            self.plans.append((name, plan))

    def units(self, T: int, N: int) -> Units:
        """The Units of the plans of T steps and N rows."""
        return Units(tuple(Group(name, state, plan.H) for name, plan, state in self._of(T, N)))

    def taken(self, T: int, N: int) -> np.ndarray:
        """(T, N, units) float32, a copy: h, and tanh of other states, after each of T steps of N rows. Of a layer that
        reads from the end it is what the layer knows at that step."""
        parts = []
        for name, plan, state in self._of(T, N):
            values = plan.values[state] if state == OUTPUT else np.tanh(plan.values[state])
            parts.append(values[::-1] if name.endswith(f".{BACKWARD}") else values)
        return np.concatenate(parts, axis=2)

    def _of(self, T, N):
        """(layer, plan, state) of every state of the plans of this shape."""
        for name, plan in self.plans:
            if plan.values[OUTPUT].shape[:2] == (T, N):
                yield from ((name, plan, state) for state in plan.cell.state)
