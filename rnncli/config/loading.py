"""The configuration: every setting with its default, help and limits, and the sources of settings.

YAML files < environment RNNCLI_* < assignments (--set model.hidden_size=256) < the options of a command. All errors
in all sources are reported together, in one ConfigError with a line for each problem.
"""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, make_dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from ..settings import Implied, Rule, setting
from ..tasks.registry import AUTO, TASKS, detect
from .schema import Draft, Reading, Schema, from_text, nest
from .sections import DataConfig, ModelConfig, OptimConfig, ScheduleConfig, TrainConfig
from .values import Problem, Written, safe_name, written

ENVIRONMENT = "RNNCLI_"
NOT_SETTINGS = ("RNNCLI_CACHE",)  # variables that are not settings
MOST_WORKERS = 64
YAML_LINE_ENDS = frozenset("\x85\u2028\u2029")  # PyYAML writes them raw in quotes and reads them back as blanks


@dataclass(frozen=True)
class Common:
    """Everything that a run depends on, except its data and the sections of its task."""

    task: str = setting(AUTO, "Task; auto: chosen by the data.")
    seed: int | None = setting(None, "Seed of all random streams; null: chosen and stored.", min=0)
    data: DataConfig = DataConfig()
    model: ModelConfig = ModelConfig()
    optim: OptimConfig = OptimConfig()
    schedule: ScheduleConfig = ScheduleConfig()
    train: TrainConfig = TrainConfig()


def is_unknown_encoding(name: str) -> bool:
    try:
        "".encode(name)
    except (LookupError, ValueError):  # ValueError: a name that no codec could have
        return True
    return False


RULES = (
    Rule(("data.encoding",), is_unknown_encoding, "an encoding that Python knows, such as utf-8, latin-1 or cp1251"),
    Rule(
        ("model.hidden_size", "model.num_layers"),
        lambda sizes, layers: isinstance(sizes, tuple) and len(sizes) != layers,
        "one size for each layer",
    ),
    Rule(("model.chrono_max",), lambda longest: longest == 1, "0 (off), or 2 or more"),
    Rule(
        ("train.workers",),
        lambda workers: workers != "auto" and workers not in map(str, range(1, MOST_WORKERS + 1)),
        f"auto, or a number from 1 to {MOST_WORKERS}",
    ),
)
IMPLIED = {
    "model.num_layers": Implied("model.hidden_size", lambda sizes: len(sizes) if isinstance(sizes, tuple) else None),
}


@cache
def _schema_of(names: tuple[str, ...]) -> Schema:
    """The Schema of the kinds of task with these names."""
    kinds = {name: TASKS[name] for name in names}
    task = setting(AUTO, "Task; auto: chosen by the data.", choices=(AUTO, *names))
    sections = {name: section for kind in kinds.values() for name, section in kind.sections.items()}
    own = [(name, section, section()) for name, section in sections.items()]
    top = make_dataclass("Config", [("task", str, task), *own], bases=(Common,), frozen=True)
    renamed = {old: new for kind in kinds.values() for old, new in kind.renamed.items()}
    return Schema(top, kinds, RULES, IMPLIED, renamed)


def schema() -> Schema:
    """All settings: the shared ones and those of every registered kind of task."""
    return _schema_of(tuple(TASKS))


def settings() -> dict[str, Any]:
    """{"model.cell": its dataclass field}: help, limits and defaults of every setting."""
    return schema().settings


if TYPE_CHECKING:
    Config = Any  # its sections are those of the registered kinds
else:

    def Config(**values):
        """The frozen dataclass of all settings: `Config(seed=1, model=ModelConfig(cell="gru"))`."""
        return schema().sections[""](**values)


def option_name(path: str) -> str:
    """The option of a setting: "--hidden-size" for "model.hidden_size"."""
    return schema().option(path)


def read_settings(
    paths: Iterable[str | os.PathLike] = (),
    environ: Mapping[str, str] | None = None,
    assignments: Iterable[str] = (),
    overrides: Mapping[str, Any] | None = None,
) -> Draft:
    """The Draft of all sources, later ones winning; raises one ConfigError for all errors.

    paths: YAML files in order, "-" for standard input. environ: its RNNCLI_* variables, RNNCLI_MODEL__CELL=gru.
    assignments: texts such as "model.cell=gru". overrides: {"model.cell": "gru"}, from the options of a command; None
    stands for an option that was not given. Text of the last three is a YAML list if it starts with [. Each file is
    read once, since a pipe cannot be read twice.
    """
    problems: list[Problem] = []
    trees = [
        *files(paths, problems),
        *variables(environ or {}, problems),
        *assigned(assignments, problems),
        *options(overrides or {}, problems),
    ]
    reading = Reading(schema(), problems)
    for tree in trees:
        if tree is not None:  # None: empty, or unreadable and reported
            reading.take(tree)
    return reading.result(detect)


