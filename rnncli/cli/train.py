"""`rnncli train`: options to a configuration, and the events of its training to a reporter."""

from typing import Annotated

import typer

from .options import OUTPUT, Code, Color, Debug, Progress, Quiet, complete_cell, setting, with_settings

EXTENDING = ("train.max_steps", "train.epochs", "train.max_seconds")
AUTO = "auto"
QUICK_START = "quickstart"
CONFIGURATION, TRAINING = "Configuration", "Training"

GROUPS = {
    "Text": (
        "data.level",
        "data.documents",
        "data.min_count",
        "data.max_vocab",
        "data.val_frac",
        "data.test_frac",
        "train.seq_length",
    ),
    "Series": (
        "series.layout",
        "series.id_col",
        "series.time_col",
        "series.target_col",
        "series.past_cols",
        "series.future_cols",
        "series.static_cols",
        "series.freq",
        "series.time_format",
        "series.decimal",
        "series.thousands",
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
    "Model": ("model.cell", "model.hidden_size", "model.num_layers", "model.embedding_size", "model.dropout"),
    TRAINING: (
        "task",
        "data.encoding",
        "train.batch_size",
        "train.epochs",
        "train.max_steps",
        "train.max_seconds",
        "train.eval_every",
        "train.checkpoint_every",
        "train.patience",
        "train.workers",
        "seed",
    ),
    "Optimizer": (
        "optim.optimizer",
        "optim.lr",
        "schedule.kind",
        "schedule.warmup",
        "optim.weight_decay",
        "optim.clip_norm",
        "optim.clip_value",
    ),
    OUTPUT: ("train.norms_every", "train.sample_length"),
}
FOR_TEXT = (*GROUPS["Text"], "model.embedding_size")
COMPLETIONS = {"model.cell": complete_cell}
SETTINGS = {path: setting(path, group, COMPLETIONS.get(path)) for group, paths in GROUPS.items() for path in paths}
SETTINGS["model.code"] = Code

Files = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[DATA]...",
        show_default=False,
        help="Text files or folders, or tables of series; - is standard input. Without any: the quick start.",
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
        help="Begin with the weights of this run or model file; nothing else of it.",
    ),
]
Resume = Annotated[
    str | None,
    typer.Option(
        "--resume",
        metavar="RUN|auto",
        rich_help_panel=TRAINING,
        help="Go on with a run exactly as if it had never stopped; auto: with -o RUN if it exists, else start it.",
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
        help="Run folder to make. [default: a new one in runs/]",
    ),
]
Wide = Annotated[
    bool, typer.Option("--wide", rich_help_panel="Series", help="A column for each series: the same as --layout wide.")
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


@with_settings(SETTINGS)
def train(
    files: Files = None,
    configs: Configs = None,
    assignments: Assignments = None,
    settings=None,
    wide: Wide = False,
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
    """Train a recurrent network on text or on series and keep the best in a run folder.

    Examples:
      rnncli train datasets/tales.txt --cell gru --max-seconds 60
      rnncli train datasets/airline.csv --log --test-size 12

    Of a table it learns to forecast, of any other file to write. Without data, configuration or --resume
    it trains the quick start on a text that comes with rnncli.
    """
    from ..ui.reporter import choose_reporter
    from ..ui.sinks import Sinks

    if wide:
        settings["series.layout"] = "wide"
    others = {"DATA": files, "-c": configs, "--set": assignments, "--init-from": init_from}
    if resume and resume != AUTO:
        refuse_with_resume(others | {"-o": output, "--dry-run": dry_run}, settings)
        config = None
        load_plugins(settings.get("model.code"))
    else:
        check_auto(resume, output, dry_run)
        config, name = wanted(files, configs, assignments, settings)
        refuse_other_task(config, settings)
        load_plugins(config.model.code)
        output = output or fresh_folder(name)
    if dry_run:
        return print_plan(config, output)
    with Sinks(choose_reporter(progress, color, quiet, verbose)) as sinks:
        carry_out(config, output, resume, init_from, extension(settings), sinks, profile)


def refuse_with_resume(others, settings):
    """Raise ConfigError where options are given that a run which goes on cannot take."""
    from ..config import option_name
    from ..errors import ConfigError

    refused = [option for option, value in others.items() if value]
    refused += [option_name(path) for path in settings if path not in (*EXTENDING, "model.code")]
    if refused:
        raise ConfigError(
            f"--resume RUN goes on with the stored configuration and takes no {', '.join(refused)}",
            "with it give only --max-steps, --epochs, --max-seconds, and --code for a cell of your own",
        )


def refuse_other_task(config, settings):
    """Raise ConfigError for options, as they stand on the command line, that the task has no use for."""
    from ..config import option_name
    from ..errors import ConfigError

    series = config.task == "forecast"
    others = FOR_TEXT if series else GROUPS["Series"] + GROUPS["Forecast"]
    if refused := [option_name(path) for path in settings if path in others]:
        here, there, other = ("series", "texts", "language") if series else ("text", "series", "forecast")
        sizes = "; series have --val-size and --test-size" if {"--val-frac", "--test-frac"} & set(refused) else ""
        raise ConfigError(
            f"{config.data.files[0]} is learnt as {here}; for {there} alone: {', '.join(refused)}",
            f"leave out {', '.join(refused)}{sizes or f', or choose --task {other}'}",
        )


def check_auto(resume, output, dry_run):
    """Raise ConfigError where --resume auto does not know its run, or has nothing to do."""
    from ..errors import ConfigError

    if resume and (dry_run or not output):
        raise ConfigError(
            "--resume auto makes or continues the run named with -o"
            + ("; --dry-run makes none" if dry_run else ", and there is no -o"),
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
    """(Config, name for its run folder) of a new run: all sources read, each once, data found.

    Raises ConfigError.
    """
    import os
    from dataclasses import replace

    from ..config import load_config
    from ..errors import ConfigError
    from ..resources import find_config, find_data
    from ..tasks.registry import detect

    def load(paths):
        return load_config(
            [find_config(path) for path in paths],
            os.environ,
            assignments or (),
            given,
            lambda files: detect(files).name,
        )

    refuse_shared_input(files, configs)  # before reading: the data is no configuration, and its errors would mislead
    given = settings | ({"data.files": files} if files else {})
    config, name = load(configs or ()), None
    refuse_shared_input(config.data.files, configs)
    if not config.data.files:
        if configs:
            raise ConfigError(
                f"no data: neither the command nor {', '.join(configs)} names a file",
                "name a text or a table: rnncli train FILE -c CONFIG",
            )
        config, name = load([QUICK_START]), QUICK_START
    data = replace(config.data, files=tuple(find_data(file) for file in config.data.files))
    return replace(config, data=data), name or run_name(config)


def run_name(config):
    """A name such as novel-lstm for the run of novel.txt."""
    from pathlib import Path

    first = config.data.files[0]
    stem = "stdin" if first == "-" else Path(first).resolve().stem
    return f"{stem or 'data'}-{config.model.cell}"


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


def carry_out(config, output, resume, init_from, extend, sinks, profile=False):
    """Prepare the run and train it, every event to the sinks and the log; raises what preparing and training raise."""
    import numpy as np

    from ..plugins import user_code
    from ..storage.log_sink import LogSink
    from ..training.loop import train
    from ..training.run import prepare
    from .stopping import stopping

    watch = started_profile() if profile else None
    xp = watch.xp if watch else np
    with user_code(), prepare(config, output, resume, init_from, extend, sinks.reading, xp) as run:
        sinks.add(LogSink(run.folder))
        if watch:
            watch.attach(run)
        with stopping(run, sinks):
            for event in watch.follow(train(run)) if watch else train(run):
                sinks.handle(event)


def started_profile():
    """A stopwatch for --profile."""
    from ..training.profiling import Profile

    return Profile()


def print_plan(config, output):
    """What a run would be, on standard output."""
    from ..phrases import safe_text
    from ..plugins import user_code
    from ..training.dry_run import dry_run
    from ..ui.event_lines import plan_lines

    with user_code():
        plan = dry_run(config, output)
    print(safe_text("\n".join(plan_lines(plan))))
