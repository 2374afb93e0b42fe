"""The sides of a task of pairs, fitted on its training examples; settings that the examples decide."""

import math
from collections import Counter
from collections.abc import Sequence
from statistics import mean
from typing import Any

import numpy as np

from ...data.pairs.examples import Examples
from ...data.pairs.grams import Grams
from ...data.pairs.sides import (
    ClassSide,
    FeatureColumn,
    FeatureSide,
    NumberSide,
    SeriesSide,
    TextSide,
    WordsSide,
    plain_word,
    summaries,
    vocabulary,
    with_changes,
)
from ...data.pairs.tokens import WORDS, tokens_of
from ...data.tables.numbers import number_pattern
from ...errors import DataError
from ...nn.categorical import Categorical

MOST_GRAMS = 100_000
WORDY = 3  # words of an average source from which on words are its tokens
LOOKED_AT = 2_000  # sources that decide it
READ = 80  # steps of a series that are read: enough for its form, few enough for the gradient
LONGEST_WORD = 14  # characters of a word that are read


def settle(draft: Any, examples: Examples) -> None:
    """Decide in a Draft the settings that the sources of training examples decide, unless they are given."""
    if examples.form == "text":
        settle_text(draft, examples.sources)
    if examples.form == "series":
        settle_series(draft, examples.sources)


def settle_text(draft: Any, sources: Sequence[str]) -> None:
    """Decide in a Draft the settings of a text that its sources decide, unless they are given."""
    if draft["data.tokens"] is None:
        words = [len(WORDS.findall(source)) for source in sources[:LOOKED_AT]]
        draft.decide("data.tokens", "word" if mean(words) >= WORDY else "char")
    if draft["steps.case"] is None:
        draft.decide("steps.case", "lower" if draft["data.tokens"] == "word" else "keep")


def settle_series(draft: Any, sources: Sequence[np.ndarray]) -> None:
    """Decide in a Draft how many steps of a series are read as one, unless it is given."""
    if draft["steps.segment"] is None:
        draft.decide("steps.segment", max(1, round(float(np.median([len(source) for source in sources])) / READ)))


def fit_source(examples: Examples, config: Any, linear: bool) -> Any:
    """The source side of training examples; linear: whether a linear path reads it too. config: a Config."""
    fit = {"text": _text, "words": _words, "series": _series, "features": _features}[examples.form]
    return fit(examples, config, linear)


def _text(examples, config, linear):
    unit, lower, rare = config.data.tokens, config.steps.case == "lower", config.data.min_count
    lists = [tokens_of(source, unit, lower) for source in examples.sources]
    grams = None
    if linear:
        grams = Grams.fit(lists, config.pool.ngrams, " " if unit == "word" else "", unit != "word", rare, MOST_GRAMS)
    return TextSide(unit, lower, vocabulary(lists, rare, config.data.max_vocab), config.steps.longest, grams)


def _words(examples, config, linear):
    rare, most = config.data.min_count, config.data.max_vocab
    symbols = vocabulary([[plain_word(word) for word in source] for source in examples.sources], rare, most)
    characters = vocabulary([word for source in examples.sources for word in source], rare, 0)
    return WordsSide(symbols, characters if config.spelling.size else (), LONGEST_WORD)


def _series(examples, config, linear):
    steps = config.steps
    by_example = steps.scaling == "example"
    channels = [with_changes(source, by_example, steps.differences) for source in examples.sources]
    every = np.concatenate(channels)
    offset, scale = units(every) if steps.scaling != "none" else (np.zeros(every.shape[1]), np.ones(every.shape[1]))
    summary = zip(*units(np.array([summaries(each) for each in channels]))) if linear else ()
    return SeriesSide(
        tuple(offset.tolist()),
        tuple(scale.tolist()),
        by_example,
        steps.differences,
        steps.segment,
        steps.longest,
        tuple((float(middle), float(spread)) for middle, spread in summary),
    )


def units(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(mean, deviation) of the columns of rows (R, D); 1 for a column without variation."""
    scale = rows.std(0)
    return rows.mean(0), np.where(scale > 1e-12 * np.maximum(1, np.abs(rows).max(0)), scale, 1)


def _features(examples, config, linear):
    columns = [
        _column(name, [source[k].strip() for source in examples.sources]) for k, name in enumerate(examples.columns)
    ]
    return FeatureSide(tuple(columns), linear)


def _column(name, cells):
    given = [cell for cell in cells if cell]
    if given and all(map(number_pattern().fullmatch, given)):
        offset, scale = units(np.array(given, float)[:, None])
        return FeatureColumn(name, float(offset[0]), float(scale[0]))
    return FeatureColumn(name, names=tuple(dict.fromkeys(given)) or ("",))


def fit_classes(labels: Sequence[str]) -> ClassSide:
    """The classes of training labels, in sorted order: numbers by value, names by letters."""
    counts = Counter(labels)
    names = sorted(counts, key=by_value)
    return ClassSide(tuple(names), tuple(counts[name] for name in names))


def by_value(name: str) -> tuple[float, str]:
    """A key that sorts numbers by their value, before names."""
    return (float(name), name) if number_pattern().fullmatch(name) else (math.inf, name)


def fit_numbers(examples: Examples) -> NumberSide:
    """The target side of numbers."""
    assert examples.targets is not None
    values = np.array(examples.targets, float)
    offset, scale = units(values)
    names = examples.target_names or tuple(f"target {k + 1}" for k in range(values.shape[1]))
    return NumberSide(tuple(names), tuple(offset.tolist()), tuple(scale.tolist()))


def settle_ngrams(draft: Any) -> None:
    """Decide in a Draft how long the n-grams of the linear path are, unless it is given."""
    if draft["pool.ngrams"] is None:
        draft.decide("pool.ngrams", 2 if draft["data.tokens"] == "word" else 4)


def at_least_two(classes: ClassSide, files: Sequence[str]) -> None:
    """Raises DataError where all training examples are of one class."""
    if classes.size < 2:
        raise DataError(
            f"{', '.join(files)}: every training example has the class {classes.names[0]!r}",
            "give examples of two classes or more, or name another column with --target",
        )


def likelihood(config: Any, K: int, counts: Sequence[int]) -> Categorical:
    """The loss of a ClassesConfig for K classes with so many training examples each."""
    if config.weights == "none":
        return Categorical(K, smoothing=config.smoothing)
    share = np.array(counts, float)
    weights = share.sum() / (K * np.maximum(share, 1))
    return Categorical(K, tuple(weights.tolist()), config.smoothing)
