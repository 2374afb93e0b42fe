"""Finds the columns of times: one with whole stamps, or several that make a stamp together."""

from collections.abc import Sequence

from ..tables.table import picked
from ..time.date_columns import date_columns, lone_parts
from ..time.finding import time_share
from .columns import Columns
from .names import DATES, PARTS, PLAIN, YEARS, called

MOSTLY = 0.9  # of the cells of a column of stamps
VARYING = 3  # different stamps of a series, where another column has as many
RELEASE_NAMES = """
as of, data as of, updated, updated at, last updated, last update, update, modified, last modified, created,
created at, released, release date, published, publication date, extracted, retrieved, downloaded, loaded, inserted,
vintage, realtime start, realtime end, stand, aktualisiert, abgerufen, maj
"""  # of the times at which values were written down
RELEASES = frozenset(name.strip() for name in RELEASE_NAMES.split(","))
FEWEST_STEPS = 10  # numbers from 1 on that are steps: fewer may be the numbers of series


def find_time(columns: Columns, free: Sequence[str], ids: Sequence[str] = ()) -> tuple[str, ...]:
    """The columns of the stamps, () if there are none: the one with the name and the cells of a time. Several, as year
    and month, where no column has whole stamps, or where those of one repeat and others complete them."""
    single = _single(columns, free)
    parts = date_columns(list(free), picked(columns.frame.columns, free))
    if not parts:
        lone = lone_parts(free, columns.frame.columns) if single and columns.repeats((*ids, single)) else ()
        return (single,) if single and single not in lone else ()
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
    varying = [name for name in candidates if columns.fits_format(name) or _varies(columns, name)]
    candidates = varying or candidates
    return max(candidates, key=lambda name: (_rank(columns, name), -columns.names.index(name)))


def _varies(columns, name):
    """Whether a column has whole stamps that differ: the hours of a single day do not stand for themselves."""
    return columns.distinct(name) >= VARYING and (
        columns.is_index(name) or time_share(columns.sample(name), name) >= MOSTLY
    )


def _rank(columns, name):
    """How well a name suits whole stamps; a number of rows is the last resort."""
    if columns.fits_format(name):
        return 6
    if columns.is_index(name):
        return 0
    if called(name, RELEASES):
        return 1  # when something was known, not when it was
    if called(name, YEARS | PARTS) == PLAIN:
        return 3
    return {PLAIN: 5, 1: 4}.get(called(name, DATES), 2)
