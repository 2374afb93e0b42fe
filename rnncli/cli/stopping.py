"""Signals to a run: one lets it stop after its step, a second stops it at once, SIGUSR1 makes it save and go on."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..errors import Interrupted
from ..ui.sinks import Sinks
from .interruption import SIGNALS, stop

HANGUP, SAVE = (getattr(signal, name, None) for name in ("SIGHUP", "SIGUSR1"))  # None: Windows has none


@contextmanager
def stopping(run: Any, sinks: Sinks) -> Iterator[None]:
    """In this context, Ctrl-C, SIGTERM or SIGHUP lets the Run finish its step, save and stop; a second Ctrl-C or
    SIGTERM raises Interrupted. SIGUSR1 lets it save a checkpoint after its step.

    A hangup is never the second: a closing terminal sends two of them, a stopping service one after SIGTERM. It stays
    ignored where it was, as under nohup.
    """
    asked = []

    def handle(number: int, frame: object) -> None:
        if asked and number == HANGUP:
            return
        if asked:
            for known in SIGNALS:
                signal.signal(known, signal.SIG_DFL)  # a third signal ends even the clean-up
            raise Interrupted(
                "stopped at once; the work since the last checkpoint is lost",
                f"resume with: rnncli train --resume {run.resume}",
                128 + number,
            )
        asked.append(number)
        sinks.stopping()
        run.stop(number)

    def save(number: int, frame: object) -> None:
        run.wants_checkpoint = True

    heeded = [number for number in SIGNALS if number != HANGUP or signal.getsignal(number) != signal.SIG_IGN]
    handlers = dict.fromkeys(heeded, handle) | ({} if SAVE is None else {SAVE: save})
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if asked and handler is stop else handler)
