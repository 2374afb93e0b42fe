"""The validation text of a run, scored while it trains, and samples of what the network writes."""

import numpy as np

from ...data.text.splits import shortened
from ...generation.writing import sample_text
from .scoring import SHORT, Scorer

SCORED = 20_000  # tokens that `try_out` scores


class Validation:
    """See `tasks.base.Evaluator`. The score is the nats per character of the validation text."""

    def __init__(self, config, corpus, model, shape, memory):
        """shape: (T, N) of a batch."""
        T, N = shape
        self.config, self.model, self.encoder = config, model, corpus.encoder
        self.split = corpus.val and shortened(corpus.val, config.train.eval_tokens)
        self.scorer = Scorer(model, N, min(T, SHORT), memory) if self.split else None

    def score(self, weights):
        if not self.scorer:
            return None
        nats = float(self.scorer.nats(weights, self.split).sum())
        per_char = (nats + self.split.spelling_nats) / self.split.characters
        return {"nats_per_token": nats / self.split.targets, "nats_per_char": per_char}

    def try_out(self, weights):
        if not self.scorer:
            return 1.0
        some = shortened(self.split, SCORED)
        self.scorer.nats(weights, some)
        return some.targets / self.split.targets

    def sample(self, weights):
        """A text of `sample_length` tokens, empty for 0."""
        if not self.config.train.sample_length:
            return ""
        with np.errstate(all="ignore"):  # weights that are about to diverge: the next step shows it
            return sample_text(
                self.model,
                weights,
                self.encoder,
                self.config.train.sample_length,
                self.config.seed,
                by_line=self.config.data.documents == "line",
            )

    def findings(self):
        return {}
