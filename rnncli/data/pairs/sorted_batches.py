"""Batches of examples of similar length: the order of a pass, and which examples stand side by side."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from ...random_streams import stream

WINDOW = 50  # batches whose examples are sorted by length together: similar lengths, yet a random order
MOST_SIZES = 8


@dataclass(frozen=True)
class PairBatch:
    """N rows; see the batches that gave it for its arrays. count: the real targets."""

    size: tuple[int, ...]
    arrays: Mapping[str, np.ndarray | None]
    fresh: np.ndarray
    count: int
    examples: np.ndarray  # (real rows,) the index of the example in each


class SortedBatches:
    """The batches of E examples, at most N in each, pass after pass.

    sizes: of their batches. keys: arrays (E,) by which examples are sorted, the last of them first.
    """

    notes: tuple[str, ...] = ()
    sizes: tuple[tuple[int, ...], ...]

    def __init__(self, keys: tuple[np.ndarray, ...], batch_size: int, seed: int):
        self.keys, self.E, self.seed = keys, len(keys[-1]), seed
        self.N = max(1, min(batch_size, self.E))

    def batches(self, number: int) -> int:
        """The number of batches in a pass."""
        return -(-self.E // self.N)

    def epoch(self, number: int, start: int = 0) -> Iterator[PairBatch]:
        """Yield the batches of pass `number`, counted from 0, beginning with batch `start`: in a random order, similar
        lengths side by side."""
        for rows in self._shuffled(stream(self.seed, "pairs", number))[start:]:
            yield self.take(rows)

    def in_order(self, some: np.ndarray | None = None) -> Iterator[PairBatch]:
        """Yield every example once, or these alone, sorted by length; `examples` says which row is which."""
        order = np.lexsort(self.keys)
        order = order if some is None else order[np.isin(order, some)]
        for start in range(0, len(order), self.N):
            yield self.take(order[start : start + self.N])

    def longest(self) -> PairBatch:
        """The batch of the N examples that are last in that order."""
        return self.take(np.lexsort(self.keys)[-self.N :])

    def take(self, rows: np.ndarray) -> PairBatch:
        """The batch of these examples, at most N."""
        raise NotImplementedError

    def _shuffled(self, rng):
        """[(rows,) examples of a batch]"""
        E, N = self.E, self.N
        order = rng.permutation(E)
        order = order[np.lexsort((*(key[order] for key in self.keys), np.arange(E) // (WINDOW * N)))]
        batches = [order[start : start + N] for start in range(0, E, N)]
        return [batches[k] for k in rng.permutation(len(batches))]


def edges_of(lengths: np.ndarray, most: int = MOST_SIZES) -> np.ndarray:
    """At most `most` rising lengths, the last of them the greatest: each serves about as many examples."""
    if not len(lengths):
        return np.ones(1, np.intp)
    order = np.sort(lengths)
    return np.unique(order[(len(order) * np.arange(1, most + 1) + most - 1) // most - 1])
