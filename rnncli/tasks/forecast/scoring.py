"""How good the forecasts of a model are, from every origin of a split, beside the baselines.

Each target column of each series is one line of scores, in its own units; lines together count the same, as in M4.
Errors are scaled by what was there before the split (MASE, MSIS), or by the mean and deviation of the training rows
(z-scores): no row that is scored has a part in its scale. There is one way to score: whatever makes forecasts, one
model or one trained anew for each origin, hands in Rounds of windows.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from ...errors import DataError
from ...phrases import counted
from .baselines import BASELINES, Baselines
from .evaluation_data import FILE, Known, known_before, observed
from .intervals import possible_levels
from .metrics import pooled, score, seasonal_scale
from .predictor import Predictor
from .report import ForecastReport, Line
from .warnings import Echo, notes_on, warnings_on

LEVELS = (80.0, 95.0)  # per cent, of the intervals scored without being asked
QUANTILES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)  # of the weighted quantile loss, as in GluonTS
VALUES = 8_000_000  # forecasts, quantiles and bounds that are held at once
ROWS = 256  # windows that are forecast together


@dataclass
class _Parts:
    """What is found of one line, part by part."""

    model: list = field(default_factory=list)
    baselines: dict = field(default_factory=dict)  # {name: [Scores]}
    windows: int = 0
    absolute: np.ndarray | float = 0.0  # (h,) sum of |y - f| and how many of them
    count: np.ndarray | int = 0

    def add(self, actual, mean, scores):
        """Add windows (n, h) and the Scores of the model on them."""
        self.model.append(scores)
        self.windows += len(actual)
        there = ~np.isnan(actual)
        self.absolute = self.absolute + np.where(there, np.abs(actual - mean), 0).sum(axis=0)
        self.count = self.count + there.sum(axis=0)

    def line(self, id, target, names):
        """The Line of the model and of the baselines with these names."""
        by_step = np.where(self.count, self.absolute / np.maximum(self.count, 1), np.nan)
        return Line(
            id,
            target,
            self.windows,
            pooled(self.model),
            {name: pooled(parts) for name, parts in self.baselines.items() if name in names},
            by_step,
        )


@dataclass(frozen=True)
class Round:
    """Windows that one model forecasts: forecast(series, first, progress=told) -> Forecasts, with these levels and
    quantiles, at `windows`, (series (W,), first step to forecast (W,)) in the order of series. name: of the rows."""

    forecast: Callable
    data: object  # SeriesData
    name: str
    windows: tuple
    known: Known
    levels: tuple = ()
    quantiles: tuple = ()


def report(
    loaded, data, split="test", stride=1, n_windows=None, levels=None, quantiles=None, progress=None, known=None
):
    """The ForecastReport of `loaded` (Loaded) on the Split of that name of `data` (SeriesData).

    stride: steps between origins, the last of which is one horizon before the end; n_windows: the last so many of each
    series, None for all. levels: of intervals, in per cent, and quantiles, in 0..1; None: 80 and 95 %, and .1 to .9,
    as far as the model can tell them. progress: called with (what is being done, done, total). known: what errors are
    measured by, if not by rows of `data`.
    Raises DataError where there is no window, and what `Predictor.forecast` raises for levels that were asked for.
    """
    windows = origins(data, data.splits[split], stride, n_windows)
    if not len(windows[0]):
        raise no_window(data, split)
    one = round_of(loaded, data, split, windows, known or known_before(data, split), levels, quantiles)
    return scored([one], stride, progress or _silent)


def round_of(loaded, data, name, windows, known, levels=None, quantiles=None):
    """The Round of `loaded` (Loaded) at `windows` of `data`; levels and quantiles as for `report`."""
    predictor = Predictor(
        loaded.model, loaded.store.views(loaded.theta), data.windows, max(min(ROWS, len(windows[0])), 1)
    )
    residuals = loaded.arrays.get("series/residuals")
    asked = _asked(predictor, residuals, levels, quantiles)
    forecast = partial(predictor.forecast, residuals=residuals, **asked)
    return Round(forecast, data, name, windows, known, **asked)


def _silent(what, done, total):
    """Progress that nobody wants to see."""


def origins(data, split, stride=1, n_windows=None):
    """(series (W,), first step to forecast (W,)): every `stride`-th origin of a Split, counted from its end."""
    series, first = data.windows.origins(split)
    behind = split.stop[series] - data.windows.h - first
    kept = (behind % stride == 0) & (behind < (n_windows or np.inf) * stride)
    return series[kept], first[kept]


def no_window(data, split):
    """The DataError for a split without a window."""
    rows, h = int((data.splits[split].stop - data.splits[split].start).max()), data.windows.h
    if split == FILE:
        return DataError(
            f"{', '.join(data.files)}: no forecast of {counted(h, 'step')} can be made there and scored: "
            f"{counted(rows, 'new row')} at most, with nothing observed before or after",
            "give more rows, those before them too, which may lie in a file of their own: rnncli eval RUN HISTORY FILE",
        )
    if rows < h:
        return DataError(
            f"the {split} split has {counted(rows, 'row')}, fewer than the horizon of {h}",
            f"train with a --{split}-size of {h} or more, or evaluate another file",
        )
    return DataError(
        f"the {split} split has no value that can be forecast: nothing is observed there or before it",
        "evaluate another split or another file",
    )


def scored(rounds, stride=1, progress=_silent):
    """The ForecastReport of Rounds, one after the other, with the same series, levels and quantiles. Raises DataError
    where none has a window."""
    parts, echo, told, windows, names, method = {}, Echo(), {}, [], set(BASELINES), None
    one = None
    for one in rounds:
        scorer = _Scorer(one, progress, parts, echo)
        method = scorer.add_all() or method
        told |= dict.fromkeys(scorer.baselines.notes)
        names &= set(scorer.baselines.names)  # a baseline of some windows only would compare with nothing
        windows.append(one.windows)
    if one is None or not parts:
        raise DataError("no series has a value to forecast at these origins", "choose other ones with --step-size")
    series, first = (np.concatenate(each) for each in zip(*windows))
    order, data = np.argsort(series, kind="stable"), one.data
    targets, settings = data.panel.roles.targets, data.config.forecast
    lines = tuple(parts[s, k].line(data.panel.series[s].id, targets[k], names) for s, k in sorted(parts))
    made = ForecastReport(
        one.name,
        rows_scored(data, series[order], first[order]),
        lines,
        targets,
        data.windows.h,
        settings.season,
        len(series),
        stride,
        one.levels,
        one.quantiles,
        method,
    )
    notes = [*told, *notes_on(made, len(data.panel.series))]
    return replace(made, warnings=warnings_on(made, echo), notes=tuple(notes))


class _Scorer:
    """Scores a Round, line by line and part by part, into `parts` {(series, target): _Parts} and an Echo."""

    def __init__(self, one, progress, parts, echo):
        self.round, self.progress, self.parts, self.echo = one, progress, parts, echo
        self.y, windows = [observed(each) for each in one.data.panel.series], one.data.windows
        self.season = one.data.config.forecast.season
        self.baselines = Baselines(self.y, windows.L, windows.h, self.season, one.known.fitted_on, progress)

    def add_all(self):
        """Add all windows; returns how intervals came about, None without a window."""
        (series, first), one, method = self.round.windows, self.round, None
        numbers = self.baselines.h * self.y[0].shape[1] * (1 + 2 * len(one.levels) + len(one.quantiles))
        for at in _chunks(series, numbers):
            told = partial(self._tell, one.name, int(at[0]), len(series))
            found = one.forecast(series[at], first[at], progress=told)
            method = found.method
            for run in runs(series[at]):
                self._add(int(series[at][run][0]), first[at][run], found, run)
        return method

    def _tell(self, name, start, total, done, _):
        """Progress of a part that begins after `start` of all windows."""
        self.progress(f"scoring {name}", start + done, total)

    def _add(self, s, first, found, rows):
        """Add the windows `first` (n,) of series s, whose forecasts are the slice `rows` of `found`."""
        for k in range(self.y[s].shape[1]):
            part = self.parts.setdefault((s, k), _Parts())
            theirs = self.baselines.forecasts(s, k, first)
            actual = self.y[s][first[:, None] + np.arange(self.baselines.h), k]
            actual = np.where(np.isnan(theirs["naive"]), np.nan, actual)  # nothing was there to go by, for anyone
            mean, (scale, spread) = found.mean[rows, :, k], self._scales(s, k)
            quantiles = {q: each[rows, :, k] for q, each in found.quantiles.items()}
            intervals = {level: tuple(end[rows, :, k] for end in ends) for level, ends in found.intervals.items()}
            part.add(actual, mean, score(actual, mean, scale, quantiles, intervals, spread))
            middle = float(np.mean(list(quantiles))) if quantiles else None  # of a point all quantiles come to this
            for name, point in theirs.items():
                scores = score(actual, point, scale, quantiles and {middle: point}, None, spread)
                part.baselines.setdefault(name, []).append(scores)
            self.echo.add(actual, mean, theirs["naive"], spread)

    def _scales(self, s, k):
        """The `seasonal_scale` of the rows before, and the deviation of the training rows, nan if 0."""
        trained = self.round.known.trained[s][:, k]
        seen = trained[~np.isnan(trained)]
        varies = len(seen) and np.ptp(seen) > 0
        return seasonal_scale(self.round.known.before[s][:, k], self.season), seen.std() if varies else np.nan


def runs(series):
    """[slice] of each stretch of equal values of series (W,)."""
    starts = np.flatnonzero(np.diff(series, prepend=-1))
    return [slice(*pair) for pair in zip(starts.tolist(), [*starts[1:].tolist(), len(series)])]


def rows_scored(data, series, first):
    """Which rows the windows forecast, in words."""
    last, behind = first + data.windows.h, data.panel.series
    if len(behind) == 1:
        a, b = int(first.min()), int(last.max())
        words = f"rows {a + 1:,} to {b:,} of {len(behind[0]):,}"
        if data.panel.stamps is None:
            return words
        return f"{words}, {' to '.join(data.panel.text(behind[0].stamps[[a, b - 1]]))}"
    span = np.array([last[run].max() - first[run].min() for run in runs(series)])
    rows = f"{span.min():,}" if span.min() == span.max() else f"{span.min():,} to {span.max():,}"
    return f"{rows} rows of each of {len(span):,} series"


def _asked(predictor, residuals, levels, quantiles):
    """{"levels", "quantiles"}: what was asked for, and otherwise what the model can tell."""

    def can(wanted):
        return possible_levels(predictor.model.likelihood, residuals, wanted, predictor.feeds_back)

    if levels is None:
        levels = can(LEVELS)
    if quantiles is None:
        possible = can([100 * abs(2 * q - 1) for q in QUANTILES if q < 0.5])
        quantiles = QUANTILES if len(possible) == len(QUANTILES) // 2 else ()
    return {"levels": tuple(levels), "quantiles": tuple(quantiles)}


def _chunks(series, numbers):
    """[(n,)] the windows 0..W-1 in parts of at most VALUES numbers, `numbers` for each window."""
    size = max(VALUES // numbers, 1)
    return [np.arange(at, min(at + size, len(series))) for at in range(0, len(series), size)]
