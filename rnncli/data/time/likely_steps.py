"""How regular times are: which of several readings of a column is the likely one."""

from collections.abc import Sequence

import numpy as np

FEW = 3  # distinct times, from which their steps tell anything
SHORT = 100_000  # above years and Excel's days, which quantities may equal; longer stamps are seldom taken for others
DENSE, SORTED = 0.5, 0.9  # of years or days: the least share of the steps between them, and of rows in order


def commonest(numbers: np.ndarray) -> int:
    """The most common of some integers (n,); the smallest of equally common ones."""
    found, counts = np.unique(numbers, return_counts=True)
    return int(found[counts.argmax()])


def density(values: np.ndarray) -> float:
    """The share of the steps of a regular grid, of months where all times have the same place in their month, that
    times (R,) fill: 1 for a value at every step. 0 where there are too few to tell."""
    distinct = np.unique(values)
    if len(distinct) < FEW:
        return 0.0
    months = distinct.astype("M8[us]").astype("M8[M]")
    place = distinct - months.astype("M8[us]").astype(np.int64)
    if (place == place[0]).all() and (np.diff(months.astype(np.int64)) > 0).all():
        distinct = months.astype(np.int64)
    share = commonest(np.diff(distinct)) * (len(distinct) - 1) / (distinct[-1] - distinct[0])
    return float(min(share, 1 / share))


def order(values: np.ndarray) -> float:
    """The share of steps between rows (R,) that do not fall, or that do not rise, whichever is larger."""
    steps = np.diff(values)
    return float(max((steps >= 0).mean(), (steps <= 0).mean())) if len(steps) else 1.0


def are_steady(texts: Sequence[str], ordered: bool = True) -> bool:
    """Whether numbers of up to five digits lie as years and Excel's days do, rather than as quantities: at most of the
    steps between the first and the last and, if `ordered`, mostly in order. Other texts count as steady."""
    try:
        numbers = np.array([float(text) for text in texts])
    except ValueError:
        return True
    if not (np.abs(numbers) < SHORT).all():
        return True
    values = np.round(numbers).astype(np.int64)
    if len(np.unique(values)) < FEW:
        return True
    return density(values) >= DENSE and (not ordered or order(values) >= SORTED)
