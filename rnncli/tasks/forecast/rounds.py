"""Rounds of windows that one model forecasts, scored beside the baselines, series by series."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from .baselines import Baselines, stretches
from .data import SeriesData
from .evaluation_data import Known, observed
from .grouped_metrics import score_each
from .metrics import pooled, seasonal_scale
from .predictor import Forecasts
from .report import ScoredSeries

VALUES = 8_000_000  # forecasts, quantiles and bounds held in memory at once

Windows = tuple[np.ndarray, np.ndarray]  # (series (W,), first step to forecast (W,))


@dataclass(slots=True)
class Sums:
    """The scores of one target of one series, collected round by round."""

    model: list = field(default_factory=list)
    baselines: dict = field(default_factory=dict)  # {name: [Scores]}
    windows: int = 0
    absolute: np.ndarray | float = 0.0  # (h,) sums of |y - f|
    count: np.ndarray | int = 0  # (h,) values in each sum

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


class RoundScorer:
    """Scores a Round, in chunks of windows, into `sums` {(series, target): Sums} and an Echo."""

    def __init__(self, one, progress, sums, echo):
        self.round, self.progress, self.sums, self.echo = one, progress, sums, echo
        self.y, windows = [observed(each) for each in one.data.panel.series], one.data.windows
        self.season = one.data.config.forecast.season
        self.baselines = Baselines(self.y, windows.L, windows.h, self.season, one.known.fitted_on, progress)

    def add_all(self):
        """Add all windows; returns the method of the intervals, None without a window."""
        (series, first), one, method = self.round.windows, self.round, None
        numbers = self.baselines.h * self.y[0].shape[1] * (1 + 2 * len(one.levels) + len(one.quantiles))
        for at in _chunks(series, numbers + self.baselines.L):
            reported = partial(self._report, one.name, int(at[0]), len(series))
            found = one.forecast(series[at], first[at], progress=reported)
            method = found.method
            for k in range(self.y[0].shape[1]):
                self._add(k, series[at], first[at], found)
        return method

    def _report(self, name, start, total, done, _):
        """Report the progress of a chunk that begins after `start` of all windows."""
        self.progress(f"scoring {name}", start + done, total)

    def _add(self, k, series, first, found):
        """Add target k of the windows (series (n,), first (n,)), one series after the other; found: their Forecasts."""
        starts = np.flatnonzero(np.diff(series, prepend=-1))
        theirs, mean = self.baselines.forecasts(k, series, first), found.mean[..., k]
        actual = self._actual(k, series, first)
        actual = np.where(np.isnan(theirs["naive"]), np.nan, actual)  # an origin without any history
        scale, spread = np.array([self._scales(s, k) for s in series[starts].tolist()]).T
        quantiles = {q: each[..., k] for q, each in found.quantiles.items()}
        intervals = {level: tuple(end[..., k] for end in ends) for level, ends in found.intervals.items()}
        scores = score_each(actual, mean, starts, scale, quantiles, intervals, spread)
        middle = float(np.mean(list(quantiles))) if quantiles else 0.5  # for a point, all quantiles sum to this one
        points = {
            name: score_each(actual, point, starts, scale, quantiles and {middle: point}, None, spread)
            for name, point in theirs.items()
        }
        parts = [self.sums.setdefault((s, k), Sums()) for s in series[starts].tolist()]
        _add_up(parts, starts, actual, mean, scores, points)
        self.echo.add(actual, mean, theirs["naive"], np.repeat(spread, np.diff(starts, append=len(series)))[:, None])

    def _actual(self, k, series, first):
        """(n, h) the observed values of the windows."""
        steps = first[:, None] + np.arange(self.baselines.h)
        return np.concatenate([self.y[series[same.start]][steps[same], k] for same in stretches(series)])

    def _scales(self, s, k):
        """The `seasonal_scale` of the rows before the split, and the deviation of the training rows, nan if 0."""
        trained = self.round.known.trained[s][:, k]
        seen = trained[~np.isnan(trained)]
        varies = len(seen) and np.ptp(seen) > 0
        return seasonal_scale(self.round.known.before[s][:, k], self.season), seen.std() if varies else np.nan


def _add_up(parts, starts, actual, mean, scores, points):
    """Add windows (n, h) of one series after the other, which begin at `starts` (G,), to `parts` [G] of Sums; scores:
    [G] Scores of the model, points: {baseline: [G] Scores}."""
    there = ~np.isnan(actual)
    absolute = np.add.reduceat(np.where(there, np.abs(actual - mean), 0), starts)
    count, windows = np.add.reduceat(there, starts, dtype=np.intp), np.diff(starts, append=len(actual))
    for g, part in enumerate(parts):
        part.model.append(scores[g])
        part.windows += int(windows[g])
        part.absolute, part.count = part.absolute + absolute[g], part.count + count[g]
        for name, each in points.items():
            part.baselines.setdefault(name, []).append(each[g])


def _chunks(series, numbers):
    """[(n,)] the windows 0..W-1 in chunks of at most VALUES numbers, `numbers` for each window."""
    size = max(VALUES // numbers, 1)
    return [np.arange(at, min(at + size, len(series))) for at in range(0, len(series), size)]
