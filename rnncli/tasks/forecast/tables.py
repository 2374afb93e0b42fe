"""Reads the tables of a configuration, whatever their layout, into one Panel."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from ...data.series.gaps import GapReport
from ...data.series.panel import ID, TARGET, TELLING, Panel, Roles, Series, find_roles, read_panel, time_column
from ...data.series.scaling import check_positive
from ...data.tables.frame import listed, read_frame
from ...data.tables.numbers import parse_numbers
from ...data.tables.wide_tables import melt_wide, rows_of_series
from ...data.time.frequency import find_frequency
from ...data.time.stamps import has_form
from ...errors import ConfigError, DataError


def read_tables(
    config: Any, encoder: Any = None, progress: Callable[[int, int], None] | None = None
) -> tuple[Panel, tuple[str, ...]]:
    """(Panel, SHA-256 of each file's bytes) of the files in `config.data`, read with the settings of `config.series`.

    With the SeriesEncoder of a model, the table must have the columns that it reads. DataError, with the place, for
    anything that cannot be read; ConfigError for settings that do not fit the table.
    """
    files, settings = config.data.files, config.series
    if settings.layout not in ("auto", "long"):
        _refuse_covariates(settings)
    if settings.layout == "rows":
        return _series_in_rows(config, progress)
    table = read_frame(files, config.data.encoding, progress)
    frame, roles = _long(table, settings, encoder)
    frequency, form = settings.freq, settings.time_format
    if encoder is not None:
        frequency, form = encoder.frequency or "none", form or form_of(frame, roles, encoder)
    panel = read_panel(
        frame,
        roles,
        frequency,
        form,
        config.table.decimal or ".",
        config.table.thousands or "",
        settings.unsorted,
        settings.duplicates,
        value_check(config.forecast),
    )
    if max(map(len, panel.series)) < 2:
        what = "this row is the only one" if len(frame.line) == 1 else "this series has one row, and no other has more"
        raise DataError(
            f"{frame.where(0, roles.targets[0])}: {what}", "a series needs at least two: one to read, one to forecast"
        )
    if encoder is not None:
        _refuse_longer_steps(panel, encoder)
    else:
        roles = (panel.roles.id, panel.roles.time, *panel.roles.numeric, *panel.roles.static)
        panel = replace(panel, unread=tuple(name for name in frame.columns if name not in roles))
    return panel, table.digests


def _refuse_longer_steps(panel, encoder):
    """DataError where the steps of a series are longer than those of the model: most of its values would be missing."""
    step = encoder.step_between
    for one in panel.series if step else ():
        there = one.stamps[: len(one)][one.real.any(axis=1)]
        own = find_frequency(there, encoder.kind) if len(there) >= TELLING else None
        if own and own.unit == step.unit and own.size > step.size:
            raise DataError(
                f"{panel.files[0]}: series '{one.id}' has a value every {own.alias}; the model reads one "
                f"every {step.alias}",
                "give a table with the step of the model, or train another model",
            )


def _long(frame, settings, encoder):
    """(the long Frame of a Frame, the Roles of its columns)."""
    if settings.layout == "wide":
        time = only(settings.time_col) or time_column(frame, list(frame.columns))
        return melt_wide(frame, time), Roles(ID, time, (TARGET,))
    if encoder is not None:
        return frame, _known_roles(frame, encoder.roles)
    return frame, find_roles(
        frame,
        only(settings.id_col),
        only(settings.time_col),
        settings.target_col,
        settings.past_cols,
        settings.future_cols,
        settings.static_cols,
    )


def only(columns: tuple[str, ...] | None) -> str | None:
    """The only column of a role, None if it has none."""
    return columns[0] if columns else None


def form_of(frame: Any, roles: Roles, encoder: Any) -> str | None:
    """The stamp format of an encoder if the first stamp of a table has it; None: detect another."""
    if roles.time and encoder.format and has_form(frame.columns[roles.time][0], encoder.format):
        return encoder.format
    return None


def _refuse_covariates(settings):
    for name in ("id_col", "target_col", "past_cols", "future_cols", "static_cols"):
        if getattr(settings, name):
            raise ConfigError(
                f"series.{name}: a table of layout '{settings.layout}' has only series, no such columns",
                "leave it out, or use --layout long",
            )


def _known_roles(frame, roles):
    """`roles` of a model, if the Frame has all of their columns."""
    wanted = [name for name in (roles.id, roles.time) if name] + [*roles.numeric, *roles.static]
    if missing := [name for name in wanted if name not in frame.columns]:
        raise DataError(
            f"{frame.files[0]}: no column {', '.join(missing)}, which the model reads",
            f"the model's columns: {listed(wanted)}; the table's: {listed(frame.columns)}",
        )
    return roles


def value_check(forecast: Any) -> Callable[..., None] | None:
    """check(values (R,), where, column) for the values that `forecast` can be trained on; None where any number is
    fine."""
    if forecast.loss == "negative-binomial":
        return _check_counts
    return check_positive if forecast.log else None


def _check_counts(values, where, column):
    bad = np.flatnonzero((values < 0) | (values != np.round(values)) & ~np.isnan(values))
    if len(bad):
        raise DataError(
            f"{where(bad[0])}: {column} is {values[bad[0]]:g}, which is not a count",
            "the loss 'negative-binomial' is for whole numbers from 0 on; use another, such as student-t",
        )


def _series_in_rows(config, progress):
    """(Panel, digests) of tables with a series in each row, laid end to end in the order of the files."""
    if config.series.time_col:
        raise ConfigError("series.time_col: a table of layout 'rows' has no column of time", "leave it out")
    frames = [read_frame([name], config.data.encoding, progress, ragged=True) for name in config.data.files]
    tables = [rows_of_series(frame) for frame in frames]
    for table in tables[1:]:
        if unshared := tables[0].texts.keys() ^ table.texts.keys():
            raise DataError(
                f"{table.frame.files[0]}: only it or {frames[0].files[0]} has the series {sorted(unshared)[0]!r}",
                "files that are laid end to end need the same ids",
            )
    check = value_check(config.forecast)
    parts = [_numbers_in_rows(table, config.table, check) for table in tables]
    series = tuple(_by_row(name, np.concatenate([part[name] for part in parts])) for name in tables[0].texts)
    longest = max(series, key=len)
    if len(longest) < 2:
        raise DataError(
            f"{tables[0].where(longest.id, 0)}: no series has more than one value",
            "a series needs at least two: one to read, one to forecast",
        )
    panel = Panel(series, Roles(ID, None, (TARGET,)), None, None, tuple(frame.files[0] for frame in frames))
    return panel, tuple(digest for frame in frames for digest in frame.digests)


def _numbers_in_rows(table, settings, check):
    """{id: (L,) float64} of SeriesRows."""
    names, sizes = list(table.texts), [len(cells) for cells in table.texts.values()]
    edges = np.concatenate([[0], np.cumsum(sizes)])

    def where(cell):
        k = int(np.searchsorted(edges, cell, side="right")) - 1
        return table.where(names[k], int(cell - edges[k]))

    texts = [text for cells in table.texts.values() for text in cells]
    values = parse_numbers(texts, where, settings.decimal or ".", settings.thousands or "")
    if check is not None:
        check(values, where, "the value")
    return dict(zip(names, np.split(values, edges[1:-1]), strict=True))


def _by_row(name, values):
    """The Series of values (L,) without stamps."""
    y, nothing = values[:, None], np.zeros((len(values), 0))
    return Series(name, np.arange(1, len(y) + 1), y, y, ~np.isnan(y), nothing, nothing, (), GapReport())
