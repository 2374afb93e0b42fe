"""`rnncli train`: options to a configuration, and the events of its training to sinks."""

from typing import Annotated

import typer

from ..tasks.registry import TASKS
from .options import (
    OUTPUT,
    Code,
    Color,
    Debug,
    Progress,
    Quiet,
    complete_cell,
    setting,
    shortcut_options,
    with_settings,
)

EXTENDING = ("train.max_steps", "train.epochs", "train.max_seconds")
AUTO = "auto"
QUICK_START = "quickstart"
CONFIGURATION, TRAINING = "Configuration", "Training"

# fmt: off
SHARED = {  # groups of the help and their settings, after those of each kind of task
    "Model": ("model.cell", "model.hidden_size", "model.num_layers", "model.dropout"),
    TRAINING: ("task", "data.encoding", "train.batch_size", "train.epochs", "train.max_steps", "train.max_seconds",
               "train.eval_every", "train.checkpoint_every", "train.patience", "train.workers", "seed"),
    "Optimizer": ("optim.optimizer", "optim.lr", "schedule.kind", "schedule.warmup", "optim.weight_decay",
                  "optim.clip_norm", "optim.clip_value"),
    OUTPUT: ("train.norms_every", "train.sample_length"),
}
# fmt: on


def groups():
    """{group: settings} that are options of their own: those of each kind of task, then those of all."""
    found = {}
    for options in (*(kind.train_options for kind in TASKS.values()), SHARED):
        for group, paths in options.items():
            found[group] = tuple(dict.fromkeys((*found.get(group, ()), *paths)))
    return found


COMPLETIONS = {"model.cell": complete_cell}
SETTINGS = {path: setting(path, group, COMPLETIONS.get(path)) for group, paths in groups().items() for path in paths}
SETTINGS["model.code"] = Code

Files = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[DATA]...",
        show_default=False,
        help="Files or folders to learn from; - is standard input. Without any: the quick start.",
    ),
]
Configs = Annotated[
    list[str] | None,
    typer.Option(
        "--config",
        "-c",
        metavar="FILE",
        rich_help_panel=CONFIGURATION,
        help="YAML file, or the bare name of one that comes with rnncli; repeatable, later ones win.",
    ),
]
Assignments = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        rich_help_panel=CONFIGURATION,
        help="Any setting by its full name, for example model.hidden_size=256; repeatable.",
    ),
]
InitFrom = Annotated[
    str | None,
    typer.Option(
        "--init-from",
        metavar="RUN",
        rich_help_panel=TRAINING,
        help="Start from the weights of this run or model file, and nothing else of it.",
    ),
]
Resume = Annotated[
    str | None,
    typer.Option(
        "--resume",
        metavar="RUN|auto",
        rich_help_panel=TRAINING,
        help="Continue a run exactly as if it had never stopped; auto: the one in -o RUN if it exists, else start it.",
    ),
]
Output = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        metavar="RUN",
        rich_help_panel=OUTPUT,
        show_default=False,
        help="Run folder to create. [default: a new one in runs/]",
    ),
]
DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run", rich_help_panel=OUTPUT, help="Print parameters, memory, time and files of the run; write nothing."
    ),
]
Profile = Annotated[
    bool,
    typer.Option(
        "--profile", rich_help_panel=OUTPUT, help="Time every call and show where a step's time goes, at the end."
    ),
]
Verbose = Annotated[
    bool,
    typer.Option("--verbose", "-v", rich_help_panel=OUTPUT, help="Show a gradient-norm table whenever one is made."),
]


@with_settings(SETTINGS, shortcut_options())
def train(
    files: Files = None,
    configs: Configs = None,
    assignments: Assignments = None,
    settings=None,
    init_from: InitFrom = None,
    resume: Resume = None,
    output: Output = None,
    dry_run: DryRun = False,
    profile: Profile = False,
    progress: Progress = "auto",
    quiet: Quiet = False,
    verbose: Verbose = False,
    color: Color = "auto",
    debug: Debug = False,
):
    """Train a recurrent network and keep the best in a run folder.

    The data decide the task: {kinds}. Without data, configuration or --resume it trains the quick start, on a
    text that comes with rnncli.
    """
    from ..ui.reporter import choose_reporter

    others = {"DATA": files, "-c": configs, "--set": assignments, "--init-from": init_from}
    load_plugins(settings.get("model.code"))
    if resume and resume != AUTO:
        refuse_with_resume(others | {"-o": output, "--dry-run": dry_run}, settings)
        draft = None
    else:
        check_auto(resume, output, dry_run)
        draft, name = wanted(files, configs, assignments, settings)
        output = output or fresh_folder(name)
    if dry_run:
        return print_plan(draft, output)
    with choose_reporter(progress, color, quiet, verbose) as reporter:
        carry_out(draft, output, resume, init_from, extension(settings), reporter, profile)


