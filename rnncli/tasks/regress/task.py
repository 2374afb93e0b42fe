"""Regression: numbers for a sequence."""

from typing import Any, ClassVar

import numpy as np

from ...data.pairs.sides import NumberSide, SourceSize
from ...nn.likelihoods import LIKELIHOODS
from ...nn.memory import Memory
from ..base import Example, TaskKind
from ..pairs.building import build_pooled
from ..pairs.encoder import PairEncoder
from ..pairs.fitting import fit_numbers, fit_source, settle_ngrams
from ..pairs.stored import NUMBERS
from ..pairs.task import PairTask
from .kind import REGRESS


class RegressTask(PairTask):
    """See `tasks.base.Task`."""

    kind: ClassVar[TaskKind] = REGRESS
    answers = "number"
    target = NumberSide
    stored_target = NUMBERS

    @classmethod
    def fit(cls, data, draft):
        settle_ngrams(draft)
        config = draft.view()
        return PairEncoder(fit_source(data.train, config, config.pool.linear), fit_numbers(data.train), data.reading)

    @classmethod
    def code_targets(cls, encoder, examples):
        return encoder.target.scaled(np.array(examples.targets, float)).astype(np.float32)

    @staticmethod
    def build(config: Any, size: Any) -> Any:
        """The Pooled model of a Config for the `size` of a PairEncoder."""
        source, K, _ = size
        return build_pooled(config, SourceSize(*source), LIKELIHOODS[config.regress.loss], K)

    def evaluator(self, memory: Memory) -> Any:
        from .validation import Validation

        return Validation(self, memory)

    def describe_answers(self):
        side = self.encoder.target
        each = zip(side.names, side.offset, side.scale)
        return "target: " + ", ".join(f"{name} (mean {mean:.4g}, deviation {sd:.4g})" for name, mean, sd in each)

    def describe_model(self):
        pool = self.config.pool
        linear = ", linear path" if pool.linear else ""
        return f", pool {pool.kind}{linear}, loss {self.config.regress.loss}"

    def summary(self) -> dict[str, Any]:
        return {"targets": self.encoder.target.size, "examples": len(self.coded["train"])}

    @staticmethod
    def example():
        rows = "".join(f"{k % 7},{(k * 3) % 5},{2 * (k % 7) - (k * 3) % 5 + 0.5}\n" for k in range(60))
        settings = {"model.hidden_size": 6, "train.batch_size": 8, "pairs.target": ["y"]}
        return Example("rows.csv", "a,b,y\n" + rows, settings, ("rows.csv",))
