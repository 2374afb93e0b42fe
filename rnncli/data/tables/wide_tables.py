"""Tables in which series stand side by side, a column each, or below each other, a row each."""

from dataclasses import dataclass
from itertools import chain

import numpy as np

from ...errors import DataError
from .frame import Frame, listed
from .numbers import is_missing


@dataclass(frozen=True)
class SeriesRows:
    """Series that stand in a row each, the first cell their id."""

    texts: dict[str, list[str]]  # the cells of each series, missing ones at its end left out
    frame: Frame  # where they come from
    rows: dict[str, int]  # the row of each series

    def where(self, unique_id: str, step: int) -> str:
        """The place of cell `step` of a series in words."""
        return self.frame.where(self.rows[unique_id], list(self.frame.columns)[step + 1])


def melt_wide(frame: Frame, time_col: str | None = None) -> Frame:
    """The long Frame of a wide one, whose columns are a series each: unique_id, the time column if there is one, y.

    Series follow each other in the order of the header. DataError where the time column is not there, is called as a
    new column is, or is the only one.
    """
    if time_col is not None and time_col not in frame.columns:
        raise DataError(f"{frame.files[0]}: there is no column {time_col!r}", f"its columns: {listed(frame.columns)}")
    if time_col in ("unique_id", "y"):
        raise DataError(
            f"{frame.files[0]}: the time column is called {time_col!r}, as another of the long table is", "call it ds"
        )
    if not (series := [name for name in frame.columns if name != time_col]):
        raise DataError(f"{frame.files[0]}: no column beside {time_col!r}", "a wide table has a column per series")
    S = len(series)
    times = {} if time_col is None else {time_col: frame.columns[time_col] * S}
    columns = {
        "unique_id": [name for name in series for _ in frame.line],
        **times,
        "y": list(chain.from_iterable(frame.columns[name] for name in series)),
    }
    return Frame(columns, frame.files, np.tile(frame.file, S), np.tile(frame.line, S), melted=True)


def rows_of_series(frame: Frame) -> SeriesRows:
    """The SeriesRows of a table with a series in each row, its id first, as in the M4 competition.

    Missing cells at a row's end are no part of it. DataError for a series without id or value, or an id met before.
    """
    ids, *steps = frame.columns
    if not steps:
        raise DataError(f"{frame.files[0]}: one column, {ids!r}", "give a series per row: its id, then its values")
    texts, rows = {}, {}
    for row, (name, *cells) in enumerate(zip(*frame.columns.values(), strict=True)):
        place = frame.where(row, ids)
        if is_missing(name):
            raise DataError(f"{place}: the series has no id", "begin each row with an id")
        if name in rows:
            raise DataError(f"{place}: {name!r} is the id of {frame.where(rows[name], ids)} too", "change one of them")
        while cells and is_missing(cells[-1]):
            cells.pop()
        if not cells:
            raise DataError(f"{place}: series {name!r} has no values", "leave its row out")
        texts[name], rows[name] = cells, row
    return SeriesRows(texts, frame, rows)
