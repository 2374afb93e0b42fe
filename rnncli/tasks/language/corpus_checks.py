"""What a corpus needs so that a language model of it is of use, beside enough text."""

import re
from collections.abc import Iterator
from typing import Any

from ...data.text.corpus import Corpus
from ...data.text.word_vocabulary import UNKNOWN
from ...errors import ConfigError, DataError
from ...phrases import counted

WORDS_ONLY = {"min_count": ("--min-count", 1), "max_vocab": ("--max-vocab", 0)}  # settings for words, their defaults
PARTS = {"val": "validation", "test": "test"}
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
PHRASE = 4  # letters of a word in such a script, on average over the different ones, from which it is a phrase
SHARE = 0.5  # of the letters of all different words


def check_settings(data: Any) -> None:
    """Raise ConfigError for settings (DataConfig) that have no effect on these tokens."""
    given = [option for name, (option, usual) in WORDS_ONLY.items() if getattr(data, name) != usual]
    if given and data.tokens != "word":
        raise ConfigError(
            f"{', '.join(given)}: only for words as tokens, but --tokens is {data.tokens}",
            f"add --tokens word, or leave {' and '.join(given)} out",
        )


def check_corpus(corpus: Corpus, data: Any) -> None:
    """Raise DataError for a part that has no character to predict, ConfigError for a vocabulary without a word."""
    for split in (corpus.train, corpus.val, corpus.test):
        if split is not None and not split.characters:
            option = f"raise --{split.name}-frac, or set it to 0" if split.name in PARTS else "give more text"
            name = PARTS.get(split.name, "training")
            raise DataError(
                f"the {name} part ({split.where}) has {counted(split.targets, 'byte')} to predict, and none begins a "
                "character",
                option,
            )
    if data.min_count > 1 and not any(map(str.strip, words_of(corpus.encoder))):
        raise ConfigError(
            f"--min-count is {data.min_count:,}, and no word occurs as often in the training part "
            f"({corpus.train.where}): the vocabulary is empty",
            "lower --min-count",
        )


def words_of(encoder: Any) -> tuple[str, ...]:
    """The vocabulary without <unk>; where words are no tokens, the unknown word and no other."""
    return encoder.words[1:] if encoder.level == "word" else (UNKNOWN,)


def unspaced(encoder: Any) -> Iterator[str]:
    """A line of advice where words as tokens are whole phrases, since the script puts no spaces between words."""
    words = [word.strip() for word in words_of(encoder)]
    letters = sum(map(len, words))
    inside = [len(found) for word in words if (found := UNSPACED.findall(word))]
    if sum(inside) > SHARE * letters and sum(inside) > PHRASE * len(inside):
        yield "note: the script has no spaces between words, so that phrases became words: --tokens char learns more"
