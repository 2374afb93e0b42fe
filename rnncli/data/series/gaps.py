"""Series put on a full grid: what is unsorted, double or missing is refused or mended by name, and always told."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import ConfigError, DataError
from .frequency import Frequency

UNSORTED = ("error", "sort")
DUPLICATES = ("error", "first", "last", "mean")
FILLS = ("none", "ffill", "linear", "seasonal")
LONGEST = 100_000, 100  # a grid may have so many rows, and so many more for each row of the series


@dataclass(frozen=True)
class Regular:
    """A full grid: `values` (L,) int64, every stamp from the first to the last; `observed` (L,) bool, which of them
    the series has."""

    values: np.ndarray
    observed: np.ndarray


@dataclass(frozen=True)
class Gap:
    """A hole in the grid: `before`, the last stamp in front of it; `first`, the first that is missing; `missing`, how
    many are."""

    before: int
    first: int
    missing: int


@dataclass(frozen=True)
class GapReport:
    """What was found in one series, and which policy mended it.

    `moved` is how many rows were not behind the one before them and `unsorted` what was done; `doubled` how many rows
    had the stamp of an earlier one and `duplicates` what was done; `gaps` [Gap]; `steps`, for a series without a
    frequency, the shortest, the median and the longest step between its stamps, None otherwise.
    """

    gaps: tuple[Gap, ...] = ()
    moved: int = 0
    unsorted: str = "error"
    doubled: int = 0
    duplicates: str = "error"
    steps: tuple[int, int, int] | None = None

    @property
    def missing(self) -> int:
        return sum(gap.missing for gap in self.gaps)

    def words(self, stamps: Any) -> str:
        """One line, such as "3 gaps, first at 1984-12-31", in the format of `stamps`, a Stamps."""
        said = []
        if self.moved:
            said.append(f"{_counted(self.moved, 'row')} out of order, sorted")
        if self.doubled:
            kept = {"mean": "their mean taken"}.get(self.duplicates, f"the {self.duplicates} kept")
            said.append(f"{_counted(self.doubled, 'duplicate stamp')}, {kept}")
        if self.steps is not None:
            said.append(
                "irregular, steps from {} to {}, half of them up to {}".format(
                    *(_duration(self.steps[i], stamps.kind) for i in (0, 2, 1))
                )
            )
        elif self.gaps:
            first = stamps.text([self.gaps[0].first])[0]
            many = len(self.gaps) > 1
            wide = f" ({self.missing:,} stamps missing)" if self.missing > len(self.gaps) else ""
            said.append(f"{_counted(len(self.gaps), 'gap')}{', first' if many else ''} at {first}{wide}")
        else:
            said.append("no gaps")
        return "; ".join(said)


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
    of nan. Without a frequency (None) the stamps stay as they are. `where(row)` names the place of a row. Rows that do
    not rise in time and rows with the same stamp are errors unless a policy says what to do: `unsorted` "sort" puts
    them in order, equal stamps as they stood; `duplicates` "first" or "last" keeps that row, "mean" the mean of what
    is there in each column. ConfigError for other policies; DataError, naming both places, for such rows, and for a
    stamp that is off the grid of the others.
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
    """The Regular of stamps `values` (R,) int64 that rise and lie on the grid of `frequency`. DataError where one does
    not lie on it."""
    values = np.asarray(values, np.int64)
    if not len(values):
        return Regular(values, np.zeros(0, bool))
    steps = frequency.steps(values)
    observed = np.zeros(steps[-1] + 1, bool)
    observed[steps] = True
    return Regular(np.concatenate([values[:1], frequency.after(values[0], int(steps[-1]))]), observed)


def fill(y: np.ndarray, how: str, season: int) -> np.ndarray:
    """A copy of y (L, K) float64 with its nan filled, column by column.

    "none" leaves them; "ffill" repeats the last value; "linear" draws a straight line between the neighbours;
    "seasonal" takes the last value a whole number of seasons of `season` rows before, and what "linear" gives where
    there is none. Missing values before the first take the first, behind the last the last (or its season's). A column
    without any value stays nan. ConfigError for another `how`, or a season below 1.
    """
    _check_choice("fill", how, FILLS)
    y = np.array(y, np.float64)
    if how == "none" or not len(y):
        return y
    if how == "ffill":
        return _keep(_last_value(y), _linear(y))  # before the first value a straight line is flat
    return _linear(y) if how == "linear" else _keep(_last_season(y, season), _linear(y))


def carry(y: np.ndarray, how: str, season: int) -> np.ndarray:
    """`fill`, from the rows before each missing value alone: what can be known of a gap while it is still open.

    Where a straight line would need the value behind the gap, the last value is repeated. Missing values before the
    first stay nan. ConfigError as `fill`.
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
    """The rows in the order of time, (R,), and how many came before the row that they stand behind."""
    back = np.flatnonzero(np.diff(values) < 0)
    if not len(back):
        return np.arange(len(values)), 0
    if unsorted == "error":
        row = int(back[0]) + 1
        raise DataError(
            f"{where(row)}: the stamp lies before that of {where(row - 1)}",
            "sort the rows of each series by time, or let `--unsorted sort` do it",
        )
    return np.argsort(values, kind="stable"), len(back)


def _distinct(values, rows, where, duplicates):
    """Where each distinct stamp of the sorted `values` (R,) begins; `rows` (R,) are their places in the file."""
    new = np.ones(len(values), bool)
    np.not_equal(values[1:], values[:-1], out=new[1:])
    if duplicates == "error" and not new.all():
        second = int(new.argmin())
        raise DataError(
            f"{where(int(rows[second]))}: the same stamp as {where(int(rows[second - 1]))}",
            "remove one of them, give each series its own id, or choose `--duplicates first|last|mean`",
        )
    return np.flatnonzero(new)


def _merged(y, begins, duplicates):
    """Rows of y (R, ...), sorted by stamp, as one row for each stamp that begins at `begins`."""
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
    """DataError, with the place, for a stamp off the grid that most are on, or a grid of absurd length."""
    ordinal, phase = frequency.cut(values)
    possible, counts = np.unique(phase[phase >= 0], return_counts=True)
    usual = possible[counts.argmax()] if len(possible) else None
    off = np.flatnonzero(phase != usual) if len(possible) else np.arange(len(values))
    if len(off):
        raise DataError(
            f"{where(int(rows[off[0]]))}: the stamp is off the {frequency.alias} grid of the others"
            + (f", and so are {len(off) - 1:,} more" if len(off) > 1 else ""),
            "correct it, or name another frequency with `--freq`",
        )
    if len(values) and ordinal[-1] - ordinal[0] >= LONGEST[0] + LONGEST[1] * len(values):
        wide = int(np.diff(ordinal).argmax())
        raise DataError(
            f"{where(int(rows[wide + 1]))}: {ordinal[wide + 1] - ordinal[wide] - 1:,} stamps of frequency "
            f"{frequency.alias} are missing before it, after {where(int(rows[wide]))}",
            "correct the stamp, or name a longer step with `--freq`",
        )


def _gaps(grid):
    """[Gap] of a Regular, in the order of time."""
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
    """y (L, ...) with every nan the last value before it on the first axis; nan where there is none."""
    row = np.arange(len(y)).reshape(-1, *(1,) * (y.ndim - 1))
    last = np.maximum.accumulate(np.where(np.isnan(y), 0, row), axis=0)
    return np.take_along_axis(y, last, axis=0)


def _last_season(y, season):
    """y (L, K) with every nan the last value a whole number of seasons before it; nan where there is none."""
    if season < 1:
        raise ConfigError(f"fill: a season of {season} rows", "a season has 1 row or more")
    L, K = y.shape
    padded = np.full((-(-L // season) * season, K), np.nan)
    padded[:L] = y
    return _last_value(padded.reshape(-1, season, K)).reshape(-1, K)[:L]


def _linear(y):
    """y (L, K) with straight lines over its gaps, flat outside the first and the last value."""
    filled, row = y.copy(), np.arange(len(y))
    for column in filled.T:
        gap = np.isnan(column)
        if not gap.all():
            column[gap] = np.interp(row[gap], row[~gap], column[~gap])
    return filled
