"""From a table to series: which column means what, every series on its grid, and a true report of what was found."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from ...errors import ConfigError, DataError
from ..tables.frame import Frame, listed
from ..tables.numbers import parse_numbers
from ..tables.timestamps import Stamps, is_stamp, parse_stamps
from .frequency import Frequency, find_frequency, fits, frequency_named
from .gaps import GapReport, regularise

ID, TIME, TARGET = "unique_id", "ds", "y"  # the names that forecasting users know (Nixtla's long format)
ONLY = "y"  # what a series without an id is called
NAMED = 3  # series that a line of words names
IRREGULAR = "none"  # the frequency of series that have none
TELLING = 6  # stamps from which on a series has a frequency of its own


@dataclass(frozen=True)
class Roles:
    """Which columns of a table mean what. `id` and `time` may be None: one series, one step from row to row."""

    id: str | None
    time: str | None
    targets: tuple[str, ...]
    past: tuple[str, ...] = ()  # known up to now only
    known: tuple[str, ...] = ()  # known ahead, such as a price list
    static: tuple[str, ...] = ()  # one value for each series

    @property
    def numeric(self) -> tuple[str, ...]:
        """The columns that are read as numbers at each step."""
        return (*self.targets, *self.past, *self.known)


@dataclass(frozen=True)
class Series:
    """One series of L steps on its grid, and F more steps of which only what is known ahead is given."""

    id: str
    stamps: np.ndarray  # (L + F,) int64
    y: np.ndarray  # (L, K) float64 targets, nan where missing
    carried: np.ndarray  # (L, K) the same; what is filled is found without any row behind it
    real: np.ndarray  # (L, K) bool: which of them were observed
    past: np.ndarray  # (L, P) float64, nan where missing
    known: np.ndarray  # (L + F, Q) float64, nan where missing
    static: tuple[str, ...]
    report: GapReport

    def __len__(self) -> int:
        return len(self.y)


@dataclass(frozen=True)
class Panel:
    """All series of a table, in the order in which their ids first come."""

    series: tuple[Series, ...]
    roles: Roles
    stamps: Stamps | None  # how stamps are written; None without a time column
    frequency: Frequency | None  # None: truly irregular
    files: tuple[str, ...]
    unread: tuple[str, ...] = ()  # columns of the table that have no role

    def text(self, values: np.ndarray) -> list[str]:
        """[n] stamps (n,) int64 as the table writes them; numbers of rows, from 1, where it has none."""
        return self.stamps.text(values) if self.stamps else [str(value) for value in np.asarray(values).tolist()]

    def words(self) -> list[str]:
        """Lines that say what was found: series, steps, frequency, everything irregular."""
        lengths = [len(each) for each in self.series]
        steps = f"{lengths[0]:,} steps" if len(set(lengths)) == 1 else f"{min(lengths):,} to {max(lengths):,} steps"
        count = "1 series" if len(lengths) == 1 else f"{len(lengths):,} series"
        every = f"frequency {self.frequency.alias}" if self.frequency else "irregular"
        lines = [f"{count} of {steps}, {'a step for each row' if self.stamps is None else every}"]
        told = [(each, each.report.words(self.stamps)) for each in self.series if self.stamps is not None]
        odd = [(each, words) for each, words in told if words != "no gaps"]
        lines += [f"{each.id}: {words}" if len(self.series) > 1 else words for each, words in odd[:NAMED]]
        if len(odd) > NAMED:
            lines.append(f"and {len(odd) - NAMED:,} more series that are not regular")
        for k, name in enumerate(self.roles.targets):
            missing = sum(int(np.isnan(each.y[:, k]).sum()) for each in self.series)
            if missing:
                lines.append(f"{name}: {missing:,} of {sum(lengths):,} values are missing")
        covariates = {name: missing for name in self.roles.past + self.roles.known if (missing := self._missing(name))}
        if covariates:
            counts = ", ".join(f"{name} {missing:,}" for name, missing in covariates.items())
            lines.append(f"values missing in {counts}; the mean of the training rows stands for them")
        if self.unread:
            time = "--time-col, " if self.stamps is None else ""
            lines.append(
                f"not read: {listed(self.unread)}; {time}--past-cols, --future-cols and --static-cols name more"
            )
        return lines

    def _missing(self, name):
        """How many values the column `name`, known up to now or ahead, has not got up to the last one of its series."""
        kind = "past" if name in self.roles.past else "known"
        k = getattr(self.roles, kind).index(name)
        return sum(int(np.isnan(getattr(each, kind)[: len(each), k]).sum()) for each in self.series)


def find_roles(
    frame: Frame,
    id: str | None = None,
    time: str | None = None,
    targets: Sequence[str] = (),
    past: Sequence[str] = (),
    known: Sequence[str] = (),
    static: Sequence[str] = (),
) -> Roles:
    """The Roles of the columns of a Frame; what is not named is found by its usual name or by being the only choice.

    Raises ConfigError for a name that is no column or has two roles, DataError where the target cannot be told.
    """
    names = list(frame.columns)
    given = [name for name in (id, time) if name] + [*targets, *past, *known, *static]
    for name in given:
        if name not in names:
            raise ConfigError(f"{frame.files[0]} has no column '{name}'", f"its columns: {listed(names)}")
        if given.count(name) > 1:
            raise ConfigError(f"column '{name}' is given two roles", "give each column one")
    free = [name for name in names if name not in given]
    id = id or (ID if ID in free else None)
    time = time or time_column(frame, [name for name in free if name != id])
    return Roles(
        id,
        time,
        tuple(targets) or _target(frame, [name for name in free if name not in (id, time)]),
        tuple(past),
        tuple(known),
        tuple(static),
    )


def time_column(frame: Frame, free: Iterable[str]) -> str | None:
    """The column ds, or the first that begins with a stamp; None where there is none."""
    if TIME in free:
        return TIME
    return next((name for name in free if is_stamp(frame.columns[name][0])), None)


def _target(frame, free):
    if TARGET in free:
        return (TARGET,)
    if len(free) == 1:
        return (free[0],)
    raise DataError(
        f"{frame.files[0]}: which column to forecast cannot be told: {listed(free) or 'none is left'}",
        "name it with --target-col; a table with a column, or a row, for each series: --wide, or --layout rows",
    )


def read_panel(
    frame: Frame,
    roles: Roles,
    frequency: str | None = None,
    time_format: str | None = None,
    decimal: str = ".",
    thousands: str = "",
    unsorted: str = "error",
    duplicates: str = "error",
    check: Callable[[np.ndarray, Callable[[int], str], str], None] | None = None,
) -> Panel:
    """The Panel of a Frame with these Roles.

    frequency    an alias; "none": irregular; None finds it, from all series together
    check        called as check(values (R,), where, column) for each target; raises for values that cannot be used
    DataError, with file, line and column, for a cell that is no number or no stamp, for rows that no policy mends, for
    series of different frequencies, and for a static column that changes.
    """
    numbers = {
        name: parse_numbers(frame.columns[name], partial(_place, frame, name), decimal, thousands)
        for name in roles.numeric
    }
    for name in roles.targets:
        if check:
            check(numbers[name], partial(_place, frame, name), name)
    stamps = None
    if roles.time:
        stamps = parse_stamps(frame.columns[roles.time], partial(_place, frame, roles.time), time_format)
    groups = _groups(frame, roles)
    step = _common_frequency(frame, roles, stamps, groups, frequency)
    policies = {"unsorted": unsorted, "duplicates": duplicates}
    series = tuple(_series(frame, roles, name, rows, numbers, stamps, step, policies) for name, rows in groups.items())
    return Panel(series, roles, stamps, step, frame.files)


def _place(frame, column, row):
    return frame.where(row, column)


def _groups(frame, roles):
    """{id: rows (R,) intp} in the order in which ids first come."""
    if roles.id is None:
        return {ONLY: np.arange(len(frame.line))}
    groups = {}
    for row, name in enumerate(frame.columns[roles.id]):
        if not name.strip():
            raise DataError(f"{frame.where(row, roles.id)}: the id is empty", "every row needs the id of its series")
        groups.setdefault(name, []).append(row)
    return {name: np.array(rows, np.intp) for name, rows in groups.items()}


def _common_frequency(frame, roles, stamps, groups, named):
    """The Frequency that is named, or that most series have, None if that is none; they all need the same."""
    if stamps is None or named == IRREGULAR:
        return None
    if named:
        return frequency_named(named)
    found = {name: find_frequency(stamps.values[rows], stamps.kind) for name, rows in groups.items() if len(rows) > 1}
    usual = Counter(found.values()).most_common(1)[0][0] if found else None
    for name, own in found.items():
        rows = groups[name]
        if usual and own and own != usual and len(rows) >= TELLING and not fits(usual, stamps.values[rows]):
            first = next(other for other, frequency in found.items() if frequency == usual)
            raise DataError(
                f"{frame.where(rows[0], roles.time)}: series '{name}', which begins here, has the "
                f"frequency {own.alias}, '{first}' has {usual.alias}",
                "forecast them apart, or name one step for all with --freq, or --freq none for no step",
            )
    return usual


def _series(frame, roles, name, rows, numbers, stamps, frequency, policies):
    table = np.stack([numbers[column][rows] for column in roles.numeric], axis=1)
    if stamps is None:
        values, report = np.arange(1, len(rows) + 1), GapReport()
    else:
        values, table, report = regularise(
            stamps.values[rows], table, frequency, lambda row: frame.where(rows[row], roles.time), **policies
        )
    K, P = len(roles.targets), len(roles.past)
    length = _observed_length(table[:, : K + P], roles)
    if not length:
        raise DataError(
            f"{frame.where(rows[0], roles.targets[0])}: series '{name}', which begins here, has no value "
            f"of {', '.join(roles.targets)}",
            "leave it out, or name another target with --target-col",
        )
    y = table[:length, :K]
    return Series(
        name,
        values,
        y,
        y,
        ~np.isnan(y),
        table[:length, K : K + P],
        table[:, K + P :],
        tuple(_constant(frame, column, rows) for column in roles.static),
        report,
    )


def _observed_length(observed, roles):
    """Steps up to the last one with a value; rows behind it only say what is known ahead. Without such columns every
    row counts."""
    seen = np.flatnonzero(~np.isnan(observed).all(axis=1))
    if not len(seen):
        return 0
    return int(seen[-1]) + 1 if roles.known else len(observed)


def _constant(frame, column, rows):
    """The one value of a static column; raises DataError where it changes within a series."""
    first = frame.columns[column][rows[0]]
    for row in rows[1:]:
        if frame.columns[column][row] != first:
            raise DataError(
                f"{frame.where(row, column)}: found '{frame.columns[column][row]}' after '{first}'",
                "a static column has one value for each series; give this one another role",
            )
    return first
