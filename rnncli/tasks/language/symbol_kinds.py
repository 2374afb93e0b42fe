"""Kinds of symbols of a text: letters, first letters, digits, blanks; of words: words, numbers, punctuation."""

from collections.abc import Sequence

from ...data.text.word_vocabulary import UNKNOWN

NEWLINE, BLANK, DIGIT, PUNCTUATION = "newline", "blank", "digit", "punctuation"
FIRST, INNER, OTHER = "first letter of a word", "letter in a word", "other sign"
WORD, NUMBER, STRANGER = "word", "number", "unknown word"


def kinds_of(symbols: Sequence[str], words: bool = False) -> list[str]:
    """The kind of each symbol, a word if `words`, else a character; what a letter is depends on the one before it."""
    before = ("", *symbols[:-1])
    return [kind_of(symbol, previous, words) for symbol, previous in zip(symbols, before)]


def kind_of(symbol: str, before: str = "", word: bool = False) -> str:
    """The kind of one symbol after another."""
    if symbol == "\n":
        return NEWLINE
    if symbol.isspace():
        return BLANK
    if symbol == UNKNOWN:
        return STRANGER
    text = symbol.strip()
    if word and text[:1].isalnum():
        return NUMBER if text.isdigit() else WORD
    if text.isalpha():
        return INNER if before[-1:].isalpha() and symbol == text else FIRST
    if text.isdigit():
        return DIGIT
    return PUNCTUATION if text.isascii() or not text.isprintable() else punctuation(text)


def punctuation(sign: str) -> str:
    """The kind of a sign outside ASCII that is neither letter nor digit."""
    from unicodedata import category

    return PUNCTUATION if category(sign[0]).startswith("P") else OTHER
