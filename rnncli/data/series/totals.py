"""Rows of whole years or quarters among those of their months, as statistical offices write them: M13, 2023 beside
2023 JAN. They are left out, as a value of a year is no step between two months."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..tables.frame import Frame
from ..time.date_columns import parts_of
from ..time.shapes import stripped

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
