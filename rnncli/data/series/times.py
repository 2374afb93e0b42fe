"""Finds the columns of times: one with whole stamps, or several that make a stamp together."""

from collections.abc import Sequence

import numpy as np

from ..tables.table import first_cells, picked
from ..time.date_columns import cycle_numbers, date_columns, lone_parts
from ..time.finding import time_share
from ..time.likely_steps import commonest
from .columns import Columns
from .identify import find_ids, may_name
from .names import DATES, IDS, PARTS, PLAIN, YEARS, called, folded

MOSTLY = 0.9  # of the cells of a column of stamps
CYCLES = 10_000  # rows that show whether a column begins anew
ENDS = (7, 12, 23, 24, 30, 31, 52, 53, 365, 366)  # of cycles whose column is called as whole stamps are, such as day
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
        if single is None or single in lone or _is_lone_cycle(columns, single, free, ids):
            return ()
        return (single,)
    if single is None:
        return tuple(parts)
    if single in parts and columns.repeats((*ids, single)):
        return tuple(parts)
    if single not in parts and all("." in text for text in columns.sample(single)) and columns.holds_numbers(single):
        return tuple(parts)  # rather than parts of years, such as 1958.2027
    return (single,)


def _is_lone_cycle(columns, name, free, ids):
    """Whether a column says where in a cycle its rows are, such as weeks 1 to 52 without a year, which begin anew: no
    stamps, unless other columns name series with one cycle each."""
    if not columns.repeats((*ids, name)) or not begins_anew(columns, name):
        return False
    return bool(ids) or not find_ids(columns, [other for other in free if other != name], (name,))


def parts_of_no_date(columns: Columns, names: Sequence[str]) -> list[str]:
    """The columns of a table without stamps that say where in a year, a month, a week or a day its rows are."""
    lone = lone_parts(names, columns.frame.columns)
    return [name for name in names if name in lone or begins_anew(columns, name)]


def ids_of_cycles(columns: Columns, free: Sequence[str]) -> tuple[str, ...]:
    """The columns called as ids are, where the stamps of each series have no year: nothing else tells series apart."""
    if not parts_of_no_date(columns, free):
        return ()
    return tuple(name for name in may_name(columns, free) if called(name, IDS) == PLAIN)


def begins_anew(columns: Columns, name: str) -> bool:
    """Whether the cells of a column called like a part of a date run in order and begin anew."""
    is_part = called(name, PARTS) == PLAIN or columns.follows_from_date(name)
    if not is_part and called(name, DATES) != PLAIN:
        return False
    texts = first_cells(columns.frame.columns, name, CYCLES)
    numbers = cycle_numbers(texts)
    if len(np.unique(numbers)) < VARYING or not is_part and str(texts[0]).isdecimal() and numbers.max() not in ENDS:
        return False
    steps, least = np.diff(numbers), numbers.min()
    on, anew = steps == commonest(steps), (steps < 0) & (numbers[1:] == least)
    return bool(anew.any() and (on | anew).mean() >= MOSTLY)


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
    periods = 0.5 * (called(name, DATES) != PLAIN and not PARTS.isdisjoint(folded(name).split()))  # week ending date
    return {PLAIN: 5, 1: 4}.get(called(name, DATES), 2) + periods
