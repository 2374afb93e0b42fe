"""One-step forecasts of every row, beside the observed values and the tail probabilities of the residuals."""

from typing import Any

import numpy as np

from ..base import Progress
from .data import SeriesData
from .intervals import describes, mean_of
from .predictor import Predictor


def step_records(loaded: Any, data: SeriesData, split: str, progress: Progress | None = None) -> list[dict[str, Any]]:
    """[dict] for each target of each row of the split of that name: unique_id, target, ds, actual, forecast, residual
    (actual less forecast) and tail, the two-sided tail probability; actual, residual and tail are None where no value
    was observed, tail also where the model has neither a distribution nor residuals.

    The tail comes from the likelihood; for a loss without a distribution, from the rank of the absolute residual among
    those of the R validation windows one step ahead, (1 + number as large) / (R + 1), as in conformal prediction. Rows
    without an observed value in the window before them are left out. progress: called with (activity, done, total).
    """
    part = data.splits[split]
    series = np.repeat(np.arange(len(part.start)), np.maximum(part.stop - np.maximum(part.start, 1), 0))
    first = np.concatenate([np.arange(max(start, 1), stop) for start, stop in zip(part.start, part.stop)])
    seen = _something_before(data, series, first)
    series, first = series[seen], first[seen]
    forecast, tails = _one_step(loaded, data.windows, series, first, progress)
    return [record for n in range(len(series)) for record in _records(data, series[n], first[n], forecast[n], tails[n])]


def _one_step(loaded, windows, series, first, progress):
    """(forecasts in original units, tail probabilities), both (W, K), of the first step of each window."""
    predictor = Predictor.of(loaded, windows, len(series))
    likelihood = predictor.model.likelihood
    tail = _tail_of(likelihood, loaded.arrays.get("series/residuals"))
    reported = progress and (lambda done, total: progress("scoring steps", done, total))
    forecast, tails = np.empty((2, len(series), windows.K))
    for rows, window, scores in predictor.batches(series, first, progress=reported):
        z = mean_of(likelihood, scores, windows.K)
        forecast[rows] = window.units.undo(z)[0]
        tails[rows] = tail(scores[0], z[0], np.where(window.real, window.targets, np.nan)[0])
    return forecast, tails


def _records(data, s, t, forecast, tail):
    """[dict] of the K targets of step t of series s; forecast (K,) in original units, tail (K,)."""
    one = data.panel.series[s]
    stamp = data.panel.text(one.stamps[t : t + 1])[0]
    for k, target in enumerate(data.panel.roles.targets):
        actual, there = one.y[t, k], bool(one.real[t, k])
        yield {
            "unique_id": one.id,
            "target": target,
            "ds": stamp,
            "actual": float(actual) if there else None,
            "forecast": float(forecast[k]),
            "residual": float(actual - forecast[k]) if there else None,
            "tail": float(tail[k]) if there and np.isfinite(tail[k]) else None,
        }


def _something_before(data, series, first):
    """(W,) bool: whether the window before each row holds a value."""
    good = np.zeros(len(first), bool)
    for s in np.unique(series):
        there = ~np.isnan(data.panel.series[s].carried).all(axis=1)
        count, at = np.r_[0, np.cumsum(there)], first[series == s]
        good[series == s] = count[at] > count[np.maximum(at - data.windows.L, 0)]
    return good


def _tail_of(likelihood, residuals):
    """tail(scores (N, outputs), mean (N, K), truth (N, K)) -> (N, K), all in the units of the model; nan stays nan."""
    if describes(likelihood, "tail"):
        return lambda scores, mean, truth: likelihood.tail(scores, truth)
    if residuals is None:
        return lambda scores, mean, truth: np.full(truth.shape, np.nan)
    ordered = [np.sort(np.abs(column[~np.isnan(column)])) for column in np.asarray(residuals, np.float64)[:, 0].T]

    def ranked(scores, mean, truth):
        size = np.abs(truth - mean)
        tails = [
            (1 + len(known) - np.searchsorted(known, column, "left")) / (len(known) + 1)
            for known, column in zip(ordered, size.T)
        ]
        return np.where(np.isnan(size), np.nan, np.stack(tails, axis=1))

    return ranked
