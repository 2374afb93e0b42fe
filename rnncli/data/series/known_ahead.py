"""Rows without a target at the end of a table are the rows to be forecast: what has values there is known ahead."""

from collections.abc import Sequence

import numpy as np

from ..tables.missing import is_missing
from .columns import Columns

MOST_SERIES = 0.5  # share of the series that must have such rows


def known_ahead(columns: Columns, free: Sequence[str], ids: Sequence[str], targets: Sequence[str]) -> tuple[str, ...]:
    """The columns, other than parts of dates, with a value in every row after the last target of its series; () where
    fewer than half of the series have such rows."""
    rows = rows_after_last(columns, ids, targets)
    series = columns.distinct(ids) if ids else 1
    ahead = columns.codes(ids)[rows] if ids else rows * 0
    if not len(rows) or len(np.unique(ahead)) < MOST_SERIES * series:
        return ()
    return tuple(
        name
        for name in columns.of_kind(free, "number", "truth", "word")
        if columns.distinct(name) > 1
        and not columns.follows_from_date(name)
        and not columns.counts(name)
        and not (ids and columns.is_within(name, ids))
        and not any(columns.is_missing(name, row) for row in rows.tolist())
    )


def rows_after_last(columns: Columns, ids: Sequence[str], targets: Sequence[str]) -> np.ndarray:
    """(n,) the rows that come, in the order of the file, after the last row of their series with a target."""
    if not targets or not is_missing(str(columns.frame.columns[targets[0]][columns.rows - 1]), columns.na):
        return np.zeros(0, np.intp)  # the usual case, at the price of one cell
    missing = np.ones(columns.rows, bool)
    for name in targets:
        missing &= [is_missing(str(text), columns.na) for text in columns.frame.columns[name]]
    codes = columns.codes(ids) if ids else np.zeros(columns.rows, np.int64)
    last = np.full(codes.max(initial=0) + 1, -1)
    seen = np.flatnonzero(~missing)
    last[codes[seen]] = seen  # the last assignment counts
    return np.flatnonzero(np.arange(columns.rows) > last[codes])
