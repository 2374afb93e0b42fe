"""Stamps of weeks and months that a holiday or a weekend moved, brought back to the grid of the others."""

import numpy as np

from ..time.clock import WEEK
from ..time.found_frequency import usual_phase
from ..time.frequency import Frequency

LOOSE = 0.25  # share of the stamps that may lie beside the grid, and of a step by which they may

Placed = tuple[np.ndarray, np.ndarray, np.ndarray]


def nearest(
    values: np.ndarray,
    series: np.ndarray,
    ordinal: np.ndarray,
    phase: np.ndarray,
    usual: np.ndarray,
    off: np.ndarray,
    frequency: Frequency,
) -> Placed | None:
    """(values (R,), ordinals (R,), usual phases (S,)) with the stamps at `off` moved to the nearest step of their grid:
    the last trading day of a month that is not its last business day, a week that ends on Thursday for once.

    values (R,) rise within each of `series` (R,); ordinal, phase (R,) and usual (S,) are theirs. None where that cannot
    be: steps shorter than a week, many such stamps, stamps far from every step, or two that would share one.
    """
    if frequency.unit not in ("day", "month") or frequency.length < WEEK or len(off) > LOOSE * len(values):
        return None
    usual = np.where(usual < 0, usual_phase(phase, np.zeros(len(phase), np.intp))[0], usual)
    near = (ordinal[off][:, None] + np.array([-1, 0, 1])).ravel()
    stamps = joined(frequency, near, np.repeat(usual[series[off]], 3)).reshape(-1, 3)
    away = np.abs(stamps - values[off][:, None])
    best, each = away.argmin(axis=1), np.arange(len(off))
    values, ordinal = values.copy(), ordinal.copy()
    values[off], ordinal[off] = stamps[each, best], near.reshape(-1, 3)[each, best]
    rising = (np.diff(ordinal) > 0) | (np.diff(series) != 0)
    if away[each, best].max() > LOOSE * frequency.length or not rising.all():
        return None
    return values, ordinal, usual


def joined(frequency: Frequency, ordinal: np.ndarray, phase: np.ndarray) -> np.ndarray:
    """The stamps (n,) of ordinals (n,) with phases (n,)."""
    found = np.empty(len(ordinal), np.int64)
    order = np.argsort(phase, kind="stable")
    for part in np.split(order, np.flatnonzero(np.diff(phase[order])) + 1):
        found[part] = frequency.join(ordinal[part], phase[part[:1]])
    return found
