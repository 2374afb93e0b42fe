"""The scores of a model for coded examples, in the order in which they were given."""

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np

from ...data.pairs.batches import Coded, PairBatches
from ...nn.memory import Memory
from ...nn.model import Views
from ..base import Output

ROWS = 64  # examples side by side


class Answerer:
    """Scores of all examples of `coded`, with plans made once in `memory`."""

    def __init__(self, model: Any, coded: Coded, memory: Memory | None = None, rows: int = ROWS):
        memory = memory or Memory("f4", forward_only=True)
        self.model, self.batches = model, PairBatches(coded, rows, 0)
        self.plans = {size: model.plan(size, self.batches.N, memory) for size in self.batches.sizes}

    def scores(
        self, weights: Views, progress: Callable[[int, int], None] | None = None, some: int | None = None
    ) -> list[np.ndarray]:
        """[(1, outputs) or (T, outputs)] float64 scores of each example; some: of so many of the shortest alone."""
        found: list[Any] = [None] * len(self.batches.coded)
        for plan in self.plans.values():
            self.model.load(weights, plan)
        done = 0
        with np.errstate(all="ignore"):  # diverged weights: the figure shows it
            for batch in self.batches.in_order():
                if some is not None and done >= some:
                    break
                for row, scores in zip(batch.examples, self._batch(batch)):
                    found[row] = scores.astype(np.float64)
                done += len(batch.examples)
                if progress:
                    progress(done, len(found))
        return found

    def _batch(self, batch):
        """The scores of each real row of a batch."""
        arrays, plan = SimpleNamespace(**batch.arrays), self.plans[batch.size]
        scores = self.model.answers(arrays, plan)
        for n, row in enumerate(batch.examples):
            yield scores[: self.batches.coded.lengths[row], n]


def stored_scores(loaded: Any, coded: Coded, out: Output) -> list[np.ndarray]:
    """[(1, outputs) or (T, outputs)] scores of a stored model (Loaded) for each example."""
    answerer = Answerer(loaded.model, coded)
    return answerer.scores(loaded.store.views(loaded.theta), partial(out.progress, "scoring"))
