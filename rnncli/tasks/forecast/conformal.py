"""Intervals from the errors of a model on held-out rows: split conformal prediction.

The interval of level 1 - alpha around a forecast is as wide as the k-th smallest of n absolute residuals,
k = ceil((n + 1) (1 - alpha)). If future residuals are exchangeable with those n, it contains the true value with
probability at least 1 - alpha (Lei et al. 2018, "Distribution-free predictive inference for regression", J. of the
American Statistical Association 113, 1094-1111). Each step ahead has its own residuals, and so its own width.
"""

from collections.abc import Sequence
from math import ceil

import numpy as np

from ...errors import DataError

REMEDY = "make --val-size larger, ask for a lower --level, or train with a likelihood"


def fewest(level: float) -> int:
    """The fewest residuals that an interval of `level`, 0..100, needs: with fewer it would be infinite."""
    return ceil(level / (100 - level) - 1e-9)


def counts(residuals: np.ndarray) -> np.ndarray:
    """(h, K) the number of residuals (R, h, K) of each step and target that are not nan."""
    return (~np.isnan(residuals)).sum(axis=0)


def apart(residuals: np.ndarray, series: int) -> int:
    """The number of windows without a step in common that residuals (R, h, K) of consecutive windows of so many
    `series` amount to: their errors are as good as so many independent ones."""
    R, h = residuals.shape[:2]
    return series * max((R // series + h - 1) // h, 1)


def widths(residuals: np.ndarray, levels: Sequence[float]) -> np.ndarray:
    """(len(levels), h, K) half the width of an interval for each level in per cent, each step ahead and each target.

    residuals (R, h, K): observed value less forecast on held-out windows, in the units of the intervals; nan where no
    value was observed. A width never falls with the level. Raises DataError where a step has too few residuals.
    """
    ordered = np.sort(np.abs(residuals), axis=0)  # nan last
    found, there = np.empty((len(levels), *residuals.shape[1:])), counts(residuals)
    for i, level in enumerate(levels):
        k = np.maximum(np.ceil((there + 1) * level / 100 - 1e-9).astype(np.intp), 1)
        if (k > there).any():
            step = int(np.argmax((k > there).any(axis=1)))
            raise DataError(
                f"an interval of {level:.12g} % for step {step + 1} needs {fewest(level)} held-out windows; "
                f"there are {there[step].min()}",
                REMEDY,
            )
        found[i] = np.take_along_axis(ordered, k[None] - 1, axis=0)[0]
    return found


def whole_rows(residuals: np.ndarray) -> np.ndarray:
    """The rows of residuals (R, h, K) without missing values: the joint errors of one path each.

    Raises DataError where there is none.
    """
    whole = residuals[~np.isnan(residuals).any(axis=(1, 2))]
    if not len(whole):
        raise DataError(
            "sample paths need a held-out window without missing values; there is none",
            "fill the gaps with --fill, make --val-size larger, or train with a likelihood",
        )
    return whole
