"""Columns that count the steps of series: no features of a class. Imports no NumPy: files are recognised with it."""

from collections.abc import Sequence

from ..series.names import DATES, PARTS, called
from ..time.counted import counted_in_groups, counted_in_years


def are_counted(names: Sequence[str], columns: Sequence[Sequence[str]], word: int) -> bool:
    """Whether a column counts within years, or the steps of the series that column `word` names, with one value for
    each step or under the name of a time. names: () without a header."""
    if names and counted_in_years(names, dict(zip(names, columns))):
        return True
    steps = [k for k, cells in enumerate(columns) if k != word and counted_in_groups(cells, columns[word])]
    named = bool(names) and any(called(names[k], DATES | PARTS) for k in steps)
    return bool(steps) and (len(columns) == 3 or named)
