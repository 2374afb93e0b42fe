"""The side that is written, fitted on the training examples; settings that the examples decide."""

from collections.abc import Sequence
from dataclasses import replace
from statistics import median
from typing import Any

from ...data.pairs.written import WrittenSide, is_symbols

LOOKED_AT = 2_000  # texts that decide how they are cut
LONG = 120  # characters of a usual text from which on words are its symbols
ROOM = 1.5  # longest text that may be written, by the longest of training
MORE = 10  # and so many symbols more


def unit_of(texts: Sequence[str]) -> str:
    """How texts are cut where nothing is said: at blanks if they look like symbols, into words if they are long."""
    some = texts[:LOOKED_AT]
    if is_symbols(some):
        return "symbol"
    return "word" if median(map(len, some)) > LONG else "char"


def settle_target(draft: Any, texts: Sequence[str]) -> None:
    """Decide in a Draft how the texts are cut that are written, unless it is given."""
    if draft["writer.tokens"] is None:
        draft.decide("writer.tokens", unit_of(texts))


def fit_written(texts: Sequence[str], config: Any) -> WrittenSide:
    """The target side of training texts; of characters, bytes and symbols all are written, of words the usual ones."""
    unit, data, most = config.writer.tokens, config.data, config.writer.longest
    by_word = unit == "word"
    side = WrittenSide.fit(texts, unit, most, data.min_count if by_word else 1, data.max_vocab if by_word else 0)
    longest = max(len(side.encode(text)) for text in texts)
    return replace(side, longest=min(most, round(ROOM * longest) + MORE))
