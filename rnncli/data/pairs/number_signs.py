"""The signs of the numbers in a table of pairs: before the decimals, and between thousands."""

from collections.abc import Callable, Sequence

from ..tables.reading import Reading
from ..tables.signs import WAYS, Signs, number_pattern
from .cells import ALIKE, has_comma, is_missing, is_number, share
from .separators import UNSPLIT

PLAIN = Signs()


def signs_of(cells: Sequence[Sequence[str]], separator: str, table: Reading, typed: bool) -> Signs:
    """The Signs of the numbers in columns of cells: as given, the rest as found.

    Thousands are grouped where that explains all numbers of a column, and some of them can be nothing else: 1,234.5 or
    1,234,567, but not 1,234 alone. typed: numbers may be typed cells of a workbook, whatever the signs of the texts.
    """
    columns = [[cell.strip() for cell in column if not is_missing(cell)] for column in cells]
    columns = [column for column in columns if column]
    chosen = _chosen(columns, UNSPLIT if typed else separator, table)
    fits, plain = _fits(chosen), _fits(PLAIN)
    return PLAIN if typed and any(plain(column) and not fits(column) for column in columns) else chosen


def _chosen(columns, separator, table):
    """The Signs that are given, or found in columns that are not empty."""
    if table.thousands:
        ways = [Signs(sign, table.thousands) for sign in table.decimal or ".," if sign != table.thousands]
        return max(ways, key=lambda way: sum(map(_fits(way), columns)))
    found = [way for way in WAYS if way.thousands and table.decimal in (None, way.decimal) and _explains(way, columns)]
    if len(found) == 1 and table.thousands is None:
        return found[0]
    return Signs(table.decimal or _found_decimal(columns, separator))


def _fits(signs: Signs) -> Callable[[Sequence[str]], bool]:
    """A test whether all cells of a column are numbers with these signs."""
    pattern = number_pattern(signs.decimal, signs.thousands)
    return lambda column: all(map(pattern.fullmatch, column))


def _explains(way, columns):
    """Whether all cells of some column are numbers only this way, and no column of numbers speaks against it."""
    fits, plain = _fits(way), _fits(PLAIN)
    if not any(fits(column) and any(_is_decisive(cell, way) for cell in column) for column in columns):
        return False
    return not any(plain(column) and not fits(column) for column in columns)


def _is_decisive(cell, way):
    """Whether a number has a sign between thousands that can be nothing else."""
    if way.thousands in ",.":
        count = cell.count(way.thousands)
        return count > 1 or count == 1 and way.decimal in cell
    return not number_pattern(way.decimal).fullmatch(cell)


def _found_decimal(columns, separator):
    """A comma between semicolons, where columns have numbers with a comma and none has numbers with points."""
    if separator not in (";", UNSPLIT):
        return "."
    columns = [column for column in columns if share(column, _is_number) >= ALIKE]
    commas = any(has_comma(cell) for column in columns for cell in column)
    points = any(is_number(cell) and "." in cell for column in columns for cell in column)
    return "," if commas and not points else "."


def _is_number(cell):
    return is_number(cell) or has_comma(cell)
