"""A column of texts as shapes and numbers: how a million stamps are looked at together.

The shape of a text is the text with 0 for every digit. Texts of one shape have their numbers at the same places, so the
numbers of all rows are cut out at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .grammar import MOST_SIGNS

CHUNK = 1 << 16  # rows that are looked at together: about 10 MB
SMALL = {4: np.int16, 9: np.int32}  # numbers of up to so many digits, which a column of a million rows keeps as these
MOST_SHAPES = 5000  # of a column of stamps; names of months, days and zones make some hundreds
MOST_DIGITS = 18  # of a number
MIX = 0x9E3779B97F4A7C15  # an odd number, whose powers tell texts apart; multiples of one number would not
WEIGHTS = np.array([pow(MIX, k + 1, 1 << 64) for k in range(MOST_SIGNS)], np.uint64)  # by which texts are told apart


@dataclass(frozen=True)
class Shape:
    """The rows (n,) of a column that have one shape, and the whole numbers in it: {place of the first digit: (the place
    after the last, (n,) integers)}."""

    text: str
    rows: np.ndarray
    runs: dict[int, tuple[int, np.ndarray]]

    def number(self, first: int, after: int) -> np.ndarray:
        """(n,) int64, the number that stands from one place to another, blanks before it aside."""
        while self.text[first] != "0":
            first += 1
        start = max(place for place in self.runs if place <= first)
        end, values = self.runs[start]
        end = min(end, start + MOST_DIGITS)  # further digits were left out
        values = values // 10 ** (end - after) if end > after else values
        values = values % 10 ** (after - first) if first > start else values
        return values.astype(np.int64)

    def blocks(self) -> Iterator["Shape"]:
        """The same in blocks of rows, for what makes large numbers of small ones."""
        for begin in range(0, len(self.rows), CHUNK):
            some = slice(begin, begin + CHUNK)
            runs = {place: (end, values[some]) for place, (end, values) in self.runs.items()}
            yield Shape(self.text, self.rows[some], runs)


@dataclass(frozen=True)
class Column:
    """A column of R texts without blanks around them, and its Shapes, the most common first."""

    texts: np.ndarray
    shapes: tuple[Shape, ...]

    def __len__(self) -> int:
        return len(self.texts)


def stripped(texts: Any) -> np.ndarray:
    """(R,) StringDType: texts without blanks around them; the same array where there are none."""
    if isinstance(texts, np.ndarray) and texts.dtype.kind == "T":
        parts = (texts[first : first + CHUNK] for first in range(0, len(texts), CHUNK))
        return np.strings.strip(texts) if any((np.strings.strip(part) != part).any() for part in parts) else texts
    return np.array([text.strip() for text in texts], np.dtypes.StringDType())


def column_of(texts: np.ndarray) -> Column:
    """The Column of texts (R,). Texts too long for stamps have the shape ""; a column of too many shapes has none."""
    parts: dict[str, list[Shape]] = {}
    for first in range(0, len(texts), CHUNK):
        for shape in _shapes(texts[first : first + CHUNK], first):
            parts.setdefault(shape.text, []).append(shape)
        if len(parts) > MOST_SHAPES:
            return Column(texts, ())
    shapes = [_joined(text, parts.pop(text)) for text in list(parts)]
    return Column(texts, tuple(sorted(shapes, key=lambda shape: (-len(shape.rows), shape.rows[0]))))


def _joined(text, parts):
    """The Shape of all `parts`, whose numbers are taken out of them one after the other."""
    runs = {
        place: (end, np.concatenate([part.runs.pop(place)[1] for part in parts]))
        for place, (end, _) in list(parts[0].runs.items())
    }
    return Shape(text, np.concatenate([part.rows for part in parts]), runs)


def _shapes(texts, first):
    """The Shapes of a chunk of texts that begins at a row."""
    lengths = np.strings.str_len(texts)
    long = lengths > MOST_SIGNS
    if long.any():
        yield Shape("", (np.flatnonzero(long) + first).astype(np.int32), {})
        texts, rows = texts[~long], np.flatnonzero(~long) + first
    else:
        rows = np.arange(first, first + len(texts))
    width = max(1, int(lengths.max(where=~long, initial=0)))
    signs = texts.astype(f"U{width}").view(np.uint32).reshape(-1, width)
    digits = signs - np.uint32(48)  # wraps around for signs before 0
    plain = np.where(digits < 10, np.uint32(48), signs)
    hashes = plain.astype(np.uint64) @ WEIGHTS[:width]
    for own in _same(hashes):
        text = plain[own[0]].astype(np.uint32).tobytes().decode("utf-32-le").rstrip("\0")
        yield Shape(text, rows[own].astype(np.int32), _runs(text, digits[own]))


def _same(hashes) -> Sequence[np.ndarray]:
    """The rows of each hash."""
    if (hashes == hashes[:1]).all():
        return [np.arange(len(hashes))] if len(hashes) else []
    order = np.argsort(hashes, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(hashes[order])) + 1)


def _runs(text, digits):
    """{first place: (place after the last, (n,) integers)} of the numbers of a shape."""
    runs, place = {}, 0
    while (place := text.find("0", place)) >= 0:
        end = place
        while end < len(text) and text[end] == "0":
            end += 1
        values = np.zeros(len(digits), np.int64)
        for k in range(place, min(end, place + MOST_DIGITS)):
            values = values * 10 + digits[:, k]
        size = next((size for most, size in SMALL.items() if end - place <= most), np.int64)
        runs[place] = (end, values.astype(size))
        place = end
    return runs
