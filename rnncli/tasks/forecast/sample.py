"""A sample forecast of a forecaster while it trains, beside the true values."""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np

from ...events import finite
from .chart import Labels, chart_lines

HEIGHT = 14  # lines of a chart
NARROWEST = 36  # characters: a terminal of 40 without the frame around the chart


@dataclass(frozen=True)
class ForecastSample:
    """One series, its forecast and the true values: see `tasks.base.Sample`."""

    name: str
    stamps: tuple[str, ...]  # of history and forecast, L + h
    history: tuple[float, ...]  # L, nan where missing
    forecast: tuple[float, ...]  # h
    truth: tuple[float, ...]  # h, nan where not known
    title: ClassVar[str] = "forecast"
    wraps: ClassVar[bool] = False

    def lines(self, width: int, unicode: bool, color: bool) -> list[str]:
        """The chart, at most `width` characters wide, but no narrower than NARROWEST."""
        history, forecast, truth = (np.array(part, float) for part in (self.history, self.forecast, self.truth))
        return chart_lines(
            history,
            forecast,
            {},
            Labels(self.name, self.stamps),
            max(width, NARROWEST),
            HEIGHT,
            truth=None if np.isnan(truth).all() else truth,
            unicode=unicode,
            color=color,
        )

    def record(self) -> Any:
        """{"name", "stamps", "history", "forecast", "truth"}, None for each unknown number."""
        return finite(asdict(self))
