"""Missing values of series filled in: from the rows around them, or from the rows before them alone."""

import numpy as np

from ...errors import ConfigError

FILLS = ("none", "ffill", "linear", "seasonal")


def fill(y: np.ndarray, how: str, season: int) -> np.ndarray:
    """A copy of y (L, K) float64 with its nan filled, column by column.

    "none" keeps them; "ffill" repeats the last value; "linear" interpolates between the neighbours; "seasonal" takes
    the last value a whole number of seasons of `season` rows before, or that of "linear" if there is none. Missing
    values before the first take the first, those after the last take the last (or its season's). A column without any
    value stays nan. ConfigError for another `how`, or a season below 1.
    """
    _check(how)
    y = np.array(y, np.float64)
    if how == "none" or not len(y):
        return y
    if how == "ffill":
        return _keep(_last_value(y), _linear(y))  # before the first value interpolation is constant
    return _linear(y) if how == "linear" else _keep(_last_season(y, season), _linear(y))


def carry(y: np.ndarray, how: str, season: int) -> np.ndarray:
    """`fill` from the rows before each missing value alone: the values known of a gap while it is still open.

    Instead of interpolation, which needs the value after the gap, the last value is repeated. Missing values before
    the first stay nan. ConfigError as for `fill`.
    """
    _check(how)
    y = np.array(y, np.float64)
    if how == "none" or not len(y):
        return y
    return _keep(_last_season(y, season), _last_value(y)) if how == "seasonal" else _last_value(y)


def _keep(filled, otherwise):
    return np.where(np.isnan(filled), otherwise, filled)


def _last_value(y):
    """y (L, ...) with every nan replaced by the last value before it on the first axis; nan if there is none."""
    row = np.arange(len(y)).reshape(-1, *(1,) * (y.ndim - 1))
    last = np.maximum.accumulate(np.where(np.isnan(y), 0, row), axis=0)
    return np.take_along_axis(y, last, axis=0)


def _last_season(y, season):
    """y (L, K) with every nan replaced by the last value a whole number of seasons before it; nan if there is none."""
    if season < 1:
        raise ConfigError(f"fill: a season of {season} rows", "a season has at least 1 row")
    L, K = y.shape
    padded = np.full((-(-L // season) * season, K), np.nan)
    padded[:L] = y
    return _last_value(padded.reshape(-1, season, K)).reshape(-1, K)[:L]


def _linear(y):
    """y (L, K) with its gaps interpolated linearly, constant before the first and after the last value."""
    filled, row = y.copy(), np.arange(len(y))
    for column in filled.T:
        gap = np.isnan(column)
        if not gap.all():
            column[gap] = np.interp(row[gap], row[~gap], column[~gap])
    return filled


def _check(how):
    if how not in FILLS:
        raise ConfigError(f"fill: '{how}' is not known", f"known: {', '.join(FILLS)}")
