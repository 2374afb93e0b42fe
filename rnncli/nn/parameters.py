"""Parameters as one flat vector with named views."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod
from types import SimpleNamespace
from typing import Any

import numpy as np

from .initialisers import ZEROS


@dataclass(frozen=True)
class ParamSpec:
    """One parameter: its name within the layer, its shape, its initial values, and whether weight decay applies to it.

    `start(rng, shape)` returns the initial values; see `initialisers`.
    """

    name: str
    shape: tuple[int, ...]
    start: Any = ZEROS
    decayed: bool = True  # False for biases, gains and peepholes


class ParamStore:
    """The layout of every parameter of a model in one vector.

    theta, each shard's gradient and the optimizer's moments are vectors of this one layout, so that summing, clipping
    and updating do not depend on the parameters. `specs` maps the name of a layer to its ParamSpecs.
    """

    def __init__(self, specs: Mapping[str, Iterable[ParamSpec]]):
        self.specs = {layer: found for layer, params in specs.items() if (found := tuple(params))}
        self.spans: dict[str, slice] = {}  # "layer.name" -> slice of the vector
        start = 0
        for layer, params in self.specs.items():
            for spec in params:
                self.spans[f"{layer}.{spec.name}"] = slice(start, start + prod(spec.shape))
                start += prod(spec.shape)
        self.size = start

    def views(self, vector: np.ndarray) -> dict[str, SimpleNamespace]:
        """{layer: namespace of arrays}: views into `vector` (size,), in the order of the specs."""
        return {
            layer: SimpleNamespace(
                **{spec.name: vector[self.spans[f"{layer}.{spec.name}"]].reshape(spec.shape) for spec in params}
            )
            for layer, params in self.specs.items()
        }

    def named(self, vector: np.ndarray) -> dict[str, np.ndarray]:
        """{"layer.name": array}: the same views, by full name."""
        return {
            f"{layer}.{name}": array
            for layer, views in self.views(vector).items()
            for name, array in vars(views).items()
        }

    def initialise(self, vector: np.ndarray, seed: int) -> None:
        """Fill `vector` (size,) with the initial values. Each parameter draws from a stream of its own, keyed by `seed`
        and its full name, so that adding a layer does not change the initial values of the others."""
        for layer, views in self.views(vector).items():
            for spec in self.specs[layer]:
                key = [seed, *f"{layer}.{spec.name}".encode()]
                getattr(views, spec.name)[...] = spec.start(np.random.default_rng(key), spec.shape)

    def decayed(self) -> tuple[slice, ...]:
        """The slices of the vector that weight decay applies to: all but biases, gains and peepholes."""
        return tuple(
            self.spans[f"{layer}.{spec.name}"]
            for layer, params in self.specs.items()
            for spec in params
            if spec.decayed
        )
