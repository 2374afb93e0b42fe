"""Labelling: a class for each word of a sentence."""

import sys
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from ...data.pairs.sides import ClassSide, SourceSize
from ...errors import DataError
from ...nn.memory import Memory
from ..base import Example, TaskKind
from ..pairs.building import build_labeller
from ..pairs.encoder import PairEncoder
from ..pairs.fitting import at_least_two, fit_classes, fit_source, likelihood
from ..pairs.stored import CLASSES
from ..pairs.task import PairTask
from .kind import LABEL


class LabelTask(PairTask):
    """See `tasks.base.Task`."""

    kind: ClassVar[TaskKind] = LABEL
    answers = "step"
    target = ClassSide
    stored_sources = ("words",)
    stored_target = CLASSES

    def __init__(self, config: Any, data: Any, encoder: PairEncoder) -> None:
        super().__init__(config, data, encoder)
        coded = self.coded["train"]
        self.targets_per_step = max(1, round(self.batches.N * float(coded.lengths.mean())))

    @classmethod
    def fit(cls, data, draft):
        config = draft.view()
        refuse_long(data.train, config.steps.longest)
        classes = fit_classes([label for labels in data.train.targets for label in labels])
        at_least_two(classes, data.files)
        source = fit_source(data.train, config, False)
        if source.form == "series":
            source = replace(source, longest=sys.maxsize)  # every step has a label
        return PairEncoder(source, classes, data.reading)

    @classmethod
    def code_targets(cls, encoder, examples):
        number = encoder.target.number
        return [np.array([number(label) for label in labels], np.intp) for labels in examples.targets]

    @staticmethod
    def build(config: Any, size: Any) -> Any:
        """The Aligned model of a Config for the `size` of a PairEncoder."""
        source, K, counts = size
        return build_labeller(config, SourceSize(*source), likelihood(config.classes, K, counts), K)

    def evaluator(self, memory: Memory) -> Any:
        from .validation import Validation

        return Validation(self, memory)

    def describe_answers(self):
        side = self.encoder.target
        unit = "words" if self.encoder.source.form == "words" else "steps"
        return f"labels: {side.size}, of {sum(side.counts):,} {unit}"

    def describe_model(self):
        spelling = self.config.spelling
        return f", characters read by {spelling.size} units" if self.model.words else ""

    def summary(self) -> dict[str, Any]:
        return {"classes": self.encoder.target.size, "examples": len(self.coded["train"])}

    @staticmethod
    def example():
        sentences = ("the DET\ndog NOUN\nran VERB\n", "a DET\nred ADJ\nfox NOUN\nran VERB\n", "dogs NOUN\nran VERB\n")
        text = "".join(f"{sentences[k % 3]}x{k} NOUN\n\n" for k in range(60))
        settings = {
            "model.hidden_size": 6,
            "train.batch_size": 8,
            "model.embedding_size": 4,
            "spelling.size": 4,
            "spelling.width": 3,
        }
        return Example("tags.conll", text, settings, ("tags.conll",))


def refuse_long(examples: Any, longest: int) -> None:
    """Raises DataError for a training sequence of more than `longest` steps, which would make every batch as long."""
    lengths = np.array([len(source) for source in examples.sources])
    k = int(lengths.argmax())
    if lengths[k] > longest:
        raise DataError(
            f"{examples.where(k)}: a sequence of {lengths[k]:,} steps; at most {longest:,} are read at once",
            "divide it, by empty lines between sentences, or raise --set steps.longest",
        )
