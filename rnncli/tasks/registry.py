"""The list of all kinds of task. Imports no NumPy: a kind is light, its heavy half is loaded when it is used."""

from collections.abc import Callable, Sequence
from typing import Any

from ..errors import ConfigError
from ..registry import Registry
from .base import Task, TaskKind
from .classify.kind import CLASSIFY
from .describe.kind import DESCRIBE
from .forecast.kind import FORECAST
from .label.kind import LABEL
from .language.kind import LANGUAGE
from .regress.kind import REGRESS
from .translate.kind import TRANSLATE

AUTO = "auto"


def check_kind(name: str, kind: TaskKind) -> None:
    """Raises ConfigError where a kind has a section or an option that another kind declares differently."""
    for other in TASKS.values():
        for section, settings in kind.sections.items():
            if other.sections.get(section, settings) is not settings:
                raise ConfigError(f"task '{name}': section {section} belongs to task '{other.name}'", "rename it")
        for mine, theirs in ((kind.eval_options, other.eval_options), (kind.generate_options, other.generate_options)):
            declared = {option.name: option for option in theirs}
            for option in mine:
                if declared.get(option.name, option) != option:
                    raise ConfigError(
                        f"task '{name}': {option.name} is declared differently by task '{other.name}'",
                        "share one declaration, or give the option another name",
                    )


TASKS: Registry[TaskKind] = Registry("task", check_kind)
for each in (LANGUAGE, FORECAST, CLASSIFY, REGRESS, LABEL, DESCRIBE, TRANSLATE):
    TASKS.register(each.name, each)


def detect(files: Sequence[str]) -> TaskKind:
    """The kind that is surest that these files are its own; among equals, the first registered."""
    return max(TASKS.values(), key=lambda kind: kind.accepts(files))


def stem_of(file: str) -> str:
    """The name of a data file without its folders and endings: a for a.txt and for a.txt.gz, stdin for `-`."""
    from pathlib import Path

    from ..data.packed import unpacked_name

    return "stdin" if file == "-" else Path(unpacked_name(Path(file).resolve().name)).stem


def build(config: Any, size: Any) -> Any:
    """The model of a Config for an encoder of this `size`. Raises ConfigError for settings that do not fit."""
    return TASKS[config.task].load().build(config, size)


def load_task(draft: Any, encoder: Any = None, progress: Callable[[int, int], None] | None = None) -> Task:
    """The Task of a Draft, its data read; see `Task.load`."""
    return draft.kind.load().load(draft, encoder, progress)
