"""N-grams of tokens with tf-idf weights, for a linear model of a text: within a network, and as a baseline.

    v_g = (1 + ln tf_g) idf_g,      idf_g = ln((1 + E) / (1 + df_g)) + 1,      values = v / |v|

tf_g: how often the text has g; df_g: how many of the E training texts have it. Salton and Buckley, "Term-weighting
approaches in automatic text retrieval", Information Processing & Management 24 (1988) 513-523; both idf counts are one
higher, as if one more text had every n-gram, and 1 is added so that an n-gram of every text still counts.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ...errors import ModelFileError

START, END = "\x02", "\x03"  # the marks of `edges`: start and end of text in ASCII


@dataclass(frozen=True)
class Grams:
    """The n-grams of 1 to `highest` tokens that a training text has; the id of one is its index in `grams`.

    joint: what stands between the tokens of an n-gram: "" for characters, " " for words.
    edges: a start and an end mark stand around each text, so that prefixes and suffixes are n-grams of their own; a
    mark alone is none. idf: a weight for each n-gram.
    """

    highest: int
    joint: str
    edges: bool
    grams: tuple[str, ...]
    idf: tuple[float, ...]

    @classmethod
    def fit(
        cls,
        token_lists: Sequence[Sequence[str]],
        highest: int,
        joint: str,
        edges: bool,
        min_count: int = 1,
        most: int = 100_000,
    ) -> "Grams":
        """The n-grams that at least `min_count` of the texts have, each text a list of tokens.

        The most frequent come first, ties in the order of their first appearance; at most `most` are kept. ValueError
        for `highest` or `most` below 1.
        """
        if min(highest, most) < 1:
            raise ValueError(f"highest is {highest} and most {most}; both must be 1 or more")
        df: Counter[str] = Counter()
        for tokens in token_lists:
            df.update(dict.fromkeys(_grams(tokens, highest, joint, edges), 1))
        kept = [(gram, n) for gram, n in df.most_common() if n >= min_count][:most]
        E = len(token_lists)
        idf = tuple(math.log((1 + E) / (1 + n)) + 1 for _, n in kept)
        return cls(highest, joint, edges, tuple(gram for gram, _ in kept), idf)

    @property
    def size(self) -> int:
        return len(self.grams)

    @cached_property
    def _index(self):
        return {gram: number for number, gram in enumerate(self.grams)}

    @cached_property
    def _weights(self):
        return np.array(self.idf, np.float64)

    def counts(self, tokens: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """The known n-grams of a text: ids (g,) intp, rising, and how often each occurs, (g,) float64."""
        index = self._index
        found = Counter(index.get(gram, -1) for gram in _grams(tokens, self.highest, self.joint, self.edges))
        found.pop(-1, None)  # n-grams that no training text has
        ids = np.fromiter(found, np.intp, len(found))
        order = np.argsort(ids)
        return ids[order], np.fromiter(found.values(), np.float64, len(found))[order]

    def encode(self, tokens: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """The known n-grams of a text: ids (g,) intp, rising, and tf-idf (g,) float32 of norm 1; g is 0 for none."""
        ids, tf = self.counts(tokens)
        values = (1 + np.log(tf)) * self._weights[ids]
        return ids, (values / math.sqrt(max(values @ values, 1e-300))).astype(np.float32)

    def to_dict(self) -> dict[str, Any]:
        """JSON data for `from_dict`."""
        return {
            "highest": self.highest,
            "joint": self.joint,
            "edges": self.edges,
            "grams": list(self.grams),
            "idf": list(self.idf),
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Grams":
        """The n-grams described by `to_dict`. ModelFileError for values that it never writes."""
        valid = isinstance(values, dict) and all(check(values.get(name)) for name, check in _CHECKS.items())
        if not valid or not len(values["grams"]) == len(set(values["grams"])) == len(values["idf"]):
            raise ModelFileError(
                "the model's n-grams are malformed: expected highest, joint, edges, and as many idf as distinct grams",
                "the file is damaged or from another version of rnncli; use that version, or train again",
            )
        idf = tuple(map(float, values["idf"]))
        return cls(values["highest"], values["joint"], values["edges"], tuple(values["grams"]), idf)


_CHECKS = {
    "highest": lambda value: type(value) is int and value >= 1,
    "joint": lambda value: isinstance(value, str),
    "edges": lambda value: isinstance(value, bool),
    "grams": lambda value: isinstance(value, list) and all(isinstance(gram, str) for gram in value),
    "idf": lambda value: isinstance(value, list) and all(type(x) in (int, float) and 0 < x < math.inf for x in value),
}


def _grams(tokens: Sequence[str], highest: int, joint: str, edges: bool) -> Iterator[str]:
    """Every n-gram of `tokens`, shorter ones first, in the order of the text."""
    yield from tokens
    tokens = [START, *tokens, END] if edges else list(tokens)
    for n in range(2, min(highest, len(tokens)) + 1):
        yield from map(joint.join, zip(*(tokens[k:] for k in range(n))))
