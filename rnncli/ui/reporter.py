"""Who draws the events of a run, and how one is chosen."""

import io
import sys
from typing import Protocol


class Reporter(Protocol):
    """Draws events on standard error; a context manager that leaves the terminal as it was.

    norms: whether gradient-norm tables are drawn, by reporters that have a choice.
    """

    norms: bool

    def handle(self, event):
        """Draw one event of `rnncli.events`."""

    def reading(self, done, total):
        """`done` of `total` bytes of the data are read."""

    def stopping(self):
        """A stop was asked for. Called from a signal handler: it may interrupt any other method."""

    def __enter__(self): ...

    def __exit__(self, *error): ...


def choose_reporter(progress="auto", color="auto", quiet=False, norms=False):
    """The Reporter for --progress, --color and --quiet; `norms`: show gradient-norm tables too."""
    from .console import is_terminal

    stream = sys.stderr or io.StringIO()  # closed: what nobody can see must not go to standard output
    if progress == "auto":
        progress = "none" if quiet else "bar" if is_terminal(sys.stderr) else "lines"
    if progress == "bar":
        from .bar import BarReporter
        from .console import stderr_console

        return BarReporter(stderr_console(color), norms)
    if progress == "jsonl":
        from .jsonl import JsonlReporter

        return JsonlReporter(stream)
    from .lines import LinesReporter, WarningsReporter

    return WarningsReporter(stream) if progress == "none" else LinesReporter(stream, norms)
