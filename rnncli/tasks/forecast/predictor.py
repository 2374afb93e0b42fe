"""Forecasts of a trained model for any windows, in the units of the data: mean, quantiles, intervals and paths.

W windows, h steps ahead, K targets. A horizon longer than the trained one is forecast block by block: the mean of one
block is history to the next. A later block does not know the errors of the earlier ones, so its spread is widened:
errors of blocks are assumed to add up like those of a random walk, s_j -> sqrt(s_j^2 + s_before^2) with s_before the
spread of the last step before the block.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...data.series.windows import Windows
from ...nn.memory import Memory
from .intervals import PATHS, Empirical, check_wanted, ends, mean_of, path_source, quantile_source
from .recursive import RecursiveForecaster

ROWS = 256  # windows read side by side, at most
NUMBERS = 16_000_000  # in the inputs of these windows, at most


@dataclass(frozen=True)
class Forecasts:
    """Forecasts of W windows in original units, each array (W, h, K).

    quantiles: {q: array}, intervals: {level in per cent: (lo, hi)}, samples: (M, W, h, K) or None. method: the source
    of quantiles and intervals: the name of a likelihood, "conformal" or "paths". With a logarithm the mean is the
    exponential of the mean logarithm.
    """

    mean: np.ndarray
    quantiles: dict[float, np.ndarray]
    intervals: dict[float, tuple[np.ndarray, np.ndarray]]
    samples: np.ndarray | None
    method: str


class Predictor:
    """Forecasts windows of `windows`, a Windows, N at a time, in memory allocated once.

    p: parameters by name, None where `load` provides them later.
    """

    def __init__(
        self, model: Any, p: Mapping[str, Any] | None, windows: Windows, N: int = 256, memory: Memory | None = None
    ) -> None:
        memory = memory or Memory("f4", forward_only=True)
        self.model, self.N, self.dtype = model, N, memory.dtype
        self.windows, self.feeds_back = windows, isinstance(model, RecursiveForecaster)
        self._plan, self._zeros = model.plan((windows.L,), N, memory), model.initial_state(N, memory)
        if p is not None:
            self.load(p)

    @classmethod
    def of(cls, loaded: Any, windows: Windows, W: int) -> "Predictor":
        """The Predictor of a Loaded for W windows, as many of them side by side as memory allows.

        In float64: the rounding of a matrix product depends on the number of its rows, and in float32 the forecast of a
        window would depend, in the last digits written, on the windows beside it.
        """
        N = max(1, min(ROWS, W, NUMBERS // (windows.L * windows.D)))
        p = loaded.store.views(loaded.theta.astype(np.float64))
        return cls(loaded.model, p, windows, N, Memory("f8", forward_only=True))

    def load(self, p: Mapping[str, Any]) -> None:
        """Take parameters by name; call again after each change of them."""
        self.p = p
        self.model.load(p, self._plan)

    def batches(
        self,
        series: np.ndarray,
        first: np.ndarray,
        windows: Windows | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Iterator[tuple[np.ndarray, Any, np.ndarray]]:
        """Yield (rows (N,), their Window, its scores (h, N, outputs)) for windows (series (W,), first (W,)).

        The last batch is filled up by repeating its rows. progress: called with (windows done, all windows).
        """
        windows, W = windows or self.windows, len(series)
        for start in range(0, W, self.N):
            stop = min(start + self.N, W)
            rows = np.resize(np.arange(start, stop), self.N)
            window = windows.take(series[rows], first[rows])
            yield rows, window, self.scores(window)
            if progress:
                progress(stop, W)

    def scores(self, window: Any) -> np.ndarray:
        """(h, N, outputs) of a Window of N windows."""
        with np.errstate(all="ignore"):  # diverged weights: the figures show it
            return self.model.predict(*self._read(window), self._zeros, self._plan)

    def _path(self, window, rng):
        """(h, N, K) in the units of the model: a path that a recursive model draws, and reads, step by step."""
        with np.errstate(all="ignore"):
            return self.model.path(*self._read(window), self._zeros, self._plan, rng)

    def _drawn(self, window, distinct, asked):
        """(PATHS, h, N, K) to compute quantiles from, if any are wanted. The first `distinct` windows differ, the
        others repeat them.

        The paths of one window are drawn side by side: what is beside it never changes them.
        """
        if not asked.quantiles:
            return None
        L, D, memory = self.windows.L, self.windows.D, Memory(self.dtype, forward_only=True)
        G = max(1, min(PATHS, NUMBERS // (L * D)))
        plan, zeros, found = self.model.plan((L,), G, memory), self.model.initial_state(G, memory), []
        self.model.load(self.p, plan)
        for n in range(distinct):
            read = [np.repeat(each[:, n : n + 1], G, axis=1) for each in self._read(window)]
            rng = asked.source.rng(asked.block)
            with np.errstate(all="ignore"):
                parts = [self.model.path(*read, zeros, plan, rng) for _ in range(0, PATHS, G)]
            found.append(np.concatenate(parts, axis=1)[:, :PATHS])
        return np.stack(found, axis=2)[:, :, np.arange(self.N) % distinct].swapaxes(0, 1)

    def _read(self, window):
        """The inputs of the model for a Window, in the dtype of its memory: (inputs, ahead)."""
        ahead = self._read_ahead(window) if self.feeds_back else window.ahead
        return window.inputs.astype(self.dtype), ahead.astype(self.dtype)

    def _read_ahead(self, window):
        """(h, N, D - K): the inputs of a recursive model at future steps, without the targets: the marks of observed
        targets, all set; one step of elapsed time; the future covariates; and the static columns."""
        h, N, Q = window.ahead.shape
        windows, K = self.windows, self.windows.K
        marks = np.ones((h, N, K * windows.gappy))
        own = np.broadcast_to(windows.arrays.next, (h, N, len(windows.arrays.next)))
        static = window.inputs[-1:, :, K + marks.shape[2] + own.shape[2] + Q :]
        return np.concatenate([marks, own, window.ahead, np.broadcast_to(static, (h, *static.shape[1:]))], axis=2)

    def forecast(
        self,
        series: np.ndarray,
        first: np.ndarray,
        levels: Sequence[float] = (),
        quantiles: Sequence[float] = (),
        num_samples: int = 0,
        seed: int = 0,
        residuals: np.ndarray | None = None,
        lowest: float | None = None,
        horizon: int | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Forecasts:
        """Forecasts of the windows whose first step to forecast is `first` (W,) of `series` (W,), both intp.

        levels: of intervals, in per cent; quantiles: in 0..1; num_samples: paths of each window. residuals: (R, h, K)
        from `residuals`, for losses without a distribution. lowest: the lower bound of all values. horizon: steps;
        None: those of the model. Future covariates are needed for all of these steps: `windows.room` is their number.
        Raises ConfigError and DataError as `quantile_source` and `path_source` do.
        """
        check_wanted(levels, quantiles)
        steps: int = horizon or self.model.h
        wanted = sorted({*quantiles, *(q for level in levels for q in ends(level))})
        source = quantile_source(self.model.likelihood, residuals, wanted, self.feeds_back)
        asked = _Wanted(tuple(wanted), source, num_samples, residuals, seed)
        found = self._blocks(series, first, asked, -(-steps // self.model.h), progress)
        mean, spread, samples = (_bounded(array[..., :steps, :], lowest) for array in found)
        by_quantile = dict(zip(wanted, spread))
        return Forecasts(
            mean,
            {q: by_quantile[q] for q in quantiles},
            {level: tuple(by_quantile[q] for q in ends(level)) for level in levels},
            samples if num_samples else None,
            source.method,
        )

    def residuals(
        self, series: np.ndarray, first: np.ndarray, progress: Callable[[int, int], None] | None = None
    ) -> np.ndarray:
        """(W, h, K) float32: observed value less mean in the units of the model, nan where none was observed."""
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
        """(mean, quantiles, samples) of a block, widened by the spread of the last step of the block before it, as
        described above; in logarithms for a model of logarithms, and never below the least value of its loss."""
        if not self.windows.log:
            return tuple(_bounded(array, self.model.likelihood.lowest) for array in _widened(block, before))
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            logs = ([np.log(array) for array in part] for part in (block, before))
            return tuple(np.exp(array) for array in _widened(*logs))

    def _block(self, windows, series, first, asked, progress):
        """The same for a single block, not widened."""
        shape = (len(series), windows.h, windows.K)
        mean, spread = np.empty(shape), np.empty((len(asked.quantiles), *shape))
        samples, paths = np.empty((asked.num_samples, *shape)), asked.paths(self.model.likelihood, len(series))
        for rows, window, scores in self.batches(series, first, windows, progress):
            z = mean_of(self.model.likelihood, scores, windows.K)
            mean[rows] = _undone(window, z)
            drawn = isinstance(asked.source, Empirical)
            basis = self._drawn(window, np.unique(rows).size, asked) if drawn else scores
            for q, array in zip(asked.quantiles, spread):
                array[rows] = _undone(window, asked.source.quantile(basis, z, q))
            for m, array in enumerate(samples):
                rng = paths.rng(m, rows)
                fed_back = self.feeds_back and rng is not None
                array[rows] = _undone(window, self._path(window, rng) if fed_back else paths.draw(scores, z, m, rows))
        return mean, spread, samples


@dataclass(frozen=True)
class _Wanted:
    """The quantiles and samples to compute for every window beside the mean."""

    quantiles: tuple
    source: Any  # Described, Empirical or Conformal
    num_samples: int
    residuals: np.ndarray | None
    seed: int
    block: int = 0

    def paths(self, likelihood, W):
        """The source of the samples of W windows, None if there are none."""
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
    """(mean, quantiles, samples) of a block, widened by the spread of the last step of the block before it."""
    mean, spread, samples = block
    last = [array[..., -1:, :] for array in before]
    own, carried = spread - mean, last[1] - last[0]
    wide = mean + np.sign(own + carried) * np.hypot(own, carried)
    return mean, np.sort(wide, axis=0), samples + (last[2] - last[0])


def _share(progress, number, blocks):
    """`progress` for one block of several."""
    return progress and (lambda done, total: progress(number * total + done, blocks * total))
