"""Wide tables, in which each column is a series, each row is one, or the header holds the times."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from ...errors import DataError
from .frame import Frame, listed
from .missing import is_missing
from .table import TEXT, alike, stored_of

CHUNK = 1 << 16  # texts that are Python strings at a time, which take five times the memory
ID, TIME, VALUE = "unique_id", "ds", "y"  # the columns of the long table


class Taken(Mapping[str, np.ndarray]):
    """The columns of a long table as cells of a wide one, each made anew when it is asked for, but for the last one: a
    million rows repeat a few ids and times, and only the numbers read from their values are kept."""

    def __init__(self, sources: Mapping[str, tuple[np.ndarray, Any]]):
        """sources: {name: (cells, index)}, so that cells[index] are the R cells of the column."""
        self._sources = sources
        self._last: tuple[str | None, np.ndarray] = None, np.zeros(0, TEXT)

    def __getitem__(self, name: str) -> np.ndarray:
        if self._last[0] != name:
            cells, index = self._sources[name]
            self._last = None, np.zeros(0, TEXT)  # two columns at once take twice the memory
            self._last = name, cells[index].astype(TEXT, copy=False)
        return self._last[1]

    def head(self, name: str) -> np.ndarray:
        """(1,) the first cell of a column."""
        cells, index = self._sources[name]
        if not isinstance(index, slice):
            index = tuple(each[:1] for each in index) if isinstance(index, tuple) else index[:1]
        return cells[index][:1].astype(TEXT)

    def source(self, name: str) -> tuple[np.ndarray, Any]:
        """(cells, index) of a column."""
        return self._sources[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)


@dataclass(frozen=True)
class Melted(Frame):
    """The long Frame of a wide table, which knows the column of the file that each value stands in."""

    origin: tuple[str, ...] = ()  # the columns of values in the file
    column: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))  # (R,) index in `origin` of each row's
    kept: frozenset[str] = frozenset()  # columns of the file that the long table has too
    series: np.ndarray | None = None  # (R,) the number of each row's series
    names: tuple[str, ...] = ()  # of the series, in the order of their first rows

    def where(self, row: int, column: str) -> str:
        """The place of a cell in words; an id or a time that the header holds has the place of its value."""
        if column not in self.kept:
            column = self.origin[self.column[row]]
        return super().where(row, column)


@dataclass(frozen=True)
class SeriesRows:
    """Series in one row each; the first cell is the id."""

    texts: dict[str, list[str]]  # the cells of each series, without missing ones at its end
    frame: Frame  # the table
    rows: dict[str, int]  # the row of each series

    def where(self, unique_id: str, step: int) -> str:
        """The place of cell `step` of a series, in words."""
        return self.frame.where(self.rows[unique_id], list(self.frame.columns)[step + 1])


def as_texts(cells: Sequence[str] | np.ndarray) -> np.ndarray:
    """(R,) the cells as an array of texts."""
    return cells if isinstance(cells, np.ndarray) else np.array(cells, TEXT)


def melt_wide(frame: Frame, time_col: str | None = None, ignored: Sequence[str] = ()) -> Frame:
    """The long Frame of a wide one with a series per column: unique_id, the time column if there is one, y.

    Series keep the order of the header; `ignored` columns are none. DataError if the time column is missing, has the
    name of a new column, or is the only column.
    """
    if time_col is not None and time_col not in frame.columns:
        raise DataError(f"{frame.files[0]}: there is no column {time_col!r}", f"its columns: {listed(frame.columns)}")
    if time_col in (ID, VALUE):
        raise DataError(
            f"{frame.files[0]}: the time column is called {time_col!r}, a name that the long table needs",
            f"rename it to {TIME}",
        )
    if not (series := [name for name in frame.columns if name != time_col and name not in ignored]):
        raise DataError(f"{frame.files[0]}: no column besides {time_col!r}", "a wide table needs one column per series")
    S, R = len(series), len(frame.line)
    row, column = np.tile(np.arange(R, dtype=np.int32), S), np.repeat(np.arange(S, dtype=np.int32), R)
    times = {} if time_col is None else {time_col: (as_texts(frame.columns[time_col]), row)}
    stored = stored_of(frame.columns)
    values = np.concatenate(alike([stored[name] for name in series]))
    columns = {ID: (np.array(series, TEXT), column), **times, VALUE: (values, slice(None))}
    return _melted(frame, columns, row, series, column, times, column, series)


def melt_header(
    frame: Frame,
    ids: np.ndarray | None,
    rows: np.ndarray | None,
    columns: Sequence[str],
    stamps: Sequence[str],
    na: Collection[str] = (),
) -> Frame:
    """The long Frame of a table whose header holds times: unique_id if there are `ids`, ds, y.

    ids (R,): of the rows, None for a single series. rows (R,): the first part of the stamps of each row, None if the
    header holds whole ones. stamps: what each of the C `columns` of values adds. Missing values before the first and
    after the last of a series are left out, as are series without any value.
    """
    series, names = (np.zeros(len(frame.line), np.intp), []) if ids is None else numbered_names(ids)
    given = np.stack([_given(as_texts(frame.columns[name]), na) for name in columns], axis=1)
    row, column = _between(given, series)
    times = np.array(stamps, TEXT), column
    if rows is not None:
        times = np.strings.add(np.strings.strip(rows)[row], times[0][column]), slice(None)
    long: dict[str, tuple[np.ndarray, Any]] = {} if ids is None else {ID: (as_texts(ids), row)}
    stored = stored_of(frame.columns)
    cells = np.stack(alike([stored[name] for name in columns]), axis=1)
    long |= {TIME: times, VALUE: (cells, (row, column))}
    if ids is None:
        return _melted(frame, long, row, columns, column, (), None, ())
    there = np.flatnonzero(np.bincount(series[row], minlength=len(names)))
    compact = np.zeros(len(names), np.int32)
    compact[there] = np.arange(len(there))
    return _melted(frame, long, row, columns, column, (), compact[series][row], [names[k] for k in there.tolist()])


def melt_times(
    frame: Frame,
    ids: np.ndarray | None,
    times: np.ndarray,
    columns: Sequence[str],
    na: Collection[str] = (),
    down: bool = False,
) -> Frame:
    """The long Frame of a table whose C `columns` and R rows each hold a part of a time: unique_id if there are `ids`
    (R,), ds, y.

    times (R, C): the stamps. Missing values are left out: a month of 30 days has a cell for the 31st. `down`: time goes
    on from row to row of a column.
    """
    cells = np.stack([as_texts(frame.columns[name]) for name in columns], axis=1)
    row, column = np.nonzero(np.stack([_given(each, na) for each in cells.T], axis=1))
    texts = times[row, column]
    series = np.zeros(len(frame.line), np.intp) if ids is None else numbered_names(ids)[0]
    keys = (row, column) if down else (texts.argsort(kind="stable").argsort(kind="stable"),)
    order = np.lexsort((*keys, series[row]))
    row, column, texts = row[order].astype(np.int32), column[order].astype(np.int32), texts[order]
    long: dict[str, tuple[np.ndarray, Any]] = {} if ids is None else {ID: (as_texts(ids), row)}
    long |= {TIME: (texts, slice(None)), VALUE: (cells[row, column], slice(None))}
    if ids is None:
        return _melted(frame, long, row, columns, column, (), None, ())
    codes, there = numbered_names(as_texts(ids)[row])
    return _melted(frame, long, row, columns, column, (), codes, there)


def _given(cells, na):
    """(R,) bool: which cells hold a value."""
    given = np.strings.str_len(cells) > 0
    try:
        numbers = None if na else cells[given].astype(np.float64)
    except ValueError:
        numbers = None
    if numbers is not None:
        given[given] = ~np.isnan(numbers)
        return given
    # return_index: a stable sort; the other one of texts may end Python in NumPy 2.4
    words, _, missing = np.unique(cells, return_index=True, return_inverse=True)
    return ~np.array([is_missing(word, na) for word in words.tolist()], bool)[missing]


def _between(given, series):
    """(rows, columns) (n,) of the cells (R, C) that are `given`, or stand between two of their series that are, row by
    row; series (R,): the number of each row's."""
    R, C = given.shape
    first, last = np.full(series.max() + 1, given.size), np.full(series.max() + 1, -1)
    filled = np.flatnonzero(given.any(axis=1))
    begin, end = filled * C + given[filled].argmax(axis=1), (filled + 1) * C - 1 - given[filled, ::-1].argmax(axis=1)
    np.minimum.at(first, series[filled], begin)
    np.maximum.at(last, series[filled], end)
    begins = np.clip(first[series] - np.arange(R) * C, 0, C)
    counts = np.clip(last[series] + 1 - np.arange(R) * C, begins, C) - begins
    row = np.repeat(np.arange(R, dtype=np.int32), counts)
    skipped = np.cumsum(counts) - counts - begins  # places in the long table before those of a row
    return row, (np.arange(len(row)) - skipped[row]).astype(np.int32)


