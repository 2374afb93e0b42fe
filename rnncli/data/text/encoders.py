"""Text to token ids and back; a token is a character, a byte or a word.

The encoder is the only part of the data that a checkpoint stores: generation and evaluation need nothing else. It is an
immutable description; its tables are computed on first use.
"""

import codecs
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Protocol

import numpy as np

from ...errors import DataError, ModelFileError
from .word_vocabulary import WordEncoder, cut_at_marks

CODE_POINTS = 0x110000  # of Unicode: the length of a table indexed by code point


class Encoder(Protocol):
    """The interface of all encoders. V is `size`; ids have `dtype`, the smallest unsigned type that holds V - 1."""

    level: ClassVar[str]  # "char", "byte" or "word"

    @property
    def size(self) -> int:
        """V, the size of the vocabulary."""
        ...

    @property
    def dtype(self) -> Any:
        """The dtype of ids."""
        ...

    def encode(self, text: str, unknown: str = "error") -> np.ndarray:
        """The ids of `text`, (L,). For unknown tokens, "error" raises DataError, "skip" drops them, and "replace"
        takes the most similar ones."""
        ...

    def decode(self, ids: np.ndarray) -> str:
        """The text of `ids`, (L,)."""
        ...

    def char_counts(self, ids: np.ndarray) -> np.ndarray:
        """Characters that each token adds to the text, (L,) int64."""
        ...

    def symbol(self, token: int) -> str:
        """One token for display, with escapes."""
        ...

    def to_dict(self) -> dict[str, Any]:
        """JSON data for `encoder_from_dict`."""
        ...


class UnseenCharacter(DataError):
    """A character outside the alphabet; `offset` counts characters from 0."""

    def __init__(self, character: str, offset: int, size: int, name: str | None = None):
        place = f"{name}: " if name else ""
        hint = "use --unknown skip or --unknown replace"
        if name:
            hint = "the alphabet is that of the training data; train with --tokens byte to avoid this limit"
        super().__init__(
            f"{place}character {character!r} (U+{ord(character):04X}) at offset {offset:,} "
            f"is not among the model's {size:,} characters",
            hint,
        )
        self.character, self.offset, self.size = character, offset, size

    def within(self, name: str, start: int) -> "UnseenCharacter":
        """The same error for a text that begins at character `start` of the file `name`."""
        return UnseenCharacter(self.character, start + self.offset, self.size, name)


