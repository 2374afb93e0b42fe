"""The target side of texts: what is written, symbol by symbol, up to an end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, ClassVar

import numpy as np

from ..text.utf8 import utf8_automaton
from ..text.word_vocabulary import split_words
from .sides import UNITS, UNKNOWN, checked, stored_side, texts, vocabulary
from .tokens import tokens_of

END = "</s>"
UNKNOWN_ID, END_ID = 0, 1
RESERVED = 2  # ids before those of symbols
BYTES = tuple(f"{byte:02x}" for byte in range(256))
LOOKED_AT = 2000  # texts that decide whether they are separate symbols
SHORT, NEARLY = 3, 0.97  # characters of a separate symbol at most, and the share of those that are so short
FEW_SYMBOLS, MOST_SYMBOLS = 20, 500  # different ones: few in any texts, and at most in long ones
AGAIN = 5  # times that each of more than few stands there on average


@dataclass(frozen=True)
class WrittenSide:
    """A text as ids of its symbols and an end.

    A symbol is a character, a byte in hexadecimal, a word with the blank before it (`split_words`), or what stands
    between blanks. `encode` of a text that is longer than `longest` is its beginning, with an end. Of known symbols,
    `decode` gives the text again; of separate symbols, with one blank between them.
    """

    tokens: str  # "char", "byte", "word" or "symbol"
    symbols: tuple[str, ...]  # the vocabulary: `<unk>`, `</s>`, then what texts are made of
    longest: int  # ids that are written at most, the end included
    UNKNOWN_ID: ClassVar[int] = UNKNOWN_ID
    END_ID: ClassVar[int] = END_ID

    @classmethod
    def fit(cls, targets: Iterable[str], tokens: str, longest: int, min_count: int = 1, most: int = 0) -> "WrittenSide":
        """The side of training texts, with symbols that stand there at least `min_count` times, the most frequent
        first; at most `most` (0: no limit) of them. Bytes are always all 256."""
        if tokens == "byte":
            return cls(tokens, (UNKNOWN, END, *BYTES), longest)
        found = vocabulary((split(text, tokens) for text in targets), min_count, 0)
        known = [symbol for symbol in found if symbol not in (UNKNOWN, END)]
        return cls(tokens, (UNKNOWN, END, *known[: most or None]), longest)

    @property
    def size(self) -> int:
        """V"""
        return len(self.symbols)

    @cached_property
    def index(self) -> dict[str, int]:
        """{symbol: id}, without the two that no text is made of."""
        return {symbol: number for number, symbol in enumerate(self.symbols[RESERVED:], start=RESERVED)}

    def split(self, text: str) -> list[str]:
        """The symbols of a text."""
        return split(text, self.tokens)

    def join(self, symbols: Iterable[str]) -> str:
        """The text of symbols; bytes that are no UTF-8 are replacement characters."""
        if self.tokens == "byte":
            known = "".join("ff" if symbol in (UNKNOWN, END) else symbol for symbol in symbols)
            return bytes.fromhex(known).decode("utf-8", "replace")
        return (" " if self.tokens == "symbol" else "").join(symbols)

    def encode(self, text: str) -> np.ndarray:
        """(U,) intp ids, the end last, at most `longest`."""
        index = self.index
        ids = [index.get(symbol, UNKNOWN_ID) for symbol in self.split(text)[: self.longest - 1]]
        return np.array([*ids, END_ID], np.intp)

    def decode(self, ids: Sequence[int] | np.ndarray) -> str:
        """The text of ids up to the first end."""
        written = np.asarray(ids, np.intp).tolist()
        if END_ID in written:
            written = written[: written.index(END_ID)]
        return self.join(self.symbols[token] for token in written)

    def following(self) -> np.ndarray:
        """The automaton for `generation.sampling.Grammar`, (S, V): no unknown symbol; bytes form characters of UTF-8,
        with an end only between them."""
        automaton = np.zeros((1, self.size - RESERVED), np.int8)
        if self.tokens == "byte":
            automaton = utf8_automaton()[:, [int(symbol, 16) for symbol in self.symbols[RESERVED:]]]
        reserved = np.full((len(automaton), RESERVED), -1, np.int8)
        reserved[0, END_ID] = 0
        return np.concatenate([reserved, automaton], axis=1)

    def to_dict(self) -> dict[str, Any]:
        """JSON data for `from_dict`."""
        return {"tokens": self.tokens, "symbols": list(self.symbols), "longest": self.longest}

    @classmethod
    def from_dict(cls, values: Any) -> "WrittenSide":
        """The side that `to_dict` wrote. Raises ModelFileError."""
        return stored_side(lambda: cls._read(values))

    @classmethod
    def _read(cls, values):
        tokens, symbols, longest = values["tokens"], texts(values["symbols"]), int(values["longest"])
        checked(tokens in UNITS and longest > 0, "tokens and longest")
        checked(symbols[:RESERVED] == (UNKNOWN, END) and len(set(symbols)) == len(symbols), "symbols")
        checked(tokens != "byte" or set(symbols[RESERVED:]) <= set(BYTES), "symbols of bytes")
        return cls(tokens, symbols, longest)


def split(text: str, tokens: str) -> list[str]:
    """The symbols of a text; tokens: "char", "byte", "word" or "symbol"."""
    return split_words(text) if tokens == "word" else tokens_of(text, tokens, lower=False)


def is_symbols(targets: Sequence[str]) -> bool:
    """Whether texts look like separate symbols, such as the phones "a b a t ʁ": most of them have several parts, nearly
    all parts are at most three characters long, and few of them are different."""
    lists = [text.split() for text in targets[:LOOKED_AT]]
    parts = list(chain.from_iterable(lists))
    if 2 * sum(len(each) > 1 for each in lists) <= len(lists):
        return False
    if len(set(parts)) > min(MOST_SYMBOLS, max(FEW_SYMBOLS, len(parts) / AGAIN)):
        return False
    return sum(len(part) <= SHORT for part in parts) >= NEARLY * len(parts)
