"""Description: a text for features or a class."""

from typing import Any, ClassVar

from ...data.pairs.sides import SourceSize
from ...errors import DataError
from ...nn.memory import Memory
from ..base import Example, TaskKind
from ..texts.building import build_describer
from ..texts.fitting import settle_target
from ..texts.task import TextTask
from .kind import DESCRIBE

FAR = 1e30  # deviations from the mean of training: products of larger numbers overflow in float32
SHOWN = 6  # values of a condition that are named in the description


class DescribeTask(TextTask):
    """See `tasks.base.Task`."""

    kind: ClassVar[TaskKind] = DESCRIBE
    answers = "description"
    stored_sources = ("features",)

    def __init__(self, config: Any, data: Any, encoder: Any) -> None:
        super().__init__(config, data, encoder)
        cells = data.train.sources[0]
        self.needs = tuple(f"{column.name}={cell.strip()}" for column, cell in zip(encoder.source.columns, cells))

    @classmethod
    def settle(cls, draft, examples):
        settle_target(draft, examples.targets)

    @classmethod
    def code_sources(cls, side, examples):
        for k, source in enumerate(examples.sources):
            for column, cell in zip(side.columns, source):
                if is_far(column, cell):
                    place = f"{examples.where(k)}, column {column.name}"
                    raise DataError(f"{place}: {cell} is too far from the numbers of training", "correct it")
        return super().code_sources(side, examples)

    @staticmethod
    def build(config: Any, size: Any) -> Any:
        """The EncoderDecoder of a Config for the `size` of a PairEncoder."""
        source, V, _ = size
        return build_describer(config, SourceSize(*source), V)

    def start(self, views: Any) -> tuple[str, ...]:
        return ()

    def evaluator(self, memory: Memory) -> Any:
        from .validation import Validation

        return Validation(self, memory)

    def describe_source(self):
        return "; ".join(_described(column) for column in self.encoder.source.columns)

    def describe_ways(self):
        return ""

    def describe_model(self):
        return ", condition at every step" if self.config.conditions.every_step else ", condition at the first step"

    @staticmethod
    def example():
        rows = "".join(f"{k % 3},{'red' if k % 2 else 'blue'},{'r' if k % 2 else 'b'}{k % 3} x{k}\n" for k in range(60))
        settings = {"model.hidden_size": 6, "train.batch_size": 8, "model.embedding_size": 4}
        settings |= {"pairs.source": ["size", "colour"], "pairs.target": ["text"]}
        return Example("things.csv", "size,colour,text\n" + rows, settings, ("things.csv",))


def is_far(column: Any, cell: str) -> bool:
    """Whether a cell of a FeatureColumn is a number with which the network cannot compute."""
    return not column.names and abs(column.encode(cell)[0]) > FAR


def _described(column):
    """A condition and its values in words."""
    if not column.names:
        return f"{column.name}, a number"
    more = ", ..." if len(column.names) > SHOWN else ""
    return f"{column.name}: {', '.join(column.names[:SHOWN])}{more}"
