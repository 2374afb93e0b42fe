"""How the numbers of a column look: their decimals, and what stands around their digits, for numbers that go below."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from .durations import clock_of
from .shapes import shapes_of
from .signs import Signs
from .table import Look, Written
from .unit_families import ALONE, DEBITS
from .units import BOUNDS, MINUS, find_unit, parts_of

SAMPLE = 5_000  # cells of a column that are looked at, about
ODD = 0.01  # of the cells may have more decimals: the noise of 0.30000000000000004
MOST = 15  # decimals
ALL = 15  # digits of a number that has all that float64 has: their count is no choice of the writer
LEADING = f" +{BOUNDS}"  # before a number: not part of its look
SIGNS = dict.fromkeys(map(ord, f"(){MINUS}"))  # around a negative number
PLAIN = Look()


def written_as(written: Written, signs: Signs, columns: Sequence[np.ndarray], na: Collection[str] = ()) -> Written:
    """A Written with the signs of numbers, and with the Look of each of the `columns` to forecast, (R,) texts each."""
    looks = tuple(look_of(texts, signs, na) for texts in columns)
    return replace(written, decimal=signs.decimal, thousands=signs.thousands, looks=looks)


def look_of(texts: Sequence[str] | np.ndarray, signs: Signs, na: Collection[str] = ()) -> Look:
    """The Look of most cells of a column of numbers, without flags and bounds; PLAIN where some have an exponent, or
    where they count thousands beside millions."""
    column = shapes_of(texts[:: 1 + len(texts) // SAMPLE], na)
    if clock := clock_of(column.counts):
        return Look(clock=clock)
    unit = find_unit(column.counts)
    cells = [(shape, parts) for shape in column.counts if (parts := parts_of(shape)) and parts.span.stop]
    words = {parts.magnitude if parts.magnitude in unit.magnitudes else "" for _, parts in cells}
    if len(words) != 1 or any("e" in parts.body.lower() for _, parts in cells):
        return PLAIN
    decimals: Counter[int] = Counter()
    full = 0  # cells with ALL digits
    around: dict[bool, Counter[tuple[str, str]]] = {False: Counter(), True: Counter()}
    for shape, parts in cells:
        scale = unit.scale(parts)
        if abs(scale) != 1:
            continue  # in another unit than most
        before, after = shape[: parts.span.start].lstrip(LEADING), shape[parts.span.stop :].rstrip()
        after = after.removesuffix(parts.remark).rstrip()
        ends = before, "" if (parts.flagged or parts.attached) and not unit.after else after
        around[parts.negative or scale < 0][ends] += column.counts[shape]
        decimals[len(parts.body.partition(signs.decimal)[2])] += column.counts[shape]
        full += column.counts[shape] * (signs.decimal in parts.body and sum(map(str.isdigit, parts.body)) >= ALL)
    if around[True] and not around[False] and unit.after.rstrip(".").casefold() == ALONE:
        around[False]["", f" {DEBITS[ALONE].title()}"] = 1
    own = None if 2 * full > decimals.total() else _enough(decimals)
    return _look(around, unit.magnitudes.get(words.pop(), 1.0), own)


def _look(around, factor, decimals):
    """A Look with what most cells have around their digits; where none is negative, a minus stands before all else."""
    plus, minus = (max(found, key=found.__getitem__, default=None) for found in (around[False], around[True]))
    if plus is None and minus is not None:
        plus = minus[0].translate(SIGNS), minus[1].translate(SIGNS)
    before, after = plus or PLAIN.positive
    return Look((before, after), minus or ("-" + before, after), factor, decimals)


def _enough(counts):
    """The decimals that are enough for nearly all cells, given how many have so many."""
    above = 0
    for decimals in sorted(counts, reverse=True):
        above += counts[decimals]
        if above > ODD * counts.total():
            return min(decimals, MOST)
    return None
