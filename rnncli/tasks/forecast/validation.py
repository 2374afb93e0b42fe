"""Scores of the validation rows and sample forecasts while a run trains."""

from typing import Any

import numpy as np

from ...nn.memory import Memory
from ...nn.model import Views
from .data import SeriesData
from .intervals import mean_of
from .predictor import Predictor
from .sample import ForecastSample

TOGETHER = 64  # windows scored side by side
TRIED = 256  # windows that `try_out` scores
KEPT = 4_000  # the most windows whose residuals a model file keeps
SHOWN = 5  # horizons of history in a sample


class Validation:
    """See `tasks.base.Evaluator`. The score is the loss on the validation rows, in the units of the model."""

    def __init__(self, config: Any, data: SeriesData, model: Any, memory: Memory) -> None:
        self.data, self.model = data, model
        self.windows = thinned(data, config.train.eval_tokens) if "val" in data.splits else None
        N = min(TOGETHER, len(self.windows[0])) if self.windows else 1
        self.predictor, self.residuals = Predictor(model, None, data.windows, N, memory), None

    def score(self, weights: Views) -> dict[str, float] | None:
        """Loss and mean absolute error of the validation windows; their residuals are kept for intervals."""
        if not self.windows:
            return None
        self.predictor.load(weights)
        metrics, self.residuals = self._scored(*self.windows)
        return metrics

    def try_out(self, weights: Views) -> float:
        if not self.windows:
            return 1.0
        self.predictor.load(weights)
        series, first = (each[:TRIED] for each in self.windows)
        self._scored(series, first)
        return len(first) / len(self.windows[1])

    def _scored(self, series, first):
        """({"loss", "mae"}, residuals (W, h, K)) of windows: the mean loss in the units of the model, the error in
        those of the data."""
        K, likelihood, h = self.data.windows.K, self.model.likelihood, self.model.h
        residuals, errors, loss = np.empty((len(first), h, K), np.float32), np.empty((len(first), h, K)), 0.0
        for rows, window, scores in self.predictor.batches(series, first):
            z, kept = mean_of(likelihood, scores, K), len(np.unique(rows))
            real = window.real & (np.arange(len(rows)) < kept)[:, None]  # the last batch is filled up
            error = window.units.undo(window.targets) - window.units.undo(z)
            errors[rows] = np.where(window.real, error, np.nan).swapaxes(0, 1)
            residuals[rows] = np.where(window.real, window.targets - z, np.nan).swapaxes(0, 1)
            flat = (each.reshape(-1, K) for each in (window.targets, real))
            loss += likelihood.loss(scores.reshape(-1, scores.shape[-1]), *flat)
        real = ~np.isnan(residuals)
        return {"loss": float(loss / max(real.sum(), 1)), "mae": float(np.nanmean(np.abs(errors)))}, residuals

    def sample(self, weights: Views) -> ForecastSample:
        """A ForecastSample of the last validation window of the first series that has one, or of the steps after the
        first series."""
        windows, panel = self.data.windows, self.data.panel
        series, first = self.windows or (np.zeros(1, np.intp), windows.lengths[:1])
        at = np.flatnonzero(series == series[0])[-1:]
        self.predictor.load(weights)
        mean = self.predictor.forecast(series[at], first[at]).mean[0, :, 0]
        one, stop, h = panel.series[series[0]], int(first[at][0]), self.model.h
        start = max(0, stop - max(SHOWN * h, windows.L))
        truth = np.full(h, np.nan)
        truth[: len(one.y[stop : stop + h])] = one.y[stop : stop + h, 0]
        stamps = np.concatenate([one.stamps[: len(one)], self.data.encoder.stamps_after(one, h)])[start : stop + h]
        name = one.id if len(panel.series) > 1 else panel.roles.targets[0]
        numbers = (tuple(part.tolist()) for part in (one.y[start:stop, 0], mean, truth))
        return ForecastSample(name, tuple(panel.text(stamps)), *numbers)

    def findings(self) -> dict[str, Any]:
        """The residuals of the last evaluation, evenly thinned. Series that did not vary in training have no unit:
        their residuals are kept only if there are no others."""
        if self.residuals is None or not self.windows:
            return {}
        flat = self._flat()[self.windows[0]]
        kept = self.residuals if flat.all() else np.where(flat[:, None], np.float32(np.nan), self.residuals)
        return {"series/residuals": kept[:: -(-len(kept) // KEPT)]}

    def _flat(self):
        """(S, K) bool: targets with a single value, or none, in the training rows."""
        stops, series = self.data.splits["train"].stop, self.data.panel.series
        K = self.data.windows.K
        return np.array(
            [
                [len(np.unique(one.y[:stop, k][one.real[:stop, k]])) < 2 for k in range(K)]
                for one, stop in zip(series, stops)
            ]
        )


def thinned(data: SeriesData, values: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Origins of the validation rows, evenly thinned to `values` values, all for 0; None if there are none."""
    windows = data.windows
    series, first = windows.origins(data.splits["val"])
    most = max(1, values // (windows.h * windows.K)) if values else len(first)
    if len(first) > most:
        kept = np.linspace(0, len(first) - 1, most).astype(np.intp)
        series, first = series[kept], first[kept]
    return (series, first) if len(first) else None
