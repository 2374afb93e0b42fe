"""What the tasks of pairs have in common: examples are read, shared out, coded and put into batches."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from ...data.pairs.batches import Coded, PairBatches
from ...data.pairs.checks import refuse_unreadable
from ...data.pairs.examples import Examples
from ...data.pairs.sides import Steps, TextSide
from ...errors import ConfigError
from ...phrases import counted
from ...storage.declared import Form, require
from ..files import TaskOfFiles
from .data import PairData, load_pairs
from .encoder import PairEncoder, pair_encoder
from .fitting import settle
from .stored import check_pair

UNITS = {"char": "characters", "byte": "bytes", "word": "words", "symbol": "symbols"}


class PairTask(TaskOfFiles):
    """See `tasks.base.Task`; data is a PairData. A task says what its answers are and how they become numbers."""

    answers: ClassVar[str]  # "class", "number" or "step"
    target: ClassVar[type]  # of the target side
    stored_sources: ClassVar[tuple[str, ...]] = ("text", "series", "features")  # forms of sources in a model file
    stored_target: ClassVar[Form]  # of the target side in a model file
    batched: ClassVar[type] = PairBatches
    coded: Any  # {split: Coded}

    def __init__(self, config: Any, data: PairData, encoder: PairEncoder) -> None:
        self.config, self.data, self.encoder = config, data, encoder
        self.model = self.build(config, encoder.size)
        self.coded = {name: self.code(encoder, examples) for name, examples in data.splits.items()}
        self.batches = self.batched(self.coded["train"], config.train.batch_size, config.seed)
        self.batches.notes = data.warnings
        self.targets_per_step = self.batches.N

    @classmethod
    def load(cls, draft: Any, encoder: Any = None, progress: Callable[[int, int], None] | None = None) -> "PairTask":
        data = load_pairs(draft.view(), cls.answers, encoder and encoder.reading, progress)
        if encoder is None:
            cls.settle(draft, data.train)
            encoder = cls.fit(data, draft)
        return cls(draft.view(), data, encoder)

    @classmethod
    def settle(cls, draft: Any, examples: Examples) -> None:
        """Decide in a Draft the settings that training examples decide, unless they are given."""
        settle(draft, examples)

    @classmethod
    def fit(cls, data: PairData, draft: Any) -> PairEncoder:
        """The encoder of these examples; settles there what they decide."""
        raise NotImplementedError

    @classmethod
    def code(cls, encoder: PairEncoder, examples: Examples) -> Coded:
        """Examples as numbers, their answers too where they have some; DataError for a source that it cannot read."""
        refuse_unreadable(encoder.source, examples)
        with np.errstate(over="ignore"):  # values far outside training: the answer shows it
            steps, spellings = [encoder.source.encode(source) for source in examples.sources], None
        if encoder.source.size.characters:
            steps, spellings = spelled(encoder.source, examples.sources, steps)
        return Coded(steps, None if examples.targets is None else cls.code_targets(encoder, examples), spellings)

    @classmethod
    def code_targets(cls, encoder: PairEncoder, examples: Examples) -> Any:
        """The answers as numbers; see `Coded`."""
        raise NotImplementedError

    @classmethod
    def encoder_from_dict(cls, values: dict[str, Any]) -> PairEncoder:
        """The PairEncoder that `to_dict` wrote; raises ModelFileError."""
        return pair_encoder(values, cls.target)

    @classmethod
    def check_stored_encoder(cls, values: Any, config: Any) -> None:
        require(config.seed is not None, "config.seed is missing")  # it shares out the examples
        check_pair(values, cls.stored_sources, cls.stored_target)

    def start(self, views: Any) -> tuple[str, ...]:
        path, side = self.config.reader.body_from, self.encoder.source
        if path is None:
            return ()
        if not isinstance(side, TextSide):
            raise ConfigError(
                "reader.body_from: a language model reads texts, and the sources here are " + side.form,
                "leave --body-from out",
            )
        from .body_from import start_from

        return (start_from(path, self.config, side, views),)

    def watched(self, steps: int | None, rows: int) -> Any:
        """See `tasks.base.Task.watched`: the longest of the held-out examples, whole."""
        held_out = next(self.coded[name] for name in ("val", "test", "train") if name in self.coded)
        return self.batched(held_out, rows, self.config.seed).longest()

    def describe(self, workers: int) -> tuple[str, ...]:
        model, batches = self.config.model, self.batches
        sizes = " + ".join(map(str, model.sizes))
        shared = f", shared by {workers} processes" if workers > 1 else ""
        count = batches.batches(0)
        return (
            *(f"{name}: {where}" for name, where in self.data.where.items()),
            f"{self.describe_answers()}; source: {self.describe_source()}",
            f"model: {model.cell} {sizes}{self.describe_ways()}{self.describe_model()}",
            f"batches: {count:,} {'batch' if count == 1 else 'batches'} of {batches.N} per epoch{shared}",
        )

    def describe_answers(self) -> str:
        """The target in words."""
        raise NotImplementedError

    def describe_ways(self) -> str:
        """In which directions a source is read, after a comma."""
        return ", both directions" if self.config.reader.bidirectional else ""

    def describe_model(self) -> str:
        """More of the model, after a comma."""
        return ""

    def describe_source(self) -> str:
        """The source side in words."""
        side, lengths = self.encoder.source, self.coded["train"].lengths
        steps = (
            f"{lengths.min():,} to {lengths.max():,} steps"
            if lengths.min() < lengths.max()
            else f"{lengths[0]:,} steps"
        )
        if side.form == "series":
            return f"series of {counted(side.channels, 'channel')}, {steps}"
        if side.form == "features":
            return f"features in {counted(len(side.columns), 'column')}"
        unit = UNITS[getattr(side, "tokens", "word")]
        return f"{unit}, {len(side.symbols):,} known, {steps}"


def spelled(side: Any, sources: Sequence[Any], steps: Sequence[Steps]) -> tuple[list[Steps], np.ndarray]:
    """(steps with the spelling of each word, (U, C) the characters of every spelling) of sentences."""
    numbers: dict[str, int] = {}
    found = []
    for source, each in zip(sources, steps):
        which = [numbers.setdefault(word, len(numbers)) for word in source or ("",)]
        found.append(each._replace(spelled=np.array(which, np.intp)))
    return found, np.array([side.spelling(word) for word in numbers], np.int16)
