"""`rnncli generate` for series: forecasts after the end of each, as a table, a plot for the terminal and a picture."""

import math
import sys
from dataclasses import dataclass, replace
from difflib import get_close_matches
from shutil import get_terminal_size

import numpy as np

from ..data.series.panel import ID, TIME
from ..errors import ConfigError, DataError, ModelFileError
from ..phrases import counted
from ..tasks.forecast.chart import Labels, chart_lines
from ..tasks.forecast.conformal import counts, fewest
from ..tasks.forecast.data import from_tail, load_series, stored_units
from ..tasks.forecast.forecast_table import ForecastTable, render_rows
from ..tasks.forecast.future_covariates import check_ahead, future_stamps, with_future
from ..tasks.forecast.intervals import possible_levels
from ..tasks.forecast.picture import Panel as Picture
from ..tasks.forecast.picture import check_picture, save_picture
from ..tasks.forecast.predictor import Predictor
from ..ui.console import is_terminal, stderr_console, wants_color
from ..ui.progress_display import ProgressDisplay
from .output import tell
from .stream import Stream

RESIDUALS = "series/residuals"  # those of a model file
USUAL = (80, 95)  # levels of the intervals that nobody asked for
ON_TERMINAL = 3  # series that are drawn there
IN_PICTURE = 12  # series that a picture has room for
HEIGHT = 14  # lines of a plot on the terminal
NARROWEST = 40  # characters that a plot needs
ROWS = 256  # windows read side by side


@dataclass(frozen=True)
class Asked:
    """The options of the command, for series."""

    files: tuple
    horizon: int | None
    level: str | None
    quantiles: str | None
    lowest: float | None
    future: str | None
    template: bool
    only: tuple
    num_samples: int | None
    seed: int
    drawn: bool  # whether the seed was drawn and has to be told
    plot: str | None
    format: str
    quiet: bool


