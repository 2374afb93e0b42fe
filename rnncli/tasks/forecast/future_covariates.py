"""Future covariates: the stamps that a forecast needs them for, the missing ones, and files that provide them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ...data.tables.frame import read_frame
from ...data.tables.numbers import parse_numbers
from ...data.time.stamps import parse_stamps
from ...errors import ConfigError, DataError
from .data import SeriesData
from .tables import form_of

FARTHEST = 100_000  # steps ahead that a file may reach: a mistyped year must not take gigabytes


def future_stamps(data: SeriesData, h: int) -> dict[str, np.ndarray]:
    """{id: the stamps (h,) int64 of the h steps after the last value of a series}; `data.panel.text` formats them."""
    return {each.id: data.encoder.stamps_after(each, h) for each in data.panel.series}


def missing_covariate(data: SeriesData, h: int) -> tuple[str, str, int] | None:
    """(column, id, stamp) of the first future covariate that a forecast of h steps lacks, or None."""
    for each in data.panel.series:
        given = each.known[len(each) :][:h]
        known = np.full((h, given.shape[1]), np.nan)
        known[: len(given)] = given
        gaps = np.argwhere(np.isnan(known))
        if len(gaps):
            step, column = gaps[0]
            return data.encoder.roles.known[column], each.id, int(data.encoder.stamps_after(each, h)[step])
    return None


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


def with_future(data: SeriesData, names: Sequence[str], config: Any) -> SeriesData:
    """`data` with the future covariates from files with the columns id, time and every future covariate.

    Without a time column, rows are the steps after the last value, in order. Rows of the past are ignored. DataError,
    with the place, for a value that cannot be read, an unknown series, and a stamp between the steps.
    """
    roles = data.encoder.roles
    if not roles.known:
        raise ConfigError("--future: the model has no future covariates", "leave it out")
    frame = read_frame(names, config.data.encoding)
    wanted = [name for name in (roles.id, roles.time) if name] + list(roles.known)
    if missing := [name for name in wanted if name not in frame.columns]:
        raise DataError(f"{frame.files[0]}: no column {', '.join(missing)}", f"needed: {', '.join(wanted)}")
    values = np.stack(
        [
            parse_numbers(
                frame.columns[name],
                lambda row, name=name: frame.where(row, name),
                config.table.decimal or ".",
                config.table.thousands or "",
            )
            for name in roles.known
        ],
        axis=1,
    )
    stamps = None
    if time := roles.time:
        stamps = parse_stamps(
            frame.columns[time],
            lambda row: frame.where(row, time),
            config.series.time_format or form_of(frame, roles, data.encoder),
        ).values
    groups = _rows_by_id(frame, roles.id, data)
    series = tuple(_known_of(each, groups.get(each.id, []), values, stamps, data, frame) for each in data.panel.series)
    return replace(data, panel=replace(data.panel, series=series)).reaching(
        max(data.windows.room, *(len(each.known) - len(each) for each in series))
    )


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


def _known_of(series, rows, values, stamps, data, frame):
    """A Series with its future covariates replaced by the rows of a table."""
    if not rows:
        return series
    L = len(series)
    steps, grid = _steps(series, rows, stamps, data, frame)
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
