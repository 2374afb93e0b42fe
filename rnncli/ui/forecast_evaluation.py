"""An evaluation of forecasts on paper: text tables, JSON, JSON lines."""

import json
import math

from ..json_values import finite
from ..phrases import counted, safe_text
from ..tasks.forecast.evaluate import SKILL
from .evaluation import SCHEMA, check_table, table

COLUMNS = {
    "mae": "MAE",
    "rmse": "RMSE",
    "mape": "MAPE %",
    "smape": "sMAPE %",
    "mase": "MASE",
    "owa": "OWA",
    "wql": "wQL",
    "z_mae": "z MAE",
    "z_mse": "z MSE",
}
SHORT = {name: COLUMNS[name] for name in ("mae", "rmse", "smape", "mase")}  # of the table of series
ROWS = {
    "naive": "last value",
    "seasonal_naive": "seasonal naive",
    "drift": "drift",
    "naive2": "Naive2",
    "ridge": "ridge",
}
FORMULAS = {
    "mae": "MAE mean |y - f|",
    "rmse": "RMSE root of mean (y - f)^2",
    "mape": "MAPE mean 100 |y - f| / |y|",
    "smape": "sMAPE mean 200 |y - f| / (|y| + |f|), as M4",
    "mase": "MASE MAE / mean |y_t - y_(t-{season})| before the split",
    "owa": "OWA mean of sMAPE and MASE, each over that of Naive2",
    "wql": "wQL mean over quantiles {quantiles} of 2 sum rho_q / sum |y|, a point standing for all of them",
    "z_mae": "z in deviations of the training rows",
}
BARS = "▁▂▃▄▅▆▇█"
STEPS_SHOWN = 60  # characters of the line of errors by step
RARE = 0.01
MIDDLE = 0.5  # of a long column, so that one tiny number does not make all of it wide
LONGEST = 40  # characters of an id or a stamp in a table
WIDTH = 118
SMALL, LARGE = 1e-4, 1e9  # numbers beyond are written with an exponent


def render(report, checks=(), format="text", series=False, steps=None):
    """Yield the report as lines of "text", "json" or "jsonl", each with its newline.

    series: a figure for each target column of each series too; steps: records of `anomalies.step_records`, or None.
    JSON never holds NaN or infinity but null.
    """
    yield from {"text": as_text, "json": as_json, "jsonl": as_json_lines}[format](report, checks, series, steps)


def as_json(report, checks, series, steps):
    """One JSON object; `series` and `steps` lists are added where asked for."""
    document = summary(report, checks)
    if series:
        document["series"] = list(line_records(report))
    if steps is not None:
        document["steps"] = steps
    yield _json(document, indent=2)


def as_json_lines(report, checks, series, steps):
    """One JSON object a line, told apart by `record`: step and series, then total, the last."""
    yield from (_json({"record": "step"} | step) for step in steps or ())
    yield from (_json({"record": "series"} | line) for line in (line_records(report) if series else ()))
    yield _json({"record": "total"} | summary(report, checks))


def summary(report, checks):
    """What JSON holds of the whole."""
    return {
        "schema": SCHEMA,
        "task": "forecast",
        "split": report.split,
        "rows": report.rows,
        "targets": list(report.targets),
        "series_scored": len({line.id for line in report.lines}),
        "horizon": report.horizon,
        "season": report.season,
        "windows": report.windows,
        "step_size": report.stride,
        "metrics": report.metrics(),
        "baselines": report.baselines(),
        "skill_metric": SKILL,
        "levels": list(report.levels),
        "quantiles": list(report.quantiles),
        "intervals": report.method if report.levels or report.quantiles else None,
        "mae_by_step": report.by_step().tolist(),
        "warnings": list(report.warnings),
        "notes": list(report.notes),
        "checks": [check.to_dict() for check in checks],
    }


def line_records(report):
    """Yield a dict for each line of the report."""
    for line in report.lines:
        yield {
            "unique_id": line.id,
            "target": line.target,
            "windows": line.windows,
            "metrics": report.metrics(line),
            "baselines": report.baselines(line),
        }


def _json(value, indent=None):
    return json.dumps(finite(value), ensure_ascii=False, allow_nan=False, indent=indent) + "\n"


def as_text(report, checks, series, steps):
    """Tables for people: those of steps and series first, then the model beside the baselines, then checks."""
    if steps is not None:
        yield from _step_table(report, steps)
        yield "\n"
    if series:
        yield from _series_table(report)
        yield "\n"
    yield f"{report.split}: {report.rows}\n"
    yield (
        f"{counted(report.windows, 'window')} of {counted(report.horizon, 'step')}, {report.stride:,} apart; "
        f"season {report.season:,}; {_lines(report)}\n\n"
    )
    yield from _figures(report)
    yield from _intervals(report)
    yield from _by_step(report)
    yield "\n"
    yield from _formulas(report)
    yield from (f"note: {note}\n" for note in report.notes)
    if checks:
        yield "\n"
        yield from check_table(checks)


def _lines(report):
    """What errors are means over, in words."""
    names = report.targets[0] if len(report.targets) == 1 else f"{len(report.targets)} targets"
    count = len({line.id for line in report.lines})
    return names if len(report.lines) == 1 else f"mean over {', '.join([f'{count:,} series'] * (count > 1) + [names])}"


