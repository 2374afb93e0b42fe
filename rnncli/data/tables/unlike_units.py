"""Columns whose numbers have units of different kinds, such as two currencies: what a message says of them."""

from collections.abc import Callable

from .numbers import Cells
from .shapes import shapes_of
from .units import find_unit, parts_of

SURE = 0.9  # of the cells are numbers
FEWEST = 2  # cells with the same unit
SHOWN = 3  # units in a message


def unlike_units(texts: Cells, where: Callable[[int], str]) -> str:
    """Where the first number with each unit of a column stands: "'€5' in a.csv:2, '$6' in a.csv:4"; "" for a column
    with other words, or with units that are read."""
    column = shapes_of(texts)
    units, numbers = {}, 0
    for shape, count in column.counts.items():
        if parts := parts_of(shape):
            units.setdefault((parts.before.casefold(), parts.after.casefold()), []).append(shape)
            numbers += count
    counts = {unit: sum(column.counts[shape] for shape in shapes) for unit, shapes in units.items()}
    if len(units) < 2 or numbers < SURE * column.given or min(counts.values()) < FEWEST or _is_read(column):
        return ""
    rows = sorted(min(map(column.shapes.index, shapes)) for shapes in units.values())
    told = [f"{column.cells[row].strip()!r} in {where(row)}" for row in rows[:SHOWN]]
    return ", ".join(told) + ", ..." * (len(rows) > SHOWN)


def _is_read(column):
    unit = find_unit(column.counts)
    return all((parts := parts_of(shape)) and unit.factor(parts) is not None for shape in column.counts)
