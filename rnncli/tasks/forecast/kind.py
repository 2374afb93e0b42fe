"""Forecasting, as it is known before it is loaded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ...settings import Implied, Rule, setting
from .. import reading
from ..base import Metric, Next, Option, Shortcut, TaskKind
from ..options import DRAWING, NUM_SAMPLES, OUTPUT, SERIES, UNITS

BASELINES = ("naive", "seasonal_naive", "drift", "naive2", "ridge")
ROWS = "a whole number of rows, or a share below 1"


@dataclass(frozen=True)
class SeriesConfig:
    """The meaning of the columns and rows of a table, and the treatment of irregular ones."""

    layout: str = setting(
        "auto",
        "Layout of the series in the table: values below each other, a column each, a row each, or a row each with "
        "the dates in the header; auto: found.",
        choices=("auto", "long", "wide", "rows", "dates"),
    )
    id_col: tuple[str, ...] | None = setting(
        None, "Columns that name the series, separated by commas; none: one series; null: found.", commas=True
    )
    time_col: tuple[str, ...] | None = setting(
        None,
        "Column of dates, times or numbers, or several that make a date, separated by commas; null: found.",
        commas=True,
    )
    target_col: tuple[str, ...] = setting((), "Columns to forecast, separated by commas; none: found.", commas=True)
    past_cols: tuple[str, ...] = setting(
        (), "Past covariates: columns known only up to the present, separated by commas.", commas=True
    )
    future_cols: tuple[str, ...] = setting(
        (), "Future covariates: columns known in advance, such as holidays, separated by commas.", commas=True
    )
    static_cols: tuple[str, ...] = setting(
        (), "Columns with one value for each series, separated by commas.", commas=True
    )
    freq: str | None = setting(
        None, "Step between stamps, as pandas names it: h, 15min, D, W, MS; none: irregular; null: detected."
    )
    time_format: str | None = setting(None, "Format of stamps, as in %d/%m/%Y %H:%M; null: detected.")
    time_zone: str | None = setting(
        None, "Zone of the stamps, such as Europe/Berlin or +02:00; null: that of the table."
    )
    closed: str | None = setting(
        None, "Steps without values: weekends, hours such as 18:00-08:00, or a file with a date per line; null: none."
    )
    words: tuple[str, ...] = setting(
        (), "Columns whose codes are words, not numbers, such as zip codes, separated by commas.", commas=True
    )
    unsorted: str = setting("sort", "How to treat rows out of time order.", choices=("error", "sort"))
    duplicates: str = setting(
        "auto",
        "Which row to keep of several with the same stamp, or their mean or sum; auto: the mean, where they are few.",
        choices=("auto", "error", "first", "last", "mean", "sum"),
    )
    fill: str = setting(
        "none",
        "How to fill missing values; without filling they are masked.",
        choices=("none", "ffill", "linear", "seasonal"),
    )
    val_size: float | None = setting(
        None,
        "Validation rows of each series, before the test rows, or a share below 1; "
        "null: a tenth, or as many as a forecast and its intervals need.",
        min=0,
    )
    test_size: float = setting(0.0, "Test rows at the end of each series, or a share below 1.", min=0)


@dataclass(frozen=True)
class ForecastConfig:
    """The horizon, inputs and loss of a forecaster."""

    horizon: int | None = setting(
        None, "Forecast horizon in steps; null: the usual one for the data's frequency.", min=1, max=100_000
    )
    window: int | None = setting(
        None, "Input window in steps; null: two or three seasons, or two horizons.", min=1, max=100_000
    )
    season: int | None = setting(
        None,
        "Season length in steps; null: one that the data show, as a rule the usual one for their frequency.",
        min=1,
        max=1_000_000,
    )
    mode: str = setting(
        "direct",
        "Forecast all steps at once (direct), or step by step, each reading the one before (recursive).",
        choices=("direct", "recursive"),
    )
    loss: str = setting(
        "mse",
        "Loss or likelihood.",
        choices=("mse", "mae", "huber", "quantile", "gaussian", "student-t", "negative-binomial"),
    )
    quantiles: tuple[float, ...] = setting(
        (),
        "Quantiles to learn with the loss 'quantile'; none: the median and the ends of 80 and 95 % intervals.",
        above=0,
        below=1,
    )
    scaling: str = setting(
        "last",
        "Scaling of each series for the network.",
        choices=("last", "mean", "standard", "robust", "minmax", "none"),
    )
    log: bool = setting(False, "Forecast the logarithm.")
    difference: int = setting(
        0, "Forecast the change from the value this many steps before; 0: off.", min=0, max=100_000
    )
    calendar: bool = setting(False, "Add hour, weekday, day and month as inputs, as far as the frequency has them.")
    fourier: int = setting(0, "Pairs of sine and cosine of the season to add as inputs.", min=0, max=1_000)
    segment: int = setting(0, "Steps to read, and to forecast, at once, as in SegRNN; 0: off.", min=0, max=100_000)
    highway: int = setting(
        0, "Last values that a linear map adds to the forecast, as in LSTNet; 0: none.", min=0, max=100_000
    )
    stride: int = setting(1, "Steps from one training window to the next.", min=1, max=100_000)


METRICS = (
    Metric("mae", "", "lower", "MAE"),
    Metric("rmse", "", "lower", "RMSE"),
    Metric("mse", "", "lower", "MSE"),
    Metric("mape", "%", "lower", "MAPE %"),
    Metric("smape", "%", "lower", "sMAPE %"),
    Metric("mase", "", "lower", "MASE"),
    Metric("owa", "", "lower", "OWA"),
    Metric("wql", "", "lower", "wQL"),
    Metric("z_mae", "", "lower", "z MAE"),
    Metric("z_mse", "", "lower", "z MSE"),
    Metric("z_rmse", "", "lower", "z RMSE"),
    Metric("coverage_*", "", None, "coverage"),
    Metric("msis_*", "", "lower", "MSIS"),
)
LEVEL = Option(
    "--level",
    str,
    "Levels of the intervals in per cent, as in 80,95; none: no intervals. [default: 80,95, if the model has them]",
    SERIES,
    metavar="P,P...",
)
QUANTILES = Option(
    "--quantiles",
    str,
    "Quantiles, as in 0.1,0.5,0.9; none: no quantiles. [default: eval scores 0.1,0.2,...,0.9, if the model has them]",
    SERIES,
    metavar="Q,Q...",
)
EVAL = (
    Option(
        "--n-windows",
        int,
        "Forecast from the last N origins of each series. [default: all; 3 with --refit]",
        SERIES,
        metavar="N",
        min=1,
    ),
    Option(
        "--step-size",
        int,
        "Steps from one origin to the next, counted from the end. [default: 1; the horizon with --refit]",
        SERIES,
        metavar="N",
        min=1,
    ),
    Option("--refit", bool, "Retrain before each origin, with the settings and seed of the run.", SERIES),
    LEVEL,
    QUANTILES,
    Option("--per-series", bool, "Also report each series.", SERIES),
    Option(
        "--per-step",
        bool,
        "Also report each row: one-step forecast, residual and the probability of one as large.",
        SERIES,
    ),
)
GENERATE = (
    Option(
        "--horizon",
        int,
        "Forecast horizon in steps; beyond the trained one, forecasts build on each other. [default: as trained; the "
        "rows without a target at the end of FILE]",
        SERIES,
        metavar="N",
        min=1,
        max=100_000,
    ),
    LEVEL,
    QUANTILES,
    Option(
        "--min", float, "Lower bound of all forecasts, as 0 for values that cannot be negative.", SERIES, metavar="X"
    ),
    Option("--future", str, "Table of future covariates, such as holidays; -: stdin.", SERIES, metavar="FILE"),
    Option("--future-template", bool, "Write the table to fill in for --future, instead of the forecast.", SERIES),
    Option("--series", list[str], "Forecast only the series with this id; repeatable.", SERIES, metavar="ID"),
    NUM_SAMPLES,
    Option(
        "--output",
        str,
        "Write the table to this file: .csv, .tsv or .jsonl, also with .gz, .parquet or .xlsx. [default: stdout]",
        OUTPUT,
        metavar="FILE",
        short="-o",
    ),
    Option("--round", int, "Write all numbers with N decimals.", OUTPUT, metavar="N", min=0, max=15),
    Option(
        "--like-input",
        bool,
        "Write the table as the data are written: names of columns, separator, signs of numbers, encoding.",
        OUTPUT,
    ),
    DRAWING,
)

READING = (
    "data.encoding",
    *reading.OPTIONS,
    "series.time_format",
    "series.time_zone",
    "series.unsorted",
    "series.duplicates",
)


def is_part_of_a_row(rows: float) -> bool:
    """Whether a number of rows of 1 or more has a fraction."""
    return rows >= 1 and rows != int(rows)


RULES = (
    Rule(
        ("schedule.kind", "series.val_size"),
        lambda kind, rows: kind == "plateau" and rows == 0,
        "plateau with a validation split (val_size > 0)",
    ),
    Rule(("series.val_size",), lambda rows: is_part_of_a_row(rows or 0), ROWS),
    Rule(("series.test_size",), is_part_of_a_row, ROWS),
    Rule(
        ("forecast.mode", "forecast.difference", "forecast.segment", "forecast.highway"),
        lambda mode, *others: mode == "recursive" and any(others),
        "no difference, segment or highway with mode recursive",
    ),
    Rule(
        ("forecast.quantiles", "forecast.loss"),
        lambda quantiles, loss: bool(quantiles) and loss != "quantile",
        "quantiles only with the loss quantile; with other losses give them to generate and eval",
    ),
    Rule(
        ("forecast.quantiles",),
        lambda quantiles: list(quantiles) != sorted(set(quantiles)),
        "quantiles in rising order, each once",
    ),
    Rule(
        ("forecast.loss", "forecast.log", "forecast.scaling", "forecast.difference"),
        lambda loss, log, scaling, lag: loss == "negative-binomial" and (log or scaling != "none" or lag > 0),
        "negative-binomial, which is for counts, with scaling none and without log and difference",
    ),
)


def accepts(files: Sequence[str]) -> float:
    """Sure of tables, unless another kind knows better what stands in one; what is nearly one may be meant as such."""
    from ...data.tables.near_tables import sure_of_table

    return sure_of_table(files)


def next_commands(run: str, started: Any) -> Iterator[Next]:
    """See `tasks.base.TaskKind`."""
    if started.needs:
        yield Next(f"generate {run} --future-template > future.csv", f"to fill in: {', '.join(started.needs)}")
        yield Next(f"generate {run} --future future.csv", "the forecast, as CSV")
    else:
        yield Next(f"generate {run}", "the forecast, as CSV")
    yield Next(f"eval {run}", "how good it is, beside simple forecasts")


FORECAST = TaskKind(
    name="forecast",
    data="series",
    summary="a table trains a forecaster",
    heavy="rnncli.tasks.forecast.task:ForecastTask",
    accepts=accepts,
    unit="value",
    sections={"table": reading.TableConfig, "series": SeriesConfig, "forecast": ForecastConfig},
    defaults={
        "model.hidden_size": 64,
        "optim.lr": 0.003,
        "train.batch_size": 32,
        "train.eval_every": 100,
        "train.patience": 10,
        "train.sample_length": 0,
    },
    length={"max_steps": 2000},
    implied={
        "forecast.scaling": Implied("forecast.loss", lambda loss: "none" if loss == "negative-binomial" else None)
    },
    rules=(*reading.RULES, *RULES),
    renamed={"series.decimal": "table.decimal", "series.thousands": "table.thousands"},
    architecture=("forecast.mode", "forecast.segment", "forecast.highway"),
    shapes=(
        "forecast.horizon",
        "forecast.loss",
        "forecast.quantiles",
        "forecast.calendar",
        "forecast.fourier",
        "series.target_col",
        "series.past_cols",
        "series.future_cols",
        "series.static_cols",
    ),
    left_to_data=("series.val_size", "forecast.horizon", "forecast.window", "forecast.season"),
    metrics=METRICS,
    score="loss",
    default_metric="mae",
    example_limit="mae=12",
    baselines=BASELINES,
    train_options={
        reading.TABLE: reading.OPTIONS,
        SERIES: (
            "series.layout",
            "series.id_col",
            "series.time_col",
            "series.target_col",
            "series.past_cols",
            "series.future_cols",
            "series.static_cols",
            "series.freq",
            "series.time_format",
            "series.time_zone",
            "series.closed",
            "series.words",
            "series.unsorted",
            "series.duplicates",
            "series.fill",
            "series.val_size",
            "series.test_size",
        ),
        "Forecast": (
            "forecast.horizon",
            "forecast.window",
            "forecast.season",
            "forecast.mode",
            "forecast.loss",
            "forecast.quantiles",
            "forecast.scaling",
            "forecast.log",
            "forecast.difference",
            "forecast.calendar",
            "forecast.fourier",
            "forecast.segment",
            "forecast.highway",
        ),
    },
    shortcuts=(Shortcut("--wide", "series.layout", "wide", "One column per series: same as --layout wide.", SERIES),),
    reading=READING,
    eval_options=EVAL,
    generate_options=GENERATE,
    generate_files="Tables to continue, instead of the data that the run was trained on; -: stdin.",
    examples={
        "train": ("rnncli train datasets/airline.csv --log --test-size 12",),
        "eval": ("rnncli eval RUN --max mae=12 --beat-baseline seasonal_naive",),
        "generate": (
            "rnncli generate RUN --horizon 24 --level 80,95 --plot forecast.png",
            "rnncli generate RUN --future-template",
        ),
    },
    about={
        "generate": "A forecast is a table with the columns unique_id, ds in the format of the data, rnncli, and the "
        "ends of intervals as rnncli-lo-95 and rnncli-hi-95."
    },
    inspect_parts=UNITS,
    next_commands=next_commands,
)
