"""The units of a series inside the network, and their inverse. All are fitted on training rows only.

Values z = (f(y) - offset) / scale, where f is the logarithm or the identity. offset and scale belong to the series or
to the current window. The last axis of arrays is K, the columns.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ...errors import DataError

SERIES = ("none", "standard", "robust", "minmax")  # one offset and scale for a whole series
WINDOW = ("last", "mean")  # the offset is the window's, the scale its own or the series'
KINDS = (*WINDOW, *SERIES)
DIGITS = 7  # binary ones, of the number of rows that units are fitted on: at least 98 % of all rows
FLAT = 1e-8  # a series that varies by less than this share of its values counts as constant


@dataclass(frozen=True)
class Units:
    """offset and scale, arrays that broadcast against the values; log: they apply to the logarithm."""

    offset: np.ndarray
    scale: np.ndarray
    log: bool = False

    def apply(self, y: np.ndarray) -> np.ndarray:
        """y in these units; nan stays nan."""
        return ((np.log(y) if self.log else y) - self.offset) / self.scale

    def undo(self, z: np.ndarray) -> np.ndarray:
        """The inverse: z in the units of the series."""
        y = z * self.scale + self.offset
        return np.exp(y) if self.log else y

    def at(self, series: np.ndarray, first: np.ndarray) -> "Units":
        """Of Units (S, K): those of N windows, (N, K), whose first steps to forecast are `first` (N,) of `series`."""
        return Units(self.offset[series], self.scale[series], self.log)


@dataclass(frozen=True, kw_only=True)
class UnitsByOrigin(Units):
    """Units (S, K) of series that a model meets after training: nan for those that it does not know. Theirs are fitted
    on the rows before the origin of each window, so that no row behind it counts.

    Of n rows before an origin the first `fitted_rows(n)` count, nearly all: one fit serves many origins.
    """

    y: tuple[np.ndarray, ...]  # S arrays (L_s, K), nan where missing
    usual_offset: np.ndarray  # (K,) where no value is before the origin
    usual_scale: np.ndarray  # (K,)
    kind: str
    difference: int

    def at(self, series: np.ndarray, first: np.ndarray) -> Units:
        found, fits = super().at(series, first), {}
        for n in np.flatnonzero(np.isnan(found.scale).any(axis=1)).tolist():
            key = int(series[n]), fitted_rows(int(first[n]))
            if key not in fits:
                fits[key] = self._fitted(*key)
            found.offset[n], found.scale[n] = fits[key]
        return found

    def _fitted(self, s, rows):
        y = self.y[s][:rows]
        if np.isnan(y).all():
            return self.usual_offset, self.usual_scale
        found = fit_units([y], [rows], self.kind, self.log, self.difference)
        return found.offset[0], found.scale[0]


def fitted_rows(rows: int) -> int:
    """`rows`, rounded down to seven binary digits: 100 for 100, 1,016 for 1,023."""
    return rows >> (shift := max(rows.bit_length() - DIGITS, 0)) << shift


def series_units(y: np.ndarray, kind: str, log: bool = False) -> Units:
    """The Units of one series from its training rows y (L, K), offset and scale (K,).

    "standard" mean and standard deviation; "robust" median and interquartile range / 1.349, which is the standard
    deviation of a normal distribution; "minmax" minimum and range; "none" 0 and 1. The scales of "last" and "mean" are
    those of "standard". A constant column has the scale 1, or its size if less; one without values has 0 and 1.
    """
    y = np.log(y) if log else y
    K = y.shape[1]
    offset, scale = np.zeros(K), np.ones(K)
    for k in range(K):
        seen = y[:, k][~np.isnan(y[:, k])]
        if len(seen) and kind != "none":
            size = np.abs(seen).max()
            offset[k], spread = _location_and_spread(seen, kind)
            scale[k] = spread if spread > FLAT * (max(1.0, size) if log else size) else min(1.0, size or 1.0)
    return Units(offset, scale, log)


def _location_and_spread(seen, kind):
    if kind == "robust":
        low, middle, high = np.quantile(seen, (0.25, 0.5, 0.75))
        return middle, (high - low) / 1.349
    if kind == "minmax":
        return seen.min(), np.ptp(seen)
    size = np.abs(seen).max() or 1.0  # squares of very small values would be 0
    return seen.mean(), (seen / size).std() * size


def mean_units(values: np.ndarray, there: np.ndarray, units: Units) -> tuple[np.ndarray, np.ndarray]:
    """(offset, scale), both (N, K): mean and standard deviation of windows `values` (L, N, K) where `there` (L, N, K)
    bool is True, or everywhere if it is None. A constant window has the scale of `units` (N, K); a window without any
    value has both its offset and its scale.
    """
    L = len(values)
    there = np.ones((1, *values.shape[1:]), bool) if there is None else there
    count = there.sum(axis=0) * (L // len(there))
    seen = np.where(there, values, 0.0)
    mean = seen.sum(axis=0) / np.maximum(count, 1)
    spread = np.sqrt((np.where(there, values - mean, 0.0) ** 2).sum(axis=0) / np.maximum(count, 1))
    varies = (count > 1) & (spread > FLAT * np.maximum(1.0, np.abs(seen).max(axis=0)))
    return np.where(count > 0, mean, units.offset), np.where(varies, spread, units.scale)


def fit_units(
    y: Sequence[np.ndarray], stops: Sequence[int], kind: str, log: bool = False, difference: int = 0
) -> Units:
    """The Units, offset and scale (S, K), of S series y [(L_s, K)] from their rows before `stops` (S,).

    With a difference, the scale is that of the changes against so many steps before. A series without such rows has the
    medians of the others.
    """
    offset, scale = np.full((2, len(y), y[0].shape[1]), np.nan)
    for s, (each, stop) in enumerate(zip(y, stops)):
        rows = each[:stop]
        if np.isnan(rows).all():
            continue
        found = series_units(rows, kind, log)
        level = np.log(rows) if log else rows
        changes = series_units(level[difference:] - level[:-difference], kind) if difference else found
        offset[s], scale[s] = found.offset, changes.scale
    lone = np.isnan(scale).any(axis=1)
    if not lone.all():
        offset[lone], scale[lone] = np.median(offset[~lone], axis=0), np.median(scale[~lone], axis=0)
    return Units(np.nan_to_num(offset), np.nan_to_num(scale, nan=1.0), log)


def check_positive(y: np.ndarray, where: Callable[[int], str], column: str) -> None:
    """Raises DataError if y (L,) has a value without a logarithm; where(row) is its place."""
    bad = np.flatnonzero(y <= 0)
    if len(bad):
        raise DataError(
            f"{where(bad[0])}: {column} is {y[bad[0]]:g}, which has no logarithm",
            "drop --log, or shift the column above 0",
        )
