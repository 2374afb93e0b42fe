"""The forecasts of `naive` from many origins of one series at once: the same numbers in a fraction of the time.

y (L,) is the whole series, nan where a value is missing, and `first` (n,) the first step to forecast from each origin:
a forecast of step t reads only y[:t]. Each function returns (n, h) float64, h steps from each origin, equal to the
function of the same name in `naive` for y[:t]. ValueError for a season m below 1, where the season is used.
"""

import numpy as np

from .naive import CRITICAL


def naive(y, first, h, m=1):
    """The last observed value, repeated."""
    last, found = _last_before(y, first)
    return np.repeat(np.where(found, y[last], np.nan)[:, None], h, axis=1)


def seasonal_naive(y, first, h, m):
    """For each step the last value observed a whole number of seasons before it, else the last value observed."""
    _check(m)
    seasons = _along_seasons(y, m, _forward)
    at = first[:, None] - m + np.arange(h) % m
    value = np.where(at >= 0, seasons[np.maximum(at, 0)], np.nan)
    return np.where(np.isnan(value), naive(y, first, h), value)


def drift(y, first, h, m=1):
    """The straight line through the first and the last observed value; a single value is repeated."""
    last, found = _last_before(y, first)
    start = int(np.argmin(np.isnan(y)))
    slope = np.where(found & (last > start), (y[last] - y[start]) / np.maximum(last - start, 1), 0.0)
    line = y[last][:, None] + slope[:, None] * ((first - last)[:, None] + np.arange(h))
    return np.where(found[:, None], line, np.nan)


def naive2(y, first, h, m):
    """Naive on the seasonally adjusted history, made seasonal again, where it is seasonal."""
    index = np.where(is_seasonal(y, first, m)[:, None], seasonal_index(y, first, m), 1.0)  # (n, m)
    last, _ = _last_before(y, first)
    adjusted = naive(y, first, h) / np.take_along_axis(index, ((last - first) % m)[:, None], axis=1)
    return adjusted * index[:, np.arange(h) % m]


def is_seasonal(y, first, m):
    """(n,) bool: whether the autocorrelation at lag m of y[:t] is significant at 90 %; see `naive.is_seasonal`.

    With w_t whether y_t was observed and mu the mean of the values before the origin, the sums
    sum w_t w_{t-k} (y_t - mu) (y_{t-k} - mu) of all origins come from running sums of products.
    """
    _check(m)
    there = ~np.isnan(y)
    w = there.astype(np.float64)
    v = np.where(there, y - (np.nanmean(y) if there.any() else 0.0), 0.0)  # centred: running sums keep their precision
    count, total = _running(w)[first], _running(v)[first]
    mu = total / np.maximum(count, 1)
    moments = np.stack([_lagged(v, w, k, first, mu) for k in range(min(m, max(len(y) - 1, 0)) + 1)], axis=1)
    varies = _running((np.diff(_forward(y), prepend=np.nan) != 0) & there & (_running(w)[:-1] > 0))[first] > 0
    enough = (m >= 2) & (first >= 3 * m) & varies
    enough &= moments[:, 0] > 0  # squares of very small values are 0
    r = moments[enough] / moments[enough, :1]
    found = np.zeros(len(first), bool)
    if enough.any():
        limit = CRITICAL * np.sqrt((1 + 2 * (r[:, 1:m] ** 2).sum(axis=1)) / first[enough])
        found[enough] = np.abs(r[:, m]) > limit
    return found


def seasonal_index(y, first, m):
    """(n, m): the factors of the classical decomposition of y[:t], that of step t first; see `naive.seasonal_index`."""
    _check(m)
    weights = np.ones(m) if m % 2 else np.r_[0.5, np.ones(m - 1), 0.5]
    half = len(weights) // 2
    ratio = np.full(len(y), np.nan)
    if len(y) >= len(weights):
        with np.errstate(divide="ignore", invalid="ignore"):  # a trend of 0 takes values that are not above 0
            ratio[half : len(y) - half] = y[half : len(y) - half] / np.convolve(y, weights / m, "valid")
    there = np.isfinite(ratio)
    sums = _along_seasons(np.where(there, ratio, 0.0), m, lambda a: np.nancumsum(a, axis=0))
    counts = _along_seasons(there.astype(np.float64), m, lambda a: np.nancumsum(a, axis=0))
    step = first[:, None] + np.arange(m)
    at = step - m * -(-(step - (first[:, None] - 1 - half)) // m)  # the last of its phase that has a trend
    count = np.where(at >= 0, counts[np.maximum(at, 0)], 0.0) if len(y) else np.zeros(at.shape)
    index = np.where(count > 0, sums[np.maximum(at, 0)], 0.0) / np.maximum(count, 1)
    positive = first <= (np.append(np.flatnonzero(y <= 0), len(y))[0])
    good = positive & (count > 0).all(axis=1)
    mean = np.where(good, index.mean(axis=1), 1.0)
    return np.where(good[:, None], index / mean[:, None], 1.0)


def _lagged(v, w, k, first, mu):
    """(n,) sum over t < first of w_t w_{t-k} (v_t - mu) (v_{t-k} - mu)."""

    def upto(products):
        return _running(products)[np.maximum(first - k, 0)]

    now, before, both = v[k:] * w[: len(w) - k], v[: len(v) - k] * w[k:], w[k:] * w[: len(w) - k]
    return upto(v[k:] * v[: len(v) - k]) - mu * (upto(now) + upto(before)) + mu**2 * upto(both)


def _last_before(y, first):
    """(position (n,) of the last value before each origin, 0 where there is none; whether there is one (n,))."""
    seen = np.where(np.isnan(y), -1, np.arange(len(y)))
    last = np.maximum.accumulate(np.r_[-1, seen])[first]
    return np.maximum(last, 0), last >= 0


def _along_seasons(y, m, what):
    """what(seasons (n, m)) of y (L,) cut into seasons from its first value on, as one array (L,) again."""
    return what(np.r_[y, np.full(-len(y) % m, np.nan)].reshape(-1, m)).reshape(-1)[: len(y)]


def _forward(y):
    """y (L, ...) with every nan replaced by the last value before it on the first axis."""
    row = np.arange(len(y)).reshape(-1, *(1,) * (y.ndim - 1))
    last = np.maximum.accumulate(np.where(np.isnan(y), 0, row), axis=0)
    return np.take_along_axis(y, last, axis=0)


def _running(values):
    """(L + 1,): the sum of the first 0, 1, ..., L values."""
    sums = np.zeros(len(values) + 1)  # np.r_ would take ten times as long for a short series
    np.cumsum(values, out=sums[1:])
    return sums


def _check(m):
    if m < 1:
        raise ValueError(f"the season is {m}; it must be 1 or more")


ROLLING = {"naive": naive, "seasonal_naive": seasonal_naive, "drift": drift, "naive2": naive2}
