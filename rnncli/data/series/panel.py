"""From a table to series: the roles of its columns, every series on its grid, and a report of all irregularities."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from ...errors import ConfigError, DataError
from ..tables.frame import Frame, listed
from ..tables.numbers import parse_numbers
from ..time.frequency import Frequency, find_frequency, fits, frequency_named
from ..time.stamps import Stamps, is_stamp, parse_stamps
from .gaps import GapReport, regularise

SHOWN = 12  # columns in a message, at most
ID, TIME, TARGET = "unique_id", "ds", "y"  # the usual names in forecasting (Nixtla's long format)
ONLY = "y"  # the id of a series without one
NAMED = 3  # irregular series reported by name
IRREGULAR = "none"  # the frequency of series that have none
TELLING = 6  # stamps of a series from which its own frequency counts


@dataclass(frozen=True)
class Roles:
    """The roles of the columns of a table. `id` may be None for a single series, `time` for one step per row."""

    id: str | None
    time: str | None
    targets: tuple[str, ...]
    past: tuple[str, ...] = ()  # past covariates, known up to the origin
    known: tuple[str, ...] = ()  # future covariates, known beyond it, such as a price list
    static: tuple[str, ...] = ()  # static covariates, one value for each series

    @property
    def numeric(self) -> tuple[str, ...]:
        """The numeric columns."""
        return (*self.targets, *self.past, *self.known)


@dataclass(frozen=True)
class Series:
    """One series of L steps on its grid, and F more steps for which only the future covariates are given."""

    id: str
    stamps: np.ndarray  # (L + F,) int64
    y: np.ndarray  # (L, K) float64 targets, nan where missing
    carried: np.ndarray  # (L, K) the same, filled from earlier rows alone
    real: np.ndarray  # (L, K) bool: which of them were observed
    past: np.ndarray  # (L, P) float64, nan where missing
    known: np.ndarray  # (L + F, Q) float64, nan where missing
    static: tuple[str, ...]
    report: GapReport

    def __len__(self) -> int:
        return len(self.y)


@dataclass(frozen=True)
class Panel:
    """All series of a table, in the order of the first appearance of their ids."""

    series: tuple[Series, ...]
    roles: Roles
    stamps: Stamps | None  # the stamps and their format; None without a time column
    frequency: Frequency | None  # None: irregular
    files: tuple[str, ...]
    unread: tuple[str, ...] = ()  # columns of the table without a role

    def text(self, values: np.ndarray) -> list[str]:
        """[n] stamps (n,) int64 in the format of the table; row numbers, from 1, if it has no time column."""
        return self.stamps.text(values) if self.stamps else [str(value) for value in np.asarray(values).tolist()]

    def words(self) -> list[str]:
        """Lines that report the series, their steps and frequency, and all irregularities."""
        lengths = [len(each) for each in self.series]
        steps = f"{lengths[0]:,} steps" if len(set(lengths)) == 1 else f"{min(lengths):,} to {max(lengths):,} steps"
        count = "1 series" if len(lengths) == 1 else f"{len(lengths):,} series"
        every = f"frequency {self.frequency.alias}" if self.frequency else "irregular"
        lines = [f"{count} of {steps}, {'one step per row' if self.stamps is None else every}"]
        reports = [(each, each.report.words(self.stamps)) for each in self.series if self.stamps is not None]
        odd = [(each, words) for each, words in reports if words != "no gaps"]
        lines += [f"{each.id}: {words}" if len(self.series) > 1 else words for each, words in odd[:NAMED]]
        if len(odd) > NAMED:
            lines.append(f"and {len(odd) - NAMED:,} more irregular series")
        for k, name in enumerate(self.roles.targets):
            missing = sum(int(np.isnan(each.y[:, k]).sum()) for each in self.series)
            if missing:
                lines.append(f"{name}: {missing:,} of {sum(lengths):,} values are missing")
        covariates = {name: missing for name in self.roles.past + self.roles.known if (missing := self._missing(name))}
        if covariates:
            counts = ", ".join(f"{name} {missing:,}" for name, missing in covariates.items())
            lines.append(f"values missing in {counts}; replaced by the mean of the training rows")
        if self.unread:
            time = "--time-col, " if self.stamps is None else ""
            lines.append(
                f"ignored columns: {listed(self.unread)}; to use them: {time}--past-cols, --future-cols, --static-cols"
            )
        return lines

    def _missing(self, name):
        """The number of missing values in the covariate `name`, up to the end of each series."""
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
    """The Roles of the columns of a Frame. A role that is not given goes to the column of its usual name, or to the
    only candidate.

    Raises ConfigError for a name that is not a column or has two roles, DataError if the target is ambiguous.
    """
    names = list(frame.columns)
    given = [name for name in (id, time) if name] + [*targets, *past, *known, *static]
    for name in given:
        if name not in names:
            raise ConfigError(f"{frame.files[0]} has no column '{name}'", f"its columns: {listed(names)}")
        if given.count(name) > 1:
            raise ConfigError(f"column '{name}' is given two roles", "give each column one role")
    free = [name for name in names if name not in given]
    id = id or (ID if ID in free else None)
    time = time or time_column(frame, [name for name in free if name != id])
    return Roles(
        id,
        time,
        tuple(targets) or _target(frame, [name for name in free if name not in (id, time)], time),
        tuple(past),
        tuple(known),
        tuple(static),
    )


def time_column(frame: Frame, free: Iterable[str]) -> str | None:
    """The column ds, or the first one that begins with a stamp; None if there is none."""
    if TIME in free:
        return TIME
    return next((name for name in free if is_stamp(frame.columns[name][0])), None)


def _target(frame, free, time):
    if TARGET in free:
        return (TARGET,)
    if len(free) == 1:
        return (free[0],)
    layouts = "if each column is a series, use --wide; if each row is one, --layout rows"
    raise DataError(
        f"{frame.files[0]}: cannot tell which column to forecast; candidates: {', '.join(free[:SHOWN]) or 'none'}"
        + (f", ... ({len(free):,} in all)" if len(free) > SHOWN else ""),
        f"name it with --target-col; {layouts}"
        if time
        else "no column has dates: if each row is an example with an answer, use --task classify --target COLUMN, "
        "--task regress for a number, --task translate for a text, or --task describe for a text about the other "
        f"columns; {layouts}; for one series, name its column with --target-col",
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

    frequency    an alias; "none": irregular; None: found from all series together
    check        called as check(values (R,), where, column) for each target; raises for values that cannot be used
    DataError, with file, line and column, for a cell that is not a number or not a stamp, for rows that no policy
    repairs, for series of different frequencies, and for a static column that changes.
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
    """{id: rows (R,) intp} in the order of the first appearance of ids."""
    if roles.id is None:
        return {ONLY: np.arange(len(frame.line))}
    groups = {}
    for row, name in enumerate(frame.columns[roles.id]):
        if not name.strip():
            raise DataError(f"{frame.where(row, roles.id)}: the id is empty", "every row needs the id of its series")
        groups.setdefault(name, []).append(row)
    return {name: np.array(rows, np.intp) for name, rows in groups.items()}


def _common_frequency(frame, roles, stamps, groups, named):
    """The named Frequency, or that of most series, None if they have none. DataError if another series differs."""
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
                "forecast them separately, or name one frequency for all with --freq; --freq none for irregular steps",
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
            "remove the series, or name another target with --target-col",
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
    """Steps up to the last one with a value; rows after it hold only future covariates. Without such columns every row
    counts."""
    seen = np.flatnonzero(~np.isnan(observed).all(axis=1))
    if not len(seen):
        return 0
    return int(seen[-1]) + 1 if roles.known else len(observed)


def _constant(frame, column, rows):
    """The value of a static column; raises DataError if it changes within a series."""
    first = frame.columns[column][rows[0]]
    for row in rows[1:]:
        if frame.columns[column][row] != first:
            raise DataError(
                f"{frame.where(row, column)}: found '{frame.columns[column][row]}' after '{first}'",
                "a static column needs one value per series; give this column another role",
            )
    return first
