"""Baselines that need no training.

Each takes a history y (L,) float64, nan where a value is missing, the horizon h and the season m, both in steps, and
returns the h values that follow, (h,) float64. Only a history without any value gives nan. ValueError for a season
below 1, where the season is used. The first four are those of Hyndman and Athanasopoulos, "Forecasting: principles and
practice" (3rd edition 2021, section 5.2); Naive2 is the benchmark of the M4 competition (Makridakis, Spiliotis and
Assimakopoulos, "The M4 Competition: 100,000 time series and 61 forecasting methods", Int. J. of Forecasting 36 (2020)
54-74).
"""

import numpy as np

CRITICAL = 1.645  # of the standard normal distribution: two-sided 90 %


def naive(y, h, m=1):
    """The last observed value, repeated."""
    seen = y[~np.isnan(y)]
    return np.full(h, seen[-1] if len(seen) else np.nan)


def seasonal_naive(y, h, m):
    """For each step the last value observed a whole number of seasons before it.

    The last observed value where there is none: the history is shorter than a season or has only gaps there.
    """
    seasons = _by_phase(y, m)
    last = naive(y, m)
    for season in seasons:
        last = np.where(np.isnan(season), last, season)
    return np.resize(last, h)


def drift(y, h, m=1):
    """The straight line through the first and the last observed value; a single value is repeated."""
    at = np.flatnonzero(~np.isnan(y))
    if len(at) < 2:
        return naive(y, h)
    first, last = at[0], at[-1]
    slope = (y[last] - y[first]) / (last - first)
    return y[last] + slope * (len(y) - last + np.arange(h))


def mean(y, h, m=1):
    """The mean of all observed values."""
    seen = y[~np.isnan(y)]
    return np.full(h, seen.mean() if len(seen) else np.nan)


def naive2(y, h, m):
    """Naive on the seasonally adjusted history, made seasonal again: y_last / index of its phase * index of each step.

    The index is 1, and the forecast is `naive`, where `is_seasonal` finds no season, where a value is not above 0 (the
    season is multiplicative), or where gaps leave a phase of the season without an index.
    """
    index = seasonal_index(y, m) if is_seasonal(y, m) else np.ones(m)
    at = np.flatnonzero(~np.isnan(y))
    adjusted = naive(y, h)
    if len(at):
        adjusted = adjusted / index[(at[-1] - len(y)) % m]
    return adjusted * np.resize(index, h)


def is_seasonal(y, m):
    """Whether the autocorrelation r_m of y (L,) is significant at 90 %, as the M4 benchmarks test it.

        |r_m| > 1.645 sqrt((1 + 2 (r_1^2 + ... + r_{m-1}^2)) / L)

    False for m = 1, for fewer than three seasons and for a constant history. The statistical package used for M4 stops
    at lag 10 log10(L) and so misses longer seasons; here every m is tested. A missing value counts as the mean.
    """
    _check(m)
    seen = y[~np.isnan(y)]
    if m < 2 or len(y) < 3 * m or not len(seen) or np.ptp(seen) == 0:
        return False
    centred = np.where(np.isnan(y), 0, y - seen.mean())
    r = np.array([centred[k:] @ centred[: len(y) - k] for k in range(1, m + 1)]) / (centred @ centred)
    limit = CRITICAL * np.sqrt((1 + 2 * (r[:-1] ** 2).sum()) / len(y))
    return bool(abs(r[-1]) > limit)


def seasonal_index(y, m):
    """The m factors of the classical multiplicative decomposition of y (L,), that of the next step first.

    trend_t: the centred mean of a season, over m + 1 values with half weights at both ends where m is even. index: the
    mean of y_t / trend_t over the steps of one phase, divided so that the m of them have mean 1 (Kendall and Stuart,
    "The advanced theory of statistics", volume 3, 1983). All 1 in the cases listed at `naive2`.
    """
    _check(m)
    if (y <= 0).any():
        return np.ones(m)
    weights = np.ones(m) if m % 2 else np.r_[0.5, np.ones(m - 1), 0.5]
    half = len(weights) // 2
    trend = np.convolve(y, weights / m, "valid")  # nan wherever a value is missing
    ratio = np.full(len(y), np.nan)
    ratio[half : len(y) - half] = y[half : len(y) - half] / trend
    seasons = _by_phase(ratio, m)
    there = ~np.isnan(seasons)
    if not there.any(axis=0).all():
        return np.ones(m)
    index = np.where(there, seasons, 0).sum(axis=0) / there.sum(axis=0)
    return index / index.mean()


def _by_phase(y, m):
    """y (L,) as seasons (n, m) that end where y ends, nan before it begins; column 0 has the phase of the next step."""
    _check(m)
    return np.r_[np.full(-len(y) % m, np.nan), y].reshape(-1, m)


def _check(m):
    if m < 1:
        raise ValueError(f"the season is {m}; it must be 1 or more")


NAIVE = {"naive": naive, "seasonal_naive": seasonal_naive, "drift": drift, "mean": mean, "naive2": naive2}
