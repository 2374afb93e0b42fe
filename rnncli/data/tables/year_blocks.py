"""Months of years as climate centres write them: the first year and the last, a line of twelve values for each year,
the value that means a missing one, and remarks."""

from collections.abc import Iterator

import numpy as np

from ...errors import DataError
from ...phrases import counted
from .encodings import TextFile
from .kinds import NUMBER, kind_of_cell
from .table import Table, Texts, Written, texts
from .year_prints import printed_years
from .year_span import NAMES, is_year

SHOWN = 40  # characters of a line in a note, at most


def read_years(name: str, text: TextFile) -> Iterator[int | Table]:
    """Yield the number of lines, and at last the Table of such a text: a row for each year, its months the columns.

    A lone number below the rows is the value of missing ones. DataError for a year with more or fewer values.
    """
    with text.open() as stream:
        lines = [(number, line.split()) for number, line in enumerate(stream, start=1) if line.strip("\ufeff \t\n")]
    yield text.lines
    last = max(k for k, (_, cells) in enumerate(lines) if is_year(cells))
    rows, below = lines[1 : last + 1], lines[last + 1 :]
    broken = [each for each in rows if not is_year(each[1])] + [each for each in below if _is_short(each[1])]
    for number, cells in broken[:1]:
        raise DataError(
            f"{name}:{number}: no year with one number for each of its twelve months: {' '.join(cells)[:SHOWN]!r}",
            "give the year twelve numbers; for a missing one, write the number that stands alone below the years",
        )
    missing = below[0][1][0] if below and len(below[0][1]) == 1 and kind_of_cell(below[0][1][0]) == NUMBER else None
    columns = [["" if _is(cell, missing) else cell for cell in column] for column in zip(*(cells for _, cells in rows))]
    written = Written("csv", ",", text.encoding.removesuffix("-sig"), text.bom, text.crlf)  # cells may be empty
    numbers = np.array([number for number, _ in rows], np.intp)
    table = Texts({each: texts(column) for each, column in zip(NAMES, columns)})
    yield Table(table, numbers, written, notes=(*text.notes, *_notes(lines[0][1], missing, below)))


def read_printed(name: str, text: TextFile) -> Iterator[int | Table]:
    """Yield the number of lines, and at last the Table of years as R prints them: a row for each year. DataError where
    a line does not go on as the first ones."""
    with text.open() as stream:
        found = printed_years(stream.read())
    if found is None:
        raise DataError(
            f"{name}: begins with years as R prints them, and does not go on so",
            "keep one print in a file, and nothing else",
        )
    yield text.lines
    written = Written("csv", ",", text.encoding.removesuffix("-sig"), text.bom, text.crlf)  # cells may be empty
    table = Texts({each: texts(column) for each, column in found.items()})
    note = "years as R prints them"
    yield Table(table, np.arange(2, 2 + len(found["year"])), written, notes=(*text.notes, note))


def _is_short(cells):
    """Whether a line below the rows is a row that was cut off, rather than words or the missing value."""
    return len(cells) > 1 and len(cells[0]) == 4 and all(kind_of_cell(each) == NUMBER for each in cells)


def _is(cell, missing):
    """Whether a cell is the number of missing values."""
    return missing is not None and (cell == missing or _number(cell) == _number(missing))


def _number(cell):
    try:
        return float(cell)
    except ValueError:
        return None


def _notes(span, missing, below):
    """Notes on what is no row."""
    notes = [f"months of the years from {span[0]} to {span[1]}, as the first line says"]
    if missing is not None:
        notes.append(f"{missing}, which stands alone below the years, read as a missing value")
    if rest := below[missing is not None :]:
        first = " ".join(rest[0][1])[:SHOWN]
        notes.append(f"{counted(len(rest), 'line')} below the table left out, from {first!r} on")
    return notes
