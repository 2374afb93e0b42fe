"""Scores of the validation sentences while a labeller trains."""

from typing import Any

import numpy as np

from ...nn.model import Views
from ..pairs.guesses import TagGuesses, shown_examples
from ..pairs.scored import words_of
from ..pairs.tagged import TaggedSentence
from ..pairs.validation import PairValidation

GUESSED = 3  # sentences shown


class Validation(PairValidation):
    """See `tasks.base.Evaluator`. The score is the mean nats of the true labels, of those that training had too."""

    def figures(self, scores: Any) -> dict[str, float]:
        truth, rows = np.concatenate(self.coded.targets), np.concatenate(scores)
        probabilities = self.task.model.likelihood.probabilities(rows)
        known = np.flatnonzero(truth >= 0)
        with np.errstate(divide="ignore"):
            nats = -np.log(probabilities[known, truth[known]])
        right = probabilities.argmax(1) == truth
        return {"nats": float(nats.mean()) if len(known) else 0.0, "accuracy": float(right.mean())}

    def guesses(self, weights: Views) -> TagGuesses:
        names, examples = self.task.encoder.target.names, self.task.data.splits["val"]
        scores = self.answerer.scores(weights)
        return TagGuesses(
            tuple(
                TaggedSentence(
                    tuple(words_of(examples.sources[k])),
                    tuple(examples.targets[k]),
                    tuple(names[tag] for tag in scores[k].argmax(1)),
                )
                for k in shown_examples(len(self.coded))[:GUESSED]
            )
        )
