"""`rnncli eval`: scores of a trained model and its baselines, and checks on them for CI."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import typer

from ..tasks.registry import TASKS
from .options import Code, Color, Debug, Format, Progress, Quiet, RunArgument, trust_option, with_options
from .run_names import check_data, check_run
from .task_options import read_as, settled, with_reading_options, with_task_options

DATA, CHECKS = "Data", "Checks"
BASELINES = tuple(dict.fromkeys(name for kind in TASKS.values() for name in kind.baselines))
DEFAULTS = " or ".join(dict.fromkeys(kind.default_metric for kind in TASKS.values()))


Files = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[FILE]...",
        help="Files to score instead of the run's own data; -: stdin.",
        show_default=False,
    ),
]
MoreFiles = Annotated[
    list[str] | None,
    typer.Option("--file", help="Same as FILE; repeatable.", rich_help_panel=DATA, metavar="FILE", show_default=False),
]
TrustPaths = Annotated[bool, trust_option(DATA)]
SplitName = Annotated[
    Literal["val", "test"] | None,
    typer.Option(
        "--split",
        help="Held-out part to score. [default: val, or as the task prefers; FILE: all of its new data]",
        rich_help_panel=DATA,
        show_default=False,
    ),
]
Max = Annotated[
    list[str] | None,
    typer.Option(
        "--max",
        help="Exit 1 if the metric is larger; repeatable.",
        rich_help_panel=CHECKS,
        metavar="NAME=VALUE",
        show_default=False,
    ),
]
Min = Annotated[
    list[str] | None,
    typer.Option(
        "--min",
        help="Exit 1 if the metric is smaller; repeatable.",
        rich_help_panel=CHECKS,
        metavar="NAME=VALUE",
        show_default=False,
    ),
]
Beat = Annotated[
    list[str] | None,
    typer.Option(
        "--beat-baseline",
        help=f"Exit 1 unless the model beats this baseline in {DEFAULTS}; NAME, if the task has several: "
        f"{', '.join(BASELINES)}; repeatable.",
        rich_help_panel=CHECKS,
        metavar="[NAME]",
        show_default=False,
    ),
]
Regress = Annotated[
    list[str] | None,
    typer.Option(
        "--max-regress-from",
        help=f"Exit 1 if a metric (by default {DEFAULTS}) is worse than in an earlier eval's JSON by more than "
        "P %: base.json:1%, base.json:NAME=1%; repeatable.",
        rich_help_panel=CHECKS,
        metavar="JSON:[NAME=]P%",
        show_default=False,
    ),
]


GATES = {"maxima": Max, "minima": Min, "beat_baseline": Beat, "regressions": Regress}


@with_reading_options
@with_options("gates", GATES)
@with_task_options("eval")
def eval_(
    run: RunArgument,
    files: Files = None,
    more: MoreFiles = None,
    trust_paths: TrustPaths = False,
    split: SplitName = None,
    task_options: dict[str, Any] | None = None,
    reading: dict[str, Any] | None = None,
    gates: dict[str, Any] | None = None,
    code: Code = None,
    format: Format = "text",
    progress: Progress = "auto",
    quiet: Quiet = False,
    color: Color = "auto",
    debug: Debug = False,
) -> None:
    """Score a trained model and its baselines.

    Examples:
      rnncli eval RUN

    The model and its baselines score all held-out data once. `rnncli eval RUN -h` lists the options of that run's
    task alone.
    """
    from ..plugins import load_code, user_code
    from ..storage.model_files import load_model
    from ..tasks.metric_checks import beaten_baselines, limit_checks, raise_if_failed
    from .command_output import CommandOutput

    files = [*(files or ()), *(more or ())]
    check_files(files, reading or {}, run)
    load_code(code or ())
    check_run(run, "eval")
    check_data(files, "eval")
    loaded = load_model(run, trust_paths)
    kind = TASKS[loaded.config.task]
    task, options = kind.load(), settled(kind, "eval", task_options or {}, run)
    options |= {"files": files, "config": read_as(kind, loaded.config, reading or {}, run)}
    maxima, minima, baselines, regressions = ((gates or {}).get(name) or () for name in GATES)
    beaten = beaten_baselines(kind, baselines, files)
    checks = limit_checks(kind, task.metric_names(loaded, options), maxima, minima, beaten, regressions)
    with user_code(), CommandOutput(format, quiet, progress, color, "eval") as out:
        report = task.evaluate(loaded.noting(out.note), options | {"split": split, "beaten": beaten}, out)
        made = written(report, kind.name, checks, out)
    raise_if_failed(made)


eval_.stand_alone = {"--beat-baseline": BASELINES}


def written(report: Any, task: str, checks: Sequence[Any], out: Any) -> Any:
    """Write a Report of a task of that name; returns the outcomes of the checks."""
    from ..tasks.metric_checks import outcomes
    from ..ui.report import render

    for warning in report.warnings:
        out.warn(f"warning: {warning}")
    made = outcomes(checks, report.metrics(), report.baselines())
    for line in render(report, task, made, out.format):
        out.write(line)
    return made


def check_files(files: Sequence[str], reading: Mapping[str, Any], run: str) -> None:
    """Raises ConfigError if standard input is named twice, and for `reading` {setting: value} without a FILE."""
    from ..config import option_name
    from ..errors import ConfigError, shell_name

    if reading and not files:
        raise ConfigError(
            f"{', '.join(map(option_name, reading))}: for reading FILE, but none is named",
            f"name one: rnncli eval {shell_name(run)} FILE; the data of the run itself are read as in training",
        )
    if files.count("-") > 1:
        raise ConfigError("- is named more than once", "standard input can be read only once")
