"""The frequency of a series: the step between its stamps, by name; and stamps counted and continued by it.

A frequency splits every stamp into an ordinal and a phase. Stamps of one phase lie on one grid, on which the ordinal
grows by one from each stamp to the next. Hours and shorter steps are instants; days, weeks, months and steps that skip
closed ones are counted on the wall clock of the table, so that none drifts when the clock is put forward or back.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ...errors import ConfigError, DataError
from .clock import DAY, HOUR, MINUTE, SECOND, WEEK, WITHOUT_ZONE, Clock
from .closed import WEEKDAYS, WEEKEND, Closed, read_closed
from .offsets import END, Days, Equal, Months, Open, Step, Ticks

SPANS = {"us": 1, "ms": 1000, "s": SECOND, "min": MINUTE, "h": HOUR, "D": DAY, "W": WEEK}
MONTHS = {"M": 1, "Q": 3, "Y": 12}
NAMES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
OLD = {  # older names, those in other letters, and words: the present one
    "U": "us", "L": "ms", "S": "s", "T": "min", "H": "h", "d": "D", "w": "W", "b": "B", "C": "B",
    "M": "ME", "Q": "QE", "A": "YE", "Y": "YE", "AE": "YE", "AS": "YS", "BM": "BME", "BQ": "BQE",
    "BA": "BYE", "BY": "BYE", "BAS": "BYS", "SM": "SME", "CBM": "CBME", "hourly": "h", "daily": "D", "weekly": "W",
}  # fmt: skip
KNOWN = (
    "known: ms, s, min, h, D, B, W, W-MON to W-SUN, SMS, SME, MS, ME, QS, QE, YS, YE, QE-NOV and the like, BMS, BME "
    "and the other offsets of pandas, M-30 for the 30th and M-5-20 for the 5th and 20th of each month, the older S, T, "
    "H, M, Q, A, Y, each with an optional number, as in 15min; a number alone for an integer index"
)
RULES = {  # how the stamps of a unit have to be
    "business": "all stamps must be open days at the same time of day; D is for all seven days",
    "month": "MS, QS and YS need the same day of the month, at most 28, ME, QE and YE the last one, M-30 the 30th, all "
    "with the same time of day; --freq none is for irregular steps",
}
MOST_MOVED = 100  # stamps of one table that the clock may have moved
FARTHEST = 253_402_300_800 * SECOND  # the year 10000, which no format of stamps writes
MONTH = 30.4375 * DAY  # on average


@dataclass(frozen=True)
class Frequency:
    """A step from stamp to stamp: `alias`, its name in pandas 2.2 or in `frequency_named`; `season`, the usual number
    of steps in a season; `step`; `clock`, on which days and longer steps are counted; `closed`, the text of the closed
    steps that it skips, None for none."""

    alias: str
    season: int
    step: Step
    clock: Clock = WITHOUT_ZONE
    closed: str | None = None

    @property
    def unit(self) -> str:
        """index, time, day, month or business."""
        return self.step.unit

    @property
    def length(self) -> float:
        """The length of a step in microseconds, that of months on average; 0 for an index."""
        if self.step.months:
            return self.step.months * MONTH
        unit = {"index": 0, "time": getattr(self.step, "span", 1)}.get(self.unit, DAY)
        return float(unit * self.step.size)

    @property
    def words(self) -> str:
        """As in "frequency h, closed weekends,18:00-08:00"."""
        return f"frequency {self.alias}" + (f", closed {_shortened(self.closed)}" if self.closed else "")

    def after(self, value: int, n: int) -> np.ndarray:
        """(n,) int64, the `n` stamps that follow `value`. DataError if `value` cannot be a stamp of this frequency, and
        if they reach the year 10000."""
        ordinal, phase = self.cut(np.array([value], np.int64))
        if phase[0] < 0:
            raise DataError(f"{self._written(value)} is not a stamp of frequency {self.alias}", self._rule())
        if self.length and value + n * self.length > FARTHEST:
            raise DataError(
                f"{n:,} steps of frequency {self.alias} after {self._written(value)} reach the year 10000",
                "make --horizon smaller",
            )
        return self.join(ordinal + np.arange(1, n + 1), phase)

    def steps(self, values: np.ndarray) -> np.ndarray:
        """(R,) int64, the steps from the first of `values` (R,) to each. DataError if one is off its grid."""
        values = np.asarray(values, np.int64)
        ordinal, phase = self.cut(values)
        off = np.flatnonzero(~self.on_grid(values, ordinal, phase, phase[:1]))
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
        return self.step.cut(self.clock.local(values) if self._on_the_wall else values)

    def join(self, ordinal: np.ndarray, phase: np.ndarray) -> np.ndarray:
        """The stamps (n,) of ordinals (n,) and a phase (1,): the inverse of `cut`."""
        found = self.step.join(ordinal, phase)
        return self.clock.instants(found) if self._on_the_wall else found

    def on_grid(self, values: np.ndarray, ordinal: np.ndarray, phase: np.ndarray, usual: np.ndarray) -> np.ndarray:
        """(R,) bool, whether `values` (R,) with this ordinal and phase lie on the grid of the phase `usual`, (R,) or
        (1,). A stamp moved because the clock skipped its time of day does."""
        on = (phase == usual) & (phase >= 0)
        moved = np.flatnonzero(~on & (np.broadcast_to(usual, phase.shape) >= 0)) if self.clock.zone else []
        for row in moved if len(moved) < MOST_MOVED else []:
            expected = np.broadcast_to(usual, phase.shape)[row : row + 1]
            on[row] = self._on_the_wall and self.join(ordinal[row : row + 1], expected)[0] == values[row]
        return on

    @property
    def _on_the_wall(self):
        return self.clock.zone is not None and not isinstance(self.step, Equal)

    def _written(self, value):
        if self.unit == "index":
            return str(value)
        local = self.clock.local(np.array([value], np.int64))
        return str(local.astype("M8[us]").astype("M8[s]")[0]).replace("T", " ")

    def _rule(self):
        """The hint for stamps that do not fit this frequency."""
        return RULES.get(self.unit, "name another frequency with `--freq`, or use `--freq none` for irregular steps")


def _shortened(closed):
    parts = closed.split(",")
    return closed if len(parts) < 5 else ",".join([*parts[:3], f"and {len(parts) - 3:,} more"])


# ---- by name


@lru_cache(maxsize=256)
def frequency_named(alias: str | int, clock: Clock = WITHOUT_ZONE, closed: str | None = None) -> Frequency:
    """The Frequency of a name of pandas, old or new, with or without a number before it: M, ME, 15min, 2h, W-SUN,
    QE-NOV, BME; M-30 and M-5-20 for days of every month; a whole number alone is the step of an integer index. Steps
    are counted on `clock` and skip what `closed` names, as for `read_closed`.

    ConfigError for an unknown name, and for closed steps in a frequency that has none. The alias is the shortest new
    name: h for 60min, W for 7D, QS for 3MS, B for D without weekends.
    """
    found = re.fullmatch(r"(\d{0,18})([A-Za-z]*)(?:-([A-Z0-9-]+))?", str(alias).strip(), re.ASCII)
    count, name, anchor = found.groups() if found else ("", "?", None)
    count, name = int(count or 1), name if name == "M" and (anchor or "")[:1].isdigit() else OLD.get(name, name)
    if not count or not str(alias).strip():
        raise _unknown(alias)
    if name in ("index", "") and anchor is None:
        return Frequency("index" if count == 1 else f"{count}index", 1, Equal(count, "index"))
    if name == "B" and anchor is None:
        return _open(alias, DAY, count, clock, _with(closed, "weekends"))
    if name in SPANS and (anchor is None or name == "W"):
        return _spans(alias, count, name, anchor, clock, closed)
    if closed:
        raise ConfigError(
            f"frequency '{alias}' has no closed steps", "leave --closed out; it is for days, hours and shorter steps"
        )
    if name[:1] in MONTHS and name[1:] in ("S", "E", ""):
        return _months(alias, count * MONTHS[name[:1]], name, anchor, clock)
    if name in ("SMS", "SME"):
        return _twice_a_month(alias, count, name, anchor, clock)
    return _by_pandas(alias, count, name, anchor, clock)


def _unknown(alias):
    minutes = re.fullmatch(r"(\d+)m", str(alias).strip())
    hint = f"minutes are min, months MS: --freq {minutes[1]}min" if minutes else KNOWN
    return ConfigError(f"frequency '{alias}' is not known", hint)


def _with(closed, part):
    return f"{part},{closed}" if closed else part


def _counted(count, name):
    return name if count == 1 else f"{count}{name}"


def _shared(season, count):
    return season // count if season % count == 0 else 1


def _spans(alias, count, name, weekday, clock, closed):
    """Equal steps, and days and weeks of the clock: 24 hours are a day where there is no zone."""
    span, exact = count * SPANS[name], clock.zone is not None and name not in ("D", "W")
    if weekday is not None and weekday not in WEEKDAYS:
        raise _unknown(alias)
    if closed and read_closed(closed):
        return _open(alias, span, 1, clock, closed)
    names = [unit for unit in reversed(SPANS) if not (exact and unit in ("D", "W"))]
    name = next(unit for unit in names if span % SPANS[unit] == 0)
    count = span // SPANS[name]
    if name not in ("D", "W"):
        season = 7 if span == DAY else _shared({"us": 1, "ms": SECOND, "s": HOUR}.get(name, DAY), span)
        return Frequency(_counted(count, name), season, Equal(span), clock)
    step = Days(span // DAY, WEEKDAYS.index(weekday) if weekday else None)
    name = f"{name}-{weekday}" if weekday else name
    return Frequency(_counted(count, name), _shared(52 if name[0] == "W" else 7, count), step, clock)


def _open(alias, span, count, clock, closed):
    """Days and shorter steps without the closed ones."""
    skipped = read_closed(closed)
    if DAY % span or (span == DAY and skipped.hours):
        raise ConfigError(
            f"frequency '{alias}' cannot skip {closed}",
            "closed hours need steps that divide a day, closed days also single days; leave --closed out",
        )
    if span < DAY:
        season = max(1, int(Open(span, skipped).per_day(np.zeros(1, int))[0]))
        return Frequency(frequency_named(alias, clock).alias, season, Open(span, skipped), clock, skipped.text)
    business = skipped.weekdays == WEEKEND
    rest = Closed(frozenset() if business else skipped.weekdays, (), skipped.dates)
    season = _shared(7 - len(skipped.weekdays), count)
    return Frequency(
        _counted(count, "B" if business else "D"), season, Open(DAY, skipped, count), clock, rest.text or None
    )


def _months(alias, months, name, anchor, clock):
    """Months, quarters and years: from first days, to last days, or by days of the month."""
    if name == "M":
        return _by_day(alias, months, anchor, clock)
    base = MONTHS[name[0]]
    if anchor is not None and (base == 1 or anchor not in NAMES):
        raise _unknown(alias)
    letter = next(letter for letter in "YQM" if months % MONTHS[letter] == 0) if anchor is None else name[0]
    short = _counted(months // MONTHS[letter], letter + name[1]) + (f"-{anchor}" if anchor else "")
    rest = (base, NAMES.index(anchor) % base) if anchor else None
    step = Months(months, (END,) if name[1] == "E" else (), rest)
    return Frequency(short, _shared(12, months), step, clock)


def _by_day(alias, months, days, clock):
    """The 30th of every month, or the 5th and the 20th: of a month without that day its last one."""
    numbers = [int(day) for day in days.split("-") if len(day) < 3 and day.isdecimal()]
    if "-".join(map(str, numbers)) != days or numbers != sorted(set(numbers)) or not 0 < numbers[0] <= numbers[-1] < 32:
        raise _unknown(alias)
    if len(numbers) > 1 and numbers[-2] > 28:
        raise ConfigError(f"frequency '{alias}': both days are the last one of February", "name one of them")
    season = _shared(12 * len(numbers), months)
    return Frequency(f"{_counted(months, 'M')}-{days}", season, Months(months, tuple(numbers)), clock)


def _twice_a_month(alias, count, name, anchor, clock):
    """pandas' semi-monthly steps: SMS-15, the 1st and the 15th; SME-15, the 15th and the last day."""
    day = anchor or "15"
    if len(day) > 2 or not day.isdecimal() or not 1 < int(day) < 28:
        raise _unknown(alias)
    days = (1, int(day)) if name == "SMS" else (int(day), END)
    return Frequency(_counted(count, f"{name}-{int(day)}"), _shared(24, count), Months(count, days), clock)


def _by_pandas(alias, count, name, anchor, clock):
    """Every other offset of pandas whose stamps are days."""
    from pandas.tseries.frequencies import to_offset
    from pandas.tseries.offsets import BusinessHour, Tick

    rule = name + (f"-{anchor}" if anchor else "")
    try:
        offset = to_offset(rule)
    except (ValueError, KeyError, TypeError, OverflowError):
        raise _unknown(alias) from None
    if offset is None or isinstance(offset, Tick | BusinessHour) or offset.n != 1:
        raise _unknown(alias)
    step = Ticks(rule, count)
    if not step.months:  # as of C, days of a calendar that no name tells
        raise _unknown(alias)
    return Frequency(_counted(count, rule), _shared(max(1, round(12 / step.months * count)), count), step, clock)
