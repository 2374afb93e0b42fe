"""Configuration values as written, converted to the type of their setting.

A `Written` is text, a list or a section together with its place. YAML files, the environment, the command line and
stored configurations all become trees of it: one set of rules reads them, and every error names the place.
"""

import csv
import math
import operator
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Any, get_args, get_origin

from ..errors import ConfigError

MOST_PROBLEMS = 50  # lines of one error; the others are only counted
LONGEST_SHOWN = 60  # characters of a value repeated in an error

NUMBER = re.compile(r"[-+]?(\d[\d_]*(\.[\d_]*)?|\.\d[\d_]*)([eE][-+]?\d+)?", re.ASCII)
BOOLEANS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
NULLS = ("", "~", "null", "Null", "NULL")
BOUNDS = {
    "min": (">=", operator.ge),
    "above": (">", operator.gt),
    "max": ("<=", operator.le),
    "below": ("<", operator.lt),
}
KINDS = {str: "a text", bool: "true or false", int: "a whole number", float: "a number", NoneType: "null"}


@dataclass(frozen=True)
class Problem:
    """One line of a ConfigError, and its remedy."""

    text: str
    advice: str = "correct the setting, or remove it to get its default"


def raise_if_any(problems: Sequence[Problem]) -> None:
    """Raise one ConfigError with a line for each Problem, if there is any."""
    if not problems:
        return
    lines = [problem.text for problem in problems[:MOST_PROBLEMS]]
    if len(problems) > MOST_PROBLEMS:
        lines.append(f"and {len(problems) - MOST_PROBLEMS} more")
    advice = dict.fromkeys(problem.advice for problem in problems)  # each once, in order
    raise ConfigError("\n".join(lines), "; ".join(advice) if len(advice) <= 2 else "correct each of these places")


@dataclass(frozen=True)
class Written:
    """A value and its place.

    value: text, a tuple of Written (a list) or a dict of name -> Written (a section).
    where: "a.yaml:4:9", "--set", "environment variable RNNCLI_SEED", "option --lr" ...
    plain: text without quotes, which may mean a number, true, false or null.
    named_at: the place of its key, if it differs.
    """

    value: Any
    where: str
    plain: bool = False
    named_at: str | None = None

    @property
    def is_null(self) -> bool:
        return self.plain and self.value in NULLS and not (self.is_typed and self.value == "~")

    @property
    def is_typed(self) -> bool:
        """Whether it is the value of an option, where ~ is a sign as any other."""
        return self.where.startswith("option ")

    def __str__(self) -> str:
        """The value in a few safe words: 'lstmm', a list, nothing."""
        if isinstance(self.value, str):
            if self.is_null:
                return self.value or "nothing"
            return shown(self.value) if self.plain else f"the quoted text {shown(self.value)}"
        return "a list" if isinstance(self.value, tuple) else "a section"


def written(value: Any, where: str, plain: bool = False) -> Written:
    """A Python object (text, number, bool, None, path, sequence or mapping of them) as Written.

    Text in a list or mapping is always text; only with `plain` may a text mean a number or null. Raises TypeError for
    any other object.
    """
    if isinstance(value, Mapping):
        return Written({str(name): written(part, where) for name, part in value.items()}, where)
    if isinstance(value, list | tuple):
        return Written(tuple(written(part, where) for part in value), where)
    if value is None or isinstance(value, bool):
        return Written({None: "null", True: "true", False: "false"}[value], where, plain=True)
    if isinstance(value, int | float):
        return Written(repr(value), where, plain=True)  # repr of a float reads back as the same float
    if isinstance(value, str | os.PathLike):
        return Written(os.fspath(value), where, plain)
    raise TypeError(f"a configuration holds no {type(value).__name__}")


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "..."


def shown(text: str) -> str:
    """Text quoted, escaped and shortened to fit one line of a terminal."""
    return repr(shortened(text))


def safe_name(name: str, longest: int = LONGEST_SHOWN) -> str:
    """A key or file name: unchanged if it can be printed, otherwise quoted, escaped and shortened."""
    return name if name.isprintable() and 0 < len(name) <= longest else shown(name)


