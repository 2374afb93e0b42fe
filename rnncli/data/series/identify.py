"""Finds the columns that name the series: those that make each stamp of a table occur once."""

import re
from collections.abc import Sequence
from itertools import combinations

import numpy as np

from .columns import Columns
from .names import IDS, KNOWN, PLAIN, QUANTITIES, SERIES, TARGETS, called, measures

MOST = 4  # columns that together name a series, at most
FEW = 0.01  # share of rows that may repeat a stamp: duplicates, not series
SHORTEST = 2  # rows that a series has on average, at least
LONGER = 5  # rows that a series has on average where its stamps repeat all the same
CANDIDATES = 8  # columns that are tried together
WHOLE = re.compile(r"\d+(?:\.0+)?", re.ASCII)  # numbers of series, also as programs write them beside missing ones
PHRASE = re.compile(r"(?:^|[ ,])[^\W\d_]{2,}(?= )|(?<= )[^\W\d_]{2,}(?:$|[ ,])")  # 15 to 24 years
LIKELY = ("word", "number", "truth")  # kinds of columns that name series, the likeliest first
READABLE = 0.9  # share of the words of a column without digits where people read it
READ = 3  # columns that people read instead of a code, at most


def find_ids(columns: Columns, free: Sequence[str], time: Sequence[str]) -> tuple[str, ...]:
    """The columns that name the series, () for a single series.

    Those whose cells make (id, time) unique, as few as possible: columns with the usual names of ids before other
    words, and these before whole numbers; words that people read before codes that say the same. A column called
    unique_id is one whatever it holds. Where nothing makes the stamps unique, the columns come nearest.
    """
    usual = [name for name in free if called(name, SERIES) == PLAIN and columns.kind(name) != "time"]
    usual = [name for name in usual if not columns.counts(name) and columns.distinct(name) * SHORTEST <= columns.rows]
    if not time or not columns.repeats(time):
        return tuple(usual[:1])
    candidates = may_name(columns, free)[:CANDIDATES]
    full = {name for name in candidates if is_full(columns, name)}  # a row needs a name
    return _unique(columns, time, candidates, full) or _unique(columns, time, _mostly_full(columns, candidates), None)


def _unique(columns, time, candidates, full):
    """The columns among the candidates that make the stamps unique, one of them among the `full` ones if these are
    given; () if none do."""
    best, fewest = (), columns.repeats(time)
    for n in range(1, MOST + 1):
        for ids in combinations(candidates, n):
            if full is not None and full.isdisjoint(ids) or not leaves_series(columns, ids):
                continue
            left = columns.repeats((*ids, *time))
            if left == 0 or (left <= FEW and n == 1 and called(ids[0], IDS)):
                return tuple(sorted(_readable(columns, ids, candidates), key=columns.names.index))
            if left < fewest / 2 and columns.distinct(ids) * LONGER <= columns.rows:
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


def is_full(columns: Columns, name: str) -> bool:
    """Whether no cell of a column is empty."""
    return not (columns.frame.columns[name] == "").any()


def _mostly_full(columns, candidates):
    """The columns of words, or called as ids are, most of whose cells are not empty."""
    cells = columns.frame.columns
    mostly = [name for name in candidates if 2 * np.count_nonzero(cells[name] == "") <= columns.rows]
    return [name for name in mostly if columns.kind(name) == "word" or called(name, IDS)]


def leaves_series(columns: Columns, ids: Sequence[str]) -> bool:
    """Whether the series that columns name have several rows on average."""
    return columns.distinct(ids) * SHORTEST <= columns.rows


def _readable(columns, ids, candidates):
    """The columns that people read which name the same series as a column of codes; else `ids` as they are."""
    if len(ids) > 1 or columns.kind(ids[0]) != "word" or called(ids[0], SERIES) == PLAIN or _is_read(columns, ids[0]):
        return ids
    words = [name for name in candidates if _is_read(columns, name) and columns.is_within(name, ids)]
    for n in range(1, READ + 1):
        for names in combinations(words, n):
            if columns.distinct(names) == columns.distinct(ids):
                return names
    return ids


def _is_read(columns, name):
    """Whether the cells of a column are words that people read: without digits or of several words, and none empty."""
    texts = columns.sample(name)
    plain = sum(not any(map(str.isdigit, text)) or PHRASE.search(text) is not None for text in texts)
    return columns.kind(name) == "word" and plain >= READABLE * len(texts) and is_full(columns, name)


def may_name(columns: Columns, free: Sequence[str]) -> list[str]:
    """The columns that may name series, the likeliest first; those with empty cells last."""
    some = []
    for name in free:
        kind = columns.kind(name)
        if columns.follows_from_date(name) or called(name, KNOWN | TARGETS | QUANTITIES) == PLAIN:
            continue
        if kind == "number" and measures(name):
            continue
        if kind == "number" and not all(WHOLE.fullmatch(text) for text in columns.sample(name) if text):
            continue
        if kind in ("time", "empty") or columns.distinct(name) < 2 or columns.counts(name):
            continue
        if columns.distinct(name) * SHORTEST > columns.rows:
            continue
        rank = -called(name, IDS), LIKELY.index(kind)
        some.append((not is_full(columns, name), *rank, columns.names.index(name), name))
    return [name for *_, name in sorted(some)]
