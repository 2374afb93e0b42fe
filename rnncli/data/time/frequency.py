"""The frequency of a series: the step between its stamps, found or named; and stamps counted and continued by it.

A frequency splits every stamp into an ordinal and a phase. Stamps of one phase lie on one grid, on which the ordinal
grows by one from each stamp to the next. The phase of hours is the remainder within the hour; of months the day of the
month and the time of day; of business days the time of day. Months, quarters and years follow the calendar of UTC.
"""

import re
from dataclasses import dataclass

import numpy as np

from ...errors import ConfigError, DataError

MINUTE, HOUR, DAY, WEEK = 60, 3600, 86400, 604800
WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
SECONDS = {"s": 1, "S": 1, "min": MINUTE, "T": MINUTE, "h": HOUR, "H": HOUR, "D": DAY, "W": WEEK}
MONTHS = {  # name: (months in a step, first or last day of the month)
    "M": (1, "end"),
    "ME": (1, "end"),
    "MS": (1, "start"),
    "Q": (3, "end"),
    "QE": (3, "end"),
    "QS": (3, "start"),
    "Y": (12, "end"),
    "A": (12, "end"),
    "YE": (12, "end"),
    "AE": (12, "end"),
    "YS": (12, "start"),
    "AS": (12, "start"),
}
LAST_DAY = 28  # the last day that every month has
FITTING = 0.5  # least share of the stamps on one grid
NEXT = 0.25  # least share of single steps between them, so that no grid fits by chance


