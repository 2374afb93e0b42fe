"""Confusion: how often each class is taken for each other one, counted and drawn for a terminal."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ..base import Table
from .texts import one_line, packed, padded, widest

WIDTH = 80  # columns of a drawing
LARGEST = 20  # classes that a matrix has room for
PAIRS = 20  # most confused pairs listed in its place
SHADES = {True: " ·░▒▓█", False: " .:-=#"}
STEPS = (0, 0.05, 0.2, 0.5, 0.8)  # a shade stands for shares above this one and up to the next


class Pair(NamedTuple):
    """A class taken for another one. share: of the examples of that class."""

    truth: str
    answer: str
    n: int
    share: float


@dataclass(frozen=True)
class Confusion:
    """names: (R,) of the true classes; the first K are those of the answers. counts: (R, K). n: (R,) examples of each
    true class, those without an answer included."""

    names: tuple[str, ...]
    counts: np.ndarray
    n: np.ndarray

    def taken_for(self, k: int, most: int = 2) -> tuple[tuple[str, int], ...]:
        """(class, count) of the most frequent wrong answers to class k."""
        wrong = self.counts[k].copy()
        wrong[k : k + 1] = 0
        order = np.argsort(-wrong, kind="stable")[:most]
        return tuple((self.names[j], int(wrong[j])) for j in order if wrong[j])

    def pairs(self, most: int = PAIRS) -> tuple[Pair, ...]:
        """The most frequent confusions."""
        wrong = self.counts.copy()
        np.fill_diagonal(wrong, 0)
        order = np.argsort(-wrong, axis=None, kind="stable")[:most]
        places = ((*divmod(int(at), wrong.shape[1]), int(wrong.flat[at])) for at in order)
        return tuple(Pair(self.names[k], self.names[j], n, n / int(self.n[k])) for k, j, n in places if n)

    def occurring(self) -> "Confusion":
        """Without the classes that neither occur nor are an answer, and without the labels that are no answer."""
        K = self.counts.shape[1]
        kept = np.flatnonzero(self.n[:K] + self.counts.sum(axis=0))
        return Confusion(tuple(self.names[k] for k in kept), self.counts[np.ix_(kept, kept)], self.n[kept])

    def shares(self) -> np.ndarray:
        """(R, K) counts as shares of the examples of their row; 0 where there are none."""
        return self.counts / np.maximum(self.n, 1)[:, None]

    def rows(self) -> Iterator[dict[str, Any]]:
        """JSON-ready data of each row with examples; answers that never occur are left out."""
        for name, counts, n in zip(self.names, self.counts.tolist(), self.n.tolist()):
            if n:
                answers = {answer: count for answer, count in zip(self.names, counts) if count}
                yield {"truth": name, "n": n, "answers": answers}


def count_confusion(truth: np.ndarray, ids: np.ndarray, names: Sequence[str], K: int) -> Confusion:
    """The Confusion of truth (E,) and answers ids (E,), -1 for none; K: the number of classes that are answers."""
    R, there = len(names), ids >= 0
    counts = np.bincount(truth[there] * K + ids[there], minlength=R * K).reshape(R, K)
    return Confusion(tuple(names), counts, np.bincount(truth, minlength=R))


def confusion_parts(confusion: Confusion, unicode: bool) -> Iterator[str | Table]:
    """The matrix of the classes that occur, or the most confused pairs where these are too many."""
    shown = confusion.occurring()
    if len(shown.names) <= LARGEST:
        yield "confusion: a row for each true class, a column for each answer"
        yield from matrix_lines(shown, unicode)
    else:
        yield f"confusion: {len(shown.names)} classes, the most confused pairs"
        yield pair_table(confusion.pairs(), unicode)


def pair_table(pairs: Sequence[Pair], unicode: bool) -> Table:
    """A row for each pair."""
    cells = [
        (
            one_line(pair.truth, 28, unicode),
            one_line(pair.answer, 28, unicode),
            f"{pair.n:,}",
            f"{100 * pair.share:.1f}",
        )
        for pair in pairs
    ]
    return Table([("truth", "answer", "n", "% of truth"), *cells], left=2)


def matrix_lines(confusion: Confusion, unicode: bool) -> Iterator[str]:
    """The rows shaded by their shares, with counts where there is room for them, and the meaning of the shades."""
    yield from _counted(confusion, unicode) or _shaded(confusion, unicode)
    ends = [*(f"to {100 * step:.0f} %" for step in STEPS[1:]), "above"]
    yield from packed(["share of the row:", *(f"{sign} {end}" for sign, end in zip(SHADES[unicode][1:], ends))], WIDTH)


def _counted(confusion, unicode):
    """Lines with a shade and a count in each cell; None where they are too wide."""
    K, most = len(confusion.names), max((len(f"{n:,}") for n in confusion.counts.flat), default=1)
    names = [one_line(name, 24, unicode) for name in confusion.names]
    cell = (WIDTH - widest(names)) // max(K, 1) - 2
    if cell < most + 2:
        return None
    cell = min(cell, max(most + 2, widest(names)))
    heads = [one_line(name, cell, unicode) for name in names]
    if len(set(heads)) < len(set(names)):
        return None
    signs = _signs(confusion, unicode)
    rows = [
        [f"{sign} {n:>{most},}" if n else "" for sign, n in zip(line, counts)]
        for line, counts in zip(signs, confusion.counts.tolist())
    ]
    return list(_lines(["", *names], [heads, *rows], cell, 2))


def _shaded(confusion, unicode):
    """Lines with a shade in each cell. Columns have the beginnings of the names, or numbers where these are alike."""
    K = len(confusion.names)
    names = [one_line(name, 16, unicode) for name in confusion.names]
    cell = min(max((WIDTH - widest(names)) // K - 1, 2), 3)
    heads = [one_line(name, None, unicode)[:cell] for name in confusion.names]
    if len(set(heads)) < K or widest(heads) > cell:
        heads = [str(k) for k in range(1, K + 1)]
        names = [f"{k:>2} {one_line(name, 16, unicode)}" for k, name in enumerate(confusion.names, 1)]
        cell = 2
    rows = [[sign * 2 for sign in line] for line in _signs(confusion, unicode)]
    return list(_lines(["", *names], [heads, *rows], cell, 1))


def _signs(confusion, unicode):
    """(R, K) signs of the shares."""
    number = np.searchsorted(STEPS, confusion.shares(), side="left")
    return [[SHADES[unicode][k] for k in row] for row in number.tolist()]


def _lines(names, rows, cell, gap):
    width = widest(names)
    for name, row in zip(names, rows):
        cells = "".join(" " * gap + padded(text, cell, right=True) for text in row)
        yield f"{padded(name, width)}{cells}".rstrip()
