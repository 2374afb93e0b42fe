"""The numbers of a demonstration: those of configs/lab/NAME.yaml, which has them all, and what replaces them."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from ...config.loading import assigned
from ...config.schema import Reading, Schema
from ...config.values import Problem, raise_if_any
from ...config.yaml_files import read_file
from ...errors import ConfigError
from ...resources import bundled_configs, folder
from ...settings import Rule, setting

LAB = "lab"  # the folder in configs
number = partial(setting, None)  # a field of a DemoNumbers: its value is in the YAML file alone


class DemoNumbers:
    """The numbers of one demonstration: a frozen dataclass derives from it, whose fields are `number(help, limits)`."""

    rules: ClassVar[tuple[Rule, ...]] = ()


Numbers = TypeVar("Numbers", bound=DemoNumbers)


def read_numbers(
    name: str, kind: type[Numbers], configs: Sequence[str] = (), assignments: Sequence[str] = ()
) -> Numbers:
    """The numbers of a demonstration. configs: YAML files; assignments: texts "steps=100"; later ones win.

    Raises one ConfigError for all unknown names, wrong types and broken limits, each with file, line and column.
    """
    refuse_other_files(configs)
    schema, problems = Schema(kind, {}, kind.rules), list[Problem]()
    trees = [read_file(path, problems) for path in (folder("configs") / LAB / f"{name}.yaml", *configs)]
    reading = Reading(schema, problems)
    for tree in [*trees, *assigned(assignments, problems)]:
        if tree is not None:
            reading.take(tree)
    for rule in kind.rules:
        reading.check(rule)
    raise_if_any(problems)
    values: dict[str, Any] = {path: reading.current(path)[0] for path in schema.settings}
    return kind(**values)


def refuse_other_files(configs: Sequence[str]) -> None:
    """Raise ConfigError for the bare name of a bundled configuration, which has no numbers of a demonstration."""
    if named := [name for name in configs if name in bundled_configs() and not Path(name).exists()]:
        raise ConfigError(
            f"-c {named[0]}: a configuration of train, not of a demonstration",
            "name a YAML file with numbers such as those in configs/lab, or give them one by one: --set KEY=VALUE",
        )
