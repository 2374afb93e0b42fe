"""Conditions that are given on the command line: --condition NAME=VALUE."""

from collections.abc import Sequence
from difflib import get_close_matches

from ...errors import ConfigError

COLUMN = "column "  # begins the name of a column without one, before its number
SHOWN = 12  # values that a message names


def given_conditions(options: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    """{name: value} of texts such as language=Irish, or 3=V for the third column of a table without a header. names:
    the conditions that the model knows.

    Raises ConfigError for a text without =, for an unknown name and for one that is given twice.
    """
    found: dict[str, str] = {}
    for text in options:
        name, sign, value = text.partition("=")
        name = name.strip()
        name = f"{COLUMN}{name}" if name not in names and f"{COLUMN}{name}" in names else name
        if not sign:
            raise ConfigError(f"--condition {text}: no = in it", f"write a name and a value, as in {names[0]}=VALUE")
        if name not in names:
            raise ConfigError(f"--condition {text}: no condition is called {name!r}", f"known: {', '.join(names)}")
        if name in found:
            raise ConfigError(f"--condition {name} is given twice", "give each condition once")
        found[name] = value.strip()
    return found


def check_known(name: str, value: str, known: Sequence[str]) -> None:
    """Raises ConfigError for a value of a condition that training did not have."""
    if value not in known:
        close = get_close_matches(value, known, 1)
        guess = f"; did you mean {close[0]}?" if close else ""
        listed = ", ".join(known[:SHOWN]) + (", ..." if len(known) > SHOWN else "")
        raise ConfigError(f"--condition {name}={value}: not among the values of training{guess}", f"known: {listed}")
