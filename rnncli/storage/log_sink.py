"""The log of a run: events as lines of log.jsonl."""

from ..events import EvalDone, Sampled, StepDone, StepRejected, event_record

EVERY = 10  # steps between two lines about them


class LogSink:
    """A Sink that writes to the log of a RunFolder what belongs to a step: every tenth one, and all else there is."""

    def __init__(self, folder):
        self.folder = folder

    def handle(self, event):
        if isinstance(event, StepDone) and event.step % EVERY and not event.norms:
            return
        if isinstance(event, StepDone | EvalDone | StepRejected | Sampled):
            self.folder.log(event_record(event))

    def reading(self, done, total):
        pass

    def stopping(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass
