"""Forecasts of a trained model for any windows, in the units of the data: mean, quantiles, intervals and paths.

W windows, h steps ahead, K targets. A horizon longer than the trained one is forecast block by block: the mean of one
block is history to the next. What a later block does not know is how wrong the earlier ones were, so that its spread
is widened: errors of blocks are taken to add up as those of a random walk do, s_j -> sqrt(s_j^2 + s_before^2) with
s_before that of the last step before the block.
"""

from dataclasses import dataclass, replace

import numpy as np

from ...nn.memory import Memory
from .intervals import Empirical, check_wanted, ends, mean_of, path_source, quantile_source
from .recursive import RecursiveForecaster


@dataclass(frozen=True)
class Forecasts:
    """Forecasts of W windows in original units, each array (W, h, K).

    quantiles: {q: array}, intervals: {level in per cent: (lo, hi)}, samples: (M, W, h, K) or None. method: how
    quantiles and intervals came about, the name of a likelihood, "conformal" or "paths". With a logarithm the mean is
    the exponential of the mean logarithm.
    """

    mean: np.ndarray
    quantiles: dict
    intervals: dict
    samples: np.ndarray | None
    method: str


class Predictor:
    """Forecasts windows of `windows`, a Windows, N at a time, in memory that is made once.

    p: parameters by name, None where `load` gives them later.
    """

    def __init__(self, model, p, windows, N=256, memory=None):
        memory = memory or Memory("f4", forward_only=True)
        self.model, self.N, self.dtype = model, N, memory.dtype
        self.windows, self.feeds_back = windows, isinstance(model, RecursiveForecaster)
        self._plan, self._zeros = model.plan((windows.L,), N, memory), model.initial_state(N, memory)
        if p is not None:
            self.load(p)

    def load(self, p):
        """Take parameters by name; again after each change of them."""
        self.p = p
        self.model.load(p, self._plan)

    def batches(self, series, first, windows=None, progress=None):
        """Yield (rows (N,), their Window, its scores (h, N, outputs)) for windows (series (W,), first (W,)).

        The last batch is filled up with rows that it has already. progress: called with (windows done, all windows).
        """
        windows, W = windows or self.windows, len(series)
        for start in range(0, W, self.N):
            stop = min(start + self.N, W)
            rows = np.resize(np.arange(start, stop), self.N)
            window = windows.take(series[rows], first[rows])
            yield rows, window, self.scores(window)
            if progress:
                progress(stop, W)

    def scores(self, window):
        """(h, N, outputs) of a Window of N windows."""
        with np.errstate(all="ignore"):  # weights that diverged: the figures say so
            return self.model.predict(*self._read(window), self._zeros, self._plan)

    def _path(self, window, rng):
        """(h, N, K) in the units of the model: what one that feeds back draws, and reads, step by step."""
        with np.errstate(all="ignore"):
            return self.model.path(*self._read(window), self._zeros, self._plan, rng)

    def _drawn(self, window, rows, asked):
        """(paths, h, N, K) from which quantiles are found, if any are wanted."""
        rngs = asked.source.rngs(asked.block, rows) if asked.quantiles else ()
        return np.array([self._path(window, rng) for rng in rngs])

    def _read(self, window):
        """What the model reads of a Window, in the dtype of its memory: (inputs, ahead)."""
        ahead = self._read_ahead(window) if self.feeds_back else window.ahead
        return window.inputs.astype(self.dtype), ahead.astype(self.dtype)

    def _read_ahead(self, window):
        """(h, N, D - K) all but the targets of what such a model reads at steps that are not there yet: every target
        is there, one step has passed, what is known of the next step, and what never changes."""
        h, N, Q = window.ahead.shape
        windows, K = self.windows, self.windows.K
        marks = np.ones((h, N, K * windows.gappy))
        own = np.broadcast_to(windows.arrays.next, (h, N, len(windows.arrays.next)))
        static = window.inputs[-1:, :, K + marks.shape[2] + own.shape[2] + Q :]
        return np.concatenate([marks, own, window.ahead, np.broadcast_to(static, (h, *static.shape[1:]))], axis=2)

    def forecast(
        self,
        series,
        first,
        levels=(),
        quantiles=(),
        num_samples=0,
        seed=0,
        residuals=None,
        lowest=None,
        horizon=None,
        progress=None,
    ):
        """Forecasts of the windows whose first step to forecast is `first` (W,) of `series` (W,), both intp.

        levels: of intervals, in per cent; quantiles: in 0..1; num_samples: paths of each window. residuals: (R, h, K)
        as `residuals` makes them, for losses without a distribution. lowest: nothing is below it. horizon: steps; None:
        those of the model. What is known ahead has to be known for all of them: `windows.room` says how far it is.
        Raises ConfigError and DataError as `quantile_source` and `path_source` do.
        """
        check_wanted(levels, quantiles)
        horizon = horizon or self.model.h
        wanted = sorted({*quantiles, *(q for level in levels for q in ends(level))})
        source = quantile_source(self.model.likelihood, residuals, wanted, self.feeds_back)
        asked = _Asked(tuple(wanted), source, num_samples, residuals, seed)
        found = self._blocks(series, first, asked, -(-horizon // self.model.h), progress)
        mean, spread, samples = (_bounded(array[..., :horizon, :], lowest) for array in found)
        by_quantile = dict(zip(wanted, spread))
        return Forecasts(
            mean,
            {q: by_quantile[q] for q in quantiles},
            {level: tuple(by_quantile[q] for q in ends(level)) for level in levels},
            samples if num_samples else None,
            source.method,
        )

    def residuals(self, series, first, progress=None):
        """(W, h, K) float32 truth less mean in the units of the model, nan where there is no truth."""
        found = np.empty((len(series), self.model.h, self.windows.K), np.float32)
        for rows, window, scores in self.batches(series, first, None, progress):
            z = mean_of(self.model.likelihood, scores, self.windows.K)
            found[rows] = np.where(window.real, window.targets - z, np.nan).swapaxes(0, 1)
        return found

    def _blocks(self, series, first, asked, blocks, progress):
        """(mean (W, B h, K), quantiles (Q, W, B h, K), samples (M, W, B h, K)) of B blocks of h steps."""
        windows, parts = self.windows, []
        for number in range(blocks):
            if number:
                windows = windows.continued(series, first, parts[-1][0].swapaxes(0, 1))
                series, first = np.arange(len(series)), windows.lengths
            found = self._block(windows, series, first, replace(asked, block=number), _share(progress, number, blocks))
            parts.append(self._widened(found, parts[-1]) if parts else found)
        return tuple(np.concatenate(each, axis=-2) for each in zip(*parts))

    def _widened(self, block, before):
        """(mean, quantiles, samples) of a block with the spread of the last step of the one before it, as read above;
        of logarithms where the model has learnt those, and never below the least value that its loss knows."""
        if not self.windows.log:
            return tuple(_bounded(array, self.model.likelihood.lowest) for array in _widened(block, before))
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            logs = ([np.log(array) for array in part] for part in (block, before))
            return tuple(np.exp(array) for array in _widened(*logs))

    def _block(self, windows, series, first, asked, progress):
        """The same of one block by itself."""
        shape = (len(series), windows.h, windows.K)
        mean, spread = np.empty(shape), np.empty((len(asked.quantiles), *shape))
        samples, paths = np.empty((asked.num_samples, *shape)), asked.paths(self.model.likelihood, len(series))
        for rows, window, scores in self.batches(series, first, windows, progress):
            z = mean_of(self.model.likelihood, scores, windows.K)
            mean[rows] = _undone(window, z)
            told = self._drawn(window, rows, asked) if isinstance(asked.source, Empirical) else scores
            for q, array in zip(asked.quantiles, spread):
                array[rows] = _undone(window, asked.source.quantile(told, z, q))
            for m, array in enumerate(samples):
                rng = paths.rng(m, rows)
                fed_back = self.feeds_back and rng is not None
                array[rows] = _undone(window, self._path(window, rng) if fed_back else paths.draw(scores, z, m, rows))
        return mean, spread, samples


@dataclass(frozen=True)
class _Asked:
    """What is wanted of every window beside the mean."""

    quantiles: tuple
    source: object  # Described, Empirical or Conformal
    num_samples: int
    residuals: np.ndarray | None
    seed: int
    block: int = 0

    def paths(self, likelihood, W):
        """What draws the samples of W windows, None if there are none."""
        return (
            path_source(likelihood, self.residuals, W, self.num_samples, (self.seed, self.block))
            if self.num_samples
            else None
        )


def _undone(window, z):
    """(n, h, K) in the units of the data, of z (h, n, K)."""
    with np.errstate(over="ignore", invalid="ignore"):
        return window.units.undo(z).swapaxes(0, 1)


def _bounded(array, lowest):
    return array if lowest is None else np.maximum(array, lowest)


def _widened(block, before):
    """(mean, quantiles, samples) of a block with the spread of the last step of the one before it, as read above."""
    mean, spread, samples = block
    last = [array[..., -1:, :] for array in before]
    own, carried = spread - mean, last[1] - last[0]
    wide = mean + np.sign(own + carried) * np.hypot(own, carried)
    return mean, np.sort(wide, axis=0), samples + (last[2] - last[0])


def _share(progress, number, blocks):
    """`progress` for one block of several."""
    return progress and (lambda done, total: progress(number * total + done, blocks * total))
