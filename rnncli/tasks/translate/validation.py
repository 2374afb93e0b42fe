"""Scores of the validation examples while a translator trains."""

import numpy as np

from ...errors import ModelFileError
from ...nn.memory import Memory
from ...nn.model import Views
from ..pairs.listing import spread
from ..texts.edits import distance
from ..texts.validation import SOME, TextValidation

WRITTEN = 1_000  # validation examples for which texts are written


class Validation(TextValidation):
    """See `tasks.base.Evaluator`. The score is the symbol error of the most probable texts, symbol by symbol."""

    def __init__(self, task, memory: Memory) -> None:
        super().__init__(task, memory)
        if self.coded is not None:
            self.some = spread(len(self.coded), WRITTEN)
            self.truth = [self.side.split(self.examples.targets[k]) for k in self.some]

    def figures(self, weights: Views, nats: float) -> dict[str, float]:
        return {"nats_per_symbol": nats} | self._compared(weights, range(len(self.some)))

    def _compared(self, weights, part):
        """The figures of texts that are written for a part of the examples `some`."""
        try:
            best = self.writer.texts(weights, some=[self.some[k] for k in part])
        except ModelFileError:  # scores that are not finite
            return {"symbol_error_rate": np.inf}
        written, truth = (
            [self.side.split(self.side.decode(each[0].tokens)) for each in best],
            [self.truth[k] for k in part],
        )
        wrong = sum(distance(one, other) for one, other in zip(written, truth))
        right = float(np.mean([one == other for one, other in zip(written, truth)]))
        return {"symbol_error_rate": wrong / sum(map(len, truth)), "exact_match": right}

    def try_out(self, weights: Views) -> float:
        if self.coded is not None:
            self._compared(weights, spread(len(self.some), SOME))
        return super().try_out(weights)
