"""Words as tokens, without losing a character, and what a word outside the vocabulary costs."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Any, ClassVar

import numpy as np

# A word carries the one space before it, so that joining the tokens gives the text back. The three cases cover every
# character, and a token ends where it does whatever follows its next character: only the last one of a chunk is open.
TOKEN = re.compile(r" ?\w+| ?[^\w\s]|\s")
UNKNOWN = "<unk>"  # the pattern cannot produce it: no text is mistaken for it
CODE_POINTS = 0x110000


def split_words(text: str) -> list[str]:
    """The tokens of `text`; joined they are the text."""
    return TOKEN.findall(text)


@dataclass(frozen=True)
class WordEncoder:
    """A token is a word with the space before it, a punctuation mark likewise, or a white space.

    `words` holds the vocabulary, `<unk>` first as id 0. `spelling` prices the words outside it (see `fit_spelling`).
    """

    words: tuple[str, ...]
    spelling: dict[str, float]
    level: ClassVar[str] = "word"

    @property
    def size(self) -> int:
        return len(self.words)

    @property
    def dtype(self) -> Any:
        return np.min_scalar_type(self.size - 1)

    @cached_property
    def _index(self):
        return {word: token for token, word in enumerate(self.words)}

    @cached_property
    def _lengths(self):
        lengths = np.fromiter(map(len, self.words), np.int64, self.size)
        lengths[0] = 0
        return lengths

    def ids(self, words: Sequence[str]) -> np.ndarray:
        """The ids of tokens as `split_words` gives them, (L,); 0 for a word outside the vocabulary."""
        index = self._index
        return np.fromiter((index.get(word, 0) for word in words), self.dtype, len(words))

    def encode(self, text: str, unknown: str = "error") -> np.ndarray:
        """(L,) ids. A word outside the vocabulary is `<unk>`, which is no error; "skip" leaves it out."""
        ids = self.ids(split_words(text))
        return ids[ids != 0] if unknown == "skip" else ids

    def decode(self, ids: np.ndarray) -> str:
        return "".join([self.words[token] for token in ids])

    def char_counts(self, ids: np.ndarray) -> np.ndarray:
        """The length of each word, its space included; 0 for `<unk>`, whose true length only the text knows."""
        return self._lengths[np.asarray(ids, np.intp)]

    def symbol(self, token: int) -> str:
        return repr(self.words[token]) if token else UNKNOWN

    def spelling_nats(self, word: str) -> float:
        """Nats to spell `word` out, its end included: what `<unk>` leaves unsaid."""
        price, unseen = self.spelling, self.spelling["unseen"]
        return sum(price.get(character, unseen) for character in word) + price["end"]

    def to_dict(self) -> dict[str, Any]:
        return {"level": self.level, "words": list(self.words), "spelling": self.spelling}


def fit_spelling(words: Collection[str]) -> dict[str, float]:
    """Prices in nats of an order-0 model of the characters of distinct `words`, add-one smoothed.

    p(c) = (n_c + 1) / (n + A), where n counts all characters and one end per word, and A the distinct characters, the
    end and the unseen. An unseen character costs that share and a uniform choice among the remaining code points, so
    that the prices of all words add up to one word: nats per character stay comparable between vocabularies.
    Keys: the characters, and "end" and "unseen", which no single character equals.
    """
    counts = Counter("".join(words))
    total = counts.total() + len(words) + len(counts) + 2
    prices = {character: -math.log((counts[character] + 1) / total) for character in sorted(counts)}
    prices["end"] = -math.log((len(words) + 1) / total)
    prices["unseen"] = math.log(total) + math.log(CODE_POINTS - len(counts))
    return prices


def fit_words(
    words: Sequence[str],
    counts: Sequence[int] | np.ndarray,
    min_count: int = 1,
    max_vocab: int = 0,
    always: Sequence[str] = (),
) -> WordEncoder:
    """The WordEncoder of a training text.

    words   distinct words in the order of their first appearance
    counts  (len(words),) how often each occurs in the training part; 0 for one that only other parts have
    The vocabulary takes words with at least `min_count` occurrences, the most frequent first, ties in the order of
    appearance, at most `max_vocab` of them (0: no limit) beside `<unk>`; those in `always` come in first of all.
    """
    rank = np.array(counts, np.int64)
    rank[[i for i, word in enumerate(words) if word in always]] = np.iinfo(np.int64).max
    order = np.argsort(-rank, kind="stable")
    chosen = order[rank[order] >= max(1, min_count)]
    chosen = chosen[:max_vocab] if max_vocab else chosen
    vocabulary: tuple[str, ...] = tuple(words[int(i)] for i in chosen)
    entered = set(vocabulary)
    left_out = [word for word, n in zip(words, counts, strict=True) if n and word not in entered]
    return WordEncoder((UNKNOWN, *vocabulary), fit_spelling(left_out or vocabulary))


class WordIndex:
    """Words numbered in the order of their first appearance, while the text is still being read."""

    def __init__(self):
        self._index = defaultdict(count().__next__)

    @property
    def words(self) -> list[str]:
        return list(self._index)

    def number(self, words: Sequence[str]) -> np.ndarray:
        """The numbers of `words`, (L,) uint32; a new word gets the next one."""
        return np.fromiter(map(self._index.__getitem__, words), np.uint32, len(words))
