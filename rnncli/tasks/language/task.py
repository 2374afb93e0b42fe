"""Language modelling: the next symbol of a text."""

import math

from ...data.text.corpus import load_corpus
from ...data.text.encoders import encoder_from_dict
from ...data.text.streams import Streams
from ..base import Example
from .kind import LANGUAGE
from .model import build_model
from .validation import Validation

HOPELESS = 2  # uniform guesses
NAMED = 3  # files that a line of words names


class LanguageTask:
    """See `tasks.base.Task`; data is a Corpus."""

    kind, needs = LANGUAGE, ()
    encoder_from_dict = staticmethod(encoder_from_dict)

    def __init__(self, config, corpus):
        train, self.config, self.data, self.encoder = config.train, config, corpus, corpus.encoder
        self.model = build_model(config.model, self.encoder.size)
        self.batches = Streams(corpus.train, train.seq_length, train.batch_size, train.shuffle, config.seed)
        self.hopeless, self.chars_per_token = HOPELESS * math.log(self.encoder.size), corpus.chars_per_token
        self.targets_per_step = self.batches.T * self.batches.N

    @classmethod
    def load(cls, draft, encoder=None, progress=None):
        config = draft.view()
        return cls(config, load_corpus(config.data, encoder, progress))

    def evaluator(self, memory):
        """The Validation of this task."""
        return Validation(self.config, self.data, self.model, (self.batches.T, self.batches.N), memory)

    def describe(self, workers):
        model, files = self.config.model, self.data.files
        more = f" and {len(files) - NAMED:,} more" if len(files) > NAMED else ""
        inside = f"embedding {model.embedding_size}" if model.embedding_size else "one-hot input"
        splits = (self.data.train, self.data.val, self.data.test)
        shared = f", shared by {workers} processes" if workers > 1 else ""
        return (
            f"data: {', '.join(files[:NAMED])}{more}",
            *(f"{split.name}: {split.where}" for split in splits if split is not None),
            f"model: {model.cell} {' + '.join(map(str, model.sizes))}, {inside}, {self.encoder.size} symbols",
            f"batches: {self.batches.N} streams of {self.batches.T} steps, "
            f"{self.batches.batches(0):,} batches an epoch{shared}",
        )

    def extra_tensors(self):
        return {}

    def extra_record(self):
        return None

    def summary(self):
        """What summary.json says of the task."""
        return {"level": self.encoder.level, "symbols": self.encoder.size}

    @staticmethod
    def build(config, size):
        """The LanguageModel of a Config, for a vocabulary of `size` tokens; raises ConfigError."""
        return build_model(config.model, size)

    @staticmethod
    def gradcheck_cases(cell, seed):
        from . import checks

        return checks.cases(cell, seed)

    @staticmethod
    def shared_gradcheck_cases(seed):
        from . import checks

        return checks.shared_cases(seed)

    @staticmethod
    def saved_gradcheck_case(loaded, seed):
        from . import checks

        return checks.saved_case(loaded, seed)

    @staticmethod
    def metric_names(loaded, options):
        from .evaluate import metric_names

        return metric_names(loaded, options)

    @staticmethod
    def evaluate(loaded, options, out):
        from .evaluate import evaluate

        return evaluate(loaded, options, out)

    @staticmethod
    def generate(loaded, options, out):
        from .generate import generate

        generate(loaded, options, out)

    @staticmethod
    def example():
        words = "the cat sat on a mat and a dog ran to the big tree\n"
        settings = {"model.hidden_size": 8, "train.seq_length": 8, "train.batch_size": 4, "train.sample_length": 0}
        return Example("words.txt", words * 30, settings)
