"""Events as plain lines, for logs and pipes."""

import time
from collections.abc import Callable, Iterable
from typing import Any, TextIO

from ..events import (
    EvalDone,
    GradientByLag,
    Notice,
    PastNorms,
    Profiled,
    RunFinished,
    RunStarted,
    Sampled,
    StepDone,
    StepRejected,
)
from ..phrases import percent, safe_text
from ..tasks.base import Sample
from .console import is_unicode
from .event_lines import evaluation_line, finish_lines, next_lines, rejection_line, start_lines, step_line
from .gradient_norms import norms_lines
from .live_gradients import LiveGradients
from .meter import Meter
from .profile import profile_lines

FIRST, INTERVAL = 3.0, 10.0  # seconds: before the first line about the steps; between the others
LOG_WIDTH = 100  # characters of a chart
MARGIN = "  | "  # before each line of a text sample


class WarningsReporter:
    """A Sink that shows only warnings, rejected steps and the profile."""

    def __init__(self, stream: TextIO):
        self.stream = stream

    def say(self, lines: Iterable[str], kind: str = "plain") -> None:
        """Write lines. kind: plain, best, warning or command, for reporters with colours."""
        for line in lines:
            print(safe_text(line), file=self.stream)
        self.stream.flush()

    def handle(self, event: Any) -> None:
        match event:
            case Notice(warning=True):
                self.say([f"warning: {event.text}"], "warning")
            case StepRejected():
                self.say([f"warning: {rejection_line(event)}"], "warning")
            case Profiled():
                self.say(profile_lines(event))

    def reading(self, done: int, total: int) -> None:
        pass

    def stopping(self) -> None:
        pass

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: Any) -> None:
        pass


class LinesReporter(WarningsReporter):
    """All events as text: a line about the steps every few seconds, and one or more for each other event."""

    meter: Meter  # from RunStarted on
    followed = False  # whether the gradients of this run are: train --show gradients

    def __init__(self, stream: TextIO, norms: bool = False, clock: Callable[[], float] = time.monotonic):
        super().__init__(stream)
        self.norms, self.clock = norms, clock
        self.shown_at = clock() - INTERVAL + FIRST
        self.sample: Sample | None = None  # the last one shown
        self.gradients = LiveGradients()

    def handle(self, event: Any) -> None:
        match event:
            case RunStarted():
                self.show_start(event)
            case Notice(warning=False):
                self.say([f"note: {event.text}"])
            case StepDone():
                self.meter.add(event)
                self.show_step(event)
            case EvalDone():
                self.show_evaluation(event)
            case Sampled():
                self.show_sample(f"{event.sample.title} at step {event.step:,}", event.sample)
            case PastNorms():
                self.follow(event)
            case GradientByLag():
                self.follow(event)
                self.show_lags()
            case RunFinished():
                self.show_end(event)
            case _:
                super().handle(event)

    def show_start(self, event: RunStarted) -> None:
        self.meter, self.followed = Meter(event), event.show != "none"
        self.norms = self.norms or (event.norms_every > 0 and not self.followed)
        self.say(start_lines(event))

    def show_step(self, event: StepDone) -> None:
        if event.norms:
            self.show_norms(event)
        if self.is_time():
            self.say([step_line(self.meter)])

    def show_norms(self, event: StepDone) -> None:
        """The gradient-norm table of a step, if it is wanted; with its history if the gradients are followed."""
        if self.followed:
            self.follow(event)
            self.say(self.gradients.norms(LOG_WIDTH, is_unicode(self.stream)))
        elif self.norms:
            self.say([f"gradient norms at step {event.step:,}", *norms_lines(event)])

    def follow(self, event: PastNorms | StepDone | GradientByLag) -> None:
        """Add what an event says of the gradients to all that is known of them."""
        self.gradients = self.gradients.after(event)

    def show_lags(self) -> None:
        """The gradient by lag of the last evaluation."""
        unicode = is_unicode(self.stream)
        chart = self.gradients.lag_chart(LOG_WIDTH - len(MARGIN), unicode, False)
        self.say([*self.gradients.lag_figures(LOG_WIDTH, unicode), *(MARGIN + line for line in chart)])

    def is_time(self) -> bool:
        """Whether the next line about the steps is due; if so, the interval starts anew."""
        due = self.clock() - self.shown_at >= INTERVAL
        self.shown_at = self.clock() if due else self.shown_at
        return due

    def show_evaluation(self, event: EvalDone) -> None:
        if self.meter.last is not None:
            self.say([step_line(self.meter)])
            self.shown_at = self.clock()
        self.say([evaluation_line(event, self.meter.started)], "best" if event.best else "plain")

    def show_sample(self, title: str, sample: Sample) -> None:
        """A Sample under its title."""
        self.sample, margin = sample, MARGIN if sample.wraps else ""
        lines = sample.lines(LOG_WIDTH, is_unicode(self.stream), False)
        self.say([f"{title}:", *(margin + line for line in lines)])

    def show_end(self, event: RunFinished) -> None:
        self.say(finish_lines(event, self.meter.started))
        if event.sample not in (None, self.sample):  # the sample of the last evaluation may be the same
            self.show_sample(f"{event.sample.title} of the best weights, step {event.best_step:,}", event.sample)
        self.say(["next:"])
        self.say(next_lines(event, self.meter.started), "command")

    def reading(self, done: int, total: int) -> None:
        if done < total and self.is_time():
            self.say([f"reading the data: {percent(done / total)}"])
