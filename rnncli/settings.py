"""How a setting of the configuration is declared: its default, its help, its limits, and what several must agree on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any


def setting(
    default: Any,
    help: str,
    choices: Sequence[str] | None = None,
    min: float | None = None,
    above: float | None = None,
    max: float | None = None,
    below: float | None = None,
    option: str | None = None,
    commas: bool = False,
) -> Any:
    """A dataclass field with its help, its limits (min <=, above <, <= max, < below) and its command-line option.

    commas: whether a list of texts may be written with commas instead of brackets.
    """
    limits = {"choices": choices, "min": min, "above": above, "max": max, "below": below, "commas": commas}
    return field(default=default, metadata={"help": help, "option": option, **limits})


@dataclass(frozen=True)
class Rule:
    """What settings must agree on: `broken` gets the values of `paths` in that order, `allowed` says it in words."""

    paths: tuple[str, ...]
    broken: Callable[..., bool]
    allowed: str


@dataclass(frozen=True)
class Implied:
    """The default of a setting where the value of another one decides it: `value` of it, or None for the usual one."""

    by: str
    value: Callable[[Any], Any]
