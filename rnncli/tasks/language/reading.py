"""A text as `inspect` looks at it: which text, its symbols, and a model that reads it token by token."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ...data.text.corpus import Corpus
from ...data.text.splits import Split
from ...errors import ConfigError, DataError, shell_name
from ...laboratory.units.activations import Activations
from ...nn.memory import Memory
from ...phrases import safe_text
from ...storage.stored_data import inspecting
from ..base import Output
from .evaluation_data import other_text, stored_corpus
from .scoring import LONG

PARAGRAPH, LINE = "\n\n", "\n"


def text_of(loaded: Any, files: list[str], out: Output) -> tuple[Split, Corpus | None, str]:
    """(the Split to look at, the Corpus of the run, a sentence about the split): a file, or else the validation text of
    the run, its test text, its training text. The corpus is None where a file is named.

    Raises DataError where the data of the run cannot be read, ConfigError for several files.
    """
    reading = partial(out.progress, "reading")
    if len(files) > 1:
        raise ConfigError(
            f"{len(files)} files: a text is looked at by itself", f"name one: --data {shell_name(files[0])}"
        )
    if files:
        unknown = "skip" if loaded.encoder.level == "char" else None
        split = other_text(loaded, files[0], unknown, reading)
        for note in split.notes:
            out.note(f"note: {split.name}: {note}")
        return checked(split), None, safe_text(f"text: {split.where}")
    with inspecting():
        corpus = stored_corpus(loaded, reading)
    if held_out := corpus.val or corpus.test:
        return checked(held_out), corpus, safe_text(f"held-out text: {held_out.where}")
    about = f"training text, since the run held none out: {corpus.train.where}"
    return checked(corpus.train), corpus, safe_text(about)


def checked(split: Split) -> Split:
    """The Split; raises DataError for one without anything to predict."""
    if not split.targets:
        raise DataError(f"{split.name}: nothing to look at: a text needs at least two tokens", "give more text")
    return split


@dataclass(frozen=True)
class Symbols:
    """The symbols of tokens: characters, or words. last: (S,) the index of the last token of each, which matters for
    bytes."""

    texts: list[str]
    last: np.ndarray

    @property
    def first(self) -> np.ndarray:
        """(S,) the index of the first token of each."""
        return np.append(0, self.last[:-1] + 1)

    def take(self, count: int) -> "Symbols":
        """The first symbols."""
        return Symbols(self.texts[:count], self.last[:count])


def symbols_of(encoder: Any, ids: np.ndarray) -> Symbols:
    """The Symbols of ids (L,) as they stand in the text. The bytes of a character are one symbol; a byte that is not
    UTF-8 is the replacement character."""
    if encoder.level == "byte":
        text = bytes(ids.tolist()).decode("utf-8", "surrogateescape")
        coded = [sign.encode("utf-8", "surrogateescape") for sign in text]
        return Symbols([one.decode("utf-8", "replace") for one in coded], np.cumsum([len(one) for one in coded]) - 1)
    texts = [encoder.words[token] for token in ids] if encoder.level == "word" else list(encoder.decode(ids))
    return Symbols(texts, np.arange(len(ids)))


def positions(split: Split) -> np.ndarray:
    """(L,) the positions of the tokens of a Split, each once: a line that is a document begins with the newline of the
    line before."""
    inside = np.zeros(int(split.pieces[-1, 1]) + 1, np.int64)
    np.add.at(inside, split.pieces[:, 0], 1)
    np.add.at(inside, split.pieces[:, 1], -1)
    return np.flatnonzero(np.cumsum(inside) > 0)


def paragraph(config: Any) -> str:
    """What separates parts of a text that have no state in common, or no quotation."""
    return LINE if config.data.documents == "line" else PARAGRAPH


class TokenReader:
    """Reads pieces of a text one after the other, each from a zero state and with carried state.

    activations: collects the units; None for none.
    """

    def __init__(self, loaded: Any, longest: int, activations: Activations | None = None):
        """longest: the most tokens of a piece."""
        self.model, self.T = loaded.model, max(1, min(LONG, longest))
        memory = activations.memory if activations else Memory("f4", forward_only=True)
        self._plan, self._zeros = self.model.plan((self.T,), 1, memory), self.model.initial_state(1, memory)
        self.model.load(loaded.store.views(loaded.theta), self._plan)

    def read(self, tokens: np.ndarray, pieces: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield (positions (n,) of the tokens read, scores (n, V) of what follows each), at most T at a time; the
        scores, and what the plan holds, are valid until the next ones."""
        for begin, end in pieces.tolist():
            state = self._zeros
            for start in range(begin, end, self.T):
                at = np.arange(start, min(start + self.T, end))
                ids = tokens[np.minimum(np.arange(start, start + self.T), end - 1)].astype(np.intp)
                with np.errstate(all="ignore"):  # diverged weights: the figures show it
                    scores, state = self.model.forward(ids[:, None], state, self._plan)
                yield at, scores[: len(at)]
