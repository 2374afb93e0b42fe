"""What the rows of a table say whose header holds parts of dates: their years, months, weeks or days."""

import re
from collections.abc import Sequence

import numpy as np

from ...errors import DataError
from ..tables.wide_tables import TEXT
from ..time.date_columns import join_dates, parts_of
from ..time.stamps import read_stamps
from .columns import Columns
from .names import PLAIN, YEARS, called
from .times import find_time

YEAR = re.compile(r"(\d{4})(?:\.0*)?", re.ASCII)  # 1950.0 too, as programs with floats write it


def rows_of_years(columns: Columns, rest: Sequence[str]) -> tuple[str, ...]:
    """The column of the year of each row."""
    time = find_time(columns, rest)
    named = [name for name in rest if called(name, YEARS) == PLAIN]
    candidates = [*time[:1], *named] or [name for name in rest if columns.kind(name) == "number"]
    return next(((name,) for name in candidates if are_all_years(columns.sample(name))), ())


def are_all_years(texts: Sequence[str]) -> bool:
    """Whether all texts, but for empty ones, are years."""
    return any(texts) and all(map(YEAR.fullmatch, filter(None, texts)))


def rows_of_days(columns: Columns, rest: Sequence[str]) -> tuple[str, ...]:
    """The columns of the day of each row, which no other row of its series has."""
    time = find_time(columns, rest)
    whole = len(time) == 1 and not are_all_years(columns.sample(time[0])) and not _is_weekly(columns, time)
    return time if whole or len(time) > 2 or "date" in parts_of(time, columns.frame.columns) else ()


def rows_of_months(columns: Columns, rest: Sequence[str]) -> tuple[str, ...]:
    """The columns of the month of each row."""
    time = find_time(columns, rest)
    values = _instants(columns, time)
    if values is None:
        return ()
    months = np.unique(values.astype("M8[M]"))
    begins = (values.astype("M8[M]") == values).all()
    return time if begins and bool((np.diff(months).astype(np.int64) == 1).any()) else ()


def rows_of_weeks(columns: Columns, rest: Sequence[str]) -> tuple[str, ...]:
    """The columns of the week of each row, which may be told by one of its days."""
    time = find_time(columns, rest)
    return time if _is_weekly(columns, time) else ()


def _is_weekly(columns, time):
    values = _instants(columns, time)
    if values is None or len(distinct := np.unique(values)) < 2:
        return False
    steps = np.diff(distinct).astype(np.int64)
    return bool((steps % 7 == 0).all() and (steps == 7).any())


def _instants(columns, time):
    """(n,) the days of the rows of a sample; None where they are no times."""
    if not time:
        return None
    texts = join_dates(time, {name: columns.frame.columns[name] for name in time}) if len(time) > 1 else None
    texts = np.array(columns.sample(time[0]), TEXT) if texts is None else texts
    try:
        return days_of(texts, "/".join(time))
    except DataError:
        return None


def days_of(texts: np.ndarray, name: str) -> np.ndarray:
    """(R,) datetime64[D]: the days of stamps. DataError for texts that are none."""
    stamps = read_stamps(texts, lambda row: f"{name}, row {row + 1}", None, None, name)
    if stamps.kind != "time":
        raise DataError(f"{name}: numbers of steps, not dates", "name the column of dates with --time-col")
    return stamps.clock.local(stamps.values).astype("M8[us]").astype("M8[D]")


def years_of(rows: np.ndarray) -> np.ndarray:
    """(R,) the stamps of the rows of such a table, years without the decimals of 1950.0."""
    cells = [str(text).strip() for text in rows.tolist()]
    found = [YEAR.fullmatch(cell) for cell in cells]
    return np.array([year[1] for year in found if year], rows.dtype) if all(found) else rows
