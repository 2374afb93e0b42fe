"""Batches of pairs: examples of similar length side by side, the last batch filled up with rows that count nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ...random_streams import stream
from .sides import Steps
from .sorted_batches import PairBatch, SortedBatches, edges_of


@dataclass(frozen=True)
class Coded:
    """Examples as numbers.

    targets: (E,) class numbers, (E, K) numbers, a list of (T,) class numbers, or None. spellings: (U, C) the characters
    of every word of all sources, -1 after its end, or None.
    """

    steps: Sequence[Steps]
    targets: Any
    spellings: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.steps)

    @cached_property
    def lengths(self) -> np.ndarray:
        """(E,) steps of each source."""
        return np.array([len(each.inputs) for each in self.steps], np.intp)

    @cached_property
    def grams(self) -> np.ndarray | None:
        """(E,) n-grams of each source, or None."""
        if not len(self) or self.steps[0].grams is None:
            return None
        return np.array([len(each.grams) for each in self.steps if each.grams is not None], np.intp)


class PairBatches(SortedBatches):
    """The batches of coded examples, pass after pass.

    inputs (T, N) or (T, N, D); mask (T, N), True at real steps; then by what the examples have: grams and gram_values
    (G, N), summary (1, N, S), spelled (T, N) with characters and character_mask (C, W); targets (1, N), (1, N, K) with
    real (1, N, K), or (T, N) for a class a step; weight (1, N), 0 in filler rows, for one answer a source. A filler row
    has one real step, and none where every step has an answer.

    T is one of at most 8 lengths, G the most n-grams of any source of that length or less, W about the most words that
    are spelt differently in a batch of that length.
    """

    def __init__(self, coded: Coded, batch_size: int, seed: int):
        super().__init__((coded.lengths,), batch_size, seed)
        self.coded, self.edges = coded, edges_of(coded.lengths)
        self.T = int(self.edges[-1])
        if coded.spellings is not None:
            self.sizes = self._sizes_with_spellings(len(coded.spellings))
        elif coded.grams is not None:
            most = [int(coded.grams[coded.lengths <= T].max()) for T in self.edges]
            self.sizes = tuple((T, max(1, G)) for T, G in zip(self.edges.tolist(), most))
        else:
            self.sizes = tuple((T,) for T in self.edges.tolist())

    def _sizes_with_spellings(self, spellings):
        """((T, W), ...), both rising: a tenth more spellings than the batches of one pass have, and in the last size as
        many as any batch could have. A batch with more than its size takes a larger one."""
        seen = np.ones(len(self.edges), np.intp)
        for rows in self._shuffled(stream(self.seed, "pairs", 0)):
            k = int(np.searchsorted(self.edges, self.coded.lengths[rows].max()))
            seen[k] = max(seen[k], len(self._spelled(rows)))
        own = np.sort([len(np.unique(each.spelled)) for each in self.coded.steps])[-self.N :].sum()
        room = np.maximum.accumulate(np.ceil(1.1 * seen).astype(np.intp))
        room[-1] = min(spellings, own)
        room = np.minimum(room, room[-1])
        return tuple(zip(self.edges.tolist(), room.tolist()))

    def _spelled(self, rows):
        """(W,) the rising numbers of the spellings in a batch."""
        return np.unique(np.concatenate([self.coded.steps[row].spelled for row in rows]))

    def take(self, rows: np.ndarray) -> PairBatch:
        """The batch of these examples, at most N."""
        steps = [self.coded.steps[row] for row in rows]
        spelled = None if self.coded.spellings is None else self._spelled(rows)
        needed = (
            (self.coded.lengths[rows].max(),) if spelled is None else (self.coded.lengths[rows].max(), len(spelled))
        )
        size = next(size for size in self.sizes if all(room >= need for room, need in zip(size, needed)))
        arrays, count = _sources(steps, size, self.N), len(rows)
        if self.coded.spellings is not None:
            arrays |= _spellings(steps, spelled, self.coded.spellings, size, self.N)
        if self.coded.targets is not None:
            targets, count = _targets(self.coded.targets, rows, size[0], self.N)
            arrays |= targets
        if isinstance(self.coded.targets, list):
            arrays["mask"][:, len(rows) :] = False
        return PairBatch(size, arrays, np.ones(self.N, bool), count, rows)


def _sources(steps, size, N):
    """The arrays of the sources in a batch of N rows."""
    T, first = size[0], steps[0]
    inputs = np.zeros((T, N, *first.inputs.shape[1:]), first.inputs.dtype)
    mask = np.zeros((T, N), bool)
    mask[0] = True
    for n, each in enumerate(steps):
        inputs[: len(each.inputs), n] = each.inputs
        mask[: len(each.inputs), n] = True
    arrays = {"inputs": inputs, "mask": mask}
    if first.grams is not None:
        ids, values = np.zeros((size[1], N), np.intp), np.zeros((size[1], N), np.float32)
        for n, each in enumerate(steps):
            ids[: len(each.grams), n], values[: len(each.grams), n] = each.grams, each.gram_values
        arrays |= {"grams": ids, "gram_values": values}
    if first.summary is not None:
        summary = np.zeros((1, N, len(first.summary)), np.float32)
        summary[0, : len(steps)] = [each.summary for each in steps]
        arrays |= {"summary": summary}
    return arrays


def _spellings(steps, spelled, spellings, size, N):
    """The spellings of the words in a batch of N rows, and which of them each word has; spelled (W,): their numbers."""
    T, W = size
    which, characters = np.zeros((T, N), np.intp), np.full((spellings.shape[1], W), -1, np.intp)
    for n, each in enumerate(steps):
        which[: len(each.spelled), n] = np.searchsorted(spelled, each.spelled)
    characters[:, : len(spelled)] = spellings[spelled].T
    return {"spelled": which, "characters": np.maximum(characters, 0), "character_mask": characters >= 0}


def _targets(targets, rows, T, N):
    """({name: array}, the number of real targets) of a batch of N rows."""
    if isinstance(targets, list):
        found = np.zeros((T, N), np.intp)
        for n, row in enumerate(rows):
            found[: len(targets[row]), n] = targets[row]
        return {"targets": found}, sum(len(targets[row]) for row in rows)
    weight = np.zeros((1, N), np.float32)
    weight[0, : len(rows)] = 1
    found = np.zeros((1, N, *targets.shape[1:]), targets.dtype)
    found[0, : len(rows)] = targets[rows]
    arrays = {"targets": found, "weight": weight}
    return arrays | ({"real": np.isfinite(found)} if found.ndim > 2 else {}), len(rows)
