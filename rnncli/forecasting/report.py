"""How good the forecasts of a model are, from every origin of a split, beside the baselines.

Each target column of each series is one line of scores, in its own units; lines together count the same, as in M4.
Errors are scaled by what was there before the split (MASE, MSIS), or by the mean and deviation of the training rows
(z-scores): no row that is scored has a part in its scale.
"""

from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from ..data.reading import counted
from ..errors import DataError
from .baselines import Baselines
from .warnings import Echo, notes_on, warnings_on
from .predictor import Predictor
from .intervals import possible_levels
from .metrics import METRICS, Scores, aggregate, pooled, score, seasonal_scale, skill

LEVELS = (80.0, 95.0)                                           # per cent, of the intervals scored without being asked
QUANTILES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)       # of the weighted quantile loss, as in GluonTS
SKILL = "mae"               # the metric that skill is told in, and a baseline beaten by
VALUES = 8_000_000          # forecasts, quantiles and bounds that are held at once
ROWS = 256                  # windows that are forecast together


@dataclass(frozen=True)
class Line:
    """One target column of one series, scored. baselines: {name: Scores}; by_step: (h,) MAE of the model by the step
    ahead, nan where nothing is known."""

    id: str
    target: str
    windows: int
    model: Scores
    baselines: dict[str, Scores]
    by_step: np.ndarray


@dataclass(frozen=True)
class ForecastReport:
    """Everything that an evaluation of forecasts found. rows: in words; method: how intervals came about."""

    split: str
    rows: str
    lines: tuple[Line, ...]
    targets: tuple[str, ...]
    horizon: int
    season: int
    windows: int
    stride: int
    levels: tuple[float, ...]
    quantiles: tuple[float, ...]
    method: str
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def metrics(self, *lines):
        """{name: number, None where it has no value} of some lines together, by default all."""
        return self._together("model", lines).as_dict()

    def baselines(self, *lines):
        """{name: {metric: number, ..., "skill_percent": of the model against it, by MAE}}, for all lines by default.

        A point forecast stands for each of its quantiles in the weighted quantile loss.
        """
        own, found = self._together("model", lines), {}
        for name in (lines or self.lines)[0].baselines:
            theirs = self._together(name, lines)
            kept = theirs.as_dict()
            percent = skill(getattr(own, SKILL), getattr(theirs, SKILL))
            found[name] = {key: kept[key] for key in METRICS} | {
                "skill_percent": percent if np.isfinite(percent) else None}
        return found

    def by_step(self):
        """(h,) MAE of the model at each step ahead, the mean over lines that have one."""
        table = np.stack([line.by_step for line in self.lines])
        there = ~np.isnan(table)
        return np.where(there, table, 0).sum(axis=0) / np.where(there.any(axis=0), there.sum(axis=0), np.nan)

    def _together(self, name, lines):
        lines = lines or self.lines
        of = lambda which: [line.model if which == "model" else line.baselines[which] for line in lines]
        return aggregate(of(name), of("naive2"))


@dataclass
class _Parts:
    """What is found of one line, part by part."""

    model: list = field(default_factory=list)
    baselines: dict = field(default_factory=dict)       # {name: [Scores]}
    windows: int = 0
    absolute: np.ndarray | float = 0.0                  # (h,) sum of |y - f| and how many of them
    count: np.ndarray | int = 0

    def add(self, actual, mean, scores):
        """Add windows (n, h) and the Scores of the model on them."""
        self.model.append(scores)
        self.windows += len(actual)
        there = ~np.isnan(actual)
        self.absolute = self.absolute + np.where(there, np.abs(actual - mean), 0).sum(axis=0)
        self.count = self.count + there.sum(axis=0)

    def line(self, id, target):
        by_step = np.where(self.count, self.absolute / np.maximum(self.count, 1), np.nan)
        return Line(id, target, self.windows, pooled(self.model),
                    {name: pooled(parts) for name, parts in self.baselines.items()}, by_step)


def report(loaded, data, split="test", stride=1, n_windows=None, levels=None, quantiles=None, progress=None):
    """The ForecastReport of `loaded` (Loaded) on the Split of that name of `data` (SeriesData).

    stride: steps between origins, the last of which is one horizon before the end; n_windows: the last so many of each
    series, None for all. levels: of intervals, in per cent, and quantiles, in 0..1; None: 80 and 95 %, and .1 to .9,
    as far as the model can tell them. progress: called with (what is being done, done, total).
    Raises DataError where there is no window, and what `Predictor.forecast` raises for levels that were asked for.
    """
    progress = progress or (lambda what, done, total: None)
    series, first = origins(data, data.splits[split], stride, n_windows)
    if not len(series):
        raise no_window(data, split)
    predictor = Predictor(loaded.model, loaded.store.views(loaded.theta), data.windows, min(ROWS, len(series)))
    residuals = loaded.arrays.get("series/residuals")
    asked = _asked(predictor.model.likelihood, residuals, levels, quantiles)
    forecast = partial(predictor.forecast, residuals=residuals, **asked)
    return scored(forecast, data, split, (series, first), stride, **asked, progress=progress)


def origins(data, split, stride=1, n_windows=None):
    """(series (W,), first step to forecast (W,)): every `stride`-th origin of a Split, counted from its end."""
    series, first = data.windows.origins(split)
    behind = split.stop[series] - data.windows.h - first
    kept = (behind % stride == 0) & (behind < (n_windows or np.inf) * stride)
    return series[kept], first[kept]


