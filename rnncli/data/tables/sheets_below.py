"""Sheets of a workbook that go on with each other: one for each year, with the same columns. Imports no pandas."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from .footers import TOTALS
from .kinds import MONTHS, STAMP, kind_of_cells
from .table import TEXT, Table, Texts, listed

YEAR = re.compile(r"(?<!\d)(?:1[89]|20|21)\d\d(?!\d)", re.ASCII)
ADDED = "Year"  # the column with the year in the name of its sheet
FEWEST = 3  # months that show that a table lacks its year


def joined_sheets(sheets: Sequence[tuple[str, Table]]) -> Table | None:
    """The Table of the rows of (name, Table) of sheets of the same columns, one below the other, with a note; None for
    sheets that tell the same stamps, and for a single one that lacks nothing.

    Sheets named after years get a column of the year where theirs have months without one.
    """
    tables = [table for _, table in sheets]
    if len(tables) > 1 and _go_on(tables):
        note = f"sheets {listed([name for name, _ in sheets])} read below each other; to choose one: --sheet NAME"
        return _below(tables, note)
    found = [(YEAR.findall(name), table) for name, table in sheets]
    if any(len(years) != 1 or ADDED in table.columns for years, table in found):
        return None
    dated = sorted(((years[0], table) for years, table in found), key=lambda each: each[0])
    years = [year for year, _ in dated]
    if len(set(years)) < len(years) or not all(map(_lacks_year, tables)):
        return None
    if len(tables) == 1 and sheets[0][0].strip() != years[0]:
        return None
    note = f"sheet '{years[0]}' read: the year in column {ADDED}"
    if len(tables) > 1:
        note = f"sheets {listed(years)} read below each other: the year in column {ADDED}; to choose one: --sheet NAME"
    return _below([_with_year(year, table) for year, table in dated], note)


def _below(tables, note):
    first = tables[0]
    notes = dict.fromkeys(each for table in tables for each in table.notes)
    columns = Texts.joined([table.columns for table in tables])
    return replace(first, columns=columns, line=np.concatenate([table.line for table in tables]), notes=(note, *notes))


def _with_year(year, table):
    """A Table with a column of the year, without the rows of sums below its months."""
    own = {name: table.columns[name] for name in table.columns}
    sums = np.zeros(len(table.line), bool)
    for name in own:
        if len(_months(cells := _stripped(own[name]))) >= FEWEST:
            sums |= np.array([not TOTALS.isdisjoint(cell.lower().rstrip(":").split()[:1]) for cell in cells], bool)
    notes = table.notes
    if sums.any():
        own, notes = {name: cells[~sums] for name, cells in own.items()}, (*notes, "sums of the months left out")
    columns = Texts({ADDED: np.full(int((~sums).sum()), year, TEXT), **own})
    return replace(table, columns=columns, line=table.line[~sums], notes=notes)


def _stripped(cells):
    return [str(cell).strip() for cell in cells]


def _go_on(tables):
    """Whether a column of stamps or years has none of them on two sheets."""
    for name in tables[0].columns:
        cells = [_stripped(table.columns[name]) for table in tables]
        dated = all(kind_of_cells(column) == STAMP or _are_years(name, column, tables[0]) for column in cells)
        if dated and len(set().union(*cells)) == sum(map(len, map(set, cells))):
            return True
    return False


def _lacks_year(table):
    """Whether a table has months, in the header or below a name, but no stamps and no years."""
    cells = {name: _stripped(table.columns[name]) for name in table.columns}
    for name, column in cells.items():
        if kind_of_cells(column) == STAMP and not _months(column) or _are_years(name, column, table):
            return False
    return any(len(_months(names)) >= FEWEST for names in (list(cells), *cells.values()))


def _are_years(name, cells, table):
    """Whether cells are years: those of the first column, or the same one in all rows; others may be values."""
    leading = name == next(iter(table.columns)) or len(set(cells)) == 1
    return leading and all(map(YEAR.fullmatch, cells))


def _months(cells):
    """The different cells that are names of months and nothing else."""
    return {cell for cell in cells if cell.rstrip(".").isalpha() and cell[:3].lower() in MONTHS}
