"""How many decimals the numbers of a table have."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from .shapes import shapes_of
from .signs import Signs
from .table import Written
from .units import parts_of

SAMPLE = 5_000  # cells of a column that are looked at, about
ODD = 0.01  # of the cells may have more decimals: the noise of 0.30000000000000004
MOST = 15  # decimals


def written_as(written: Written, signs: Signs, columns: Sequence[np.ndarray], na: Collection[str] = ()) -> Written:
    """A Written with the signs of numbers, and with the decimals of the `columns` to forecast, (R,) texts each."""
    found = [decimals_of(texts, signs, na) for texts in columns]
    known = [count for count in found if count is not None]
    decimals = max(known) if known and len(known) == len(found) else None
    return replace(written, decimal=signs.decimal, thousands=signs.thousands, decimals=decimals)


def decimals_of(texts: Sequence[str] | np.ndarray, signs: Signs, na: Collection[str] = ()) -> int | None:
    """The decimals that are enough for nearly all numbers of a column; None where some have an exponent or a magnitude,
    as 1.5M."""
    column, counts = shapes_of(texts[:: 1 + len(texts) // SAMPLE], na), Counter()
    for shape, count in column.counts.items():
        if parts := parts_of(shape):
            if parts.magnitude or "e" in parts.body.lower():
                return None
            counts[len(parts.body.partition(signs.decimal)[2])] += count
    above = 0
    for decimals in sorted(counts, reverse=True):
        above += counts[decimals]
        if above > ODD * counts.total():
            return min(decimals, MOST)
    return None
