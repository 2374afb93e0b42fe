"""Each event as a line of JSON, for programs that watch a run."""

import json
from typing import Any, TextIO

from ..events import Notice, event_record
from ..phrases import json_text


def notice_line(text: str, warning: bool = False) -> str:
    """A remark of a command as the event that a training has for one."""
    return json_text(event_record(Notice(text, warning)))


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
