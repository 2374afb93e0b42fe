"""Whether files are tables, or may be meant as such: JSON records, or rows with numbers. Imports no NumPy."""

import os
import stat
from collections.abc import Sequence

from .archives import begin_of
from .detection import LINES, PEEKED, decoded, first_value, is_json, is_table
from .json_shapes import flat, repaired, table_in
from .kinds import NUMBER, STAMP, kind_of_cell, kind_of_cells
from .layout import width_of
from .separators import UNSPLIT, found_layout, split_rows

MOSTLY = 0.8  # of the lines have as many cells
FEWEST = 5  # of them
TABLE, NEAR = 0.9, 0.05  # how sure that files are a table, or are one although they do not look like it


def sure_of_table(names: Sequence[str]) -> float:
    """How sure it is that files are a table: TABLE, NEAR or 0."""
    return TABLE if is_table(names) else NEAR * is_near_table(names)


def is_near_table(names: Sequence[str]) -> bool:
    """Whether the first of these files, a regular one, has records or rows with numbers; never raises."""
    try:
        if not names or names[0] == "-" or not stat.S_ISREG(os.stat(names[0]).st_mode):
            return False
        with open(names[0], "rb") as file:
            text = decoded(begin_of(file.read(PEEKED), PEEKED))
    except (OSError, ValueError):
        return False
    if "\0" in text or not text.strip():
        return False
    return _has_records(text) if is_json(text) else _has_rows(text)


def _has_records(text):
    """Whether JSON has a table, or its first object numbers, alone or in a list."""
    value = first_value(text.strip()) or repaired(text.strip())
    if table_in(value) is not None:
        return True
    parts = [part for _, part in flat(value)] if isinstance(value, dict) else []
    cells = [cell for part in parts for cell in (part[:FEWEST] if isinstance(part, list) else [part])]
    return any(kind_of_cell(str(cell)) == NUMBER for cell in cells if not isinstance(cell, list | dict))


def _has_rows(text):
    """Whether most lines are rows of as many cells, with a column of numbers or stamps."""
    lines = [line + "\n" for line in text.split("\n")[:LINES]]
    found = found_layout(lines)
    if found is None or found[0] == UNSPLIT:
        return False
    rows = [row for row in split_rows(lines, found[0], strict=False) if any(map(str.strip, row))]
    D, share = width_of(rows)
    alike = [row for row in rows if len(row) == D]
    return D > 1 and share >= MOSTLY and len(alike) >= FEWEST and any(map(_is_told, zip(*alike[1:])))


def _is_told(column):
    return kind_of_cells(column) in (NUMBER, STAMP)
