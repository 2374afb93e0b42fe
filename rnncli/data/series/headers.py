"""Tables whose header holds times: a column for each date, or for each month, quarter or hour of a year or day."""

import re
from collections.abc import Sequence

from ..time.finding import time_share
from ..whole_numbers import whole_of
from .columns import Columns
from .completing import WEEKDAYS, Header, completed, times_of, with_days
from .header_parts import DAYS, MONTHS, QUARTERS, WEEKS, times_of_day, weekdays_of
from .header_rows import YEAR, rows_of_days, rows_of_months, rows_of_weeks, rows_of_years, years_of
from .names import IDS, PLAIN, called
from .times import find_time

__all__ = ["WEEKDAYS", "Header", "find_header", "find_steps", "header_of_dates", "is_rows", "times_of", "years_of"]
FEWEST = 3  # dates in a header that make it one
ROWS_HEADER = 4  # numbered columns that make a table of a series per row, at least


def dates_in(names: Sequence[str]) -> tuple[str, ...]:
    """The names that are dates, years or other stamps: () if fewer than FEWEST are, or if they are not all alike."""
    digits = [name for name in names if any(map(str.isdigit, name))]
    found = [name for name in digits if _is_stamp(plain(name))]
    found = _most_alike(found)
    texts = list(map(plain, found))
    return tuple(found) if len(found) >= FEWEST and time_share(texts, "") >= 1 or _are_years(texts) else ()


def _most_alike(names):
    """Of names that are stamps those of the form that most of them have: months, beside quarters and years."""
    if len(names) < FEWEST or time_share(list(map(plain, names)), "") >= 1:
        return names
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(re.sub(r"(?<=[^\W\d_])\d+|\d(?!\d{4})", "0", plain(name)), []).append(name)
    most = max(groups.values(), key=len)
    return most if 2 * len(most) > len(names) else names


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
        if whole_of(name[len(stem) :]) is not None:
            runs.setdefault(stem, []).append(name)
    stem, run = max(runs.items(), key=lambda each: len(each[1]), default=("", []))
    numbers = [int(name[len(stem) :]) for name in run]
    rest = [name for name in columns.names if name not in run]
    if len(run) < ROWS_HEADER or len(rest) > len(run) or not columns.of_kind(rest, "word"):
        return None
    first = columns.names[0]
    of_rows = not stem and columns.kind(first) == "word" and columns.distinct(first) == columns.rows
    if numbers != list(range(numbers[0], numbers[0] + len(run))) or not of_rows and find_time(columns, rest):
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
    if dates.columns and not set(dates.columns) <= set(times_of_day(columns.names)):
        return completed(columns, dates) if _hold_numbers(columns, dates.columns) else None
    if years := [name for name in columns.names if YEAR.fullmatch(name) and time_share([name], "year") >= 1]:
        header = completed(columns, Header("dates", tuple(years), tuple(years)))  # of a year or two
        if header.adds is not None and _hold_numbers(columns, header.columns):
            return header
    for layout, found, rows_time in (
        (DAYS.layout, DAYS.of_names(columns.names), rows_of_months),
        (MONTHS.layout, MONTHS.of_names(columns.names), rows_of_years),
        (QUARTERS.layout, QUARTERS.of_names(columns.names), rows_of_years),
        (WEEKS.layout, WEEKS.of_names(columns.names), rows_of_years),
        (WEEKDAYS, weekdays_of(columns.names), rows_of_weeks),
        ("hours", times_of_day(columns.names), rows_of_days),
    ):
        if found and not _goes_on(found, columns.names) and _hold_numbers(columns, tuple(found)):
            rest = [name for name in columns.names if name not in found]
            if time := rows_time(columns, rest):
                header = Header(layout, tuple(found), tuple(found.values()), time)
                return with_days(columns, header, rest) if layout == MONTHS.layout else header
    return None


def _goes_on(found, names):
    """Whether the columns 1 to 12 are followed by 13 and more: steps, not months."""
    numbers = [number for name in found if (number := whole_of(name)) is not None]
    return len(numbers) == len(found) and max(numbers) + 1 in set(map(whole_of, names))


def _hold_numbers(columns, found):
    """Whether the first and the last column hold numbers, or else most of them: the others may have flags in cells."""
    if all(_holds_numbers(columns, name) for name in (found[0], found[-1])):
        return True
    return len(found) > FEWEST and 2 * sum(columns.kind(name) == "number" for name in found) > len(found)


def _holds_numbers(columns, name):
    return columns.kind(name) in ("number", "empty", "truth")


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