def write_forecasts(loaded, asked):
    """Write what is `asked` of a model, a Loaded, to standard output; raises ConfigError and DataError."""
    check_together(asked)
    h = loaded.model.h
    horizon = asked.horizon or h
    reach = -(-horizon // h) * h  # what a model reads of steps behind the horizon it gets where it is known
    with ProgressDisplay(stderr_console(), "none" if asked.quiet else "auto") as shown:
        data = history(loaded, asked, shown)
        if asked.future:
            data = with_future(data, [asked.future], data.config)
        chosen = numbers_of(data.ids, asked.only)
        part = replace(data, panel=replace(data.panel, series=tuple(data.panel.series[s] for s in chosen)))
        if not asked.template:
            check_ahead(part, horizon)
            forecasts = forecast(loaded, data.reaching(reach), chosen, asked, horizon, shown)
    stamps = future_stamps(part, horizon)
    if asked.template:
        write_rows(*template(part.panel, stamps, horizon), asked.format)
        return
    check_finite(loaded, part.panel, forecasts)
    texts = [part.panel.text(stamps[name]) for name in part.ids]
    table = ForecastTable(list(part.ids), texts, part.panel.roles.targets, forecasts)
    write_rows(table.header(), table.rows(), asked.format)
    terminal = is_terminal(sys.stderr) and not asked.quiet
    if terminal or asked.plot:
        draw(list(pictures(part.panel, stamps, forecasts)), terminal, asked)


def check_together(asked):
    """Raises ConfigError for options that exclude each other, before anything is read."""
    if asked.num_samples is not None and (asked.level or asked.quantiles):
        raise ConfigError(
            "--num-samples writes paths and no intervals: --level and --quantiles exclude it",
            "run the command once for each",
        )
    if asked.num_samples is not None and asked.num_samples < 1:
        raise ConfigError(f"num-samples is {asked.num_samples}", "allowed: 1 or more")
    if asked.lowest is not None and not math.isfinite(asked.lowest):
        raise ConfigError(f"--min is {asked.lowest:g}", "give a number, as in --min 0")
    if asked.seed < 0:
        raise ConfigError(f"seed is {asked.seed}", "allowed: 0 or more")
    if asked.template and asked.plot:
        raise ConfigError("--future-template writes no forecast that --plot could draw", "leave one of them out")
    if (*asked.files, asked.future).count("-") > 1:
        raise ConfigError("- is named more than once", "standard input can be read only once")
    if asked.plot:
        check_picture(asked.plot)


def history(loaded, asked, progress):
    """The SeriesData to go on from: the files that were named, else the end of what the model was trained on."""
    if not asked.files:
        return from_tail(loaded.encoder, loaded.arrays, loaded.record, loaded.config)
    config = replace(loaded.config, data=replace(loaded.config.data, files=asked.files))
    data = load_series(
        config,
        loaded.encoder,
        lambda done, total: progress("reading", done, total),
        stored_units(loaded.arrays, loaded.record),
    )
    for note in () if asked.quiet else data.notes:
        tell(f"note: {note}")
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


def forecast(loaded, data, chosen, asked, horizon, progress):
    """The Forecasts of the `horizon` steps after the end of the series numbered `chosen` (S,)."""
    notes, (levels, quantiles) = [], wanted(loaded, asked)
    if asked.level is None and not (quantiles or asked.num_samples) and len(levels) < len(USUAL):
        notes.append(untold(loaded, [level for level in USUAL if level not in levels]))
    if horizon > loaded.model.h:
        notes.append(
            f"note: the model was trained for {counted(loaded.model.h, 'step')} ahead; the further ones build "
            "on its own forecast of those"
        )
    if asked.num_samples and asked.drawn:
        notes.append(f"seed {asked.seed}")
    for note in () if asked.quiet else notes:
        tell(note)
    predictor = Predictor(loaded.model, loaded.store.views(loaded.theta), data.windows, min(ROWS, len(chosen)))
    return predictor.forecast(
        chosen,
        data.windows.lengths[chosen],
        levels,
        quantiles,
        asked.num_samples or 0,
        asked.seed,
        loaded.arrays.get(RESIDUALS),
        asked.lowest,
        horizon,
        lambda done, total: progress("forecasting", done, total),
    )


def untold(loaded, missing):
    """A note on why a model cannot tell the usual intervals of the levels that are `missing`."""
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


def wanted(loaded, asked):
    """(levels, quantiles) that are asked for; the usual levels, as far as the model can tell them, if nothing is."""
    quantiles = numbers("--quantiles", asked.quantiles)
    if asked.level is None and not (quantiles or asked.num_samples):
        feeds_back = loaded.config.forecast.mode == "recursive"
        return possible_levels(loaded.model.likelihood, loaded.arrays.get(RESIDUALS), USUAL, feeds_back), quantiles
    return numbers("--level", None if asked.level == "none" else asked.level), quantiles


def check_finite(loaded, panel, forecasts):
    """Raises ModelFileError for the first series whose forecast is no number."""
    wrong = np.flatnonzero(~np.isfinite(forecasts.mean).all(axis=(1, 2)))
    if len(wrong):
        raise ModelFileError(
            f"{loaded.path}: the forecast of series '{panel.series[wrong[0]].id}' is not finite",
            "the weights may have diverged: train again with a lower learning rate",
        )


def numbers(option, text):
    """(numbers) of a text as 80,95; raises ConfigError for what is none."""
    try:
        return tuple(dict.fromkeys(float(part) for part in (text or "").split(",") if part.strip()))
    except ValueError:
        raise ConfigError(
            f"{option} is '{text}', not numbers with commas between them",
            f"as in {option} {'80,95' if option == '--level' else '0.1,0.9'}",
        ) from None


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


def write_rows(header, rows, format):
    """A table on standard output."""
    with Stream() as stream:
        for line in render_rows(header, rows, format):
            stream.write(line)


class StampTexts:
    """The stamps of a series as text, made when they are asked for."""

    def __init__(self, panel, stamps):
        self.panel, self.stamps = panel, stamps

    def __len__(self):
        return len(self.stamps)

    def __getitem__(self, step):
        return self.panel.text(self.stamps[[step]])[0]


def pictures(panel, stamps, forecasts):
    """Yield a Picture for each target of each series of a Panel; stamps: {id: (h,)} of the steps ahead."""
    targets = panel.roles.targets
    named = len(targets) > 1 or panel.roles.id is None  # else the id of the series says enough
    for s, series in enumerate(panel.series):
        texts = StampTexts(panel, np.concatenate([series.stamps[: len(series)], stamps[series.id]]))
        for k, target in enumerate(targets):
            name = ", ".join([*([series.id] if panel.roles.id else ()), *([target] if named else ())])
            yield Picture(Labels(name, texts), series.y[:, k], *shown_of(forecasts, s, k))


def shown_of(forecasts, s, k):
    """(values (h,), {level: (lo, hi)}) of target k of series s; of paths, the span that holds 80 % of them."""
    intervals = {level: (lo[s, :, k], hi[s, :, k]) for level, (lo, hi) in forecasts.intervals.items()}
    if forecasts.samples is not None:
        intervals = {80: tuple(np.quantile(forecasts.samples[:, s, :, k], (0.1, 0.9), axis=0))}
    return forecasts.mean[s, :, k], intervals


def draw(plots, terminal, asked):
    """The plots [Picture]: on standard error, if it is a terminal, and in the file that was asked for."""
    if terminal:
        width = max(get_terminal_size().columns - 1, NARROWEST)
        unicode = (sys.stderr.encoding or "").lower().startswith("utf")
        for each in plots[:ON_TERMINAL]:
            lines = chart_lines(
                each.history,
                each.forecast,
                each.intervals,
                each.labels,
                width,
                HEIGHT,
                unicode=unicode,
                color=wants_color(sys.stderr),
            )
            print(*lines, sep="\n", file=sys.stderr)
        if len(plots) > ON_TERMINAL:
            tell(f"{len(plots) - ON_TERMINAL:,} more are not drawn here; --series ID chooses")
    if asked.plot:
        save_picture(asked.plot, plots[:IN_PICTURE])
        if not asked.quiet:
            cut = f", the first {IN_PICTURE} of {len(plots):,}; --series ID chooses" if len(plots) > IN_PICTURE else ""
            tell(f"picture: {asked.plot}{cut}")
