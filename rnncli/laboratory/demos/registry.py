"""The demonstrations, by the name that `--demo` takes. Each is a module, a configuration in configs/lab and a page in
docs/lab. A module has `Numbers`, the dataclass of its configuration, and `demonstrate(numbers, progress) -> Finding`.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from ...errors import ConfigError
from ...registry import nearest
from ...tasks.base import Progress

if TYPE_CHECKING:  # NumPy, which the names alone do not need
    from ..drawings import Finding

DEMOS: Mapping[str, tuple[str, str]] = {  # name -> (module, a sentence that says what it shows)
    "linear-unit": ("linear_unit", "One linear unit: a weight of 1.01 explodes, one of 0.99 vanishes"),
    "shared-weights": ("shared_weights", "Two weights that must stay one: their gradients are added"),
    "jacobians": ("jacobians", "Squashing, initialisation and the largest singular value, through 50 steps"),
    "carousel": ("carousel", "The constant error carousel: a gate that is open hands the gradient on unchanged"),
    "exploding": ("exploding", "An exploding run without clipping, clipped by value and clipped by norm"),
    "memory-horizon": (
        "memory_horizon",
        "How far back a network learns to look, and whether its gradient foretells it",
    ),
    "cost": ("cost", "The squared error and the plain norm, and their gradients at the goal"),
}


def run(name: str, progress: Progress, configs: Sequence[str] = (), assignments: Sequence[str] = ()) -> "list[Finding]":
    """The Findings of a demonstration.

    configs: YAML files whose numbers replace those of configs/lab/NAME.yaml; assignments: texts such as "steps=100".
    Raises ConfigError for an unknown name, and for numbers that are unknown or out of bounds, with their place.
    """
    if name not in DEMOS:
        near = nearest(name, DEMOS)
        raise ConfigError(
            f"--demo {name}: unknown demonstration; known: {', '.join(DEMOS)}",
            f"did you mean '{near}'?" if near else "--demo list says what each of them shows",
        )
    from .numbers import read_numbers  # here: the command lists the names without reading YAML

    module = import_module(f"{__package__}.{DEMOS[name][0]}")
    return [module.demonstrate(read_numbers(name, module.Numbers, configs, assignments), progress)]