def refuse_with_resume(others, settings):
    """Raise ConfigError where options are given that a run which is continued cannot take."""
    from ..config import option_name
    from ..errors import ConfigError

    refused = [option for option, value in others.items() if value]
    refused += [option_name(path) for path in settings if path not in (*EXTENDING, "model.code")]
    if refused:
        raise ConfigError(
            f"--resume RUN uses the stored configuration and takes no {', '.join(refused)}",
            "with it give only --max-steps, --epochs, --max-seconds, and --code for a cell of your own",
        )


def check_auto(resume, output, dry_run):
    """Raise ConfigError where --resume auto does not know its run, or has nothing to do."""
    from ..errors import ConfigError

    if resume and (dry_run or not output):
        raise ConfigError(
            "--resume auto starts or continues the run named with -o"
            + ("; --dry-run starts none" if dry_run else ", and there is no -o"),
            "leave out --dry-run" if dry_run else "name a run folder with -o RUN",
        )


def refuse_shared_input(files, configs):
    """Raise ConfigError where standard input would have to be both the configuration and data."""
    from ..errors import ConfigError

    if "-" in (files or ()) and "-" in (configs or ()):
        raise ConfigError(
            "standard input cannot be both the configuration (-c -) and the data (-)", "name a file for one of them"
        )


def wanted(files, configs, assignments, settings):
    """(Draft, name for its run folder) of a new run: all sources read once, data found.

    Raises ConfigError.
    """
    import os

    from ..config import read_settings
    from ..errors import ConfigError
    from ..resources import find_config, find_data

    def read(paths):
        return read_settings([find_config(path) for path in paths], os.environ, assignments or (), given)

    refuse_shared_input(files, configs)  # before reading: the data is no configuration, and its errors would mislead
    given = settings | ({"data.files": files} if files else {})
    draft, name = read(configs or ()), None
    refuse_shared_input(draft["data.files"], configs)
    if not draft["data.files"]:
        if configs:
            raise ConfigError(
                f"no data: neither the command nor {', '.join(configs)} names a file",
                "name a text or a table: rnncli train FILE -c CONFIG",
            )
        draft, name = read([QUICK_START]), QUICK_START
    check_code(draft["model.code"], settings.get("model.code"))
    draft.decide("data.files", tuple(find_data(file) for file in draft["data.files"]))
    return draft, name or run_name(draft)


def check_code(found, named):
    """Raise ConfigError where a configuration names code that --code does not: a file of settings never runs any."""
    from ..errors import ConfigError

    if missing := [file for file in found if file not in (named or ())]:
        raise ConfigError(
            f"model.code: found {', '.join(missing)}; code runs only when --code names it on the command line",
            f"look into the file, then add --code {missing[0]}; or remove model.code from the configuration",
        )


def run_name(draft):
    """A name such as novel-lstm for the run of novel.txt."""
    from pathlib import Path

    first = draft["data.files"][0]
    stem = "stdin" if first == "-" else Path(first).resolve().stem
    return f"{stem or 'data'}-{draft['model.cell']}"


def fresh_folder(name):
    """The first of runs/name, runs/name-2, runs/name-3 ... that does not exist."""
    from itertools import chain, count
    from pathlib import Path

    names = chain([name], (f"{name}-{number}" for number in count(2)))
    return next(str(path) for path in (Path("runs", name) for name in names) if not path.exists())


def load_plugins(files):
    """Register the cells of --code."""
    if files:
        from ..plugins import load_code

        load_code(files)


def extension(settings):
    """{name: number} of the limits given on the command line, for a run that goes on; raises ConfigError."""
    from ..config import load_config

    given = {path: settings[path] for path in EXTENDING if path in settings}
    limits = load_config(overrides=given).train
    return {path.removeprefix("train."): getattr(limits, path.removeprefix("train.")) for path in given}


def carry_out(draft, output, resume, init_from, extend, reporter, profile=False):
    """Prepare the run and train it, every event to the reporter; raises what preparing and training raise."""
    import numpy as np

    from ..plugins import user_code
    from ..training.loop import train
    from ..training.run import prepare
    from .stopping import stopping

    watch = started_profile() if profile else None
    xp = watch.xp if watch else np
    with user_code(), prepare(draft, output, resume, init_from, extend, reporter.reading, xp) as run:
        reporter.norms = reporter.norms or run.config.train.norms_every > 0
        if watch:
            watch.attach(run)
        with stopping(run, reporter):
            for event in watch.follow(train(run)) if watch else train(run):
                reporter.handle(event)


def started_profile():
    """A stopwatch for --profile."""
    from ..training.profiling import Profile

    return Profile()


def print_plan(draft, output):
    """What a run would be, on standard output."""
    from ..phrases import safe_text
    from ..plugins import user_code
    from ..training.dry_run import dry_run
    from ..ui.event_lines import plan_lines

    with user_code():
        plan = dry_run(draft, output)
    print(safe_text("\n".join(plan_lines(plan))))
