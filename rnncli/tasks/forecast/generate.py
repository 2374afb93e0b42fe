"""`rnncli generate` for a forecaster: what follows the end of each series, as a table, a drawing and a picture."""

import math
from dataclasses import dataclass, replace
from difflib import get_close_matches

import numpy as np

from ...data.series.panel import ID, TIME
from ...errors import ConfigError, DataError, ModelFileError
from ...phrases import counted
from .conformal import counts, fewest
from .data import from_tail, load_series, stored_units
from .forecast_table import ForecastTable, render_rows
from .future_covariates import check_ahead, future_stamps, with_future
from .intervals import possible_levels
from .number_lists import parse_level, parse_quantiles
from .picture import check_picture
from .plots import draw, pictures
from .predictor import Predictor

RESIDUALS = "series/residuals"  # those of a model file
USUAL = (80, 95)  # levels of the intervals that nobody asked for
ROWS = 256  # windows read side by side


@dataclass(frozen=True)
class Asked:
    """The options of the command by their keys, `level` and `quantiles` as numbers."""

    files: tuple
    seed: int
    drawn: bool  # whether nobody chose the seed
    horizon: int | None
    level: tuple | None  # None: not given
    quantiles: tuple
    min: float | None
    future: str | None
    future_template: bool | None
    series: list | None  # ids
    num_samples: int | None
    plot: str | None


def generate(loaded, options, out):
    """Write forecasts of a model (Loaded) to an Output; see `tasks.base.Task.generate`."""
    asked = checked(options)
    h = loaded.model.h
    horizon = asked.horizon or h
    reach = -(-horizon // h) * h  # what a model reads of steps behind the horizon it gets where it is known
    data = history(loaded, asked, out)
    if asked.future:
        data = with_future(data, [asked.future], data.config)
    chosen = numbers_of(data.ids, asked.series or ())
    part = replace(data, panel=replace(data.panel, series=tuple(data.panel.series[s] for s in chosen)))
    if asked.future_template:
        write_rows(*template(part.panel, future_stamps(part, horizon), horizon), out)
        return
    check_ahead(part, horizon)
    forecasts = forecast(loaded, data.reaching(reach), chosen, asked, horizon, out)
    stamps = future_stamps(part, horizon)
    check_finite(loaded, part.panel, forecasts)
    texts = [part.panel.text(stamps[name]) for name in part.ids]
    table = ForecastTable(list(part.ids), texts, part.panel.roles.targets, forecasts)
    write_rows(table.header(), table.rows(), out)
    if out.interactive or asked.plot:
        draw(list(pictures(part.panel, stamps, forecasts)), asked.plot, out)


def checked(options):
    """Asked. Raises ConfigError for options that cannot be used or exclude each other, before anything is read."""
    asked = Asked(
        **options
        | {
            "level": parse_level(options["level"]),
            "quantiles": parse_quantiles(options["quantiles"]) or (),
        }
    )
    for wrong, found, hint in (
        (
            asked.num_samples is not None and (asked.level or asked.quantiles),
            "--num-samples writes paths and no intervals: --level and --quantiles exclude it",
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
            "--future-template writes no forecast that --plot could draw",
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


def history(loaded, asked, out):
    """The SeriesData to continue: of the files that were named, else the end of what the model was trained on."""
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


def numbers_of(ids, names):
    """(S,) which of the series `ids` are named, in their own order; all if none is. DataError for a name of none."""
    if unknown := [name for name in names if name not in ids]:
        near = get_close_matches(unknown[0], ids, 1)
        raise DataError(
            f"there is no series '{unknown[0]}'",
            f"did you mean '{near[0]}'?" if near else f"those that there are begin with {', '.join(ids[:5])}",
        )
    return np.array([s for s, name in enumerate(ids) if not names or name in names])


def forecast(loaded, data, chosen, asked, horizon, out):
    """The Forecasts of the `horizon` steps after the end of the series numbered `chosen` (S,)."""
    levels = chosen_levels(loaded, asked, out)
    if horizon > loaded.model.h:
        out.note(
            f"note: the model was trained for {counted(loaded.model.h, 'step')} ahead; the further ones build "
            "on its own forecast of those"
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


def chosen_levels(loaded, asked, out):
    """The levels that are asked for; where nothing is, the usual ones as far as the model has them, with a note."""
    if asked.level is not None or asked.quantiles or asked.num_samples:
        return asked.level or ()
    feeds_back = loaded.config.forecast.mode == "recursive"
    levels = possible_levels(loaded.model.likelihood, loaded.arrays.get(RESIDUALS), USUAL, feeds_back)
    if missing := [level for level in USUAL if level not in levels]:
        out.note(reason_without(loaded, missing))
    return levels


def reason_without(loaded, missing):
    """A note on why a model has no intervals of the levels that are `missing`."""
    said = f"note: no {' and '.join(f'{level} %' for level in missing)} intervals"
    learnt = getattr(loaded.model.likelihood, "levels", None)
    if learnt is not None and loaded.config.forecast.mode == "direct":
        return (
            f"{said}: beyond the quantiles that the model has learnt, "
            f"{', '.join(f'{q:g}' for q in learnt)}; train with others: --quantiles"
        )
    residuals = loaded.arrays.get(RESIDUALS)
    windows = 0 if residuals is None else int(counts(residuals).min())
    needed = " and ".join(str(fewest(level)) for level in missing)
    return (
        f"{said}: they take {needed} held-out windows, the model has {windows}; train with a larger --val-size, or "
        "with --loss gaussian"
    )


def check_finite(loaded, panel, forecasts):
    """Raises ModelFileError for the first series whose forecast is no number."""
    wrong = np.flatnonzero(~np.isfinite(forecasts.mean).all(axis=(1, 2)))
    if len(wrong):
        raise ModelFileError(
            f"{loaded.path}: the forecast of series '{panel.series[wrong[0]].id}' is not finite",
            "the weights may have diverged: train again with a lower learning rate",
        )


def template(panel, stamps, horizon):
    """(header, rows) of the table that --future wants: id, stamp and what has to be known, nan where it is not.

    stamps: {id: (horizon,)} of the steps ahead. Raises ConfigError where nothing has to be known.
    """
    roles = panel.roles
    if not roles.known:
        raise ConfigError(
            "the model needs to know nothing ahead: it was trained without --future-cols",
            "forecast without --future-template",
        )
    rows = []
    for each in panel.series:
        known = np.full((horizon, len(roles.known)), np.nan)
        given = each.known[len(each) :][:horizon]
        known[: len(given)] = given
        rows += [[each.id, stamp, *values] for stamp, values in zip(panel.text(stamps[each.id]), known.tolist())]
    return [roles.id or ID, roles.time or TIME, *roles.known], rows


def write_rows(header, rows, out):
    """A table, written."""
    for line in render_rows(header, rows, out.format):
        out.write(line)
    out.flush()
