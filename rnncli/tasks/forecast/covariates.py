"""Covariates as inputs: numbers in units of the training rows, words with an input for each."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...data.series.panel import Panel
from ...data.series.scaling import Units, series_units
from ...data.series.splits import Split
from ...data.tables.column_kinds import truth_pair
from ...data.tables.missing import is_missing
from ...data.tables.signs import number_pattern
from ...errors import DataError

MOST_WORDS = 500  # different words of a covariate: each takes an input
KNOWN = 10  # words that an error lists
CODE = re.compile(r"0\d+", re.ASCII)  # a code, such as 00123: numbers do not begin with a zero


@dataclass(frozen=True)
class StaticColumn:
    """A column with one value for each series: words with an input for each, or standardised numbers."""

    name: str
    words: tuple[str, ...] = ()
    offset: float = 0.0
    scale: float = 1.0

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs made from it."""
        return tuple(f"{self.name}={word}" for word in self.words) or (self.name,)

    def encode(self, text: str, series: str) -> list[float]:
        """[inputs] of one value: 0 everywhere for a word that no training series had. DataError for no number."""
        if self.words:
            return [float(text == word) for word in self.words]
        if is_missing(text):
            return [0.0]
        if not number_pattern().fullmatch(text.strip()):
            raise DataError(
                f"series '{series}', column {self.name}: '{text}' is not a number",
                "in training this column held numbers",
            )
        return [(float(text) - self.offset) / self.scale]


@dataclass(frozen=True)
class WordColumn:
    """A past or future covariate of words, with an input for each word of the training rows: 1 where the step has it.
    A column of true and false has one input, 1 where it is true. Another word, or none, is 0 everywhere."""

    name: str
    words: tuple[str, ...]

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs made from it."""
        return tuple(f"{self.name}={word}" for word in self.words)

    def encode(self, codes: np.ndarray, texts: Sequence[str]) -> np.ndarray:
        """(R, inputs) of codes (R,), indices in `texts`, nan where missing."""
        own = np.array([self.words.index(text) if text in self.words else -1 for text in (*texts, "")])
        whole = np.where(np.isnan(codes) | (codes < 0), len(texts), codes).astype(np.intp)
        return (own[whole][:, None] == np.arange(len(self.words))).astype(float)


def word_codes(texts: Sequence[str] | np.ndarray, place: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """((R,) float64 codes, the words that they count) of the cells of a column: 0 is the first word, nan an empty cell.

    Words are without outer blanks; those of a column of true and false are in lower case. DataError, which begins with
    the `place`, for more than MOST_WORDS words.
    """
    cells = [str(text).strip() for text in texts]
    words = dict.fromkeys(filter(None, cells))
    if truth_pair(words):
        cells = [cell.lower() for cell in cells]
        words = dict.fromkeys(filter(None, cells))
    if len(words) > MOST_WORDS:
        raise DataError(
            f"{place}: the column holds {len(words):,} different words; a covariate has at most {MOST_WORDS}",
            "leave the column out, or give numbers",
        )
    number = {word: float(k) for k, word in enumerate(words)} | {"": np.nan}
    return np.array([number[cell] for cell in cells]), tuple(words)


def codes_in(texts: Sequence[str] | np.ndarray, words: Sequence[str]) -> np.ndarray:
    """(R,) float64: the indices of cells in the `words` of a column, -1 for another word, nan for an empty cell."""
    lower = truth_pair(words) is not None
    cells = [str(text).strip().lower() if lower else str(text).strip() for text in texts]
    number = {word: float(k) for k, word in enumerate(words)} | {"": np.nan}
    return np.array([number.get(cell, -1.0) for cell in cells])


def in_words(words: Sequence[str] | None, values: np.ndarray) -> list[float | str]:
    """[n] the values (n,) of a covariate as cells: the words that codes stand for, numbers as they are."""
    if words is None:
        return values.tolist()
    return [words[int(value)] if value >= 0 else np.nan for value in values]


def fit_words(panel: Panel, train: Split) -> tuple[WordColumn, ...]:
    """The WordColumn of each covariate of words, with the words of the rows of the Split `train`."""
    found = []
    for name, texts in panel.categories.items():
        if name not in panel.roles.past + panel.roles.known:
            continue
        kind = "past" if name in panel.roles.past else "known"
        k = getattr(panel.roles, kind).index(name)
        codes = np.concatenate([getattr(each, kind)[:stop, k] for each, stop in zip(panel.series, train.stop)])
        seen = [texts[int(code)] for code in np.unique(codes[codes >= 0])]
        pair = truth_pair(seen)
        true = [word for word in seen if pair and word.lower() == pair[0]] or (pair or ())[:1]
        found.append(WordColumn(name, tuple(true if pair else seen)))
    return tuple(found)


def unknown_words(panel: Panel, columns: Sequence[WordColumn]) -> list[str]:
    """A sentence for each column of words that holds some the model has not learnt."""
    told = []
    for column in columns:
        texts = panel.categories.get(column.name, ())
        pair = truth_pair((*texts, *column.words))
        if new := [text for text in texts if text not in (pair or column.words)]:
            shown = ", ".join(repr(text) for text in new[:3]) + (", ..." if len(new) > 3 else "")
            told.append(f"column {column.name}: the model does not know {shown}, read as none of its words")
    return told


def unknown_statics(panel: Panel, columns: Sequence[StaticColumn]) -> list[str]:
    """A sentence for each static column of words that holds some the model has not learnt. DataError where it has
    learnt none of them."""
    told = []
    for k, column in enumerate(columns):
        new = [each for each in panel.series if column.words and each.static[k] not in column.words]
        if not new:
            continue
        place, word = f"series '{new[0].id}', column {column.name}", new[0].static[k]
        if len(new) == len(panel.series):
            raise DataError(
                f"{place}: the model does not know the word '{word}', nor any other of this column",
                f"known: {', '.join(column.words[:KNOWN])}{', ...' if len(column.words) > KNOWN else ''}",
            )
        others = f" ({len(new):,} such series)" if len(new) > 1 else ""
        told.append(f"{place}: the model does not know {word!r}, read as none of its words{others}")
    return told


def inputs_of(names: Sequence[str], words: Mapping[str, WordColumn]) -> list[str]:
    """Names of the inputs made from covariates: the column's own, or one for each word."""
    return [one for name in names for one in (words[name].inputs if name in words else (name,))]


