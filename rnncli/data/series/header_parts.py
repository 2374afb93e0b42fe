"""Parts of dates as the names of columns, or the cells of one: months, weeks, weekdays, times of day."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from .names import day_of, folded, minute_of, month_of, quarter_of, slot_of, week_of, weekday_of

DAY = 24 * 60  # minutes
SLOTS = ((96, 15), (48, 30), (24, 60))  # parts of a day that are numbered, and their minutes
FEWEST = 3  # times of day in a header that make it one
MOST_BESIDE = 30  # columns of a table that has one for each day of a week
WORKING = 5  # days of a week that a header has, at least


class Part(NamedTuple):
    """A part of a date: its name, the layout of a header of it, the number in a name, the first and the last number,
    and what it adds to a stamp."""

    name: str
    layout: str
    number: Callable[[str], int | None]
    first: int
    last: int
    written: str

    def of_names(self, names: Sequence[str]) -> dict[str, str]:
        """{name: what it adds} of the names that are all of these parts, in their order; {} if one is missing."""
        found = {}
        for name in names:
            if (number := self.number(name)) is not None and self.first <= number <= self.last:
                found.setdefault(number, name)
        last = self.last if self.last in found or self is not WEEKS else self.last - 1  # few years have a week 53
        whole = range(self.first, last + 1)
        return {found[k]: self.written.format(k) for k in whole} if set(whole) <= set(found) else {}


MONTHS = Part("month", "months", month_of, 1, 12, "-{:02}")
QUARTERS = Part("quarter", "quarters", quarter_of, 1, 4, "-Q{}")
WEEKS = Part("week", "weeks", week_of, 1, 53, "-W{:02}")
DAYS = Part("day", "days", day_of, 1, 31, "-{:02}")


def weekdays_of(names: Sequence[str]) -> dict[str, str]:
    """{name: days after the first} of the names of the days of a week, at least from Monday to Friday, in order."""
    if len(names) > MOST_BESIDE:
        return {}
    days = [(name, day) for name in names if (day := weekday_of(name)) is not None]
    steps = [(second - first) % 7 for (_, first), (_, second) in zip(days, days[1:])]
    if len(days) < WORKING or any(step != 1 for step in steps) or len(days) > 7:
        return {}
    return {name: str(k) for k, (name, _) in enumerate(days)}


def times_of_day(names: Sequence[str]) -> dict[str, str]:
    """{name: what it adds to its day} of numbered parts of a day, all of them, or of times with a step between them.

    A day from 01:00 to 24:00, or from 1 to 24, begins at midnight: the names are those of the ends of hours.
    """
    minutes = _packed(names) or _numbered(names) or _clocks(names)
    return {name: f" {minute // 60:02}:{minute % 60:02}" for name, minute in minutes.items()}


def _numbered(names):
    """{name: its minute} of parts of a day with numbers from 0 or 1 on."""
    found: dict[str, dict[int, str]] = {}
    for name in names:
        if (number := slot_of(name)) is not None:
            found.setdefault(folded(name).rstrip("0123456789"), {}).setdefault(number, name)
    run = max(found.values(), key=len, default={})
    for count, step in SLOTS:
        for first in (0, 1):
            if set(range(first, first + count)) <= run.keys():
                return {run[first + k]: k * step for k in range(count)}
    return {}


def _packed(names):
    """{name: its minute} of four digits, as in 0000, 0030, ..., 2330: a whole day, as 2000 and 2030 may be years."""
    found = [name for name in names if len(name.strip()) == 4 and name.strip().isdecimal()]
    clocks = _clocks([f"{name.strip()[:2]}:{name.strip()[2:]}" for name in found])
    times = sorted(clocks.values())
    whole = len(times) == len(found) and len(times) > 1 and len(times) * (times[1] - times[0]) == DAY
    return dict(zip(found, clocks.values())) if whole else {}


def _clocks(names):
    """{name: its minute} of the names with times of day, if they are apart by the same step."""
    minutes = {name: minute for name in names if (minute := minute_of(name)) is not None}
    times = list(minutes.values())
    steps = {(second - first) % DAY for first, second in zip(times, times[1:])}
    if len(times) < FEWEST or len(steps) != 1 or 0 in steps or DAY % (step := steps.pop()) or len(times) * step > DAY:
        return {}
    ends = times[-1] in (0, DAY)
    return {name: (minute - step * ends) % DAY for name, minute in minutes.items()}
