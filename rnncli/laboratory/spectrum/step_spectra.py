"""What is measured of the matrices and the step Jacobians of one recurrent layer; `spectrum` shows it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import inf, isnan, nan
from typing import NamedTuple

import numpy as np

from ...nn.cells import CELLS
from ...random_streams import stream
from ...tasks.base import Progress
from ..gates.own_path import carried, factors
from ..watching import WatchedLayer, last_true
from .jacobians import Product, StepJacobians, no_steps, random_frame

SHOWN = (1, 2, 5, 10, 20, 50, 100, 200)  # steps of the products
EXPONENTS = 8  # Lyapunov exponents, the largest ones
FEWEST = 8  # steps from which they are measured
SLOPES = {"rnn": 1.0, "rnn-logistic": 0.25, "rnn-relu": 1.0, "rnn-identity": 1.0}  # max |f'| where J = f'(a) W_h^T
LN_10, EPSILON = float(np.log(10)), float(np.finfo(float).eps)


class Spectrum(NamedTuple):
    """Largest and smallest singular value and spectral radius of a matrix; the radius is nan where it was left out."""

    largest: float
    smallest: float
    radius: float


@dataclass(frozen=True)
class Extent:
    """How much of a layer with n numbers of state is looked at, so that it takes seconds: rows; the last steps of each;
    those with singular values, and those (and products) with a radius."""

    rows: int
    steps: int
    singular: int
    radii: int

    @classmethod
    def of(cls, n: int) -> "Extent":
        cube = (512 / n) ** 3  # times less work than for an LSTM of 256 units
        return cls(
            rows=4 if n <= 64 else 2 if n <= 128 else 1,
            steps=min(max(int(64 * cube), 8), SHOWN[-1]),
            singular=min(max(int(16 * cube), 2), 64),
            radii=min(max(int(3 * cube), 1), 32),
        )


@dataclass(frozen=True)
class LayerSpectra:
    """Everything about one layer.

    gates: {gate: Spectrum of its block of W_h}; steps: of the Jacobians of single steps; products: {k: of the product
    of k Jacobians, as logarithms to base 10, averaged over the rows; smallest nan where float64 does not resolve it
    beside the largest}; own: {k: log10 of what the own path of the best unit carries through k steps}, empty without
    one; exponents: the largest Lyapunov exponents, medians of the rows; slope: max |f'| of a simple network, nan for
    other cells; keep: the gate of the own path. extent: what was looked at.
    """

    subject: str
    layer: str
    gates: Mapping[str, Spectrum]
    steps: Sequence[Spectrum]
    products: Mapping[int, Spectrum]
    own: Mapping[int, float]
    exponents: np.ndarray
    slope: float
    keep: str | None
    extent: Extent

    @property
    def norm_of_W_h(self) -> float:
        """The largest singular value of all its blocks."""
        return max(gate.largest for gate in self.gates.values())

    @property
    def exponent(self) -> float:
        """The largest Lyapunov exponent; nan where too few steps were measured."""
        return float(self.exponents[0])

    @property
    def bound(self) -> float:
        """||W_h|| max |f'|, which no step Jacobian of a simple network exceeds; nan for other cells."""
        return self.norm_of_W_h * self.slope

    def of_steps(self, name: str, how: Callable[..., float] = np.nanmean) -> float:
        """The mean, or another summary, of a figure of the steps; nan where there is none."""
        values = [value for step in self.steps if not np.isnan(value := getattr(step, name))]
        return float(how(values)) if values else nan


def spectra_of(subject: str, layer: WatchedLayer, progress: Progress) -> LayerSpectra:
    """The LayerSpectra of a layer with a real step, at the states of a pass, along its longest rows."""
    cell, last, lengths = layer.layer.cell, last_true(layer.real), layer.real.sum(axis=0)
    extent, f = Extent.of(layer.layer.H * len(cell.state)), factors(layer) if carried(cell) else None
    rows = [int(row) for row in np.argsort(-lengths, kind="stable")[: extent.rows] if lengths[row]]
    counts = products_of([min(extent.steps, int(lengths[row])) for row in rows])
    walks = []
    for k, row in enumerate(rows):
        walks.append(Walk(layer, f, extent))
        told = partial(progress, f"Jacobians of {layer.name}, row {k + 1} of {len(rows)}")
        walks[-1].go(row, int(last[row]), counts, told)
    counts = [k for k in counts if any(k in walk.products for walk in walks)]
    return LayerSpectra(
        subject,
        layer.name,
        gate_spectra(layer),
        [step for walk in walks for step in walk.steps],
        {k: averaged([walk.products[k] for walk in walks if k in walk.products]) for k in counts},
        {} if f is None else {k: average([walk.own[k] for walk in walks if k in walk.own]) for k in counts},
        typical([walk.exponents for walk in walks]),
        next((slope for name, slope in SLOPES.items() if CELLS[name] is cell), nan),
        cell.keep,
        Extent(
            len(rows), max(walk.done for walk in walks), len(walks[0].steps), min(extent.radii, len(walks[0].steps))
        ),
    )


