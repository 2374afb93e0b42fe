"""What the tasks that write texts have in common."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

import numpy as np

from ...data.pairs.checks import refuse_unreadable
from ...data.pairs.text_batches import CodedTexts, TextBatches
from ...data.pairs.tokens import tokens_of
from ...data.pairs.written import WrittenSide
from ...phrases import counted
from ..pairs.encoder import PairEncoder
from ..pairs.fitting import fit_source
from ..pairs.task import UNITS, PairTask
from .fitting import fit_written
from .stored import WRITTEN

BYTES = 4  # most symbols of a character


class TextTask(PairTask):
    """See `tasks.base.Task`; data is a PairData."""

    target = WrittenSide
    stored_target = WRITTEN
    batched: ClassVar[type] = TextBatches

    coded: dict[str, CodedTexts]

    def __init__(self, config: Any, data: Any, encoder: Any) -> None:
        super().__init__(config, replace(data, notes=(*data.notes, *cut_notes(data, encoder, config))), encoder)
        self.targets_per_step = max(1, round(self.batches.N * float(self.coded["train"].target_lengths.mean())))

    @classmethod
    def fit(cls, data, draft):
        config = draft.view()
        return PairEncoder(cls.fit_side(data.train, config), fit_written(data.train.targets, config), data.reading)

    @classmethod
    def fit_side(cls, examples: Any, config: Any) -> Any:
        """The source side of training examples."""
        return fit_source(examples, config, False)

    @classmethod
    def code(cls, encoder, examples):
        refuse_unreadable(encoder.source, examples)
        targets = None if examples.targets is None else cls.code_targets(encoder, examples)
        return CodedTexts(cls.code_sources(encoder.source, examples), targets)

    @classmethod
    def code_sources(cls, side: Any, examples: Any) -> Any:
        """The Steps of every source."""
        with np.errstate(over="ignore"):  # values far outside training: the text shows it
            return [side.encode(source) for source in examples.sources]

    @classmethod
    def code_targets(cls, encoder, examples):
        return [encoder.target.encode(text) for text in examples.targets]

    def describe_answers(self):
        side, lengths = self.encoder.target, self.coded["train"].target_lengths - 1
        return f"texts: {UNITS[side.tokens]}, {side.size - 2:,} known, {lengths.min():,} to {lengths.max():,} of them"

    def summary(self) -> dict[str, Any]:
        return {"symbols": self.encoder.target.size, "examples": len(self.coded["train"])}


def cut_notes(data: Any, encoder: Any, config: Any) -> Iterator[str]:
    """Notes on training sources and texts of which only the beginning is learnt."""
    source, written = encoder.source, encoder.target
    sides = [("text", "writer.longest", config.writer.longest - 1, data.train.targets, written.split)]
    if source.form == "text":
        units = partial(tokens_of, unit=source.tokens, lower=source.lower)
        sides.append(("source", "steps.longest", source.longest, data.train.sources, units))
    for noun, setting, longest, texts, split in sides:
        if count := sum(BYTES * len(text) > longest and len(split(text)) > longest for text in texts):
            yield f"of {counted(count, noun)} only the first {longest:,} symbols are learnt; --set {setting} for more"
