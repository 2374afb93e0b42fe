"""As many digits of a forecast as the network can tell apart, and no noise beyond them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

FIGURES = 7  # of the spread of a series: as many as float32 has, in which networks compute
OF_SPREAD = 2  # of the spread of a series, which forecasts that look like the data have at least
FURTHER = 2  # decimals than the data have, at most
LEAST, MOST = 10, 15  # significant digits of a number; float64 has 15 for any number


def spreads(series: Sequence[Any], means: np.ndarray) -> np.ndarray:
    """(W, K) standard deviation of the history and the forecast of each series and target.

    series: [W] Series. means (W, h, K): the point forecasts.
    """
    both = [np.concatenate([one.y, mean]) for one, mean in zip(series, means, strict=True)]
    return np.stack([_deviation(values) for values in both])


def rounded(values: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Numbers (W, h, ...) with the digits that mean something for a spread (W,): seven figures of the spread, at least
    ten digits and all of a whole number, at most fifteen digits."""
    spread = np.reshape(spread, (-1, *[1] * (values.ndim - 1)))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        size = np.floor(np.log10(np.abs(values)))  # -inf for 0
        finest = np.where(spread > 0, np.floor(np.log10(spread)), size)
        digits = np.clip(np.fmax(FIGURES + size - finest, size + 1), LEAST, MOST)
        scale = 10.0 ** (digits - 1 - size)
        found = np.rint(values * scale) / scale
    return np.where(np.isfinite(found), found, values)


def decimals_for(own: int | None, spread: np.ndarray) -> int | None:
    """The decimals of forecasts of data with `own` decimals: as many, or up to FURTHER more where the spread (W,) of
    a series would lose its second figure; None for data of unlike decimals."""
    swings = spread[spread > 0]
    if own is None or not len(swings):
        return own
    needed = OF_SPREAD - 1 - int(np.floor(np.log10(swings.min())))
    return min(max(own, min(needed, own + FURTHER)), MOST)


def _deviation(values):
    """(K,) standard deviation of the columns of values (L, K), 0 where nothing is known."""
    known = np.isfinite(values)
    count = np.maximum(known.sum(axis=0), 1)
    centred = np.where(known, values - np.where(known, values, 0).sum(axis=0) / count, 0)
    return np.sqrt((centred * centred).sum(axis=0) / count)
