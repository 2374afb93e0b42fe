"""What an evaluation of forecasts found: figures, series, single steps, and how people see them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...phrases import counted
from ..base import Record, Table
from .formatting import bars, number, numbers, percent, shorten
from .kind import FORECAST
from .metrics import METRICS, Scores, aggregate, skill
from .warnings import NAMES

SKILL = FORECAST.default_metric  # that skill is reported in, and a baseline beaten by
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
    "wql": "wQL mean over quantiles {quantiles} of 2 sum rho_q / sum |y|; a point stands for all of them",
    "z_mae": "z in deviations of the training rows",
}
RARE = 0.01
MIDDLE = 0.5  # of a long column, so that one tiny number does not make all of it wide
WIDTH = 80


@dataclass(frozen=True)
class Line:
    """One target column of one series, scored. baselines: {name: Scores}; by_step: (h,) MAE of the model by the step
    ahead, nan where nothing is known."""

    id: str
    target: str
    windows: int
    model: Scores
    baselines: dict[str, Scores]
    by_step: np.ndarray


@dataclass(frozen=True)
class ForecastReport:
    """Everything that an evaluation of forecasts found; see `tasks.base.Report`.

    rows: in words; method: how intervals came about; per_series: whether each line is reported; steps: records of
    `anomalies.step_records`, None where nobody asked for them.
    """

    split: str
    rows: str
    lines: tuple[Line, ...]
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
    steps: list[dict[str, Any]] | None = None

    @property
    def lists(self) -> tuple[str, ...]:
        return ("series",) * self.per_series + ("steps",) * (self.steps is not None)

    def metrics(self, *lines: Line) -> dict[str, Any]:
        """{name: number, None where it has no value} of some lines together, by default all."""
        return self._together("model", lines).as_dict()

    def baselines(self, *lines: Line) -> dict[str, dict[str, Any]]:
        """{name: {metric: number, ..., "skill_percent": of the model against it, by MAE}}, for all lines by default.

        A point forecast stands for each of its quantiles in the weighted quantile loss.
        """
        own, found = self._together("model", lines), {}
        for name in (lines or self.lines)[0].baselines:
            theirs = self._together(name, lines)
            kept = theirs.as_dict()
            percent = skill(getattr(own, SKILL), getattr(theirs, SKILL))
            found[name] = {key: kept[key] for key in METRICS} | {
                "skill_percent": percent if np.isfinite(percent) else None
            }
        return found

    def by_step(self) -> np.ndarray:
        """(h,) MAE of the model at each step ahead, the mean over lines that have one."""
        table = np.stack([line.by_step for line in self.lines])
        there = ~np.isnan(table)
        return np.where(there, table, 0).sum(axis=0) / np.where(there.any(axis=0), there.sum(axis=0), np.nan)

    def _together(self, name, lines):
        lines = lines or self.lines

        def of(which):
            return [line.model if which == "model" else line.baselines[which] for line in lines]

        return aggregate(of(name), of("naive2"))

    def summary(self) -> dict[str, Any]:
        return {
            "split": self.split,
            "rows": self.rows,
            "targets": list(self.targets),
            "series_scored": len({line.id for line in self.lines}),
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
        for line in self.lines if self.per_series else ():
            about = {"unique_id": line.id, "target": line.target, "windows": line.windows}
            found = {"metrics": self.metrics(line), "baselines": self.baselines(line)}
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


def means_over(report: ForecastReport) -> str:
    """What errors are means over, in words."""
    names = report.targets[0] if len(report.targets) == 1 else f"{len(report.targets)} targets"
    count = len({line.id for line in report.lines})
    series = [f"{count:,} series"] * (count > 1)
    return names if len(report.lines) == 1 else f"mean over {', '.join([*series, names])}"


def figure_tables(report: ForecastReport) -> Iterator[str | Table]:
    """The model and the baselines, a row each: errors with the skill of the model against each, then scaled errors."""
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
    """Each metric that is shown with its formula, on as few lines as there need be."""
    quantiles = [f"{q:g}" for q in report.quantiles]
    about = {
        "season": report.season,
        "quantiles": " ".join(quantiles if len(quantiles) < 6 else [*quantiles[:2], "...", quantiles[-1]]),
    }
    metrics = report.metrics()
    words = [formula.format(**about) for name, formula in FORMULAS.items() if metrics[name] is not None]
    words.append("skill share of the MAE saved against each baseline")
    if report.levels and metrics["mase"] is not None:
        words.append("MSIS width of the interval and fines for what lies outside, scaled as MASE")
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
        lines = [line for line in report.lines if line.target == target]
        if len(report.targets) > 1 and lines:
            yield f"target {shorten(target)}"
        figures = [report.metrics(line) for line in lines]
        skills = [report.baselines(line)["seasonal_naive"]["skill_percent"] for line in lines]
        columns = [[label(name), *numbers([row[name] for row in figures], MIDDLE)] for name in OF_SERIES]
        if lines:
            ids = ["series", *(shorten(line.id) for line in lines)]
            windows = ["windows", *(f"{line.windows:,}" for line in lines)]
            skilled = ["skill %", *(number(value, "+.1f") for value in skills)]
            yield Table([*zip(ids, windows, *columns, skilled, strict=True)])
    yield "skill: share of the MAE saved against the seasonal naive forecast"


def step_tables(steps: Sequence[dict[str, Any]], several: bool) -> Iterator[str | Table]:
    """One step ahead of every row, a table for each series, and each target where there are `several`; ! marks what is
    rarer than 1 in 100."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for step in steps:
        groups.setdefault((step["unique_id"], step["target"]), []).append(step)
    for (series, target), group in groups.items():
        if len(groups) > 1:
            yield f"series {shorten(series)}{f', target {shorten(target)}' if several else ''}"
        columns = [["ds", *(shorten(step["ds"]) for step in group)]]
        for name in ("actual", "forecast", "residual"):
            columns.append([name, *numbers([step[name] for step in group], MIDDLE)])
        columns.append(["tail", *(number(step["tail"], ".4f") for step in group)])
        columns.append(["", *("!" if _is_rare(step) else "" for step in group)])
        yield Table([*zip(*columns, strict=True)])
    rare, judged = sum(map(_is_rare, steps)), sum(step["tail"] is not None for step in steps)
    yield f"! {rare:,} of {judged:,} have a tail probability below {RARE:g}; by chance it would be {RARE * judged:,.0f}"


def _is_rare(step):
    return step["tail"] is not None and step["tail"] < RARE
