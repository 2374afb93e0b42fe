"""A header of years or days and the column that completes its stamps: months in the rows, years in the header."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..tables.wide_tables import TEXT
from ..time.date_columns import is_called, lone_parts
from ..time.forms import shape_of
from ..time.grammar import has_pattern, patterns_of
from ..time.shapes import stripped
from .columns import Columns
from .header_parts import DAYS, MONTHS, QUARTERS, WEEKS, times_of_day
from .header_rows import are_all_years, days_of, years_of
from .names import DAY_NAMES, PLAIN, called, is_total, weekday_of

MOST_PARTS = 400  # different cells of a column of parts of a date
WEEKDAYS = "weekdays"


@dataclass(frozen=True)
class Header:
    """The columns of values of such a table, in order, and what the name of each adds to the stamp of its row."""

    layout: str  # dates, steps, or the part of a date in the header: months, quarters, weeks, days, weekdays, hours
    columns: tuple[str, ...]
    stamps: tuple[str, ...]  # whole ones if the layout is dates or steps, else the last part: "-03", "-Q2", " 07:00"
    time: tuple[str, ...] = ()  # the columns that say the rest
    adds: np.ndarray | None = None  # (R,) what the last of them adds to the stamps: "-03"; "" for a row of totals

    @property
    def of_rows(self) -> tuple[str, ...]:
        """The columns that hold the first part of the stamps of rows."""
        if self.adds is None:
            return self.time
        return () if self.layout == "dates" else self.time[:-1]


def completed(columns: Columns, header: Header) -> Header:
    """A Header of years or days with the column whose cells complete them: of months beside years, of hours beside
    days; as it is where there is none."""
    rest = [name for name in columns.names if name not in header.columns]
    if are_all_years(header.stamps):
        parts = [MONTHS, QUARTERS, WEEKS]
        lone = lone_parts(rest, columns.frame.columns)
        if lone and (added := _joined_adds(columns, lone)) is not None:
            return replace(header, time=lone, adds=added)
    else:
        parts = [None] * all("%d" in pattern and "%H" not in pattern for pattern in map(_pattern, header.stamps[:1]))
    for part in parts:
        for name in rest:
            added = _adds(columns, name, part)
            if added is not None and _differ(columns, name, rest, added):
                return replace(header, time=(name,), adds=added)
    return header


def _pattern(stamp):
    return next((pattern for pattern in patterns_of(shape_of(stamp)) if has_pattern(stamp, pattern)), "")


def _adds(columns, name, part):
    """(R,) what the cells of a column add to the stamps of the header, "" for a row of totals; None for a column of
    other cells, and for bare numbers under a name that does not say what they are."""
    if columns.distinct(name) > MOST_PARTS:
        return None
    cells = stripped(columns.frame.columns[name])
    distinct = list(dict.fromkeys(map(str, cells)))
    if all(map(str.isdecimal, filter(None, distinct))) and not is_called(part.name if part else "hour", name):
        return None
    if part is None:
        found = times_of_day(distinct)
    else:
        numbers = {cell: part.number(cell) for cell in distinct}
        found = {cell: part.written.format(number) for cell, number in numbers.items() if number is not None}
    if len(set(found.values())) < 2 or not all(cell in found or is_total(cell) for cell in distinct):
        return None
    return np.array([found.get(cell, "") for cell in map(str, cells)], TEXT)


def _joined_adds(columns, names):
    """(R,) what columns of the month and the day add to a year."""
    months, days = (_adds(columns, name, part) for name, part in zip(names, (MONTHS, DAYS)))
    return None if months is None or days is None else np.strings.add(months, days)


def _differ(columns, name, rest, added):
    """Whether the rows of a series are different parts."""
    rows = np.flatnonzero(np.strings.str_len(added) > 0)
    ids = columns.of_kind([other for other in rest if other != name], "word", "number")
    codes = columns.codes([name, *ids])[rows]
    return len(np.unique(codes)) == len(codes)


def with_days(columns: Columns, header: Header, rest: Sequence[str]) -> Header:
    """A Header of months whose rows are the days of a month of their year."""
    for name in rest:
        if name not in header.time and called(name, DAY_NAMES) == PLAIN:
            added = _adds(columns, name, DAYS)
            if added is not None:
                return replace(header, time=(*header.time, name), adds=added)
    return header


def times_of(header: Header, rows: np.ndarray, name: str) -> np.ndarray | None:
    """(R, C) the stamps of the cells of a Header whose stamps are not just those of rows and columns one after the
    other; None for another. rows (R,): the stamps of the rows; name: of their column."""
    if header.layout == WEEKDAYS:
        days = days_of(rows, name)
        ahead = (days.astype(np.int64) + 3) % 7  # Monday 0
        first = 0 if not ahead.any() else weekday_of(header.columns[0]) or 0
        begins = days - (ahead - first) % 7
        offsets = [((weekday_of(column) or 0) - first) % 7 for column in header.columns]
        return (begins[:, None] + np.array(offsets)).astype(str).astype(TEXT)
    if header.layout == DAYS.layout:
        rows = days_of(rows, name).astype("M8[M]").astype(str).astype(TEXT)
    elif header.adds is None and header.layout != WEEKS.layout:
        return None
    if header.layout == WEEKS.layout:
        rows = years_of(rows)
    begin = np.strings.add(rows[:, None], np.array(header.stamps, TEXT))
    return begin if header.adds is None else np.strings.add(begin, header.adds[:, None])