def code_points(text: str) -> np.ndarray:
    """The code points of `text`, (L,) uint32. Lone surrogates pass, so that a later check can report them."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.dtype("<u4"))


def text_of(codes: np.ndarray) -> str:
    """The text of code points, (L,)."""
    return np.asarray(codes, np.dtype("<u4")).tobytes().decode("utf-32-le", "surrogatepass")


@dataclass(frozen=True)
class CharEncoder:
    """A token is a code point; `symbols` holds the alphabet in ascending order, id 0 first."""

    symbols: str
    level: ClassVar[str] = "char"

    @property
    def size(self) -> int:
        return len(self.symbols)

    @property
    def dtype(self) -> Any:
        return np.min_scalar_type(self.size - 1)

    @cached_property
    def _table(self):
        """Code point -> id, (0x110000,) int32; V for a character outside the alphabet."""
        table = np.full(CODE_POINTS, self.size, np.int32)
        table[self._codes] = np.arange(self.size)
        return table

    @cached_property
    def _codes(self):
        return code_points(self.symbols)

    def encode(self, text: str, unknown: str = "error") -> np.ndarray:
        """(L,) ids. UnseenCharacter for the first one outside the alphabet, unless `unknown` is "skip" or "replace"."""
        codes = code_points(text)
        ids = self._table[codes]
        unseen = ids == self.size
        if unseen.any():
            if unknown == "error":
                first = int(np.argmax(unseen))
                raise UnseenCharacter(text[first], first, self.size)
            ids = ids[~unseen] if unknown == "skip" else self._replaced(ids, codes, unseen)
        return ids.astype(self.dtype)

    def _replaced(self, ids, codes, unseen):
        strangers, which = np.unique(codes[unseen], return_inverse=True)
        nearest = [self.symbols.index(self.nearest(chr(code))) for code in strangers]
        ids[unseen] = np.array(nearest)[which]
        return ids

    def nearest(self, character: str) -> str:
        """The most similar known character: in another case, without accents, or both; else a space, or the first."""
        for alike in (str.casefold, _unaccented, lambda c: _unaccented(c).casefold()):
            for symbol in self.symbols:
                if alike(symbol) == alike(character):
                    return symbol
        return " " if " " in self.symbols else self.symbols[0]

    def decode(self, ids: np.ndarray) -> str:
        return text_of(self._codes[np.asarray(ids, np.intp)])

    def char_counts(self, ids: np.ndarray) -> np.ndarray:
        return np.ones(len(ids), np.int64)

    def symbol(self, token: int) -> str:
        return repr(self.symbols[token])

    def to_dict(self) -> dict[str, Any]:
        return {"level": self.level, "symbols": self.symbols}


def _unaccented(character):
    """The character without combining marks and compatibility forms: e for é, fi for the ligature."""
    return "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))


@dataclass(frozen=True)
class ByteEncoder:
    """A token is a byte, V = 256: any file and, through UTF-8, any text can be encoded."""

    level: ClassVar[str] = "byte"

    @property
    def size(self) -> int:
        return 256

    @property
    def dtype(self) -> Any:
        return np.dtype(np.uint8)

    def encode(self, text: str, unknown: str = "error") -> np.ndarray:
        """(L,) UTF-8 bytes; bytes that the command line could not decode are restored. No byte is unknown."""
        try:
            return self.encode_bytes(text.encode("utf-8", "surrogateescape"))
        except UnicodeEncodeError as error:
            lone = text[error.start]
            raise DataError(
                f"character {lone!r} (U+{ord(lone):04X}) at offset {error.start:,} is half of a surrogate "
                "pair, not a character",
                "remove it from the text",
            ) from None

    def encode_bytes(self, data: bytes) -> np.ndarray:
        """(L,) the bytes as ids."""
        return np.frombuffer(data, np.uint8)

    def decode(self, ids: np.ndarray) -> str:
        """The text; bytes that are not UTF-8 become U+FFFD."""
        return np.asarray(ids).astype(np.uint8).tobytes().decode("utf-8", "replace")

    def char_counts(self, ids: np.ndarray) -> np.ndarray:
        """1 for a byte that begins a code point, 0 for a continuation byte (0b10xxxxxx)."""
        return (np.asarray(ids) & 0xC0 != 0x80).astype(np.int64)

    def symbol(self, token: int) -> str:
        return repr(chr(token)) if token < 0x80 else f"0x{token:02X}"

    def to_dict(self) -> dict[str, Any]:
        return {"level": self.level}


class StreamDecoder:
    """Text from ids that arrive a few at a time; a piece never ends within a code point."""

    def __init__(self, encoder: Encoder):
        self._encoder = encoder
        self._utf8 = codecs.getincrementaldecoder("utf-8")("replace") if encoder.level == "byte" else None

    def feed(self, ids: np.ndarray) -> str:
        """The text that these ids (L,) complete, possibly empty."""
        if self._utf8 is None:
            return self._encoder.decode(ids)
        return self._utf8.decode(bytes(ids))

    def finish(self) -> str:
        """The text left at the end: none, since an incomplete code point is dropped."""
        if self._utf8 is not None:
            self._utf8.reset()
        return ""


def encoder_from_dict(values: dict[str, Any]) -> Encoder:
    """The encoder described by `to_dict`. ModelFileError for an unknown description, and for words that were cut in a
    way that is no longer ours."""
    level = values.get("level")
    if level == "char":
        return CharEncoder(values["symbols"])
    if level == "byte":
        return ByteEncoder()
    if level == "word":
        if cut_at_marks(values["words"]):
            raise ModelFileError(
                "the model's words were cut at accents and vowel signs, by an older version of rnncli",
                "train it again; or use the version that wrote it",
            )
        return WordEncoder(tuple(values["words"]), dict(values["spelling"]))
    raise ModelFileError(
        f"the model's encoder has tokens of the kind {level!r}; known: byte, char, word",
        "the file is from another version of rnncli; use that version, or train again",
    )
