"""Language modelling: predict the next token of a text.

What only training needs is imported where it is used, so that `generate` starts sooner.
"""

import math
from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar

from ...data.text.encoders import encoder_from_dict
from ...nn.aligned import Aligned
from ...nn.memory import Memory
from ...phrases import counted
from ..base import Example, TaskKind
from ..files import TaskOfFiles
from .kind import LANGUAGE
from .model import build_model
from .stored import check_encoder

if TYPE_CHECKING:
    from ...data.text.corpus import Corpus
    from .validation import Validation

HOPELESS = 2  # times the loss of a uniform guess
NAMED = 3  # files that the line on the data names
WATCHED = 128  # steps of a row that `inspect` looks at
LOOKED_AT = 50  # batches among which it takes that with the longest rows: of whole documents, short ones come first


class LanguageTask(TaskOfFiles):
    """See `tasks.base.Task`; data is a Corpus."""

    kind: ClassVar[TaskKind] = LANGUAGE
    encoder_from_dict = staticmethod(encoder_from_dict)

    @classmethod
    def check_stored_encoder(cls, values: Any, config: Any) -> None:
        check_encoder(values, config)

    def __init__(self, config: Any, corpus: "Corpus") -> None:
        from ...data.text.streams import Streams

        train, self.config, self.data, self.encoder = config.train, config, corpus, corpus.encoder
        self.model = build_model(config.model, self.encoder.size)
        self.batches = Streams(corpus.train, train.seq_length, train.batch_size, train.shuffle, config.seed)
        self.hopeless, self.chars_per_token = HOPELESS * math.log(self.encoder.size), corpus.chars_per_token
        self.spelling_nats_per_char = corpus.train.spelling_nats / corpus.train.characters
        self.targets_per_step = self.batches.T * self.batches.N

    @classmethod
    def load(
        cls, draft: Any, encoder: Any = None, progress: Callable[[int, int], None] | None = None
    ) -> "LanguageTask":
        from ...data.text.corpus import load_corpus
        from .corpus_checks import check_corpus, check_settings

        if draft["data.tokens"] is None:
            draft.decide("data.tokens", "char")
        config = draft.view()
        if encoder is None:
            check_settings(config.data)
        corpus = load_corpus(config.data, encoder, progress)
        check_corpus(corpus, config.data)
        return cls(config, corpus)

    def evaluator(self, memory: Memory) -> "Validation":
        """The Validation of this task."""
        from .validation import Validation

        return Validation(self.config, self.data, self.model, (self.batches.T, self.batches.N), memory)

    def watched(self, steps: int | None, rows: int) -> Any:
        """See `tasks.base.Task.watched`: of the first batches of held-out text the one with the longest rows."""
        from ...data.text.streams import Streams

        split = self.data.val or self.data.test or self.data.train
        batches = Streams(split, steps or WATCHED, rows, False, self.config.seed)
        return max(islice(batches.epoch(0), LOOKED_AT), key=lambda batch: (batch.size, batch.count))

    def describe(self, workers: int) -> tuple[str, ...]:
        from .corpus_checks import unspaced

        model, files = self.config.model, self.data.files
        more = f" and {len(files) - NAMED:,} more" if len(files) > NAMED else ""
        inside = f"embedding {model.embedding_size}" if model.embedding_size else "one-hot input"
        splits = (self.data.train, self.data.val, self.data.test)
        shared = f", shared by {workers} processes" if workers > 1 else ""
        count = self.batches.batches(0)
        return (
            f"data: {', '.join(files[:NAMED])}{more}",
            *(f"{split.name}: {split.where}" for split in splits if split is not None),
            *unspaced(self.encoder),
            f"model: {model.cell} {' + '.join(map(str, model.sizes))}, {inside}, vocabulary of {self.encoder.size}",
            f"batches: {counted(self.batches.N, 'stream')} of {counted(self.batches.T, 'step')}, "
            f"{count:,} {'batch' if count == 1 else 'batches'} per epoch{shared}",
        )

    def summary(self) -> dict[str, Any]:
        """The entries of the task in summary.json."""
        return {"level": self.encoder.level, "symbols": self.encoder.size}

    @staticmethod
    def build(config: Any, size: int) -> Aligned:
        """The Aligned model of a Config, for a vocabulary of `size` tokens; raises ConfigError."""
        return build_model(config.model, size)

    @staticmethod
    def example():
        words = "the cat sat on a mat and a dog ran to the big tree\n"
        settings = {"model.hidden_size": 8, "train.seq_length": 8, "train.batch_size": 4, "train.sample_length": 0}
        return Example("words.txt", words * 30, settings)
