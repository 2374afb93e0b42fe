"""Texts that begin with their first year and their last, as climate centres write months of years: a line of twelve
values for each year. Imports no NumPy: files are recognised with it."""

import re
from collections.abc import Sequence

from .kinds import NUMBER, kind_of_cell

SPAN = re.compile(r"\s*(1[5-9]\d\d|2[01]\d\d)\s+(1[5-9]\d\d|2[01]\d\d)\s*", re.ASCII)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NAMES = ("year", *MONTHS)


def is_years(begin: str) -> bool:
    """Whether a text begins with its first year and its last, and then with the values of the first one."""
    lines = begin.lstrip("\ufeff\n").split("\n", 2)
    years = SPAN.fullmatch(lines[0])
    if years is None or len(lines) < 2 or int(years[1]) > int(years[2]):
        return False
    row = lines[1].split()
    return is_year(row) and row[0] == years[1]


def is_year(cells: Sequence[str]) -> bool:
    """Whether the cells of a line are a year and twelve numbers."""
    own = len(cells) == len(NAMES) and cells[0].isdecimal() and len(cells[0]) == 4
    return own and all(kind_of_cell(each) == NUMBER for each in cells[1:])