def no_window(data, split):
    """The DataError for a split without a window."""
    rows, h = int((data.splits[split].stop - data.splits[split].start).max()), data.windows.h
    if rows < h:
        return DataError(f"the {split} split has {counted(rows, 'row')}, fewer than the horizon of {h}",
                         f"train with a --{split}-size of {h} or more, or evaluate another file")
    return DataError(f"the {split} split has no value that can be forecast: nothing is observed there or before it",
                     "evaluate another split or another file")


def scored(forecast, data, split, windows, stride, levels=(), quantiles=(), progress=lambda what, done, total: None):
    """The ForecastReport of forecast(series, first, progress=told) -> Forecasts at `windows`, (series (W,), first (W,))
    in the order of series."""
    series, first = windows
    settings, part, train = data.config.forecast, data.splits[split], data.splits["train"]
    y = [observed(one) for one in data.panel.series]
    baselines = Baselines(y, data.windows.L, data.windows.h, settings.season, train.stop, progress)
    scorer = _Scorer(y, baselines, part.start, train.stop, settings.season)
    for at in _chunks(series, data.windows.h * y[0].shape[1] * (1 + 2 * len(levels) + len(quantiles))):
        told = lambda done, total, start=int(at[0]): progress(f"scoring {split}", start + done, len(series))
        found = forecast(series[at], first[at], progress=told)
        for run in runs(series[at]):
            scorer.add(int(series[at][run][0]), first[at][run], found, run)
    targets = data.panel.roles.targets
    lines = tuple(parts.line(data.panel.series[s].id, targets[k]) for (s, k), parts in scorer.parts.items())
    made = ForecastReport(split, rows_scored(data, series, first), lines, targets, data.windows.h, settings.season,
                          len(series), stride, tuple(levels), tuple(quantiles), found.method)
    notes = [*baselines.notes, *notes_on(made, len(y))]
    return replace(made, warnings=warnings_on(made, scorer.echo), notes=tuple(notes))


class _Scorer:
    """Scores forecasts of series y [(L_s, K)], line by line and part by part."""

    def __init__(self, y, baselines, start, train_stop, season):
        self.y, self.baselines, self.start, self.train_stop, self.season = y, baselines, start, train_stop, season
        self.parts, self.echo = {}, Echo()

    def add(self, s, first, found, rows):
        """Add the windows `first` (n,) of series s, whose forecasts are the slice `rows` of `found`."""
        for k in range(self.y[s].shape[1]):
            part = self.parts.setdefault((s, k), _Parts())
            theirs = self.baselines.forecasts(s, k, first)
            actual = self.y[s][first[:, None] + np.arange(self.baselines.h), k]
            actual = np.where(np.isnan(theirs["naive"]), np.nan, actual)    # nothing was there to go by, for anyone
            mean, (scale, spread) = found.mean[rows, :, k], self._scales(s, k)
            quantiles = {q: each[rows, :, k] for q, each in found.quantiles.items()}
            intervals = {level: tuple(end[rows, :, k] for end in ends) for level, ends in found.intervals.items()}
            part.add(actual, mean, score(actual, mean, scale, quantiles, intervals, spread))
            middle = float(np.mean(list(quantiles))) if quantiles else None    # of a point all quantiles come to this
            for name, point in theirs.items():
                scores = score(actual, point, scale, quantiles and {middle: point}, None, spread)
                part.baselines.setdefault(name, []).append(scores)
            self.echo.add(actual, mean, theirs["naive"], spread)

    def _scales(self, s, k):
        """The `seasonal_scale` of the rows before the split, and the deviation of the training rows, nan if 0."""
        train = self.y[s][:self.train_stop[s], k]
        seen = train[~np.isnan(train)]
        varies = len(seen) and np.ptp(seen) > 0
        return seasonal_scale(self.y[s][:self.start[s], k], self.season), seen.std() if varies else np.nan


def runs(series):
    """[slice] of each stretch of equal values of series (W,)."""
    starts = np.flatnonzero(np.diff(series, prepend=-1))
    return [slice(*pair) for pair in zip(starts.tolist(), [*starts[1:].tolist(), len(series)])]


def observed(series):
    """(L, K) the values of a Series that were observed; nan for others, filled or not: only truth is scored."""
    return np.where(series.real, series.y, np.nan)


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


def _asked(likelihood, residuals, levels, quantiles):
    """{"levels", "quantiles"}: what was asked for, and otherwise what the model can tell."""
    if levels is None:
        levels = possible_levels(likelihood, residuals, LEVELS)
    if quantiles is None:
        possible = possible_levels(likelihood, residuals, [100 * abs(2 * q - 1) for q in QUANTILES if q < 0.5])
        quantiles = QUANTILES if len(possible) == len(QUANTILES) // 2 else ()
    return {"levels": tuple(levels), "quantiles": tuple(quantiles)}


def _chunks(series, numbers):
    """[(n,)] the windows 0..W-1 in parts of at most VALUES numbers, `numbers` for each window."""
    size = max(VALUES // numbers, 1)
    return [np.arange(at, min(at + size, len(series))) for at in range(0, len(series), size)]
