"""Each event as a line of JSON, for programs that watch a run."""

import json
import re
from dataclasses import asdict

from ..json_values import finite

SCHEMA = 1


class JsonlReporter:
    """Writes events to a stream: {"schema": 1, "event": "step_done", "step": 1, ...}, null for what is not finite."""

    norms = True

    def __init__(self, stream):
        self.stream = stream

    def handle(self, event):
        record = asdict(event)
        line = {"schema": SCHEMA, "event": snake_case(type(event).__name__)} | record.pop("metrics", {}) | record
        print(json.dumps(finite(line), allow_nan=False), file=self.stream, flush=True)

    def reading(self, done, total):
        pass

    def stopping(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass


def snake_case(name):
    """step_done for StepDone."""
    return re.sub("(?<!^)([A-Z])", r"_\1", name).lower()
