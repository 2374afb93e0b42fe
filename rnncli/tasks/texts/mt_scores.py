"""BLEU and chrF of written texts, by sacrebleu where it is installed.

Papineni et al., "BLEU: a method for automatic evaluation of machine translation", ACL (2002) 311-318; Popović, "chrF:
character n-gram F-score for automatic MT evaluation", WMT (2015) 392-395; Post, "A call for clarity in reporting BLEU
scores", WMT (2018) 186-191, arXiv 1804.08771v2. Both are corpus scores from 0 to 100 on the plain texts.
"""

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

MISSING = "BLEU and chrF need the package sacrebleu: pip install sacrebleu"
REFERENCES = 8  # most true texts of a source that are references
NAMES = ("bleu", "chrf")
NGRAMS = 4  # words of the longest that BLEU counts


class MtScores:
    """Scores texts against the true ones of each example, of which the first 8 are references.

    signatures: how each score is computed, by name; empty where sacrebleu is not installed.
    """

    def __init__(self, references: Sequence[Sequence[str]]):
        self._has_words = any(len(text.split()) >= NGRAMS for texts in references for text in texts)
        most = min(max(map(len, references), default=0), REFERENCES)
        streams = [[texts[k] if k < len(texts) else None for texts in references] for k in range(most)]
        self._metrics = _metrics(streams) if streams else {}
        self.signatures: dict[str, str] = {}

    def scores(self, written: Sequence[str]) -> dict[str, float | None]:
        """{name: score} of a text for each example; None without sacrebleu, without an example, and for BLEU of
        texts without four words."""
        found: dict[str, float | None] = dict.fromkeys(NAMES)
        for name, metric in self._metrics.items():
            if name == "bleu" and not self._has_words:
                continue  # of texts with fewer words than its n-grams it is always 0
            found[name] = float(metric.corpus_score([*written], None).score)
            self.signatures[name] = str(metric.get_signature())
        return found


def is_installed() -> bool:
    """Whether there are scores."""
    return find_spec("sacrebleu") is not None


def _metrics(streams) -> dict[str, Any]:
    if not is_installed():
        return {}
    metrics = import_module("sacrebleu.metrics")
    # force: no advice on tokens on standard error
    return {"bleu": metrics.BLEU(force=True, references=streams), "chrf": metrics.CHRF(references=streams)}
