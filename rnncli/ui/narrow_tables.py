"""Tables of findings at the width of a terminal: long texts are cut before columns go on in another block."""

from collections.abc import Sequence

from ..tasks.base import Table
from ..tasks.pairs.texts import one_line, widest
from .drawing.heat import short

BETWEEN = 2  # blanks between columns
SHORTEST = 10  # columns that a text is cut to at most
TEXTS = 0.6  # share of the width that texts take at most where the figures stand in several blocks
NAMES = 2  # first text columns, which tell the rows apart and are never left out


def fitted(table: Table, width: int, unicode: bool) -> Table:
    """The table with texts, the `left` columns, cut in their middles: so that all stands in one block of `width`
    columns, if need be without a long third text; or else so that there is room for figures beside the texts. As it is
    where it fits."""
    sizes = [widest(column) for column in zip(*table.rows, strict=True)]
    texts, figures = sizes[: table.left], sizes[table.left :]
    least = [min(size, SHORTEST) for size in texts]
    beside = BETWEEN * (len(sizes) - 1) + sum(figures)
    if sum(texts) + beside <= width:
        return table
    if sum(least) + beside <= width:
        return cut(table, narrowed(texts, width - beside), unicode)
    if table.left > NAMES and texts[-1] > SHORTEST and sum(least[:-1]) + beside - BETWEEN <= width:
        last = table.left - 1
        return fitted(Table([[*row[:last], *row[last + 1 :]] for row in table.rows], last), width, unicode)
    return cut(table, narrowed(texts, max(int(TEXTS * width) - BETWEEN * table.left, sum(least))), unicode)


def cut(table: Table, sizes: Sequence[int], unicode: bool) -> Table:
    """The table with its texts cut to these sizes: names in their middles, headings at their ends."""
    header, *body = table.rows
    names = [one_line(name, size, unicode) for name, size in zip(header, sizes)]
    rows = [[*(short(text, size, unicode) for text, size in zip(row, sizes)), *row[len(sizes) :]] for row in body]
    return Table([[*names, *header[len(sizes) :]], *rows], table.left)


def narrowed(sizes: Sequence[int], most: int) -> list[int]:
    """The sizes of columns, the widest made as narrow as is needed for `most` in all; SHORTEST ones stay."""
    limit = max(sizes, default=0)
    while limit > SHORTEST and sum(min(size, limit) for size in sizes) > most:
        limit -= 1
    return [min(size, limit) for size in sizes]
