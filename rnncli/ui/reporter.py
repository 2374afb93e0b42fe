"""Which sink shows the events of a run on standard error."""

import io
import sys


def choose_reporter(progress="auto", color="auto", quiet=False, norms=False):
    """The Sink for --progress, --color and --quiet.

    norms: show gradient-norm tables even where the run asks for none.
    """
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
