"""`rnncli generate` for a forecaster: the continuation of each series as a table, a drawing and a picture."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

import numpy as np

from ...data.series.panel import ID, TIME, Panel
from ...errors import ConfigError, DataError, ModelFileError
from ...phrases import counted
from ..base import Output
from ..picture_files import check_picture
from .conformal import counts, fewest
from .data import SeriesData, from_tail, load_series, stored_units
from .forecast_table import ForecastTable, render_rows
from .future_covariates import check_covariates, future_stamps, with_future
from .intervals import possible_levels
from .number_lists import parse_level, parse_quantiles
from .plots import draw, pictures
from .predictor import Forecasts, Predictor

RESIDUALS = "series/residuals"  # the name of the residuals in a model file
USUAL = (80, 95)  # default levels of the intervals
ROWS = 256  # windows read side by side


@dataclass(frozen=True)
class Asked:
    """The options of the command by their keys, `level` and `quantiles` as numbers."""

    files: tuple[str, ...]
    seed: int
    drawn: bool  # whether the seed was not given
    horizon: int | None
    level: tuple[float, ...] | None  # None: not given
    quantiles: tuple[float, ...]
    min: float | None
    future: str | None
    future_template: bool | None
    series: list[str] | None  # ids
    num_samples: int | None
    plot: str | None


def generate(loaded: Any, options: Mapping[str, Any], out: Output) -> None:
    """Write forecasts of a model (Loaded) to an Output; see `tasks.base.Task.generate`."""
    asked = checked(options)
    h = loaded.model.h
    horizon = asked.horizon or h
    reach = -(-horizon // h) * h  # the model reads whole blocks of h steps, with covariates after the horizon if known
    data = history(loaded, asked, out)
    if asked.future:
        data = with_future(data, [asked.future], data.config)
    chosen = numbers_of(data.ids, asked.series or ())
    part = replace(data, panel=replace(data.panel, series=tuple(data.panel.series[s] for s in chosen)))
    if asked.future_template:
        write_rows(*template(part.panel, future_stamps(part, horizon), horizon), out)
        return
    check_covariates(part, horizon)
    forecasts = forecast(loaded, data.reaching(reach), chosen, asked, horizon, out)
    stamps = future_stamps(part, horizon)
    check_finite(loaded, part.panel, forecasts)
    texts = [part.panel.text(stamps[name]) for name in part.ids]
    table = ForecastTable(list(part.ids), texts, part.panel.roles.targets, forecasts)
    write_rows(table.header(), table.rows(), out)
    if out.interactive or asked.plot:
        draw(list(pictures(part.panel, stamps, forecasts)), asked.plot, out)


def checked(options: Mapping[str, Any]) -> Asked:
    """Asked. Raises ConfigError for options that cannot be used or exclude each other, before any file is read."""
    asked = Asked(
        **dict(options)
        | {
            "level": parse_level(options["level"]),
            "quantiles": parse_quantiles(options["quantiles"]) or (),
        }
    )
    for wrong, found, hint in (
        (
            asked.num_samples is not None and (asked.level or asked.quantiles),
            "--num-samples excludes --level and --quantiles: it writes sample paths instead of intervals",
            "run the command once for each",
        ),
        (
            asked.num_samples is not None and asked.num_samples < 1,
            f"--num-samples is {asked.num_samples}",
            "allowed: 1 or more",
        ),
        (
            asked.min is not None and not math.isfinite(asked.min),
            f"--min is {asked.min}",
            "give a number, as in --min 0",
        ),
        (
            asked.future_template and asked.plot,
            "--future-template and --plot exclude each other: the template has no forecast to draw",
            "leave one of them out",
        ),
        (
            (*asked.files, asked.future).count("-") > 1,
            "- is named more than once",
            "standard input can be read only once",
        ),
    ):
        if wrong:
            raise ConfigError(found, hint)
    if asked.plot:
        check_picture(asked.plot)
    return asked


def history(loaded: Any, asked: Asked, out: Output) -> SeriesData:
    """The SeriesData to continue: the given files, or else the end of the training table."""
    if not asked.files:
        return from_tail(loaded.encoder, loaded.arrays, loaded.record, loaded.config)
    config = replace(loaded.config, data=replace(loaded.config.data, files=asked.files))
    data = load_series(
        config,
        loaded.encoder,
        lambda done, total: out.progress("reading", done, total),
        stored_units(loaded.arrays, loaded.record),
    )
    for note in data.notes:
        out.note(f"note: {note}")
    return data


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
    predictor = Predictor(loaded.model, loaded.store.views(loaded.theta), data.windows, min(ROWS, len(chosen)))
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
        rows += [[each.id, stamp, *values] for stamp, values in zip(panel.text(stamps[each.id]), known.tolist())]
    return [roles.id or ID, roles.time or TIME, *roles.known], rows


def write_rows(header: Sequence[str], rows: Iterable[Sequence[Any]], out: Output) -> None:
    """Write a table to an Output."""
    for line in render_rows(header, rows, out.format):
        out.write(line)
    out.flush()
