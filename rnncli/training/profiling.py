"""The time profile of a step: a stopwatch around the parts of a run, attached only on request."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import Interrupted
from ..events import Profiled, ProfileRow, StepDone

if TYPE_CHECKING:
    from .run import Run

PRODUCTS = ("matmul", "dot")
TRIALS = 2000  # timed calls of an empty function, to measure the cost of timing
KINDS = {
    "products": "matrix products of the network, forward and backward",
    "elementwise": "all other NumPy calls of the network",
    "interpreter": "Python between those calls",
    "waiting": "for the other processes, which share the batch",
    "optimizer": "sum of the gradients, norm, clipping, update",
    "data": "the next batch",
    "evaluation": "validation and the gradient by lag, spread over all steps",
    "checkpoints": "models and checkpoints, spread over all steps",
    "reporting": "the loop, the log and the display",
}


class Profile:
    """Profiles one process of a run, the one that the user started. `xp` is NumPy with every call timed.

    A timed call inside another counts for its own kind alone. The cost of timing is measured and subtracted.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter):
        self.clock, self.inside = clock, 0.0
        self.reset()
        nothing, begun = self.around("data", lambda: None), clock()
        for _ in range(TRIALS):
            nothing()
        self.within = self.seconds["data"] / TRIALS  # cost of a timed call that counts for its own kind,
        self.outside = (clock() - begun) / TRIALS - self.within  # and for its caller's kind
        self.xp = Timed(np, self)
        self.reset()

    def reset(self) -> None:
        self.begun, self.steps = self.clock(), 0
        self.seconds, self.calls = dict.fromkeys(KINDS, 0.0), dict.fromkeys(KINDS, 0)

    def around(self, kind: str, function: Callable) -> Any:
        """`function` with its time added to `kind`."""
        clock = self.clock

        def timed(*arguments: Any, **named: Any) -> Any:
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

    def attach(self, run: "Run") -> None:
        """Time the parts of `run` from now on."""
        self.layouts = run.layouts
        team: Any = run.trainer.team
        batches = run.batches
        team.gradient, team.wait = self.around("interpreter", team.gradient), self.around("waiting", team.wait)
        team.reduce, team.update = self.around("optimizer", team.reduce), self.around("optimizer", team.update)
        run.save_model = self.around("checkpoints", run.save_model)
        run.save_checkpoint = self.around("checkpoints", run.save_checkpoint)
        run.evaluator.score = self.around("evaluation", run.evaluator.score)
        if run.watch is not None:
            run.watch.look = self.around("evaluation", run.watch.look)
        batches.epoch = self._each(batches.epoch)

    def _each(self, epoch: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
        """The method `epoch` of batches, the time of each batch added to "data"."""

        def batches(*arguments: Any) -> Iterator[Any]:
            following = self.around("data", epoch(*arguments).__next__)
            try:
                while True:
                    yield following()
            except StopIteration:
                return

        return batches

    def follow(self, events: Iterable[Any]) -> Iterator[Any]:
        """The same events, then Profiled. The first step is not counted: it waits for the other processes."""
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

    def result(self) -> Profiled:
        """The profile of an average step."""
        steps, network = max(self.steps, 1), self.calls["products"] + self.calls["elementwise"]
        seconds = {kind: max(0.0, self.seconds[kind] - self.within * self.calls[kind]) for kind in KINDS}
        seconds["interpreter"] = max(0.0, seconds["interpreter"] - self.outside * network)
        timing = (self.within + self.outside) * sum(self.calls.values())
        seconds["reporting"] = max(0.0, self.clock() - self.begun - timing - sum(seconds.values()))
        rows = (ProfileRow(kind, seconds[kind] / steps, self.calls[kind] / steps, KINDS[kind]) for kind in KINDS)
        return Profiled(self.steps, tuple(rows), self.layouts.words())


class Timed:
    """An array library whose functions are timed by a Profile: matrix products, and all others."""

    def __init__(self, xp: Any, profile: Profile):
        self._xp, self._profile = xp, profile

    def __getattr__(self, name: str) -> Any:
        thing = getattr(self._xp, name)
        if callable(thing) and not isinstance(thing, type):
            timed = self._profile.around("products" if name in PRODUCTS else "elementwise", thing)
            if hasattr(thing, "reduce"):
                timed.reduce = self._profile.around("elementwise", thing.reduce)
            thing = timed
        setattr(self, name, thing)
        return thing
