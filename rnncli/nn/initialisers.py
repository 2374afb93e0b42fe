"""Initial values of parameters. Each is called as start(rng, shape) and returns float64 values of that shape.

A recurrent matrix holds several square blocks side by side, H columns for each gate; fans and orthogonality refer to
each block by itself.
"""

from dataclasses import dataclass

import numpy as np

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Constant:
    """The same value everywhere."""

    value: float = 0.0

    def __call__(self, rng: np.random.Generator, shape: Shape) -> np.ndarray:
        return np.full(shape, self.value)


ZEROS, ONES = Constant(0.0), Constant(1.0)


@dataclass(frozen=True)
class Uniform:
    """Uniform in [-half_width, half_width]; recurrent layers use 1/sqrt(H)."""

    half_width: float

    def __call__(self, rng: np.random.Generator, shape: Shape) -> np.ndarray:
        return rng.uniform(-self.half_width, self.half_width, shape)


@dataclass(frozen=True)
class Normal:
    """Normal with mean 0 and standard deviation `deviation`."""

    deviation: float

    def __call__(self, rng: np.random.Generator, shape: Shape) -> np.ndarray:
        return rng.normal(0, self.deviation, shape)


@dataclass(frozen=True)
class Glorot:
    """Uniform with variance 2 / (fan in + fan out) (Glorot & Bengio 2010), for blocks of `width` columns."""

    width: int

    def __call__(self, rng: np.random.Generator, shape: Shape) -> np.ndarray:
        half_width = (6 / (shape[0] + self.width)) ** 0.5
        return rng.uniform(-half_width, half_width, shape)


@dataclass(frozen=True)
class Orthogonal:
    """Blocks of `width` columns with orthonormal columns or rows (Saxe et al. 2014, arXiv:1312.6120v3)."""

    width: int

    def __call__(self, rng: np.random.Generator, shape: Shape) -> np.ndarray:
        return np.hstack([self._block(rng, shape[0]) for _ in range(shape[1] // self.width)])

    def _block(self, rng: np.random.Generator, rows: int) -> np.ndarray:
        tall = rng.normal(size=(max(rows, self.width), min(rows, self.width)))
        q, r = np.linalg.qr(tall)
        q *= np.sign(np.diag(r))  # makes the distribution uniform over orthogonal matrices
        return q if rows >= self.width else q.T


@dataclass(frozen=True)
class Identity:
    """Square blocks that begin as `gain` times the identity (Le, Jaitly & Hinton 2015, arXiv:1504.00941v2)."""

    gain: float = 1.0

    def __call__(self, rng: np.random.Generator, shape: Shape) -> np.ndarray:
        H, columns = shape
        return np.hstack([self.gain * np.eye(H)] * (columns // H))


@dataclass(frozen=True)
class BlockBias:
    """A bias that starts at zero, except for blocks of H: `values` maps the position of such a block to its start.

    A value is a number, or "keep" / "write" for the chrono initialisation (Tallec & Ollivier 2018,
    arXiv:1804.11188v1): log(u), u uniform in [1, T_max - 1], for the gate that keeps the state, and minus the same
    numbers for the gate that writes.
    """

    H: int
    values: tuple[tuple[int, float | str], ...] = ()
    T_max: int = 0

    def __call__(self, rng: np.random.Generator, shape: Shape) -> np.ndarray:
        bias = np.zeros(shape)
        spans = np.log(rng.uniform(1, max(self.T_max - 1, 1), self.H)) if self.T_max else np.zeros(self.H)
        chrono = {"keep": spans, "write": -spans}
        for position, value in self.values:
            block = bias[position * self.H : (position + 1) * self.H]
            block[...] = chrono[value] if isinstance(value, str) else value
        return bias
