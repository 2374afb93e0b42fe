"""Units in which a network sees a series, and the way back. Everything is fitted on training rows only.

Values z = (f(y) - offset) / scale, with f the logarithm or nothing. offset and scale are those of the series, or of the
window that is looked at. Arrays end with K, the columns.
"""

from dataclasses import dataclass

import numpy as np

from ..errors import DataError

SERIES = ("none", "standard", "robust", "minmax")       # one offset and scale for a whole series
WINDOW = ("last", "mean")                               # the offset is the window's, the scale its own or the series'
KINDS = (*WINDOW, *SERIES)
FLAT = 1e-8         # of the size of its values: a series that varies less than that is constant, and its scale is 1


@dataclass(frozen=True)
class Units:
    """offset and scale, arrays that broadcast against what they are applied to; log: of the logarithm."""

    offset: np.ndarray
    scale: np.ndarray
    log: bool = False

    def apply(self, y):
        """y in these units; nan stays nan."""
        return ((np.log(y) if self.log else y) - self.offset) / self.scale

    def undo(self, z):
        """Back in the units of the series."""
        y = z * self.scale + self.offset
        return np.exp(y) if self.log else y


def series_units(y, kind, log=False):
    """The Units of one series from its training rows y (L, K), offset and scale (K,).

    "standard" mean and standard deviation; "robust" median and interquartile range / 1.349, which is the standard
    deviation of a normal distribution; "minmax" minimum and range; "none" 0 and 1. The scales of "last" and "mean" are
    those of "standard". A constant column has the scale 1. Nothing observed: 0 and 1.
    """
    y = np.log(y) if log else y
    K = y.shape[1]
    offset, scale = np.zeros(K), np.ones(K)
    for k in range(K):
        seen = y[:, k][~np.isnan(y[:, k])]
        if len(seen) and kind != "none":
            offset[k], spread = _location_and_spread(seen, kind)
            scale[k] = spread if spread > FLAT * max(1.0, np.abs(seen).max()) else 1.0
    return Units(offset, scale, log)


def _location_and_spread(seen, kind):
    if kind == "robust":
        low, middle, high = np.quantile(seen, (0.25, 0.5, 0.75))
        return middle, (high - low) / 1.349
    if kind == "minmax":
        return seen.min(), np.ptp(seen)
    return seen.mean(), seen.std()


def window_units(windows, kind, units):
    """The Units of windows (L, N, K), offset and scale (N, K), for the Units (N, K) of their series.

    "last": the last observed value and the scale of the series. "mean": mean and standard deviation of the window,
    where it varies. Other kinds, and windows in which nothing is observed, keep those of the series.
    """
    if kind not in WINDOW:
        return units
    y = np.log(windows) if units.log else windows
    seen = ~np.isnan(y)
    count, values = seen.sum(axis=0), np.where(seen, y, 0.0)
    offset, scale = np.array(units.offset), np.array(units.scale)
    if kind == "last":
        last = len(y) - 1 - np.argmax(seen[::-1], axis=0)
        found = np.take_along_axis(values, last[None], axis=0)[0]
    else:
        found = values.sum(axis=0) / np.maximum(count, 1)
        spread = np.sqrt((np.where(seen, y - found, 0.0) ** 2).sum(axis=0) / np.maximum(count, 1))
        varies = spread > FLAT * np.maximum(1.0, np.abs(values).max(axis=0))
        scale = np.where((count > 1) & varies, spread, scale)
    return Units(np.where(count > 0, found, offset), scale, units.log)


def check_positive(y, where, column):
    """Raises DataError where y (L,) has a value that has no logarithm; where(row) names its place."""
    bad = np.flatnonzero(y <= 0)
    if len(bad):
        raise DataError(f"{where(bad[0])}: {column} is {y[bad[0]]:g}, which has no logarithm",
                        "leave out --log, or shift the column above 0")
