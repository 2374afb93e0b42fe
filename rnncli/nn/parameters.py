"""Parameters as one flat vector with named views."""

from dataclasses import dataclass
from math import prod
from types import SimpleNamespace
from typing import Any

import numpy as np

from .initialisers import ZEROS


@dataclass(frozen=True)
class ParamSpec:
    """One parameter: its name within the layer, its shape, how it starts, and whether weight decay spares it.

    `start(rng, shape)` returns the initial values; see `init.py`.
    """

    name: str
    shape: tuple[int, ...]
    start: Any = ZEROS
    decayed: bool = True  # False for biases, gains and peepholes


class ParamStore:
    """The layout of every parameter of a model in one vector.

    theta, each shard's gradient and the optimizer's moments are vectors of this one layout, so that summing, clipping
    and updating never ask what a parameter is. `specs` maps a layer's name to its ParamSpecs.
    """

    def __init__(self, specs):
        self.specs = {layer: tuple(params) for layer, params in specs.items() if params}
        self.spans, start = {}, 0  # "layer.name" -> slice of the vector
        for layer, params in self.specs.items():
            for spec in params:
                self.spans[f"{layer}.{spec.name}"] = slice(start, start + prod(spec.shape))
                start += prod(spec.shape)
        self.size = start

    def views(self, vector):
        """{layer: namespace of arrays}: views into `vector` (size,), in the order of the specs."""
        return {
            layer: SimpleNamespace(
                **{spec.name: vector[self.spans[f"{layer}.{spec.name}"]].reshape(spec.shape) for spec in params}
            )
            for layer, params in self.specs.items()
        }

    def named(self, vector):
        """{"layer.name": array}: the same views, by full name."""
        return {
            f"{layer}.{name}": array
            for layer, views in self.views(vector).items()
            for name, array in vars(views).items()
        }

    def initialise(self, vector, seed):
        """Fill `vector` with the start of every parameter. Each draws from a stream of its own, keyed by `seed` and
        its full name, so that adding a layer does not change how the others begin."""
        for layer, views in self.views(vector).items():
            for spec in self.specs[layer]:
                key = [seed, *f"{layer}.{spec.name}".encode()]
                getattr(views, spec.name)[...] = spec.start(np.random.default_rng(key), spec.shape)

    def decayed(self):
        """The slices of the vector that weight decay touches: all but biases, gains and peepholes."""
        return tuple(
            self.spans[f"{layer}.{spec.name}"]
            for layer, params in self.specs.items()
            for spec in params
            if spec.decayed
        )
