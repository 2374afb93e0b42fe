"""A task whose folder has the usual files, evaluate.py, generate.py, inspect.py and checks.py, loaded when needed."""

from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any

from .base import Output, Report, Task


class TaskOfFiles(Task):
    """Hands what commands ask of a task to the functions of the modules beside the one that defines the class."""

    @classmethod
    def _beside(cls, name: str) -> Any:
        """The module `name` of the folder of this task."""
        return import_module(f"{cls.__module__.rpartition('.')[0]}.{name}")

    @classmethod
    def metric_names(cls, loaded: Any, options: Mapping[str, Any]) -> tuple[str, ...]:
        return cls._beside("evaluate").metric_names(loaded, options)

    @classmethod
    def evaluate(cls, loaded: Any, options: Mapping[str, Any], out: Output) -> Report:
        return cls._beside("evaluate").evaluate(loaded, options, out)

    @classmethod
    def generate(cls, loaded: Any, options: Mapping[str, Any], out: Output) -> None:
        cls._beside("generate").generate(loaded, options, out)

    @classmethod
    def inspect(cls, loaded: Any, part: str, options: Mapping[str, Any], out: Output) -> Any:
        return cls._beside("inspect").inspect(loaded, part, options, out)

    @classmethod
    def gradcheck_cases(cls, cell: str, seed: int) -> Iterable[Any]:
        return cls._beside("checks").cases(cell, seed)

    @classmethod
    def shared_gradcheck_cases(cls, seed: int) -> Iterable[Any]:
        return cls._beside("checks").shared_cases(seed)

    @classmethod
    def saved_gradcheck_case(cls, loaded: Any, seed: int) -> Any:
        return cls._beside("checks").saved_case(loaded, seed)
