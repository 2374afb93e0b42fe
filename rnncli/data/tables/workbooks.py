"""Workbooks of Excel and LibreOffice: a sheet as text, its cells as they would be exported."""

import datetime
import warnings
import zipfile
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from typing import IO, Any

import numpy as np

from ...errors import ConfigError, DataError
from ...registry import nearest
from .archives import named
from .kinds import is_value
from .layout import layout_of
from .reading import Reading
from .rows import Rows
from .sheet_bounds import check_bounds
from .sheets_below import joined_sheets
from .table import Table, Written, listed

SAMPLED = 300  # rows that decide where the table begins
BLOCK = 1 << 12  # rows at a time
MIDNIGHT = " 00:00:00"
ALMOST = 1000  # microseconds: a stamp so near to a whole second was one before it became a fraction of a day


def read_workbook(name: str, file: IO[bytes], reading: Reading, ragged: bool) -> Table:
    """The Table in a sheet of a workbook: the one of `reading.sheet`, otherwise the first with a table.

    Whole numbers lose their decimal point; the stamps of a column lose their time if all are at midnight. ConfigError
    without a package that reads workbooks; DataError for a damaged one, a missing sheet and as in `read_delimited`.
    """
    with _opened(name, file) as book:
        sheet, rows, notes, like = _chosen(name, book, reading)
    table = _table_of(name, sheet, rows, reading, ragged)
    if joined := _joined(name, [(sheet, table)], like, reading, ragged):
        return joined
    return replace(table, notes=(*notes, *table.notes))


def _joined(name, sheets, like, reading, ragged):
    """The Table of a sheet and those `like` it, if they go on with each other; None if not."""
    for other, rows in like:
        try:
            table = _table_of(name, other, rows, reading, ragged)
        except DataError:  # the sheet is not needed
            continue
        if list(table.columns) == list(sheets[0][1].columns) and len(table.line):
            sheets.append((other, table))
    return joined_sheets(sheets)


def _table_of(name, sheet, rows, reading, ragged):
    """The Table in the rows of a sheet."""
    above = reading.skip_rows or 0
    layout = layout_of(rows[above : above + SAMPLED], reading.skip_rows is None)
    layout = layout or layout_of(rows[above : above + SAMPLED], titles=False)
    if layout is None:
        raise DataError(f"{name}: sheet '{sheet}' is empty", "choose another one with --sheet")
    found = Rows(name, layout, layout.notes, len(rows), ragged, "")
    found.name(above + layout.begin + 1)
    first = above + layout.first
    for begin in range(first, len(rows), BLOCK):
        block = rows[begin : begin + BLOCK]
        found.add(block, np.arange(begin + 1, begin + 1 + len(block)))
    return found.table(Written("xlsx"))


@contextmanager
def _opened(name, file):
    """The pandas.ExcelFile of a workbook."""
    engine = next((each for each in ("python_calamine", "openpyxl") if find_spec(each)), None)
    if engine is None:
        raise ConfigError(f"{name}: workbooks need the package python-calamine", "pip install python-calamine")
    import pandas

    with _readable(name):
        check_bounds(name, file)
        book = pandas.ExcelFile(file, engine="calamine" if engine == "python_calamine" else engine)
    with book, warnings.catch_warnings(), _readable(name):
        warnings.simplefilter("ignore")  # openpyxl's on styles and validation, which are nothing to us
        yield book


@contextmanager
def _readable(name):
    """Turns the errors of a damaged workbook, which are met when it is opened or when a sheet is read, into a
    DataError."""
    try:
        yield
    except (ValueError, OSError, LookupError, TypeError, zipfile.BadZipFile, *_errors()) as error:
        raise DataError(
            f"{name}: unreadable workbook ({error})", "remove its password, save it again, or save it as CSV"
        ) from None


def _errors():
    """The errors of calamine, which have no common name in older versions."""
    if not find_spec("python_calamine"):
        return ()
    import python_calamine

    return (python_calamine.CalamineError,) if hasattr(python_calamine, "CalamineError") else ()


def _chosen(name, book, reading):
    """(name of a sheet, its rows of text, notes, [(name, rows)] of the others with the same header)."""
    names = [str(each) for each in book.sheet_names]
    if reading.sheet is not None:
        found = named(reading.sheet, names)
        if found is None:
            near = nearest(reading.sheet, names)
            meant = f"did you mean '{near}'? " if near else ""
            raise DataError(f"{name}: no sheet '{reading.sheet}'", f"{meant}its sheets: {listed(names)}")
        return names[found], _rows(book, names[found]), (), []
    filled = [found for found in ((sheet, _rows(book, sheet)) for sheet in names) if sum(map(any, found[1])) > 1]
    if not filled:
        raise DataError(
            f"{name}: no sheet with a table; sheets: {listed(names)}", "name one with --sheet, or save it as CSV"
        )
    valued = [(sheet, rows) for sheet, rows in filled if any(is_value(cell) for row in rows[:SAMPLED] for cell in row)]
    sheet, rows = (valued or filled)[0]
    others = [each for each in names if each != sheet]
    note = f"sheet '{sheet}' read; others: {listed(others)}; to choose: --sheet NAME"
    like = [found for found in valued[1:] if _header(found[1]) == _header(rows)]
    note += f"; with the same header: {listed([each for each, _ in like])}, not read" * bool(like)
    return sheet, rows, (note,) if others else (), like


def _header(rows):
    """The first row that is filled as far as any of a sheet."""
    return max(rows[:SAMPLED], key=lambda row: sum(map(bool, row)))


def _rows(book, sheet) -> list[list[str]]:
    """The rows of a sheet as text, of equal length."""
    import pandas

    frame = pandas.read_excel(book, sheet_name=sheet, header=None, dtype=object, na_filter=False)
    columns = [_texts(frame.iloc[:, k].tolist()) for k in range(frame.shape[1])]
    return list(map(list, zip(*columns)))


def _texts(cells: Sequence[Any]) -> list[str]:
    """The cells of a column as text."""
    found = [_text(cell) for cell in cells]
    dated = [isinstance(cell, datetime.datetime) for cell in cells]
    if any(dated) and all(text.endswith(MIDNIGHT) for text, stamp in zip(found, dated) if stamp):
        found = [text.removesuffix(MIDNIGHT) if stamp else text for text, stamp in zip(found, dated)]
    return found


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if cell is None or cell != cell:  # nan and NaT differ from themselves
        return ""
    if isinstance(cell, bool | np.bool_):
        return str(bool(cell)).lower()
    if isinstance(cell, float | np.floating):
        return str(int(cell)) if float(cell).is_integer() and abs(cell) < 1e15 else repr(float(cell))
    if isinstance(cell, datetime.datetime):
        return str(_rounded(cell))
    return str(cell)


def _rounded(stamp):
    """A stamp at the next whole second if it is within a millisecond of it."""
    off = (stamp.microsecond + ALMOST) % 1_000_000 - ALMOST
    return stamp - datetime.timedelta(microseconds=off) if abs(off) <= ALMOST else stamp
