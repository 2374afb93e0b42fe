"""`rnncli eval`: how good a trained model is, beside baselines, and checks on it for CI."""

from typing import Annotated, Literal

import typer

from .options import Code, Color, Debug, Format, Progress, Quiet, RunArgument

DATA, TEXT, SERIES, CHECKS = "Data", "Text", "Series", "Checks"
BASELINES = ("naive", "seasonal_naive", "drift", "naive2", "ridge")  # as `forecasting.baselines` has them, unimported


def option(kind, name, help, panel, metavar=None, **limits):
    """The type of an option of this command."""
    return Annotated[
        kind, typer.Option(name, help=help, rich_help_panel=panel, metavar=metavar, show_default=False, **limits)
    ]


Files = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[FILE]...",
        help="Texts or tables to score instead of the run's own data; - is standard input. Of a table "
        "every row is scored that has a window before it there and that the run has not seen, unless --split is given.",
        show_default=False,
    ),
]
MoreFiles = option(list[str] | None, "--file", "The same as FILE; repeatable.", DATA, "FILE")
SplitName = option(
    Literal["val", "test"] | None,
    "--split",
    "Which part of the data. [default: val; series: test, if the run has one; of FILE all new rows]",
    DATA,
)
Unknown = option(
    Literal["error", "skip"] | None,
    "--unknown",
    "What to do with a character that the model has never seen. [default: error]",
    TEXT,
)
Baseline = option(
    bool | None,
    "--baseline/--no-baseline",
    "A Kneser-Ney n-gram fitted on the run's training split. [default: baseline]",
    TEXT,
)
Order = option(int | None, "--order", "Length of its n-grams. [default: 7; words: 3]", TEXT, "N", min=1)
Context = option(int | None, "--context", "Score windows of N tokens from an empty context as well.", TEXT, "N", min=1)
PerLine = option(bool, "--per-line", "Also a figure for each line.", TEXT)
PerToken = option(bool, "--per-token", "Also the nats of each token.", TEXT)
Origins = option(
    int | None,
    "--n-windows",
    "Forecast from the last N origins of each series. [default: all; with --refit 3]",
    SERIES,
    "N",
    min=1,
)
Step = option(
    int | None,
    "--step-size",
    "Steps from one origin to the next, counted from the end. [default: 1; with --refit a horizon]",
    SERIES,
    "N",
    min=1,
)
Refit = option(
    bool, "--refit", "Train again, with the settings and seed of the run, on what lies before each origin.", SERIES
)
Level = option(
    str | None,
    "--level",
    "Score intervals of these levels in per cent; none: no intervals. [default: 80,95 if the model can tell them]",
    SERIES,
    "P,P...",
)
Quantiles = option(
    str | None,
    "--quantiles",
    "Score these quantiles by the weighted quantile loss; none: "
    "without it. [default: 0.1,0.2,...,0.9 if the model can tell them]",
    SERIES,
    "Q,Q...",
)
PerSeries = option(bool, "--per-series", "Also figures for each series.", SERIES)
PerStep = option(
    bool,
    "--per-step",
    "Also what was forecast one step ahead of each row, its residual and how probable one so large is.",
    SERIES,
)
Max = option(list[str] | None, "--max", "Exit 1 if the metric is larger; repeatable.", CHECKS, "NAME=VALUE")
Min = option(list[str] | None, "--min", "Exit 1 if the metric is smaller; repeatable.", CHECKS, "NAME=VALUE")
Beat = option(
    list[str] | None,
    "--beat-baseline",
    "Exit 1 unless the model is better than the baseline: text by "
    f"nats_per_char, without a NAME; series by mae, NAME one of {', '.join(BASELINES)}; repeatable.",
    CHECKS,
    "[NAME]",
)
Regress = option(
    list[str] | None,
    "--max-regress-from",
    "Exit 1 if a metric (nats_per_char, or mae of series, if none is named) is so much larger than in the "
    "JSON of an earlier eval: base.json:1%, base.json:perplexity=1%; repeatable.",
    CHECKS,
    "JSON:[NAME=]P%",
)


def eval_(
    run: RunArgument,
    files: Files = None,
    more: MoreFiles = None,
    split: SplitName = None,
    unknown: Unknown = None,
    baseline: Baseline = None,
    order: Order = None,
    context: Context = None,
    per_line: PerLine = False,
    per_token: PerToken = False,
    n_windows: Origins = None,
    step_size: Step = None,
    refit: Refit = False,
    level: Level = None,
    quantiles: Quantiles = None,
    per_series: PerSeries = False,
    per_step: PerStep = False,
    maxima: Max = None,
    minima: Min = None,
    beat_baseline: Beat = None,
    regress: Regress = None,
    code: Code = None,
    format: Format = "text",
    progress: Progress = "auto",
    quiet: Quiet = False,
    color: Color = "auto",
    debug: Debug = False,
):
    """Score a trained model beside honest baselines: a text in nats and bits per character, series in forecast errors.

    Examples:
      rnncli eval RUN
      rnncli eval RUN other.txt --format json --max bits_per_char=2.1
      rnncli eval RUN --max mae=12 --beat-baseline seasonal_naive

    Of a text every character after the first of a document is scored once, given all that came before it. Of series
    every window of the split is forecast, by the model as by naive methods and a ridge.
    """
    from ..plugins import load_code
    from ..storage.model_files import load_model

    files = [*(files or ()), *(more or ())]
    text = {
        "--unknown": unknown,
        "--baseline": baseline,
        "--order": order,
        "--context": context,
        "--per-line": per_line or None,
        "--per-token": per_token or None,
    }
    series = {
        "--n-windows": n_windows,
        "--step-size": step_size,
        "--refit": refit or None,
        "--level": level,
        "--quantiles": quantiles,
        "--per-series": per_series or None,
        "--per-step": per_step or None,
    }
    checks = {"maxima": maxima or (), "minima": minima or (), "regress": regress or ()}
    check_files(files)
    load_code(code or ())
    loaded = load_model(run)
    how = {
        "files": files,
        "split": split,
        "beaten": beat_baseline or (),
        "checks": checks,
        "format": format,
        "progress": "none" if quiet else progress,
        "quiet": quiet,
        "color": color,
    }
    if loaded.config.task == "forecast":
        from .eval_series import eval_series

        refuse(text, run, "series", "texts")
        eval_series(loaded, series, **how)
    else:
        from .eval_text import eval_text

        refuse(series, run, "text", "series")
        eval_text(loaded, text, **how)


eval_.stand_alone = {"--beat-baseline": BASELINES}


def check_files(files):
    """Raises ConfigError for files that cannot all be read."""
    from ..errors import ConfigError

    if files.count("-") > 1:
        raise ConfigError("- is named more than once", "standard input can be read only once")


def refuse(options, run, is_of, are_for):
    """Raises ConfigError for options {name: value} that are of no use for the model at `run`."""
    from ..errors import ConfigError

    given = [name for name, value in options.items() if value is not None]
    if given:
        raise ConfigError(
            f"{', '.join(given)}: for models of {are_for}; {run} is a model of {is_of}",
            f"leave {'it' if len(given) == 1 else 'them'} out; rnncli eval -h lists what is for {is_of}",
        )
