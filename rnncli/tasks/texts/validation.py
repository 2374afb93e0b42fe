"""Scores of the validation examples while a model that writes texts trains."""

from typing import Any

import numpy as np

from ...errors import ModelFileError
from ...nn.memory import Memory
from ...nn.model import Views
from ..base import Evaluator, Sample
from ..pairs.guesses import shown_examples
from ..pairs.listing import spread
from .guesses import Translation, Translations
from .writing import GREEDY, Manner, Writer

SOME = 128  # examples that `try_out` scores
SHOWN_SOURCE = 200  # characters of a source that is shown


class TextValidation(Evaluator):
    """See `tasks.base.Evaluator`.

    The nats of a symbol are given the true symbols before it; texts are written without any. shown: how the examples
    are written that are shown.
    """

    shown: Manner = GREEDY
    has_truth = True  # whether a source has one true text, to compare with

    def __init__(self, task: Any, memory: Memory) -> None:
        self.task, self.coded = task, task.coded.get("val")
        if self.coded is not None:
            self.side, self.examples = task.encoder.target, task.data.splits["val"]
            self.writer = Writer(task.model, self.side, self.coded, memory)
            self.five = shown_examples(len(self.coded))

    def score(self, weights: Views) -> dict[str, float] | None:
        if self.coded is None:
            return None
        with np.errstate(all="ignore"):  # diverged weights: the figure shows it
            nats = self.writer.nats(weights).sum() / self.coded.target_lengths.sum()
            return self.figures(weights, float(nats))

    def figures(self, weights: Views, nats: float) -> dict[str, float]:
        """{metric: value}, given the nats of a symbol."""
        return {"nats_per_symbol": nats}

    def try_out(self, weights: Views) -> float:
        if self.coded is None:
            return 1.0
        some = spread(len(self.coded), SOME)
        self.writer.nats(weights, some)
        return len(some) / len(self.coded)

    def sample(self, weights: Views) -> Sample | None:
        """The texts for five validation examples, the same at each evaluation."""
        if self.coded is None or not self.task.config.train.sample_length:
            return None
        try:
            with np.errstate(all="ignore"):
                written = self.writer.texts(weights, self.shown, some=self.five)
        except ModelFileError:  # a sample must not stop training
            return None
        texts = [self.side.decode(best[0].tokens) for best in written]
        return Translations(
            tuple(
                Translation(
                    shown_text(self.examples, k)[:SHOWN_SOURCE],
                    text,
                    self.examples.targets[k] if self.has_truth else None,
                )
                for k, text in zip(self.five, texts)
            ),
            self.side.split,
        )


def shown_text(examples: Any, k: int) -> str:
    """Source k as a text for people, its conditions behind it."""
    source, conditions = examples.sources[k], examples.conditions
    parts = [source] if isinstance(source, str) else list(source)
    return ", ".join([*parts, *(conditions[k] if conditions else ())])
