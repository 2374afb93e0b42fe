"""Finds the column to forecast: by its name, or because no other can be meant."""

import re
from collections.abc import Sequence
from functools import partial

from ...errors import DataError
from ..tables.unlike_units import unlike_units
from .columns import Columns, for_shell, quoted
from .names import (
    DATES,
    DERIVED,
    KNOWN,
    NUMBERS,
    OTHER,
    PLAIN,
    QUANTITIES,
    RATES,
    TARGETS,
    USUAL_COVARIATES,
    YEARS,
    called,
    folded,
    is_label,
    measures,
)
from .times import parts_of_no_date
from .unread_times import unread_times

DECIMAL_YEAR = re.compile(r"(?:1[5-9]|2[01])\d\d\.\d+", re.ASCII)
DEGREES = re.compile(r"-?(?:1?\d)?\d\.\d{3,}", re.ASCII)
FEWEST_YEARS = 10  # rising years with decimals that are no quantity
DENSE = 1.1  # times as many numbers of rows as rows, at most
FLAGS = 2  # different numbers that a flag has, at most
NEARLY = 0.9  # share of the most values that a column has, from which it has as many
USUAL = "y"  # the name of the target in forecasting (Nixtla's long format)


class OpenTarget(DataError):
    """Several columns may be the target; `likely` is the likeliest."""

    def __init__(self, message: str, hint: str, likely: tuple[str]):
        super().__init__(message, hint, f"--target-col {for_shell(likely)}")
        self.likely = likely


def find_target(columns: Columns, free: Sequence[str], ids: Sequence[str], time: Sequence[str]) -> tuple[str]:
    """The only column of numbers that can be meant: the one called y, else one with another usual name of a target,
    such as value; else the one that is left without covariates and what follows from the date.

    DataError, with all candidates and what they hold, where several are left, or none.
    """
    if USUAL in free:
        return (USUAL,)
    candidates = _candidates(columns, free, ids)
    others = [name for name in free if columns.kind(name) != "empty" and not _numbers_rows(columns, name)]
    parts = [] if time else parts_of_no_date(columns, others)
    others = [name for name in others if name in candidates or name not in parts]
    if not time and len(candidates) < len(others):
        raise _undecided(columns, free, candidates, ids, time) if candidates else _nothing(columns)
    for chosen in (
        candidates,
        [name for name in candidates if called(name, TARGETS) == PLAIN],
        left := [name for name in candidates if called(name, KNOWN) == OTHER],
        _quantities(left),
    ):
        if len(chosen) == 1:
            return (chosen[0],)
    raise _undecided(columns, free, candidates, ids, time) if candidates else _nothing(columns)


def _candidates(columns, free, ids):
    """The columns that could be forecast: numbers that vary; true or false where there are no numbers."""
    varying = [name for name in columns.of_kind(free, "number", "truth") if columns.distinct(name) > 1]
    several = [name for name in varying if not (ids and columns.is_within(name, ids))]
    numbers = [
        name
        for name in several
        if columns.kind(name) == "number"
        and not columns.follows_from_date(name)
        and not _numbers_rows(columns, name)
        and not _is_decimal_year(columns, name)
    ]
    quantities = [name for name in numbers if not is_label(name)]
    found = quantities or numbers or several or varying or columns.of_kind(free, "number")
    degrees = _coordinates(columns)
    return [name for name in found if name == USUAL or name not in degrees]


def _coordinates(columns):
    """The columns X and Y where they stand side by side with degrees of the globe to a hundred metres; () otherwise."""
    pair = {folded(name): name for name in columns.names if name.strip().casefold() in ("x", "y")}
    if len(pair) < 2:
        return ()
    degrees = all(all(map(DEGREES.fullmatch, filter(None, columns.sample(name)))) for name in pair.values())
    return tuple(pair.values()) if degrees else ()


def _numbers_rows(columns, name):
    """Whether a column is called as numbers of rows are, and counts, also where some rows are not there any more."""
    if called(name, NUMBERS) != PLAIN:
        return False
    texts = columns.sample(name)
    numbers = list(map(int, texts)) if all(map(str.isdecimal, texts)) else []
    rising = bool(numbers) and numbers == sorted(set(numbers)) and columns.distinct(name) == columns.rows
    return columns.counts(name, anew=True) or (rising and numbers[-1] - numbers[0] < DENSE * columns.rows)


def _is_decimal_year(columns, name):
    """Whether a column holds years with decimals, as tables have them beside months: under the name of a time, or
    rising."""
    texts = columns.sample(name)
    rising = len(texts) > FEWEST_YEARS and texts == sorted(set(texts))
    return (called(name, DATES | YEARS) != OTHER or rising) and all(map(DECIMAL_YEAR.fullmatch, texts))


