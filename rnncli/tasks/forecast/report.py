"""The results of an evaluation of forecasts: figures, series and single steps, and their tables for people."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ...phrases import counted
from ..base import Record, Table
from .formatting import MIDDLE, bars, levels, number, numbers, percent, shorten
from .kind import FORECAST
from .metrics import METRICS, Scores, aggregate, skill
from .warnings import NAMES

SKILL = FORECAST.default_metric  # the metric of the skill, and of --beat-baseline
ERRORS = ("mae", "rmse", "mape", "smape")  # columns of the first table
SCALED = ("mase", "owa", "wql", "z_mae", "z_mse")  # columns of the second
OF_SERIES = ("mae", "rmse", "smape", "mase")  # columns of the table of series
FORMULAS = {
    "mae": "MAE mean |y - f|",
    "rmse": "RMSE root of mean (y - f)^2",
    "mape": "MAPE mean 100 |y - f| / |y|",
    "smape": "sMAPE mean 200 |y - f| / (|y| + |f|), as M4",
    "mase": "MASE MAE / mean |y_t - y_(t-{season})| before the split",
    "owa": "OWA mean of sMAPE and MASE, each over that of Naive2",
    "wql": "wQL mean over quantiles {quantiles} of 2 sum rho_q / sum |y|; a point forecast stands for all quantiles",
    "z_mae": "z errors in standard deviations of the training rows",
}
RARE = 0.01
WIDTH = 80


@dataclass(frozen=True, slots=True)
class ScoredSeries:
    """One target column of one series with its scores. baselines: {name: Scores}; by_step: (h,) MAE of the model by the
    step ahead, nan where no value was observed."""

    id: str
    target: str
    windows: int
    model: Scores
    baselines: dict[str, Scores]
    by_step: np.ndarray


@dataclass(frozen=True)
class ForecastReport:
    """All results of an evaluation of forecasts; see `tasks.base.Report`.

    rows: in words; method: of the intervals; per_series: whether to list each of `scored`; steps: records of
    `anomalies.step_records`, None where they are not wanted. units: of each target, as in the table, "" for none.
    """

    split: str
    rows: str
    scored: tuple[ScoredSeries, ...]
    targets: tuple[str, ...]
    horizon: int
    season: int
    windows: int
    stride: int
    levels: tuple[float, ...]
    quantiles: tuple[float, ...]
    method: str | None
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    per_series: bool = False
    units: tuple[str, ...] = ()
    steps: list[dict[str, Any]] | None = None

    @property
    def lists(self) -> tuple[str, ...]:
        return ("series",) * self.per_series + ("steps",) * (self.steps is not None)

    def metrics(self, *scored: ScoredSeries) -> dict[str, Any]:
        """{name: number, None where it has no value} over the given series together, by default all."""
        return self._together("model", scored).as_dict()

    def baselines(self, *scored: ScoredSeries) -> dict[str, dict[str, Any]]:
        """{name: {metric: number, ..., "skill_percent": of the model against it, by MAE}}, for all series by default.

        A point forecast stands for each of its quantiles in the weighted quantile loss.
        """
        own, found = self._together("model", scored), {}
        for name in (scored or self.scored)[0].baselines:
            theirs = self._together(name, scored)
            kept = theirs.as_dict()
            percent = skill(getattr(own, SKILL), getattr(theirs, SKILL))
            found[name] = {key: kept[key] for key in METRICS} | {
                "skill_percent": percent if np.isfinite(percent) else None
            }
        return found

    def by_step(self) -> np.ndarray:
        """(h,) MAE of the model at each step ahead, the mean over the series that have one."""
        table = np.stack([one.by_step for one in self.scored])
        there = ~np.isnan(table)
        return np.where(there, table, 0).sum(axis=0) / np.where(there.any(axis=0), there.sum(axis=0), np.nan)

    def _together(self, name, scored):
        if not scored:
            return self._overall[name]
        return aggregate(_of(name, scored), _of("naive2", scored))

    @cached_property
    def _overall(self):
        """{"model" or the name of a baseline: its Scores over all series}"""
        naive2 = _of("naive2", self.scored)
        return {name: aggregate(_of(name, self.scored), naive2) for name in ("model", *self.scored[0].baselines)}

    def summary(self) -> dict[str, Any]:
        return {
            "split": self.split,
            "rows": self.rows,
            "targets": list(self.targets),
            "units": {name: unit for name, unit in zip(self.targets, self.units) if unit},
            "series_scored": len({one.id for one in self.scored}),
            "horizon": self.horizon,
            "season": self.season,
            "windows": self.windows,
            "step_size": self.stride,
            "metrics": self.metrics(),
            "baselines": self.baselines(),
            "skill_metric": SKILL,
            "levels": list(self.levels),
            "quantiles": list(self.quantiles),
            "intervals": self.method if self.levels or self.quantiles else None,
            "mae_by_step": self.by_step().tolist(),
            "warnings": list(self.warnings),
            "notes": list(self.notes),
        }

    def records(self) -> Iterator[Record]:
        for step in self.steps or ():
            yield Record("steps", "step", step)
        for one in self.scored if self.per_series else ():
            about = {"unique_id": one.id, "target": one.target, "windows": one.windows}
            found = {"metrics": self.metrics(one), "baselines": self.baselines(one)}
            yield Record("series", "series", about | found)

    def details(self) -> Iterator[str | Table]:
        if self.steps is not None:
            yield from step_tables(self.steps, len(self.targets) > 1)
            yield ""
        if self.per_series:
            yield from series_tables(self)
            yield ""

    def figures(self) -> Iterator[str | Table]:
        yield f"{self.split}: {self.rows}"
        yield (
            f"{counted(self.windows, 'window')} of {counted(self.horizon, 'step')}, {self.stride:,} apart; "
            f"season {self.season:,}; {means_over(self)}"
        )
        yield from figure_tables(self)
        yield from interval_lines(self)
        yield from step_bars(self)
        yield ""
        yield from formula_lines(self)


def _of(name, scored):
    """[Scores] of the model or of a baseline, of each ScoredSeries."""
    return [one.model if name == "model" else one.baselines[name] for one in scored]


def means_over(report: ForecastReport) -> str:
    """The series and targets that errors are averaged over, in words."""
    units = report.units or ("",) * len(report.targets)
    each = [f"{name} in {unit}" if unit else name for name, unit in zip(report.targets, units, strict=True)]
    listed = f" ({', '.join(each)})" if any(units) else ""
    names = each[0] if len(each) == 1 else f"{len(each)} targets{listed}"
    count = len({one.id for one in report.scored})
    series = [f"{count:,} series"] * (count > 1)
    return names if len(report.scored) == 1 else f"mean over {', '.join([*series, names])}"


def figure_tables(report: ForecastReport) -> Iterator[str | Table]:
    """The model and the baselines, one row each: errors and skill, then scaled errors."""
    baselines = report.baselines()
    rows = {"model": report.metrics()} | {NAMES[name]: figures for name, figures in baselines.items()}
    skills = ["skill %", ""] + [number(row["skill_percent"], "+.1f") for row in baselines.values()]
    for names, more in ((ERRORS, [skills]), (SCALED, [])):
        shown = [name for name in names if any(row[name] is not None for row in rows.values())]
        columns = [[label(name), *numbers([row[name] for row in rows.values()])] for name in shown]
        if columns or more:
            yield ""
            yield Table([*zip(["", *rows], *columns, *more, strict=True)])


def label(name: str) -> str:
    """The title of the column of a metric."""
    metric = FORECAST.metric(name)
    return name if metric is None else metric.label


def interval_lines(report: ForecastReport) -> Iterator[str]:
    """Coverage and score of the intervals."""
    metrics = report.metrics()
    if report.levels:
        shares = [
            f"{level:g} %: {number(percent(metrics[f'coverage_{level:g}']), '.1f')} % inside, "
            f"MSIS {number(metrics[f'msis_{level:g}'], '.3f')}"
            for level in report.levels
        ]
        yield ""
        yield f"intervals ({report.method}): {'; '.join(shares)}"


def step_bars(report: ForecastReport) -> Iterator[str]:
    """The error by step ahead as a row of bars."""
    errors = report.by_step()
    if report.horizon > 1 and not np.isnan(errors).all():
        low, high = numbers([float(errors[0]), float(errors[-1])])
        yield f"MAE by step ahead: {low} at step 1, {high} at step {report.horizon:,}"
        yield bars(errors.tolist())


def formula_lines(report: ForecastReport) -> Iterator[str]:
    """The formula of each metric shown, on as few lines as possible."""
    quantiles = [f"{q:g}" for q in report.quantiles]
    about = {
        "season": report.season,
        "quantiles": " ".join(quantiles if len(quantiles) < 6 else [*quantiles[:2], "...", quantiles[-1]]),
    }
    metrics = report.metrics()
    words = [formula.format(**about) for name, formula in FORMULAS.items() if metrics[name] is not None]
    words.append("skill share of the MAE saved against each baseline")
    if report.levels and metrics["mase"] is not None:
        words.append("MSIS width of the interval plus a penalty for values outside, scaled as MASE")
    line = ""
    for word in words:
        if line and len(line) + len(word) + 3 > WIDTH:
            yield f"{line};"
            line = word
        else:
            line = f"{line}; {word}" if line else word
    yield line


def series_tables(report: ForecastReport) -> Iterator[str | Table]:
    """A table for each target, with a row for each series: its errors and the skill against the seasonal naive."""
    for target in report.targets:
        scored = [one for one in report.scored if one.target == target]
        if len(report.targets) > 1 and scored:
            yield f"target {shorten(target)}"
        figures = [report.metrics(one) for one in scored]
        skills = [report.baselines(one)["seasonal_naive"]["skill_percent"] for one in scored]
        columns = [[label(name), *numbers([row[name] for row in figures], MIDDLE)] for name in OF_SERIES]
        if scored:
            ids = ["series", *(shorten(one.id) for one in scored)]
            windows = ["windows", *(f"{one.windows:,}" for one in scored)]
            skilled = ["skill %", *(number(value, "+.1f") for value in skills)]
            yield Table([*zip(ids, windows, *columns, skilled, strict=True)])
    yield "skill: share of the MAE saved against the seasonal naive forecast"


def step_tables(steps: Sequence[dict[str, Any]], several: bool) -> Iterator[str | Table]:
    """The one-step forecasts of all rows, a table for each series, and for each target where there are `several`; !
    marks residuals rarer than 1 in 100."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for step in steps:
        groups.setdefault((step["unique_id"], step["target"]), []).append(step)
    for (series, target), group in groups.items():
        if len(groups) > 1:
            yield f"series {shorten(series)}{f', target {shorten(target)}' if several else ''}"
        columns = [["ds", *(shorten(step["ds"]) for step in group)]]
        for name in ("actual", "forecast"):
            columns.append([name, *levels([step[name] for step in group])])
        columns.append(["residual", *numbers([step["residual"] for step in group], MIDDLE)])
        columns.append(["tail", *(number(step["tail"], ".4f") for step in group)])
        columns.append(["", *("!" if _is_rare(step) else "" for step in group)])
        yield Table([*zip(*columns, strict=True)])
    rare, judged = sum(map(_is_rare, steps)), sum(step["tail"] is not None for step in steps)
    yield f"! {rare:,} of {judged:,} have a tail probability below {RARE:g}; {RARE * judged:,.0f} would by chance"


def _is_rare(step):
    return step["tail"] is not None and step["tail"] < RARE
