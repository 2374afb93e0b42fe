"""Scores of the validation examples while a regressor trains."""

import math
from typing import Any

import numpy as np

from ...nn.model import Views
from ..pairs.guesses import NumberGuess, NumberGuesses, shown_examples
from ..pairs.number_metrics import mae, rmse
from ..pairs.scored import shown_source
from ..pairs.validation import PairValidation
from .predicting import predictions


class Validation(PairValidation):
    """See `tasks.base.Evaluator`. The score is the RMSE; with several targets, of each in units of its deviation."""

    def figures(self, scores: Any) -> dict[str, float]:
        side = self.task.encoder.target
        truth = np.array(self.task.data.splits["val"].targets, float)
        predicted = predictions(self.task.model, side, scores)
        if side.size > 1:
            truth, predicted = side.scaled(truth), side.scaled(predicted)
        found = {"rmse": rmse(truth, predicted), "mae": mae(truth, predicted)}
        return {name: math.nan if value is None else value for name, value in found.items()}

    def guesses(self, weights: Views) -> NumberGuesses:
        rows, side = shown_examples(len(self.coded)), self.task.encoder.target
        found = predictions(self.task.model, side, self.answerer.scores(weights))[rows]
        examples = self.task.data.splits["val"]
        return NumberGuesses(
            side.names,
            tuple(
                NumberGuess(shown_source(examples, k), tuple(examples.targets[k]), tuple(map(float, answer)))
                for k, answer in zip(rows, found)
            ),
        )
