"""The scores of a model and its baselines from every origin of a split.

Each target column of each series is scored by itself, in its own units; all count the same, as in M4. Errors are scaled
by the rows before the split (MASE, MSIS), or by the mean and deviation of the training rows (z-scores): no scored row
enters its own scale. All forecasts are scored in the same way: one model, or one retrained for each origin, provides
Rounds of windows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from ...errors import DataError
from ...phrases import counted
from ..base import Progress
from .baselines import BASELINES, stretches
from .conformal import apart, fewest
from .data import SeriesData
from .evaluation_data import FILE, Known, known_before
from .intervals import possible_levels
from .predictor import Predictor
from .report import ForecastReport
from .rounds import Round, RoundScorer, Windows
from .warnings import Echo, notes_on, warnings_on

LEVELS = (80.0, 95.0)  # default levels of the scored intervals, in per cent
QUANTILES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)  # of the weighted quantile loss, as in GluonTS


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
    found = scored([one], stride, progress or _silent)
    return replace(found, notes=(*found.notes, *_overlapping(loaded, found)))


def _overlapping(loaded, found):
    """Yield a note where the residuals behind the intervals of a ForecastReport come from too few windows."""
    residuals = loaded.arrays.get("series/residuals")
    if found.method != "conformal" or not found.levels or residuals is None:
        return
    independent = apart(residuals, len(loaded.record["ids"]))
    if independent < fewest(max(found.levels)):
        yield (
            f"the intervals come from {counted(len(residuals), 'validation window')} that overlap, worth "
            f"{independent:,} without overlap: coverage is uncertain; a larger --val-size makes it surer"
        )


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
    predictor = Predictor.of(loaded, data.windows, len(windows[0]))
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
        scorer = RoundScorer(one, progress, sums, echo)
        method = scorer.add_all() or method
        remarks |= dict.fromkeys(scorer.baselines.notes)
        names &= set(scorer.baselines.names)  # a baseline without all windows could not be compared
        windows.append(one.windows)
    if one is None or not sums:
        raise DataError("no series has a value to forecast at these origins", "choose other origins with --step-size")
    series, first = (np.concatenate(each) for each in zip(*windows))
    order, data = np.argsort(series, kind="stable"), one.data
    targets, settings = data.panel.roles.targets, data.config.forecast
    found = tuple(sums.pop((s, k)).scored(data.panel.series[s].id, targets[k], names) for s, k in sorted(sums))
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
