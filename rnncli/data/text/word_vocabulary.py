"""Words as tokens, without losing a character, and the cost of a word outside the vocabulary."""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain
from typing import Any, ClassVar

import numpy as np

UNKNOWN = "<unk>"  # never produced by the pattern, so that no text is mistaken for it
CODE_POINTS = 0x110000
JOINERS = "\u200c\u200d"  # between the letters of a word, in Persian and in the scripts of India
MARKED = ((0x300, 0xAC00), (0xFB00, 0xFF00), (0x10000, 0x1F000), (0xE0100, 0xE01F0))  # where Unicode 17 has marks

LOOKS = re.compile("[\u200c\u200d\u20d0-\u20ff\ufe00-\ufe0f\U000e0100-\U000e01ef]")  # marks of signs, not of letters


@cache
def marks() -> str:
    """The signs that belong to a letter: without them, vowel signs of Hindi and decomposed accents would end a word."""
    places = map(chr, chain.from_iterable(range(*block) for block in MARKED))
    return JOINERS + "".join(place for place in places if unicodedata.category(place)[0] == "M")


# A word includes the one space before it, so that joining the tokens restores the text. The three cases cover every
# character, and where a token ends depends on the next character alone: only the last token of a chunk is undecided.
PLAIN = re.compile(r" ?\w+| ?[^\w\s]|\s")  # for texts without marks: several times faster


@cache
def _mark():
    return re.compile(f"[{marks()}]")


@cache
def _token():
    return re.compile(rf" ?(?:\w++|{_mark().pattern}++)++| ?[^\w\s]|\s")


def cut_at_marks(words: Collection[str]) -> bool:
    """Whether a vocabulary is of a version that took each mark of a letter for a word: it has such words, but none of
    a letter with its mark."""
    marked = [word.lstrip(" ") for word in words if not word.isascii() and _mark().search(word)]
    return bool(marked) and all(len(word) == 1 for word in marked) and not all(map(LOOKS.fullmatch, marked))


def split_words(text: str) -> list[str]:
    """The tokens of `text`; joined, they are the text."""
    plain = text.isascii() or not _mark().search(text)
    return (PLAIN if plain else _token()).findall(text)


@dataclass(frozen=True)
class WordEncoder:
    """A token is a word or a punctuation mark, each with the space before it, or another white space.

    `words` holds the vocabulary, `<unk>` first as id 0. `spelling` holds the cost of other words (see `fit_spelling`).
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
        """The ids of tokens from `split_words`, (L,); 0 for a word outside the vocabulary."""
        index = self._index
        return np.fromiter((index.get(word, 0) for word in words), self.dtype, len(words))

    def encode(self, text: str, unknown: str = "error") -> np.ndarray:
        """(L,) ids. A word outside the vocabulary becomes `<unk>`, without an error; "skip" drops it."""
        ids = self.ids(split_words(text))
        return ids[ids != 0] if unknown == "skip" else ids

    def decode(self, ids: np.ndarray) -> str:
        return "".join([self.words[token] for token in ids])

    def char_counts(self, ids: np.ndarray) -> np.ndarray:
        """The length of each word, its space included; 0 for `<unk>`, whose true length is known only from the text."""
        return self._lengths[np.asarray(ids, np.intp)]

    def symbol(self, token: int) -> str:
        return repr(self.words[token]) if token else UNKNOWN

    def spelling_nats(self, word: str) -> float:
        """Nats to spell `word` out, its end included: the information that `<unk>` lacks."""
        price, unseen = self.spelling, self.spelling["unseen"]
        return sum(price.get(character, unseen) for character in word) + price["end"]

    def to_dict(self) -> dict[str, Any]:
        return {"level": self.level, "words": list(self.words), "spelling": self.spelling}


def fit_spelling(words: Collection[str]) -> dict[str, float]:
    """Costs in nats under an order-0 model of the characters of distinct `words`, add-one smoothed.

    p(c) = (n_c + 1) / (n + A), where n counts all characters and one end per word, and A the distinct characters, the
    end and "unseen". An unseen character costs that share plus a uniform choice among the remaining code points, so
    that the probabilities of all words sum to one, and nats per character are comparable between vocabularies. Keys:
    the characters, and "end" and "unseen", which are longer than a character.
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
    counts  (len(words),) occurrences of each in the training part; 0 for a word of other parts only
    The vocabulary has words with at least `min_count` occurrences, the most frequent first, ties in the order of
    appearance, at most `max_vocab` of them (0: no limit) besides `<unk>`; those in `always` come before all others.
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
