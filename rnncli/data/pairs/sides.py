"""The two sides of a pair as numbers: how a source is read, and what an answer is.

A side is fitted on the training examples and is stored in the model file. `encode` of a source side gives a Steps, of a
target side a number for each answer.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, ClassVar, NamedTuple, Protocol

import numpy as np

from ...errors import ModelFileError
from ..tables.numbers import number_pattern
from .grams import Grams
from .tokens import condition_tokens, tokens_of

UNKNOWN = "<unk>"  # id 0 of a vocabulary
UNITS = ("char", "byte", "word", "symbol")  # that texts are cut into
SUMMARIES = 6  # of a channel: mean, deviation, least, greatest, first, last


class Steps(NamedTuple):
    """A source as numbers: what the layers read, and what the linear path reads beside them."""

    inputs: np.ndarray  # (T,) ids or (T, D) float32
    grams: np.ndarray | None = None  # (g,) ids of n-grams
    gram_values: np.ndarray | None = None  # (g,) float32
    summary: np.ndarray | None = None  # (S,) float32
    spelled: Any = None  # (T,) the spelling of each word, its number in `Coded.spellings`


class SourceSize(NamedTuple):
    """Everything about a source side that the shapes of a model depend on."""

    symbols: int  # V of ids; 0: vectors
    columns: int  # D of vectors
    grams: int  # F n-grams of the linear path
    summary: int  # S numbers of the linear path
    characters: int  # alphabet of the reader of words
    word: int = 0  # characters of a word that it reads


class SourceSide(Protocol):
    """A way to read a source."""

    form: ClassVar[str]  # of the sources that it reads: "text", "words", "series", "features"

    @property
    def size(self) -> SourceSize: ...

    def encode(self, source: Any) -> Steps:
        """The Steps of one source; an empty one has one step."""
        ...

    def to_dict(self) -> dict[str, Any]:
        """JSON data for `source_from_dict`."""
        ...


@dataclass(frozen=True)
class TextSide:
    """A text as ids of its characters, bytes, words or symbols, those of its conditions in front; with `grams` also as
    n-grams."""

    tokens: str  # "char", "byte", "word" or "symbol"
    lower: bool
    symbols: tuple[str, ...]  # the vocabulary, `<unk>` first
    longest: int  # steps
    grams: Grams | None = None
    conditions: tuple[str, ...] = ()  # their names
    form: ClassVar[str] = "text"

    @property
    def size(self) -> SourceSize:
        return SourceSize(len(self.symbols), 0, self.grams.size if self.grams else 0, 0, 0)

    @cached_property
    def index(self) -> dict[str, int]:
        return {symbol: number for number, symbol in enumerate(self.symbols)}

    def encode(self, source: str, conditions: Sequence[str] = ()) -> Steps:
        """See `SourceSide`. conditions: a cell for each of the names, or () for none."""
        tokens = tokens_of(source, self.tokens, self.lower)
        steps = condition_tokens(self.conditions, conditions) + tokens if conditions else tokens
        ids = [self.index.get(token, 0) for token in steps[: self.longest]] or [0]
        grams, values = self.grams.encode(tokens) if self.grams else (None, None)
        return Steps(np.array(ids, np.intp), grams, values)

    def to_dict(self) -> dict[str, Any]:
        plain = {"tokens": self.tokens, "lower": self.lower, "symbols": list(self.symbols), "longest": self.longest}
        plain |= {"conditions": list(self.conditions)} if self.conditions else {}
        return {"form": self.form, **plain, "grams": self.grams and self.grams.to_dict()}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "TextSide":
        grams = values["grams"] and Grams.from_dict(values["grams"])
        checked(values["tokens"] in UNITS and values["longest"] > 0, "tokens and longest")
        symbols, conditions = texts(values["symbols"]), texts(values.get("conditions", ()))
        return cls(values["tokens"], bool(values["lower"]), symbols, int(values["longest"]), grams, conditions)


@dataclass(frozen=True)
class WordsSide:
    """A sentence as ids of its words, in small letters and with 0 for each digit, and the spelling of each."""

    symbols: tuple[str, ...]  # words, `<unk>` first
    characters: tuple[str, ...]  # alphabet, `<unk>` first; () without a reader of spellings
    word: int  # characters of a word that are read: of a longer one, its beginning and its end
    form: ClassVar[str] = "words"

    @property
    def size(self) -> SourceSize:
        return SourceSize(len(self.symbols), 0, 0, 0, len(self.characters), self.word)

    @cached_property
    def index(self) -> dict[str, int]:
        return {symbol: number for number, symbol in enumerate(self.symbols)}

    @cached_property
    def letters(self) -> dict[str, int]:
        return {symbol: number for number, symbol in enumerate(self.characters)}

    def known(self, word: str) -> bool:
        """Whether a word is in the vocabulary."""
        return plain_word(word) in self.index

    def encode(self, source: Sequence[str]) -> Steps:
        return Steps(np.array([self.index.get(plain_word(word), 0) for word in source or ("",)], np.intp))

    def spelling(self, word: str) -> np.ndarray:
        """(C,) ids of the characters of a word, -1 after its end; of a longer word, its beginning and its end."""
        half = self.word // 2
        letters = word if len(word) <= self.word else word[:half] + word[half - self.word :]
        found = np.full(self.word, -1, np.intp)
        found[: len(letters)] = [self.letters.get(letter, 0) for letter in letters]
        return found

    def to_dict(self) -> dict[str, Any]:
        return {"form": self.form, **asdict(self)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "WordsSide":
        checked(values["word"] > 1, "word")
        return cls(texts(values["symbols"]), texts(values["characters"]), int(values["word"]))


@dataclass(frozen=True)
class SeriesSide:
    """A series (T, D) as vectors: its channels and their changes, scaled, several steps as one.

    by_example: each channel is first scaled by its own mean and deviation. differences: how often the change from step
    to step is taken and added as channels of its own. offset, scale: of each channel in training, the changes
    included. summary: (offset, scale) of the six summaries of every one of them, () without a linear path.
    """

    offset: tuple[float, ...]
    scale: tuple[float, ...]
    by_example: bool
    differences: int
    segment: int
    longest: int
    summary: tuple[tuple[float, float], ...] = ()
    form: ClassVar[str] = "series"

    @property
    def channels(self) -> int:
        """D of a series as it is in its file."""
        return len(self.offset) // (1 + self.differences)

    @property
    def size(self) -> SourceSize:
        return SourceSize(0, len(self.offset) * self.segment, 0, len(self.summary), 0)

    def scaled(self, source: np.ndarray) -> np.ndarray:
        """The channels of the file alone in the units of the network, (T, D) float64."""
        D = self.channels
        z = standardised(source) if self.by_example else source
        return (z - np.array(self.offset[:D])) / np.array(self.scale[:D])

    def encode(self, source: np.ndarray) -> Steps:
        z = with_changes(source, self.by_example, self.differences)
        summary = None
        if self.summary:
            offset, scale = np.array(self.summary).T
            summary = ((summaries(z) - offset) / scale).astype(np.float32)
        z = (z - np.array(self.offset)) / np.array(self.scale)
        lacking = -len(z) % self.segment
        z = np.concatenate([z, np.repeat(z[-1:], lacking, axis=0)]).reshape(-1, self.segment * z.shape[1])
        return Steps(z[: self.longest].astype(np.float32), summary=summary)

    def to_dict(self) -> dict[str, Any]:
        return {"form": self.form, **asdict(self)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "SeriesSide":
        offset, scale, differences = numbers(values["offset"]), numbers(values["scale"]), int(values["differences"])
        summary = tuple((float(low), float(high)) for low, high in values["summary"])
        checked(len(offset) == len(scale) > 0 and min(scale) > 0, "offset and scale")
        checked(differences >= 0 and len(offset) % (1 + differences) == 0, "differences")
        checked(len(summary) in (0, SUMMARIES * len(offset)), "summary")
        checked(values["segment"] > 0 and values["longest"] > 0, "segment and longest")
        steps = int(values["segment"]), int(values["longest"])
        return cls(offset, scale, bool(values["by_example"]), differences, *steps, summary)


def standardised(source: np.ndarray) -> np.ndarray:
    """Every channel of a series (T, D) with mean 0 and deviation 1; a constant one with 0."""
    scale = source.std(0)
    return (source - source.mean(0)) / np.where(scale > 0, scale, 1)


def with_changes(source: np.ndarray, by_example: bool, differences: int) -> np.ndarray:
    """(T, (1 + differences) D): a series and its changes from step to step, the changes of these, and so on."""
    parts = [standardised(source) if by_example else source]
    for _ in range(differences):
        parts.append(np.diff(parts[-1], axis=0, prepend=parts[-1][:1]))
    return np.concatenate(parts, axis=1)


def summaries(source: np.ndarray) -> np.ndarray:
    """(6 D,) mean, deviation, least, greatest, first and last value of every channel of a series (T, D)."""
    parts = source.mean(0), source.std(0), source.min(0), source.max(0), source[0], source[-1]
    return np.concatenate(parts)


@dataclass(frozen=True)
class FeatureColumn:
    """One column of features: numbers in units of its training values, or a position for each of its names."""

    name: str
    offset: float = 0.0
    scale: float = 1.0
    names: tuple[str, ...] = ()  # () for numbers

    @property
    def width(self) -> int:
        return len(self.names) or 1

    def encode(self, cell: str) -> list[float]:
        """The numbers of a cell; 0 for a missing number and for a name that is not known."""
        if self.names:
            return [float(cell.strip() == name) for name in self.names]
        cell = cell.strip()
        return [(float(cell) - self.offset) / self.scale if number_pattern().fullmatch(cell) else 0.0]


@dataclass(frozen=True)
class FeatureSide:
    """A row of features as one step (1, D)."""

    columns: tuple[FeatureColumn, ...]
    linear: bool
    form: ClassVar[str] = "features"

    @property
    def size(self) -> SourceSize:
        D = sum(column.width for column in self.columns)
        return SourceSize(0, D, 0, D if self.linear else 0, 0)

    def encode(self, source: Sequence[str]) -> Steps:
        cells = zip(self.columns, source, strict=True)
        x = np.array([number for column, cell in cells for number in column.encode(cell)], np.float32)
        return Steps(x[None], summary=x if self.linear else None)

    def to_dict(self) -> dict[str, Any]:
        return {"form": self.form, "columns": [asdict(column) for column in self.columns], "linear": self.linear}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "FeatureSide":
        columns = tuple(
            FeatureColumn(str(each["name"]), float(each["offset"]), float(each["scale"]), texts(each["names"]))
            for each in values["columns"]
        )
        checked(bool(columns) and all(column.scale > 0 for column in columns), "columns")
        return cls(columns, bool(values["linear"]))


@dataclass(frozen=True)
class ClassSide:
    """A class, or a class a step, as its number."""

    names: tuple[str, ...]
    counts: tuple[int, ...]  # of each in training

    @property
    def size(self) -> int:
        return len(self.names)

    @cached_property
    def index(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.names)}

    def number(self, name: str) -> int:
        """The number of a class; -1 for one that training did not have."""
        return self.index.get(name, -1)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "ClassSide":
        names = texts(values["names"])
        checked(len(set(names)) == len(names) == len(values["counts"]) > 0, "names and counts")
        return cls(names, tuple(map(int, values["counts"])))


@dataclass(frozen=True)
class NumberSide:
    """K numbers in units of their training values."""

    names: tuple[str, ...]
    offset: tuple[float, ...]
    scale: tuple[float, ...]

    @property
    def size(self) -> int:
        return len(self.names)

    def scaled(self, values: np.ndarray) -> np.ndarray:
        """(E, K) numbers in the units of the network."""
        return (values - np.array(self.offset)) / np.array(self.scale)

    def unscaled(self, values: np.ndarray) -> np.ndarray:
        """(E, K) answers in the units of the data."""
        return values * np.array(self.scale) + np.array(self.offset)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "NumberSide":
        names, offset, scale = texts(values["names"]), numbers(values["offset"]), numbers(values["scale"])
        checked(len(names) == len(offset) == len(scale) > 0 and min(scale) > 0, "names, offset and scale")
        return cls(names, offset, scale)


def plain_word(word: str) -> str:
    """A word as it is looked up: in small letters, every digit a 0."""
    return "".join("0" if letter.isdigit() else letter for letter in word.lower())


def vocabulary(lists: Iterable[Sequence[str]], min_count: int, most: int) -> tuple[str, ...]:
    """`<unk>` and the symbols of training texts, the most frequent first, ties in the order of appearance."""
    counts = Counter(symbol for tokens in lists for symbol in tokens)
    kept = [symbol for symbol, count in counts.most_common(most or None) if count >= min_count]
    return (UNKNOWN, *kept)


def texts(values: Any) -> tuple[str, ...]:
    """A stored list of strings."""
    checked(isinstance(values, list | tuple) and all(isinstance(each, str) for each in values), "a list of strings")
    return tuple(values)


def numbers(values: Any) -> tuple[float, ...]:
    """A stored list of finite numbers."""
    found = tuple(map(float, values))
    checked(bool(np.isfinite(found).all()), "finite numbers")
    return found


def checked(good: bool, what: str) -> None:
    """Raises ValueError, which `stored_side` turns into a ModelFileError."""
    if not good:
        raise ValueError(what)


SOURCES = {side.form: side for side in (TextSide, WordsSide, SeriesSide, FeatureSide)}


def source_from_dict(values: Any) -> Any:
    """The source side that `to_dict` wrote; raises ModelFileError."""
    return stored_side(lambda: SOURCES[values["form"]].from_dict(values))


def stored_side(read: Any) -> Any:
    """The result of `read()`; a ModelFileError for anything that is not what `to_dict` writes."""
    try:
        return read()
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise ModelFileError(
            f"its encoder is malformed ({type(error).__name__}: {error})", "train the model again"
        ) from None
