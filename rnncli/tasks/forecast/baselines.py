"""What a forecast has to beat: naive, seasonal naive, drift, Naive2 and a ridge, from the same origins as a model.

The first four read all that a series has before the origin. The ridge reads the window of the model, `LONGEST` values
at most, fitted on rows that are not scored: one map for each target column, shared by all series, each window in its
own units. It needs filled windows: a gap becomes a straight line between its neighbours before the origin, flat at the
ends. What it learns to forecast is never filled, and it learns nothing from windows with much of a gap in them.
"""

import numpy as np

from ...data.series.gaps import fill
from ...errors import DataError
from .ridge import HELD_OUT, Ridge, windows_of
from .rolling import ROLLING

RIDGE = "ridge"
BASELINES = (*ROLLING, RIDGE)  # naive, seasonal_naive, drift, naive2, ridge
LONGEST = 1024  # values of a window that the ridge reads: its time grows with their cube
GAPS = 0.25  # share of a window that may be missing where the ridge learns
MOST, NUMBERS = 50_000, 20_000_000  # windows that it is fitted on, and numbers in them


class Baselines:
    """The baselines of `series`, [(L_s, K)] arrays with nan where a value is missing.

    L, h: window and horizon; m: season; training: [(n, K)] the rows that the ridge is fitted on, of these series or of
    others. notes: what is to be said of the ridge; `names`: the baselines that there are.
    """

    def __init__(self, series, L, h, m, training, progress=None):
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
            self.notes.append("no ridge: no training rows hold a window and what follows it")

    @property
    def names(self):
        return BASELINES if None not in self._ridges else tuple(ROLLING)

    def forecasts(self, s, k, first):
        """{name: (n, h)} for target k of series s from the origins `first` (n,)."""
        y = self.series[s][:, k]
        found = {name: rolling(y, first, self.h, self.m) for name, rolling in ROLLING.items()}
        if RIDGE in self.names:
            linear = self._ridges[k].predict(self._windows(y, first))
            found[RIDGE] = np.where(np.isnan(linear), found["naive"], linear)  # nothing is observed in the window
        return found

    def _fitted(self, k, training):
        """The Ridge of target k; None where no series has a window in these rows."""
        rows = [y[:, k] for y in training]
        possible = sum(max(len(y) - self.L - self.h + 1, 0) for y in rows)
        stride = max(1, -(-possible // MOST), -(-possible * (self.L + self.h) // NUMBERS))
        pairs = [self._pairs(y, stride) for y in rows]
        windows, targets = (np.concatenate(each) for each in zip(*pairs))
        held_out = np.concatenate([np.arange(len(x)) >= len(x) - len(x) // HELD_OUT for x, _ in pairs])
        try:
            return Ridge().fit(windows, targets, held_out)
        except DataError:
            return None

    def _pairs(self, y, stride):
        """Windows (n, L), filled as `_windows` fills them, and what follows, (n, h), where all of that is there and at
        most GAPS of the window is missing: of a straight line over a long gap nothing can be learnt."""
        windows, targets = windows_of(y, self.L, self.h, stride, GAPS)
        return _mended(windows), targets

    def _windows(self, y, first):
        """(n, L) the values before each origin, filled; nan where there is none at all."""
        ahead = np.r_[np.full(self.L, np.nan), y]
        return _mended(np.lib.stride_tricks.sliding_window_view(ahead, self.L)[first].copy())


def _mended(windows):
    """windows (n, L), overwritten, with straight lines over gaps and flat ends: from the values of each one alone."""
    gaps = np.isnan(windows).any(axis=1)
    windows[gaps] = fill(windows[gaps].T, "linear", 1).T
    return windows
