"""Finds the columns of times: one with whole stamps, or several that make a stamp together."""

from collections.abc import Sequence

from ..time.date_columns import date_columns
from .columns import Columns
from .names import DATES, PARTS, PLAIN, YEARS, called

FEWEST_STEPS = 10  # numbers from 1 on that are steps: fewer may be the numbers of series


def find_time(columns: Columns, free: Sequence[str], ids: Sequence[str] = ()) -> tuple[str, ...]:
    """The columns of the stamps, () if there are none: the one with the name and the cells of a time. Several, as year
    and month, where no column has whole stamps, or where those of one repeat and others complete them."""
    single = _single(columns, free)
    parts = date_columns(list(free), {name: columns.frame.columns[name] for name in free})
    if not parts:
        return (single,) if single else ()
    if single is None:
        return tuple(parts)
    if single in parts and columns.repeats((*ids, single)):
        return tuple(parts)
    if single not in parts and all("." in text for text in columns.sample(single)) and columns.holds_numbers(single):
        return tuple(parts)  # rather than parts of years, such as 1958.2027
    return (single,)


def _single(columns, free):
    """The column that is most likely to hold the stamps."""
    candidates = [name for name in free if columns.kind(name) == "time"]
    candidates = candidates or [name for name in free if columns.is_odd_time(name)]
    if not candidates:  # the steps of several series, whatever they are called
        steps = [name for name in free if columns.counts(name, anew=True) and not columns.counts(name)]
        return steps[0] if len(steps) == 1 and columns.distinct(steps[0]) >= FEWEST_STEPS else None
    return max(candidates, key=lambda name: (_rank(columns, name), -columns.names.index(name)))


def _rank(columns, name):
    """How well a name suits whole stamps; a number of rows is the last resort."""
    if columns.fits_format(name):
        return 6
    if columns.is_index(name):
        return 0
    if called(name, YEARS | PARTS) == PLAIN:
        return 3
    return {PLAIN: 5, 1: 4}.get(called(name, DATES), 2)
