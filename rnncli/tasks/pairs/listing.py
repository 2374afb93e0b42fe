"""What several reports of pairs share: groups of examples by a quantity, and examples listed with their text."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from ..base import Table
from .texts import columns, one_line, padded, place, widest

WIDTH = 80  # columns of a line
PLACE = 28  # most columns of a place


def quantile_groups(values: np.ndarray, parts: int) -> list[np.ndarray]:
    """Positions of the values in at most `parts` groups of about the same size, in order; equal values stay together,
    so that there may be fewer groups."""
    if not len(values):
        return []
    edges = np.unique(np.quantile(values, np.arange(1, parts) / parts, method="inverted_cdf"))
    number = np.searchsorted(edges, values, side="left")
    return [np.flatnonzero(number == k) for k in np.unique(number)]


def spread(total: int, most: int) -> list[int]:
    """At most `most` of the positions 0 to total - 1, spread evenly."""
    return sorted({int(k) for k in np.linspace(0, total - 1, min(most, total)).round()}) if total else []


def listed_examples(
    heads: Sequence[str],
    examples: Sequence[int],
    cells: Sequence[Sequence[str]],
    where: Callable[[int], str],
    text: Callable[[int], str],
    unicode: bool,
) -> Iterator[str | Table]:
    """A row for each example: its place, its text and its `cells` under `heads`.

    Texts that leave no room for the cells stand on a line of their own, cut to it.
    """
    places = [place(where(k), PLACE, unicode) for k in examples]
    texts = [f'"{one_line(text(k), WIDTH - 6, unicode)}"' for k in examples]
    widths = [widest([head, *column]) for head, column in zip(heads, zip(*cells))]
    if widest(places) + widest(texts) + sum(widths) + 2 * (len(widths) + 1) <= WIDTH:
        rows = [(at, source, *row) for at, source, row in zip(places, texts, cells)]
        yield Table([("", "", *heads), *rows], left=len(heads) + 1)
        return
    width = widest(places)
    for at, source, row in zip(places, texts, cells):
        said = ", ".join(f"{head} {cell.strip()}" for head, cell in zip(heads, row) if cell)
        line = f"{padded(at, width)}  {said}"
        yield line if columns(line) <= WIDTH else at
        if columns(line) > WIDTH:
            yield f"  {said}"
        yield f"  {source}"
