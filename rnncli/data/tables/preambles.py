"""Lines above a table that are as wide as it: what was exported, from when to when. Imports no NumPy."""

from collections.abc import Sequence

from .kinds import EMPTY, NUMBER, STAMP, WORD, is_value, kind_of_cell

FEWEST = 3  # lines above the rows, and rows, that show where one ends and the other begins
COMPARED = 30  # rows that are looked at
PREAMBLE = "lines above the rows left out, as wide as the table; to choose: --skip-rows"


def rows_below(rows: Sequence[Sequence[str]], D: int) -> tuple[int, int, bool] | None:
    """(index of the header, of the first row of data, whether nothing else can be) of a table of D columns below lines
    of as many cells, which have words in the first and, some of them, a value beside it; None without such.

    The last line above the rows is the header if all of its cells are names; otherwise the first line of all is it.
    """
    filled = [k for k, row in enumerate(rows) if any(map(str.strip, row))]
    count = next((n for n, k in enumerate(filled) if _is_row(rows[k], D)), 0)
    above, below = filled[:count], filled[count : count + COMPARED]
    if len(above) < FEWEST or len(below) < FEWEST or not all(_is_row(rows[k], D) for k in below):
        return None
    titles = [rows[k] for k in above[:-1]]
    if not all(kind_of_cell(row[0]) == WORD for row in titles) or not any(
        is_value(cell) for row in titles for cell in row[1:]
    ):
        return None
    last = rows[above[-1]]
    names = [cell for cell in last if cell.strip()]
    named = len(last) == D and len(names) > 1 and all(kind_of_cell(cell) == WORD for cell in names)
    if named or len(rows[above[0]]) == D:
        parted = above[-1] - above[0] >= len(above)  # by a blank line
        return (above[-1] if named else above[0]), below[0], named and parted
    return None


def _is_row(row, D):
    """Whether a row may be one of data: a time first, and numbers or nothing beside it."""
    kinds = [kind_of_cell(cell) for cell in row]
    return len(row) == D and kinds[0] in (STAMP, NUMBER) and {NUMBER} <= set(kinds[1:]) <= {NUMBER, EMPTY}
