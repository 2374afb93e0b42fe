"""Signals that stop a run: the first after its step, the second at once."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..errors import Interrupted
from ..ui.sinks import Sinks

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stopping(run: Any, sinks: Sinks) -> Iterator[None]:
    """In this context, Ctrl-C or SIGTERM lets the Run finish its step, save and stop; a second raises Interrupted."""
    asked = []

    def handle(number: int, frame: object) -> None:
        if asked:
            for known in SIGNALS:
                signal.signal(known, signal.SIG_DFL)  # a third signal ends even the clean-up
            raise Interrupted(
                "stopped at once; the work since the last checkpoint is lost",
                f"resume with: rnncli train --resume {run.arguments}",
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
