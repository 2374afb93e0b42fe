"""Types of the options that several commands share, and options made from the settings of the configuration."""

import inspect
from functools import wraps
from types import NoneType
from typing import Annotated, Literal, get_args

import typer

from ..config import option_name, settings
from ..tasks.registry import TASKS

OUTPUT = "Output and progress"

RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="Run folder, or a .safetensors file.")]
Seed = Annotated[int | None, typer.Option("--seed", metavar="N", min=0, help="Seed of the random numbers.")]
Format = Annotated[
    Literal["text", "json", "jsonl"],
    typer.Option("--format", help="How the figures are written to standard output.", rich_help_panel=OUTPUT),
]
Progress = Annotated[
    Literal["auto", "bar", "lines", "jsonl", "none"],
    typer.Option(
        "--progress",
        help="How progress is shown on standard error; auto: bar on a terminal, otherwise lines.",
        rich_help_panel=OUTPUT,
    ),
]
Color = Annotated[
    Literal["auto", "always", "never"],
    typer.Option("--color", help="Colours; auto: on a terminal, unless NO_COLOR is set.", rich_help_panel=OUTPUT),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Only warnings and errors.", rich_help_panel=OUTPUT)]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.", rich_help_panel=OUTPUT)]


def complete_cell(incomplete):
    """Names of cells for shell completion; the built-in ones alone, a user's file is not run for this."""
    from ..nn.cells import CELLS

    return [name for name in CELLS if name.startswith(incomplete)]


Code = Annotated[
    list[str] | None,
    typer.Option(
        "--code", metavar="FILE", help="Python file with cells of your own; repeatable.", rich_help_panel="Model"
    ),
]
Cell = Annotated[
    str | None,
    typer.Option("--cell", metavar="NAME", help="Cell by name.", autocompletion=complete_cell, rich_help_panel="Model"),
]


def chosen_seed() -> int:
    """A seed for a command that was given none."""
    from secrets import randbelow

    return randbelow(1 << 32)


def setting(path, group, complete=None):
    """The Annotated type of the option for one setting of the configuration: "model.cell" gives --cell.

    Name, help, default and choices come from the configuration, which also reads and checks the text: whatever is
    wrong in several options and files is reported at once.
    """
    entry = settings()[path]
    choices = entry.metadata["choices"]
    if entry.type is bool:
        name = option_name(path)
        return Annotated[
            bool | None,
            typer.Option(
                f"{name}/--no-{name[2:]}", help=entry.metadata["help"], show_default=False, rich_help_panel=group
            ),
        ]
    return Annotated[
        str | None,
        typer.Option(
            option_name(path),
            help=setting_help(path, entry),
            metavar=metavar(entry),
            show_default=False,
            rich_help_panel=group,
            autocompletion=complete or (starting_with(choices) if choices else None),
        ),
    ]


METAVARS = {int: "N", float: "NUMBER", str: "NAME"}
LONGEST = 24  # characters of choices that stand beside the name of an option; more of them stand in its help


def metavar(entry):
    """What stands for the value of a setting in the help: N, NUMBER, NAME or a few choices."""
    choices = "|".join(entry.metadata["choices"] or ())
    return choices if 0 < len(choices) <= LONGEST else METAVARS[first_kind(entry.type)]


def first_kind(kind):
    """int for `int | None`, `int | tuple[int, ...]`, `tuple[int, ...]` and int itself."""
    parts = [part for part in get_args(kind) if part not in (NoneType, ...)]
    return first_kind(parts[0]) if parts else kind


def setting_help(path, entry):
    """Help, choices and defaults of a setting: what null stands for in its help is the default of an option."""
    words, null, meaning = entry.metadata["help"].rstrip(".").partition("; null: ")
    choices = entry.metadata["choices"]
    if choices and "|" not in metavar(entry):
        words += f": {', '.join(choices)}"
    others = [f"{kind.name}: {kind.defaults[path]}" for kind in TASKS.values() if path in kind.defaults]
    default = "; ".join([str(meaning if null else entry.default), *others])
    return f"{words}." if entry.default == () else f"{words}. [default: {default}]"


def shortcut_options():
    """{parameter: (type, setting, value)} of the options of kinds that give a setting one of its values."""
    found = {}
    for kind in TASKS.values():
        for shortcut in kind.shortcuts:
            option = typer.Option(shortcut.name, help=shortcut.help, show_default=False, rich_help_panel=shortcut.group)
            key = "shortcut_" + shortcut.name.lstrip("-").replace("-", "_")
            found[key] = (Annotated[bool | None, option], shortcut.path, shortcut.value)
    return found


def starting_with(choices):
    return lambda incomplete: [choice for choice in choices if choice.startswith(incomplete)]


def with_settings(options, shortcuts=()):
    """A decorator that puts options for settings in the place of a command's parameter `settings`.

    options: {"model.cell": type made by `setting`}; shortcuts: as `shortcut_options` makes them. The command gets
    {path: value} of those that were given.
    """

    def decorate(command):
        paths, short = {path.replace(".", "_"): path for path in options}, dict(shortcuts)

        @wraps(command)
        def wrapper(**values):
            given = {path: values.pop(name) for name, path in paths.items()}
            for name, (_, path, value) in short.items():
                given[path] = value if values.pop(name) else given[path]
            return command(settings={path: value for path, value in given.items() if value is not None}, **values)

        types = {name: options[path] for name, path in paths.items()} | {name: each[0] for name, each in short.items()}
        inserted = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)
            for name, kind in types.items()
        ]
        wrapper.__signature__ = signature_with(command, "settings", inserted)
        wrapper.__annotations__ = {each.name: each.annotation for each in wrapper.__signature__.parameters.values()}
        return wrapper

    return decorate


def signature_with(function, name, inserted):
    """The signature of a function with other parameters in the place of the one called `name`."""
    parameters = []
    for parameter in inspect.signature(function).parameters.values():
        parameters += [parameter] if parameter.name != name else inserted
    return inspect.Signature([parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters])
