"""`rnncli generate` for a forecaster: the continuation of each series as a table, a drawing and a picture."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

import numpy as np

from ...data.series.panel import ID, TIME, Panel
from ...data.tables.table import Look
from ...errors import ConfigError, DataError, ModelFileError
from ...phrases import counted
from ..base import Output
from .asked import Asked, checked
from .conformal import counts, fewest
from .covariates import in_words
from .data import SeriesData, load_series
from .digits import decimals_for, spreads
from .ends import notes_on_ends, rows_ahead
from .forecast_table import ForecastTable
from .future_covariates import check_covariates, future_stamps, with_future
from .intervals import possible_levels
from .like_input import as_in_table, with_own_keys
from .newer_files import other_series, other_size
from .plots import draw, pictures
from .predictor import Forecasts, Predictor
from .table_output import Table, check_output, write_rows
from .table_style import Style
from .tail import from_tail, stored_units

RESIDUALS = "series/residuals"  # the name of the residuals in a model file
USUAL = (80, 95)  # default levels of the intervals


def generate(loaded: Any, options: Mapping[str, Any], out: Output) -> None:
    """Write forecasts of a model (Loaded) to an Output; see `tasks.base.Task.generate`."""
    asked = checked(options)
    check_output(asked.output, out.format, (*asked.files, asked.future, *loaded.config.data.files))
    h = loaded.model.h
    data = history(loaded, asked, out)
    horizon = asked.horizon or asked_by(data.panel, loaded, asked, out) or h
    reach = -(-horizon // h) * h  # the model reads whole blocks of h steps, with covariates after the horizon if known
    if asked.future:
        data = with_future(data, [asked.future], asked.config, asked.given)
        for note in data.notes:
            out.note(f"note: {note}")
    chosen = numbers_of(data.ids, asked.series or ())
    part = replace(data, panel=replace(data.panel, series=tuple(data.panel.series[s] for s in chosen)))
    if asked.future_template:
        header, rows = template(part.panel, future_stamps(part, horizon), horizon)
        like = asked.like_input and with_own_keys(header[2:], rows, data.arrangement)
        shown = like or Table(header, rows)
        write_rows(shown, out, style_of(asked, data, shown), asked.output)
        return
    for note in notes_on_ends(part.panel, data.windows.L):
        out.note(f"note: {note}")
    check_covariates(part, horizon)
    forecasts = forecast(loaded, data.reaching(reach), chosen, asked, horizon, out)
    stamps = future_stamps(part, horizon)
    check_finite(loaded, part.panel, forecasts)
    texts = [part.panel.text(stamps[name]) for name in part.ids]
    spread = spreads(part.panel.series, forecasts.mean)
    like = bool(asked.like_input)
    table = ForecastTable(list(part.ids), texts, part.panel.roles.targets, forecasts, spread, like)
    shown = as_in_table(table, data.arrangement) if like else Table(table.header(), table.rows())
    write_rows(shown, out, style_of(asked, data, shown, spread), asked.output)
    if out.interactive or asked.plot:
        draw(list(pictures(part.panel, stamps, forecasts)), asked.plot, out)


def history(loaded: Any, asked: Asked, out: Output) -> SeriesData:
    """The SeriesData to continue: the given files, or else the end of the training table."""
    if not asked.files:
        return own_end(loaded)
    config = replace(asked.config, data=replace(asked.config.data, files=asked.files))
    data = load_series(
        config,
        loaded.encoder,
        lambda done, total: out.progress("reading", done, total),
        stored_units(loaded.arrays, loaded.record),
    )
    had = own_end(loaded)
    told = other_series(had.ids, data.ids, asked.files) if not asked.series else ()
    for note in (*data.notes, *told):
        out.note(f"note: {note}")
    for warning in other_size(had.panel.series, data.panel.series, data.panel.roles.targets, asked.files):
        out.note(f"warning: {warning}")
    return data


def own_end(loaded: Any) -> SeriesData:
    """The SeriesData of the end of the training table."""
    return from_tail(loaded.encoder, loaded.arrays, loaded.record, loaded.config)


def asked_by(panel: Panel, loaded: Any, asked: Asked, out: Output) -> int:
    """The number of steps that given files ask to forecast, with a note; 0 for none, and for as many as the data of the
    run had: in training they decided the horizon where no other was given."""
    ahead = rows_ahead(panel) if asked.files else 0
    if ahead and ahead == rows_ahead(own_end(loaded).panel):
        return 0
    if ahead:
        out.note(f"note: horizon {ahead:,}: the rows without a target at the end of {', '.join(panel.files)}")
    return ahead


def numbers_of(ids: Sequence[str], names: Sequence[str]) -> np.ndarray:
    """(S,) the indices in `ids` of the series named, in the order of `ids`; all without names. DataError for an unknown
    name."""
    if unknown := [name for name in names if name not in ids]:
        near = get_close_matches(unknown[0], ids, 1)
        listed = f"known: {', '.join(ids[:5])}{', ...' if len(ids) > 5 else ''}"
        raise DataError(
            f"--series: there is no series '{unknown[0]}'", f"did you mean '{near[0]}'?" if near else listed
        )
    return np.array([s for s, name in enumerate(ids) if not names or name in names])


def forecast(loaded: Any, data: SeriesData, chosen: np.ndarray, asked: Asked, horizon: int, out: Output) -> Forecasts:
    """The Forecasts of the `horizon` steps after the end of the series numbered `chosen` (S,)."""
    levels = chosen_levels(loaded, asked, out)
    if horizon > loaded.model.h:
        out.note(
            f"note: the model was trained for {counted(loaded.model.h, 'step')} ahead; later steps build on its own "
            "forecasts"
        )
    if asked.num_samples and asked.drawn:
        out.note(f"seed {asked.seed}")
    predictor = Predictor.of(loaded, data.windows, len(chosen))
    return predictor.forecast(
        chosen,
        data.windows.lengths[chosen],
        levels,
        asked.quantiles,
        asked.num_samples or 0,
        asked.seed,
        loaded.arrays.get(RESIDUALS),
        asked.min,
        horizon,
        lambda done, total: out.progress("forecasting", done, total),
    )


def chosen_levels(loaded: Any, asked: Asked, out: Output) -> tuple[float, ...]:
    """The levels given; by default the usual ones as far as the model can predict them, with a note."""
    if asked.level is not None or asked.quantiles or asked.num_samples:
        return asked.level or ()
    feeds_back = loaded.config.forecast.mode == "recursive"
    levels = possible_levels(loaded.model.likelihood, loaded.arrays.get(RESIDUALS), USUAL, feeds_back)
    if missing := [level for level in USUAL if level not in levels]:
        out.note(reason_without(loaded, missing))
    return levels


def reason_without(loaded: Any, missing: Sequence[float]) -> str:
    """A note on why a model has no intervals of the `missing` levels."""
    without = f"note: no {' and '.join(f'{level} %' for level in missing)} intervals"
    learnt = getattr(loaded.model.likelihood, "levels", None)
    if learnt is not None and loaded.config.forecast.mode == "direct":
        return (
            f"{without}: they lie outside the trained quantiles, "
            f"{', '.join(f'{q:g}' for q in learnt)}; train with other --quantiles"
        )
    residuals = loaded.arrays.get(RESIDUALS)
    windows = 0 if residuals is None else int(counts(residuals).min())
    needed = " and ".join(str(fewest(level)) for level in missing)
    return (
        f"{without}: they need {needed} held-out windows, the model has {windows}; train with a larger --val-size, or "
        "with --loss gaussian"
    )


def check_finite(loaded: Any, panel: Panel, forecasts: Forecasts) -> None:
    """Raises ModelFileError for the first series whose forecast is not finite."""
    wrong = np.flatnonzero(~np.isfinite(forecasts.mean).all(axis=(1, 2)))
    if len(wrong):
        raise ModelFileError(
            f"{loaded.path}: the forecast of series '{panel.series[wrong[0]].id}' is not finite",
            "the weights may have diverged: train again with a lower learning rate",
        )


def template(panel: Panel, stamps: Mapping[str, np.ndarray], horizon: int) -> tuple[list[str], list[list[Any]]]:
    """(header, rows) of the table for --future: id, stamp and future covariates, nan where they are not known.

    stamps: {id: (horizon,)} of the steps ahead. Raises ConfigError for a model without future covariates.
    """
    roles = panel.roles
    if not roles.known:
        raise ConfigError(
            "--future-template: the model has no future covariates (it was trained without --future-cols)",
            "forecast without --future-template",
        )
    rows = []
    for each in panel.series:
        known = np.full((horizon, len(roles.known)), np.nan)
        given = each.known[len(each) :][:horizon]
        known[: len(given)] = given
        cells = [in_words(panel.categories.get(name), known[:, k]) for k, name in enumerate(roles.known)]
        rows += [[each.id, *row] for row in zip(panel.text(stamps[each.id]), *cells)]
    return [roles.id or ID, roles.time or TIME, *roles.known], rows


def style_of(asked: Asked, data: SeriesData, table: Table, spread: np.ndarray | None = None) -> Style:
    """How a table is written: as the data are, if that was asked for, with the decimals that `decimals_for` a spread
    (W, K) of forecasts."""
    if not asked.like_input:
        return Style(asked.round)
    looks = data.written.looks
    if looks and spread is not None:
        looks = [
            replace(look, decimals=decimals_for(look.decimals, spread[:, k] / look.factor))
            for k, look in enumerate(looks)
        ]
        return Style(asked.round, data.written, False, tuple(Look() if k is None else looks[k] for k in table.targets))
    return Style(asked.round, data.written, False)
