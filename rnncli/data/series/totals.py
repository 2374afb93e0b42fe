"""Rows of whole years or quarters among those of their months, as statistical offices write them: M13, 2023 beside
2023 JAN. They are left out, as a value of a year is no step between two months."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..tables.footers import is_starred
from ..tables.frame import Frame
from ..time.date_columns import parts_of
from ..time.shapes import stripped
from .columns import Columns
from .completing import Header
from .names import OTHER, PLAIN, TOTALS, called, is_total
from .numbering import numbered_texts
from .row_ids import kept_rows
from .side_by_side import ROUNDED, numbers_of

TOTAL = re.compile(r"[Mm]13|[Qq]0?5")  # the year after its months, or its quarters; a bare 13 may be one of 13 periods
YEAR = re.compile(r"\d{4}", re.ASCII)
QUARTER = re.compile(r"\d{4}[ \-/]?[Qq][1-4]|[Qq][1-4][ \-/]?\d{4}", re.ASCII)
MONTH = re.compile(r"\d{4}[ \-/]?[Mm]?(?:0[1-9]|1[0-2])|\d{4}[ \-/]?[^\W\d_]{3,}|[^\W\d_]{3,}[ \-/]?\d{4}", re.ASCII)
LOOKED_AT = 2000  # rows at each end that are looked at before all are
FEWEST = 3  # rows of which one may be the sum of the others
SUMMED = 24  # columns of values whose sums are looked at


def without_totals(frame: Frame, time: Sequence[str]) -> tuple[Frame, tuple[str, ...]]:
    """(the Frame without the rows of longer steps than the others or of sums, a note) by its columns of `time`."""
    if not time or any(name not in frame.columns for name in time) or frame.melted:
        return frame, ()
    if len(time) > 1:
        counted = parts_of(time, frame.columns) in (("year", "month"), ("year", "quarter"))
        odd = _of_parts(frame.columns[time[1]]) if counted else np.zeros(len(frame.line), bool)
        what = "is longer than the other steps"
    else:
        odd, what = _of_mixed(frame.columns[time[0]]), "is longer than the other steps"
        if not odd.any():
            odd, what = _of_sums(frame.columns[time[0]]) | _of_timeless(frame, time[0]), "sums up others"
    if not odd.any() or odd.all():
        return frame, ()
    row = int(odd.argmax())
    shown = " ".join(str(frame.columns[name][row]).strip() for name in time) or _total_in(frame, row)
    note = f"{frame.where(row, time[-1])}: '{shown}' {what}: {int(odd.sum()):,} such rows are left out"
    return kept_rows(frame, ~odd), (note,)


def _of_parts(cells):
    """(R,) bool: the rows whose month or quarter is the whole year."""
    texts, rows = _distinct(stripped(cells))
    return np.array([TOTAL.fullmatch(str(text)) is not None or _is_sum(str(text)) for text in texts], bool)[rows]


def _of_mixed(cells):
    """(R,) bool: the rows of longer steps in a column of years, quarters or months and nothing else."""
    ends = {str(text).strip() for part in (cells[:LOOKED_AT], cells[-LOOKED_AT:]) for text in part}
    if len(set(map(_kind, ends))) > 1:
        kinds = np.array([_kind(str(text).strip()) for text in cells])
        if (kinds >= 0).all():
            return kinds < kinds.max()
    return np.zeros(len(cells), bool)


def _of_sums(cells):
    """(R,) bool: the rows whose stamp is the name of a total, alone or beside a stamp: 01.2021 Total; none where half
    of the rows or more are such."""
    ends = {str(text) for part in (cells[:LOOKED_AT], cells[-LOOKED_AT:]) for text in part}
    if not any(map(_is_sum, ends)):
        return np.zeros(len(cells), bool)
    texts, rows = _distinct(cells)
    odd = np.array([_is_sum(str(text)) for text in texts], bool)[rows]
    return odd if 2 * odd.sum() < len(odd) else np.zeros(len(cells), bool)


def _distinct(cells):
    """(the different texts in order of appearance, (R,) the number of each cell among them). np.unique with
    return_inverse alone sorts texts by a method that ends Python in NumPy 2.4."""
    numbers = numbered_texts(cells)
    return cells[np.unique(numbers, return_index=True)[1]], numbers


def _of_timeless(frame, time):
    """(R,) bool: the rows without a stamp that have the name of a total; none where half of the rows lack a stamp."""
    odd = np.strings.str_len(stripped(frame.columns[time])) == 0
    rows = np.flatnonzero(odd) if 2 * odd.sum() < len(odd) else []
    odd[:] = False
    for row in rows:
        odd[row] = _total_in(frame, row) is not None
    return odd


def _total_in(frame, row):
    """The name of a total among the cells of a row; None without one."""
    return next((text for cells in frame.columns.values() if _is_sum(text := str(cells[row]).strip())), None)


def _is_sum(text):
    return is_starred(text) or any(map(str.isalpha, text)) and called(text, TOTALS) != OTHER


def _kind(text):
    """The number of a kind of step, from the longest; -1 for another text."""
    return next((k for k, pattern in enumerate((YEAR, QUARTER, MONTH)) if pattern.fullmatch(text)), -1)


def totals_of(columns: Columns, names: Sequence[str], parts: Sequence[str]) -> list[str]:
    """Those of the columns of numbers called `names` that are totals, by their names or as the sums of `parts`."""
    numbers = columns.of_kind(names, "number")
    totals = [name for name in numbers if called(name, TOTALS) == PLAIN]
    others = [name for name in numbers if name not in totals]
    values = [numbers_of(columns, name) for name in parts] if others else []
    given = [each for each in values if each is not None]
    if not given or len(given) < len(values):
        return totals
    sums = np.nansum(given, axis=0)
    return [*totals, *(name for name in others if _are_sums(numbers_of(columns, name), sums))]


def _are_sums(values, sums):
    """Whether different values are the sums, up to their rounding."""
    if values is None or len(np.unique(sums)) < 2:
        return False
    return bool((np.abs(values - sums) <= ROUNDED * np.abs(sums).max()).all())


def sums_in(frame: Frame, ids: Sequence[str], beside: Sequence[str] = ()) -> np.ndarray:
    """(R,) bool: the rows with the name of a total in one column of several ids, or one `beside` them, and an empty
    cell in another id."""
    cells = [stripped(frame.columns[name]) for name in ids if name in frame.columns]
    named = [*cells, *(stripped(frame.columns[name]) for name in beside if name in frame.columns)]
    if not cells or len(named) < 2:
        return np.zeros(len(frame.line), bool)
    empty = np.logical_or.reduce([np.strings.str_len(texts) == 0 for texts in cells])
    odd = np.zeros(len(empty), bool)
    for row in np.flatnonzero(empty).tolist():
        odd[row] = any(called(str(texts[row]), TOTALS) != OTHER for texts in named)
    return odd if not odd.all() else ~odd


def without_sum_rows(
    frame: Frame, header: Header, ids: Sequence[str], beside: Sequence[str]
) -> tuple[Frame, Header, tuple[str, ...]]:
    """(the Frame and its Header without the rows that sum up others by their ids or the columns beside, a note)."""
    kept = ~(sums_in(frame, ids, beside) | _sums_of_all(frame, header, ids))
    if kept.all():
        return frame, header, ()
    row = int((~kept).argmax())
    name = next(name for name in (*ids, *beside) if is_total(str(frame.columns[name][row])))
    note = f"{frame.where(row, name)}: '{frame.columns[name][row]}' sums up others; rows left out: {(~kept).sum():,}"
    return kept_rows(frame, kept), header_of_rows(header, kept), (note,)


def _sums_of_all(frame, header, ids):
    """(R,) bool: the rows called totals by the only id that sum up all others, in a table of a row a series."""
    none = np.zeros(len(frame.line), bool)
    if len(ids) != 1 or header.time or not FEWEST <= len(none) <= LOOKED_AT:
        return none
    called_so = np.array([called(str(text), TOTALS) != OTHER for text in frame.columns[ids[0]]], bool)
    values = [numbers_of(Columns(frame), name) for name in header.columns[:SUMMED]] if called_so.any() else []
    given = [each for each in values if each is not None and not np.isnan(each).any()]
    if not given or (~called_so).sum() < FEWEST - 1:
        return none
    table = np.array(given)
    sums = table[:, ~called_so].sum(axis=1, keepdims=True)
    return called_so & (np.abs(table - sums) <= ROUNDED * np.abs(sums)).all(axis=0)


def header_of_rows(header: Header, kept: np.ndarray) -> Header:
    """A Header of some of the rows of its table."""
    return header if header.adds is None else replace(header, adds=header.adds[kept])


def without_sums(columns: Columns, names: Sequence[str]) -> Columns:
    """The Columns without the rows of totals by those called `names` that hold words."""
    odd = sums_in(columns.frame, columns.of_kind(names, "word"))
    return Columns(kept_rows(columns.frame, ~odd), columns.na) if odd.any() else columns
