"""The scores of a model and its baselines from every origin of a split.

Each target column of each series is scored by itself, in its own units; all count the same, as in M4. Errors are scaled
by the rows before the split (MASE, MSIS), or by the mean and deviation of the training rows (z-scores): no scored row
enters its own scale. All forecasts are scored in the same way: one model, or one retrained for each origin, provides
Rounds of windows.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from ...errors import DataError
from ...phrases import counted
from ..base import Progress
from .baselines import BASELINES, Baselines
from .data import SeriesData
from .evaluation_data import FILE, Known, known_before, observed
from .intervals import possible_levels
from .metrics import pooled, score, seasonal_scale
from .predictor import Forecasts, Predictor
from .report import ForecastReport, ScoredSeries
from .warnings import Echo, notes_on, warnings_on

LEVELS = (80.0, 95.0)  # default levels of the scored intervals, in per cent
QUANTILES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)  # of the weighted quantile loss, as in GluonTS
VALUES = 8_000_000  # forecasts, quantiles and bounds held in memory at once
ROWS = 256  # windows forecast together

Windows = tuple[np.ndarray, np.ndarray]  # (series (W,), first step to forecast (W,))


@dataclass
class _Sums:
    """The scores of one target of one series, collected round by round."""

    model: list = field(default_factory=list)
    baselines: dict = field(default_factory=dict)  # {name: [Scores]}
    windows: int = 0
    absolute: np.ndarray | float = 0.0  # (h,) sums of |y - f|
    count: np.ndarray | int = 0  # (h,) values in each sum

    def add(self, actual, mean, scores):
        """Add windows (n, h) and the Scores of the model on them."""
        self.model.append(scores)
        self.windows += len(actual)
        there = ~np.isnan(actual)
        self.absolute = self.absolute + np.where(there, np.abs(actual - mean), 0).sum(axis=0)
        self.count = self.count + there.sum(axis=0)

    def scored(self, id, target, names):
        """The ScoredSeries with the baselines of these names."""
        by_step = np.where(self.count, self.absolute / np.maximum(self.count, 1), np.nan)
        return ScoredSeries(
            id,
            target,
            self.windows,
            pooled(self.model),
            {name: pooled(parts) for name, parts in self.baselines.items() if name in names},
            by_step,
        )


@dataclass(frozen=True)
class Round:
    """The windows that one model forecasts: forecast(series, first, progress=...) -> Forecasts with these levels and
    quantiles, for `windows` in the order of series. name: of the scored rows."""

    forecast: Callable[..., Forecasts]
    data: SeriesData
    name: str
    windows: Windows
    known: Known
    levels: tuple[float, ...] = ()
    quantiles: tuple[float, ...] = ()


def report(
    loaded: Any,
    data: SeriesData,
    split: str = "test",
    stride: int = 1,
    n_windows: int | None = None,
    levels: Sequence[float] | None = None,
    quantiles: Sequence[float] | None = None,
    progress: Progress | None = None,
    known: Known | None = None,
) -> ForecastReport:
    """The ForecastReport of `loaded` (Loaded) on the Split of that name of `data` (SeriesData).

    stride: steps between origins, the last of which is one horizon before the end; n_windows: the number of last
    origins of each series, None for all. levels: of intervals, in per cent, and quantiles, in 0..1; None: 80 and 95 %,
    and .1 to .9, as far as the model can predict them. progress: called with (activity, done, total). known: the values
    that scale the errors, if not rows of `data`.
    Raises DataError where there is no window, and the errors of `Predictor.forecast` for the given levels.
    """
    windows = origins(data, data.splits[split], stride, n_windows)
    if not len(windows[0]):
        raise no_window(data, split)
    one = round_of(loaded, data, split, windows, known or known_before(data, split), levels, quantiles)
    return scored([one], stride, progress or _silent)


def round_of(
    loaded: Any,
    data: SeriesData,
    name: str,
    windows: Windows,
    known: Known,
    levels: Sequence[float] | None = None,
    quantiles: Sequence[float] | None = None,
) -> Round:
    """The Round of `loaded` (Loaded) on `windows` of `data`; levels and quantiles as for `report`."""
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
    """The Windows of every `stride`-th origin of a Split, counted from its end."""
    series, first = data.windows.origins(split)
    behind = split.stop[series] - data.windows.h - first
    kept = (behind % stride == 0) & (behind < (n_windows or np.inf) * stride)
    return series[kept], first[kept]


def no_window(data: SeriesData, split: str) -> DataError:
    """The DataError for a split without a window."""
    rows, h = int((data.splits[split].stop - data.splits[split].start).max()), data.windows.h
    if split == FILE:
        return DataError(
            f"{', '.join(data.files)}: no forecast of {counted(h, 'step')} can be scored: "
            f"{counted(rows, 'new row')} at most, or no observed values before or after the origin",
            "give more rows, with the rows before them, perhaps from another file: rnncli eval RUN HISTORY FILE",
        )
    if rows < h:
        return DataError(
            f"the {split} split has {counted(rows, 'row')}, fewer than the horizon of {h}",
            f"train with a --{split}-size of {h} or more, or evaluate another file",
        )
    return DataError(
        f"the {split} split has no value to forecast: no value is observed in it, or none before it",
        "evaluate another split or another file",
    )


def scored(rounds: Iterable[Round], stride: int = 1, progress: Progress = _silent) -> ForecastReport:
    """The ForecastReport of Rounds with the same series, levels and quantiles. Raises DataError where no Round has a
    window."""
    sums, echo, remarks, windows, names, method = {}, Echo(), {}, [], set(BASELINES), None
    one = None
    for one in rounds:
        scorer = _RoundScorer(one, progress, sums, echo)
        method = scorer.add_all() or method
        remarks |= dict.fromkeys(scorer.baselines.notes)
        names &= set(scorer.baselines.names)  # a baseline without all windows could not be compared
        windows.append(one.windows)
    if one is None or not sums:
        raise DataError("no series has a value to forecast at these origins", "choose other origins with --step-size")
    series, first = (np.concatenate(each) for each in zip(*windows))
    order, data = np.argsort(series, kind="stable"), one.data
    targets, settings = data.panel.roles.targets, data.config.forecast
    found = tuple(sums[s, k].scored(data.panel.series[s].id, targets[k], names) for s, k in sorted(sums))
    made = ForecastReport(
        one.name,
        rows_scored(data, series[order], first[order]),
        found,
        targets,
        data.windows.h,
        settings.season,
        len(series),
        stride,
        one.levels,
        one.quantiles,
        method,
    )
    notes = [*remarks, *notes_on(made, len(data.panel.series))]
    return replace(made, warnings=warnings_on(made, echo), notes=tuple(notes))


class _RoundScorer:
    """Scores a Round, in chunks of windows, into `sums` {(series, target): _Sums} and an Echo."""

    def __init__(self, one, progress, sums, echo):
        self.round, self.progress, self.sums, self.echo = one, progress, sums, echo
        self.y, windows = [observed(each) for each in one.data.panel.series], one.data.windows
        self.season = one.data.config.forecast.season
        self.baselines = Baselines(self.y, windows.L, windows.h, self.season, one.known.fitted_on, progress)

    def add_all(self):
        """Add all windows; returns the method of the intervals, None without a window."""
        (series, first), one, method = self.round.windows, self.round, None
        numbers = self.baselines.h * self.y[0].shape[1] * (1 + 2 * len(one.levels) + len(one.quantiles))
        for at in _chunks(series, numbers):
            reported = partial(self._report, one.name, int(at[0]), len(series))
            found = one.forecast(series[at], first[at], progress=reported)
            method = found.method
            for same in stretches(series[at]):
                self._add(int(series[at][same][0]), first[at][same], found, same)
        return method

    def _report(self, name, start, total, done, _):
        """Report the progress of a chunk that begins after `start` of all windows."""
        self.progress(f"scoring {name}", start + done, total)

    def _add(self, s, first, found, rows):
        """Add the windows `first` (n,) of series s, whose forecasts are the slice `rows` of `found`."""
        for k in range(self.y[s].shape[1]):
            part = self.sums.setdefault((s, k), _Sums())
            theirs = self.baselines.forecasts(s, k, first)
            actual = self.y[s][first[:, None] + np.arange(self.baselines.h), k]
            actual = np.where(np.isnan(theirs["naive"]), np.nan, actual)  # an origin without any history
            mean, (scale, spread) = found.mean[rows, :, k], self._scales(s, k)
            quantiles = {q: each[rows, :, k] for q, each in found.quantiles.items()}
            intervals = {level: tuple(end[rows, :, k] for end in ends) for level, ends in found.intervals.items()}
            part.add(actual, mean, score(actual, mean, scale, quantiles, intervals, spread))
            middle = float(np.mean(list(quantiles))) if quantiles else 0.5  # for a point, all quantiles sum to this one
            for name, point in theirs.items():
                scores = score(actual, point, scale, quantiles and {middle: point}, None, spread)
                part.baselines.setdefault(name, []).append(scores)
            self.echo.add(actual, mean, theirs["naive"], spread)

    def _scales(self, s, k):
        """The `seasonal_scale` of the rows before the split, and the deviation of the training rows, nan if 0."""
        trained = self.round.known.trained[s][:, k]
        seen = trained[~np.isnan(trained)]
        varies = len(seen) and np.ptp(seen) > 0
        return seasonal_scale(self.round.known.before[s][:, k], self.season), seen.std() if varies else np.nan


def stretches(series: np.ndarray) -> list[slice]:
    """The slice of each stretch of equal values of series (W,)."""
    starts = np.flatnonzero(np.diff(series, prepend=-1))
    return [slice(*pair) for pair in zip(starts.tolist(), [*starts[1:].tolist(), len(series)])]


def rows_scored(data: SeriesData, series: np.ndarray, first: np.ndarray) -> str:
    """The rows that the windows forecast, in words."""
    last, behind = first + data.windows.h, data.panel.series
    if len(behind) == 1:
        a, b = int(first.min()), int(last.max())
        words = f"rows {a + 1:,} to {b:,} of {len(behind[0]):,}"
        if data.panel.stamps is None:
            return words
        return f"{words}, {' to '.join(data.panel.text(behind[0].stamps[[a, b - 1]]))}"
    span = np.array([last[same].max() - first[same].min() for same in stretches(series)])
    rows = f"{span.min():,}" if span.min() == span.max() else f"{span.min():,} to {span.max():,}"
    return f"{rows} rows of each of {len(span):,} series"


def _asked(predictor, residuals, levels, quantiles):
    """{"levels", "quantiles"} as given, or by default those that the model can predict."""

    def can(wanted):
        return possible_levels(predictor.model.likelihood, residuals, wanted, predictor.feeds_back)

    if levels is None:
        levels = can(LEVELS)
    if quantiles is None:
        possible = can([100 * abs(2 * q - 1) for q in QUANTILES if q < 0.5])
        quantiles = QUANTILES if len(possible) == len(QUANTILES) // 2 else ()
    return {"levels": tuple(levels), "quantiles": tuple(quantiles)}


def _chunks(series, numbers):
    """[(n,)] the windows 0..W-1 in chunks of at most VALUES numbers, `numbers` for each window."""
    size = max(VALUES // numbers, 1)
    return [np.arange(at, min(at + size, len(series))) for at in range(0, len(series), size)]
