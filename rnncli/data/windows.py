"""Windows of series: L steps that a network reads and the h that follow, of many series of any length at once.

All series lie one below the other in flat arrays, each with L empty rows before it and h behind, so that a window is
one slice wherever it begins; what is not there is nan and counts for nothing.
"""

from dataclasses import dataclass

import numpy as np

from ..errors import DataError
from ..noise import stream
from .scaling import Units, series_units, window_units


@dataclass(frozen=True)
class Split:
    """Rows of every series that a part of the data may forecast: targets in start[s] <= t < stop[s]."""

    name: str
    start: np.ndarray       # (S,) intp
    stop: np.ndarray        # (S,) intp


def split_rows(lengths, val, test):
    """Splits train, val and test of series of `lengths` (S,): the last `test` rows of each, the `val` before them.

    val and test are numbers of rows, or shares below 1 of each series. A split without rows is left out. Raises
    DataError where nothing is left to train on.
    """
    lengths = np.asarray(lengths, np.intp)
    rows = [(lengths * part).astype(np.intp) if part < 1 else np.full(len(lengths), int(part)) for part in (val, test)]
    val_rows, test_rows = (np.minimum(each, lengths) for each in rows)
    train_stop = lengths - val_rows - test_rows
    if (train_stop <= 0).all():
        raise DataError(f"no row is left to train on: the longest series has {lengths.max():,} steps, validation and "
                        f"test take {val_rows.max():,} and {test_rows.max():,}",
                        "make --val-size or --test-size smaller")
    edges = (np.zeros_like(lengths), np.maximum(train_stop, 0), np.maximum(lengths - test_rows, 0), lengths)
    splits = (Split(name, *pair) for name, pair in zip(("train", "val", "test"), zip(edges, edges[1:])))
    return {split.name: split for split in splits if (split.stop > split.start).any()}


@dataclass(frozen=True)
class Window:
    """N windows, in the units of each. K targets, D inputs, Q columns that are known ahead."""

    inputs: np.ndarray      # (L, N, D): targets, what is observed of them, covariates; 0 where nothing is
    ahead: np.ndarray       # (N, h, Q): covariates that are known of the steps to forecast
    targets: np.ndarray     # (N, h, K), 0 where missing
    real: np.ndarray        # (N, h, K) bool: which targets are there
    units: Units            # offset and scale (N, K)


class Windows:
    """All windows of a panel's series. L: steps read; h: steps forecast; kind, log: the scaling.

    y: one (L_s, K) for each series; past (L_s, P); known (L_s + F_s, Q); train: the Split that units are fitted on.
    Covariates are standardised over the training rows of all series together.
    """

    def __init__(self, y, past, known, L, h, train, kind="last", log=False):
        self.L, self.h, self.kind, self.lengths = L, h, kind, np.array([len(each) for each in y])
        self.base = L + np.concatenate([[0], np.cumsum(self.lengths[:-1] + L + h)])      # the row of each first step
        fitted = [series_units(each[:stop], kind, log) for each, stop in zip(y, train.stop)]
        offsets, scales = (np.stack(each) for each in zip(*((units.offset, units.scale) for units in fitted)))
        self.units = Units(offsets, scales, log)
        self.y, self.past, self.known = (self._laid_out(arrays) for arrays in (y, past, known))
        seen = self._laid_out([np.arange(len(each)) < stop for each, stop in zip(y, train.stop)], False)
        self.past, self.known = _standardised(self.past, seen), _standardised(self.known, seen)
        self.gappy = any(np.isnan(each).any() for each in y) or bool((self.lengths < L + h).any())

    @property
    def K(self):
        return self.y.shape[1]

    @property
    def D(self):
        """Inputs of a step: the targets, whether they are there if some are not, past and known covariates."""
        return self.K * (1 + self.gappy) + self.past.shape[1] + self.known.shape[1]

    def _laid_out(self, arrays, empty=np.nan):
        """One flat array with every series where `base` says, `empty` elsewhere; what lies behind h more rows goes."""
        total = int(self.base[-1] + self.lengths[-1] + self.h)
        flat = np.full((total, *arrays[0].shape[1:]), empty)
        for start, length, array in zip(self.base, self.lengths, arrays):
            kept = array[:length + self.h]
            flat[start:start + len(kept)] = kept
        return flat

    def origins(self, split, stride=1):
        """(series (W,), first step to forecast (W,)) of all windows whose targets lie inside `split`, at least one of
        them and one value before them observed."""
        series, firsts = [], []
        for s, (start, stop) in enumerate(zip(split.start, split.stop)):
            first = np.arange(max(start, 1), stop - self.h + 1, stride)
            there = ~np.isnan(self.y[self.base[s]:self.base[s] + self.lengths[s]]).all(axis=1)
            count = np.concatenate([[0], np.cumsum(there)])
            before = count[first] - count[np.maximum(first - self.L, 0)] if len(first) else first
            good = first[(before > 0) & (count[first + self.h] > count[first])] if len(first) else first
            series.append(np.full(len(good), s))
            firsts.append(good)
        return np.concatenate(series), np.concatenate(firsts)

    def take(self, series, first):
        """The Window of N pairs (series (N,), first step to forecast (N,))."""
        at = self.base[series] + first
        read, ahead = at + np.arange(-self.L, 0)[:, None], at[:, None] + np.arange(self.h)
        window, targets = self.y[read], self.y[ahead]                       # (L, N, K), (N, h, K)
        own = Units(self.units.offset[series], self.units.scale[series], self.units.log)
        units = window_units(window, self.kind, own)
        z, there = units.apply(window), ~np.isnan(window)
        parts = [np.where(there, z, 0.0), *([there] if self.gappy else []), self.past[read], self.known[read]]
        wide = Units(units.offset[:, None], units.scale[:, None], units.log)
        real = ~np.isnan(targets)
        return Window(np.concatenate(parts, axis=2), self.known[ahead], np.where(real, wide.apply(targets), 0.0), real,
                      units)


def _standardised(columns, rows):
    """Each column less its mean over its standard deviation, both over `rows` (R,) bool; 0 where it is missing."""
    out = np.zeros_like(columns)
    for k in range(columns.shape[1]):
        units = series_units(columns[rows, k:k + 1], "standard")
        out[:, k:k + 1] = units.apply(columns[:, k:k + 1])
    return np.nan_to_num(out, nan=0.0)


def shuffled(count, N, seed, number):
    """[(N,)] the windows 0..count of pass `number` in random order, N at a time; the last few join the first ones of
    the same pass, so that every batch is full."""
    order = stream(seed, "windows", number).permutation(count)
    return np.resize(order, -(-count // N) * N).reshape(-1, N)
