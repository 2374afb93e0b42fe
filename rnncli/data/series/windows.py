"""Windows of series: L steps that a network reads and the h steps that follow, from many series of any length.

All series lie one below the other in flat arrays, with empty rows before and after each, so that a window is one slice
wherever it begins; empty rows are masked.
"""

import operator
from collections.abc import Sequence

import numpy as np

from .flat_rows import ROW, grouped_numbers, last_rows, rows_before
from .scaling import Units, mean_units
from .splits import Split
from .window import Arrays, Window


class Windows:
    """All windows of the series in `arrays`. L: steps read; h: the horizon; kind, log, difference: the scaling.

    units        offset and scale (S, K) of each series, from `scaling.fit_units`
    recursive    windows include the value after each input step, and inputs the future covariates of the next step
    gappy        inputs include marks of the observed targets
    room         steps that a forecast may reach beyond the last value; None: h
    columns      names of the D inputs
    In a gap that ends before its origin a window reads `y`, in one that reaches the origin `carried`: no input depends
    on a value at or after the origin. The inputs of a step: K targets in the units of the window (their change against
    `difference` steps before, if that is above 0), K marks of the observed ones if gappy, `own`, `known`, `static`.
    """

    def __init__(
        self,
        arrays: Arrays,
        L: int,
        h: int,
        units: Units,
        kind: str = "last",
        log: bool = False,
        difference: int = 0,
        recursive: bool = False,
        gappy: bool = False,
        room: int | None = None,
        columns: Sequence[str] = (),
    ):
        self.arrays, self.L, self.h, self.units, self.kind, self.log = arrays, L, h, units, kind, log
        self.difference, self.recursive, self.gappy, self.columns = difference, recursive, gappy, columns
        self.reach, self.room = L + difference, max(h, room or 0)  # rows needed before and after an origin
        self.lengths = np.array([len(each) for each in arrays.y])
        sizes = self.lengths + self.reach + self.room
        starts = np.concatenate([[0], np.cumsum(sizes[:-1])]).astype(np.intp)
        self.base = self.reach + starts  # row of the first step of each series
        self.carried = self._laid_out(arrays.carried, np.nan)
        same = recursive or all(map(operator.is_, arrays.y, arrays.carried))  # recursive: each step is an origin
        self.y = self.carried if same else self._laid_out(arrays.y, np.nan)
        self.real = self._laid_out(arrays.real, False) & ~np.isnan(self.y)
        self.last_real, self.filled = last_rows(self.real), bool((~self.real & ~np.isnan(self.y)).any())
        self.open_level = np.log(self.carried) if log else self.carried
        self.level = (np.log(self.y) if log else self.y) if self.filled else self.open_level
        self.known = self._laid_out(arrays.known, 0.0)
        source, self.open_source = self._sources()
        self.there = ~np.isnan(source)
        self.holes = rows_before(~(self.there & ~np.isnan(self.open_source)).all(axis=1, keepdims=True))
        self.last_read = last_rows(~np.isnan(self.open_level)) if self.filled else self.last_real
        self.source = source
        self.beside = np.concatenate([self._laid_out(arrays.own, 0.0), self._next_known()], axis=1)
        self.before, self.after = np.arange(-L, 0)[:, None], np.arange(h)[:, None]

    @property
    def K(self) -> int:
        """The number of targets."""
        return self.y.shape[1]

    @property
    def has_gaps(self) -> bool:
        """Whether inputs mark what is observed, and a target is missing after the first one of its series."""
        return self.gappy and any(
            bool((np.isnan(each) & np.logical_or.accumulate(~np.isnan(each), axis=0)).any()) for each in self.arrays.y
        )

    @property
    def D(self) -> int:
        """The number of inputs of a step."""
        return self.K * (1 + self.gappy) + self.beside.shape[1] + self.arrays.static.shape[1]

    @property
    def Q(self) -> int:
        """The number of future covariates."""
        return self.known.shape[1]

    def _laid_out(self, arrays, empty):
        """One flat array with every series at its `base`, `empty` elsewhere; rows beyond `room` are dropped."""
        total = int(self.base[-1] + self.lengths[-1] + self.room)
        flat = np.full((total, *arrays[0].shape[1:]), empty)
        kept = [array[: length + self.room] for array, length in zip(arrays, self.lengths.tolist())]
        for base, each in zip(self.base.tolist(), kept):
            flat[base : base + len(each)] = each
        return flat

    def _next_known(self):
        """(R, Q) the future covariates that are inputs of each step: its own, or in a recursive model the next step's,
        as foreseen."""
        if not self.recursive:
            return self.known
        ahead = np.roll(self.known, -1, axis=0)
        if self.arrays.foreseen:
            series, first = grouped_numbers(self.lengths)
            ahead[self.base[series] + first] = self.arrays.foreseen(series, first + 1, 1)[0]
        return ahead

    def _sources(self):
        """(R, K) the targets to read, or their changes, for origins after the gap they lie in; the same for origins
        inside the gap."""
        m, level, carried = self.difference, self.level, self.open_level
        if not m:
            return level, carried
        before = np.roll(level, m, axis=0)
        if not self.filled:
            return (level - before,) * 2
        same_gap = np.arange(len(level))[:, None] - m > self.last_real
        return level - before, carried - np.where(same_gap, np.roll(carried, m, axis=0), before)

    def _open(self, rows, at):
        """(n, N, K) bool, True for flat rows (n, N) in a gap that is open at the flat origins `at` (N,); None if there
        are none, or if gaps are not filled."""
        if not self.filled or self.real[at - 1].all():
            return None
        return rows[..., None] > self.last_real[at - 1]

    def origins(self, split: Split, stride: int = 1) -> tuple[np.ndarray, np.ndarray]:
        """(series (W,), first step to forecast (W,)) of all windows with targets inside `split`, of which at least one
        is observed, and at least one value before them. A split that starts at the first row has no windows that begin
        before their series, except for series too short for others."""
        whole = (split.start == 0) & (split.stop >= self.reach + self.h)
        begin = np.where(whole, self.reach, np.maximum(split.start, 1))
        series, first = grouped_numbers(np.maximum(-(-(split.stop - self.h + 1 - begin) // stride), 0))
        first *= stride
        first += begin.astype(ROW)[series]
        kept = self._are_origins()[self.base.astype(ROW)[series] + first]
        return series[kept], first[kept]

    def _are_origins(self):
        """(R + 1,) bool: flat rows with a value in the window before them, and an observed one in the horizon."""
        kept = np.zeros(len(self.y) + 1, bool)
        end = len(kept) - self.h
        before, real = rows_before(~np.isnan(self.carried)), rows_before(self.real)
        kept[self.L : end] = (before[self.L : end] > before[: end - self.L]) & (
            real[self.L + self.h :] > real[self.L : end]
        )
        return kept

    def take(self, series: np.ndarray, first: np.ndarray) -> Window:
        """The Window of N pairs (series (N,), first step to forecast (N,))."""
        at = self.base[series] + first
        read = at + self.before
        there = self.there.take(read, axis=0) if (self.holes[at] > self.holes[at - self.L]).any() else None
        inputs = self._inputs(series, read, there)
        z, there = self._carried_over(inputs, there, read, at)
        units = self._units(z, there, self.units.at(series, first), at)
        if not self.difference:
            z -= units.offset
        z /= units.scale
        if there is not None:
            z *= there
        ahead = at + self.after
        targets, real = self._scaled(ahead, units)
        return Window(
            inputs,
            self._ahead(series, first),
            targets,
            real,
            units,
            *(self._scaled(read + 1, units) if self.recursive else ()),
        )

    def _inputs(self, series, read, there):
        """(L, N, D) the flat rows `read` (L, N) of windows of `series` (N,), their targets not yet scaled, 0 where they
        are not `there`; None: all are."""
        values, own = self.source.take(read, axis=0), self.K * (1 + self.gappy)
        inputs = np.ones((*read.shape, self.D))
        inputs[:, :, : self.K] = values if there is None else np.where(there, values, 0.0)
        if self.gappy and there is not None:
            inputs[:, :, self.K : own] = there
        inputs[:, :, own : own + self.beside.shape[1]] = self.beside.take(read, axis=0)
        inputs[:, :, own + self.beside.shape[1] :] = self.arrays.static[series]
        return inputs

    def _ahead(self, series, first):
        """(h, N, Q) the future covariates of the steps to forecast, as they are known at their origins."""
        if self.arrays.foreseen:
            return self.arrays.foreseen(series, first, self.h)
        return self.known.take(self.base[series] + first + self.after, axis=0)

    def _carried_over(self, inputs, there, read, at):
        """(z (L, N, K), there) of `inputs` (L, N, D) of flat rows `read` (L, N), with gaps that are open at the
        origins `at` (N,) filled from the values known by then."""
        z, open_ = inputs[:, :, : self.K], self._open(read, at)
        if open_ is None:
            return z, there
        carried = self.open_source.take(read, axis=0)
        seen = ~np.isnan(carried)
        np.copyto(z, np.where(seen, carried, 0.0), where=open_)
        if there is not None:
            np.copyto(there, seen, where=open_)
            if self.gappy:
                inputs[:, :, self.K : 2 * self.K] = there
        return z, there

    def continued(self, series: np.ndarray, first: np.ndarray, values: np.ndarray) -> "Windows":
        """Windows of W series: series[w] before first[w], then `values` (k, W, K) in units of the data, as if observed.
        Future covariates reach as far as here: up to `room` steps after the last value."""
        starts = np.maximum(first - self.reach, 0)
        parts = [(s, slice(start, stop)) for s, start, stop in zip(series, starts, first)]
        data, k = self.arrays, len(values)
        own = np.tile(data.next, (k, 1))
        y = [np.concatenate([self._known_at(s, rows), values[:, w]]) for w, (s, rows) in enumerate(parts)]
        arrays = Arrays(
            y,
            y,
            [~np.isnan(each) for each in y],
            [np.concatenate([data.own[s][rows], own]) for s, rows in parts],
            [data.known[s][rows.start :] for s, rows in parts],
            data.static[series],
            data.next,
        )
        units = self.units.at(series, first)
        return Windows(
            arrays,
            self.L,
            self.h,
            units,
            self.kind,
            self.log,
            self.difference,
            self.recursive,
            self.gappy,
            columns=self.columns,
        )

    def _known_at(self, s, rows):
        """(n, K) the values of a slice of rows of series s, as known at the end of the slice."""
        flat = np.arange(rows.start, rows.stop)[:, None] + self.base[s]
        open_ = self._open(flat, self.base[s] + np.array([rows.stop]))
        y, carried = (each.take(flat[:, 0], axis=0) for each in (self.y, self.carried))
        return y if open_ is None else np.where(open_[:, 0], carried, y)

    def _scaled(self, rows, units):
        """Targets and whether they are observed, both (n, N, K), of flat rows (n, N)."""
        real = self.real.take(rows, axis=0)
        return np.where(real, (self.level.take(rows, axis=0) - units.offset) / units.scale, 0.0), real

    def _units(self, z, there, of_series, at):
        """The Units of windows with flat origins `at` (N,); z (L, N, K) are their values before scaling, `of_series`
        the Units (N, K) of their series."""
        offset, scale = of_series.offset, of_series.scale
        if self.kind == "mean":
            offset, scale = mean_units(z, there, of_series)
        if self.kind == "last" or self.difference:
            offset = self._last_value(at - 1, at - self.L, offset)
        offset = self._season_before(at, offset) if self.difference else offset[None]
        return Units(offset, scale[None], self.log)

    def _last_value(self, row, earliest, otherwise):
        """(N, K) the last observed value at or before flat rows (N,) and from `earliest` (N,) on; without one the last
        filled value, and `otherwise` without that."""
        last = self.last_real[row]
        found = np.where(last >= earliest[:, None], last, self.last_read[row])
        values = self.open_level[np.maximum(found, 0), np.arange(self.K)]
        return np.where(found >= earliest[:, None], values, otherwise)

    def _season_before(self, at, otherwise):
        """(h, N, K) for each step of the horizon the last value a whole number of `difference` steps before it."""
        m, offset = self.difference, np.full((self.h, len(at), self.K), np.nan)
        row = at + self.after % m - m
        while np.isnan(offset).any() and (row >= at - self.reach).any():
            read = np.maximum(row, at - self.reach)
            found, open_ = self.level.take(read, axis=0), self._open(read, at)
            if open_ is not None:
                found = np.where(open_, self.open_level.take(read, axis=0), found)
            found[row < at - self.reach] = np.nan
            offset, row = np.where(np.isnan(offset), found, offset), row - m
        return np.where(np.isnan(offset), otherwise, offset)
