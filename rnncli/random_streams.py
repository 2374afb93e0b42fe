"""Random streams that are keyed and never remembered: the same key gives the same numbers, whoever asks, whenever."""

from typing import Any

import numpy as np


class Noise:
    """What is random in one forward pass, keyed by whole numbers (seed, purpose, step, layer ...).

    Nothing has to be saved for a run to go on exactly: the step is part of the key. `rows` of a batch of `N` is the
    part of it that is at hand: what is drawn for a row does not depend on which others are.
    """

    def __init__(self, *key: Any, rows: slice = slice(None), N: int | None = None):
        self.key, self.rows, self.N = key, rows, N

    def child(self, k: int | str) -> "Noise":
        """The noise of part `k`."""
        return Noise(*self.key, k, rows=self.rows, N=self.N)

    def keep(self, mask: np.ndarray, rate: float) -> None:
        """Fill `mask` with 0 at a share `rate` of the places and 1 / (1 - rate) at the others (inverted dropout)."""
        self._fill(mask, mask.shape, slice(None), rate)

    def keep_rows(self, mask: np.ndarray, rate: float) -> None:
        """The same for a mask (T, N, D) of the rows at hand."""
        T, n, D = mask.shape
        self._fill(mask, (T, self.N or n, D), self.rows, rate)

    def _fill(self, mask, shape, rows, rate):
        drawn = np.random.default_rng(self.key).random(shape, dtype=np.float32)
        np.greater_equal(drawn if rows == slice(None) else drawn[:, rows], rate, out=mask, casting="unsafe")
        mask *= 1 / (1 - rate)


def stream(seed: int, purpose: str, *key: Any) -> np.random.Generator:
    """A generator for one purpose ("sample", "shuffle"), apart from every other purpose of the same seed."""
    return np.random.default_rng([seed, *purpose.encode(), *key])
