"""Tables whose header holds times: a column for each date, or for each month, quarter or hour of a year or day."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..time.finding import time_share
from .arrangement import PARTS
from .columns import Columns
from .names import IDS, PLAIN, called, hour_of, month_of, quarter_of
from .times import find_time

FEWEST = 3  # dates in a header that make it one
YEAR = re.compile(r"(\d{4})(?:\.0*)?", re.ASCII)  # 1950.0 too, as programs with floats write it
ROWS_HEADER = 4  # numbered columns that make a table of a series per row, at least


@dataclass(frozen=True)
class Header:
    """The columns of values of such a table, in order, and what the name of each adds to the stamp of its row."""

    layout: str  # dates, steps, months, quarters or hours
    columns: tuple[str, ...]
    stamps: tuple[str, ...]  # whole ones if the layout is dates or steps, else the last part: "-03", "-Q2", " 07:00"


def dates_in(names: Sequence[str]) -> tuple[str, ...]:
    """The names that are dates, years or other stamps: () if fewer than FEWEST are, or if they are not all alike."""
    digits = [name for name in names if any(map(str.isdigit, name))]
    found = [name for name in digits if _is_stamp(plain(name))]
    texts = list(map(plain, found))
    return tuple(found) if len(found) >= FEWEST and time_share(texts, "") >= 1 or _are_years(texts) else ()


def plain(name: str) -> str:
    """The stamp in the name of a column, without what programs add: X2015.07.01 and 1990 [YR1990] are such names."""
    return re.sub(r"^[Xx](?=\d{4})|\s*\[YR\d{4}\]$", "", name.strip())


def header_of_dates(names: Sequence[str]) -> Header:
    """The Header of the names that are dates; without columns if there are none."""
    dates = dates_in(names)
    return Header("dates", dates, tuple(map(plain, dates)))


def find_steps(columns: Columns) -> Header | None:
    """The Header of a table with a series in each row, whose columns are numbered d_1, d_2, ... beside some that name
    it; None for another table."""
    runs: dict[str, list[str]] = {}
    for name in columns.names:
        stem = name.rstrip("0123456789")
        if stem != name:
            runs.setdefault(stem, []).append(name)
    stem, run = max(runs.items(), key=lambda each: len(each[1]), default=("", []))
    numbers = [int(name[len(stem) :]) for name in run]
    rest = [name for name in columns.names if name not in run]
    if len(run) < ROWS_HEADER or len(rest) > len(run) or not columns.of_kind(rest, "word"):
        return None
    if numbers != list(range(numbers[0], numbers[0] + len(run))) or find_time(columns, rest):
        return None
    return Header("steps", tuple(run), tuple(map(str, numbers))) if _hold_numbers(columns, run) else None


def _is_stamp(name):
    return _are_years([name]) if name.isdecimal() and len(name) == 4 else time_share([name], "") >= 1


def _are_years(names):
    """Whether the names are FEWEST or more years, or the only one is a year."""
    return (
        bool(names)
        and (len(names) == 1 or len(names) >= FEWEST)
        and all(map(str.isdecimal, names))
        and (time_share(list(names), "year") >= 1)
    )


def find_header(columns: Columns) -> Header | None:
    """The Header of a table; None for a table whose columns are not named after times."""
    dates = header_of_dates(columns.names)
    if dates.columns:
        return dates if _hold_numbers(columns, dates.columns) else None
    for layout, part, whole in (
        ("quarters", quarter_of, range(1, 5)),
        ("months", month_of, range(1, 13)),
        ("hours", hour_of, range(24)),
        ("hours", hour_of, range(1, 25)),
    ):
        found = _named_after(columns.names, part, whole)
        if found and _hold_numbers(columns, found) and _rows_are(columns, found, layout == "hours"):
            return Header(layout, found, PARTS[layout])
    return None


def _named_after(names, part: Callable[[str], int | None], whole):
    """The columns named after 1, 2, ... in that order, each once; () if one is missing."""
    found = {}
    for name in names:
        if (number := part(name)) is not None:
            found.setdefault(number, name)
    return tuple(found[number] for number in whole) if set(whole) <= set(found) else ()


def _hold_numbers(columns, found):
    return all(columns.kind(name) in ("number", "empty", "truth") for name in (found[0], found[-1]))


def _rows_are(columns, found, days):
    """Whether another column holds the year of each row, or with `days` its day."""
    time = find_time(columns, [name for name in columns.names if name not in found])
    if len(time) != 1:
        return False
    years = all(map(YEAR.fullmatch, filter(None, columns.sample(time[0]))))
    return years != days


def years_of(rows: np.ndarray) -> np.ndarray:
    """(R,) the stamps of the rows of such a table, years without the decimals of 1950.0."""
    cells = [str(text).strip() for text in rows.tolist()]
    found = [YEAR.fullmatch(cell) for cell in cells]
    return np.array([year[1] for year in found if year], rows.dtype) if all(found) else rows


def is_rows(columns: Columns) -> bool:
    """Whether each row is a series, as in the M4 competition: an id, then values in columns with numbers for names."""
    first, *others = columns.names
    if len(others) < ROWS_HEADER or columns.distinct(first) < columns.rows:
        return False
    if columns.kind(first) != "word" and called(first, IDS) != PLAIN:
        return False
    stems = {name.rstrip("0123456789") for name in others}
    numbers = [name[len(name.rstrip("0123456789")) :] for name in others]
    if len(stems) > 1 or not all(numbers):
        return False
    steps = list(map(int, numbers))
    return steps == list(range(steps[0], steps[0] + len(steps))) and _hold_numbers(columns, others[:1])