def products_of(lengths: Sequence[int]) -> list[int]:
    """The steps of the products along rows of these lengths, the longest first: as many as half of the rows have, so
    that the longest rows do not stand for all."""
    last = lengths[(len(lengths) + 1) // 2 - 1]
    return [*(k for k in SHOWN if k < last), last]


def gate_spectra(layer: WatchedLayer) -> dict[str, Spectrum]:
    """{gate: Spectrum of its block (H, H) of W_h}, in the order of its columns."""
    blocks, H = layer.layer.cell.blocks, layer.layer.H
    names = [block.name for source in "hu" for block in blocks if source in block.reads]
    return {name: spectrum_of(layer.p.W_h[:, k * H : (k + 1) * H]) for k, name in enumerate(names)}


def spectrum_of(matrix: np.ndarray, radius: bool = True) -> Spectrum:
    """The Spectrum of a square matrix; nan throughout where it is not finite."""
    if not np.isfinite(matrix).all():
        return Spectrum(nan, nan, nan)
    values = np.linalg.svd(matrix, compute_uv=False)
    largest_root = float(np.abs(np.linalg.eigvals(matrix)).max()) if radius else nan
    return Spectrum(float(values[0]), float(values[-1]), largest_root)


def product_spectrum(product: Product, radius: bool) -> Spectrum:
    """The Spectrum of a product as logarithms to base 10; nan where float64 does not resolve a figure beside the
    largest."""
    found, log = spectrum_of(product.matrix, radius), product.log / LN_10
    if found.largest == 0:
        return Spectrum(-inf, -inf, -inf)
    lowest = len(product.matrix) * EPSILON * found.largest
    return Spectrum(*(float(np.log10(each)) + log if each > lowest else nan for each in found))


def averaged(spectra: Sequence[Spectrum]) -> Spectrum:
    """The means of several, figure by figure."""
    return Spectrum(*(average(values) for values in zip(*spectra)))


def average(logs: Sequence[float]) -> float:
    """The logarithm of the mean of numbers with these logarithms, to base 10, nan left out; nan where all are."""
    known = np.array([log for log in logs if not isnan(log)], float)
    largest = known.max(initial=-inf)
    return (
        float(largest + np.log10(np.mean(10 ** (known - largest)))) if largest > -inf else -inf if len(known) else nan
    )


def typical(exponents: Sequence[np.ndarray]) -> np.ndarray:
    """The medians over rows of their exponents (m,): one row that has forgotten everything, -inf, does not decide. Rows
    without exponents are left out; nan where all are."""
    known = [row for row in exponents if not np.isnan(row).any()]
    return np.median(known, axis=0) if known else exponents[0]


def spread(total: int, count: int) -> list[int]:
    """At most `count` of 0 .. total-1, evenly spread, the first and the last among them."""
    return sorted({round(k) for k in np.linspace(0, total - 1, max(min(count, total), 1)).tolist()})


class Walk:
    """Goes back through the last steps of a row, as a gradient does, and measures on the way.

    f: the factors of the own path (T, N, H), or None. steps, products and own are as in LayerSpectra, of this row.
    """

    def __init__(self, layer: WatchedLayer, f: np.ndarray | None, extent: Extent):
        self.layer, self.f, self.extent, self.jacobians = layer, f, extent, StepJacobians(layer)
        self.done, self.steps = 0, list[Spectrum]()
        self.products: dict[int, Spectrum] = {}
        self.own: dict[int, float] = {}
        self.growth = random_frame(self.jacobians.n, EXPONENTS, stream(0, "inspect spectrum"))

    def go(self, row: int, end: int, counts: Sequence[int], progress: Callable[[int, int | None], None]) -> None:
        """Back from step `end`, with products of so many steps as `counts` has; a Jacobian that is not finite ends
        it."""
        T, product, own = min(self.extent.steps, self.layer.steps(row, end)), no_steps(self.jacobians.n), 0.0
        some, few = (spread(T, count) for count in (self.extent.singular, self.extent.radii))
        shown = [counts[k] for k in spread(len(counts), self.extent.radii)]
        for k in range(T):
            progress(k, T)
            jacobian = self.jacobians.at(end - k, row)
            if not np.isfinite(jacobian).all():
                break
            self.done = k + 1
            self._grow(jacobian, measured=k >= T // 4)
            if k in some or k in few:
                self.steps.append(spectrum_of(jacobian, k in few))
            product = product.after(jacobian)
            own += 0 if self.f is None else np.log(np.abs(self.f[end - k, row]))
            if k + 1 in counts:
                self.products[k + 1] = product_spectrum(product, k + 1 in shown)
                self.own[k + 1] = float(np.max(own)) / LN_10

    @property
    def exponents(self) -> np.ndarray:
        """The largest Lyapunov exponents; nan where a direction that was drawn would still show."""
        exponents = self.growth.exponents
        return exponents if self.growth.steps >= FEWEST else np.full_like(exponents, nan)

    def _grow(self, jacobian, measured):
        """The first steps only turn the frame, to the directions that grow fastest."""
        self.growth = self.growth.back(jacobian)
        if not measured:
            self.growth = self.growth.restarted()
