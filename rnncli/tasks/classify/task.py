"""Classification: a class for a sequence."""

from typing import Any, ClassVar

import numpy as np

from ...data.pairs.sides import ClassSide, SourceSize
from ...nn.memory import Memory
from ..base import Example, TaskKind
from ..pairs.building import build_pooled
from ..pairs.encoder import PairEncoder
from ..pairs.fitting import at_least_two, fit_classes, fit_source, likelihood, settle_ngrams
from ..pairs.stored import CLASSES
from ..pairs.task import PairTask
from .kind import CLASSIFY

SHOWN = 6  # classes that are named in the description


class ClassifyTask(PairTask):
    """See `tasks.base.Task`."""

    kind: ClassVar[TaskKind] = CLASSIFY
    answers = "class"
    target = ClassSide
    stored_target = CLASSES

    @classmethod
    def fit(cls, data, draft):
        settle_ngrams(draft)
        config, classes = draft.view(), fit_classes(data.train.targets)
        at_least_two(classes, data.files)
        return PairEncoder(fit_source(data.train, config, config.pool.linear), classes, data.reading)

    @classmethod
    def code_targets(cls, encoder, examples):
        return np.array([encoder.target.number(label) for label in examples.targets], np.intp)

    @staticmethod
    def build(config: Any, size: Any) -> Any:
        """The Pooled model of a Config for the `size` of a PairEncoder."""
        source, K, counts = size
        return build_pooled(config, SourceSize(*source), likelihood(config.classes, K, counts), K)

    def evaluator(self, memory: Memory) -> Any:
        from .validation import Validation

        return Validation(self, memory)

    def describe_answers(self):
        side = self.encoder.target
        most = sorted(zip(side.counts, side.names), key=lambda pair: -pair[0])
        named = ", ".join(f"{name} {count:,}" for count, name in most[:SHOWN])
        return f"classes: {side.size}: {named}" + (", ..." if len(most) > SHOWN else "")

    def describe_model(self):
        pool = self.config.pool
        return f", pool {pool.kind}" + (", linear path" if pool.linear else "")

    def summary(self) -> dict[str, Any]:
        return {"classes": self.encoder.target.size, "examples": len(self.coded["train"])}

    @staticmethod
    def example():
        moods = (("a good day and a kind word", "glad"), ("a bad night and a cold wind", "sad"), ("so so", "even"))
        rows = "".join(f"{text} {k}\t{mood}\n" for k in range(20) for text, mood in moods)
        settings = {"model.hidden_size": 6, "train.batch_size": 8, "model.embedding_size": 4}
        return Example("moods.tsv", rows, settings, ("moods.tsv",))
