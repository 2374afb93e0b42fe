"""Tables with a series in each row, laid end to end in the order of the files, as in the M4 competition."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ...data.series.arranging import NO_ID
from ...data.series.gaps import GapReport
from ...data.series.panel import ID, TARGET, Panel, Series
from ...data.series.roles import Roles
from ...data.tables.found_signs import find_signs
from ...data.tables.frame import Written, read_frame
from ...data.tables.looks import written_as
from ...data.tables.numbers import parse_numbers
from ...data.tables.reading import Reading
from ...data.tables.signs import Signs
from ...data.tables.wide_tables import TEXT, rows_of_series
from ...data.whole_numbers import whole_of
from ...errors import ConfigError, DataError


@dataclass(frozen=True)
class RowTables:
    """The Panel of tables with a series in each row; SHA-256 of each file's bytes; the columns of the first one, how it
    is written, and its Signs."""

    panel: Panel
    digests: tuple[str, ...]
    columns: tuple[str, ...]
    written: Written
    signs: Signs

    @property
    def next_column(self) -> tuple[str, str]:
        """(name, number) of the column of values that comes next; the first one where series differ in length."""
        first, lengths = self.columns[1], {len(each) for each in self.panel.series}
        stem = first.rstrip("0123456789")
        number = whole_of(first[len(stem) :])
        begin = 1 if number is None else number
        return stem, str(begin + (lengths.pop() if len(lengths) == 1 else 0))


def series_in_rows(
    config: Any, check: Callable[..., None] | None, progress: Callable[[int, int], None] | None
) -> RowTables:
    """The RowTables of a Config.

    check: as `cells.value_check` returns it.
    DataError, with the place, for anything that cannot be read, and for files with different ids.
    """
    settings = config.series
    for name in ("id_col", "time_col", "target_col", "past_cols", "future_cols", "static_cols"):
        if getattr(settings, name) and getattr(settings, name) != NO_ID:
            raise ConfigError(
                f"series.{name}: a table of layout 'rows' has only series, no such columns",
                "leave it out, or use --layout long",
            )
    reading = Reading.of(config.table, config.data.encoding)
    frames = [read_frame([name], reading, progress, ragged=True) for name in config.data.files]
    tables = [rows_of_series(frame) for frame in frames]
    for table in tables[1:]:
        if unshared := tables[0].texts.keys() ^ table.texts.keys():
            raise DataError(
                f"{table.frame.files[0]}: only it or {frames[0].files[0]} has the series {sorted(unshared)[0]!r}",
                "files that are laid end to end need the same ids",
            )
    texts = [np.array([text for cells in table.texts.values() for text in cells], TEXT) for table in tables]
    where = [partial(_place, table) for table in tables]
    signs, _ = find_signs({str(k): cells for k, cells in enumerate(texts)}, lambda row, k: where[int(k)](row), reading)
    parts = [_numbers(*each, signs, reading, check) for each in zip(tables, texts, where, strict=True)]
    series = tuple(_by_row(name, np.concatenate([part[name] for part in parts])) for name in tables[0].texts)
    longest = max(series, key=len)
    if len(longest) < 2:
        raise DataError(
            f"{tables[0].where(longest.id, 0)}: no series has more than one value",
            "a series needs at least two: one to read, one to forecast",
        )
    panel = Panel(series, Roles(ID, None, (TARGET,)), None, None, tuple(frame.files[0] for frame in frames))
    digests = tuple(digest for frame in frames for digest in frame.digests)
    written = written_as(frames[0].written, signs, texts, reading.na)
    return RowTables(panel, digests, tuple(frames[0].columns), written, signs)


def _edges(table):
    """(S + 1,) where the cells of each series of a SeriesRows begin, laid end to end."""
    return np.concatenate([[0], np.cumsum([len(cells) for cells in table.texts.values()])])


def _place(table, cell):
    """The place of a cell, counted over all series of a SeriesRows."""
    edges = _edges(table)
    k = int(np.searchsorted(edges, cell, side="right")) - 1
    return table.where(list(table.texts)[k], int(cell - edges[k]))


def _numbers(table, texts, where, signs, reading, check):
    """{id: (L,) float64} of SeriesRows with the cells `texts`, laid end to end."""
    values = parse_numbers(texts, where, signs, reading.na)
    if check is not None:
        check(values, where, "the value")
    return dict(zip(table.texts, np.split(values, _edges(table)[1:-1]), strict=True))


def _by_row(name, values):
    """The Series of values (L,) without stamps."""
    y, nothing = values[:, None], np.zeros((len(values), 0))
    return Series(name, np.arange(1, len(y) + 1), y, y, ~np.isnan(y), nothing, nothing, (), GapReport())