def _quantities(left):
    """The columns called sales, demand and the like, if all others have the names of usual covariates."""
    others = [name for name in left if called(name, USUAL_COVARIATES) == OTHER]
    meant = [name for name in others if called(name, QUANTITIES) == PLAIN]
    return meant if len(meant) == len(others) else []


def _undecided(columns, free, candidates, ids, time):
    others = [name for name in free if name not in candidates]
    constant = [name for name in others if columns.kind(name) != "empty" and columns.distinct(name) == 1]
    others = [name for name in others if name not in constant]
    rest = f"; with one value only: {columns.listed_by_kind(constant)}" if constant else ""
    rest += f"; others: {columns.listed_by_kind(others)}" if others else ""
    layouts = "; if each column is a series of its own: --wide" if not ids else ""
    layouts += "; if each row is one: --layout rows" if not time else ""
    ranked = _ranked(columns, candidates)
    likely = ranked[0]
    several = [name for name in ranked if not _is_label(columns, name)][:2]
    name = f"name it, as in --target-col {for_shell([likely])}"
    name += f" (several: --target-col {for_shell(several)})" if len(several) > 1 else ""
    return OpenTarget(
        f"{columns.frame.files[0]}: cannot tell which column to forecast; candidates: "
        f"{columns.listed_by_kind(dict.fromkeys((likely, *candidates)))}{_decided(ids, time)}{rest}",
        _naming(columns, free, ids, time, name, layouts),
        (likely,),
    )


def _naming(columns, free, ids, time, name, layouts):
    """The hint for a target that is open: without times the rows may be examples, but not those of several series."""
    if time or parts_of_no_date(columns, free):
        return f"{name}{layouts}"
    unread = unread_times(columns, [*free, *ids]) if ids else None
    if unread is None:
        return _without_time(layouts)
    stamps = unread[0]
    sample = columns.sample(stamps)[0]
    return (
        f"{name}: each {quoted(ids)} is a series with a step per row, as the stamps of {stamps} ('{sample}') are not "
        "read; write them as in 2024-01-31 for dates"
    )


def _decided(ids, time):
    """What was decided about the other columns, with the options that change it."""
    parts = [f"time {quoted(time)} (--time-col)"] if time else []
    parts += [f"id {quoted(ids)} (--id-col)"] if ids else []
    return f"; found already: {', '.join(parts)}" if parts else ""


def _ranked(columns, candidates):
    """The candidates, the likeliest first: by their names, then those with the most values, as they stand in the table
    where they have nearly as many."""
    most = max(map(columns.distinct, candidates))

    def key(name):
        words = set(folded(name).split())
        quantity = 0 if called(name, TARGETS | QUANTITIES) == PLAIN else 1 if words & (TARGETS | QUANTITIES) else 2
        explains = called(name, USUAL_COVARIATES) == PLAIN or bool(words & RATES)
        unlikely = _is_label(columns, name), bool(words & DERIVED), explains and quantity > 0
        return *unlikely, quantity, explains, -min(columns.distinct(name), NEARLY * most)

    return sorted(candidates, key=key)


def _is_label(columns, name):
    """Whether numbers are those of rows, years, codes, places or flags rather than quantities."""
    if is_label(name) or columns.counts(name) or called(name, YEARS | NUMBERS) == PLAIN:
        return True
    return columns.distinct(name) <= FLAGS and not measures(name)


def _without_time(layouts):
    return (
        "no column has dates: if each row is an example with an answer, use --task classify --target COLUMN, "
        "--task regress for a number, --task translate for a text, or --task describe for a text about the other "
        f"columns{layouts}; for one series, name its column with --target-col"
    )


def _nothing(columns):
    frame = columns.frame
    for name in columns.of_kind(columns.names, "word"):
        if told := unlike_units(frame.columns[name], partial(frame.where, column=name)):
            return DataError(
                f"{frame.files[0]}: no column of numbers to forecast; {name} has numbers with unlike units: {told}",
                "write all numbers of the column in one unit, or give each unit a column of its own",
            )
    return DataError(
        f"{columns.frame.files[0]}: no column of numbers to forecast; found: "
        f"{columns.listed_by_kind(columns.names, example=True)}",
        "a forecast needs a column of numbers; durations such as 1:02:03 are read as seconds in a column that "
        "--target-col names; where its words are missing values, name these with --na; where each row is an example "
        "with an answer, use --task classify --target COLUMN; to learn to write such texts, save them alone as a .txt "
        "file, or read the file as it is with --task language",
    )
