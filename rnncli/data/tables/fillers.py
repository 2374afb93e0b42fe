"""Numbers that stand for a missing value, such as -200, -999 or 9999: repeated, and far from all others."""

import re
import shlex
from collections.abc import Mapping

import numpy as np

from .table import listed

NINES = re.compile(r"-?(?:9{2,}(?:\.9+)?|(\d)\1{2,})")  # 99, -999.9, 8888
LOWEST = -32768.0  # of 16 bits
FEWEST = 2  # cells that hold it
OTHERS = 3  # different numbers that it is far from, at least
ALONE = 3  # cells that hold the only negative number of a column, from which on it need not lie far
SPELLINGS = 3  # ways to write it, at most


def filler_notes(numbers: Mapping[str, np.ndarray], texts: Mapping[str, np.ndarray]) -> tuple[str, ...]:
    """A note for each number that seems to stand for missing values, with the option that reads it so.

    numbers, texts   {column: (R,) its float64, nan for missing; its cells}
    """
    found: dict[float, list[str]] = {}
    for name, values in numbers.items():
        for value in _fillers(values):
            found.setdefault(value, []).append(name)
    notes = []
    for value, names in found.items():
        words = sorted({str(cell).strip() for name in names for cell in np.unique(texts[name][numbers[name] == value])})
        count = sum(np.count_nonzero(numbers[name] == value) for name in names)
        if len(words) <= SPELLINGS and not any("," in word for word in words):
            option = f"--na={shlex.quote(','.join(words))}"
            what = f"{value:.15g} stands {count:,} times in {listed(names)}, far from all other numbers"
            notes.append(f"{what}; if it means a missing value: {option}")
    return tuple(notes)


def _fillers(values):
    """The least and the largest of (R,) values that seem to stand for missing ones."""
    given = values[~np.isnan(values)]
    if not len(given):
        return []
    return [end for end in {float(given.min()), float(given.max())} if _looks_like_one(end) and _is_far(end, given)]


def _looks_like_one(value):
    """Whether people write it for a missing value: nines, a digit repeated, or negative hundreds."""
    return bool(NINES.fullmatch(f"{value:.15g}")) or value == LOWEST or value < 0 and value % 100 == 0


def _is_far(value, given):
    """Whether a number is repeated and further from all others than they from each other, or alone below 0."""
    others = given[given != value]
    count = len(given) - len(others)
    if count < FEWEST or len(others) < OTHERS or len(set(others[:1000].tolist())) < OTHERS:
        return False
    low, high = others.min(), others.max()
    far = max(low - value, value - high) > high - low
    return bool(far or value < 0 <= low and count >= ALONE)
