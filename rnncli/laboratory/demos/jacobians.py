"""What a step back does to a gradient: the squashing, the start of W_h and its largest singular value.

    dL/dh_{t-1} = (dL/dh_t f'(a_t)) W_h^T,   ||dL/dh_{t-1}|| <= sigma max|f'| ||dL/dh_t||

(Pascanu, Mikolov & Bengio 2013, arXiv:1211.5063v2).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, log
from typing import Any

import numpy as np

from ...nn.initialisers import Identity, Normal, Orthogonal
from ...random_streams import stream
from ...tasks.base import Progress, Table
from ..decay import fitted
from ..drawings import Curve, Curves, Finding
from .figures import FLOOR, rounded, signed, small, visible
from .numbers import DemoNumbers, number
from .unrolled import layer_of, unroll, zeros

NAMES = {"rnn": "tanh", "rnn-logistic": "logistic", "rnn-relu": "relu", "rnn-identity": "linear"}
SLOPES = {"rnn": 1.0, "rnn-logistic": 0.25, "rnn-relu": 1.0, "rnn-identity": 1.0}  # max|f'|


@dataclass(frozen=True)
class Numbers(DemoNumbers):
    """The configuration."""

    hidden_size: int = number("Units.", min=2, max=512)
    steps: int = number("Steps that the gradient goes back.", min=2, max=10_000)
    rows: int = number("Sequences of noise, each with a gradient of its own at the end.", min=1, max=1000)
    noise: float = number("Standard deviation of what every unit reads at every step.", min=0)
    scales: tuple[float, ...] = number("Largest singular values of W_h.", above=0)
    seed: int = number("Seed of matrices, noise and gradients.", min=0)


@dataclass(frozen=True)
class Chain:
    """A gradient that was taken back through a network. norms (T+1,): by lag, relative to lag 0."""

    cell: str
    start: str  # of W_h
    W_h: np.ndarray
    norms: np.ndarray

    @property
    def sigma(self) -> float:
        """The largest singular value of W_h."""
        return float(np.linalg.svd(self.W_h, compute_uv=False)[0])

    @property
    def radius(self) -> float:
        """The largest absolute eigenvalue of W_h."""
        return float(abs(np.linalg.eigvals(self.W_h)).max())

    @property
    def bound(self) -> float:
        """What the logarithm of the norm can gain in a step at most: ln(sigma max|f'|)."""
        return log(self.sigma * SLOPES[self.cell])

    @property
    def slope(self) -> float:
        """What it gains: the slope of ln ||dL/dh_{t-k}|| over k."""
        factor = fitted(self.norms)
        return log(factor) if factor > 0 else -inf


def chain(cell: str, start: str, W_h: np.ndarray, numbers: Numbers) -> Chain:
    """Noise through a network with W_h, and unit gradients of random directions back from its last step."""
    N, H, rng = numbers.rows, numbers.hidden_size, stream(numbers.seed, "jacobians")
    x = numbers.noise * rng.normal(size=(numbers.steps, N, H))
    s0, d = abs(rng.normal(size=(N, H))), rng.normal(size=(N, H))
    d /= np.linalg.norm(d, axis=1, keepdims=True)
    layer = layer_of(cell, H, H)
    p = zeros(layer) | {"W_x": np.eye(H), "W_h": W_h}
    return Chain(cell, start, W_h, unroll(layer, p, x, (s0,), (d,)).by_lag("h"))


def matrix(start: str, numbers: Numbers) -> np.ndarray:
    """W_h (H, H) as it starts."""
    H = numbers.hidden_size
    starts = {"orthogonal": Orthogonal(H), "identity": Identity(), "gaussian": Normal(H**-0.5)}
    return starts[start](stream(numbers.seed, start), (H, H))


def chains(numbers: Numbers) -> list[list[Chain]]:
    """The three tables: squashing and scale; identity against Gaussian; the singular value against the eigenvalue."""
    orthogonal, identity, gaussian = (matrix(start, numbers) for start in ("orthogonal", "identity", "gaussian"))
    sigma = np.linalg.svd(gaussian, compute_uv=False)[0]
    scaled = [
        chain(cell, "orthogonal", scale * orthogonal, numbers)
        for cell in ("rnn-identity", "rnn", "rnn-logistic")
        for scale in numbers.scales
    ]
    relu = [
        chain("rnn-relu", "identity", identity, numbers),
        chain("rnn-relu", "Gaussian 1/H", gaussian, numbers),
        chain("rnn-relu", "Gaussian 2/H", 2**0.5 * gaussian, numbers),
    ]
    linear = [chain("rnn-identity", "Gaussian", gaussian / sigma * scale, numbers) for scale in numbers.scales]
    return [scaled, relu, linear]


def demonstrate(numbers: Numbers, progress: Progress) -> Finding:
    """The slope of ln ||dL/dh|| per step of every network, beside its bound."""
    scaled, relu, linear = chains(numbers)
    every = [*scaled, *relu, *linear]
    return Finding(
        part="jacobians",
        title=f"The gradient through {numbers.steps} steps of {numbers.hidden_size} units: gain of ln ||dL/dh|| a step",
        record={"metrics": metrics(every), "chains": [record(each) for each in every]},
        rows=[record(each) for each in every],
        brief=[table(every), *notes(scaled), chart(scaled, relu)],
    )


def label(each: Chain) -> str:
    return f"{NAMES[each.cell]}, {each.start}, sigma {each.sigma:.3g}"


def metrics(every: Sequence[Chain]) -> dict[str, float]:
    """{"CHAIN/NAME": number}"""
    names = ("sigma", "spectral_radius", "bound", "slope", "left")
    return {f"{label(each)}/{name}": record(each)[name] for each in every for name in names}


def record(each: Chain) -> dict[str, Any]:
    """A chain as flat data."""
    return {
        "squashing": NAMES[each.cell],
        "start": each.start,
        "sigma": each.sigma,
        "spectral_radius": each.radius,
        "bound": each.bound,
        "slope": each.slope,
        "left": float(each.norms[-1]),
    }


def table(every: Sequence[Chain]) -> Table:
    """A row for each network."""
    steps = len(every[0].norms) - 1
    header = ["", "W_h", "sigma", "radius", "bound", "slope", f"left at k = {steps}"]
    body = [
        [
            NAMES[each.cell],
            each.start,
            f"{each.sigma:.3f}",
            f"{each.radius:.3f}",
            signed(each.bound),
            signed(each.slope),
            small(each.norms[-1]),
        ]
        for each in every
    ]
    return Table([header, *body], left=2)


def notes(scaled: Sequence[Chain]) -> list[str]:
    """What the columns are, and how exact the linear network is."""
    linear = max(abs(each.slope - each.bound) for each in scaled if each.cell == "rnn-identity")
    return [
        "sigma, radius: largest singular value and |eigenvalue| of W_h. bound: ln(sigma max|f'|), where max|f'| is 1/4 "
        "for the logistic function, else 1. slope: of ln ||dL/dh_(T-k)|| over k. left: its share at the end.",
        f"linear, orthogonal: the slope is ln sigma, difference {rounded(linear)}.",
    ]


def chart(scaled: Sequence[Chain], relu: Sequence[Chain]) -> Curves:
    """The norms by lag, of the logistic function those of the greatest sigma alone."""
    shown = {f"{NAMES[each.cell]}, sigma {each.sigma:.3g}": each for each in scaled if each.cell != "rnn-logistic"}
    shown |= {f"logistic, sigma {scaled[-1].sigma:.3g}": scaled[-1]}
    shown |= {f"relu, {each.start}": each for each in relu}
    lines = {name: Curve(np.arange(len(each.norms)), visible(each.norms)) for name, each in shown.items()}
    return Curves("", "lag k, steps back", f"||dL/dh_(T-k)||, above {FLOOR:.0e}", lines, log_y=True)
