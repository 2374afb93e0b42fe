"""Columns of stamps that are not read, such as periods of another language: what they say of the series."""

from collections.abc import Sequence
from itertools import combinations

from .columns import Columns
from .identify import is_full, leaves_series, may_name

FEWEST = 6  # different stamps of a series
MOST_IDS = 2  # columns that name the series beside such stamps
ALIKE = 0.8  # share of the rows that a table has of those of every series with every stamp
CANDIDATES = 6  # columns that are tried together


def unread_times(columns: Columns, free: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
    """(column of stamps that are not read, columns that name the series) of a table whose rows these tell apart: each
    series, one below the other, has the same words with digits in the same order; None where there are none."""
    words = [name for name in columns.of_kind(free, "word") if is_full(columns, name)]
    for stamps in words:
        if columns.distinct(stamps) < FEWEST or not columns.repeats((stamps,)):
            continue
        if not all(any(map(str.isdigit, text)) for text in columns.sample(stamps)):
            continue
        others = [name for name in may_name(columns, free) if name != stamps and is_full(columns, name)][:CANDIDATES]
        for n in range(1, MOST_IDS + 1):
            for ids in combinations(others, n):
                if leaves_series(columns, ids) and _are_series(columns, stamps, ids):
                    return stamps, ids
    return None


def _are_series(columns, stamps, ids):
    """Whether each of the series has most stamps, each once, in the same order."""
    cells = columns.distinct(ids) * columns.distinct(stamps)
    if columns.distinct(ids) < 2 or columns.repeats((*ids, stamps)) or columns.rows < ALIKE * cells:
        return False
    last: dict[int, int] = {}
    for series, stamp in zip(columns.codes(ids).tolist(), columns.codes(stamps).tolist()):
        if last.get(series, -1) > stamp:  # numbers are in order of appearance
            return False
        last[series] = stamp
    return True
