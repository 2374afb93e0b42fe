"""Batches of windows: all of them, in a new random order in each pass."""

from collections.abc import Iterator

import numpy as np

from ...random_streams import stream
from .flat_rows import ROW
from .window import Window
from .windows import Windows


class WindowBatches:
    """Batches of N windows (series (W,), first (W,)) of a Windows: the counterpart of `Streams` for text.

    T: the steps that each window reads; N: the windows in a batch, at most W. The same (seed, number) gives the same
    batches, and a skipped batch costs nothing.
    """

    def __init__(self, windows: Windows, series: np.ndarray, first: np.ndarray, batch_size: int, seed: int):
        self.windows, self.series, self.first, self.seed = windows, series, first, seed
        self.T, self.N = windows.L, min(batch_size, len(first))
        self.sizes = ((self.T,),)
        self.notes: tuple[str, ...] = ()  # nothing to warn of: N is reported with the batches

    def batches(self, number: int) -> int:
        """The number of batches in a pass."""
        return -(-len(self.first) // self.N)

    def epoch(self, number: int, start: int = 0) -> Iterator[Window]:
        """Yield the batches of pass `number`, counted from 0, beginning with batch `start`."""
        for rows in shuffled(len(self.first), self.N, self.seed, number)[start:]:
            yield self.windows.take(self.series[rows], self.first[rows])


def shuffled(count: int, N: int, seed: int, number: int) -> np.ndarray:
    """(batches, N) the windows 0..count of pass `number` in random order; the last batch is filled up with the first
    windows of the same pass."""
    order = stream(seed, "windows", number).permutation(np.arange(count, dtype=ROW))
    return np.concatenate([order, np.resize(order, -count % N)]).reshape(-1, N)
