"""The log of a run: events as lines of log.jsonl."""

from typing import Any

from ..events import EvalDone, GradientByLag, Sampled, StepDone, StepRejected, event_record
from .run_folder import RunFolder

EVERY = 10  # steps between two logged steps


class LogSink:
    """A Sink that logs in a RunFolder: tenth steps, every evaluation, sample, gradient by lag and rejected step."""

    def __init__(self, folder: RunFolder):
        self.folder = folder

    def handle(self, event: Any) -> None:
        if isinstance(event, StepDone) and event.step % EVERY and not event.norms:
            return
        if isinstance(event, StepDone | EvalDone | GradientByLag | StepRejected | Sampled):
            self.folder.log(event_record(event))

    def reading(self, done: int, total: int) -> None:
        pass

    def stopping(self) -> None:
        pass

    def __enter__(self) -> "LogSink":
        return self

    def __exit__(self, *error: Any) -> None:
        pass
