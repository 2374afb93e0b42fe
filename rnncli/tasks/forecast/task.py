"""Forecasting: predict the next steps of series."""

import math
from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

from ...data.series.window_batches import WindowBatches
from ...errors import DataError
from ...nn.memory import Memory
from ...phrases import counted
from ..base import Example, TaskKind
from ..files import TaskOfFiles
from .building import build_forecaster
from .data import SeriesData, load_training
from .encoder import SeriesEncoder
from .kind import FORECAST
from .stored import check_encoder, check_tail
from .tail import tail_of
from .validation import SHOWN, Validation

HIDDEN = 0.5  # of the share that is missing in a window: as large a share of its other values is hidden in training


class ForecastTask(TaskOfFiles):
    """See `tasks.base.Task`; data is a SeriesData."""

    kind: ClassVar[TaskKind] = FORECAST
    hopeless: float = math.inf
    chars_per_token: float | None = None

    def __init__(self, config: Any, data: SeriesData) -> None:
        self.config, self.data, self.encoder, windows = config, data, data.encoder, data.windows
        self.model = build_forecaster(config, data.encoder.size)
        series, first = windows.origins(data.splits["train"], config.forecast.stride)
        hide = HIDDEN if windows.has_gaps else 0.0
        self.batches = WindowBatches(windows, series, first, config.train.batch_size, config.seed, hide)
        if not self.batches.N:
            raise DataError(
                f"{data.files[0]}: no window to train on: it needs a value and the {windows.h} steps after it",
                "give more rows, or make --horizon or --test-size smaller",
            )
        self.targets_per_step = self.batches.N * windows.h * windows.K

    @classmethod
    def load(
        cls, draft: Any, encoder: Any = None, progress: Callable[[int, int], None] | None = None
    ) -> "ForecastTask":
        """A stored `encoder` is not used: units are fitted on the training rows, and the same rows give the same."""
        data = load_training(draft, progress)
        return cls(draft.view(), data)

    @property
    def needs(self) -> tuple[str, ...]:
        """The columns of the future covariates, which a forecast needs for all of its steps."""
        return self.encoder.roles.known

    def evaluator(self, memory: Memory) -> Validation:
        """The Validation of this task."""
        return Validation(self.config, self.data, self.model, memory)

    def watched(self, steps: int | None, rows: int) -> Any:
        """See `tasks.base.Task.watched`: held-out windows, which are as long as in training."""
        data, stride = self.data, self.config.forecast.stride
        found = (data.windows.origins(data.splits[name], stride) for name in ("val", "test") if name in data.splits)
        own = self.batches.series, self.batches.first
        series, first = next((origins for origins in found if len(origins[0])), own)
        return next(WindowBatches(data.windows, series, first, rows, self.config.seed).epoch(0))

    def describe(self, workers: int) -> tuple[str, ...]:
        model, forecast, batches = self.config.model, self.config.forecast, self.batches
        shared, windows = f", shared by {workers} processes" if workers > 1 else "", len(batches.first)
        D, _, K = self.encoder.size
        count = batches.batches(0)
        return (
            *self.data.describe(),
            f"model: {model.cell} {' + '.join(map(str, model.sizes))}, {forecast.mode}, reads {forecast.window} "
            f"steps of {counted(D, 'column')}, forecasts {forecast.horizon} of {K}, loss {forecast.loss}",
            f"batches: {batches.N} of {windows:,} windows, "
            f"{count:,} {'batch' if count == 1 else 'batches'} per epoch{shared}",
        )

    @cached_property
    def _tail(self):
        """(arrays, record) of the end of every series: the input of later forecasts, and the history in their plots."""
        return tail_of(self.data, max(SHOWN * self.model.h, 2 * self.config.forecast.season))

    def extra_tensors(self) -> dict[str, Any]:
        return self._tail[0]

    def extra_record(self) -> dict[str, Any] | None:
        return self._tail[1]

    def summary(self) -> dict[str, Any]:
        """The entries of the task in summary.json."""
        forecast = self.config.forecast
        return {
            "series": len(self.data.panel.series),
            "horizon": forecast.horizon,
            "window": forecast.window,
            "season": forecast.season,
        }

    @staticmethod
    def build(config: Any, size: Any) -> Any:
        """The forecaster of a Config, for size (D, Q, K); raises ConfigError."""
        return build_forecaster(config, size)

    @staticmethod
    def encoder_from_dict(values: dict[str, Any]) -> SeriesEncoder:
        """The SeriesEncoder that `to_dict` wrote; raises ModelFileError."""
        return SeriesEncoder.from_dict(values)

    @classmethod
    def check_stored_encoder(cls, values: Any, config: Any) -> None:
        check_encoder(values, config)

    @classmethod
    def check_stored_tensors(cls, config: Any, encoder: Any, arrays: Any, record: Any) -> None:
        check_tail(config, encoder, arrays, record)

    @staticmethod
    def example():
        rows = "".join(f"2024-{1 + t // 28:02d}-{1 + t % 28:02d},{10 + t % 7 + t % 3}\n" for t in range(112))
        return Example(
            "days.csv", "ds,y\n" + rows, {"model.hidden_size": 6, "forecast.horizon": 3, "series.freq": "none"}
        )
