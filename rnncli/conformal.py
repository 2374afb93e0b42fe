"""Intervals from what a model got wrong on rows that it was not trained on: split conformal prediction.

The interval of level 1 - alpha around a forecast is as wide as the k-th smallest of n absolute residuals,
k = ceil((n + 1) (1 - alpha)). If residuals to come are exchangeable with those n, it holds the truth with probability
at least 1 - alpha (Lei et al. 2018, "Distribution-free predictive inference for regression", J. of the American
Statistical Association 113, 1094-1111). Each step ahead has residuals, and so a width, of its own.
"""

from math import ceil

import numpy as np

from .errors import DataError


def fewest(level):
    """How many residuals an interval of `level`, 0..100, needs: with fewer it would be infinite."""
    return ceil(level / (100 - level) - 1e-9)


def widths(residuals, levels):
    """(len(levels), h) half the width of an interval for each level in per cent and each step ahead.

    residuals (S, h): truth less forecast on held-out windows, in the units in which intervals are wanted; nan where
    there is no truth. A width never falls with the level. Raises DataError where a step has too few residuals.
    """
    found = np.empty((len(levels), residuals.shape[1]))
    for j, column in enumerate(residuals.T):
        ordered = np.sort(np.abs(column[~np.isnan(column)]))
        for i, level in enumerate(levels):
            k = ceil((len(ordered) + 1) * level / 100 - 1e-9)
            if k > len(ordered):
                raise DataError(f"a {level:g} % interval for step {j + 1} needs {fewest(level)} held-out windows; "
                                f"there are {len(ordered)}",
                                "make --val-size larger, ask for a lower --level, or train with a likelihood")
            found[i, j] = ordered[max(k, 1) - 1]
    return found


def intervals(forecast, half, lowest=None):
    """(lo, hi), each (levels, S, h), around forecasts (S, h) with half widths (levels, h); none below `lowest`."""
    lo, hi = forecast - half[:, None], forecast + half[:, None]
    return (lo, hi) if lowest is None else (np.maximum(lo, lowest), np.maximum(hi, lowest))
