"""Usage errors of Typer in our two lines."""

# Typer below 0.29 carries its own copy of Click and exports no common base of these.
from typer._click.exceptions import ClickException, NoSuchOption, UsageError

from .app import COMMANDS


def usage_problem(error, argv):
    """(message, hint) for a command line that was not understood, or None for another exception."""
    if not isinstance(error, ClickException):
        return None
    context = error.ctx if isinstance(error, UsageError) else None
    typed = [name for name in argv[:1] if name in COMMANDS]
    command = context.command_path if context else " ".join(["rnncli", *typed])
    hint = f"{command} --help lists what is possible"
    if isinstance(error, NoSuchOption):
        nearest = next(iter(error.possibilities or ()), None)
        return f"{command}: no such option {error.option_name}", f"did you mean {nearest}?" if nearest else hint
    message, _, near = error.format_message().partition(" Did you mean ")
    return f"{command}: {plain(message)}", f"did you mean {near}" if near else hint


def plain(message):
    """A message of Typer as the rest of an own sentence, on one line."""
    message = " ".join(message.split()).rstrip(".")
    return message[:1].lower() + message[1:]
