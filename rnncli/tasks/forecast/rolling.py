"""The forecasts of `naive` from many origins of many series at once: the same numbers in a fraction of the time.

y (S, L) are whole series, nan where a value is missing and behind the end of the shorter ones; `first` (n,) is the
first step to forecast from each origin, `row` (n,) its series: a forecast of step t reads only y[row, :t]. Each
function returns (n, h) float64, h steps from each origin, equal to the function of the same name in `naive` for
y[row, :t]. ValueError for a season m below 1, where the season is used.
"""

import numpy as np

from .naive import CRITICAL


def naive(y, row, first, h, m=1):
    """The last observed value, repeated."""
    last, found = _last_before(y, row, first)
    return np.repeat(np.where(found, y[row, last], np.nan)[:, None], h, axis=1)


def seasonal_naive(y, row, first, h, m):
    """For each step the last value observed a whole number of seasons before it, else the last value observed."""
    _check(m)
    seasons = _along_seasons(y, m, _forward)
    at = first[:, None] - m + np.arange(h) % m
    value = np.where(at >= 0, seasons[row[:, None], np.maximum(at, 0)], np.nan)
    return np.where(np.isnan(value), naive(y, row, first, h), value)


def drift(y, row, first, h, m=1):
    """The straight line through the first and the last observed value; a single value is repeated."""
    last, found = _last_before(y, row, first)
    start = np.isnan(y).argmin(axis=1)[row]
    end = y[row, last]
    slope = np.where(found & (last > start), (end - y[row, start]) / np.maximum(last - start, 1), 0.0)
    line = end[:, None] + slope[:, None] * ((first - last)[:, None] + np.arange(h))
    return np.where(found[:, None], line, np.nan)


def naive2(y, row, first, h, m):
    """Naive on the seasonally adjusted history, made seasonal again, where it is seasonal."""
    index = np.where(is_seasonal(y, row, first, m)[:, None], seasonal_index(y, row, first, m), 1.0)  # (n, m)
    last, _ = _last_before(y, row, first)
    adjusted = naive(y, row, first, h) / np.take_along_axis(index, ((last - first) % m)[:, None], axis=1)
    return adjusted * index[:, np.arange(h) % m]


def is_seasonal(y, row, first, m):
    """(n,) bool: whether the autocorrelation at lag m of y[row, :t] is significant at 90 %; see `naive.is_seasonal`.

    With w_t whether y_t was observed and mu the mean of the values before the origin, the sums
    sum w_t w_{t-k} (y_t - mu) (y_{t-k} - mu) of all origins come from running sums of products.
    """
    _check(m)
    there = ~np.isnan(y)
    w, v = there.astype(np.float64), np.where(there, y, 0.0)
    centre = v.sum(axis=1) / np.maximum(w.sum(axis=1), 1)
    v = np.where(there, v - centre[:, None], 0.0)  # centred: running sums keep their precision
    seen = _running(w)
    mu = _running(v)[row, first] / np.maximum(seen[row, first], 1)
    lags = range(min(m, y.shape[1] - 1) + 1)
    moments = np.stack([_lagged(v, w, k, row, first, mu) for k in lags], axis=1)
    changes = (np.diff(_forward(y), prepend=np.nan, axis=1) != 0) & there & (seen[:, :-1] > 0)
    enough = (m >= 2) & (first >= 3 * m) & (_running(changes)[row, first] > 0)
    enough &= moments[:, 0] > 0  # squares of very small values are 0
    r = moments[enough] / moments[enough, :1]
    found = np.zeros(len(first), bool)
    if enough.any():
        limit = CRITICAL * np.sqrt((1 + 2 * (r[:, 1:m] ** 2).sum(axis=1)) / first[enough])
        found[enough] = np.abs(r[:, m]) > limit
    return found


def seasonal_index(y, row, first, m):
    """(n, m): the factors of the classical decomposition of y[row, :t], that of step t first; see
    `naive.seasonal_index`."""
    _check(m)
    L, weights = y.shape[1], np.ones(m) if m % 2 else np.r_[0.5, np.ones(m - 1), 0.5]
    half = len(weights) // 2
    ratio = np.full(y.shape, np.nan)
    if len(weights) <= L:
        trend = np.stack([np.convolve(one, weights / m, "valid") for one in y])
        with np.errstate(divide="ignore", invalid="ignore"):  # a trend of 0 takes values that are not above 0
            ratio[:, half : L - half] = y[:, half : L - half] / trend
    there = np.isfinite(ratio)
    sums = _along_seasons(np.where(there, ratio, 0.0), m, _summed)
    counts = _along_seasons(there.astype(np.float64), m, _summed)
    step = first[:, None] + np.arange(m)
    at = step - m * -(-(step - (first[:, None] - 1 - half)) // m)  # the last of its phase that has a trend
    place = row[:, None], np.maximum(at, 0)
    count = np.where(at >= 0, counts[place], 0.0)
    index = np.where(count > 0, sums[place], 0.0) / np.maximum(count, 1)
    low = y <= 0
    positive = first <= np.where(low.any(axis=1), low.argmax(axis=1), L)[row]
    good = positive & (count > 0).all(axis=1)
    mean = np.where(good, index.mean(axis=1), 1.0)
    return np.where(good[:, None], index / mean[:, None], 1.0)


def _lagged(v, w, k, row, first, mu):
    """(n,) sum over t < first of w_t w_{t-k} (v_t - mu) (v_{t-k} - mu)."""
    place = row, np.maximum(first - k, 0)
    v_now, w_now, v_then, w_then = v[:, k:], w[:, k:], v[:, : v.shape[1] - k], w[:, : w.shape[1] - k]
    pairs = (v_now, v_then), (v_now, w_then), (v_then, w_now), (w_now, w_then)
    products, now, before, both = (_running(one * other)[place] for one, other in pairs)
    return products - mu * (now + before) + mu**2 * both


def _last_before(y, row, first):
    """(position (n,) of the last value before each origin, 0 where there is none; whether there is one (n,))."""
    seen = np.full((len(y), y.shape[1] + 1), -1)
    seen[:, 1:] = np.where(np.isnan(y), -1, np.arange(y.shape[1]))
    last = np.maximum.accumulate(seen, axis=1)[row, first]
    return np.maximum(last, 0), last >= 0


def _along_seasons(y, m, what):
    """what(seasons (S, n, m)) of y (S, L) cut into seasons from its first value on, as one array (S, L) again."""
    S, L = y.shape
    padded = np.full((S, -(-L // m) * m), np.nan)
    padded[:, :L] = y
    return what(padded.reshape(S, -1, m)).reshape(S, -1)[:, :L]


def _summed(seasons):
    """(S, n, m) the sums of each phase up to each season."""
    return np.nancumsum(seasons, axis=1)


def _forward(y):
    """y (S, L, ...) with every nan replaced by the last value before it on the second axis."""
    at = np.arange(y.shape[1]).reshape(-1, *(1,) * (y.ndim - 2))
    last = np.maximum.accumulate(np.where(np.isnan(y), 0, at), axis=1)
    return np.take_along_axis(y, last, axis=1)


def _running(values):
    """(S, L + 1): the sums of the first 0, 1, ..., L values of each row."""
    sums = np.zeros((len(values), values.shape[1] + 1))
    np.cumsum(values, axis=1, out=sums[:, 1:])
    return sums


def _check(m):
    if m < 1:
        raise ValueError(f"the season is {m}; it must be 1 or more")


ROLLING = {"naive": naive, "seasonal_naive": seasonal_naive, "drift": drift, "naive2": naive2}
