"""Headers of two rows: names of groups, merged over their columns, above the names in each. Imports no NumPy."""

import re
from collections.abc import Sequence

from .kinds import MONTHS, NUMBER, STAMP, WORD, is_value, kind_of_cell, kind_of_cells

YEAR = re.compile(r"(?:1[5-9]|2[01])\d\d", re.ASCII)
MOST_ABOVE = 3  # rows above a header that say where the table is from
FEWEST = 3  # rows below a header that show how many cells a row has
COMPARED = 30  # rows below a header that show what its columns hold


def joined_header(rows: Sequence[Sequence[str]], header: int) -> tuple[str, ...] | None:
    """The names of the columns below the names of groups in row `header` and those in the next one: Sales 2023 or
    Sales staff; None where these two rows are no such header.

    A group's name stands above its first column, the cells beside it are empty as a spreadsheet leaves merged ones, or
    repeat it; each column has a name in one of the two rows, and the columns hold numbers where both have one.
    """
    if header + 1 >= len(rows) or len(rows[header]) != len(rows[header + 1]):
        return None
    above, below = ([cell.strip() for cell in row] for row in rows[header : header + 2])
    third = [cell.strip() for cell in rows[header + 2]] if header + 2 < len(rows) else []
    if not above[0] and not below[0] and third and not any(third[1:]):
        below[0] = third[0]  # the name of the rows, in a row of its own
    begins = [k for k, cell in enumerate(above) if cell and (not k or cell != above[k - 1])]
    if not begins or not all(a or b for a, b in zip(above, below)):
        return None
    groups = _groups(above, below, begins)
    if not groups or not _hold_values(rows[header + 2 :], groups, len(above)):
        return None
    names = [above[k] or below[k] for k in range(len(above))]
    for begin, end in groups:
        for k in range(begin, end):
            names[k] = f"{above[begin]} {below[k]}"
    return tuple(names) if len(set(names)) == len(names) else None


def with_year_above(rows: Sequence[Sequence[str]], header: int) -> tuple[str, ...] | None:
    """The names in row `header` with the year that stands alone in the row above: 2023 Jan; None where there is none,
    or where the row does not name the months of a year."""
    above = [cell.strip() for cell in rows[header - 1]] if header else []
    given = [cell for cell in above if cell]
    if len(given) != 1 or not YEAR.fullmatch(given[0]) or len(above) != len(rows[header]):
        return None
    names = [cell.strip() for cell in rows[header]]
    months = {name for name in names if name.rstrip(".").isalpha() and name[:3].lower() in MONTHS}
    if len(months) != 12 or sum(name in months for name in names) != 12:
        return None
    return tuple(f"{given[0]} {name}" if name in months else name for name in names)


def _groups(above, below, begins):
    """[(begin, end)] of the groups of columns; [] unless one is wider than a column and all names are such. Columns at
    the right end beyond the width of all other groups are in none."""
    spans = [(begin, end) for begin, end in zip(begins, [*begins[1:], len(above)]) if below[begin]]
    if not any(end - begin > 1 for begin, end in spans) or not all(below[k] for span in spans for k in range(*span)):
        return []
    *others, (begin, end) = spans
    widths = {stop - start for start, stop in others}
    if len(widths) == 1 and end == len(above):
        spans = [*others, (begin, min(end, begin + widths.pop()))]
    names = [above[begin] for begin, _ in spans]
    words = all(kind_of_cell(name) in (WORD, STAMP) or YEAR.fullmatch(name) for name in names)
    return spans if words and _are_names([below[k] for span in spans for k in range(*span)]) else []


def _are_names(cells):
    """Whether cells are the names of columns: words or months, or numbers that come again in each group."""
    kinds = set(map(kind_of_cell, cells))
    return kinds <= {WORD, STAMP} or NUMBER in kinds and len(set(cells)) < len(cells) and WORD not in kinds


def _hold_values(rows, groups, D):
    """Whether the first rows below, and most cells of the columns of groups, hold values rather than words."""
    below = [row for row in rows if len(row) == D and any(map(str.strip, row[1:]))][:COMPARED]
    columns = list(zip(*below))
    kinds = [kind_of_cells(columns[k]) for begin, end in groups for k in range(begin, end)] if columns else []
    first = bool(below) and any(is_value(below[0][k]) for begin, end in groups for k in range(begin, end))
    return first and 2 * sum(kind == NUMBER for kind in kinds) > len(kinds)


def is_below_metadata(rows: Sequence[Sequence[str]], above: Sequence[Sequence[str]], header: int, D: int) -> bool:
    """Whether the row `header` has words alone for names of D columns, and the few rows above it have another number of
    cells and values among them, as programs write who exported what and when."""
    short = len(above) <= MOST_ABOVE and all(len(row) != D and any(map(is_value, row)) for row in above)
    below = [row for row in rows[header + 1 :] if any(map(str.strip, row))]
    words = all(kind_of_cell(cell) == WORD for cell in rows[header])
    return short and words and len(below) >= FEWEST and all(len(row) == D for row in below)
