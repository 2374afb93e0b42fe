"""Types of the options that several commands share, and options made from the settings of the configuration."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import Field
from functools import wraps
from types import NoneType
from typing import Annotated, Any, Literal, get_args

import typer

from ..config import option_name, settings
from ..config.loading import schema
from ..tasks.registry import TASKS
from .completion import complete_cell, complete_run, starting_with

OUTPUT = "Output and progress"

RunArgument = Annotated[
    str, typer.Argument(metavar="RUN", help="Run folder, or a .safetensors file.", autocompletion=complete_run)
]
Format = Annotated[
    Literal["text", "json", "jsonl"],
    typer.Option("--format", help="Format of the results on standard output.", rich_help_panel=OUTPUT),
]
Progress = Annotated[
    Literal["auto", "bar", "lines", "jsonl", "none"],
    typer.Option(
        "--progress",
        help="Progress on standard error; auto: bar on a terminal, otherwise lines.",
        rich_help_panel=OUTPUT,
    ),
]
Color = Annotated[
    Literal["auto", "always", "never"],
    typer.Option("--color", help="Colours; auto: on a terminal, unless NO_COLOR is set.", rich_help_panel=OUTPUT),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Only warnings and errors.", rich_help_panel=OUTPUT)]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.", rich_help_panel=OUTPUT)]

Code = Annotated[
    list[str] | None,
    typer.Option(
        "--code", metavar="FILE", help="Python file that defines your own cells; repeatable.", rich_help_panel="Model"
    ),
]
Cell = Annotated[
    str | None,
    typer.Option(
        "--cell", metavar="NAME", help="Name of a cell.", autocompletion=complete_cell, rich_help_panel="Model"
    ),
]


def seed_option(of: str, group: str, min: int | None = 0) -> Any:
    """The option --seed of a command; of: the random things that it decides, in words."""
    return typer.Option(
        "--seed",
        metavar="N",
        min=min,
        help=f"Seed of {of}; without it, one is chosen and printed.",
        show_default=False,
        rich_help_panel=group,
    )


def trust_option(group: str) -> Any:
    """The option --trust-paths of a command that opens the data of stored models."""
    return typer.Option(
        "--trust-paths",
        help="Open the data that a model names, though it does not lie in a run folder of yours.",
        rich_help_panel=group,
    )


def chosen_seed() -> int:
    """A random seed, for a command without --seed."""
    from secrets import randbelow

    return randbelow(1 << 32)


def setting(
    path: str, group: str, complete: Callable[[str], list[str]] | None = None, default: str | None = None
) -> Any:
    """The Annotated type of the option for one setting of the configuration: "model.cell" gives --cell.

    default: the value without the option, in words, where it is not that of the setting.

    Name, help, default and choices come from the configuration. It also reads and checks the value, so that the
    errors of all options and files are reported together.
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
            help=option_help(path, default),
            metavar=metavar(entry),
            show_default=False,
            rich_help_panel=group,
            autocompletion=complete or (starting_with(choices) if choices else None),
        ),
    ]


METAVARS = {int: "N", float: "NUMBER", str: "NAME"}
LONGEST = 24  # characters of choices shown beside the name of an option; longer lists go into its help


def metavar(entry: Field) -> str:
    """The placeholder of a setting's value in the help: N, NUMBER, NAME or a few choices."""
    choices = "|".join(entry.metadata["choices"] or ())
    return choices if 0 < len(choices) <= LONGEST else METAVARS[first_kind(entry.type)]


def first_kind(kind: Any) -> type:
    """int for `int | None`, `int | tuple[int, ...]`, `tuple[int, ...]` and int itself."""
    parts = [part for part in get_args(kind) if part not in (NoneType, ...)]
    return first_kind(parts[0]) if parts else kind


def with_option(path: str) -> tuple[str, ...]:
    """All settings that have the option of this one, in the order of the kinds of task."""
    return schema().with_option(path)


