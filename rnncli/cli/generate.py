"""`rnncli generate`: text or forecasts of a trained model, on standard output."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import typer

from ..tasks.base import TaskKind
from ..tasks.options import SAMPLING
from ..tasks.registry import TASKS
from .options import OUTPUT, Code, Debug, Quiet, RunArgument, chosen_seed, seed_option
from .run_names import check_data, check_run
from .task_options import foreign_options, read_as, settled, with_reading_options, with_task_options

Files = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[FILE]...",
        help=" ".join(kind.generate_files for kind in TASKS.values() if kind.generate_files),
        show_default=False,
    ),
]
Seed = Annotated[int | None, seed_option("the samples", SAMPLING, min=None)]
Format = Annotated[
    Literal["text", "jsonl"],
    typer.Option(
        "--format",
        help="jsonl: one object per complete sample, or per row of a table (text: CSV).",
        rich_help_panel=OUTPUT,
    ),
]


@with_reading_options
@with_task_options("generate")
def generate(
    run: RunArgument,
    files: Files = None,
    task_options: dict[str, Any] | None = None,
    reading: dict[str, Any] | None = None,
    seed: Seed = None,
    format: Format = "text",
    code: Code = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Write what a trained model makes: text, a forecast, an answer for each line.

    Standard output carries the result alone; seeds, headings, notes and charts go to standard error.
    """
    choose_threads(run)
    from ..plugins import load_code, user_code
    from ..storage.model_files import load_model
    from .command_output import CommandOutput

    load_code(code or ())
    check_run(run, "generate")
    check_data(files or (), "generate")
    loaded = load_model(run)
    kind = TASKS[loaded.config.task]
    options = chosen(kind, run, files or (), task_options or {}, seed)
    options |= {"config": read_as(kind, loaded.config, reading or {}, run), "given": frozenset(reading or ())}
    with user_code(), CommandOutput(format, quiet, command="generate") as out:
        kind.load().generate(loaded, options, out)


def choose_threads(run: str) -> None:
    """One thread for products, unless the task of the model at `run` gains from several; before NumPy is imported."""
    from ..storage.header import stored_task
    from .main import use_one_thread

    name = stored_task(run)
    if name is None or name not in TASKS or not TASKS[name].memory_bound:
        use_one_thread()


def chosen(
    kind: TaskKind, run: str, files: Sequence[str], given: Mapping[str, Any], seed: int | None
) -> dict[str, Any]:
    """The options of `Task.generate`. Raises ConfigError for options that the task of the model at `run` lacks."""
    from ..errors import ConfigError

    if files and kind.generate_files is None:
        raise foreign_options(kind, ["FILE"], run, "rnncli generate -h lists what each task takes")
    options = settled(kind, "generate", given, run)
    if seed is not None and seed < 0:
        raise ConfigError(f"--seed is {seed}", "choose 0 or more")
    return options | {
        "files": tuple(files),
        "seed": chosen_seed() if seed is None else seed,
        "drawn": seed is None,
    }