def _figures(report):
    """The model and the baselines, a row each, with the skill of the model against each."""
    metrics, baselines = report.metrics(), report.baselines()
    rows = {"model": metrics} | {ROWS[name]: figures for name, figures in baselines.items()}
    shown = [name for name in COLUMNS if any(row[name] is not None for row in rows.values())]
    columns = [[COLUMNS[name], *numbers([row[name] for row in rows.values()])] for name in shown]
    skills = ["skill %", ""] + [_number(row["skill_percent"], "+.1f") for row in baselines.values()]
    yield from table([*zip(["", *rows], *columns, skills)])


def _intervals(report):
    """Coverage and score of the intervals."""
    metrics = report.metrics()
    if report.levels:
        told = [
            f"{level:g} %: {_number(_percent(metrics[f'coverage_{level:g}']), '.1f')} % inside, "
            f"MSIS {_number(metrics[f'msis_{level:g}'], '.3f')}"
            for level in report.levels
        ]
        yield f"\nintervals ({report.method}): {'; '.join(told)}\n"


def _by_step(report):
    """The error by step ahead as a row of bars."""
    errors = report.by_step()
    known = errors[errors == errors]
    if report.horizon > 1 and len(known):
        low, high = numbers([float(errors[0]), float(errors[-1])])
        yield f"MAE by step ahead {bars(errors.tolist())} {low} at step 1, {high} at step {report.horizon:,}\n"


def bars(values):
    """A row of bars from 0 to the largest of values, which are joined where they are too many; a blank for nan."""
    size = -(-len(values) // STEPS_SHOWN)
    groups = [[v for v in values[at : at + size] if v == v] for at in range(0, len(values), size)]
    means = [sum(group) / len(group) if group else math.nan for group in groups]
    top = max((mean for mean in means if mean == mean), default=0) or 1
    return "".join(" " if mean != mean else BARS[min(int(mean / top * len(BARS)), len(BARS) - 1)] for mean in means)


def _formulas(report):
    """Each metric that is shown with its formula, on as few lines as there need be."""
    quantiles = [f"{q:g}" for q in report.quantiles]
    about = {
        "season": report.season,
        "quantiles": " ".join(quantiles if len(quantiles) < 6 else [*quantiles[:2], "...", quantiles[-1]]),
    }
    metrics, words = report.metrics(), []
    for name, formula in FORMULAS.items():
        if metrics[name] is not None:
            words.append(formula.format(**about))
    words += ["skill share of the MAE saved against each baseline"]
    if report.levels and metrics["mase"] is not None:
        words.append("MSIS width of the interval and fines for what lies outside, scaled as MASE")
    line = ""
    for word in words:
        if line and len(line) + len(word) + 2 > WIDTH:
            yield f"{line};\n"
            line = word
        else:
            line = f"{line}; {word}" if line else word
    yield f"{line}\n"


def _series_table(report):
    """A row for each line: its errors and the skill against the seasonal naive forecast."""
    several = len(report.targets) > 1
    figures = [report.metrics(line) for line in report.lines]
    skills = [report.baselines(line)["seasonal_naive"]["skill_percent"] for line in report.lines]
    columns = [[title, *numbers([row[name] for row in figures], MIDDLE)] for name, title in SHORT.items()]
    yield from table(
        [
            *zip(
                ["series", *(shorten(line.id) for line in report.lines)],
                *([["target", *(shorten(line.target) for line in report.lines)]] if several else []),
                ["windows", *(f"{line.windows:,}" for line in report.lines)],
                *columns,
                ["skill % to seasonal naive", *(_number(skill, "+.1f") for skill in skills)],
            )
        ]
    )


def _step_table(report, steps):
    """One step ahead of every row; ! marks what is rarer than 1 in 100."""
    several, ids = len(report.targets) > 1, len({step["unique_id"] for step in steps}) > 1
    rare = sum(_is_rare(step) for step in steps)
    judged = sum(step["tail"] is not None for step in steps)
    columns = [["series", *(shorten(step["unique_id"]) for step in steps)]] if ids else []
    columns += [["target", *(shorten(step["target"]) for step in steps)]] if several else []
    columns.append(["ds", *(shorten(step["ds"]) for step in steps)])
    for name in ("actual", "forecast", "residual"):
        columns.append([name, *numbers([step[name] for step in steps], MIDDLE)])
    columns.append(["tail", *(_number(step["tail"], ".4f") for step in steps)])
    columns.append(["", *("!" if _is_rare(step) else "" for step in steps)])
    yield from table([*zip(*columns)])
    yield (
        f"! {rare:,} of {judged:,} have a tail probability below {RARE:g}; by chance it would be {RARE * judged:,.0f}\n"
    )


def _is_rare(step):
    return step["tail"] is not None and step["tail"] < RARE


def numbers(values, rank=0.0):
    """Texts of numbers that stand in one column, - for None: as many decimals as give four figures to the smallest,
    or to the one at `rank`, 0 to 1, in the order of their sizes."""
    sizes = sorted(abs(value) for value in values if value and math.isfinite(value))
    chosen = sizes[int(rank * len(sizes))] if sizes else 1.0
    if sizes and not SMALL < chosen <= sizes[-1] < LARGE:
        return [_number(value, ".4g") for value in values]
    decimals = max(3 - math.floor(math.log10(chosen)), 0)
    return [_number(value, f",.{decimals}f") for value in values]


def _number(value, how):
    return "-" if value is None or not math.isfinite(value) else format(value, how)


def _percent(share):
    return None if share is None else 100 * share


def shorten(text):
    """Text made safe for one line of a table."""
    text = safe_text(text).replace("\n", " ").replace("\t", " ")
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