def series_of(frame: Frame, column: str) -> tuple[np.ndarray, list[str]]:
    """((R,) the number of each row's series, [the ids]), in the order in which the ids appear in a column."""
    if isinstance(frame, Melted) and frame.series is not None and column == ID:
        return frame.series, list(frame.names)
    return numbered_names(frame.columns[column])


def numbered_names(texts: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """((R,) int32 the number of each of the texts (R,), [the different ones]), in the order in which they appear."""
    numbers: dict[str, int] = {}
    begins = np.concatenate([[True], texts[1:] != texts[:-1]])[: len(texts)]  # of runs, such as those of series
    heads = texts[begins]
    codes = np.empty(len(heads), np.int32)
    for k in range(0, len(heads), CHUNK):
        some = map(str, heads[k : k + CHUNK].tolist())
        codes[k : k + CHUNK] = [numbers.setdefault(text, len(numbers)) for text in some]
    return codes[np.cumsum(begins, dtype=np.int32) - 1], list(numbers)


def _melted(frame, columns, rows, origin, column, kept, series, names):
    """The Melted with Taken `columns`, whose rows come from `rows` of a Frame."""
    own = {each.name: getattr(frame, each.name) for each in fields(Frame)}
    own["columns"] = Taken(columns)
    own |= {"file": frame.file[rows], "line": frame.line.astype(np.int32, copy=False)[rows]}
    more = {"origin": tuple(origin), "column": column, "kept": frozenset(kept), "series": series}
    return Melted(**own, **more, names=tuple(names))


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
        place, name = frame.where(row, ids), str(name).strip()
        if not name:
            raise DataError(f"{place}: the series has no id", "begin each row with an id")
        if name in rows:
            raise DataError(f"{place}: {name!r} is also the id of {frame.where(rows[name], ids)}", "change one of them")
        while cells and is_missing(cells[-1]):
            cells.pop()
        if not cells:
            raise DataError(f"{place}: series {name!r} has no values", "remove its row")
        texts[name], rows[name] = list(map(str, cells)), row
    return SeriesRows(texts, frame, rows)
