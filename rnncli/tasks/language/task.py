"""Language modelling: the next symbol of a text."""

import math

import numpy as np

from ...data.text.corpus import load_corpus
from ...data.text.encoders import encoder_from_dict
from ...data.text.splits import shortened
from ...data.text.streams import Streams
from .kind import LANGUAGE
from .model import build_model
from .sample import TextSample, sample_text
from .scoring import SHORT, Scorer

HOPELESS = 2  # uniform guesses
NAMED = 3  # files that a line of words names
SCORED = 20_000  # tokens that `try_evaluation` scores


class LanguageTask:
    """See the package; data is a Corpus."""

    kind = LANGUAGE
    name, score, ahead = LANGUAGE.name, LANGUAGE.score, ()
    encoder_from_dict = staticmethod(encoder_from_dict)

    def __init__(self, config, corpus):
        train = config.train
        self.config, self.data, self.encoder, self.size = config, corpus, corpus.encoder, corpus.encoder.size
        self.model = build_model(config.model, self.size)
        self.batches = Streams(corpus.train, train.seq_length, train.batch_size, train.shuffle, config.seed)
        self.hopeless = HOPELESS * math.log(self.size)
        self.chars_per_token, self.tokens_per_step = corpus.chars_per_token, self.batches.T * self.batches.N
        self.validation = corpus.val and shortened(corpus.val, train.eval_tokens)
        self.scorer = None

    @property
    def validates(self):
        return self.validation is not None

    @classmethod
    def load(cls, config, encoder=None, progress=None):
        return cls(config, load_corpus(config.data, encoder, progress))

    @staticmethod
    def build(config, size):
        """The LanguageModel of a Config, for a vocabulary of `size` tokens; raises ConfigError."""
        return build_model(config.model, size)

    def get_ready(self, memory):
        if self.validates:
            self.scorer = Scorer(self.model, self.batches.N, min(self.batches.T, SHORT), memory)

    def validate(self, weights):
        if not self.validates:
            return None
        nats = float(self.scorer.nats(weights, self.validation).sum())
        per_char = (nats + self.validation.spelling_nats) / self.validation.characters
        return {"nats_per_token": nats / self.validation.targets, "nats_per_char": per_char}

    def try_evaluation(self, weights):
        some = shortened(self.validation, SCORED)
        self.scorer.nats(weights, some)
        return some.targets / self.validation.targets

    def sample(self, weights):
        """A TextSample of `sample_length` tokens, None for 0."""
        if not self.config.train.sample_length:
            return None
        with np.errstate(all="ignore"):  # weights that are about to diverge: the next step tells
            text = sample_text(
                self.model,
                weights,
                self.encoder,
                self.config.train.sample_length,
                self.config.seed,
                by_line=self.config.data.documents == "line",
            )
        return TextSample(text)

    def describe(self, workers):
        model, files = self.config.model, self.data.files
        more = f" and {len(files) - NAMED:,} more" if len(files) > NAMED else ""
        inside = f"embedding {model.embedding_size}" if model.embedding_size else "one-hot input"
        splits = (self.data.train, self.data.val, self.data.test)
        shared = f", shared by {workers} processes" if workers > 1 else ""
        return (
            f"data: {', '.join(files[:NAMED])}{more}",
            *(f"{split.name}: {split.where}" for split in splits if split is not None),
            f"model: {model.cell} {' + '.join(map(str, model.sizes))}, {inside}, {self.size} symbols",
            f"batches: {self.batches.N} streams of {self.batches.T} steps, "
            f"{self.batches.batches(0):,} batches an epoch{shared}",
        )

    def arrays(self):
        return {}

    def findings(self):
        return {}

    def record(self):
        return None

    def summary(self):
        """What summary.json says of the task."""
        return {"level": self.encoder.level, "symbols": self.size}

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
