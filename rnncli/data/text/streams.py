"""Batches of a split for truncated or full backpropagation through time.

Few long documents are laid end to end and cut into N equal streams, one to a row of the batch; a row reads on where it
stopped, so that the carried state is that of the text. Many short documents stay whole and are handed to the rows as
rows become free, near equals side by side. Either way each target is given exactly once per pass, save the few leading
ones that a shuffled pass of the first kind drops.
"""

import heapq
from dataclasses import dataclass

import numpy as np

from ...errors import DataError
from ...random_streams import stream

SHORTEST_STREAM = 32  # targets; with fewer a row is hardly warm before it ends
WINDOW = 50  # documents per row that are sorted by length together: near equals, yet random
SIZES = (1, 3 / 4, 1 / 2, 1 / 4, 1 / 8, 1 / 16)  # parts of T; without 3/4 the lines of a play pad 46 %, so 21 %
HUGE = 65_536  # positions T·N of a batch above which whole documents deserve a warning


@dataclass(frozen=True)
class Batch:
    """T steps of N rows; padded positions hold id 0 in both arrays.

    inputs (T, N) and targets (T, N): token ids, intp, targets[t] is the symbol after inputs[t]; mask (T, N): True where
    the position is real, or None where all are; fresh (N,): rows that begin a document or stream, whose state must be
    zeroed before this batch; count: real targets.
    """

    inputs: np.ndarray
    targets: np.ndarray
    mask: np.ndarray | None
    fresh: np.ndarray
    count: int

    @property
    def size(self):
        """(T,)"""
        return (len(self.inputs),)

    @property
    def arrays(self):
        """{name: array} of what a model reads; the mask is None where all is real."""
        return {"inputs": self.inputs, "targets": self.targets, "mask": self.mask}


