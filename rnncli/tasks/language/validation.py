"""Scores of the validation text and sample texts while a run trains."""

from typing import Any

import numpy as np

from ...data.text.corpus import Corpus
from ...data.text.splits import shortened
from ...nn.aligned import Aligned
from ...nn.memory import Memory
from ...nn.model import Views
from .sample import TextSample, sample_text
from .scoring import SHORT, Scorer

SCORED = 20_000  # tokens that `try_out` scores


class Validation:
    """See `tasks.base.Evaluator`. The score is the nats per character of the validation text."""

    def __init__(self, config: Any, corpus: Corpus, model: Aligned, shape: tuple[int, int], memory: Memory) -> None:
        """shape: (T, N) of a batch."""
        T, N = shape
        self.config, self.model, self.encoder = config, model, corpus.encoder
        self.split = corpus.val and shortened(corpus.val, config.train.eval_tokens)
        self.scorer = Scorer(model, N, min(T, SHORT), memory) if self.split else None

    def score(self, weights: Views) -> dict[str, float] | None:
        if not self.scorer or not self.split:
            return None
        nats = float(self.scorer.nats(weights, self.split).sum())
        per_char = (nats + self.split.spelling_nats) / self.split.characters
        return {"nats_per_token": nats / self.split.targets, "nats_per_char": per_char}

    def try_out(self, weights: Views) -> float:
        if not self.scorer or not self.split:
            return 1.0
        some = shortened(self.split, SCORED)
        self.scorer.nats(weights, some)
        return some.targets / self.split.targets

    def sample(self, weights: Views) -> TextSample | None:
        """A TextSample of `sample_length` tokens, None for 0."""
        if not self.config.train.sample_length:
            return None
        with np.errstate(all="ignore"):  # the weights may be diverging: the next step reports it
            text = sample_text(
                self.model,
                weights,
                self.encoder,
                self.config.train.sample_length,
                self.config.seed,
                by_line=self.config.data.documents == "line",
            )
        return TextSample(text)

    def findings(self) -> dict[str, Any]:
        return {}
