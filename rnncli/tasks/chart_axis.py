"""An axis of a chart in a terminal: its ends, and round figures beside it."""

import math
from dataclasses import dataclass

import numpy as np

NICE = (1, 2, 2.5, 5)  # round steps, times a power of ten
TINY, LEVEL = 1e-300, 1e-9  # values below TINY count as 0; a range below LEVEL times the value counts as none
APART, CLOSEST = 1.9, 1.15  # lines between ticks of the axis: preferred, and the least


@dataclass(frozen=True)
class Axis:
    """A vertical axis from `low` to `high`, in units of `scale`, with a text at each of the `ticks`."""

    scale: float
    low: float
    high: float
    ticks: tuple
    texts: tuple

    def height(self, values, rows):
        """Where `values` lie between the lower edge, 0, and the upper, `rows`."""
        return (values / self.scale - self.low) / (self.high - self.low) * rows

    def row(self, values, rows):
        """The row of each of the `values`, counted from above; nan stays nan."""
        return np.floor(rows - 0.5 - self.height(values, rows - 1))

    def width(self):
        """Characters of the longest text."""
        return max(map(len, self.texts))

    def column(self, rows, down):
        """The text beside each of `rows` characters of `down` dots: that of a tick, or none."""
        share = (self.high - np.array(self.ticks)) / (self.high - self.low)
        place = dict(zip(np.floor(share * (rows * down - 1) + 0.5) // down, self.texts))
        return [place.get(row, "") for row in range(rows)]


def make_axis(values, rows):
    """The Axis for `values`, some of which may be nan, on `rows` lines: hardly longer than their range.

    Numbers below 1e-4 or from 1e7 on are written with a power of ten.
    """
    values = values[np.isfinite(values)]
    largest = np.abs(values).max(initial=0)
    if largest < TINY:
        values, largest = np.zeros(len(values)), 0
    power = 0 if not largest or 1e-4 <= largest < 1e7 else math.floor(math.log10(largest))
    scale = float(f"1e{power}")
    low, high = (float(values.min() / scale), float(values.max() / scale)) if len(values) else (0.0, 1.0)
    if high - low <= LEVEL * max(abs(low), abs(high)):
        aside = 10.0 ** math.floor(math.log10(abs(low))) / 2 if low else 1.0
        low, high = low - aside, high + aside
    low, high, step, ticks = min(_choices(low, high, rows), key=lambda choice: choice[0])[1]
    decimals = max(0, -math.floor(math.log10(step) + LEVEL) + (f"{step:e}"[:3] == "2.5"))
    suffix = f"e{power}" if power else ""
    texts = tuple(f"{tick:,.{decimals}f}{suffix}" if tick else "0" for tick in ticks)
    return Axis(scale, low, high, tuple(ticks), texts)


def _choices(low, high, rows):
    """Yield (badness, (low, high, step, ticks)) for round steps, the ends moved out where fewer than 3 ticks fit.

    After Paul S. Heckbert, "Nice numbers for graph labels", Graphics Gems (1990) 61-63; the ends need not be ticks.
    """
    decade = math.floor(math.log10(high - low))
    for power in (decade - 1, decade):
        for nice in NICE:
            step = nice * 10.0**power
            first, last = math.ceil(low / step - LEVEL), math.floor(high / step + LEVEL)
            while last - first < 2:
                down, up = low / step - first, last - high / step  # both from -1 on: what a new tick would add
                if (down < up or last == 0 >= high) and not first == 0 <= low:
                    first -= 1
                else:
                    last += 1
            bottom, top = min(low, first * step), max(high, last * step)
            apart = step / (top - bottom) * (rows - 1)
            crowded = apart < CLOSEST or last - first > 4
            waste = (top - bottom) / (high - low) - 0.03 * (last - first) + 0.07 * (nice == 2.5)
            ticks = [k * step for k in range(first, last + 1)]
            yield (crowded, -apart if crowded else waste + 0.3 * max(0, APART - apart)), (bottom, top, step, ticks)
