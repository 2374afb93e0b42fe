"""Series on a full grid: unsorted, duplicate and missing rows are refused or repaired by policy, always reported."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import ConfigError, DataError
from ..time.frequency import Frequency

UNSORTED = ("error", "sort")
DUPLICATES = ("auto", "error", "first", "last", "mean")
FILLS = ("none", "ffill", "linear", "seasonal")
LONGEST = 100_000, 100  # rows that a grid may have, plus rows for each row of the series


@dataclass(frozen=True)
class Regular:
    """A full grid: `values` (L,) int64, every stamp from the first to the last; `observed` (L,) bool, True for the
    stamps of the series."""

    values: np.ndarray
    observed: np.ndarray


@dataclass(frozen=True)
class Gap:
    """A gap in the grid: `before`, the last stamp before it; `first`, the first missing one; `missing`, their count."""

    before: int
    first: int
    missing: int


@dataclass(frozen=True)
class GapReport:
    """The irregularities of one series, and the policies that repaired it.

    `moved`: rows whose stamp was before that of the row above, and `unsorted` the policy; `doubled`: rows with the
    stamp of an earlier row, and `duplicates` the policy; `gaps` [Gap]; `steps`: for a series without a frequency the
    shortest, the median and the longest step between its stamps, None otherwise.
    """

    gaps: tuple[Gap, ...] = ()
    moved: int = 0
    unsorted: str = "error"
    doubled: int = 0
    duplicates: str = "error"
    steps: tuple[int, int, int] | None = None

    @property
    def missing(self) -> int:
        """The number of missing stamps."""
        return sum(gap.missing for gap in self.gaps)

    def words(self, stamps: Any) -> str:
        """One line, such as "3 gaps, first at 1984-12-31", in the format of `stamps`, a Stamps."""
        found = []
        if self.moved:
            found.append(f"{_counted(self.moved, 'row')} out of order, sorted")
        if self.doubled:
            kept = {"mean": "averaged"}.get(self.duplicates, f"the {self.duplicates} kept")
            found.append(f"{_counted(self.doubled, 'duplicate stamp')}, {kept}")
        if self.steps is not None:
            found.append(
                "irregular, steps from {} to {}, half of them up to {}".format(
                    *(_duration(self.steps[i], stamps.kind) for i in (0, 2, 1))
                )
            )
        elif self.gaps:
            first = stamps.text([self.gaps[0].first])[0]
            many = len(self.gaps) > 1
            wide = f" ({self.missing:,} stamps missing)" if self.missing > len(self.gaps) else ""
            found.append(f"{_counted(len(self.gaps), 'gap')}{', first' if many else ''} at {first}{wide}")
        else:
            found.append("no gaps")
        return "; ".join(found)


def _counted(number, name):
    return f"{number:,} {name}{'' if number == 1 else 's'}"


def regularise(
    values: np.ndarray,
    y: np.ndarray,
    frequency: Frequency,
    where: Callable[[int], str],
    unsorted: str = "error",
    duplicates: str = "error",
) -> tuple[np.ndarray, np.ndarray, GapReport]:
    """One series on the full grid of its frequency: values (L,) int64, y (L, ...) float64 and a GapReport.

    `values` (R,) int64 are its stamps and y (R,) or (R, K) its columns, nan where missing; missing stamps become rows
    of nan. Without a frequency (None) the stamps stay as they are. `where(row)` is the place of a row for messages.
    Rows out of order and rows with the same stamp are errors unless a policy repairs them: `unsorted` "sort" sorts
    them, stably; `duplicates` "first" or "last" keeps that row, "mean" the mean of the observed values in each column.
    ConfigError for other policies; DataError, with both places, for such rows, and for a stamp off the grid of the
    others.
    """
    _check_choice("unsorted", unsorted, UNSORTED)
    _check_choice("duplicates", duplicates, DUPLICATES)
    values, y = np.asarray(values, np.int64), np.asarray(y, np.float64)
    rows, moved = _in_order(values, where, unsorted)
    begins = _distinct(values[rows], rows, where, duplicates)
    y = _merged(y[rows], begins, duplicates)
    doubled, values, rows = len(rows) - len(begins), values[rows][begins], rows[begins]
    found = {"moved": moved, "unsorted": unsorted, "doubled": doubled, "duplicates": duplicates}
    if frequency is None:
        steps = np.diff(values)
        spread = (int(steps.min()), int(np.median(steps)), int(steps.max())) if len(steps) else None
        return values, y, GapReport(steps=spread, **found)
    _check_grid(values, rows, frequency, where)
    grid = full_grid(values, frequency)
    full = np.full((len(grid.values), *y.shape[1:]), np.nan)
    full[grid.observed] = y
    return grid.values, full, GapReport(_gaps(grid), **found)


def full_grid(values: np.ndarray, frequency: Frequency) -> Regular:
    """The Regular of stamps `values` (R,) int64 that rise and lie on the grid of `frequency`. DataError for a stamp off
    the grid."""
    values = np.asarray(values, np.int64)
    if not len(values):
        return Regular(values, np.zeros(0, bool))
    steps = frequency.steps(values)
    observed = np.zeros(steps[-1] + 1, bool)
    observed[steps] = True
    return Regular(np.concatenate([values[:1], frequency.after(values[0], int(steps[-1]))]), observed)


def fill(y: np.ndarray, how: str, season: int) -> np.ndarray:
    """A copy of y (L, K) float64 with its nan filled, column by column.

    "none" keeps them; "ffill" repeats the last value; "linear" interpolates between the neighbours; "seasonal" takes
    the last value a whole number of seasons of `season` rows before, or that of "linear" if there is none. Missing
    values before the first take the first, those after the last take the last (or its season's). A column without any
    value stays nan. ConfigError for another `how`, or a season below 1.
    """
    _check_choice("fill", how, FILLS)
    y = np.array(y, np.float64)
    if how == "none" or not len(y):
        return y
    if how == "ffill":
        return _keep(_last_value(y), _linear(y))  # before the first value interpolation is constant
    return _linear(y) if how == "linear" else _keep(_last_season(y, season), _linear(y))


def carry(y: np.ndarray, how: str, season: int) -> np.ndarray:
    """`fill` from the rows before each missing value alone: the values known of a gap while it is still open.

    Instead of interpolation, which needs the value after the gap, the last value is repeated. Missing values before
    the first stay nan. ConfigError as for `fill`.
    """
    _check_choice("fill", how, FILLS)
    y = np.array(y, np.float64)
    if how == "none" or not len(y):
        return y
    return _keep(_last_season(y, season), _last_value(y)) if how == "seasonal" else _last_value(y)


# ---- order and duplicates


def _check_choice(name, value, known):
    if value not in known:
        raise ConfigError(f"{name}: '{value}' is not known", f"known: {', '.join(known)}")


def _in_order(values, where, unsorted):
    """The rows in the order of time, (R,), and the number of rows whose stamp was before that of the row above."""
    back = np.flatnonzero(np.diff(values) < 0)
    if not len(back):
        return np.arange(len(values)), 0
    if unsorted == "error":
        row = int(back[0]) + 1
        raise DataError(
            f"{where(row)}: the stamp is before that of {where(row - 1)}",
            "sort the rows of each series by time, or use `--unsorted sort`",
        )
    return np.argsort(values, kind="stable"), len(back)


def _distinct(values, rows, where, duplicates):
    """The first position of each distinct stamp in the sorted `values` (R,); rows (R,): their rows in the file."""
    new = np.ones(len(values), bool)
    np.not_equal(values[1:], values[:-1], out=new[1:])
    if duplicates in ("auto", "error") and not new.all():
        second = int(new.argmin())
        raise DataError(
            f"{where(int(rows[second]))}: the same stamp as {where(int(rows[second - 1]))}",
            "remove one of them, give each series its own id, or use `--duplicates first|last|mean`",
        )
    return np.flatnonzero(new)


def _merged(y, begins, duplicates):
    """Rows of y (R, ...), sorted by stamp, merged to one row for each stamp; begins: their first positions."""
    if len(begins) == len(y) or duplicates == "first":
        return y[begins]
    if duplicates == "last":
        return y[np.append(begins[1:], len(y)) - 1]
    there = ~np.isnan(y)
    count = np.add.reduceat(there.astype(np.float64), begins)
    total = np.add.reduceat(np.where(there, y, 0.0), begins)
    return np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)


# ---- the grid


def _check_grid(values, rows, frequency, where):
    """DataError, with the place, for a stamp off the most common grid, or a grid of absurd length."""
    ordinal, phase = frequency.cut(values)
    possible, counts = np.unique(phase[phase >= 0], return_counts=True)
    usual = possible[counts.argmax()] if len(possible) else None
    off = np.flatnonzero(phase != usual) if len(possible) else np.arange(len(values))
    if len(off):
        raise DataError(
            f"{where(int(rows[off[0]]))}: the stamp is off the {frequency.alias} grid of the others"
            + (f", and so are {len(off) - 1:,} more" if len(off) > 1 else ""),
            "correct the stamp, or name another frequency with `--freq`",
        )
    if len(values) and ordinal[-1] - ordinal[0] >= LONGEST[0] + LONGEST[1] * len(values):
        wide = int(np.diff(ordinal).argmax())
        raise DataError(
            f"{where(int(rows[wide + 1]))}: {ordinal[wide + 1] - ordinal[wide] - 1:,} stamps of frequency "
            f"{frequency.alias} are missing before it, after {where(int(rows[wide]))}",
            "correct the stamp, or name a longer step with `--freq`",
        )


def _gaps(grid):
    """The Gaps of a Regular, in the order of time."""
    kept = np.flatnonzero(grid.observed)
    ends = np.flatnonzero(np.diff(kept) > 1)
    return tuple(
        Gap(int(grid.values[kept[end]]), int(grid.values[kept[end] + 1]), int(kept[end + 1] - kept[end] - 1))
        for end in ends
    )


def _duration(step, kind):
    if kind == "index":
        return str(step)
    size, name = next(
        ((size, name) for size, name in ((86400, "day"), (3600, "hour"), (60, "minute")) if step >= size), (1, "second")
    )
    number = f"{step / size:.2f}".rstrip("0").rstrip(".")
    return f"{number} {name}{'' if number == '1' else 's'}"


# ---- filling


def _keep(filled, otherwise):
    return np.where(np.isnan(filled), otherwise, filled)


def _last_value(y):
    """y (L, ...) with every nan replaced by the last value before it on the first axis; nan if there is none."""
    row = np.arange(len(y)).reshape(-1, *(1,) * (y.ndim - 1))
    last = np.maximum.accumulate(np.where(np.isnan(y), 0, row), axis=0)
    return np.take_along_axis(y, last, axis=0)


def _last_season(y, season):
    """y (L, K) with every nan replaced by the last value a whole number of seasons before it; nan if there is none."""
    if season < 1:
        raise ConfigError(f"fill: a season of {season} rows", "a season has at least 1 row")
    L, K = y.shape
    padded = np.full((-(-L // season) * season, K), np.nan)
    padded[:L] = y
    return _last_value(padded.reshape(-1, season, K)).reshape(-1, K)[:L]


def _linear(y):
    """y (L, K) with its gaps interpolated linearly, constant before the first and after the last value."""
    filled, row = y.copy(), np.arange(len(y))
    for column in filled.T:
        gap = np.isnan(column)
        if not gap.all():
            column[gap] = np.interp(row[gap], row[~gap], column[~gap])
    return filled
