"""What a writer looked at for each symbol, as a matrix of shades for a terminal: the source down, the text across."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..pairs.confusion import STEPS
from ..pairs.texts import columns, cut, packed, padded, widest
from .shown_symbols import labelled

LARGEST = 40  # symbols of a source and of a text that a matrix has room for
ENDING = "</s>"  # above the weights of the end of a text
SHADES = {True: "·░▒▓█", False: ".:-=#"}
NAMES = 16  # most columns of a symbol of the source
HEADS = (12, 8, 6, 5, 4, 3)  # most columns of a written symbol, as room gets scarce
STRONGEST = "38;5;208"  # ANSI, orange: the strongest weight of each written symbol
TITLES = ("written", "source", "position", "weight")  # of the rows in place of a matrix


@dataclass(frozen=True)
class Attended:
    """source: T symbols; written: U symbols, or U - 1 where the last row belongs to the end; weights: (U, T)."""

    source: tuple[str, ...]
    written: tuple[str, ...]
    weights: np.ndarray

    def record(self) -> dict[str, Any]:
        """JSON-ready data; the weights with four decimals."""
        return {"source": list(self.source), "written": list(self.heads), "weights": self.weights.round(4).tolist()}

    @property
    def heads(self) -> tuple[str, ...]:
        """The U written symbols. ValueError for weights that are not those of the symbols."""
        heads = self.written + (ENDING,) * (len(self.weights) - len(self.written) == 1)
        if self.weights.shape != (len(heads), len(self.source)):
            expected = f"({len(self.written)} or {len(self.written) + 1}, {len(self.source)})"
            raise ValueError(f"weights has shape {self.weights.shape}, expected {expected}")
        return heads


def matrix_lines(
    weights: np.ndarray,
    source: Sequence[str],
    written: Sequence[str],
    width: int = 80,
    unicode: bool = True,
    color: bool = False,
) -> list[str]:
    """The weights (U, T) of the T symbols of a source for each of U written ones, in lines of `width` columns.

    At most 40 x 40 symbols that fit are a matrix; of more, only the strongest of the source stands under each written
    one. See `Attended` for the end of the text. In colour the strongest of each written symbol is orange.
    """
    heads = Attended(tuple(source), tuple(written), weights).heads
    labels = [labelled(symbol, unicode) for symbol in heads]
    names = [cut(labelled(symbol, unicode), min(NAMES, width // 4)) for symbol in source]
    if not len(names) or not len(labels):
        return []
    room = width - widest(names)
    if max(weights.shape) <= LARGEST:
        for most in HEADS:
            cells = [cut(label, most) for label in labels]
            if sum(columns(cell) + 1 for cell in cells) <= room:
                return [*_matrix(weights, names, cells, unicode, color)]
    return [*_strongest(weights, names, labels, width, unicode, color)]


def attended_lines(
    examples: Sequence[Attended], width: int = 80, unicode: bool = True, color: bool = False
) -> Iterator[str]:
    """The matrix of each example after an empty line, and what the shades mean; nothing for none."""
    for each in examples:
        yield ""
        yield from matrix_lines(each.weights, each.source, each.written, width, unicode, color)
    if examples:
        yield from ("", *shade_legend(width, unicode))


def shade_legend(width: int = 80, unicode: bool = True) -> list[str]:
    """What the shades mean."""
    ends = [*(f"to {100 * step:.0f} %" for step in STEPS[1:]), "above"]
    return packed(["weight:", *(f"{sign} {end}" for sign, end in zip(SHADES[unicode], ends))], width)


def shades(weights: np.ndarray, unicode: bool = True) -> list[list[str]]:
    """The shade of each weight; a blank for one that is not a number."""
    signs = SHADES[unicode]
    numbers = np.searchsorted(STEPS[1:], weights, side="left")
    return [
        [signs[k] if there else " " for k, there in zip(*row)]
        for row in zip(numbers.tolist(), np.isfinite(weights).tolist())
    ]


def _matrix(weights, names, heads, unicode, color) -> Iterator[str]:
    sizes, left = [*map(columns, heads)], widest(names)
    best, signs = _best(weights), shades(weights, unicode)
    yield f"{'':{left}} {' '.join(heads)}".rstrip()
    for t, name in enumerate(names):
        cells = [_painted(signs[u][t] * size, color and best[u] == t) for u, size in enumerate(sizes)]
        yield f"{padded(name, left)} {' '.join(cells)}".rstrip()


def _strongest(weights, names, heads, width, unicode, color) -> Iterator[str]:
    """Under each written symbol the one of the source with the largest weight, its position from 1 and the shade."""
    best, signs = _best(weights), shades(weights, unicode)
    most = max(8, width // 5)
    left_over = [
        (cut(head, most), names[t] if t >= 0 else "", str(t + 1) if t >= 0 else "", signs[u][t] if t >= 0 else " ")
        for u, (head, t) in enumerate(zip(heads, best))
    ]
    left = widest(TITLES)
    while left_over:
        taken, used = 0, left
        while taken < len(left_over) and (not taken or used + 1 + widest(left_over[taken]) <= width):
            used += 1 + widest(left_over[taken])
            taken += 1
        block, left_over = left_over[:taken], left_over[taken:]
        for title, row in zip(TITLES, zip(*block)):
            cells = [padded(text, widest(column)) for text, column in zip(row, block)]
            yield f"{title:{left}} {' '.join(_painted(cell, color and title == TITLES[1]) for cell in cells)}".rstrip()
        yield from [""] * bool(left_over)


def _best(weights):
    """The position of the largest weight of each row, -1 where a weight is not a number."""
    return np.where(np.isfinite(weights).all(axis=1), weights.argmax(axis=1), -1).tolist()


def _painted(text, wanted):
    return f"\x1b[{STRONGEST}m{text}\x1b[0m" if wanted else text
