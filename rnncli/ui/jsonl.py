"""Each event as a line of JSON, for programs that watch a run."""

import json
from typing import Any, TextIO

from ..events import event_record


class JsonlReporter:
    """A Sink that writes events to a stream as lines of JSON, with null for numbers that are not finite."""

    def __init__(self, stream: TextIO):
        self.stream = stream

    def handle(self, event: Any) -> None:
        print(json.dumps(event_record(event), allow_nan=False), file=self.stream, flush=True)

    def reading(self, done: int, total: int) -> None:
        pass

    def stopping(self) -> None:
        pass

    def __enter__(self) -> "JsonlReporter":
        return self

    def __exit__(self, *error: Any) -> None:
        pass
