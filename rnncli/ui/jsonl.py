"""Each event as a line of JSON, for programs that watch a run."""

import json

from ..events import event_record


class JsonlReporter:
    """A Sink that writes events to a stream as lines of JSON; null stands for a number that is not finite."""

    def __init__(self, stream):
        self.stream = stream

    def handle(self, event):
        print(json.dumps(event_record(event), allow_nan=False), file=self.stream, flush=True)

    def reading(self, done, total):
        pass

    def stopping(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass
