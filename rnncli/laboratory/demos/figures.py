"""Figures of the demonstrations as text. What is rounding alone is a bound: its digits differ between machines."""

from math import isfinite, isnan

import numpy as np

FLOOR = 1e-9  # of charts: a line that vanishes would leave no room for the others
EXACT = 1e-12  # relative; a closed form and float64 agree to better than this


def rounded(difference: float) -> str:
    """A difference that should be rounding alone; - for nan."""
    if isnan(difference):
        return "-"
    return f"< {EXACT:.0e}" if difference < EXACT else f"{difference:.1e}"


def figure(value: float) -> str:
    """Six digits: 20,959.2, 4.31712e-05; - for what is not a number."""
    return f"{value:,.6g}" if isfinite(value) else ("inf" if value > 0 else "-")


def small(value: float) -> str:
    """Three digits, in the form 1.2e-15 where it is small or large: shares and factors."""
    return f"{value:.3g}" if isfinite(value) else ("inf" if value > 0 else "-")


def signed(value: float) -> str:
    """Four decimals with a sign; +0.0000 for what is rounding alone."""
    return f"{round(value, 4) + 0.0:+.4f}"


def relative(found: float, expected: float) -> float:
    """The difference from what was expected, as a share of it."""
    return abs(found - expected) / abs(expected) if expected else abs(found)


def visible(y: np.ndarray, floor: float = FLOOR) -> np.ndarray:
    """y for a logarithmic axis that ends at `floor`: nan below it."""
    return np.where(y >= floor, y, np.nan)
