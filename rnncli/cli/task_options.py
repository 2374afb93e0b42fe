"""Options of `eval` and `generate` that a kind of task declares: offered and refused here.

They are of two kinds: its own options, and the settings that say how a file is read.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Annotated, Any

import typer

from ..config import changed, option_name
from ..errors import ConfigError
from ..storage.header import stored_task
from ..tasks.base import Option, TaskKind
from ..tasks.registry import TASKS
from .options import set_signature, setting

PREFIX = "task_"  # of command parameters that are options of tasks
READS = "reads_"  # of those that are settings by which files are read
READING, SAME = "Reading FILE", "as in training"


def options_of(kind: TaskKind, command: str) -> tuple[Option, ...]:
    """The options that a kind adds to `eval` or `generate`."""
    return {"eval": kind.eval_options, "generate": kind.generate_options}[command]


def all_options(command: str) -> dict[str, Option]:
    """{key: Option} of every kind, in order, shared ones once."""
    return {option.key: option for kind in TASKS.values() for option in options_of(kind, command)}


def annotated(option: Option) -> Any:
    """The Typer type of an option; None stands for an option that was not given."""
    default = "" if option.default is None or option.type is bool else f" [default: {option.default}]"
    return Annotated[
        option.type | None,
        typer.Option(
            *filter(None, (option.name, option.short)),
            help=option.help + default,
            metavar=option.metavar,
            min=option.min,
            max=option.max,
            show_default=False,
            rich_help_panel=option.group,
        ),
    ]


def with_task_options(command: str) -> Callable:
    """A decorator that replaces a function's parameter `task_options` with the options of all kinds.

    The function gets {key: value} of the options that were given. Its docstring, the command's help, is extended by
    the kinds' own paragraphs.
    """

    def decorate(function: Callable) -> Callable:
        options = all_options(command)

        @wraps(function)
        def call(**values: Any) -> Any:
            given = {key: values.pop(PREFIX + key) for key in options}
            return function(task_options={key: value for key, value in given.items() if value is not None}, **values)

        wrapper: Any = call
        types = {PREFIX + key: annotated(option) for key, option in options.items()}
        set_signature(wrapper, function, "task_options", types)
        wrapper.__doc__ = help_of(command, function.__doc__ or "")
        wrapper.task_command = command  # with it, `app.Command` limits the help for a RUN to that run's task
        return wrapper

    return decorate


def reading_options() -> dict[str, str]:
    """{parameter: setting} of the options by which the kinds read files."""
    return {READS + path.replace(".", "_"): path for kind in TASKS.values() for path in kind.reading}


def with_reading_options(function: Callable) -> Callable:
    """A decorator that replaces a function's parameter `reading` with the options by which files are read.

    The function gets {setting: value} of those that were given.
    """
    paths = reading_options()

    @wraps(function)
    def call(**values: Any) -> Any:
        given = {path: values.pop(parameter) for parameter, path in paths.items()}
        return function(reading={path: value for path, value in given.items() if value is not None}, **values)

    set_signature(call, function, "reading", {name: setting(path, READING, None, SAME) for name, path in paths.items()})
    return call


def read_as(kind: TaskKind, config: Any, given: Mapping[str, Any], what: str) -> Any:
    """The Config of a model with the settings `given` by which files are read; `what` names the model in errors.

    Raises ConfigError for options of other kinds and for values that are not allowed.
    """
    if foreign := [option_name(path) for path in given if path not in kind.reading]:
        raise foreign_options(kind, foreign, what, "-h lists the options of each task")
    return changed(config, given) if given else config


def help_of(command: str, text: str) -> str:
    """The help of a command: `text`, then a paragraph made of the kinds' sentences about it."""
    about = " ".join(kind.about[command] for kind in TASKS.values() if command in kind.about)
    return "\n\n".join(filter(None, (inspect.cleandoc(text), about)))


def kind_of_run(arguments: Iterable[str]) -> TaskKind | None:
    """The kind of the first argument that is a trained model; None without one, or if the kind is unknown."""
    names = (stored_task(argument) for argument in arguments if not argument.startswith("-"))
    return next((TASKS[name] for name in names if name is not None and name in TASKS), None)


def is_foreign(parameter: str, kind: TaskKind | None, command: str) -> bool:
    """Whether a parameter of a command is an option of other kinds alone; never if the kind is None."""
    if kind is None:
        return False
    if parameter.startswith(READS):
        return reading_options()[parameter] not in kind.reading
    own = {option.key for option in options_of(kind, command)}
    return parameter.startswith(PREFIX) and parameter.removeprefix(PREFIX) not in own


def example_lines(kind: TaskKind | None, command: str) -> list[str]:
    """The examples of a kind for a command; None: those of all kinds."""
    kinds = TASKS.values() if kind is None else (kind,)
    return [line for each in kinds for line in each.examples.get(command, ())]


def settled(kind: TaskKind, command: str, given: Mapping[str, Any], what: str) -> dict[str, Any]:
    """{key: value} of every option of `kind`, defaults included.

    what: the model's name in the error. Raises ConfigError for options of other kinds.
    """
    own = {option.key: option for option in options_of(kind, command)}
    foreign = [all_options(command)[key].name.partition("/")[0] for key in given if key not in own]
    if foreign:
        raise foreign_options(kind, foreign, what, f"rnncli {command} -h lists the options of each task")
    return {key: given.get(key, option.default) for key, option in own.items()}


def foreign_options(kind: TaskKind, names: Iterable[str], what: str, more: str) -> ConfigError:
    """The error for options that a task does not have: one wording for all commands."""
    names = list(names)
    return ConfigError(
        f"{', '.join(names)}: not for the task '{kind.name}' of {what}",
        f"remove {'it' if len(names) == 1 else 'them'}; {more}",
    )
