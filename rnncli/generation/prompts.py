"""The tokens of a prompt, and what stands for a word that the model has never seen."""

import unicodedata
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from ..data.text.word_vocabulary import split_words
from ..errors import DataError


class UnseenWord(DataError):
    """A word of a prompt outside the vocabulary; `place` counts words from 0."""

    def __init__(self, word: str, place: int, size: int):
        super().__init__(
            f"word {word.strip(' ')!r}, number {place + 1} of the prompt, is not among the model's {size:,} words",
            "use --unknown replace, which takes a similar word or else <unk>, or --unknown skip",
        )


def without_open_end(prompt: str, level: str) -> str:
    """The prompt; where words are tokens, without a space at its end, since the next word brings its own."""
    return prompt.removesuffix(" ") if level == "word" else prompt


def prompt_ids(encoder: Any, prompt: str, unknown: str = "error") -> np.ndarray:
    """(L,) ids of a prompt. unknown: what to do with a character or word that the encoder does not know.

    "error" raises DataError, "skip" leaves it out, "replace" takes the most similar one; of words, one in another case,
    without accents, or with a space before it or none, else <unk>. The first word of a prompt may stand for the one
    with a space.
    """
    if encoder.level != "word":
        return encoder.encode(prompt, unknown)
    words = split_words(without_open_end(prompt, encoder.level))
    ids = encoder.ids(words)
    if len(ids) and not ids[0]:
        ids[:1] = encoder.ids([f" {words[0]}"])
    strange = np.flatnonzero(ids == 0)
    if not len(strange) or unknown == "skip":
        return ids[ids != 0]
    if unknown == "error":
        raise UnseenWord(words[strange[0]], int(strange[0]), encoder.size - 1)
    ids[strange] = nearest_ids([words[place] for place in strange], encoder.words)
    return ids


def nearest_ids(words: Sequence[str], known: Sequence[str]) -> list[int]:
    """The id of the known word most like each of `words`, 0 for one that is like none; the most frequent come first."""
    found = [0] * len(words)
    for alike in (_folded, partial(_folded, spaced=False), partial(_folded, spaced=False, accents=False)):
        index: dict[str, int] = {}
        for token, word in enumerate(known[1:], 1):
            index.setdefault(alike(word), token)
        found = [token or index.get(alike(word), 0) for token, word in zip(found, words)]
    return found


def _folded(word: str, spaced: bool = True, accents: bool = True) -> str:
    """The word in lower case, and unless they count, without the space before it and without accents."""
    word = word.casefold() if spaced else word.strip(" ").casefold()
    if accents:
        return word
    return "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))
