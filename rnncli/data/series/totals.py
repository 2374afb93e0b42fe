"""Rows of whole years or quarters among those of their months, as statistical offices write them: M13, 2023 beside
2023 JAN. They are left out, as a value of a year is no step between two months."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..tables.frame import Frame
from ..time.date_columns import parts_of
from ..time.shapes import stripped
from .columns import Columns
from .names import OTHER, PLAIN, TOTALS, called
from .row_ids import kept_rows
from .side_by_side import ROUNDED, numbers_of

TOTAL = re.compile(r"[Mm]13|[Qq]0?5")  # the year after its months, or its quarters; a bare 13 may be one of 13 periods
YEAR = re.compile(r"\d{4}", re.ASCII)
QUARTER = re.compile(r"\d{4}[ \-/]?[Qq][1-4]|[Qq][1-4][ \-/]?\d{4}", re.ASCII)
MONTH = re.compile(r"\d{4}[ \-/]?[Mm]?(?:0[1-9]|1[0-2])|\d{4}[ \-/]?[^\W\d_]{3,}|[^\W\d_]{3,}[ \-/]?\d{4}", re.ASCII)
LOOKED_AT = 2000  # rows at each end that are looked at before all are


def without_totals(frame: Frame, time: Sequence[str]) -> tuple[Frame, tuple[str, ...]]:
    """(the Frame without the rows of longer steps than the others, a note on them) by its columns of `time`."""
    if not time or any(name not in frame.columns for name in time) or frame.melted:
        return frame, ()
    if len(time) > 1:
        counted = parts_of(time, frame.columns) in (("year", "month"), ("year", "quarter"))
        odd = _of_parts(frame.columns[time[1]]) if counted else np.zeros(len(frame.line), bool)
    else:
        odd = _of_mixed(frame.columns[time[0]])
    if not odd.any() or odd.all():
        return frame, ()
    row, kept = int(odd.argmax()), ~odd
    shown = " ".join(str(frame.columns[name][row]).strip() for name in time)
    note = (
        f"{frame.where(row, time[-1])}: '{shown}' is longer than the other steps: {int(odd.sum()):,} such rows are "
        "left out"
    )
    columns = {name: cells[kept] for name, cells in frame.columns.items()}
    return replace(frame, columns=columns, file=frame.file[kept], line=frame.line[kept]), (note,)


def _of_parts(cells):
    """(R,) bool: the rows whose month or quarter is the whole year."""
    texts, rows = np.unique(stripped(cells), return_inverse=True)
    return np.array([TOTAL.fullmatch(str(text)) is not None for text in texts], bool)[rows]


def _of_mixed(cells):
    """(R,) bool: the rows of longer steps in a column of years, quarters or months and nothing else."""
    ends = {str(text).strip() for part in (cells[:LOOKED_AT], cells[-LOOKED_AT:]) for text in part}
    if len(set(map(_kind, ends))) > 1:
        kinds = np.array([_kind(str(text).strip()) for text in cells])
        if (kinds >= 0).all():
            return kinds < kinds.max()
    return np.zeros(len(cells), bool)


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


def sums_in(frame: Frame, ids: Sequence[str]) -> np.ndarray:
    """(R,) bool: the rows with the name of a total in one column of several ids, and an empty cell in another."""
    cells = [stripped(frame.columns[name]) for name in ids if name in frame.columns]
    if len(cells) < 2:
        return np.zeros(len(frame.line), bool)
    empty = np.logical_or.reduce([np.strings.str_len(texts) == 0 for texts in cells])
    odd = np.zeros(len(empty), bool)
    for row in np.flatnonzero(empty).tolist():
        odd[row] = any(called(str(texts[row]), TOTALS) != OTHER for texts in cells)
    return odd if not odd.all() else ~odd


def without_sums(columns: Columns, names: Sequence[str]) -> Columns:
    """The Columns without the rows of totals by those called `names` that hold words."""
    odd = sums_in(columns.frame, columns.of_kind(names, "word"))
    return Columns(kept_rows(columns.frame, ~odd), columns.na) if odd.any() else columns
