"""The scores of a model for coded examples, in the order in which they were given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np

from ...data.pairs.batches import Coded, PairBatches
from ...nn.memory import Memory
from ...nn.model import Views
from ..base import Output

ROWS = 64  # examples side by side
LONG = 1000  # steps, above which an example stands alone: plans have room for all steps of their rows


class Answerer:
    """Scores of all examples of `coded`, with plans made once in `memory`."""

    def __init__(self, model: Any, coded: Coded, memory: Memory | None = None, rows: int = ROWS):
        memory = memory or Memory("f4", forward_only=True)
        self.model, self.coded = model, coded
        groups = [np.flatnonzero(coded.lengths <= LONG), np.flatnonzero(coded.lengths > LONG)]
        self.parts = []
        for which, count in zip(groups, (rows, 1)):
            if len(which):
                batches = PairBatches(sources_of(coded, which), count, 0)
                plans = {size: model.plan(size, batches.N, memory) for size in batches.sizes}
                self.parts.append(Part(which, batches, plans))

    def scores(
        self, weights: Views, progress: Callable[[int, int], None] | None = None, some: int | None = None
    ) -> list[np.ndarray]:
        """[(1, outputs) or (T, outputs)] float64 scores of each example; some: of so many of the shortest alone."""
        found: list[Any] = [None] * len(self.coded)
        for plan in (plan for part in self.parts for plan in part.plans.values()):
            self.model.load(weights, plan)
        done = 0
        with np.errstate(all="ignore"):  # diverged weights: the figure shows it
            for rows, scores in self._batches():
                for n, row in enumerate(rows):
                    found[row] = scores[: self.coded.lengths[row], n].astype(np.float64)
                done += len(rows)
                if progress:
                    progress(done, len(found))
                if some is not None and done >= some:
                    break
        return found

    def _batches(self):
        """Yield (the examples of a batch, their scores), short ones first."""
        for part in self.parts:
            for batch in part.batches.in_order():
                scores = self.model.answers(SimpleNamespace(**batch.arrays), part.plans[batch.size])
                yield part.which[batch.examples], scores


@dataclass(frozen=True)
class Part:
    """Examples that are scored side by side; which (E,): their numbers among all."""

    which: np.ndarray
    batches: PairBatches
    plans: Mapping[tuple[int, ...], Any]


def sources_of(coded: Coded, which: np.ndarray) -> Coded:
    """Some of the examples, without their answers."""
    return Coded([coded.steps[k] for k in which], None, coded.spellings)


def stored_scores(loaded: Any, coded: Coded, out: Output) -> list[np.ndarray]:
    """[(1, outputs) or (T, outputs)] scores of a stored model (Loaded) for each example."""
    answerer = Answerer(loaded.model, coded)
    return answerer.scores(loaded.store.views(loaded.theta), partial(out.progress, "scoring"))
