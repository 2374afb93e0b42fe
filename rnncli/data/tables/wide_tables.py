"""Wide tables, in which each column is a series or each row is one."""

from dataclasses import dataclass
from itertools import chain

import numpy as np

from ...errors import DataError
from .frame import Frame, listed
from .numbers import is_missing


@dataclass(frozen=True)
class SeriesRows:
    """Series in one row each; the first cell is the id."""

    texts: dict[str, list[str]]  # the cells of each series, without missing ones at its end
    frame: Frame  # the table
    rows: dict[str, int]  # the row of each series

    def where(self, unique_id: str, step: int) -> str:
        """The place of cell `step` of a series, in words."""
        return self.frame.where(self.rows[unique_id], list(self.frame.columns)[step + 1])


def melt_wide(frame: Frame, time_col: str | None = None) -> Frame:
    """The long Frame of a wide one with a series per column: unique_id, the time column if there is one, y.

    Series keep the order of the header. DataError if the time column is missing, has the name of a new column, or is
    the only column.
    """
    if time_col is not None and time_col not in frame.columns:
        raise DataError(f"{frame.files[0]}: there is no column {time_col!r}", f"its columns: {listed(frame.columns)}")
    if time_col in ("unique_id", "y"):
        raise DataError(
            f"{frame.files[0]}: the time column is called {time_col!r}, a name that the long table needs",
            "rename it to ds",
        )
    if not (series := [name for name in frame.columns if name != time_col]):
        raise DataError(f"{frame.files[0]}: no column besides {time_col!r}", "a wide table needs one column per series")
    S = len(series)
    times = {} if time_col is None else {time_col: frame.columns[time_col] * S}
    columns = {
        "unique_id": [name for name in series for _ in frame.line],
        **times,
        "y": list(chain.from_iterable(frame.columns[name] for name in series)),
    }
    return Frame(columns, frame.files, np.tile(frame.file, S), np.tile(frame.line, S), melted=True)


def rows_of_series(frame: Frame) -> SeriesRows:
    """The SeriesRows of a table with one series per row, its id first, as in the M4 competition.

    Missing cells at the end of a row are dropped. DataError for a series without id or value, or a repeated id.
    """
    ids, *steps = frame.columns
    if not steps:
        raise DataError(
            f"{frame.files[0]}: only one column, {ids!r}", "write one series per row: its id, then its values"
        )
    texts, rows = {}, {}
    for row, (name, *cells) in enumerate(zip(*frame.columns.values(), strict=True)):
        place = frame.where(row, ids)
        if is_missing(name):
            raise DataError(f"{place}: the series has no id", "begin each row with an id")
        if name in rows:
            raise DataError(f"{place}: {name!r} is also the id of {frame.where(rows[name], ids)}", "change one of them")
        while cells and is_missing(cells[-1]):
            cells.pop()
        if not cells:
            raise DataError(f"{place}: series {name!r} has no values", "remove its row")
        texts[name], rows[name] = cells, row
    return SeriesRows(texts, frame, rows)
