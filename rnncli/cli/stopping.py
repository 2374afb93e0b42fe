"""Signals that ask a run to stop: the first politely, the second at once."""

import signal
from contextlib import contextmanager

from ..errors import Interrupted

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stopping(run, sinks):
    """While it lasts, Ctrl-C or SIGTERM lets `run` finish its step, save and raise; a second one raises Interrupted."""
    asked = []

    def handle(number, frame):
        if asked:
            for known in SIGNALS:
                signal.signal(known, signal.SIG_DFL)  # a third one ends even the clearing up
            raise Interrupted(
                "stopped at once; the work since the last checkpoint is lost",
                f"go on with: rnncli train --resume {run.folder.path}",
                128 + number,
            )
        asked.append(number)
        run.stop(number)
        sinks.stopping()

    before = {number: signal.signal(number, handle) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
