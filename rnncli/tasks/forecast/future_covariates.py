"""Future covariates: the stamps that a forecast needs them for, the missing ones, and files that provide them."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ...errors import ConfigError, DataError
from .data import SeriesData
from .future_table import read_future

FARTHEST = 100_000  # steps ahead that a file may reach: a mistyped year must not take gigabytes


def future_stamps(data: SeriesData, h: int) -> dict[str, np.ndarray]:
    """{id: the stamps (h,) int64 of the h steps after the last value of a series}; `data.panel.text` formats them."""
    return {each.id: data.encoder.stamps_after(each, h) for each in data.panel.series}


def missing_covariate(data: SeriesData, h: int) -> tuple[str, str, int] | None:
    """(column, id, stamp) of the first future covariate that a forecast of h steps lacks, or None.

    In a column of words that has empty cells before, such as the names of holidays, an empty cell is none of its words.
    """
    may_be_empty = _often_empty(data)
    for each in data.panel.series:
        given = each.known[len(each) :][:h]
        lacking = np.ones((h, given.shape[1]), bool)
        lacking[: len(given)] = np.isnan(given) & ~may_be_empty
        gaps = np.argwhere(lacking)
        if len(gaps):
            step, column = gaps[0]
            return data.encoder.roles.known[column], each.id, int(data.encoder.stamps_after(each, h)[step])
    return None


def _often_empty(data):
    """(Q,) bool: which future covariates are words with empty cells before the end of some series."""
    words = {column.name for column in data.encoder.words}
    empty = np.any([np.isnan(each.known[: len(each)]).any(axis=0) for each in data.panel.series], axis=0)
    return empty & np.array([name in words for name in data.encoder.roles.known], bool)


def check_covariates(data: SeriesData, h: int) -> None:
    """DataError, with column, id and stamps, where a forecast of h steps lacks a future covariate."""
    found = missing_covariate(data, h)
    if found is None:
        return
    column, name, stamp = found
    first, last = data.panel.text(np.array([stamp, future_stamps(data, h)[name][-1]]))
    raise DataError(
        f"column {column} of series '{name}' has no value for {first}; a forecast of {h:,} steps needs it up to {last}",
        "provide it with --future FILE; --future-template writes that file for you to fill in",
    )


def with_future(data: SeriesData, names: Sequence[str], config: Any, given: Collection[str] = ()) -> SeriesData:
    """`data` with the future covariates from files with the columns id, time and every future covariate, and with the
    notes on these files alone.

    config, given: see `future_table.read_future`. Without a time column, rows are the steps after the last value, in
    order. Rows of the past are ignored. DataError, with the place, for a value that cannot be read, an unknown series,
    and a stamp between the steps.
    """
    roles = data.encoder.roles
    if not roles.known:
        raise ConfigError("--future: the model has no future covariates", "leave it out")
    table = read_future(data, names, config, given)
    groups = _rows_by_id(table.frame, roles.id, data)
    series = tuple(_known_of(each, groups.get(each.id, []), table, data) for each in data.panel.series)
    room = max(data.windows.room, *(len(each.known) - len(each) for each in series))
    panel = replace(data.panel, series=series, categories=table.categories)
    return replace(data, panel=panel, notes=table.notes).reaching(room)


def _rows_by_id(frame, column, data):
    """{id: [rows]} of a Frame; all rows are of the only series if there is no column of ids."""
    if column is None:
        return {data.ids[0]: list(range(len(frame.line)))}
    groups, known = {}, set(data.ids)
    for row, name in enumerate(frame.columns[column]):
        if name not in known:
            raise DataError(
                f"{frame.where(row, column)}: the model has no series '{name}'",
                f"it has {', '.join(data.ids[:5])}{', ...' if len(known) > 5 else ''}",
            )
        groups.setdefault(name, []).append(row)
    return groups


def _known_of(series, rows, table, data):
    """A Series with its future covariates replaced by the rows of a FutureTable."""
    if not rows:
        return series
    L, frame, values = len(series), table.frame, table.values
    steps, grid = _steps(series, rows, table.stamps, data, frame)
    known = np.full((L + max(len(grid), len(series.known) - L), values.shape[1]), np.nan)
    known[: len(series.known)] = series.known
    rows_of = {}
    for row, step in zip(rows, steps):
        if step >= 0:
            if rows_of.setdefault(int(step), row) != row:
                time = data.encoder.roles.time
                raise DataError(
                    f"{frame.where(row, time)}: the same stamp as {frame.where(rows_of[int(step)], time)}",
                    "remove one of the two rows",
                )
            known[L + step] = np.where(np.isnan(values[row]), known[L + step], values[row])
    return replace(series, known=known, stamps=np.concatenate([series.stamps[:L], _longer(grid, series.stamps[L:])]))


def _longer(one, other):
    return one if len(one) >= len(other) else other


def _steps(series, rows, stamps, data, frame):
    """(step of each row after the last value, negative in the past; the stamps of all steps up to the last row)."""
    L, encoder = len(series), data.encoder
    if stamps is None:
        return range(len(rows)), encoder.stamps_after(series, len(rows))
    last, own = series.stamps[L - 1], stamps[rows]
    if encoder.frequency is None:
        grid = np.unique(own[own > last])
        return np.where(own > last, np.searchsorted(grid, own), -1), grid
    frequency = encoder.step_between
    ordinal, phase = frequency.cut(np.append(own, last))
    off = np.flatnonzero(phase[:-1] != phase[-1])
    if len(off):
        raise DataError(
            f"{frame.where(rows[off[0]], encoder.roles.time)}: the stamp is not a whole number of "
            f"{frequency.alias} steps after the last value, {data.panel.text([last])[0]}",
            "--future-template writes the stamps that the forecast needs",
        )
    steps = ordinal[:-1] - ordinal[-1] - 1
    if steps.max() >= FARTHEST:
        row = rows[int(steps.argmax())]
        raise DataError(
            f"{frame.where(row, encoder.roles.time)}: the stamp is {steps.max() + 1:,} steps after the last value",
            f"allowed: up to {FARTHEST:,} steps",
        )
    return steps, encoder.stamps_after(series, max(0, int(steps.max()) + 1))
