"""Which season series have: the candidates that their frequency suggests, checked against the training rows.

A season of m steps is there where the changes from row to row repeat after m of them: their autocorrelation r_m is
significant by the test of the M4 benchmarks (`naive.is_seasonal`). Changes, since a trend or a random walk correlates
with itself at any lag. Without a frequency every lag is a candidate, and only a strong one counts.
"""

from collections.abc import Sequence

import numpy as np

from ...data.time.clock import DAY, WEEK
from ...data.time.frequency import Frequency
from .naive import CRITICAL

SERIES = 200  # that are looked at, evenly spaced among all
ROWS = 20_000  # of each, the last ones
CYCLES = 3  # seasons that a series needs to show one
SHARE = 0.5  # of the series that must show a season
LONGEST = 1_000  # steps of a season that is searched for
STRONG, NEAR = 0.3, 0.9  # the least r of a season that is searched for, and the share of the best r that is as good


def candidates(frequency: Frequency | None) -> tuple[int, ...]:
    """The seasons to check for a Frequency, the usual one first; () where it suggests none."""
    if frequency is None or frequency.season == 1:
        return ()
    usual = frequency.season
    length = int(frequency.length)
    weekly = frequency.unit == "time" and not frequency.closed and usual * length == DAY and WEEK % length == 0
    return (usual, WEEK // length) if weekly else (usual,)


def shown(series: Sequence[np.ndarray], seasons: Sequence[int]) -> tuple[bool | None, ...]:
    """Whether the `series`, each (L,) float64 with nan for missing values, show each of the `seasons`; None where none
    of them is long enough to tell."""
    looked_at = _sample(series)
    return tuple(_vote([_is_shown(y, m) for y in looked_at if len(y) >= CYCLES * m]) for m in seasons)


def searched(series: Sequence[np.ndarray]) -> int:
    """The season that most of the `series` show at any lag; 1 for none. For series whose steps have no known length."""
    looked_at = [y for y in _sample(series) if len(y) >= 2 * CYCLES]
    if not looked_at:
        return 1
    longest = min(LONGEST, max(map(len, looked_at)) // CYCLES)
    r = np.array([_padded(autocorrelation(np.diff(y), min(longest, len(y) // CYCLES)), longest) for y in looked_at])
    seen = ~np.isnan(r)
    middle = np.where(seen.sum(axis=0) > SHARE * len(looked_at), np.nanmedian(np.where(seen, r, 0), axis=0), 0)
    peaks = [m for m in range(2, longest) if middle[m - 1] > max(middle[m - 2], middle[m], STRONG)]
    if not peaks:
        return 1
    best = max(middle[m - 1] for m in peaks)
    return next(m for m in peaks if middle[m - 1] >= NEAR * best)


def autocorrelation(y: np.ndarray, lags: int) -> np.ndarray:
    """r_1 .. r_lags of y (L,), (lags,); a missing value counts as the mean; 0 for a constant y."""
    seen = y[~np.isnan(y)]
    if not len(seen) or np.ptp(seen) == 0:
        return np.zeros(lags)
    centred = np.where(np.isnan(y), 0, y - seen.mean())
    centred /= np.abs(centred).max() or 1.0  # so that squares of tiny or huge values are numbers
    size = 1 << (2 * len(y) - 1).bit_length()
    power = np.abs(np.fft.rfft(centred, size)) ** 2
    return np.fft.irfft(power, size)[1 : lags + 1] / (centred @ centred)


def _sample(series):
    chosen = np.unique(np.linspace(0, len(series) - 1, min(SERIES, len(series))).astype(int))
    return [np.asarray(series[at], float)[-ROWS:] for at in chosen]


def _is_shown(y, m):
    r = autocorrelation(np.diff(y), m)
    return r[-1] > CRITICAL * np.sqrt((1 + 2 * (r[:-1] ** 2).sum()) / (len(y) - 1))


def _vote(found):
    return bool(np.mean(found) > SHARE) if found else None


def _padded(r, length):
    return np.pad(r, (0, length - len(r)), constant_values=np.nan)
