"""The baselines of forecasts: naive, seasonal naive, drift, Naive2 and a ridge, from the same origins as a model.

The first four read the whole series before the origin. The ridge reads the window of the model, `LONGEST` values at
most, and is fitted on rows that are not scored: one map for each target column, shared by all series, each window in
its own units. It needs filled windows: a gap becomes a straight line between its neighbours before the origin, flat at
the ends. Its targets are never filled, and windows with large gaps are not used to fit it.
"""

from collections.abc import Sequence

import numpy as np

from ...data.series.filling import fill
from ...errors import DataError
from ..base import Progress
from .ridge import HELD_OUT, Ridge, windows_of
from .rolling import ROLLING

RIDGE = "ridge"
BASELINES = (*ROLLING, RIDGE)  # naive, seasonal_naive, drift, naive2, ridge
LONGEST = 1024  # values of a window that the ridge reads: its time grows with their cube
GAPS = 0.25  # the share of a window that may be missing when the ridge is fitted
TOGETHER = 500_000  # values of series that are forecast side by side
MOST, NUMBERS = 50_000, 20_000_000  # windows that it is fitted on, and numbers in them


class Baselines:
    """The baselines of `series`, [(L_s, K)] arrays with nan where a value is missing.

    L, h: window and horizon; m: season; training: [(n, K)] the rows to fit the ridge on, of these series or of others.
    notes: sentences on the ridge; `names`: the available baselines.
    """

    def __init__(
        self,
        series: Sequence[np.ndarray],
        L: int,
        h: int,
        m: int,
        training: Sequence[np.ndarray],
        progress: Progress | None = None,
    ) -> None:
        self.series, self.h, self.m, self.L = series, h, m, min(L, LONGEST)
        self.notes, self._ridges = [], []
        K = series[0].shape[1]
        for k in range(K):
            if progress:
                progress("fitting the ridge", k, K)
            self._ridges.append(self._fitted(k, training))
        if self.L < L:
            self.notes.append(f"the ridge reads the last {self.L:,} of the {L:,} values of a window")
        if any(np.isnan(y).any() for y in (*series, *training)):
            self.notes.append("the ridge reads windows whose gaps are filled with straight lines")
        if None in self._ridges:
            self.notes.append("no ridge: the training rows have no complete window and horizon")

    @property
    def names(self) -> tuple[str, ...]:
        return BASELINES if None not in self._ridges else tuple(ROLLING)

    def forecasts(self, k: int, series: np.ndarray, first: np.ndarray) -> dict[str, np.ndarray]:
        """{name: (n, h)} for target k of `series` (n,), one after the other, from the origins `first` (n,)."""
        found = {name: np.empty((len(first), self.h)) for name in ROLLING}
        for number, y, at in self._side_by_side(k, series):
            row = np.searchsorted(number, series[at])
            for name, rolling in ROLLING.items():
                found[name][at] = rolling(y, row, first[at], self.h, self.m)
        if RIDGE in self.names:
            linear = self._ridges[k].predict(self._windows(k, series, first))
            found[RIDGE] = np.where(np.isnan(linear), found["naive"], linear)  # a window without observed values
        return found

    def _side_by_side(self, k, series):
        """Yield (numbers (S,) of some series, rising; target k of them (S, L), nan behind the shorter ones; the places
        of them in `series`), for series of about the same length together."""
        numbers = np.unique(series)
        lengths = np.array([len(self.series[s]) for s in numbers.tolist()])
        kind = np.ceil(np.log2(np.maximum(lengths, 1)))
        for size in np.unique(kind).tolist():
            alike = numbers[kind == size]
            step = max(int(TOGETHER / 2**size), 1)
            for some in (alike[start : start + step] for start in range(0, len(alike), step)):
                y = np.full((len(some), max(len(self.series[s]) for s in some)), np.nan)
                for row, s in zip(y, some.tolist()):
                    row[: len(self.series[s])] = self.series[s][:, k]
                yield some, y, np.flatnonzero(np.isin(series, some))

    def _fitted(self, k, training):
        """The Ridge of target k; None where no series has a window in these rows."""
        rows = [y[:, k] for y in training]
        possible = sum(max(len(y) - self.L - self.h + 1, 0) for y in rows)
        stride = max(1, -(-possible // MOST), -(-possible * (self.L + self.h) // NUMBERS))
        pairs = [self._pairs(y, stride) for y in rows]
        windows, targets = pairs[0] if len(pairs) == 1 else map(np.concatenate, zip(*pairs))
        held_out = np.concatenate([np.arange(len(x)) >= len(x) - len(x) // HELD_OUT for x, _ in pairs])
        try:
            return Ridge().fit(windows, targets, held_out)
        except DataError:
            return None

    def _pairs(self, y, stride):
        """Windows (n, L), filled as by `_windows`, and the values after them (n, h), where all of these are observed
        and at most GAPS of the window is missing: a straight line over a long gap teaches nothing."""
        windows, targets = windows_of(y, self.L, self.h, stride, GAPS)
        return _mended(windows), targets

    def _windows(self, k, series, first):
        """(n, L) the values before each origin, filled; nan where there is none at all."""
        found = np.empty((len(first), self.L))
        for same in stretches(series):
            ahead = np.r_[np.full(self.L, np.nan), self.series[series[same.start]][:, k]]
            found[same] = np.lib.stride_tricks.sliding_window_view(ahead, self.L)[first[same]]
        return _mended(found)


def stretches(series: np.ndarray) -> list[slice]:
    """The slice of each stretch of equal values of series (W,)."""
    starts = np.flatnonzero(np.diff(series, prepend=-1))
    return [slice(*pair) for pair in zip(starts.tolist(), [*starts[1:].tolist(), len(series)])]


def _mended(windows):
    """windows (n, L), overwritten if any has a gap, with straight lines over gaps and flat ends: from the values of
    each one alone."""
    gaps = np.isnan(windows).any(axis=1)
    if gaps.any():
        windows[gaps] = fill(windows[gaps].T, "linear", 1).T
    return windows
