"""Batches of windows: a random order of all of them in each pass."""

from .windows import shuffled


class WindowBatches:
    """Windows (series (W,), first (W,)) of `windows`, a Windows, N at a time: what `Streams` are for text.

    T: steps that each reads; N: windows of a batch, no more than there are. The same (seed, number) gives the same
    batches, and one that is skipped costs nothing.
    """

    def __init__(self, windows, series, first, batch_size, seed):
        self.windows, self.series, self.first, self.seed = windows, series, first, seed
        self.T, self.N = windows.L, min(batch_size, len(first))
        self.sizes, self.notes = ((self.T,),), ()  # nothing to warn of: a batch says how many windows it has

    def batches(self, number):
        """How many batches a pass has."""
        return -(-len(self.first) // self.N)

    def epoch(self, number, start=0):
        """Yield the Windows of pass `number`, counted from 0, from batch `start` on."""
        for rows in shuffled(len(self.first), self.N, self.seed, number)[start:]:
            yield self.windows.take(self.series[rows], self.first[rows])
