"""`rnncli generate`: what a trained model makes, on standard output."""

from typing import Annotated, Any, Literal

import typer

from ..tasks.base import TaskKind
from ..tasks.options import SAMPLING
from ..tasks.registry import TASKS
from .options import OUTPUT, Code, Debug, Quiet, RunArgument
from .task_options import foreign_options, settled, with_task_options

Files = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[FILE]...",
        help=" ".join(kind.generate_files for kind in TASKS.values() if kind.generate_files),
        show_default=False,
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(
        "--seed",
        metavar="N",
        help="The same seed gives the same samples; without one, one is drawn and shown.",
        rich_help_panel=SAMPLING,
        show_default=False,
    ),
]
Format = Annotated[
    Literal["text", "jsonl"],
    typer.Option(
        "--format",
        help="jsonl: an object for each sample, once it is complete, or for each row of a table, which is "
        "CSV otherwise.",
        rich_help_panel=OUTPUT,
    ),
]


@with_task_options("generate")
def generate(
    run: RunArgument,
    files: Files = None,
    task_options=None,
    seed: Seed = None,
    format: Format = "text",
    code: Code = None,
    quiet: Quiet = False,
    debug: Debug = False,
):
    """Write what a trained model makes: text, forecasts.

    Standard output holds the result alone; seeds, headings, notes and drawings for the terminal go to standard error.
    """
    choose_threads(run)
    from ..plugins import load_code, user_code
    from ..storage.model_files import load_model
    from .command_output import CommandOutput

    load_code(code or ())
    loaded = load_model(run)
    kind = TASKS[loaded.config.task]
    options = chosen(kind, run, files or (), task_options or {}, seed)
    with user_code(), CommandOutput(format, quiet) as out:
        kind.load().generate(loaded, options, out)


def choose_threads(run: str) -> None:
    """One thread for products, unless the task of the model at `run` gains from several; before NumPy is imported."""
    from ..storage.header import stored_task
    from .main import use_one_thread

    name = stored_task(run)
    if name not in TASKS or not TASKS[name].memory_bound:
        use_one_thread()


def chosen(kind: TaskKind, run: str, files, given, seed: int | None) -> dict[str, Any]:
    """What `Task.generate` gets. Raises ConfigError for what the task of the model at `run` has no use for."""
    from secrets import randbelow

    from ..errors import ConfigError

    if files and kind.generate_files is None:
        raise foreign_options(kind, ["FILE"], run, "rnncli generate -h lists what each task takes")
    options = settled(kind, "generate", given, run)
    if seed is not None and seed < 0:
        raise ConfigError(f"--seed is {seed}", "give 0 or more")
    return options | {
        "files": tuple(files),
        "seed": randbelow(1 << 32) if seed is None else seed,
        "drawn": seed is None,
    }
