"""`rnncli train`: a configuration from the options, and the events of its training to sinks."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..tasks.pairs.options import SYNTHETIC, made_data
from ..tasks.registry import TASKS
from .completion import complete_cell, complete_config, complete_run, complete_setting
from .options import (
    OUTPUT,
    Code,
    Color,
    Debug,
    Progress,
    Quiet,
    setting,
    shortcut_options,
    with_option,
    with_settings,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..config import Draft
    from ..ui.sinks import Sinks

EXTENDING = ("train.max_steps", "train.epochs", "train.max_seconds", "train.show")  # what a resumed run may change
SUMS = ": another number of workers adds up in another order, so the run would not continue bit for bit"
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
    OUTPUT: ("train.show", "train.norms_every", "train.sample_length"),
}
# fmt: on


def groups() -> dict[str, tuple[str, ...]]:
    """{group: settings} of all options of their own: first those of each kind of task, then the shared ones."""
    found: dict[str, tuple[str, ...]] = {}
    for options in (*(kind.train_options for kind in TASKS.values()), SHARED):
        for group, paths in options.items():
            found[group] = tuple(dict.fromkeys((*found.get(group, ()), *paths)))
    return found


COMPLETIONS = {"model.cell": complete_cell}
SETTINGS = {
    path: setting(path, group, COMPLETIONS.get(path))
    for group, paths in groups().items()
    for path in paths
    if path == with_option(path)[0]  # one option for settings of different tasks
}
SETTINGS["model.code"] = Code

Files = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[DATA]...",
        show_default=False,
        help="Training files or folders; -: standard input. Without any, the quick start is trained.",
    ),
]
Synthetic = Annotated[
    list[str] | None,
    typer.Option(
        SYNTHETIC.name,
        metavar=SYNTHETIC.metavar,
        show_default=False,
        rich_help_panel=SYNTHETIC.group,
        help=SYNTHETIC.help,
    ),
]
Configs = Annotated[
    list[str] | None,
    typer.Option(
        "--config",
        "-c",
        metavar="FILE",
        rich_help_panel=CONFIGURATION,
        autocompletion=complete_config,
        help="YAML file, or the bare name of a bundled one; repeatable, later files win.",
    ),
]
Assignments = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        rich_help_panel=CONFIGURATION,
        autocompletion=complete_setting,
        help="Any setting by its full name, for example model.hidden_size=256; repeatable.",
    ),
]
InitFrom = Annotated[
    str | None,
    typer.Option(
        "--init-from",
        metavar="RUN",
        rich_help_panel=TRAINING,
        autocompletion=complete_run,
        help="Start from the weights of this run or model file; nothing else is taken from it.",
    ),
]
Resume = Annotated[
    str | None,
    typer.Option(
        "--resume",
        metavar="RUN|auto",
        rich_help_panel=TRAINING,
        autocompletion=complete_run,
        help="Resume a run exactly where it stopped, with DATA if they were moved; auto: resume the run in -o RUN if "
        "there is one, else start it.",
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
        "--dry-run", rich_help_panel=OUTPUT, help="Print the run's parameters, memory, time and files; write nothing."
    ),
]
Profile = Annotated[
    bool,
    typer.Option(
        "--profile", rich_help_panel=OUTPUT, help="Time every call and print the time profile of a step at the end."
    ),
]
Verbose = Annotated[
    bool,
    typer.Option("--verbose", "-v", rich_help_panel=OUTPUT, help="Print every gradient-norm table."),
]


@with_settings(SETTINGS, shortcut_options())
def train(
    files: Files = None,
    configs: Configs = None,
    assignments: Assignments = None,
    settings: dict[str, Any] | None = None,
    synthetic: Synthetic = None,
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
) -> None:
    """Train a recurrent network and keep the best weights in a run folder.

    The data decide the task: {kinds}. Without data, configuration or --resume, the quick start is trained on a
    bundled text.

    The tokens of large texts are kept for later runs in {cache}; delete *.tokens and *.record there to clear them.
    """
    from ..ui.reporter import choose_reporter
    from ..ui.sinks import Sinks

    files = [*(files or ()), *made_data(synthetic)]
    others = {"-c": configs, "--set": assignments, "--init-from": init_from}
    settings = settings or {}
    load_plugins(settings.get("model.code"))
    if resume and resume != AUTO:
        refuse_with_resume(others | {"-o": output, "--dry-run": dry_run}, settings)
        draft, name = None, ""
    else:
        check_auto(resume, output, dry_run)
        draft, name = wanted(files, configs, assignments, settings)
        if dry_run:
            return print_plan(draft, output or fresh_folder(name))
    with Sinks(choose_reporter(progress, color, quiet, verbose)) as sinks:
        folder = output or (fresh_folders(name) if draft else None)  # many names: others may train at the same time
        moved = files if draft is None else ()
        carry_out(draft, folder, resume, init_from, extension(settings), sinks, profile, moved)


def refuse_with_resume(others: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    """Raise ConfigError for options that a resumed run cannot take."""
    from ..config import option_name
    from ..errors import ConfigError

    refused = [option for option, value in others.items() if value]
    refused += [option_name(path) for path in settings if path not in (*EXTENDING, "model.code")]
    if refused:
        workers = SUMS if "train.workers" in settings else ""
        raise ConfigError(
            f"--resume RUN uses the stored configuration and takes no {', '.join(refused)}{workers}",
            "allowed with it: --max-steps, --epochs, --max-seconds, --show, --code for your own cell, and DATA that "
            "were moved; with other settings start another run from its weights: train DATA --init-from RUN",
        )


def check_auto(resume: str | None, output: str | None, dry_run: bool) -> None:
    """Raise ConfigError for --resume auto without -o or with --dry-run."""
    from ..errors import ConfigError

    if resume and (dry_run or not output):
        raise ConfigError(
            "--resume auto starts or resumes the run of -o, but "
            + ("--dry-run starts none" if dry_run else "-o is missing"),
            "remove --dry-run" if dry_run else "name a run folder with -o RUN",
        )


def refuse_shared_input(files: Sequence[str] | None, configs: Sequence[str] | None) -> None:
    """Raise ConfigError if standard input is named both as configuration and as data."""
    from ..errors import ConfigError

    if "-" in (files or ()) and "-" in (configs or ()):
        raise ConfigError(
            "standard input cannot be both the configuration (-c -) and the data (-)", "name a file for one of them"
        )


def wanted(
    files: Sequence[str] | None,
    configs: Sequence[str] | None,
    assignments: Sequence[str] | None,
    settings: dict[str, Any],
) -> "tuple[Draft, str]":
    """(Draft, name of its run folder) for a new run; each source is read once. Raises ConfigError."""
    import os

    from ..config import read_settings
    from ..errors import ConfigError
    from ..resources import find_config, find_data
    from .run_names import check_data

    def read(paths):
        return read_settings([find_config(path) for path in paths], os.environ, assignments or (), given)

    refuse_shared_input(files, configs)  # before reading: errors about data read as a configuration would mislead
    given = settings | ({"data.files": [find_data(file) for file in files]} if files else {})
    draft, name = read(configs or ()), None
    refuse_shared_input(draft["data.files"], configs)
    if not draft["data.files"]:
        if configs:
            raise ConfigError(
                f"no data: neither the command nor {', '.join(configs)} names a file",
                "add a text or a table: rnncli train FILE -c CONFIG",
            )
        draft, name = read([QUICK_START]), QUICK_START
    check_code(draft["model.code"], settings.get("model.code"))
    for path in ("data.files", *draft.kind.data_files):
        draft.decide(path, tuple(find_data(file) for file in draft[path]))
        check_data(draft[path], "train")
    return draft, name or run_name(draft)


def check_code(found: Sequence[str], named: Sequence[str] | None) -> None:
    """Raise ConfigError if a configuration names code that --code does not: settings never run code."""
    from ..errors import ConfigError, shell_name

    if missing := [file for file in found if file not in (named or ())]:
        raise ConfigError(
            f"model.code: found {', '.join(missing)}; code runs only when --code names it on the command line",
            f"inspect the file, then add --code {shell_name(missing[0])}; or remove model.code from the configuration",
        )


def run_name(draft: "Draft") -> str:
    """A name such as novel-lstm for the run of novel.txt."""
    from ..tasks.registry import stem_of

    stem = stem_of(draft["data.files"][0]).replace(":", "-")
    return f"{stem or 'data'}-{draft['model.cell']}"


def fresh_folder(name: str) -> str:
    """The first of `fresh_folders` that does not exist."""
    from pathlib import Path

    return next(path for path in fresh_folders(name) if not Path(path).exists())


def fresh_folders(name: str) -> "Iterator[str]":
    """runs/name, runs/name-2, runs/name-3 ..."""
    from itertools import chain, count
    from pathlib import Path

    yield from (str(Path("runs", each)) for each in chain([name], (f"{name}-{number}" for number in count(2))))


def load_plugins(files: Sequence[str] | None) -> None:
    """Register the cells of --code."""
    if files:
        from ..plugins import load_code

        load_code(files)


def extension(settings: Mapping[str, Any]) -> dict[str, Any]:
    """{name: value} of EXTENDING on the command line, for a resumed run; raises ConfigError."""
    from ..config import load_config

    given = {path: settings[path] for path in EXTENDING if path in settings}
    read = load_config(overrides=given).train
    return {path.removeprefix("train."): getattr(read, path.removeprefix("train.")) for path in given}


def carry_out(
    draft: "Draft | None",
    output: "str | Iterable[str] | None",
    resume: str | None,
    init_from: str | None,
    extend: dict[str, Any],
    sinks: "Sinks",
    profile: bool = False,
    moved: Sequence[str] = (),
) -> None:
    """Prepare and train the run, with every event to the sinks and the log; raises as `prepare` and `train` do."""
    import numpy as np

    from ..plugins import user_code
    from ..storage.log_sink import LogSink
    from ..training.loop import train
    from ..training.run import prepare
    from .stopping import stopping

    watch = started_profile() if profile else None
    xp = watch.xp if watch else np
    with user_code(), prepare(draft, output, resume, init_from, extend, sinks.reading, xp, moved) as run:
        sinks.add(LogSink(run.folder))
        if watch:
            watch.attach(run)
        with stopping(run, sinks):
            for event in watch.follow(train(run)) if watch else train(run):
                sinks.handle(event)


def started_profile() -> Any:
    """The Profile of --profile."""
    from ..training.profiling import Profile

    return Profile()


def print_plan(draft: "Draft", output: str) -> None:
    """Print the plan of a run, made by a dry run, on standard output."""
    from ..phrases import safe_text
    from ..plugins import user_code
    from ..training.dry_run import dry_run
    from ..ui.event_lines import plan_lines

    with user_code():
        plan = dry_run(draft, output)
    print(safe_text("\n".join(plan_lines(plan))))
