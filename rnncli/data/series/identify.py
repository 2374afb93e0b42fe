"""Finds the columns that name the series: those that make each stamp of a table occur once."""

import re
from collections.abc import Sequence
from itertools import combinations

from .columns import Columns
from .names import IDS, KNOWN, PLAIN, QUANTITIES, SERIES, TARGETS, called

MOST = 4  # columns that together name a series, at most
FEW = 0.01  # share of rows that may repeat a stamp: duplicates, not series
SHORTEST = 2  # rows that a series has on average, at least
CANDIDATES = 8  # columns that are tried together
WHOLE = re.compile(r"\d+(?:\.0+)?", re.ASCII)  # numbers of series, also as programs write them beside missing ones
LIKELY = ("word", "number", "truth")  # kinds of columns that name series, the likeliest first


def find_ids(columns: Columns, free: Sequence[str], time: Sequence[str]) -> tuple[str, ...]:
    """The columns that name the series, () for a single series.

    Those whose cells make (id, time) unique, as few as possible: columns with the usual names of ids before other
    words, and these before whole numbers. A column called unique_id is one whatever it holds. Where nothing makes the
    stamps unique, the columns come nearest.
    """
    usual = [name for name in free if called(name, SERIES) == PLAIN and columns.kind(name) != "time"]
    usual = [name for name in usual if not columns.counts(name) and columns.distinct(name) * SHORTEST <= columns.rows]
    if not time or not columns.repeats(time):
        return tuple(usual[:1])
    candidates = _candidates(columns, free)[:CANDIDATES]
    best, fewest = (), columns.repeats(time)
    for n in range(1, MOST + 1):
        for ids in combinations(candidates, n):
            left = columns.repeats((*ids, *time))
            if left == 0 or (left <= FEW and n == 1 and called(ids[0], IDS)):
                return tuple(sorted(ids, key=columns.names.index))
            if left < fewest / 2:
                best, fewest = ids, left
    return best if fewest <= FEW or all(called(name, IDS) for name in best) else ()


def find_row_ids(columns: Columns, free: Sequence[str]) -> tuple[str, ...]:
    """The columns that name the rows of a table with a series in each: as few as possible that differ in every row, of
    words if they suffice, else of any kind."""
    words = columns.of_kind(free, "word")
    for candidates in (words, [*words, *(name for name in free if name not in words)]):
        for n in range(1, MOST + 1):
            for ids in combinations(candidates[:CANDIDATES], n):
                if not columns.repeats(ids):
                    return tuple(sorted(ids, key=free.index))
    return ()


def _candidates(columns, free):
    """The columns that may name series, the likeliest first."""
    some = []
    for name in free:
        kind = columns.kind(name)
        if columns.follows_from_date(name) or called(name, KNOWN | TARGETS | QUANTITIES) == PLAIN:
            continue
        if kind == "number" and not all(WHOLE.fullmatch(text) for text in columns.sample(name) if text):
            continue
        if kind in ("time", "empty") or columns.distinct(name) < 2 or columns.counts(name):
            continue
        if columns.distinct(name) * SHORTEST > columns.rows:
            continue
        some.append((-called(name, IDS), LIKELY.index(kind), columns.names.index(name), name))
    return [name for *_, name in sorted(some)]