def encoded(
    columns: np.ndarray,
    names: Sequence[str],
    units: Sequence[tuple[float, float]],
    words: Mapping[str, WordColumn],
    texts: Mapping[str, tuple[str, ...]],
) -> np.ndarray:
    """(R, inputs) of covariates (R, n): numbers in their units, (offset, scale) of each, 0 where missing; words by
    their WordColumn. texts: what the codes of each column of words stand for."""
    offset, scale = np.array(units, float).reshape(-1, 2).T
    plain = np.nan_to_num(Units(offset, scale).apply(columns), nan=0.0)
    if not words:
        return plain
    parts = [
        words[name].encode(columns[:, k], texts.get(name, ())) if name in words else plain[:, k : k + 1]
        for k, name in enumerate(names)
    ]
    return np.concatenate([np.zeros((len(columns), 0)), *parts], axis=1)


def covariate_units(panel: Panel, train: Split, name: str) -> tuple[tuple[float, float], ...]:
    """((offset, scale) of each column) over the training rows of all series together; (0, 1) for words."""
    columns = getattr(panel.roles, name)
    if not columns:
        return ()
    rows = np.concatenate([getattr(each, name)[:stop] for each, stop in zip(panel.series, train.stop)])
    units = series_units(rows, "standard")
    pairs = zip(units.offset.tolist(), units.scale.tolist())
    return tuple((0.0, 1.0) if column in panel.categories else pair for column, pair in zip(columns, pairs))


def static_column(panel: Panel, k: int, words: Collection[str] = ()) -> StaticColumn:
    """The StaticColumn of the k-th static covariate: of words if `words` names it, if it holds one, or if its numbers
    begin with a zero, as zip codes do."""
    name, texts = panel.roles.static[k], [each.static[k] for each in panel.series]
    given = [text.strip() for text in texts if not is_missing(text)]
    codes = name in words or any(CODE.fullmatch(text) for text in given)
    if given and not codes and all(map(number_pattern().fullmatch, given)):
        units = series_units(np.array(given, float)[:, None], "standard")
        return StaticColumn(name, offset=float(units.offset[0]), scale=float(units.scale[0]))
    return StaticColumn(name, tuple(dict.fromkeys(texts)))
