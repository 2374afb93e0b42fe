"""Several sinks of events as one."""

from contextlib import ExitStack
from typing import Any

from ..events import Sink


class Sinks:
    """A Sink that passes everything to its own sinks, in order, and enters and leaves them with itself."""

    def __init__(self, *sinks: Sink):
        self._sinks: list[Sink] = list(sinks)
        self._entered: ExitStack | None = None

    def add(self, sink: Sink) -> None:
        """Add a sink for all later events."""
        if self._entered is not None:
            self._entered.enter_context(sink)
        self._sinks.append(sink)

    def handle(self, event: Any) -> None:
        for sink in self._sinks:
            sink.handle(event)

    def reading(self, done: int, total: int) -> None:
        for sink in self._sinks:
            sink.reading(done, total)

    def stopping(self) -> None:
        for sink in self._sinks:
            sink.stopping()

    def __enter__(self) -> "Sinks":
        with ExitStack() as entered:
            for sink in self._sinks:
                entered.enter_context(sink)
            self._entered = entered.pop_all()
        return self

    def __exit__(self, *error: Any) -> None:
        if self._entered is not None:
            self._entered.__exit__(*error)
            self._entered = None