@dataclass(frozen=True)
class _Timetable:
    """Which row reads which segment when, in one pass; segments are in order of `first`.

    begin (S,): where the segment's first input is in the tokens; targets (S,): how many it has; row (S,); first (S,):
    the batch that it starts with. It takes T targets of each batch from there on, fewer of its last one.
    """

    begin: np.ndarray
    targets: np.ndarray
    row: np.ndarray
    first: np.ndarray
    batches: int

    @classmethod
    def of(cls, begin, targets, row, first, T):
        order = np.argsort(first, kind="stable")
        batches = int((first + -(-targets // T)).max())
        return cls(begin[order], targets[order], row[order], first[order], batches)

    def before(self, number, T, N):
        """(at, left), each (N,): where every row stands before batch `number`, and how many targets it has left."""
        at, left = np.zeros(N, np.int64), np.zeros(N, np.int64)
        begun = slice(0, np.searchsorted(self.first, number))
        read = T * (number - self.first[begun])
        at[self.row[begun]] = self.begin[begun] + read  # of a row's segments the last one counts
        left[self.row[begun]] = np.maximum(self.targets[begun] - read, 0)
        at[left == 0] = 0
        return at, left


class Streams:
    """The batches of a split, pass after pass.

    split: has tokens (L,), any unsigned type, perhaps memory-mapped, and pieces (P, 2), documents as [begin, end).
    seq_length: the longest T, or 0 for whole documents; batch_size: the largest N; seed: for `shuffle`.

    T and N are in use, smaller than asked for where the data is small; `sizes` are all that a batch can have, (T,)
    among them; `notes` says in words what was made smaller, cut or is huge. Raises DataError where the split has no
    target at all.
    """

    def __init__(self, split, seq_length, batch_size, shuffle, seed):
        self._tokens = np.asarray(split.tokens)  # a memory-mapped file stays on the disk
        pieces = np.asarray(split.pieces, np.int64).reshape(-1, 2)
        pieces = pieces[_targets(pieces) > 0]
        if not len(pieces):
            raise DataError(
                f"the {split.name} split has no symbol that follows another, so nothing to predict",
                "give more text, or make --val-frac and --test-frac smaller",
            )
        long = _is_long(pieces, seq_length, batch_size)
        self._layout = (_Contiguous if long else _Whole)(pieces, seq_length, batch_size, split.name)
        self._shuffle, self._seed = shuffle, seed
        self.T, self.N = self._layout.T, self._layout.N
        self.sizes, self.notes = self._layout.sizes, self._layout.notes

    def batches(self, number):
        """How many batches pass `number` has; for many documents this lays out the pass, milliseconds per 10,000."""
        return self._timetable(number).batches

    def epoch(self, number, start=0):
        """Yield the batches of pass `number`, counted from 0, from batch `start` on; same (seed, number), same bytes.

        A skipped batch costs nothing. The arrays of a batch are its own.
        """
        table = self._timetable(number)
        at, left = table.before(start, self.T, self.N)
        edges = np.searchsorted(table.first, np.arange(start, table.batches + 1))
        for new in map(slice, edges[:-1], edges[1:]):
            rows, fresh = table.row[new], np.zeros(self.N, bool)
            fresh[rows], at[rows], left[rows] = True, table.begin[new], table.targets[new]
            T = next(length for (length,) in self.sizes if length >= min(self.T, left.max()))
            yield _gather(self._tokens, at, left, fresh, T)
            at += np.minimum(left, T)
            left -= np.minimum(left, T)

    def _timetable(self, number):
        return self._layout.timetable(stream(self._seed, "shuffle", number) if self._shuffle else None)


class _Contiguous:
    """Documents end to end, cut into N equal streams; neighbours share the token at the cut, so no target is lost."""

    def __init__(self, pieces, seq_length, batch_size, name):
        self.pieces, self.notes = pieces, ()
        total, shortest = int(_targets(pieces).sum()), min(seq_length, SHORTEST_STREAM)
        self.N = batch_size
        while self.N > 1 and total // self.N < shortest:
            self.N //= 2
        if batch_size > self.N:
            self.notes += (
                f"batch size {batch_size} -> {self.N}: {total:,} symbols to predict ({name}) give {self.N} "
                f"streams of {total // self.N}, and a stream should hold at least {shortest}",
            )
        self.T = min(seq_length, -(-total // self.N))
        if seq_length > self.T:
            self.notes += (
                f"sequence length {seq_length} -> {self.T}: no stream is longer ({total:,} symbols to "
                f"predict / {self.N} streams)",
            )
        self.sizes = ((self.T,),)

    def timetable(self, rng):
        """A pass: rows read equal shares of the targets; shuffled, documents in another order, less the first few."""
        T, N = self.T, self.N
        pieces = self.pieces if rng is None else rng.permutation(self.pieces)
        ends = np.cumsum(_targets(pieces))
        starts, total = ends - _targets(pieces), int(ends[-1])
        # Chunks fall elsewhere in each pass. At most T - 1 targets go, and of a small text no more than a sixteenth.
        offset = 0 if rng is None else int(rng.integers(min(T, total // 16 + 1)))
        cuts = offset + (total - offset) * np.arange(N) // N
        edges = np.union1d(cuts, starts[starts > offset])
        targets = np.diff(edges, append=total)
        row = np.searchsorted(cuts, edges, "right") - 1
        piece = np.searchsorted(starts, edges, "right") - 1
        ended = np.cumsum(-(-targets // T))
        begun = ended + targets // -T  # batches of all segments before, rows end to end
        first = begun - begun[np.searchsorted(edges, cuts)][row]
        return _Timetable.of(pieces[piece, 0] + edges - starts[piece], targets, row, first, T)


class _Whole:
    """Documents that are never cut, unless one alone would keep a row busy long after the others."""

    def __init__(self, pieces, seq_length, batch_size, name):
        self.notes = ()
        total = int(_targets(pieces).sum())
        limit = max(4 * seq_length, -(-total // (8 * batch_size))) if seq_length else total
        self.begin, self.targets = _in_parts(pieces, limit)
        if len(self.begin) > len(pieces):
            self.notes += (
                f"{(_targets(pieces) > limit).sum():,} of {len(pieces):,} documents ({name}) have more than "
                f"{limit:,} symbols to predict; cut into parts, or one row would outlast the others",
            )
        self.N, longest = min(batch_size, len(self.begin)), int(self.targets.max())
        if batch_size > self.N:
            self.notes += (
                f"batch size {batch_size} -> {self.N}: there are no more documents ({name}) to read side by side",
            )
        self.T = min(seq_length or longest, longest)
        if not seq_length and self.T * self.N > HUGE:
            self.notes += (
                f"sequence length 0 keeps documents whole: the longest has {self.T:,} symbols to predict, "
                f"times {self.N} rows is {self.T * self.N:,} positions to hold in memory at once; "
                "a sequence length bounds that",
            )
        self.sizes = tuple(sorted({(max(1, round(self.T * part)),) for part in SIZES}))

    def timetable(self, rng):
        """A pass: documents sorted by length in windows, then N at a time in random order, to the row first free."""
        count, N = len(self.begin), self.N
        order = np.arange(count) if rng is None else rng.permutation(count)
        order = order[np.lexsort((self.targets[order], np.arange(count) // (WINDOW * N)))]
        if rng is not None:
            whole = count // N * N
            order[:whole] = rng.permutation(order[:whole].reshape(-1, N)).reshape(-1)
        targets = self.targets[order]
        row, first = _first_free(-(-targets // self.T), N)
        return _Timetable.of(self.begin[order], targets, row, first, self.T)


def _targets(pieces):
    return np.diff(pieces, axis=1)[:, 0] - 1


def _is_long(pieces, seq_length, batch_size):
    """Whether to cut documents for the sake of full rows: too few to keep rows equally busy, and many T each."""
    few = len(pieces) < 8 * batch_size and _targets(pieces).sum() >= 4 * seq_length * len(pieces)
    return seq_length > 0 and (few or len(pieces) == 1)


def _in_parts(pieces, limit):
    """begin (S,), targets (S,): documents with more than `limit` targets in equal parts, each sharing one token."""
    targets = _targets(pieces)
    parts = -(-targets // limit)
    piece = np.repeat(np.arange(len(pieces)), parts)
    part = np.arange(len(piece)) - np.repeat(np.cumsum(parts) - parts, parts)
    start, stop = (targets[piece] * k // parts[piece] for k in (part, part + 1))
    return pieces[piece, 0] + start, stop - start


def _first_free(steps, N):
    """row (S,), first (S,): segments in order, each of so many batches, to the row that is free first."""
    place = np.arange(len(steps))
    row, first = place % N, place // N
    if steps.max() == 1:
        return row, first
    free = [(0, n) for n in range(N)]
    for k, length in enumerate(steps.tolist()):
        first[k], row[k] = free[0]
        heapq.heapreplace(free, (free[0][0] + length, free[0][1]))
    return row, first


def _gather(tokens, at, left, fresh, T):
    """The Batch of T steps for rows that stand at `at` (N,) with `left` (N,) targets to go."""
    step = np.arange(T + 1)[:, None]
    if left.min() >= T:
        ids = tokens.take(at + step).astype(np.intp)
        return Batch(ids[:-1], ids[1:], None, fresh, T * len(at))
    ids = tokens.take(at + np.minimum(step, left)).astype(np.intp)
    mask = step[:-1] < left
    return Batch(ids[:-1] * mask, ids[1:] * mask, mask, fresh, int(mask.sum()))