@dataclass(frozen=True)
class Frequency:
    """A step from stamp to stamp: `alias`, its name in pandas 2.2, and `season`, the usual number of steps in a season.

    A step is `size` units. The `unit` is "second"; "start" or "end", months counted from a fixed day of the month (at
    most 28) or from its last day; "business", days from Monday to Friday; or "index", plain integers. `weekday` (0 for
    Monday) is the required day of all stamps of a weekly frequency, None for any.
    """

    alias: str
    season: int
    unit: str
    size: int
    weekday: int | None = None

    def after(self, value: int, n: int) -> np.ndarray:
        """(n,) int64, the `n` stamps that follow `value`. DataError if `value` cannot be a stamp of this frequency."""
        ordinal, phase = self.cut(np.array([value], np.int64))
        if phase[0] < 0:
            raise DataError(f"{self._written(value)} is not a stamp of frequency {self.alias}", self._rule())
        return self._join(ordinal + np.arange(1, n + 1), phase)

    def steps(self, values: np.ndarray) -> np.ndarray:
        """(R,) int64, the steps from the first of `values` (R,) to each. DataError if one is off its grid."""
        values = np.asarray(values, np.int64)
        ordinal, phase = self.cut(values)
        off = np.flatnonzero((phase != phase[:1]) | (phase < 0))
        if len(off):
            raise DataError(
                f"stamp {off[0] + 1} of the series, {self._written(values[off[0]])}, is not a whole number of "
                f"{self.alias} steps after the first, {self._written(values[0])}",
                self._rule(),
            )
        return ordinal - ordinal[:1]

    def cut(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Ordinal and phase of `values` (R,), each (R,) int64. The phase is -1 for a value that cannot be a stamp."""
        values = np.asarray(values, np.int64)
        if self.unit in ("second", "index"):
            ordinal, phase = np.divmod(values, self.size)
            if self.weekday is not None:
                phase = np.where(_weekday(values // DAY) == self.weekday, phase, -1)
            return ordinal, phase
        days, clock = np.divmod(values, DAY)
        units, place = _CUT[self.unit](days)
        ordinal, rest = np.divmod(units, self.size)
        return ordinal, np.where(place < 0, -1, (rest * 32 + place) * DAY + clock)

    def _join(self, ordinal, phase):
        """The stamps (n,) of an ordinal (n,) and a phase (n,) or (1,): the inverse of `cut`."""
        if self.unit in ("second", "index"):
            return ordinal * self.size + phase
        rest, place = np.divmod(phase // DAY, 32)
        return _JOIN[self.unit](ordinal * self.size + rest, place) * DAY + phase % DAY

    def _written(self, value):
        return str(value) if self.unit == "index" else str(np.datetime64(int(value), "s")).replace("T", " ")

    def _rule(self):
        """The hint for stamps that do not fit this frequency."""
        rules = {
            "start": "all stamps need the same day of the month, at most 28, and the same time of day; "
            "ME, QE and YE are for the last days of months",
            "end": "all stamps must be last days of a month at the same time of day; MS, QS and YS are for first days",
            "business": "all stamps must be weekdays at the same time of day; D is for all seven days",
        }
        return rules.get(self.unit, "name another frequency with `--freq`, or use `--freq none` for irregular steps")


# ---- days since 1970-01-01 to units and a place within the unit, and back


def _weekday(days):
    return (days + 3) % 7  # 1970-01-01 was a Thursday


def _cut_start(days):
    month, day = _month_and_day(days)
    return month, np.where(day <= LAST_DAY, day, -1)


def _cut_end(days):
    month, _ = _month_and_day(days)
    return month, np.where(_month_and_day(days + 1)[1] == 1, 0, -1)


def _month_and_day(days):
    date = days.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    return month.astype(np.int64), (date - month).astype(np.int64) + 1


def _first_day(month):
    return month.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def _cut_business(days):
    week, weekday = np.divmod(days + 3, 7)
    return 5 * week + np.minimum(weekday, 4), np.where(weekday < 5, 0, -1)


def _join_business(units, place):
    week, weekday = np.divmod(units, 5)
    return 7 * week + weekday - 3


_CUT = {"start": _cut_start, "end": _cut_end, "business": _cut_business}
_JOIN = {
    "start": lambda month, day: _first_day(month) + day - 1,
    "end": lambda month, place: _first_day(month + 1) - 1,
    "business": _join_business,
}


# ---- by name


def frequency_named(alias: str) -> "Frequency":
    """The Frequency of a name, old or new, with or without a number before it: M, ME, MS, 15min, 15T, 2h, W-SUN; a
    whole number alone is the step of an integer index. ConfigError for an unknown name.

    The alias is the shortest new name: h for 60T, W for 7D, QS for 3MS.
    """
    found = re.fullmatch(r"(\d*)([A-Za-z]*)(?:-([A-Z]{3}))?", str(alias).strip(), re.ASCII)
    count, name, weekday = found.groups() if found else ("", None, None)
    count = int(count or 1)
    if weekday in WEEKDAYS and name == "W" and count:
        return _of_seconds(count * WEEK, WEEKDAYS.index(weekday))
    if count and weekday is None:
        if name in SECONDS:
            return _of_seconds(count * SECONDS[name])
        if name in MONTHS:
            months, day = MONTHS[name]
            return _of_months(count * months, day)
        if name == "B":
            return _of_business_days(count)
        if name == "index" or name == "" and str(alias).strip():
            return _of_index(count)
    raise ConfigError(
        f"frequency '{alias}' is not known",
        "known: s, min, h, D, B, W, W-MON to W-SUN, MS, ME, QS, QE, YS, YE, the older S, T, H, M, Q, A, "
        "Y, each with an optional number, as in 15min; a number alone for an integer index",
    )


def _counted(count, name):
    return name if count == 1 else f"{count}{name}"


def _shared(season, count):
    return season // count if season % count == 0 else 1


def _of_seconds(seconds, weekday=None):
    name, unit = next(
        (name, unit)
        for name, unit in (("W", WEEK), ("D", DAY), ("h", HOUR), ("min", MINUTE), ("s", 1))
        if seconds % unit == 0
    )
    count = seconds // unit
    season = {"W": _shared(52, count), "D": _shared(7, count), "s": _shared(HOUR, seconds)}.get(
        name, _shared(DAY, seconds)
    )
    alias = _counted(count, name) + (f"-{WEEKDAYS[weekday]}" if weekday is not None else "")
    return Frequency(alias, season, "second", seconds, weekday)


def _of_months(months, day):
    name, unit = next((name, unit) for name, unit in (("Y", 12), ("Q", 3), ("M", 1)) if months % unit == 0)
    alias = _counted(months // unit, name + ("S" if day == "start" else "E"))
    return Frequency(alias, _shared(12, months), day, months)


def _of_business_days(count):
    return Frequency(_counted(count, "B"), _shared(5, count), "business", count)


def _of_index(step):
    return Frequency(_counted(step, "index"), 1, "index", step)


# ---- from stamps


def find_frequency(values: np.ndarray, kind: str) -> Frequency | None:
    """The Frequency of the stamps `values` (R,) int64 of one series, of `kind` "time" or "index", in any order.

    The step is the most common difference, read as months, quarters, years or business days if these fit at least as
    many stamps. None if it cannot be determined: fewer than two different stamps, less than half of them on one grid,
    or less than a quarter of the steps on that grid single.
    """
    values = np.unique(np.asarray(values, np.int64))
    if len(values) < 2:
        return None
    found = [(frequency, *_fit(frequency, values)) for frequency in _candidates(values, kind)]
    fitting = [(share, frequency) for frequency, share, single in found if share >= FITTING and single >= NEXT]
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else None  # the first of the best


def fits(frequency: Frequency, values: np.ndarray) -> bool:
    """Whether stamps `values` (R,) int64 fit a frequency: half of them on one grid, a quarter of the steps single."""
    share, single = _fit(frequency, np.unique(np.asarray(values, np.int64)))
    return share >= FITTING and single >= NEXT


def _candidates(values, kind):
    step = _commonest(np.diff(values))
    if kind == "index":
        return [_of_index(step)]
    days = values // DAY
    weekdays = _weekday(days)
    if step >= 28 * DAY:
        months = _commonest(np.diff(_month_and_day(days)[0]))
        calendar = [_of_months(months, "end"), _of_months(months, "start")] if months else []
        return [*calendar, _of_seconds(step)]
    if step % WEEK == 0:
        return [_of_seconds(step, _commonest(weekdays))]
    weekends = (days[-1] + 3) // 7 > (days[0] + 3) // 7  # at least one lies between the first and the last
    if step == DAY and weekends and weekdays.max() < 5:
        return [_of_business_days(1), _of_seconds(step)]
    return [_of_seconds(step)]


def _commonest(numbers):
    """The most common of some integers; the smallest of equally common ones."""
    found, counts = np.unique(numbers, return_counts=True)
    return int(found[counts.argmax()])


def _fit(frequency, values):
    """The share of `values` (R,) on their most common grid, and the share of single steps on it."""
    ordinal, phase = frequency.cut(values)
    if (phase < 0).all():
        return 0.0, 0.0
    on = phase == _commonest(phase[phase >= 0])
    return on.mean(), (np.diff(ordinal[on]) == 1).mean() if on.sum() > 1 else 0.0
