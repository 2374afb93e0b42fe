"""From the columns of a table to a Panel: its rows told apart by series, each on its grid, all series at once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from ...errors import ConfigError, DataError
from ..tables.frame import Frame
from ..tables.wide_tables import series_of
from ..time.clock import DAY, HOUR
from ..time.closed import read_closed
from ..time.found_frequency import far_off, find_frequency, fits, usual_closed
from ..time.frequency import Frequency, frequency_named
from ..time.stamps import Stamps
from ..time.zones import zone_of_changes
from .gaps import REGULAR, Grids, regularise
from .numbering import numbered
from .ordering import check_policies, in_order, merge
from .panel import IRREGULAR, Panel, Roles, Series
from .telling_apart import telling_apart

ONLY = "y"  # the id of a series without one
MOST_CHANGES = 200  # stamps that are there twice, looked at together
TELLING = 6  # stamps of a series from which its own frequency counts


@dataclass(frozen=True)
class Rows:
    """R rows of a Frame, of S series: `rows` (R,) their numbers in the Frame, `series` (R,) the number of the series of
    each, `names` [S], `values` (R,) int64 the stamps, empty without a time column."""

    frame: Frame
    roles: Roles
    rows: np.ndarray
    series: np.ndarray
    names: list[str]
    values: np.ndarray

    def where(self, column: str | None, row: int) -> str:
        """The place of a row in a column."""
        return self.frame.where(int(self.rows[row]), column or "")

    def groups(self) -> list[np.ndarray]:
        """[S] the stamps of each series."""
        values = self.values
        if (np.diff(self.series) < 0).any():
            values = values[np.argsort(self.series, kind="stable")]
        return np.split(values, np.cumsum(np.bincount(self.series, minlength=len(self.names)))[:-1])

    def firsts(self) -> np.ndarray:
        """(S,) the first row of each series."""
        return np.unique(self.series, return_index=True)[1]


def read_panel(
    frame: Frame,
    roles: Roles,
    numbers: Mapping[str, np.ndarray],
    stamps: Stamps | None,
    frequency: Frequency | str | None = None,
    unsorted: str = "error",
    duplicates: str = "auto",
    words: Mapping[str, tuple[str, ...]] | None = None,
    closed: str | None = None,
) -> Panel:
    """The Panel of a Frame with these Roles.

    numbers      the columns `roles.numeric`, (R,) float64 each, nan where missing
    stamps       of the column of time; None without one
    frequency    a Frequency or its name; "none": irregular; None: found from all series together
    words        the words of the columns whose numbers are codes
    closed       the closed steps, as for `read_closed`: rows in them are left out
    DataError, with file, line and column, for rows that no policy repairs, for a stamp far from all others, for series
    of different frequencies, for a static column that changes, and if no series has a value.
    """
    check_policies(unsorted, duplicates)
    rows, notes = _rows(frame, roles, stamps, closed)
    y = _stacked([np.asarray(numbers[column], np.float64) for column in roles.numeric], rows.rows)
    form = stamps and replace(stamps, values=stamps.values[:0])  # those of the series are in their Series
    panel = Panel((), roles, form, None, frame.files, categories=dict(words or {}))
    if stamps is None:
        grids = _one_step_per_row(rows, y)
    else:
        panel = replace(panel, **_frequencies(rows, stamps, frequency, closed))
        grids = _regular(frame, rows, y, panel, unsorted, duplicates)
        targets = [k for k, name in enumerate(roles.numeric) if name in roles.targets]
        valued = rows.values[~np.isnan(y[:, targets]).all(axis=1)]
        notes += [*_about_closed(panel.frequency, rows.values, valued), *_about_the_clock(panel, rows, grids)]
    series, left_out = _series(rows, grids)
    return replace(panel, series=series, notes=(*notes, *left_out))


def _regular(frame, rows, y, panel, unsorted, duplicates):
    """The grids of Rows with values y (R, K), one row for each stamp of each series."""
    roles = panel.roles
    where = partial(rows.where, roles.time)
    order, moved = in_order(rows.values, rows.series, len(rows.names), where, unsorted)
    coded = [k for k, column in enumerate(roles.numeric) if column in panel.categories]
    telling = partial(telling_apart, frame, roles, rows.rows)
    merged = merge(rows.values, rows.series, y, order, moved, where, duplicates, coded, telling)
    return regularise(rows.values, rows.series, merged, panel.frequency, where)


# ---- rows


def _rows(frame, roles, stamps, closed):
    """(the Rows of a Frame without those in closed steps, notes)."""
    kept, notes = np.arange(len(frame.line), dtype=np.int32), []
    if closed and (stamps is None or stamps.kind != "time"):
        raise ConfigError("--closed leaves out hours and days; the table has no column of dates", "leave it out")
    if stamps is not None and closed:
        shut = read_closed(closed).covers(stamps.clock.local(stamps.values))
        kept = np.flatnonzero(~shut)
        if not len(kept):
            raise ConfigError(f"closed steps '{closed}': no row is left", "leave --closed out")
        if shut.any():
            place = frame.where(int(shut.argmax()), roles.time)
            notes = [f"{shut.sum():,} rows of closed steps are left out, first {place}"]
    values = np.zeros(0, np.int64) if stamps is None else np.asarray(stamps.values, np.int64)
    values = values[kept] if len(kept) < len(values) else values
    if roles.id is None:
        return Rows(frame, roles, kept, np.zeros(len(kept), np.int32), [ONLY], values), notes
    series, names = series_of(frame, roles.id)
    if len(kept) < len(series):
        names = [names[number] for number in series[kept[np.sort(np.unique(series[kept], return_index=True)[1])]]]
        series = numbered(series[kept])
    for empty in (s for s, name in enumerate(names) if not name.strip()):
        row = int(kept[int((series == empty).argmax())])
        raise DataError(f"{frame.where(row, roles.id)}: the id is empty", "every row needs the id of its series")
    return Rows(frame, roles, kept, series, names, values), notes


def _stacked(columns, rows):
    """(M, C) the numbers of columns [(R,)] in some of the rows, (M,); a view where there is one column with these."""
    columns = [column[rows] if len(rows) < len(column) else column for column in columns]
    return columns[0][:, None] if len(columns) == 1 else np.stack(columns, axis=1)


def _one_step_per_row(rows, y):
    """The Grids of rows without stamps: one step per row of a series, numbered from 1."""
    order, count = np.argsort(rows.series, kind="stable"), len(rows.names)
    edges = np.concatenate([[0], np.cumsum(np.bincount(rows.series, minlength=count))])
    values = np.arange(1, len(order) + 1) - np.repeat(edges[:-1], np.diff(edges))
    return Grids(values, y[order], edges, (REGULAR,) * count)


# ---- frequencies


def _frequencies(rows, stamps, named, closed):
    """{"frequency": the Frequency of all series, "own": that of the rows themselves}, None if they have none. DataError
    for a series of another frequency, and for a stamp that is far from all others."""
    closed = closed or None
    if named == IRREGULAR:
        return {"frequency": None, "own": None}
    if stamps.kind == "time":
        _check_far_off(rows, stamps)
    clock, groups = stamps.clock, rows.groups()
    own = find_frequency(groups, stamps.kind, clock, closed)
    if named is None:
        _check_shared(rows, own, groups, stamps, closed)
        return {"frequency": own, "own": own}
    found = named if isinstance(named, Frequency) else frequency_named(named, clock, closed)
    if (found.unit == "index") != (stamps.kind == "index"):
        what = "whole numbers" if stamps.kind == "index" else "dates"
        raise ConfigError(
            f"frequency '{found.alias}' does not fit column {rows.roles.time}, which holds {what}",
            "leave --freq out" if own else "use --freq none",
        )
    if isinstance(named, str):
        _check_written(rows, stamps, found, own)
    return {"frequency": found, "own": own}


def _check_written(rows, stamps, frequency, own):
    """ConfigError for steps so short that the stamps of the table, a day each for example, cannot tell them apart."""
    first = rows.values[:1]
    ordinal, phase = frequency.cut(first)
    if stamps.kind == "index" or not len(first) or phase[0] < 0:
        return
    text, after = stamps.text(np.concatenate([first, frequency.join(ordinal + 1, phase)]))
    if text == after:
        raise ConfigError(
            f"--freq {frequency.alias} is too short for the stamps of column {rows.roles.time}: in the form "
            f"{stamps.form} the step after {text} is {text} too",
            f"leave --freq out{f', or use --freq {own.alias}' if own else ''}; or write the stamps with their time",
            f"--freq {own.alias}" if own else "",
        )


def _check_far_off(rows, stamps):
    far = far_off(rows.values)
    if len(far):
        row = int(far[0])
        years = np.abs(np.delete(rows.values, far) - rows.values[row]).min() / (365.25 * DAY)
        others = f", and so are {len(far) - 1:,} more" if len(far) > 1 else ""
        raise DataError(
            f"{rows.where(rows.roles.time, row)}: {stamps.text(rows.values[[row]])[0]} is {years:,.0f} years away from "
            f"all other stamps{others}",
            "correct the stamp or remove the row; if it is right, use --freq none",
        )


def _check_shared(rows, usual, groups, stamps, closed):
    """DataError for the first series, of enough rows, that has a frequency other than the `usual` one."""
    if usual is None or len(groups) < 2:
        return
    fitting = fits(usual, groups)
    for s in np.flatnonzero(~fitting & (np.bincount(rows.series) >= TELLING)):
        own = find_frequency([groups[s]], stamps.kind, stamps.clock, closed)
        if own is not None and own != usual:
            raise DataError(
                f"{rows.where(rows.roles.time, int(rows.firsts()[s]))}: series '{rows.names[s]}', which begins here, "
                f"has the frequency {own.alias}, '{rows.names[int(fitting.argmax())]}' has {usual.alias}",
                "forecast them separately, or name one frequency for all with --freq; --freq none for irregular steps",
            )


def _about_the_clock(panel, rows, grids):
    """A note on hours that are missing, or there twice, where the clock of a zone is put forward or back."""
    frequency, stamps = panel.frequency, panel.stamps
    if stamps.kind != "time" or stamps.clock.zone or not frequency or not 0 < frequency.length <= HOUR:
        return []
    odd = next((s for s, report in enumerate(grids.reports) if report.gaps or report.doubled), None)
    if odd is None:
        return []
    gaps = [gap.first for gap in grids.reports[odd].gaps if gap.missing * frequency.length == HOUR]
    values, counts = np.unique(rows.groups()[odd], return_counts=True)
    zone = zone_of_changes(np.array(gaps, np.int64), values[counts == 2][:MOST_CHANGES])
    if zone is None:
        return []
    return [f"hours are missing or there twice where the clock of {zone} is turned: --time-zone {zone} reads them so"]


def _about_closed(frequency, values, valued):
    """[a note] where no stamp lies at some hours or on some weekdays, or none of the rows with a value."""
    found = usual_closed(frequency, values) if frequency else None
    what = "row" if found else "value"
    found = found or usual_closed(frequency, valued) if frequency else None
    if not found:
        return []
    return [f"no {what} at {found.text.replace(',', ', ')}; --closed {found.text} leaves these steps out"]


# ---- series


def _series(rows, grids):
    """([S] Series, notes), without those that have no value. DataError if none has one."""
    roles, edges = rows.roles, grids.edges
    K, P = len(roles.targets), len(roles.targets) + len(roles.past)
    real = ~np.isnan(grids.y[:, :K])
    static = [_constant(rows, column) for column in roles.static]
    stops = _stops(real.any(axis=1), edges)
    empty = np.flatnonzero(stops == edges[:-1])
    if len(empty):
        first = int(empty[0])
        what = f"no value of {', '.join(roles.targets)}"
        place = rows.where(roles.targets[0], int(rows.firsts()[first]))
        if len(empty) == len(stops):
            raise DataError(
                f"{place}: series '{rows.names[first]}', which begins here, has {what}"
                + (", and no other series has one" if len(stops) > 1 else ""),
                "name another target with --target-col",
            )
    every = tuple(
        Series(
            rows.names[s],
            grids.values[start:end],
            y := grids.y[start:stop, :K],
            y,
            real[start:stop],
            grids.y[start:stop, K:P],
            grids.y[start:end, P:],
            tuple(column[s] for column in static),
            grids.reports[s],
        )
        for s, (start, stop, end) in enumerate(zip(edges.tolist(), stops.tolist(), edges[1:].tolist()))
        if stop > start
    )
    if not len(empty):
        return every, []
    return every, [f"{len(empty):,} series with {what} left out, first '{rows.names[first]}', {place}"]


def _stops(seen, edges):
    """(S,) one past the last row of each series that is `seen` (T,); its first row if there is none. Rows after it are
    to be forecast."""
    last = np.maximum.accumulate(np.where(seen, np.arange(1, len(seen) + 1), 0))
    return np.maximum(last[edges[1:] - 1], edges[:-1])


def _constant(rows, column):
    """[S] the values of a static column; raises DataError if it changes within a series."""
    texts, firsts = rows.frame.columns[column][rows.rows], rows.firsts()
    changed = np.flatnonzero(texts != texts[firsts][rows.series])
    if len(changed):
        row = int(changed[0])
        raise DataError(
            f"{rows.where(column, row)}: found '{texts[row]}' after '{texts[firsts[rows.series[row]]]}'",
            "a static column needs one value per series; give this column another role",
        )
    return [str(text) for text in texts[firsts].tolist()]
