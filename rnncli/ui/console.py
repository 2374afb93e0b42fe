"""Colours, and the Rich consoles of the two streams; Rich is imported only when a console is asked for."""

import os
import sys


def wants_color(stream, color="auto"):
    """Whether `stream` gets colours. color: auto, always or never; auto heeds NO_COLOR, FORCE_COLOR and TERM=dumb."""
    if color != "auto":
        return color == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal(stream) and os.environ.get("TERM") != "dumb"


def is_terminal(stream):
    return stream is not None and not stream.closed and stream.isatty()


def is_unicode(stream):
    """Whether a text stream can write the signs of a drawing."""
    return (getattr(stream, "encoding", None) or "").lower().replace("-", "") == "utf8"


def stderr_console(color="auto"):
    """The Rich console of standard error: progress, tables of a running job, warnings."""
    return console(sys.stderr, color)


def stdout_console(color="auto"):
    """The Rich console of standard output: tables that were asked for."""
    return console(sys.stdout, color)


def console(stream, color="auto"):
    """A Rich console on `stream` that interprets no markup, no emoji codes and highlights nothing by itself."""
    from rich.console import Console

    colored = wants_color(stream, color)
    return Console(
        file=stream,
        no_color=not colored,
        force_terminal=is_terminal(stream) or colored,
        color_system="auto" if colored else None,
        markup=False,
        emoji=False,
        highlight=False,
    )
