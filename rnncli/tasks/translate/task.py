"""Translation: a text for a text."""

from dataclasses import replace
from typing import Any, ClassVar

from ...data.pairs.sides import SourceSize, TextSide
from ...data.pairs.tokens import condition_tokens
from ...nn.memory import Memory
from ..base import Example, TaskKind
from ..texts.building import build_translator
from ..texts.fitting import settle_target, unit_of
from ..texts.task import TextTask
from .kind import TRANSLATE

READER = "reader_"  # begins the names of the layers that read


class TranslateTask(TextTask):
    """See `tasks.base.Task`."""

    kind: ClassVar[TaskKind] = TRANSLATE
    answers = "text"
    stored_sources = ("text",)

    @classmethod
    def settle(cls, draft, examples):
        if draft["data.tokens"] is None:
            draft.decide("data.tokens", unit_of(examples.sources))
        super().settle(draft, examples)
        settle_target(draft, examples.targets)

    @classmethod
    def fit_side(cls, examples, config):
        return with_conditions(super().fit_side(examples, config), examples)

    @classmethod
    def code_sources(cls, side, examples):
        conditions = examples.conditions or [()] * len(examples)
        return [side.encode(source, own) for source, own in zip(examples.sources, conditions)]

    @staticmethod
    def build(config: Any, size: Any) -> Any:
        """The EncoderDecoder of a Config for the `size` of a PairEncoder."""
        source, V, _ = size
        return build_translator(config, SourceSize(*source), V)

    def start(self, views: Any) -> tuple[str, ...]:
        return super().start(reader_views(views))

    def evaluator(self, memory: Memory) -> Any:
        from .validation import Validation

        return Validation(self, memory)

    def describe_model(self):
        kind = self.config.attention.kind
        return ", no attention" if kind == "none" else f", {kind} attention"

    @staticmethod
    def example():
        rows = "".join(f"{k} {'two' if k % 2 else 'one'}\t{'b' if k % 2 else 'a'} {k % 10}\n" for k in range(60))
        settings = {"model.hidden_size": 6, "train.batch_size": 8, "model.embedding_size": 4}
        return Example("pairs.tsv", rows, settings, ("pairs.tsv",))


def reader_views(views: Any) -> dict[str, Any]:
    """The arrays of the layers that read, by the names that they have in a model of their own."""
    return {name.removeprefix(READER): views[name] for name in views if name.startswith(READER)}


def with_conditions(side: TextSide, examples: Any) -> TextSide:
    """The side that also reads the conditions of training examples."""
    names = examples.condition_names if examples.conditions else ()
    tokens = [token for cells in examples.conditions or () for token in condition_tokens(names, cells)]
    return replace(side, symbols=(*side.symbols, *dict.fromkeys(tokens)), conditions=names)
