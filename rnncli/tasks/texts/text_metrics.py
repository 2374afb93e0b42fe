"""The metrics of written texts against true ones.

    symbol error rate = sum of the distances / sum of the lengths of the true texts

A distance is that of Levenshtein, in symbols. The same source may stand in several examples with different true texts:
then a written text is compared with all of them, and the nearest one counts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from .edits import Candidates, distance

Split = Callable[[str], list[str]]
MOST = 2_000  # true texts of one source that a text is compared with


@dataclass(frozen=True)
class Compared:
    """E written texts beside the true ones. nearest: the true text of its source that each is nearest to; distances
    (E,) to it; lengths (E,) of it; symbols (E,) of the written text."""

    nearest: list[str]
    distances: np.ndarray
    lengths: np.ndarray
    symbols: np.ndarray

    @property
    def exact(self) -> np.ndarray:
        """(E,) whether the symbols are those of a true text."""
        return self.distances == 0

    @property
    def errors(self) -> np.ndarray:
        """(E,) the symbol error of each: its distance by the length of the true text, by 1 where that is empty."""
        return self.distances / np.maximum(self.lengths, 1)

    def error_rate(self, group: np.ndarray | slice = slice(None)) -> float | None:
        """The symbol error rate of the examples `group`; None where the true texts have no symbol."""
        return ratio(self.distances[group].sum(), self.lengths[group].sum())


class TrueTexts:
    """The true texts of E examples, those of equal sources together: of each source the first 2,000 different ones."""

    def __init__(self, truth: Sequence[str], sources: Sequence[str], split: Split):
        self.truth, self.sources, self.split = truth, sources, split
        self.symbols = [split(text) for text in truth]
        self.lengths = np.array([*map(len, self.symbols)], np.intp)
        self._answers: dict[str, dict[str, int]] = {}  # source -> {true text: its first example}
        for k, (source, text) in enumerate(zip(sources, truth)):
            answers = self._answers.setdefault(source, {})
            if len(answers) < MOST:
                answers.setdefault(text, k)

    def answers(self, k: int, most: int) -> list[str]:
        """The first different true texts of the source of example k, at most `most`, its own before them."""
        own, others = self.truth[k], islice(self._answers[self.sources[k]], most)
        return [own, *(text for text in others if text != own)][:most]

    @property
    def several(self) -> int:
        """The number of examples whose source has several true texts."""
        return sum(len(self._answers[source]) > 1 for source in self.sources)

    def compare(self, written: Sequence[str]) -> Compared:
        """The Compared of one text for each example. Of equally near true texts that of the example itself counts."""
        own = [self.split(text) for text in written]
        nearest = np.arange(len(own))
        distances = np.array([distance(one, other) for one, other in zip(own, self.symbols)], np.intp)
        found: dict[str, Candidates] = {}
        for k, source in enumerate(self.sources):
            if distances[k] and len(self._answers[source]) > 1:
                examples = [*self._answers[source].values()]
                if source not in found:
                    found[source] = Candidates([self.symbols[e] for e in examples])
                away = found[source].distances(own[k])
                if away.min() < distances[k]:
                    distances[k], nearest[k] = away.min(), examples[int(away.argmin())]
        symbols = np.array([*map(len, own)], np.intp)
        return Compared([self.truth[k] for k in nearest.tolist()], distances, self.lengths[nearest], symbols)

    def metrics(self, written: Sequence[str], compared: Compared) -> dict[str, float | None]:
        """{name: value} of one text for each example, without the nats."""
        return {
            "symbol_error_rate": compared.error_rate(),
            "exact_match": share_of(compared.exact),
            "length_ratio": ratio(compared.symbols.sum(), self.lengths.sum()),
            "distinct": ratio(len(set(written)), len(written)),
        }


def share_of(hits: Sequence[bool] | np.ndarray) -> float | None:
    """The mean; None for no value."""
    return float(np.mean(hits)) if len(hits) else None


def ratio(value: float, by: float) -> float | None:
    """value / by; None for by = 0."""
    return float(value) / float(by) if by else None
