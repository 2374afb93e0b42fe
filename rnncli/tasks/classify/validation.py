"""Scores of the validation examples while a classifier trains."""

from typing import Any

import numpy as np

from ...nn.model import Views
from ..pairs.guesses import ClassGuess, ClassGuesses, shown_examples
from ..pairs.scored import shown_source
from ..pairs.validation import PairValidation


class Validation(PairValidation):
    """See `tasks.base.Evaluator`. The score is the mean nats of the true classes, of those that training had too."""

    def figures(self, scores: Any) -> dict[str, float]:
        probabilities, truth = self.probabilities(scores), self.coded.targets
        known = np.flatnonzero(truth >= 0)
        with np.errstate(divide="ignore"):
            nats = -np.log(probabilities[known, truth[known]])
        right = probabilities.argmax(1) == truth
        return {"nats": float(nats.mean()) if len(known) else 0.0, "accuracy": float(right.mean())}

    def probabilities(self, scores: Any) -> np.ndarray:
        """(E, K)"""
        return self.task.model.likelihood.probabilities(np.concatenate(scores))

    def guesses(self, weights: Views) -> ClassGuesses:
        rows = shown_examples(len(self.coded))
        found = self.probabilities(self.answerer.scores(weights))[rows]
        names, examples = self.task.encoder.target.names, self.task.data.splits["val"]
        return ClassGuesses(
            tuple(
                ClassGuess(shown_source(examples, k), examples.targets[k], names[int(p.argmax())], float(p.max()))
                for k, p in zip(rows, found)
            )
        )