def load_config(*sources: Any, **more: Any) -> Config:
    """The Config of all sources, without decisions by the data; see `read_settings`."""
    return read_settings(*sources, **more).freeze()


def files(paths: Iterable[str | os.PathLike], problems: list[Problem]) -> list[Written | None]:
    """The trees of YAML files."""
    if not paths:
        return []
    from .yaml_files import read_file  # here: importing PyYAML takes 15 ms, which only -c should cost

    return [read_file(path, problems) for path in paths]


def variables(environ: Mapping[str, str], problems: list[Problem]) -> list[Written | None]:
    """The trees of environment variables: RNNCLI_SEED, and RNNCLI_MODEL__HIDDEN_SIZE for model.hidden_size."""
    trees = []
    for name in sorted(environ):
        if name.startswith(ENVIRONMENT) and name not in NOT_SETTINGS:
            names = name.removeprefix(ENVIRONMENT).lower().split("__")
            trees.append(from_text(names, environ[name], f"environment variable {safe_name(name)}", problems))
    return trees


def assigned(assignments: Iterable[str], problems: list[Problem]) -> list[Written | None]:
    """The trees of "path=value" texts."""
    trees = []
    for text in assignments:
        path, equals, value = text.partition("=")
        if equals:
            trees.append(from_text(path.split("."), value, "--set", problems))
        else:
            problems.append(Problem(f"{safe_name(text)}: has no = (--set)", "write --set section.name=value"))
    return trees


def options(overrides: Mapping[str, Any], problems: list[Problem]) -> list[Written | None]:
    """The trees of command-line options."""
    trees = []
    for path, value in overrides.items():
        where, names = f"option {option_name(path)}", path.split(".")
        if isinstance(value, str):
            trees.append(from_text(names, value, where, problems))
        elif value is not None:
            trees.append(nest(names, written(value, where)))
    return trees


def to_dict(config: Config) -> dict[str, Any]:
    """Nested dict of plain values, lists for tuples, ready for JSON: every setting that applies to the task.

    `from_dict` restores an equal Config.
    """
    found: dict[str, Any] = {}
    for path in schema().used(TASKS[config.task]):
        section, _, name = path.rpartition(".")
        value = getattr(getattr(config, section) if section else config, name)
        (found.setdefault(section, {}) if section else found)[name] = list(value) if isinstance(value, tuple) else value
    return found


def stored_draft(values: Mapping[str, Any]) -> Draft:
    """The Draft of a nested dict as made by `to_dict`; raises one ConfigError for all errors."""
    reading = Reading(schema(), [])
    reading.take(written(with_new_names(values), "stored configuration"))
    return reading.result(detect)


def with_new_names(values: Any) -> Any:
    """A stored configuration in which settings that an older version called otherwise have their present names."""
    if not isinstance(values, Mapping):
        return values
    found = {name: dict(part) if isinstance(part, Mapping) else part for name, part in values.items()}
    for old, new in schema().renamed.items():
        (section, name), (there, present) = old.split("."), new.split(".")
        if isinstance(found.get(section), dict) and name in found[section]:
            found.setdefault(there, {})[present] = found[section].pop(name)
    return found


def changed(config: Config, overrides: Mapping[str, Any]) -> Config:
    """`config` with other values of some settings, {path: value} from the options of a command; None stands for an
    option that was not given. Raises one ConfigError for all errors."""
    problems: list[Problem] = []
    reading = Reading(schema(), problems)
    for tree in (written(to_dict(config), "stored configuration"), *options(overrides, problems)):
        if tree is not None:  # None: unreadable and reported
            reading.take(tree)
    return reading.result(detect).freeze()


def from_dict(values: Mapping[str, Any]) -> Config:
    """The Config of a nested dict as made by `to_dict`; raises one ConfigError for all errors."""
    return stored_draft(values).freeze()


def to_yaml(config: Config) -> str:
    """YAML text of every setting of the task; `load_config` reads it back to an equal Config."""
    import yaml

    values = to_dict(config)
    readable = YAML_LINE_ENDS.isdisjoint(json.dumps(values, ensure_ascii=False))
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=readable)
