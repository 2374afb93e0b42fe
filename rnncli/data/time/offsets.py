"""Steps of the calendar: each cuts values into ordinals and phases, and joins them again.

Values of one phase lie on one grid, on which the ordinal grows by one from each to the next; the phase is -1 for a
value that no grid of the step has. Equal steps, days, months and open days are arithmetic on whole arrays, which takes
less code and a hundredth of the time of pandas' offsets; `Ticks` leaves every other rule to those.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np

from .clock import DAY
from .closed import Closed

LAST_DAY = 28  # the last day that every month has
END = 31  # as a day of the month: its last one
BLOCK = 3652  # days, ten years: rules of pandas are laid out in blocks


class Step(Protocol):
    """`size` units of one kind. `months`: the months in a step, 0 for steps of another kind."""

    @property
    def unit(self) -> str:
        """index, time, day, month or business."""
        ...

    @property
    def size(self) -> int:
        """Units in a step."""
        ...

    @property
    def months(self) -> float:
        """Months in a step; 0 where it is none."""
        ...

    def cut(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(ordinal (R,), phase (R,)) of values (R,) int64."""
        ...

    def join(self, ordinal: np.ndarray, phase: np.ndarray) -> np.ndarray:
        """(n,) int64 values of ordinals (n,) and a phase (1,)."""
        ...


