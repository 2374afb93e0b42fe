"""Warnings and notes that a reader of the figures of an evaluation needs."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from ...phrases import beats

ALIKE = 0.05  # a forecast differs from the last value by less than this share of its error: it repeats the value
NO_SKILL = 1.0  # per cent
UNRELATED = 0.1  # correlation of forecast and true change
NAMES = {  # of the baselines, for people
    "naive": "last value",
    "seasonal_naive": "seasonal naive",
    "drift": "drift",
    "naive2": "Naive2",
    "ridge": "ridge",
}


class Echo:
    """Sums over values of the differences of a forecast f and the truth y from the last value n, in units of each
    series.

    a = (f - n) / unit, c = (y - n) / unit.
    """

    def __init__(self) -> None:
        self.sums = np.zeros(8)  # of 1, |a|, |c|, |a - c|, a, c, and, to correlate them, a a and c c
        self.product = 0.0  # the sum of a c

    def add(self, actual: np.ndarray, forecast: np.ndarray, last: np.ndarray, unit: np.ndarray) -> None:
        """Add arrays (n, h), nan in `actual` where nothing was observed; unit (n, 1): of each row, 1 for 0 and nan."""
        there = ~np.isnan(actual)
        unit = np.where(unit > 0, unit, 1.0)
        a, c = (((each - last) / unit)[there] for each in (forecast, actual))
        self.sums += [len(a), np.abs(a).sum(), np.abs(c).sum(), np.abs(a - c).sum(), a.sum(), c.sum(), a @ a, c @ c]
        self.product += a @ c

    def correlation(self) -> float:
        """The correlation of forecast and true changes, nan where one of them never varies."""
        count, _, _, _, a, c, aa, cc = self.sums
        spread = (count * aa - a * a) * (count * cc - c * c)
        return float((count * self.product - a * c) / math.sqrt(spread)) if spread > 0 else math.nan

    def words(self) -> str | None:
        """The warning, or None."""
        _, apart, naive, error, *_ = self.sums
        if not (naive > 0 and math.isfinite(error)):
            return None
        skill, related = 100 * (1 - error / naive), self.correlation()
        if apart < ALIKE * naive:
            return (
                "the forecast repeats the last value: the difference is only "
                f"{100 * apart / naive:.1f} % of the error of the last value"
            )
        if abs(skill) < NO_SKILL and related < UNRELATED:
            return (
                f"the forecast is no better than the last value: skill {skill:+.2f} %, correlation of forecast and "
                f"true change {related:.2f}"
            )
        return None


def warnings_on(report: Any, echo: Echo) -> tuple[str, ...]:
    """The warnings on a ForecastReport, one line each."""
    broken = sum(math.isnan(one.model.mae) for one in report.scored if one.model.values)
    if broken:
        return (
            "metrics cannot be computed: the network diverged, or a series exceeds its scaling: "
            f"{broken:,} of {len(report.scored):,} series have forecasts that are not finite",
        )
    said = [words for words in [echo.words()] if words]
    better = {
        NAMES[name]: one["mae"]
        for name, one in report.baselines().items()
        if one["skill_percent"] is not None and round(one["skill_percent"], 1) < 0
    }
    if better:
        said.append(beats(better, report.metrics()["mae"], "MAE"))
    return tuple(said)


def notes_on(report: Any, series: int) -> Iterator[str]:
    """Notes on gaps in the figures of a ForecastReport: series without a window, metrics without a value."""
    count = len({one.id for one in report.scored})
    if count < series:
        yield f"{series - count:,} of {series:,} series have no window in the {report.split} split and are not scored"
    scored = [one for one in report.scored if one.model.values]
    never = f"the rows before the split never change over a season of {report.season}, or are too few for one"
    for name, attribute, why in (
        ("MASE", "mase", never),
        ("MAPE", "mape", "the percentage error at a value of 0 is undefined"),
        ("z-scores", "z_mae", "all training rows are equal"),
    ):
        without = sum(math.isnan(getattr(one.model, attribute)) for one in scored)
        if without and not any(math.isnan(one.model.mae) for one in scored):
            of = f" for {without:,} of {len(scored):,} series, which are left out" if len(scored) > 1 else ""
            yield f"{name}: no value{of}: {why}"
    if report.split == "val" and report.method == "conformal" and (report.levels or report.quantiles):
        yield "the intervals come from these same validation windows: their coverage is too good"
