"""Colours, and the Rich consoles of the two streams; Rich is imported only for a console."""

import os
import sys
from typing import Any


def wants_color(stream: Any, color: str = "auto") -> bool:
    """Whether `stream` gets colours. color: auto, always or never; auto obeys NO_COLOR, FORCE_COLOR and TERM=dumb."""
    if color != "auto":
        return color == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal(stream) and os.environ.get("TERM") != "dumb"


def is_terminal(stream: Any) -> bool:
    return stream is not None and not stream.closed and stream.isatty()


def is_unicode(stream: Any) -> bool:
    """Whether a text stream can write the symbols of a chart."""
    return (getattr(stream, "encoding", None) or "").lower().replace("-", "") == "utf8"


def stderr_console(color: str = "auto") -> Any:
    """The Rich console of standard error: progress, tables of a running job, warnings."""
    return console(sys.stderr, color)


def stdout_console(color: str = "auto") -> Any:
    """The Rich console of standard output: results."""
    return console(sys.stdout, color)


def console(stream: Any, color: str = "auto") -> Any:
    """A Rich console on `stream` without markup, emoji codes or automatic highlighting."""
    from rich.console import Console

    class Piped(Console):
        """Leaves a reader that has gone away to the command; Rich would end it with the exit code of a failed check."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    colored = wants_color(stream, color)
    return Piped(
        file=stream,
        no_color=not colored,
        force_terminal=is_terminal(stream) or colored,
        color_system="auto" if colored else None,
        markup=False,
        emoji=False,
        highlight=False,
    )
