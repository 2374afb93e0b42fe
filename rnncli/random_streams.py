"""Random streams as a function of a key: the same key gives the same numbers at any time and in any process."""

from typing import Any

import numpy as np


class Noise:
    """The random numbers of one forward pass, keyed by whole numbers (seed, purpose, step, layer ...).

    A resumed run needs no saved state to continue exactly: the step is part of the key. `rows` are the rows of this
    shard, out of a batch of `N`: the numbers of a row do not depend on the other rows of the shard.
    """

    def __init__(self, *key: Any, rows: slice = slice(None), N: int | None = None):
        self.key, self.rows, self.N = key, rows, N

    def child(self, k: int | str) -> "Noise":
        """The noise of part `k`."""
        return Noise(*self.key, k, rows=self.rows, N=self.N)

    def keep(self, mask: np.ndarray, rate: float) -> None:
        """Fill `mask` with 0 at a fraction `rate` of its elements and 1 / (1 - rate) elsewhere (inverted dropout)."""
        self._fill(mask, mask.shape, slice(None), rate)

    def keep_rows(self, mask: np.ndarray, rate: float) -> None:
        """`keep` for a mask (T, N, D) of the rows of this shard."""
        T, n, D = mask.shape
        self._fill(mask, (T, self.N or n, D), self.rows, rate)

    def _fill(self, mask, shape, rows, rate):
        drawn = np.random.default_rng(self.key).random(shape, dtype=np.float32)
        np.greater_equal(drawn if rows == slice(None) else drawn[:, rows], rate, out=mask, casting="unsafe")
        mask *= 1 / (1 - rate)


def stream(seed: int, purpose: str, *key: Any) -> np.random.Generator:
    """A generator for one purpose ("sample", "shuffle"), independent of every other purpose of the same seed."""
    return np.random.default_rng([seed, *purpose.encode(), *key])
