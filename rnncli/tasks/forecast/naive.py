"""Forecasts that need no training: what a model has to beat.

Each takes a history y (L,) float64, nan where a value is missing, the horizon h and the season m, both in steps, and
returns the h values that follow, (h,) float64. Only a history with no value at all gives nan. ValueError for a season
below 1, where it counts. The first four are those of Hyndman and Athanasopoulos, "Forecasting: principles and practice"
(3rd edition 2021, section 5.2); Naive2 is the one that the M4 competition measures against (Makridakis, Spiliotis and
Assimakopoulos, "The M4 Competition: 100,000 time series and 61 forecasting methods", Int. J. of Forecasting 36 (2020)
54-74).
"""

import numpy as np

CRITICAL = 1.645  # of the standard normal distribution: two-sided 90 %


def naive(y, h, m=1):
    """The last value that was observed, again and again."""
    seen = y[~np.isnan(y)]
    return np.full(h, seen[-1] if len(seen) else np.nan)


def seasonal_naive(y, h, m):
    """For each step the last value observed a whole number of seasons before it.

    Where there is none, because the history is shorter than a season or always misses there, the last value observed.
    """
    seasons = _by_phase(y, m)
    last = naive(y, m)
    for season in seasons:
        last = np.where(np.isnan(season), last, season)
    return np.resize(last, h)


def drift(y, h, m=1):
    """The straight line through the first and the last value that were observed; one value alone is repeated."""
    at = np.flatnonzero(~np.isnan(y))
    if len(at) < 2:
        return naive(y, h)
    first, last = at[0], at[-1]
    slope = (y[last] - y[first]) / (last - first)
    return y[last] + slope * (len(y) - last + np.arange(h))


def mean(y, h, m=1):
    """The mean of all values that were observed."""
    seen = y[~np.isnan(y)]
    return np.full(h, seen.mean() if len(seen) else np.nan)


def naive2(y, h, m):
    """Naive on the seasonally adjusted history, made seasonal again: y_last / index of its phase * index of each step.

    The index is 1, and the forecast is `naive`, where `is_seasonal` finds no season, where a value is not above 0 (a
    product has no season there), or where gaps leave a phase of the season without an index.
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

    False for m = 1, for fewer than three seasons and for a constant history. The statistical package that M4 used
    looks no further than lag 10 log10(L) and so sees no longer season; here every m is tested. A missing value counts
    as the mean.
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
    "The advanced theory of statistics", volume 3, 1983). All 1 where `naive2` says that there is no index.
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
