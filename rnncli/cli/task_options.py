"""Options of `eval` and `generate` that belong to kinds of task: declared there, offered and refused here."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Annotated, Any

import typer

from ..errors import ConfigError
from ..tasks.base import Option, TaskKind
from ..tasks.registry import TASKS


def options_of(kind: TaskKind, command: str) -> tuple[Option, ...]:
    """What a kind adds to `eval` or `generate`."""
    return {"eval": kind.eval_options, "generate": kind.generate_options}[command]


def all_options(command: str) -> dict[str, Option]:
    """{key: Option} of every kind, in order; one that several kinds share stands once."""
    return {option.key: option for kind in TASKS.values() for option in options_of(kind, command)}


def annotated(option: Option) -> Any:
    """The Typer type of an option. It is None where it is not given, so that only what was typed counts."""
    default = "" if option.default is None or option.type is bool else f" [default: {option.default}]"
    return Annotated[
        option.type | None,
        typer.Option(
            option.name,
            help=option.help + default,
            metavar=option.metavar,
            min=option.min,
            max=option.max,
            show_default=False,
            rich_help_panel=option.group,
        ),
    ]


def with_task_options(command: str) -> Callable:
    """A decorator that puts the options of all kinds in the place of a function's parameter `task_options`.

    The function gets {key: value} of those that were given.
    """

    def decorate(function):
        options = all_options(command)

        @wraps(function)
        def wrapper(**values):
            given = {key: values.pop(f"task_{key}") for key in options}
            return function(task_options={key: value for key, value in given.items() if value is not None}, **values)

        parameters = []
        for parameter in inspect.signature(function).parameters.values():
            parameters += (
                [parameter]
                if parameter.name != "task_options"
                else [
                    inspect.Parameter(
                        f"task_{key}", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotated(option)
                    )
                    for key, option in options.items()
                ]
            )
        parameters = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]
        wrapper.__signature__ = inspect.Signature(parameters)
        wrapper.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return wrapper

    return decorate


def settled(kind: TaskKind, command: str, given: Mapping[str, Any], what: str) -> dict[str, Any]:
    """{key: value} of every option that `kind` has, defaults included.

    what: the model, in words, for the error. Raises ConfigError for options of other kinds.
    """
    own = {option.key: option for option in options_of(kind, command)}
    foreign = [all_options(command)[key].name.partition("/")[0] for key in given if key not in own]
    if foreign:
        raise foreign_options(kind, foreign, what, f"rnncli {command} -h lists the options of each task")
    return {key: given.get(key, option.default) for key, option in own.items()}


def foreign_options(kind: TaskKind, names: Iterable[str], what: str, more: str) -> ConfigError:
    """The error for options, by their names, of which a task has no use: one wording for all commands."""
    names = list(names)
    return ConfigError(
        f"{', '.join(names)}: not for the task '{kind.name}', which is that of {what}",
        f"leave {'it' if len(names) == 1 else 'them'} out; {more}",
    )
