"""What is compared: a gradient entry by entry, or its products with random directions.

A product is sum(g v) over a whole array, against the derivative of L along v: one forward pass for any number of
entries. v has random signs and magnitudes between 1 and 2. No entry has a weight near zero, so that a single wrong
entry cannot hide; and no two have the same weight, so that two wrong ones, such as a swapped pair, do not cancel.
"""

from collections.abc import Iterator, Mapping
from math import inf, nan
from typing import Protocol

import numpy as np

from .derivatives import Probe

DIRECTIONS = 2
LARGEST_WEIGHT = 2.0  # of an entry in a direction; the smallest is 1


class Probes(Protocol):
    """Directions of one check, with the analytic derivatives along them."""

    @property
    def analytic(self) -> np.ndarray: ...

    def __iter__(self) -> Iterator[Probe]: ...

    def distance(self, values: np.ndarray, numeric: np.ndarray) -> float:
        """The relative error of `values`; NaN if one is not finite."""
        ...

    def scale(self, numeric: np.ndarray) -> float:
        """The number by which a difference becomes a relative error."""
        ...


class Entries:
    """Every entry of one array."""

    def __init__(self, name: str, gradient: Mapping[str, np.ndarray]):
        self.name, self.shape = name, gradient[name].shape
        self.analytic = gradient[name].reshape(-1)

    def __iter__(self) -> Iterator[Probe]:
        for k in range(self.analytic.size):
            yield {self.name: one_hot(self.shape, k)}

    def distance(self, values: np.ndarray, numeric: np.ndarray) -> float:
        return relative_error(values, numeric)

    def scale(self, numeric: np.ndarray) -> float:
        return float(np.abs(numeric).max())


class Products:
    """Random directions through whole arrays.

    Error: |sum(g v) - numeric| / max(||g v||, |numeric|). The norm is the usual size of the sum, which may itself be
    close to zero.
    """

    def __init__(self, names: tuple[str, ...], gradient: Mapping[str, np.ndarray], rng: np.random.Generator):
        self.directions = [{name: direction(gradient[name].shape, rng) for name in names} for _ in range(DIRECTIONS)]
        self.analytic = np.array([along(gradient, probe) for probe in self.directions])
        self.norms = np.array([norm(gradient, probe) for probe in self.directions])

    def __iter__(self) -> Iterator[Probe]:
        return iter(self.directions)

    def distance(self, values: np.ndarray, numeric: np.ndarray) -> float:
        return relative_error(values, numeric, np.maximum(self.norms, np.abs(numeric)))

    def scale(self, numeric: np.ndarray) -> float:
        return float(np.maximum(self.norms, np.abs(numeric)).min())


def relative_error(values: np.ndarray, numeric: np.ndarray, scale: np.ndarray | None = None) -> float:
    """max |values - numeric| / max |numeric|, or the largest |values - numeric| / scale; 0 if the two are equal, inf if
    only `numeric` is zero, NaN if a value is not finite."""
    if not (np.isfinite(values).all() and np.isfinite(numeric).all()):
        return nan
    difference = np.abs(values - numeric)
    scale = np.full_like(difference, np.abs(numeric).max()) if scale is None else scale
    wrong = difference > 0
    if not wrong.any():
        return 0.0
    return float((difference[wrong] / scale[wrong]).max()) if scale[wrong].all() else inf


def along(gradient: Mapping[str, np.ndarray], probe: Probe) -> float:
    """The derivative along a probe by the gradient; entries at which the probe is zero may be NaN."""
    return float(sum((gradient[name][v != 0] * v[v != 0]).sum() for name, v in probe.items()))


def norm(gradient: Mapping[str, np.ndarray], probe: Probe) -> float:
    """The Euclidean norm of the terms of `along`."""
    return float(np.sqrt(sum(np.square(gradient[name] * v).sum() for name, v in probe.items())))


def direction(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """A direction through an array: random signs, magnitudes between 1 and LARGEST_WEIGHT."""
    return rng.choice((-1.0, 1.0), shape) * rng.uniform(1, LARGEST_WEIGHT, shape)


def one_hot(shape: tuple[int, ...], k: int) -> np.ndarray:
    """Zeros of `shape` with a 1 at the flat position k."""
    array = np.zeros(shape)
    array.flat[k] = 1
    return array