def option_help(path: str, default: str | None = None) -> str:
    """The help of the option of a setting: that of the setting, or of the settings of all tasks that share it.

    default: as for `setting`; with one, the settings that share the option need no help of their own.
    """
    paths = with_option(path)
    if default or len(paths) == 1:
        return setting_help(path, settings()[path], default)
    owners = ["/".join(kind.name for kind in TASKS.values() if not schema().foreign(kind, each)) for each in paths]
    return " ".join(f"[{owner}] {setting_help(each, settings()[each])}" for owner, each in zip(owners, paths))


def setting_help(path: str, entry: Field, instead: str | None = None) -> str:
    """Help, choices and defaults of a setting; the meaning of null in its help is the default of its option.

    instead: the default in words where it is another.
    """
    words, null, meaning = entry.metadata["help"].rstrip(".").partition("; null: ")
    choices = entry.metadata["choices"]
    if choices and "|" not in metavar(entry):
        words += f": {', '.join(choices)}"
    if instead:
        return f"{words}. [default: {instead}]"
    own = {kind.name: kind.defaults[path] for kind in TASKS.values() if path in kind.defaults}
    others = [f"{name}: {'chosen by the data' if value is None else value}" for name, value in own.items()]
    default = "; ".join([str(meaning if null else entry.default), *others])
    return f"{words}." if entry.default == () else f"{words}. [default: {default}]"


def shortcut_options() -> dict[str, tuple[Any, str, Any]]:
    """{parameter: (type, setting, value)} of the kinds' options that stand for one value of a setting."""
    found = {}
    for kind in TASKS.values():
        for shortcut in kind.shortcuts:
            option = typer.Option(shortcut.name, help=shortcut.help, show_default=False, rich_help_panel=shortcut.group)
            key = "shortcut_" + shortcut.name.lstrip("-").replace("-", "_")
            found[key] = (Annotated[bool | None, option], shortcut.path, shortcut.value)
    return found


def with_settings(options: Mapping[str, Any], shortcuts: Mapping[str, tuple[Any, str, Any]]) -> Callable:
    """A decorator that replaces a command's parameter `settings` with one option per setting.

    options: {"model.cell": type made by `setting`}; shortcuts: as `shortcut_options` makes them. The command gets
    {path: value} of the options that were given.
    """

    def decorate(command: Callable) -> Callable:
        paths, short = {path.replace(".", "_"): path for path in options}, dict(shortcuts)

        @wraps(command)
        def wrapper(**values: Any) -> Any:
            given = {path: values.pop(name) for name, path in paths.items()}
            for name, (_, path, value) in short.items():
                given[path] = value if values.pop(name) else given[path]
            return command(settings={path: value for path, value in given.items() if value is not None}, **values)

        types = {name: options[path] for name, path in paths.items()} | {name: each[0] for name, each in short.items()}
        set_signature(wrapper, command, "settings", types)
        return wrapper

    return decorate


def with_options(parameter: str, options: Mapping[str, Any]) -> Callable:
    """A decorator that replaces a command's parameter with options {name: type}; it gets {name: value} of them all,
    None for those that were not given."""

    def decorate(command: Callable) -> Callable:
        @wraps(command)
        def wrapper(**values: Any) -> Any:
            given = {name: values.pop(name) for name in options}
            return command(**{parameter: given}, **values)

        set_signature(wrapper, command, parameter, options)
        return wrapper

    return decorate


def set_signature(wrapper: Any, function: Callable, name: str, types: Mapping[str, Any]) -> None:
    """Give `wrapper` the signature of `function`, its parameter `name` replaced by optional ones: {name: type}."""
    keyword, parameters = inspect.Parameter.KEYWORD_ONLY, []
    inserted = [inspect.Parameter(each, keyword, default=None, annotation=kind) for each, kind in types.items()]
    for parameter in inspect.signature(function).parameters.values():
        parameters += [parameter.replace(kind=keyword)] if parameter.name != name else inserted
    wrapper.__signature__ = inspect.Signature(parameters)
    wrapper.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
