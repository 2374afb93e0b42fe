"""Series on their full grids: missing rows become rows of nan, and every irregularity is reported."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import DataError
from ..time.clock import DAY, HOUR, MINUTE, SECOND
from ..time.found_frequency import blocks_of, usual_phase
from ..time.frequency import Frequency
from .nearest import joined, nearest
from .ordering import Merged

LONGEST = 100_000, 100  # rows that a grid may have, plus rows for each row of the series


@dataclass(frozen=True)
class Gap:
    """A gap in the grid: `before`, the last stamp before it; `first`, the first missing one; `missing`, their count."""

    before: int
    first: int
    missing: int


@dataclass(frozen=True)
class GapReport:
    """The irregularities of one series, and the policies that repaired it.

    `moved`: rows whose stamp was before that of the row above, of `rows` in all; `doubled`: rows with the stamp of an
    earlier row, and `how` these were merged: identical, first, last, mean or sum, with the `place` of the first;
    `shifted`: how stamps were moved onto the grid; `gaps` [Gap]; `steps`: for a series without a frequency the
    shortest, the median and the longest step between its stamps, None otherwise.
    """

    gaps: tuple[Gap, ...] = ()
    moved: int = 0
    rows: int = 0
    doubled: int = 0
    how: str = "identical"
    place: str = ""
    shifted: str = ""
    steps: tuple[int, int, int] | None = None

    @property
    def missing(self) -> int:
        """The number of missing stamps."""
        return sum(gap.missing for gap in self.gaps)

    @property
    def odd(self) -> bool:
        """Whether there is anything to report."""
        return bool(self.gaps or self.moved and not self.newest_first or self.doubled or self.shifted or self.steps)

    @property
    def newest_first(self) -> bool:
        """Whether every row stood above the one before it in time: another order, but no irregularity."""
        return 1 < self.rows == self.moved + 1

    def words(self, stamps: Any) -> str:
        """One line, such as "3 gaps, first at 1984-12-31", in the format of `stamps`, a Stamps."""
        found = []
        if self.moved and not self.newest_first:
            found.append(f"{_counted(self.moved, 'row')} out of order, sorted")
        if self.doubled:
            kept = {"mean": "averaged", "sum": "added up", "identical": "dropped"}.get(self.how, f"the {self.how} kept")
            first = f", first at {self.place}" if self.place else ""
            found.append(f"{_counted(self.doubled, 'duplicate stamp')}, {kept}{first}")
        if self.shifted:
            found.append(self.shifted)
        if self.steps is not None:
            found.append(
                "irregular, steps from {} to {}, half of them up to {}".format(
                    *(_duration(self.steps[i], stamps.kind) for i in (0, 2, 1))
                )
            )
        elif self.gaps:
            first = stamps.text(np.array([self.gaps[0].first]))[0]
            many = len(self.gaps) > 1
            wide = f" ({self.missing:,} stamps missing)" if self.missing > len(self.gaps) else ""
            found.append(f"{_counted(len(self.gaps), 'gap')}{', first' if many else ''} at {first}{wide}")
        else:
            found.append("no gaps")
        return "; ".join(found)


REGULAR = GapReport()


def _counted(number, name):
    return f"{number:,} {name}{'' if number == 1 else 's'}"


def _duration(step, kind):
    if kind == "index":
        return str(step)
    units = ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"))
    size, name = next(((size, name) for size, name in units if step >= size), (SECOND, "second"))
    number = f"{step / size:.2f}".rstrip("0").rstrip(".")
    return f"{number} {name}{'' if number == '1' else 's'}"


@dataclass(frozen=True)
class Grids:
    """S series one below the other, each on its full grid: stamps `values` (T,) int64, `y` (T, C), nan where missing.
    Series s has the rows edges[s] <= t < edges[s + 1]; edges (S + 1,); reports [S] GapReport."""

    values: np.ndarray
    y: np.ndarray
    edges: np.ndarray
    reports: tuple[GapReport, ...]


def regularise(
    values: np.ndarray,
    series: np.ndarray,
    merged: Merged,
    frequency: Frequency | None,
    where: Callable[[int], str],
) -> Grids:
    """The Grids of the rows of a Merged, with the stamps `values` (R,) int64 and the series (R,) int of all rows of the
    table. Without a frequency the stamps stay as they are.

    `where(row)` is the place of a row for messages. DataError, with the place, for a stamp off the grid of the others
    of its series, and for a grid of absurd length.
    """
    values, series = values[merged.rows], series[merged.rows]
    rows = np.bincount(series, minlength=len(merged.moved))
    if frequency is None:
        edges = _edges(rows)
        steps = [_spread(values[start:stop]) for start, stop in zip(edges, edges[1:])]
        return Grids(values, merged.y, edges, _reports(merged, rows, {}, steps))
    values, ordinal, usual, off = _on_grid(values, series, merged.rows, frequency, where)
    begin = ordinal[_edges(rows)[:-1]]
    lengths = ordinal[_edges(rows)[1:] - 1] - begin + 1
    long = np.flatnonzero(lengths - rows >= LONGEST[0] + LONGEST[1] * rows)
    if len(long):
        raise _too_long(series == long[0], ordinal, merged.rows, frequency, where)
    edges = _edges(lengths)
    shifted = _shifted(off, series, merged.rows, frequency, where)
    if edges[-1] == len(values):  # every step has its row, and the rows are in order
        return Grids(values, merged.y, edges, _reports(merged, rows, {}, shifted=shifted))
    place = edges[series] + ordinal - begin[series]
    stamps, y, missing = _full(values, merged.y, place, edges[-1])
    if len(missing):
        of = np.searchsorted(edges, missing, side="right") - 1
        stamps[missing] = joined(frequency, begin[of] + missing - edges[of], usual[of])
    return Grids(stamps, y, edges, _reports(merged, rows, _gaps(place, series, stamps), shifted=shifted))


def _edges(counts):
    """(S + 1,) where each of S parts of counts (S,) rows begins, and the end of the last."""
    return np.concatenate([[0], np.cumsum(counts)])


def _on_grid(values, series, rows, frequency, where):
    """(stamps (M,), ordinals (M,), usual phases (S,), rows (n,) of the stamps that had to move) of rows on the grids of
    their series. DataError for a stamp that lies off the grid and cannot move."""
    ordinal, usual, off = np.empty_like(values), np.full(series[-1] + 1, -1, np.int64), []
    for some in blocks_of(series):
        own = series[some] - series[some.start]
        ordinal[some], phase = frequency.cut(values[some])
        phases = usual_phase(phase, own)
        usual[series[some.start] :][: len(phases)] = phases
        off.append(some.start + np.flatnonzero(~frequency.on_grid(values[some], ordinal[some], phase, phases[own])))
    off = np.concatenate(off)
    if not len(off):
        return values, ordinal, usual, off
    near = nearest(values, series, ordinal, frequency.cut(values)[1], usual, off, frequency)
    if near is None:
        raise _off_grid(off, rows, frequency, where)
    return *near, off


def _full(values, y, place, count):
    """(stamps (T,), y (T, C), places (n,) without a row) of `count` places T, with the rows (M,) at `place` (M,); y is
    nan and the stamp 0 where there is none."""
    full, stamps, there = np.full((count, y.shape[1]), np.nan), np.zeros(count, np.int64), np.zeros(count, bool)
    full[place], stamps[place], there[place] = y, values, True
    return stamps, full, np.flatnonzero(~there)


def _spread(values):
    """The shortest, the median and the longest step between stamps (R,); None where there are no two."""
    steps = np.diff(values)
    return (int(steps.min()), int(np.median(steps)), int(steps.max())) if len(steps) else None


def _gaps(place, series, stamps):
    """{series: [Gap]} of the places (M,) of the rows on the full grids, in the order of time."""
    found = {}
    for end in np.flatnonzero((np.diff(place) > 1) & (np.diff(series) == 0)).tolist():
        last, after = int(place[end]), int(place[end + 1])
        gap = Gap(int(stamps[last]), int(stamps[last + 1]), after - last - 1)
        found.setdefault(int(series[end]), []).append(gap)
    return found


def _reports(merged, rows, gaps, steps=None, shifted=None):
    """(S) GapReports; all series without irregularities share one."""
    moved, doubled = merged.moved.tolist(), merged.doubled.tolist()
    spread, shifted = steps or [None] * len(moved), shifted or {}

    def report(s):
        if not (moved[s] or doubled[s] or s in gaps or s in shifted or spread[s]):
            return REGULAR
        count, place = int(rows[s]) + doubled[s], merged.places.get(s, "")
        missing = tuple(gaps.get(s, ()))
        return GapReport(missing, moved[s], count, doubled[s], merged.how, place, shifted.get(s, ""), spread[s])

    return tuple(map(report, range(len(moved))))


def _off_grid(off, rows, frequency, where):
    """The DataError for stamps off the most common grid of their series."""
    first = off[rows[off].argmin()]
    return DataError(
        f"{where(int(rows[first]))}: the stamp is off the {frequency.alias} grid of the others"
        + (f", and so are {len(off) - 1:,} more" if len(off) > 1 else ""),
        "correct the stamp; or name another frequency with `--freq`",
    )


def _shifted(off, series, rows, frequency, where):
    """{series: how its stamps were moved onto the grid}."""
    found = {}
    for row in off[np.argsort(rows[off], kind="stable")].tolist():
        found.setdefault(int(series[row]), []).append(row)
    return {
        s: f"{_counted(len(moved), 'stamp')} moved to the {frequency.alias} grid, first at {where(int(rows[moved[0]]))}"
        for s, moved in found.items()
    }


def _too_long(own, ordinal, rows, frequency, where):
    """The DataError for a grid of absurd length, that of the rows `own` (M,) bool: at its widest gap."""
    own = np.flatnonzero(own)
    missing = np.diff(ordinal[own]) - 1
    widest = int(missing.argmax())
    before, after = (where(int(rows[own[k]])) for k in (widest, widest + 1))
    return DataError(
        f"{after}: {missing[widest]:,} stamps of frequency {frequency.alias} are missing before it, after {before}",
        "correct the stamp, or name a longer step with `--freq`",
    )
