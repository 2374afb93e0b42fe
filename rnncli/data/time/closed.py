"""Closed steps: weekends, hours of the night and holidays that a series leaves out: steps skip them."""

import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from ...errors import ConfigError, DataError
from .clock import DAY, HOUR, MINUTE

WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
WEEKEND = frozenset((5, 6))
HOURS = re.compile(r"(\d\d?):(\d\d)-(\d\d?):(\d\d)", re.ASCII)
DATES = re.compile(r"(\d{4}-\d\d-\d\d)(?:\.\.(\d{4}-\d\d-\d\d))?", re.ASCII)
LONGEST = 400  # days of one range of dates, so that a slip in its year is not taken for a holiday


@dataclass(frozen=True)
class Closed:
    """The closed part of a wall clock: `weekdays` (0 for Monday), `hours`, pairs (from, to) of microseconds of a day
    that may run over midnight, and `dates`, days since 1970-01-01, sorted."""

    weekdays: frozenset[int] = frozenset()
    hours: tuple[tuple[int, int], ...] = ()
    dates: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.weekdays or self.hours or self.dates)

    @property
    def text(self) -> str:
        """The text that `read_closed` reads, without names of files: "weekends,18:00-08:00,2024-12-24..2024-12-26"."""
        week = ["weekends"] if self.weekdays >= WEEKEND else []
        week += [WEEKDAYS[day].lower() for day in sorted(self.weekdays - (WEEKEND if week else frozenset()))]
        hours = ["-".join(f"{edge // HOUR:02}:{edge % HOUR // MINUTE:02}" for edge in pair) for pair in self.hours]
        return ",".join([*week, *hours, *_ranges(self.dates)])

    def covers(self, local: np.ndarray) -> np.ndarray:
        """(R,) bool, whether each of a wall clock (R,) int64 is closed."""
        days, clock = np.divmod(local, DAY)
        covered = np.isin((days + 3) % 7, list(self.weekdays)) | np.isin(days, self.dates)
        for start, stop in self.hours:
            inside = (clock >= start) & (clock < stop) if start < stop else (clock >= start) | (clock < stop)
            covered |= inside
        return covered

    # ---- days that are not closed, counted

    def count_days(self, days: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(R,) int64, the open days from a fixed one to each of `days` (R,) int64, and whether it is open."""
        week, weekday = np.divmod(days + 3, 7)  # 1970-01-01 was a Thursday
        is_open = np.array([day not in self.weekdays for day in range(7)])
        before = np.concatenate([[0], np.cumsum(is_open)])
        count = before[7] * week + before[weekday]
        dates = self._open_dates()
        return count - np.searchsorted(dates, days), is_open[weekday] & ~np.isin(days, dates)

    def day_of(self, count: np.ndarray) -> np.ndarray:
        """(n,) int64, the open days with these counts: the inverse of `count_days`."""
        weekdays = np.array([day for day in range(7) if day not in self.weekdays])
        dates = self._open_dates()
        closed = Closed(self.weekdays).count_days(dates)[0] - np.arange(len(dates))
        week, place = np.divmod(count + np.searchsorted(closed, count, side="right"), len(weekdays))
        return 7 * week + weekdays[place] - 3

    def _open_dates(self):
        """The closed dates on weekdays that are open, (K,) int64."""
        dates = np.array(self.dates, np.int64)
        return dates[~np.isin((dates + 3) % 7, list(self.weekdays))]

    # ---- steps within an open day, counted

    def count_steps(self, clock: np.ndarray, phase: np.ndarray, step: int) -> np.ndarray:
        """(R,) int64, the open times phase, phase + step, ... of a day before `clock` (R,), both microseconds."""

        def ahead(edge):
            return np.maximum(0, -((phase - edge) // step))  # the ceiling of (edge - phase) / step

        return sum(
            (np.maximum(0, ahead(np.minimum(clock, stop)) - ahead(start)) for start, stop in self._open_hours()),
            np.zeros(np.broadcast(clock, phase).shape, np.int64),
        )

    def _open_hours(self):
        """[(from, to)] of the parts of a day that are open."""
        edges = sorted({0, DAY, *(edge for pair in self.hours for edge in pair)})
        night = Closed(hours=self.hours)
        return [pair for pair in zip(edges, edges[1:]) if not night.covers(np.array(pair[:1]))[0]]


def _ranges(dates):
    """[text] of sorted days, runs of them as 2024-12-24..2024-12-26."""
    days = np.array(dates, np.int64)
    runs = np.split(days, np.flatnonzero(np.diff(days) > 1) + 1) if len(days) else []
    ends = [[str(np.datetime64(int(day), "D")) for day in (run[0], run[-1])] for run in runs]
    return [first if first == last else f"{first}..{last}" for first, last in ends]


@lru_cache(maxsize=16)
def read_closed(text: str) -> Closed:
    """The Closed of a text: weekends, weekdays such as sun, hours such as 18:00-08:00, dates 2024-12-24 and ranges of
    them 2024-12-24..2024-12-26, and names of files with dates, one a line; parts are separated by commas.

    ConfigError for a part that is none of them, and if nothing stays open; DataError for a line of a file that is not
    a date.
    """
    weekdays, hours, dates = set(), [], set()
    for part in filter(None, (part.strip() for part in text.split(","))):
        name = part.lower()
        if name in ("weekend", "weekends"):
            weekdays |= WEEKEND
        elif name[:3].upper() in WEEKDAYS and name in _names(name[:3]):
            weekdays.add(WEEKDAYS.index(name[:3].upper()))
        elif found := HOURS.fullmatch(part):
            hours.append(_hours(part, *map(int, found.groups())))
        else:
            dates.update(_dates(part, part) if DATES.fullmatch(part) else _file(part))
    closed = Closed(frozenset(weekdays), tuple(hours), tuple(sorted(dates)))
    if len(weekdays) == 7 or not closed._open_hours():
        raise ConfigError(f"closed steps '{text}': nothing stays open", "name the closed hours and days alone")
    return closed


def is_closed_text(text: str) -> bool:
    """Whether every part of a text for `read_closed` says itself what is closed, and none is the name of a file."""
    parts = [part.strip() for part in text.split(",")]
    return all(
        part.lower() in ("", "weekend", "weekends")
        or (part[:3].upper() in WEEKDAYS and part.lower() in _names(part[:3].lower()))
        or HOURS.fullmatch(part)
        or DATES.fullmatch(part)
        for part in parts
    )


def _names(short):
    long = {"tue": "tuesday", "wed": "wednesday", "thu": "thursday", "sat": "saturday"}.get(short, f"{short}day")
    return {short, long, f"{long}s"}


def _hours(part, *numbers):
    start, stop = (hour * HOUR + minute * MINUTE for hour, minute in (numbers[:2], numbers[2:]))
    if max(start, stop) > DAY or max(numbers[1], numbers[3]) > 59 or start == stop:
        raise ConfigError(f"closed steps '{part}': not a part of a day", "give it as in 18:00-08:00")
    return start % DAY, stop


def _dates(text, place):
    """The days of a date or a range of dates. DataError for one that no calendar has."""
    edges = text.split("..") * 2
    try:
        first, last = (int(np.datetime64(edge, "D").astype(np.int64)) for edge in edges[:2])
    except ValueError:
        raise DataError(f"{place}: '{text}' is not a day of the calendar", "correct the day") from None
    if not 0 <= last - first < LONGEST:
        raise DataError(f"{place}: the range '{text}' has {last - first + 1:,} days", f"1 to {LONGEST} are allowed")
    return range(first, last + 1)


def _file(name):
    """The days of a file of dates."""
    if not os.path.isfile(name):  # unlike a Path, it takes a name that is too long for one of no file
        raise ConfigError(
            f"closed steps: '{name}' is neither known nor a file",
            "known: weekends, weekdays such as sun, hours such as 18:00-08:00, dates such as 2024-12-25 or "
            "2024-12-24..2024-12-26, and files of dates, one a line",
        )
    days = []
    for number, line in enumerate(Path(name).read_text("utf-8-sig", errors="replace").splitlines(), 1):
        text = line.partition("#")[0].strip()
        if text and not DATES.fullmatch(text):
            raise DataError(f"{name}:{number}: '{text[:40]}' is not a date", "write each as in 2024-12-25")
        days += _dates(text, f"{name}:{number}") if text else []
    return days
