"""Figures over several events: speed, time left, and losses in the units of the display."""

import math
from collections import deque

from ..events import RunStarted, StepDone

STEPS = 50  # over which loss and speed are averaged


class Meter:
    """Follows the steps of one run from its RunStarted on."""

    def __init__(self, started: RunStarted):
        self.started = started
        self.recent: deque[StepDone] = deque(maxlen=STEPS)
        self.first: StepDone | None = None

    def add(self, step: StepDone) -> None:
        """Record a step."""
        self.first = self.first or step
        self.recent.append(step)

    @property
    def last(self) -> StepDone | None:
        """The latest step, or None before the first."""
        return self.recent[-1] if self.recent else None

    @property
    def latest(self) -> StepDone:
        """The latest step; raises IndexError before the first."""
        return self.recent[-1]

    @property
    def loss(self) -> float:
        """Mean nats per token of the recent steps."""
        return sum(step.loss * step.tokens for step in self.recent) / max(sum(step.tokens for step in self.recent), 1)

    @property
    def tokens_per_second(self) -> float | None:
        """The speed of the recent steps, or None with fewer than two."""
        seconds = self.recent[-1].elapsed - self.recent[0].elapsed if self.recent else 0
        return (sum(step.tokens for step in self.recent) - self.recent[0].tokens) / seconds if seconds > 0 else None

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the budget is used up at the pace since training started or was resumed; None if unknown."""
        first, last = self.first, self.last
        if first is None or last is None or last.fraction <= first.fraction:
            return None
        pace = (last.elapsed - first.elapsed) / (last.fraction - first.fraction)
        return pace * max(1 - last.fraction, 0)

    def bits(self, nats_per_token: float) -> float:
        """Bits per character, with the spelling of unknown words; only for a run with `chars_per_token`."""
        assert self.started.chars_per_token is not None
        nats = nats_per_token / self.started.chars_per_token + self.started.spelling_nats_per_char
        return nats / math.log(2)
