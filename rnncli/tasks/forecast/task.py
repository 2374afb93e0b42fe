"""Forecasting: the next steps of series."""

import math
from functools import cached_property

import numpy as np

from ...data.series.window_batches import WindowBatches
from ...errors import DataError
from ...phrases import counted
from .building import build_forecaster
from .data import load_series
from .encoder import SeriesEncoder
from .intervals import mean_of
from .kind import FORECAST
from .predictor import Predictor
from .sample import ForecastSample

TOGETHER = 64  # windows of an evaluation side by side
TRIED = 256  # windows that `try_evaluation` scores
KEPT = 4_000  # windows whose residuals a model file keeps, at most
SHOWN = 5  # horizons of history that a sample has


class ForecastTask:
    """See the package; data is a SeriesData. The score is the loss on the validation rows, in the model's own units."""

    kind = FORECAST
    name, score = FORECAST.name, FORECAST.score
    hopeless, chars_per_token = math.inf, None

    @property
    def ahead(self):
        return self.encoder.roles.known

    def __init__(self, data):
        self.data, self.config, self.encoder, self.size = data, data.config, data.encoder, data.encoder.size
        self.model, train = build_forecaster(self.config, self.size), self.config.train
        self.batches = WindowBatches(
            data.windows, *self._origins("train", self.config.forecast.stride), train.batch_size, self.config.seed
        )
        if not self.batches.N:
            raise DataError(
                f"{data.files[0]}: no window to train on: a value and {data.windows.h} steps after it are needed",
                "give more rows, or make --horizon or --test-size smaller",
            )
        self.tokens_per_step = self.batches.N * data.windows.h * data.windows.K
        self.validation = self._thinned(train.eval_tokens) if "val" in data.splits else None
        self.predictor = self.residuals = None

    @classmethod
    def load(cls, config, encoder=None, progress=None):
        """Units are those of the training rows, whatever `encoder` another model had: the same rows give the same."""
        return cls(load_series(config, progress=progress))

    @staticmethod
    def build(config, size):
        """The forecaster of a Config, for size (D, Q, K); raises ConfigError."""
        return build_forecaster(config, size)

    @staticmethod
    def encoder_from_dict(values):
        """The SeriesEncoder that its `to_dict` described; raises ModelFileError."""
        return SeriesEncoder.from_dict(values)

    def _origins(self, split, stride=1):
        return self.data.windows.origins(self.data.splits[split], stride)

    def _thinned(self, values):
        """Origins of the validation rows, evenly thinned to so many values, all for 0; None if there are none."""
        series, first = self._origins("val")
        most = max(1, values // (self.data.windows.h * self.data.windows.K)) if values else len(first)
        if len(first) > most:
            kept = np.linspace(0, len(first) - 1, most).astype(np.intp)
            series, first = series[kept], first[kept]
        return (series, first) if len(first) else None

    @property
    def validates(self):
        return self.validation is not None

    def get_ready(self, memory):
        N = min(TOGETHER, len(self.validation[0])) if self.validates else 1
        self.predictor = Predictor(self.model, None, self.data.windows, N, memory)

    def validate(self, weights):
        """Loss and mean absolute error of the validation windows; their residuals are kept for intervals."""
        if not self.validates:
            return None
        self.predictor.load(weights)
        metrics, self.residuals = self._scored(*self.validation)
        return metrics

    def try_evaluation(self, weights):
        self.predictor.load(weights)
        series, first = (each[:TRIED] for each in self.validation)
        self._scored(series, first)
        return len(first) / len(self.validation[1])

    def _scored(self, series, first):
        """({"loss", "mae"}, residuals (W, h, K)) of windows: the loss as a mean, in the units of the model; the error
        in those of the data."""
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

    def sample(self, weights):
        """A ForecastSample of the last validation window of the first series that has one, or of what follows it."""
        windows, panel = self.data.windows, self.data.panel
        series, first = self.validation or (np.zeros(1, np.intp), windows.lengths[:1])
        at = np.flatnonzero(series == series[0])[-1:]
        self.predictor.load(weights)
        mean = self.predictor.forecast(series[at], first[at]).mean[0, :, 0]
        one, stop, h = panel.series[series[0]], int(first[at][0]), self.model.h
        start = max(0, stop - max(SHOWN * h, windows.L))
        truth = np.full(h, np.nan)
        truth[: len(one.y[stop : stop + h])] = one.y[stop : stop + h, 0]
        stamps = np.concatenate([one.stamps[: len(one)], self.encoder.stamps_after(one, h)])[start : stop + h]
        name = one.id if len(panel.series) > 1 else panel.roles.targets[0]
        numbers = (tuple(part.tolist()) for part in (one.y[start:stop, 0], mean, truth))
        return ForecastSample(name, tuple(panel.text(stamps)), *numbers)

    def describe(self, workers):
        model, forecast, batches = self.config.model, self.config.forecast, self.batches
        shared, windows = f", shared by {workers} processes" if workers > 1 else "", len(batches.first)
        D, _, K = self.size
        return (
            *self.data.describe(),
            f"model: {model.cell} {' + '.join(map(str, model.sizes))}, {forecast.mode}, reads {forecast.window} "
            f"steps of {counted(D, 'column')}, forecasts {forecast.horizon} of {K}, loss {forecast.loss}",
            f"batches: {batches.N} of {windows:,} windows, {batches.batches(0):,} batches an epoch{shared}",
        )

    @cached_property
    def _tail(self):
        """(arrays, record) of the end of every series: to forecast what follows it, and to draw what came before."""
        return self.data.tail(max(SHOWN * self.model.h, 2 * self.config.forecast.season))

    def arrays(self):
        return self._tail[0]

    def record(self):
        return self._tail[1]

    def findings(self):
        """The residuals of the last evaluation, evenly thinned; of series without a unit, which did not vary in
        training, only if there are no others: in units of 1 they would say nothing of the rest."""
        if self.residuals is None:
            return {}
        flat = self._flat()[self.validation[0]]
        kept = self.residuals if flat.all() else np.where(flat[:, None], np.float32(np.nan), self.residuals)
        return {"series/residuals": kept[:: -(-len(kept) // KEPT)]}

    def _flat(self):
        """(S, K) which targets have one value, or none, in the rows to learn from."""
        stops, series = self.data.splits["train"].stop, self.data.panel.series
        K = self.data.windows.K
        return np.array(
            [
                [len(np.unique(one.y[:stop, k][one.real[:stop, k]])) < 2 for k in range(K)]
                for one, stop in zip(series, stops)
            ]
        )

    def summary(self):
        """What summary.json says of the task."""
        forecast = self.config.forecast
        return {
            "series": len(self.data.panel.series),
            "horizon": forecast.horizon,
            "window": forecast.window,
            "season": forecast.season,
        }

    @staticmethod
    def metric_names(loaded, options):
        from .evaluate import metric_names

        return metric_names(loaded, options)

    @staticmethod
    def evaluate(loaded, options, out):
        from .evaluate import evaluate

        return evaluate(loaded, options, out)

    @staticmethod
    def generate(loaded, options, out):
        from .generate import generate

        generate(loaded, options, out)
