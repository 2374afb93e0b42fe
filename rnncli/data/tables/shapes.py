"""The shapes of the cells of a column: its texts with every digit replaced by 1.

A million numbers have a few hundred shapes, so that a column is judged by its shapes, at the cost of a few cells.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from .missing import MISSING, missing_words

ONES = str.maketrans("023456789", "111111111")
MISSING_SHAPES = frozenset(word.translate(ONES) for word in MISSING)
BETWEEN = "\0"  # no cell of a text file holds it


@dataclass(frozen=True)
class Shapes:
    """A column of R cells and its shapes."""

    cells: list[str]  # R; "" for the missing words of --na
    shapes: list[str]  # R
    counts: Counter[str]  # of the distinct shapes, without those of missing cells

    @property
    def given(self) -> int:
        """The number of cells that are not missing."""
        return self.counts.total()


def shapes_of(texts: Sequence[str] | np.ndarray, na: Collection[str] = ()) -> Shapes:
    """The Shapes of the R cells `texts`; `na` are further words for a missing value."""
    cells = texts.tolist() if isinstance(texts, np.ndarray) else list(texts)
    if words := missing_words(na):
        cells = ["" if cell.strip().lower() in words else cell for cell in cells]
    shapes = BETWEEN.join(cells).translate(ONES).split(BETWEEN) if cells else []
    if len(shapes) != len(cells):
        shapes = [cell.translate(ONES) for cell in cells]
    counts = Counter(shapes)
    for shape in [shape for shape in counts if shape.strip().lower() in MISSING_SHAPES]:
        del counts[shape]
    return Shapes(cells, shapes, counts)
