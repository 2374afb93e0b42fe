"""Scores of the validation examples while a translator trains."""

import numpy as np

from ...errors import ModelFileError
from ...nn.memory import Memory
from ...nn.model import Views
from ..pairs.listing import spread
from ..texts.text_metrics import TrueTexts
from ..texts.validation import SOME, TextValidation, shown_text

WRITTEN = 1_000  # validation examples for which texts are written


class Validation(TextValidation):
    """See `tasks.base.Evaluator`. The score is the symbol error of the most probable texts, symbol by symbol."""

    def __init__(self, task, memory: Memory) -> None:
        super().__init__(task, memory)
        if self.coded is not None:
            self.some = spread(len(self.coded), WRITTEN)
            self.truth = self._truth(self.some)

    def _truth(self, rows):
        """The true texts of some examples, together for equal sources."""
        texts, sources = zip(*((self.examples.targets[k], shown_text(self.examples, k)) for k in rows))
        return TrueTexts(texts, sources, self.side.split)

    def figures(self, weights: Views, nats: float) -> dict[str, float]:
        return {"nats_per_symbol": nats} | self._compared(weights, self.some, self.truth)

    def _compared(self, weights, rows, truth):
        """The figures of the texts that are written for some examples."""
        try:
            best = self.writer.texts(weights, some=rows)
        except ModelFileError:  # scores that are not finite
            return {"symbol_error_rate": np.inf}
        found = truth.compare([self.side.decode(each[0].tokens) for each in best])
        return {"symbol_error_rate": found.error_rate() or 0.0, "exact_match": float(found.exact.mean())}

    def try_out(self, weights: Views) -> float:
        if self.coded is not None:
            rows = spread(len(self.coded), SOME)
            self._compared(weights, rows, self._truth(rows))
        return super().try_out(weights)
