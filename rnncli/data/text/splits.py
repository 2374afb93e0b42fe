"""The training, validation and test parts of the data, and their pieces.

A piece [begin, end) is a document or a part of one. Its first token is only an input, every other one is a target; the
state is zero at its beginning.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from ...errors import DataError

NAMES = ("train", "val", "test")
UNITS = {"char": "characters", "byte": "bytes", "word": "word tokens"}
STRIDE = 1 << 22  # tokens processed at a time, so that a mapped file never lies in memory as a whole


@dataclass(frozen=True)
class Split:
    """A part of the data for training or evaluation."""

    name: str  # "train", "val", "test", or the name of a file
    tokens: np.ndarray  # (L,) ids, possibly memory-mapped
    pieces: np.ndarray  # (P, 2) int64: inputs tokens[begin:end-1], targets tokens[begin+1:end]
    characters: int  # of all targets
    spelling_nats: float  # nats to spell out the unknown words among the targets; 0 unless tokens are words
    where: str  # its place in words: "characters 1,003,855 to 1,115,394 of tinyshakespeare.txt"
    empty: tuple[tuple[int, int], ...] | None = None  # where lines are documents: (lines before, empty lines dropped)
    notes: tuple[str, ...] = ()  # of a file read by itself: a sentence for each change to the text and each oddity

    @property
    def targets(self) -> int:
        """The number of tokens to predict."""
        return int((self.pieces[:, 1] - self.pieces[:, 0] - 1).sum())


def shortened(split: Split, targets: int) -> Split:
    """A Split cut to its first `targets` targets; the whole Split if that is 0 or more than it has.

    Its characters, at least one, and its spelling nats are estimated from the share of targets.
    """
    if not targets or split.targets <= targets:
        return split
    ends = np.cumsum(split.pieces[:, 1] - split.pieces[:, 0] - 1)
    last = int(np.searchsorted(ends, targets))
    pieces = split.pieces[: last + 1].copy()
    pieces[last, 1] -= ends[last] - targets
    share = targets / split.targets
    characters = max(1, round(split.characters * share))
    return replace(split, pieces=pieces, characters=characters, spelling_nats=split.spelling_nats * share)


@dataclass(frozen=True)
class Part:
    """The place of a part of the data."""

    name: str
    pieces: np.ndarray  # (P, 2) int64, positions in the whole data
    first: int  # in tokens, or in lines where lines are the documents
    last: int  # exclusive


class TooShort(DataError):
    """A text of which a part has nothing to predict."""


def cut(tokens: np.ndarray, bounds: Sequence[int], newline: Any, config: Any, title: str) -> tuple[Part, ...]:
    """The parts of the data in order, without those whose fraction is zero.

    tokens   (L,) ids
    bounds   (F+1,) where each file begins, and L
    newline  the id that ends a line, used if config.documents is "line"
    The test part is the last `test_frac` of the data, the validation part the last `val_frac` before it, counted in
    tokens, or in lines if lines are the documents. DataError, with the arithmetic, if a part has nothing to predict.
    """
    if config.documents == "line":
        ends, unit = _positions(tokens, newline), "lines"
        units = np.stack([ends[:-1], ends[1:] + 1], axis=1)
        total = len(units)
    else:
        units, unit = np.stack([bounds[:-1], bounds[1:]], axis=1), UNITS[config.tokens]
        total = len(tokens)
    edges = (0, *_cuts(total, config.val_frac, config.test_frac), total)
    parts = [
        Part(name, units[first:last] if unit == "lines" else _clipped(units, first, last), first, last)
        for name, first, last in zip(NAMES, edges, edges[1:])
    ]
    wanted = [part for part, fraction in zip(parts, (1, config.val_frac, config.test_frac)) if fraction]
    if not all(len(part.pieces) for part in wanted):
        raise _too_small(wanted, total, unit, title)
    return tuple(wanted)


def _cuts(total, val_frac, test_frac):
    """Where validation and test begin: floor(total * (1 - fractions)), in exact decimals (29 % of 100 is 29)."""
    val, test = Fraction(str(val_frac)), Fraction(str(test_frac))
    return int(total * (1 - val - test)), int(total * (1 - test))


def _clipped(documents, first, last):
    """The parts of `documents`, (F, 2), that lie in [first, last) and have something to predict."""
    pieces = np.clip(documents, first, last)
    return pieces[pieces[:, 1] - pieces[:, 0] >= 2]


def _positions(tokens, id):
    """The positions of an id, ascending (M,) int64."""
    found = [start + np.flatnonzero(tokens[start : start + STRIDE] == id) for start in range(0, len(tokens), STRIDE)]
    return np.concatenate(found) if found else np.empty(0, np.int64)


def _too_small(parts, total, unit, title):
    need = "1 line" if unit == "lines" else f"2 {unit} in one document, one to read and one to predict"
    if len(parts) == 1:
        return TooShort(f"{title}: too few {unit} ({total:,}); at least {need}", "give more text")
    words = {"train": "training", "val": "validation", "test": "test"}
    shares = ", ".join(f"{words[part.name]} {part.last - part.first:,}" for part in parts)
    others = " ".join(f"--{part.name}-frac 0" for part in parts[1:])
    whole = f"; or hold none out: {others}" if total >= (1 if unit == "lines" else 2) else ""
    return TooShort(
        f"{title}: too few {unit} to split ({total:,}: {shares}); each part needs at least {need}",
        f"give more text{whole}",
    )


def target_counts(tokens: np.ndarray, pieces: np.ndarray, size: int) -> np.ndarray:
    """(size,) int64, the number of times that each id is a target in `pieces`."""
    counts = np.zeros(size, np.int64)
    begins, ends = pieces[:, 0] + 1, pieces[:, 1]
    gaps = np.flatnonzero(begins[1:] != ends[:-1])  # the targets of neighbouring lines are contiguous
    for begin, end in zip(begins[np.r_[0, gaps + 1]], ends[np.r_[gaps, -1]]):
        for start in range(begin, end, STRIDE):
            counts += np.bincount(tokens[start : min(start + STRIDE, end)], minlength=size)
    return counts


def as_split(part: Part, tokens: np.ndarray, characters: float, spelling_nats: float, where: str) -> Split:
    """The Split of `part`, with a view of only its own tokens."""
    begin, end = int(part.pieces[0, 0]), int(part.pieces[-1, 1])
    return Split(part.name, tokens[begin:end], part.pieces - begin, int(characters), float(spelling_nats), where)


def whereabouts(part: Part, config: Any, title: str) -> str:
    """The place of a part in the data, in words, counting from 1."""
    unit = "lines" if config.documents == "line" else UNITS[config.tokens]
    return f"{unit} {part.first + 1:,} to {part.last:,} of {title}"
