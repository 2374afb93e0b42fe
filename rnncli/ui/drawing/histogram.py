"""Histograms in a terminal: a row of bars for each name, on one scale."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ...laboratory.drawings import Histogram
from ...tasks.pairs.texts import columns, one_line, packed, padded, widest
from .binned import size_of_bins, sums
from .heat import NAMES, centred, short, ticks
from .shades import painted
from .sparkline import LEVELS

ASCII_LEVELS = ".:#"
HEIGHTS = ((3, 3), (6, 2))  # (names, lines a name): up to so many names have so many lines, more have one
EDGE = 4  # columns beyond the last bar, for the last figure below
WIDE = 4  # most columns of a bar
BAR = "38;5;32"


def histogram_lines(drawing: Histogram, width: int, unicode: bool, color: bool) -> list[str]:
    """The bars of each name, the edges of the bins below them, and what a full bar stands for."""
    names = [short(one_line(name, None, unicode), int(NAMES * width), unicode) for name in drawing.shares]
    left, bins = widest(names) + 1, len(drawing.edges) - 1
    room = max(width - left - EDGE, 1)
    size = size_of_bins(bins, room)
    rows = [sums(np.asarray(shares, "f8"), size) for shares in drawing.shares.values()]
    most = max((float(np.nanmax(row)) for row in rows if not np.isnan(row).all()), default=0.0)
    cell = max(min(room // max(-(-bins // size), 1), WIDE), 1)
    tall = next((lines for most_names, lines in HEIGHTS if len(names) <= most_names), 1)
    look = Look(cell, tall, LEVELS if unicode else ASCII_LEVELS, BAR if color else None)
    edges = [f"{edge:.3g}" for edge in drawing.edges]
    return [
        *(line for name, row in zip(names, rows) for line in bars(padded(name, left), row, most, look)),
        *ticks(edges, size, cell, left, width, 0.0),
        *centred(one_line(drawing.x_label, width - left, unicode), left, cell * len(rows[0]) if rows else 0),
        *packed([f"a full bar: {100 * most:.3g} %", *([f"a bar: {size} bins"] if size > 1 else [])], width),
    ]


class Look(NamedTuple):
    """Columns and lines of a bar, its characters from low to full, its ANSI code."""

    cell: int
    tall: int
    levels: str
    code: str | None


def bars(name: str, row: np.ndarray, most: float, look: Look) -> Iterator[str]:
    """The lines of the bars of one name, which stands before the last."""
    if np.isnan(row).all():
        yield f"{name}no value"
        return
    steps = len(look.levels)
    filled = np.ceil(np.nan_to_num(row) / (most or 1) * look.tall * steps).astype(int)
    for above in range(look.tall - 1, -1, -1):
        levels = np.clip(filled - above * steps, 0, steps).tolist()
        text = "".join((" " + look.levels)[level] * look.cell for level in levels).rstrip()
        yield f"{' ' * columns(name) if above else name}{painted(text, look.code)}".rstrip()
