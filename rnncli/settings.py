"""Declarations of settings: default, help and limits, and rules between several settings."""

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
    """A dataclass field with help, limits (min <= value <= max, above < value < below) and command-line option.

    commas: whether a list of texts may be written with commas instead of brackets.
    """
    limits = {"choices": choices, "min": min, "above": above, "max": max, "below": below, "commas": commas}
    return field(default=default, metadata={"help": help, "option": option, **limits})


@dataclass(frozen=True)
class Rule:
    """A rule between settings: `broken` gets the values of `paths` in that order; `allowed` states the rule."""

    paths: tuple[str, ...]
    broken: Callable[..., bool]
    allowed: str


@dataclass(frozen=True)
class Implied:
    """A default that depends on the setting `by`: `value` of that setting's value, or None for the usual default."""

    by: str
    value: Callable[[Any], Any]
