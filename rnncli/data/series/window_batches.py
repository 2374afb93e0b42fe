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

    hide: the share of the values that a window reads which are hidden, as if they were missing, for each share of them
    that is missing between its first value and its origin. Where many are, the pattern of those that are there names a
    window, and a network that has no rule to learn learns the windows by heart; with values hidden at random no window
    looks the same in two passes. Such noise on inputs is the denoising of Vincent et al. (2008).
    """

    def __init__(
        self, windows: Windows, series: np.ndarray, first: np.ndarray, batch_size: int, seed: int, hide: float = 0.0
    ):
        self.windows, self.series, self.first, self.seed, self.hide = windows, series, first, seed, hide
        self.T, self.N = windows.L, min(batch_size, len(first))
        self.sizes = ((self.T,),)
        self.notes: tuple[str, ...] = ()  # nothing to warn of: N is reported with the batches

    def batches(self, number: int) -> int:
        """The number of batches in a pass."""
        return -(-len(self.first) // self.N)

    def epoch(self, number: int, start: int = 0) -> Iterator[Window]:
        """Yield the batches of pass `number`, counted from 0, beginning with batch `start`."""
        order = shuffled(len(self.first), self.N, self.seed, number)
        for batch in range(start, len(order)):
            window = self.windows.take(self.series[order[batch]], self.first[order[batch]])
            if self.hide:
                self._hide(window, stream(self.seed, "hidden values", number, batch))
            yield window

    def _hide(self, window: Window, randoms: np.random.Generator) -> None:
        """Hide values of `window`, and their marks, in place."""
        K, L = self.windows.K, self.T
        marks = window.inputs[:, :, K : 2 * K]
        missing = 1 - marks.sum(axis=0) / (L - marks.argmax(axis=0))  # (N, K), of those from the first one on
        kept = randoms.random(marks.shape, np.float32) >= self.hide * missing
        marks *= kept
        window.inputs[:, :, :K] *= kept


def shuffled(count: int, N: int, seed: int, number: int) -> np.ndarray:
    """(batches, N) the windows 0..count of pass `number` in random order; the last batch is filled up with the first
    windows of the same pass."""
    order = stream(seed, "windows", number).permutation(np.arange(count, dtype=ROW))
    return np.concatenate([order, np.resize(order, -count % N)]).reshape(-1, N)
