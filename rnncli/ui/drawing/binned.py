"""Numbers in fewer bins, as many as a drawing has room for."""

import numpy as np


def size_of_bins(n: int, most: int) -> int:
    """How many of n neighbours share a bin, so that there are at most `most` bins."""
    return max(-(-n // max(most, 1)), 1)


def means(values: np.ndarray, size: int, axis: int, log: bool) -> np.ndarray:
    """The means of each `size` neighbours along an axis, of those that are not nan; nan where there are none.

    log: geometric means of the positive ones; 0 where there are only zeros.
    """
    if size == 1:
        return np.asarray(values, "f8")
    parts = _parts(values, size, axis)
    with np.errstate(all="ignore"):
        if log:
            positive = np.where(parts > 0, parts, np.nan)
            found = np.exp(_mean(np.log(positive)))
            found = np.where(np.isnan(found) & (parts == 0).any(axis=-1), 0, found)
        else:
            found = _mean(parts)
    return np.moveaxis(found, -1, axis)


def sums(values: np.ndarray, size: int) -> np.ndarray:
    """The sums of each `size` neighbours (K,), of those that are not nan; nan where there are none."""
    parts = _parts(values, size, 0)
    return np.where(np.isnan(parts).all(axis=-1), np.nan, np.nansum(parts, axis=-1))


def _parts(values: np.ndarray, size: int, axis: int) -> np.ndarray:
    """The values with their bins last: (..., bins, size), the last bin filled with nan."""
    values = np.moveaxis(np.asarray(values, "f8"), axis, -1)
    missing = -values.shape[-1] % size
    filled = np.concatenate([values, np.full((*values.shape[:-1], missing), np.nan)], axis=-1)
    return filled.reshape(*values.shape[:-1], -1, size)


def _mean(parts: np.ndarray) -> np.ndarray:
    """The mean along the last axis without nan; beside a largest value, so that no sum overflows."""
    there = ~np.isnan(parts)
    return np.where(there, parts / np.maximum(there.sum(axis=-1, keepdims=True), 1), 0).sum(axis=-1) + np.where(
        there.any(axis=-1), 0, np.nan
    )
