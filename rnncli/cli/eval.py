"""`rnncli eval`: how good a trained model is, beside baselines, and checks on it for CI."""

from typing import Annotated, Literal

import typer

from ..tasks.registry import TASKS
from .options import Code, Color, Debug, Format, Progress, Quiet, RunArgument
from .task_options import settled, with_task_options

DATA, CHECKS = "Data", "Checks"
BASELINES = tuple(dict.fromkeys(name for kind in TASKS.values() for name in kind.baselines))
DEFAULTS = " or ".join(dict.fromkeys(kind.default_metric for kind in TASKS.values()))


def option(kind, name, help, panel, metavar=None, **limits):
    """The type of an option of this command."""
    return Annotated[
        kind, typer.Option(name, help=help, rich_help_panel=panel, metavar=metavar, show_default=False, **limits)
    ]


Files = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[FILE]...",
        help="Files to score instead of the run's own data; -: stdin.",
        show_default=False,
    ),
]
MoreFiles = option(list[str] | None, "--file", "The same as FILE; repeatable.", DATA, "FILE")
SplitName = option(
    Literal["val", "test"] | None,
    "--split",
    "Which held-out part to score. [default: val; a task may prefer test, and of FILE all that is new]",
    DATA,
)
Max = option(list[str] | None, "--max", "Exit 1 if the metric is larger; repeatable.", CHECKS, "NAME=VALUE")
Min = option(list[str] | None, "--min", "Exit 1 if the metric is smaller; repeatable.", CHECKS, "NAME=VALUE")
Beat = option(
    list[str] | None,
    "--beat-baseline",
    f"Exit 1 unless the model beats the baseline in {DEFAULTS}; NAME, where there are several: "
    f"{', '.join(BASELINES)}; repeatable.",
    CHECKS,
    "[NAME]",
)
Regress = option(
    list[str] | None,
    "--max-regress-from",
    f"Exit 1 if a metric ({DEFAULTS}, if none is named) is so much worse than in the JSON of an earlier eval: "
    "base.json:1%, base.json:NAME=1%; repeatable.",
    CHECKS,
    "JSON:[NAME=]P%",
)


@with_task_options("eval")
def eval_(
    run: RunArgument,
    files: Files = None,
    more: MoreFiles = None,
    split: SplitName = None,
    task_options=None,
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
    """Score a trained model beside honest baselines.

    Examples:
      rnncli eval RUN

    Everything held out is scored once, by the model and by its baselines. `rnncli eval RUN -h` shows the options of
    that run's task alone.
    """
    from ..plugins import load_code, user_code
    from ..storage.model_files import load_model
    from ..tasks.metric_checks import beaten_baselines, limit_checks, outcomes, raise_if_failed
    from ..ui.report import render
    from .command_output import CommandOutput

    files = [*(files or ()), *(more or ())]
    check_files(files)
    load_code(code or ())
    loaded = load_model(run)
    kind = TASKS[loaded.config.task]
    task, options = kind.load(), settled(kind, "eval", task_options or {}, run)
    beaten = beaten_baselines(kind, beat_baseline or (), files)
    names = task.metric_names(loaded, options)
    checks = limit_checks(kind, names, maxima or (), minima or (), beaten, regress or ())
    with user_code(), CommandOutput(format, quiet, progress, color) as out:
        report = task.evaluate(loaded, options | {"files": files, "split": split, "beaten": beaten}, out)
        for warning in report.warnings:
            out.warn(f"warning: {warning}")
        made = outcomes(checks, report.metrics(), report.baselines())
        for line in render(report, kind.name, made, format):
            out.write(line)
    raise_if_failed(made)


eval_.stand_alone = {"--beat-baseline": BASELINES}


def check_files(files):
    """Raises ConfigError for files that cannot all be read."""
    from ..errors import ConfigError

    if files.count("-") > 1:
        raise ConfigError("- is named more than once", "standard input can be read only once")
