"""Forecasting: the next steps of series."""

import math
from functools import cached_property

from ...data.series.window_batches import WindowBatches
from ...errors import DataError
from ...phrases import counted
from ..base import Example
from .building import build_forecaster
from .data import load_training
from .encoder import SeriesEncoder
from .kind import FORECAST
from .validation import SHOWN, Validation


class ForecastTask:
    """See `tasks.base.Task`; data is a SeriesData."""

    kind = FORECAST
    hopeless, chars_per_token = math.inf, None

    def __init__(self, config, data):
        self.config, self.data, self.encoder, windows = config, data, data.encoder, data.windows
        self.model = build_forecaster(config, data.encoder.size)
        origins = windows.origins(data.splits["train"], config.forecast.stride)
        self.batches = WindowBatches(windows, *origins, config.train.batch_size, config.seed)
        if not self.batches.N:
            raise DataError(
                f"{data.files[0]}: no window to train on: a value and {windows.h} steps after it are needed",
                "give more rows, or make --horizon or --test-size smaller",
            )
        self.targets_per_step = self.batches.N * windows.h * windows.K

    @classmethod
    def load(cls, draft, encoder=None, progress=None):
        """Units are those of the training rows, whatever `encoder` another model had: the same rows give the same."""
        data = load_training(draft, progress)
        return cls(draft.view(), data)

    @property
    def needs(self):
        """The future covariates: columns that a forecast must be given."""
        return self.encoder.roles.known

    def evaluator(self, memory):
        """The Validation of this task."""
        return Validation(self.config, self.data, self.model, memory)

    def describe(self, workers):
        model, forecast, batches = self.config.model, self.config.forecast, self.batches
        shared, windows = f", shared by {workers} processes" if workers > 1 else "", len(batches.first)
        D, _, K = self.encoder.size
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

    def extra_tensors(self):
        return self._tail[0]

    def extra_record(self):
        return self._tail[1]

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
    def build(config, size):
        """The forecaster of a Config, for size (D, Q, K); raises ConfigError."""
        return build_forecaster(config, size)

    @staticmethod
    def encoder_from_dict(values):
        """The SeriesEncoder that its `to_dict` described; raises ModelFileError."""
        return SeriesEncoder.from_dict(values)

    @staticmethod
    def gradcheck_cases(cell, seed):
        from . import checks

        return checks.cases(cell, seed)

    @staticmethod
    def shared_gradcheck_cases(seed):
        from . import checks

        return checks.shared_cases(seed)

    @staticmethod
    def saved_gradcheck_case(loaded, seed):
        from . import checks

        return checks.saved_case(loaded, seed)

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

    @staticmethod
    def example():
        rows = "".join(f"2024-{1 + t // 28:02d}-{1 + t % 28:02d},{10 + t % 7 + t % 3}\n" for t in range(112))
        return Example(
            "days.csv", "ds,y\n" + rows, {"model.hidden_size": 6, "forecast.horizon": 3, "series.freq": "none"}
        )
