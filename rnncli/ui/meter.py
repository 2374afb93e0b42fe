"""Figures that need more than one event: speed, time left, and losses in the units that are shown."""

import math
from collections import deque

STEPS = 50  # over which loss and speed are averaged


class Meter:
    """Follows the steps of one run from its RunStarted on."""

    def __init__(self, started):
        self.started = started
        self.recent = deque(maxlen=STEPS)
        self.first = None

    def add(self, step):
        """Take in a StepDone."""
        self.first = self.first or step
        self.recent.append(step)

    @property
    def last(self):
        """The last StepDone, or None."""
        return self.recent[-1] if self.recent else None

    @property
    def loss(self):
        """Mean nats per token of the recent steps."""
        return sum(step.loss * step.tokens for step in self.recent) / max(sum(step.tokens for step in self.recent), 1)

    @property
    def tokens_per_second(self):
        """Of the recent steps, or None before there are two."""
        seconds = self.recent[-1].elapsed - self.recent[0].elapsed if self.recent else 0
        return (sum(step.tokens for step in self.recent) - self.recent[0].tokens) / seconds if seconds > 0 else None

    @property
    def seconds_left(self):
        """Until the whole budget is used at the pace since training began or was resumed; None before it is known."""
        first, last = self.first, self.last
        if first is None or last is None or last.fraction <= first.fraction:
            return None
        pace = (last.elapsed - first.elapsed) / (last.fraction - first.fraction)
        return pace * max(1 - last.fraction, 0)

    def bits(self, nats_per_token):
        """Bits per character."""
        return nats_per_token / math.log(2) / self.started.chars_per_token
