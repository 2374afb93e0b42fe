"""Scores of the validation examples while a model of pairs trains."""

from typing import Any

from ...nn.memory import Memory
from ...nn.model import Views
from ..base import Evaluator, Sample
from .answering import Answerer

SOME = 256  # examples that `try_out` scores


class PairValidation(Evaluator):
    """See `tasks.base.Evaluator`. A task says which figures it makes of scores, and shows guesses."""

    answerer: Any  # None without validation examples

    def __init__(self, task: Any, memory: Memory) -> None:
        self.task, self.coded = task, task.coded.get("val")
        self.answerer = Answerer(task.model, self.coded, memory) if self.coded else None

    def score(self, weights: Views) -> dict[str, float] | None:
        return self.figures(self.answerer.scores(weights)) if self.answerer else None

    def figures(self, scores: Any) -> dict[str, float]:
        """{metric: value} of the scores of all validation examples."""
        raise NotImplementedError

    def try_out(self, weights: Views) -> float:
        if not self.answerer:
            return 1.0
        self.answerer.scores(weights, some=SOME)
        return min(1.0, SOME / len(self.coded))

    def sample(self, weights: Views) -> Sample | None:
        """The answers to a few validation examples, the same at each evaluation."""
        return self.guesses(weights) if self.answerer and self.task.config.train.sample_length else None

    def guesses(self, weights: Views) -> Sample:
        """See `sample`."""
        raise NotImplementedError
