"""What has to be said of forecasts before anyone believes their figures."""

import math

import numpy as np

from ...phrases import beats, counted

ALIKE = 0.05  # a forecast that differs from the last value by less than this share of its error repeats it
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
    """Sums over values of how a forecast f and the truth y differ from the last value n, each line in its own units.

    a = (f - n) / unit, c = (y - n) / unit.
    """

    def __init__(self):
        self.sums = np.zeros(8)  # of 1, |a|, |c|, |a - c|, a, c, and, to correlate them, a a and c c
        self.product = 0.0  # of a c

    def add(self, actual, forecast, last, unit):
        """Arrays (n, h), nan in `actual` where nothing is known; unit: a number, 1 if it is 0 or nan."""
        there = ~np.isnan(actual)
        unit = unit if unit > 0 else 1.0
        a, c = ((each[there] - last[there]) / unit for each in (forecast, actual))
        self.sums += [len(a), np.abs(a).sum(), np.abs(c).sum(), np.abs(a - c).sum(), a.sum(), c.sum(), a @ a, c @ c]
        self.product += a @ c

    def correlation(self):
        """Of the changes that are forecast with those that come, nan where one of them never varies."""
        count, _, _, _, a, c, aa, cc = self.sums
        spread = (count * aa - a * a) * (count * cc - c * c)
        return (count * self.product - a * c) / math.sqrt(spread) if spread > 0 else math.nan

    def words(self):
        """The warning, or None."""
        _, apart, naive, error, *_ = self.sums
        if not (naive > 0 and math.isfinite(error)):
            return None
        skill, related = 100 * (1 - error / naive), self.correlation()
        if apart < ALIKE * naive:
            return (
                "the forecast repeats the last value: it differs from it by "
                f"{100 * apart / naive:.1f} % of what the last value is wrong by"
            )
        if abs(skill) < NO_SKILL and related < UNRELATED:
            return (
                f"the forecast is no better than the last value: skill {skill:+.2f} %, correlation of forecast and "
                f"true change {related:.2f}"
            )
        return None


def warnings_on(report, echo):
    """The warnings on a ForecastReport, as a tuple of lines."""
    broken = sum(math.isnan(line.model.mae) for line in report.lines if line.model.values)
    if broken:
        return (
            f"{counted(broken, 'line')} of {len(report.lines):,} have forecasts that are not finite, so that "
            "metrics cannot be computed: the network diverged, or a series is beyond what its scaling can hold",
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


def notes_on(report, series):
    """Lines on what is not in the figures: series without a window, metrics that have no value."""
    scored = len({line.id for line in report.lines})
    if scored < series:
        yield f"{series - scored:,} of {series:,} series have no window in the {report.split} split and are not scored"
    lines = [line for line in report.lines if line.model.values]
    never = f"what is before the split never changes over a season of {report.season}, or is too short for one"
    for name, attribute, why in (
        ("MASE", "mase", never),
        ("MAPE", "mape", "a value of 0 has no percentage"),
        ("z-scores", "z_mae", "the training rows are all the same"),
    ):
        without = sum(math.isnan(getattr(line.model, attribute)) for line in lines)
        if without and not any(math.isnan(line.model.mae) for line in lines):
            of = f" for {without:,} of {len(lines):,} lines, which are left out" if len(lines) > 1 else ""
            yield f"{name}: no value{of}: {why}"
    if report.split == "val" and report.method == "conformal" and (report.levels or report.quantiles):
        yield "the intervals were made from these same validation windows: coverage is flattered"
