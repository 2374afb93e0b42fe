"""Where the time of a step goes: a stopwatch that is put around what a run does, and only when it is asked for."""

import time

import numpy as np

from ..errors import Interrupted
from ..events import Profiled, ProfileRow, StepDone

PRODUCTS = ("matmul", "dot")
TRIALS = 2000  # timed calls of nothing, to know what timing itself takes
KINDS = {
    "products": "matrix products of the network, forward and backward",
    "elementwise": "all other calls of NumPy in the network",
    "interpreter": "Python between those calls",
    "waiting": "for the other processes, which share the batch",
    "optimizer": "sum of the gradients, norm, clipping, update",
    "data": "the next batch",
    "evaluation": "validation, spread over all steps",
    "checkpoints": "models and checkpoints, spread over all steps",
    "reporting": "the loop, the log and what is shown",
}


class Profile:
    """Follows one process of one run, the one that the user started. `xp` is NumPy with every call timed.

    What is timed inside something else counts for itself alone. What timing takes is measured and left out.
    """

    def __init__(self, clock=time.perf_counter):
        self.clock, self.inside = clock, 0.0
        self.reset()
        nothing, begun = self.around("data", lambda: None), clock()
        for _ in range(TRIALS):
            nothing()
        self.within = self.seconds["data"] / TRIALS  # of a timed call: counted for its own kind,
        self.outside = (clock() - begun) / TRIALS - self.within  # and for what it is called by
        self.xp = Timed(np, self)
        self.reset()

    def reset(self):
        self.begun, self.steps = self.clock(), 0
        self.seconds, self.calls = dict.fromkeys(KINDS, 0.0), dict.fromkeys(KINDS, 0)

    def around(self, kind, function):
        """`function` with its time added to `kind`."""
        clock = self.clock

        def timed(*arguments, **named):
            before, self.inside = self.inside, 0.0
            begun = clock()
            try:
                return function(*arguments, **named)
            finally:
                took = clock() - begun
                self.seconds[kind] += took - self.inside
                self.calls[kind] += 1
                self.inside = before + took

        return timed

    def attach(self, run):
        """Time what `run` does from now on."""
        self.layouts = run.layouts
        team, batches = run.trainer.team, run.batches
        team.gradient, team.wait = self.around("interpreter", team.gradient), self.around("waiting", team.wait)
        team.reduce, team.update = self.around("optimizer", team.reduce), self.around("optimizer", team.update)
        run.save_model = self.around("checkpoints", run.save_model)
        run.save_checkpoint = self.around("checkpoints", run.save_checkpoint)
        run.evaluator.score = self.around("evaluation", run.evaluator.score)
        batches.epoch = self._each(batches.epoch)

    def _each(self, epoch):
        """The method `epoch` of batches, the time of each batch added to "data"."""

        def batches(*arguments):
            following = self.around("data", epoch(*arguments).__next__)
            try:
                while True:
                    yield following()
            except StopIteration:
                return

        return batches

    def follow(self, events):
        """The same events, and Profiled at the end. The first step, which waits for other processes, does not count."""
        first = True
        try:
            for event in events:
                self.steps += isinstance(event, StepDone)
                yield event
                if first and self.steps:
                    self.reset()
                    first = False
        except Interrupted:
            yield self.result()
            raise
        yield self.result()

    def result(self):
        """Profiled: the average step."""
        steps, network = max(self.steps, 1), self.calls["products"] + self.calls["elementwise"]
        seconds = {kind: max(0.0, self.seconds[kind] - self.within * self.calls[kind]) for kind in KINDS}
        seconds["interpreter"] = max(0.0, seconds["interpreter"] - self.outside * network)
        timing = (self.within + self.outside) * sum(self.calls.values())
        seconds["reporting"] = max(0.0, self.clock() - self.begun - timing - sum(seconds.values()))
        rows = (ProfileRow(kind, seconds[kind] / steps, self.calls[kind] / steps, KINDS[kind]) for kind in KINDS)
        return Profiled(self.steps, tuple(rows), self.layouts.words())


class Timed:
    """An array library whose functions are timed by a Profile: matrix products, and all others."""

    def __init__(self, xp, profile):
        self._xp, self._profile = xp, profile

    def __getattr__(self, name):
        thing = getattr(self._xp, name)
        if callable(thing) and not isinstance(thing, type):
            timed = self._profile.around("products" if name in PRODUCTS else "elementwise", thing)
            if hasattr(thing, "reduce"):
                timed.reduce = self._profile.around("elementwise", thing.reduce)
            thing = timed
        setattr(self, name, thing)
        return thing
