"""Numbers, names and small bars as strings for tables."""

import math
from collections.abc import Sequence

from ...phrases import safe_text

BARS = "▁▂▃▄▅▆▇█"
STEPS_SHOWN = 60  # characters of a row of bars
LONGEST = 40  # characters of an id or a stamp in a table
MIDDLE = 0.5  # the rank that sets the decimals of a long column, so that one tiny number does not widen it
FAR = 100  # times its spread: a level that leaves less than two of four figures to the spread
MOST = 15  # digits of a float64
SMALL, LARGE = 1e-4, 1e9  # outside this range numbers are written with an exponent


def bars(values: Sequence[float]) -> str:
    """A row of bars from 0 to the largest value; neighbours are averaged where there are too many; a blank for nan."""
    size = -(-len(values) // STEPS_SHOWN)
    groups = [[v for v in values[at : at + size] if v == v] for at in range(0, len(values), size)]
    means = [sum(group) / len(group) if group else math.nan for group in groups]
    top = max((mean for mean in means if mean == mean), default=0) or 1
    return "".join(" " if mean != mean else BARS[min(int(mean / top * len(BARS)), len(BARS) - 1)] for mean in means)


def numbers(values: Sequence[float | None], rank: float = 0.0) -> list[str]:
    """The numbers of one column as strings, - for None: with the decimals that give four figures to the smallest, or to
    the one at `rank`, 0 to 1, in order of size."""
    sizes = sorted(abs(value) for value in values if value and math.isfinite(value))
    chosen = sizes[int(rank * len(sizes))] if sizes else 1.0
    if sizes and not SMALL < chosen <= sizes[-1] < LARGE:
        return [number(value, ".4g") for value in values]
    decimals = max(3 - math.floor(math.log10(chosen)), 0)
    return [number(value, f",.{decimals}f") for value in values]


def levels(values: Sequence[float | None]) -> list[str]:
    """The values of a series as strings, - for None: as `numbers`, or with three figures of the spread of values so
    close together that they would look alike."""
    known = sorted(value for value in values if value is not None and math.isfinite(value))
    middle = known[len(known) // 10 : len(known) - len(known) // 10] if known else [0.0]  # without outliers
    spread, largest = middle[-1] - middle[0], max(map(abs, middle))
    if not 0 < spread < largest / FAR:
        return numbers(values, MIDDLE)
    finest = MOST - 1 - math.floor(math.log10(largest))
    return [number(value, f",.{max(0, min(2 - math.floor(math.log10(spread)), finest))}f") for value in values]


def number(value: float | None, how: str) -> str:
    """A number in a format; - for None and for a number that is not finite."""
    return "-" if value is None or not math.isfinite(value) else format(value, how)


def percent(share: float | None) -> float | None:
    """A share in per cent; None for None."""
    return None if share is None else 100 * share


def shorten(text: str) -> str:
    """Text made safe for one line of a table."""
    text = safe_text(text).replace("\n", " ").replace("\t", " ")
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
