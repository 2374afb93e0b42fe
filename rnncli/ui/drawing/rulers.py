"""The axes of a chart: numbers to places, on a linear or a logarithmic scale, with round figures beside them."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from ...tasks.chart_axis import make_axis

DECADES = (1, 2, 3, 5, 10, 20, 50, 100)  # between the ticks of a logarithmic axis
WITHIN = ((1, 2, 5), (1, 3))  # ticks of a decade where there are few
FEWEST = 3  # ticks, if there is room for as many
PLAIN = range(-3, 5)  # powers of ten that are written in full if all are
LINES = 11  # of an axis with the wanted number of figures
ASIDE = 0.5  # decades on either side of a single value


class Ruler(NamedTuple):
    """An axis from `low` to `high`, in units of `scale` or, if `log`, in decades, with texts at the `ticks`."""

    low: float
    high: float
    ticks: tuple[float, ...]
    texts: tuple[str, ...]
    scale: float = 1.0
    log: bool = False

    def shares(self, values: np.ndarray) -> np.ndarray:
        """Where the values (K,) lie from low, 0, to high, 1; nan for a value that has no place."""
        with np.errstate(all="ignore"):
            values = np.log10(values) if self.log else np.asarray(values, "f8") / self.scale
            shares = (values - self.low) / (self.high - self.low)
        return np.where(np.isfinite(shares), shares, math.nan)

    def marks(self, length: int) -> dict[int, str]:
        """{place: text} of the ticks on an axis of `length` places."""
        span = self.high - self.low
        return {round((tick - self.low) / span * (length - 1)): text for tick, text in zip(self.ticks, self.texts)}


Fits = Callable[[Ruler], bool]  # whether the texts of a Ruler have room


def ruler(values: np.ndarray, log: bool, fits: Fits) -> Ruler:
    """The Ruler for `values`, with as many figures as have room; of those that are not finite or, if `log`, not
    positive it takes no notice."""
    values = np.asarray(values, "f8")
    values = values[np.isfinite(values) & ((values > 0) | (not log))]
    return log_ruler(values, fits) if log else _thinned(linear(values), fits)


def linear(values: np.ndarray) -> Ruler:
    """The Ruler of a linear axis, with three to five figures."""
    axis = make_axis(values, LINES)
    return Ruler(axis.low, axis.high, axis.ticks, axis.texts, axis.scale)


def log_ruler(values: np.ndarray, fits: Fits) -> Ruler:
    """The Ruler for positive values (K,): powers of ten, or round figures where there are too few of these."""
    low, high = (math.log10(values.min()), math.log10(values.max())) if len(values) else (0.0, 0.0)
    if high - low < 1e-9:
        low, high = low - ASIDE, high + ASIDE
    powers = [_ruler(low, high, (1,), every) for every in DECADES]
    if len(powers[0].ticks) >= FEWEST:
        return _first(powers, fits)
    for found in (_ruler(low, high, figures, 1) for figures in WITHIN):
        if len(found.ticks) >= FEWEST and fits(found):
            return found
    return _thinned(_round_figures(low, high), fits)


def _ruler(low: float, high: float, figures: Sequence[int], every: int) -> Ruler:
    """Ticks at `figures` times every `every`-th power of ten."""
    first, last = math.floor(low), math.ceil(high)
    all_of_them = [(power, figure) for power in range(first, last + 1) if power % every == 0 for figure in figures]
    kept = [(power, n) for power, n in all_of_them if low - 1e-9 <= power + math.log10(n) <= high + 1e-9]
    full = all(power in PLAIN for power, _ in kept)
    texts = tuple(_text(power, n, full) for power, n in kept)
    return Ruler(low, high, tuple(power + math.log10(n) for power, n in kept), texts, log=True)


def _text(power: int, figure: int, full: bool) -> str:
    """1e-3, or 0.001 if it is to be written in full."""
    if full or (power, figure) == (0, 1):
        return f"{figure * 10**power:,}" if power >= 0 else f"{figure * 10.0**power:.{-power}f}"
    return f"{figure}e{power}"


def _round_figures(low: float, high: float) -> Ruler:
    """Ticks at the round figures of a linear axis, on a logarithmic one of about a decade or less."""
    axis = make_axis(np.array([10**low, 10**high]), LINES)
    places = [(math.log10(tick * axis.scale), text) for tick, text in zip(axis.ticks, axis.texts) if tick > 0]
    kept = [(tick, text) for tick, text in places if low <= tick <= high]
    return Ruler(low, high, tuple(tick for tick, _ in kept), tuple(text for _, text in kept), log=True)


def _thinned(found: Ruler, fits: Fits) -> Ruler:
    """A Ruler with each, each second, ... of its ticks, zero among them if it is one: the first that fits."""
    start = found.ticks.index(0) if 0 in found.ticks else 0
    kept = (slice(start % n, None, n) for n in range(1, len(found.ticks) + 1))
    return _first([found._replace(ticks=found.ticks[each], texts=found.texts[each]) for each in kept] or [found], fits)


def _first(rulers: Sequence[Ruler], fits: Fits) -> Ruler:
    """The first Ruler that fits, or else the last."""
    return next((each for each in rulers if fits(each)), rulers[-1])
