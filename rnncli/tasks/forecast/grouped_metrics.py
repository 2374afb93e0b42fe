"""The metrics of many series at once: the numbers of `metrics.score` in a fraction of the time.

W windows, H steps ahead, one series after the other; G series. A sum over the windows of each series is one call.
"""

import math
from collections.abc import Mapping
from functools import partial

import numpy as np

from .metrics import Scores


@np.errstate(all="ignore")  # a network that diverged gives forecasts that are not finite
def score_each(
    actual: np.ndarray,
    forecast: np.ndarray,
    starts: np.ndarray,
    scale: np.ndarray,
    quantiles: Mapping[float, np.ndarray] | None = None,
    intervals: Mapping[float, tuple[np.ndarray, ...]] | None = None,
    spread: np.ndarray | float = math.nan,
) -> list[Scores]:
    """[G] the Scores of each series, as `metrics.score` computes them.

    actual, forecast, quantiles and ends of intervals: (W, H), nan in `actual` where nothing was observed; starts (G,):
    the first window of each series; scale, spread (G,).
    """
    there = ~np.isnan(actual)
    total = partial(_total, there=there, starts=starts)
    count = total(np.ones_like(actual))
    size, error = np.abs(actual), np.abs(actual - forecast)
    both = size + np.abs(forecast)
    mean = {
        "mae": total(error) / count,
        "mse": total(error**2) / count,
        "mape": total(100 * error / np.where(size == 0, np.nan, size)) / count,
        "smape": total(200 * error / np.where(both == 0, 1, both)) / count,
    }
    magnitude = total(size)
    columns = {
        "values": count.astype(np.intp),
        "magnitude": magnitude,
        **mean,
        "rmse": np.sqrt(mean["mse"]),
        "mase": _ratio(mean["mae"], scale),
        "z_mae": _ratio(mean["mae"], spread),
        "z_mse": _ratio(mean["mse"], np.square(spread)),
    }
    if quantiles:
        losses = [total(_pinball(actual, each, q)) for q, each in quantiles.items()]
        columns["quantile_loss"] = np.where(count > 0, 2 * np.mean(losses, axis=0), np.nan)
        columns["wql"] = _ratio(columns["quantile_loss"], magnitude)
    by_level = {
        level: _interval(actual, lo, hi, level, total, count, scale) for level, (lo, hi) in (intervals or {}).items()
    }
    return _scores(columns, by_level)


def _total(values, there, starts):
    """(G,) the sums of `values` (W, H) where `there` (W, H) over the windows of each series."""
    return np.add.reduceat(np.where(there, values, 0.0).sum(axis=1), starts)


def _pinball(actual, forecast, q):
    """(W, H) the quantile loss rho_q."""
    return np.maximum(q * (actual - forecast), (q - 1) * (actual - forecast))


def _interval(actual, lo, hi, level, total, count, scale):
    """(coverage, MSIS), both (G,), of intervals of a level in per cent."""
    inside = np.where(np.isnan(lo) | np.isnan(hi), np.nan, (lo <= actual) & (actual <= hi))
    missed = np.maximum(lo - actual, 0) + np.maximum(actual - hi, 0)
    width = total(hi - lo + 2 / (1 - level / 100) * missed) / count
    return total(inside) / count, _ratio(width, scale)


def _ratio(above, below):
    """(G,) above / below, nan where `below` is 0."""
    return above / np.where(below == 0, np.nan, below)


def _scores(columns, by_level):
    """[Scores] of {field: (G,)} and {level: (coverage (G,), MSIS (G,))}."""
    names, rows = list(columns), zip(*(column.tolist() for column in columns.values()))
    pairs = {level: list(zip(*(each.tolist() for each in pair))) for level, pair in by_level.items()}
    if not pairs:  # thousands of series share what is empty
        nothing: dict[float, float] = {}
        return [Scores(**dict(zip(names, row)), coverage=nothing, msis=nothing) for row in rows]
    return [
        Scores(
            **dict(zip(names, row)),
            coverage={level: pair[g][0] for level, pair in pairs.items()},
            msis={level: pair[g][1] for level, pair in pairs.items()},
        )
        for g, row in enumerate(rows)
    ]
