"""The choice of the sink that shows the events of a run on standard error."""

import io
import sys

from ..events import Sink


def choose_reporter(progress: str = "auto", color: str = "auto", quiet: bool = False, norms: bool = False) -> Sink:
    """The Sink for --progress, --color and --quiet.

    norms: show gradient-norm tables even if the run is not set to show them.
    """
    from .console import is_terminal

    stream = sys.stderr or io.StringIO()  # standard error is closed: its text must not go to standard output
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
