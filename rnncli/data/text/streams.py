"""Batches of a split for truncated or full backpropagation through time.

A few long documents are joined and cut into N equal streams, one for each row of the batch; a row continues where it
stopped, so that the carried state belongs to the text before. Many short documents stay whole and go to the rows as
these become free, documents of similar length side by side. Either way each target occurs exactly once per pass, except
for the few leading ones that a shuffled pass of the first kind drops.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...errors import DataError
from ...phrases import counted
from ...random_streams import stream
from .splits import Split

SHORTEST_STREAM = 32  # targets; a shorter stream ends before its state is warmed up
WINDOW = 50  # documents per row that are sorted by length together: similar lengths, yet a random order
SIZES = (1, 3 / 4, 1 / 2, 1 / 4, 1 / 8, 1 / 16)  # parts of T; the lines of a play need 21 % padding, without 3/4 46 %
HUGE = 65_536  # positions T·N of a batch above which whole documents deserve a warning


@dataclass(frozen=True)
class Batch:
    """T steps of N rows; padded positions hold id 0 in both arrays.

    inputs (T, N) and targets (T, N): token ids, intp; targets[t] is the token after inputs[t]; mask (T, N): True at
    real positions, or None if all are; fresh (N,): rows that begin a document or stream, whose state must be zeroed
    before this batch; count: real targets.
    """

    inputs: np.ndarray
    targets: np.ndarray
    mask: np.ndarray | None
    fresh: np.ndarray
    count: int

    @property
    def size(self) -> tuple[int, ...]:
        """(T,)"""
        return (len(self.inputs),)

    @property
    def arrays(self) -> dict[str, np.ndarray | None]:
        """{name: array} for a model; the mask is None if every position is real."""
        return {"inputs": self.inputs, "targets": self.targets, "mask": self.mask}


@dataclass(frozen=True)
class _Timetable:
    """The row and the time of each segment in one pass; segments are in the order of `first`.

    begin (S,): the position of its first input in the tokens; targets (S,): their number; row (S,); first (S,): the
    batch with which it starts. It fills T targets of that batch and of each one after it, fewer of the last.
    """

    begin: np.ndarray
    targets: np.ndarray
    row: np.ndarray
    first: np.ndarray
    batches: int

    @classmethod
    def of(cls, begin: np.ndarray, targets: np.ndarray, row: np.ndarray, first: np.ndarray, T: int) -> "_Timetable":
        order = np.argsort(first, kind="stable")
        batches = int((first + -(-targets // T)).max())
        return cls(begin[order], targets[order], row[order], first[order], batches)

    def before(self, number: int, T: int, N: int) -> tuple[np.ndarray, np.ndarray]:
        """(at, left), each (N,): the position of every row before batch `number`, and its remaining targets."""
        at, left = np.zeros(N, np.int64), np.zeros(N, np.int64)
        begun = slice(0, np.searchsorted(self.first, number))
        read = T * (number - self.first[begun])
        at[self.row[begun]] = self.begin[begun] + read  # the last segment of a row counts
        left[self.row[begun]] = np.maximum(self.targets[begun] - read, 0)
        at[left == 0] = 0
        return at, left


class Streams:
    """The batches of a split, pass after pass.

    split: a Split, or anything with tokens (L,) of an unsigned type, perhaps memory-mapped, and pieces (P, 2),
    documents as [begin, end). seq_length: the largest T, or 0 for whole documents; batch_size: the largest N; seed: for
    `shuffle`.

    T and N are the actual sizes, smaller than the settings if the data is small; `sizes` are all possible sizes of a
    batch, (T,) among them; `notes` are messages about sizes that were reduced, cut or are huge. Raises DataError if the
    split has no target.
    """

    def __init__(self, split: Split, seq_length: int, batch_size: int, shuffle: bool, seed: int):
        self._tokens = np.asarray(split.tokens)  # a memory-mapped file stays on disk
        pieces = np.asarray(split.pieces, np.int64).reshape(-1, 2)
        pieces = pieces[_targets(pieces) > 0]
        if not len(pieces):
            raise DataError(
                f"the {split.name} split has nothing to predict: no token follows another one",
                "give more text, or lower --val-frac and --test-frac",
            )
        long = _is_long(pieces, seq_length, batch_size)
        self._layout = (_Contiguous if long else _Whole)(pieces, seq_length, batch_size, split.name)
        self._shuffle, self._seed = shuffle, seed
        self.T, self.N = self._layout.T, self._layout.N
        self.sizes, self.notes = self._layout.sizes, self._layout.notes

    def batches(self, number: int) -> int:
        """The number of batches in pass `number`; with many documents this plans the pass, in milliseconds."""
        return self._timetable(number).batches

    def epoch(self, number: int, start: int = 0) -> Iterator[Batch]:
        """Yield the batches of pass `number`, counted from 0, beginning with batch `start`; the same (seed, number)
        gives the same bytes.

        A skipped batch costs nothing. The arrays of a batch are not reused.
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
    """Documents joined and cut into N equal streams; neighbours share the token at the cut: no target is lost."""

    def __init__(self, pieces, seq_length, batch_size, name):
        self.pieces = pieces
        self.notes: tuple[str, ...] = ()
        total, shortest = int(_targets(pieces).sum()), min(seq_length, SHORTEST_STREAM)
        self.N = batch_size
        while self.N > 1 and total // self.N < shortest:
            self.N //= 2
        if batch_size > self.N:
            self.notes += (
                f"batch size {batch_size} -> {self.N}: {total:,} tokens to predict ({name}) make "
                f"{counted(self.N, 'stream')} of {total // self.N}, and a stream needs at least {shortest}",
            )
        self.T = min(seq_length, -(-total // self.N))
        if seq_length > self.T:
            self.notes += (
                f"sequence length {seq_length} -> {self.T}: no stream is longer ({total:,} tokens to "
                f"predict / {counted(self.N, 'stream')})",
            )
        self.sizes = ((self.T,),)

    def timetable(self, rng):
        """A pass: rows read equal shares of the targets; with `rng`, reordered and without the first few."""
        T, N = self.T, self.N
        pieces = self.pieces if rng is None else rng.permutation(self.pieces)
        ends = np.cumsum(_targets(pieces))
        starts, total = ends - _targets(pieces), int(ends[-1])
        # The chunks shift from pass to pass. At most T - 1 targets are dropped, of a small text a sixteenth.
        offset = 0 if rng is None else int(rng.integers(min(T, total // 16 + 1)))
        cuts = offset + (total - offset) * np.arange(N) // N
        edges = np.union1d(cuts, starts[starts > offset])
        targets = np.diff(edges, append=total)
        row = np.searchsorted(cuts, edges, "right") - 1
        piece = np.searchsorted(starts, edges, "right") - 1
        ended = np.cumsum(-(-targets // T))
        begun = ended + targets // -T  # batches of all earlier segments, row after row
        first = begun - begun[np.searchsorted(edges, cuts)][row]
        return _Timetable.of(pieces[piece, 0] + edges - starts[piece], targets, row, first, T)


class _Whole:
    """Documents that are never cut, unless one would keep its row busy long after the others."""

    def __init__(self, pieces, seq_length, batch_size, name):
        self.notes: tuple[str, ...] = ()
        total = int(_targets(pieces).sum())
        limit = max(4 * seq_length, -(-total // (8 * batch_size))) if seq_length else total
        self.begin, self.targets = _in_parts(pieces, limit)
        if len(self.begin) > len(pieces):
            self.notes += (
                f"{(_targets(pieces) > limit).sum():,} of {len(pieces):,} documents ({name}) have more than "
                f"{limit:,} tokens to predict; they are cut, since one row would outlast the others",
            )
        self.N, longest = min(batch_size, len(self.begin)), int(self.targets.max())
        if batch_size > self.N:
            self.notes += (
                f"batch size {batch_size} -> {self.N}: there are no more documents ({name}) to read in parallel",
            )
        self.T = min(seq_length or longest, longest)
        if not seq_length and self.T * self.N > HUGE:
            self.notes += (
                f"sequence length 0 keeps documents whole: the longest has {self.T:,} tokens to predict, "
                f"times {self.N} rows is {self.T * self.N:,} positions in memory at once; "
                "set --seq-length to limit them",
            )
        self.sizes = tuple(sorted({(max(1, round(self.T * part)),) for part in SIZES}))

    def timetable(self, rng):
        """A pass: documents sorted by length within windows, in random groups of N, each to the first free row."""
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
    """Whether to cut documents to keep rows full: too few documents to share out equally, each many T long."""
    few = len(pieces) < 8 * batch_size and _targets(pieces).sum() >= 4 * seq_length * len(pieces)
    return seq_length > 0 and (few or len(pieces) == 1)


def _in_parts(pieces, limit):
    """begin (S,), targets (S,): documents, those with more than `limit` targets in equal parts that share one token."""
    targets = _targets(pieces)
    parts = -(-targets // limit)
    piece = np.repeat(np.arange(len(pieces)), parts)
    part = np.arange(len(piece)) - np.repeat(np.cumsum(parts) - parts, parts)
    start, stop = (targets[piece] * k // parts[piece] for k in (part, part + 1))
    return pieces[piece, 0] + start, stop - start


def _first_free(steps, N):
    """row (S,), first (S,): segments in order, each `steps` batches long, to the row that is free first."""
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
    """The Batch of T steps for rows at the positions `at` (N,), with `left` (N,) targets remaining."""
    step = np.arange(T + 1)[:, None]
    if left.min() >= T:
        ids = tokens.take(at + step).astype(np.intp)
        return Batch(ids[:-1], ids[1:], None, fresh, T * len(at))
    ids = tokens.take(at + np.minimum(step, left)).astype(np.intp)
    mask = step[:-1] < left
    return Batch(ids[:-1] * mask, ids[1:] * mask, mask, fresh, int(mask.sum()))
