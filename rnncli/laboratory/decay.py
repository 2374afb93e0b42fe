"""How fast a gradient fades with the lag: its factor per step, its half-life, and the lags that hold most of it.

One number for a whole curve would be ruled by lags at which next to nothing is left. So a curve is fitted as far as it
holds 99 % of the gradient, and what comes after that, its tail, by itself.
"""

from math import exp, inf, log

import numpy as np

MOST = 0.99  # share of the gradient that `reach` holds
FEWEST = 3  # lags from 1 on, below which a curve says nothing
TAIL = 10  # ... and lags beyond `reach`, below which a tail says nothing
POOR = 0.5  # root mean square of the residuals of ln norm, and share of its variance, from which no line fits
OTHER = 1.5  # times as long or as short: another half-life


def reach(norms: np.ndarray) -> int:
    """The fewest lags of norms (K,), lag 0 included, that make up 99 % of the sum of all finite ones."""
    sizes = np.where(np.isfinite(norms), norms, 0)
    largest = sizes.max(initial=0)
    if not largest:
        return 0
    total = np.cumsum(sizes / largest)
    return int(np.searchsorted(total, MOST * total[-1])) + 1


def decay(norms: np.ndarray) -> float:
    """The factor per step of norms (K,) over the lags from 1 to `reach`, at least three, see `fitted`."""
    return fitted(norms[: max(reach(norms), FEWEST) + 1])


def tail(norms: np.ndarray) -> float:
    """The half-life in steps of the lags beyond `reach`, where it differs clearly from that of `decay`; else nan."""
    beyond = norms[max(reach(norms), FEWEST) :]
    if len(beyond) <= TAIL:
        return float("nan")
    first, after = half_life(decay(norms)), half_life(fitted(beyond))
    return after if after > OTHER * first or after * OTHER < first else float("nan")


def fitted(norms: np.ndarray) -> float:
    """The factor per step over all lags of norms (K,) but the first: exp of the slope of ln norm. 0 where nothing is
    left after lag 1; nan where there are fewer than three lags, or where the norms fall and rise so that no factor
    describes them."""
    if len(norms) <= FEWEST:
        return float("nan")
    if not norms[2:].any():
        return 0.0
    k = np.arange(len(norms))
    used = (k > 0) & np.isfinite(norms) & (norms > 0)
    if used.sum() < 2:
        return float("nan")
    k, logs = k[used], np.log(norms[used])
    slope, start = np.polyfit(k, logs, 1)
    off = np.mean((logs - start - slope * k) ** 2)
    return float("nan") if off > max(POOR**2, POOR * np.var(logs)) else exp(slope)


def half_life(factor: float) -> float:
    """The steps in which something halves that has this factor per step; inf where it does not shrink, nan for nan."""
    if not 0 < factor < 1:
        return inf if factor >= 1 else factor
    return log(0.5) / log(factor)
