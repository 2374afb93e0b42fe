"""Usage errors of Typer in our two lines."""

import os
import re
from collections.abc import Sequence
from typing import Any

# Typer below 0.29 carries its own copy of Click and exports no common base of these.
from typer._click.exceptions import ClickException, NoSuchOption, UsageError

from ..errors import shell_name, shell_word
from ..registry import nearest
from .app import COMMANDS

LONG = re.compile(r"(\S{40})\S{40,}(\S{10})")


def usage_problem(error: BaseException, argv: Sequence[str]) -> tuple[str, str] | None:
    """(message, hint) for an invalid command line, or None for another exception."""
    if not isinstance(error, ClickException):
        return None
    context = error.ctx if isinstance(error, UsageError) else None
    typed = [name for name in argv[:1] if name in COMMANDS]
    command = context.command_path if context else " ".join(["rnncli", *typed])
    hint = f"see {command} --help"
    if isinstance(error, NoSuchOption):
        problem = f"{command}: no such option {error.option_name}"
        if file := file_with_dash(argv, error.option_name):
            return problem, f"if the file {shell_word(file)} is meant: {shell_name(file)}"
        meant = nearest_option(error.option_name, context)
        return problem, f"did you mean {meant}?" if meant else hint
    message, _, near = error.format_message().partition(" Did you mean ")
    return f"{command}: {plain(message)}", f"did you mean {near}" if near else hint


def file_with_dash(argv: Sequence[str], option: str) -> str | None:
    """The word of a command line that was read as an unknown `option`, or as several, but names a file or folder."""
    words = (word for word in argv if word.startswith("-") and option.lstrip("-") in word)
    return next(filter(os.path.lexists, words), None)


def nearest_option(name: str, context: Any) -> str | None:
    """The option of the context's command that `name` was probably meant to be, or None.

    Click's own possibilities are looser: --level for --device.
    """
    parameters = context.command.get_params(context) if context else ()
    options = [option for each in parameters for option in (*each.opts, *each.secondary_opts)]
    known = {option.removeprefix("--").replace("-", "_"): option for option in options if option.startswith("--")}
    found = nearest(name.lstrip("-").replace("-", "_"), known)
    return None if found is None else known[found]


def plain(message: str) -> str:
    """A message of Typer as the second half of our sentence, on one line; the middle of a long word is left out."""
    message = LONG.sub(r"\1...\2", " ".join(message.split()).rstrip("."))
    return message[:1].lower() + message[1:]