def in_yaml(value: Any) -> str:
    """A setting as YAML has it, in a few safe words: null, true, 0.5, a text, [8, 8]."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, tuple):
        return shortened(f"[{', '.join(map(in_yaml, value))}]")
    return safe_name(str(value))


class Unreadable(ValueError):
    """A value that does not fit its setting; `found` describes it, `where` is its place."""

    def __init__(self, found: object, where: str):
        super().__init__(found)
        self.found, self.where = str(found), where


def read_as(wanted: Any, limits: Mapping[str, Any], item: Written) -> Any:
    """The value of a Written as the type `wanted`, within `limits` (choices, min, above, max, below).

    wanted: bool, int, float or str; optionally None as well (`int | None`); a tuple of them (`tuple[str, ...]`: a
    single value needs no brackets); or one or several (`int | tuple[int, ...]`: commas can replace the brackets).
    Raises Unreadable.
    """
    kinds = get_args(wanted) if isinstance(wanted, UnionType) else (wanted,)
    if NoneType in kinds and item.is_null:
        return None
    several = next((kind for kind in kinds if get_origin(kind) is tuple), None)
    if several is None:
        return read_one(kinds[0], limits, item)
    kind = get_args(several)[0]
    parts = split_list(kind, limits, item)
    if parts is None:
        value = read_one(kind, limits, item)
        return value if kind in kinds else (value,)
    if not parts and kind in kinds:
        raise Unreadable("an empty list", item.where)
    return tuple(read_one(kind, limits, part) for part in parts)


def split_list(kind: type, limits: Mapping[str, Any], item: Written) -> tuple[Written, ...] | None:
    """The parts of a list as Written, or None for a single value. Numbers, and texts whose `limits` allow it, may be
    separated by commas without brackets."""
    if isinstance(item.value, tuple):
        return item.value
    if (kind in (int, float) or limits.get("commas")) and item.plain and "," in item.value:
        try:
            parts = next(csv.reader([item.value], skipinitialspace=True))  # a name with a comma stands in quotes
        except csv.Error:  # a line ends within it
            raise Unreadable(item, item.where) from None
        return tuple(Written(part.strip(), item.where, plain=True) for part in parts)
    return None


def read_one(kind: type, limits: Mapping[str, Any], item: Written) -> Any:
    """One bool, int, float or str within limits; raises Unreadable."""
    if not isinstance(item.value, str) or (kind is not str and not item.plain):
        raise Unreadable(item, item.where)
    value = READERS[kind](item)
    choices = limits.get("choices")
    if choices and value not in choices:
        raise Unreadable(item, item.where)
    bounds = ((holds, limits.get(name)) for name, (_, holds) in BOUNDS.items())
    if not all(holds(value, bound) for holds, bound in bounds if bound is not None):
        raise Unreadable(item, item.where)
    return value


def read_text(item: Written) -> str:
    """Text unchanged, `no` and `1e-3` included; empty text, null and the zero character are refused."""
    if item.is_null and not (item.is_typed and item.value) or not item.value:  # an option's word null is a word
        raise Unreadable(item, item.where)
    if "\0" in item.value:
        raise Unreadable(f"{shown(item.value)} with a zero character", item.where)
    return item.value


def read_bool(item: Written) -> bool:
    """true, yes, on, false, no or off, upper or lower case."""
    if item.value.lower() not in BOOLEANS:
        raise Unreadable(item, item.where)
    return BOOLEANS[item.value.lower()]


def read_float(item: Written) -> float:
    """A finite decimal number; 1e-3, 1_000 and .5 are numbers, inf and nan are not."""
    if not NUMBER.fullmatch(item.value):
        raise Unreadable(item, item.where)
    value = float(item.value.replace("_", ""))
    if not math.isfinite(value):
        raise Unreadable(f"{item}, too large for a number", item.where)
    return value


def read_int(item: Written) -> int:
    """A whole decimal number of at most 64 bits; 1e3 and 64.0 are whole."""
    number = read_float(item)
    if not number.is_integer():
        raise Unreadable(item, item.where)
    digits = item.value.replace("_", "")
    value = int(digits) if digits.lstrip("+-").isdigit() else int(number)
    if abs(value) >= 2**63:
        raise Unreadable(f"{item}, too large for a whole number", item.where)
    return value


READERS = {str: read_text, bool: read_bool, int: read_int, float: read_float}


def allowed(wanted: Any, limits: Mapping[str, Any]) -> str:
    """The values that `read_as` accepts: "a number >= 0 and < 1", "a whole number >= 1, or a list of them"."""
    kinds = get_args(wanted) if isinstance(wanted, UnionType) else (wanted,)
    several = next((kind for kind in kinds if get_origin(kind) is tuple), None)
    kind = get_args(several)[0] if several else kinds[0]
    bounds = [f"{sign} {limits[name]:,}" for name, (sign, _) in BOUNDS.items() if limits.get(name) is not None]
    words = " ".join([KINDS[kind], " and ".join(bounds)]).strip()
    if limits.get("choices"):
        words = ", ".join(limits["choices"])
    if several:
        words += ", or a list of them"
    return words + (", or null" if NoneType in kinds else "")
