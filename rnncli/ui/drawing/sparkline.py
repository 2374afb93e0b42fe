"""Numbers over time as one line of characters, on a logarithmic scale."""

from collections.abc import Iterable, Sequence
from math import exp, inf, isnan, log, log10, nan
from typing import NamedTuple

MOST = 256  # points kept of a history
LEVELS, ASCII_LEVELS = "▁▂▃▄▅▆▇█", ".:-=+*#@"
ZERO, INFINITE, ASCII_INFINITE, NOT_A_NUMBER = "0", "∞", "^", "?"
MIDDLE = 4 / 7  # the middle of the fifth level, which a number that does not change keeps in spite of rounding
LEAST_SPAN = 1.0  # decades from the lowest level to the highest: smaller changes stay small to the eye


class Trail(NamedTuple):
    """The history of a positive number, from its first value to its last, in at most MOST points: a long one is thinned
    to geometric means. `points` stand for `stride` values each, `rest` are the values after them."""

    points: tuple[float, ...] = ()
    stride: int = 1
    rest: tuple[float, ...] = ()

    def plus(self, value: float) -> "Trail":
        """The history with one more value."""
        points, stride, rest = self.points, self.stride, (*self.rest, value)
        if len(rest) == stride:
            points, rest = (*points, merged(rest)), ()
        if len(points) == MOST:
            points, stride = tuple(merged(points[k : k + 2]) for k in range(0, MOST, 2)), 2 * stride
        return Trail(points, stride, rest)

    @property
    def values(self) -> tuple[float, ...]:
        """All points, those of the latest values included."""
        return (*self.points, merged(self.rest)) if self.rest else self.points


def merged(values: Sequence[float]) -> float:
    """The geometric mean; if a value is nan, infinite or zero, then that, in this order: it must not go unseen."""
    if any(map(isnan, values)):
        return nan
    if odd := [value for value in values if value in (0, inf)]:
        return max(odd)
    largest = max(values)  # beside which nothing overflows
    return largest * exp(sum(log(value) - log(largest) for value in values) / len(values))


def sparkline(values: Sequence[float], width: int, unicode: bool) -> str:
    """At most `width` characters for positive numbers, the lowest and the highest level for the least and the greatest
    of them. Zero, infinity and nan have characters of their own."""
    count = min(width, len(values))
    shares = [values[k * len(values) // count : (k + 1) * len(values) // count] for k in range(count)]
    cells = [merged(share) for share in shares]
    logs = [log10(cell) for cell in cells if 0 < cell < inf]
    low, high = min(logs, default=0), max(logs, default=0)
    if (short := LEAST_SPAN - (high - low)) > 0:
        low, high = low - MIDDLE * short, high + (1 - MIDDLE) * short
    return "".join(symbol(cell, low, high, unicode) for cell in cells)


def symbol(value: float, low: float, high: float, unicode: bool) -> str:
    """The character of a number between 10^low and 10^high."""
    if isnan(value):
        return NOT_A_NUMBER
    if value in (0, inf):
        return ZERO if value == 0 else INFINITE if unicode else ASCII_INFINITE
    levels = LEVELS if unicode else ASCII_LEVELS
    return levels[round((log10(value) - low) / (high - low) * (len(levels) - 1))]


def legend(values: Iterable[float], unicode: bool) -> str:
    """The meaning of the characters that stand for none of the levels, as far as `values` have them; else ""."""
    words = {ZERO: "zero", INFINITE if unicode else ASCII_INFINITE: "infinite", NOT_A_NUMBER: "not a number"}
    found = {symbol(value, 0, 1, unicode) for value in values if not 0 < value < inf}
    return ", ".join(f"{character}: {meaning}" for character, meaning in words.items() if character in found)