@dataclass(frozen=True)
class Equal:
    """Equal steps of `size` microseconds of instants, or of an index of integers."""

    size: int
    unit: str = "time"
    months: float = 0

    def cut(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.divmod(values, self.size)

    def join(self, ordinal: np.ndarray, phase: np.ndarray) -> np.ndarray:
        return ordinal * self.size + phase


@dataclass(frozen=True)
class Days:
    """Steps of `size` days at any time of day, which is the same for all; on one `weekday`, 0 for Monday, or on any."""

    size: int
    weekday: int | None = None
    unit: str = "day"
    months: float = 0

    def cut(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        ordinal, phase = np.divmod(values, self.size * DAY)
        if self.weekday is not None:
            phase = np.where((values // DAY + 3) % 7 == self.weekday, phase, -1)  # 1970-01-01 was a Thursday
        return ordinal, phase

    def join(self, ordinal: np.ndarray, phase: np.ndarray) -> np.ndarray:
        return ordinal * (self.size * DAY) + phase


@dataclass(frozen=True)
class Months:
    """Steps through the `days` of every month: (1, 15) the 1st and the 15th, (31,) the last day; a day that a month
    lacks is its last one. Without `days` the same day of every month, at most the 28th, whichever it is.

    `size` counts days of the list. anchor (base, rest): only months whose number from January 1970 on leaves `rest`
    when divided by `base`.
    """

    size: int
    days: tuple[int, ...] = ()
    anchor: tuple[int, int] | None = None
    unit: str = "month"

    @property
    def months(self) -> float:
        return self.size / max(1, len(self.days))

    def cut(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        date, clock = np.divmod(values, DAY)
        month, day, length = month_day_length(date)
        if self.days:
            there = np.minimum(np.array(self.days)[:, None], length) == day  # (days, R)
            units, place = month * len(self.days) + there.argmax(axis=0), np.where(there.any(axis=0), 0, -1)
        else:
            units, place = month, np.where(day <= LAST_DAY, day, -1)
        if self.anchor:
            place = np.where(month % self.anchor[0] == self.anchor[1], place, -1)
        ordinal, rest = np.divmod(units, self.size)
        return ordinal, np.where(place < 0, -1, (rest * 32 + place) * DAY + clock)

    def join(self, ordinal: np.ndarray, phase: np.ndarray) -> np.ndarray:
        rest, place = np.divmod(phase // DAY, 32)
        month, k = np.divmod(ordinal * self.size + rest, max(1, len(self.days)))
        day = np.array(self.days)[k] if self.days else place
        return (first_day(month) + np.minimum(day, _length(month)) - 1) * DAY + phase % DAY


@dataclass(frozen=True)
class Open:
    """Every `size`th of the steps of `span` microseconds, which divide a day, that are not closed on the wall clock."""

    span: int
    closed: Closed
    size: int = 1
    months: float = 0

    @property
    def unit(self) -> str:
        return "business" if self.span == DAY else "time"

    def per_day(self, phase: np.ndarray) -> np.ndarray:
        """(R,) int64, the open steps in a day of a phase (R,)."""
        return self.closed.count_steps(np.full_like(phase, DAY), phase, self.span)

    def cut(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        date, clock = np.divmod(values, DAY)
        phase = clock % self.span
        days, is_open = self.closed.count_days(date)
        steps = days * self.per_day(phase) + self.closed.count_steps(clock, phase, self.span)
        ordinal, rest = np.divmod(steps, self.size)
        return ordinal, np.where(is_open & ~self.closed.covers(values), rest * DAY + phase, -1)

    def join(self, ordinal: np.ndarray, phase: np.ndarray) -> np.ndarray:
        rest, phase = np.divmod(phase, DAY)
        times = np.arange(phase[0], DAY, self.span)
        times = times[~Closed(hours=self.closed.hours).covers(times)]
        days, k = np.divmod(ordinal * self.size + rest, len(times))
        return self.closed.day_of(days) * DAY + times[k]


@dataclass(frozen=True)
class Ticks:
    """Every `size`th day of a rule of pandas, such as BME, the last business day of the month, at any time of day."""

    rule: str
    size: int
    unit: str = "month"

    @property
    def months(self) -> float:
        days = ticks(self.rule, 0, 3)
        return round((days[-1] - days[0]) / (len(days) - 1) / 30.4375 * self.size, 1)

    def cut(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        date, clock = np.divmod(values, DAY)
        days = ticks(self.rule, *_blocks(date))
        place = np.searchsorted(days, date)
        on = days[np.minimum(place, len(days) - 1)] == date
        ordinal, rest = np.divmod(place - np.searchsorted(days, 0), self.size)
        return ordinal, np.where(on, rest * DAY + clock, -1)

    def join(self, ordinal: np.ndarray, phase: np.ndarray) -> np.ndarray:
        if not len(ordinal):
            return ordinal
        rest, clock = np.divmod(phase, DAY)
        count, first, last = ordinal * self.size + rest, 0, 4
        days = ticks(self.rule, first, last)
        while len(days) - np.searchsorted(days, 0) <= count.max() or np.searchsorted(days, 0) < -count.min():
            first, last = 2 * first - 1, 2 * last
            days = ticks(self.rule, first, last)
        return days[np.searchsorted(days, 0) + count] * DAY + clock


def _blocks(date):
    """The first and the last of the ten years around 1970 and all of `date` (R,), days."""
    edges = (min(0, int(date.min())), max(0, int(date.max()))) if len(date) else (0, 0)
    return edges[0] // BLOCK, edges[1] // BLOCK + 1


@lru_cache(maxsize=64)
def ticks(rule: str, first: int, last: int) -> np.ndarray:
    """(n,) int64 days of a rule of pandas from block `first` up to the end of block `last`."""
    import pandas

    edges = (np.datetime64(block * BLOCK, "D").astype("M8[s]") for block in (first, last + 1))
    found = pandas.date_range(*edges, freq=rule, unit="s")
    return found.to_numpy().astype("M8[D]").astype(np.int64)


# ---- the calendar


def month_day_length(days: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of days (R,) since 1970-01-01: the month since January 1970, the day in it from 1, and its length, (R,) each."""
    month = days.astype("M8[D]").astype("M8[M]").astype(np.int64)
    return month, days - first_day(month) + 1, _length(month)


def first_day(month: np.ndarray) -> np.ndarray:
    """(R,) int64, the first day of months (R,) since January 1970."""
    return month.astype("M8[M]").astype("M8[D]").astype(np.int64)


def _length(month):
    return first_day(month + 1) - first_day(month)
