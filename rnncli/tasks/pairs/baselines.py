"""The simple methods beside a model of pairs, fitted on its training examples: those that suit a source."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ...data.pairs.examples import Examples
from ...data.pairs.grams import Grams
from ...data.pairs.tokens import tokens_of
from ...errors import ConfigError
from ..base import Progress
from .bag import Logistic, NaiveBayes, Rows
from .kernels import Rocket
from .neighbours import BAND, Nearest
from .suffix_tags import SuffixTags
from .summaries import Ridge, SeriesRidge, majority, mean, one_against_all

CLASS_BASELINES = ("majority", "bag", "naive_bayes", "nearest", "dtw", "ridge", "kernels")
NUMBER_BASELINES = ("mean", "nearest", "dtw", "ridge", "kernels")
TAG_BASELINES = ("frequent",)
TITLES = {  # what --beat-baseline takes, and what it is
    "majority": "majority (largest class)",
    "bag": "bag (logistic regression)",
    "naive_bayes": "naive_bayes (bag)",
    "nearest": "nearest (neighbour)",
    "dtw": "dtw (nearest, warped)",
    "kernels": "kernels (ROCKET)",
    "frequent": "frequent (label, ending)",
}


def check_beaten(beaten: Sequence[str], given: Iterable[str], form: str) -> None:
    """Raises ConfigError for a baseline to beat that there is none of for sources of this form."""
    known = [*given]
    for name in beaten:
        if name not in known:
            raise ConfigError(
                f"--beat-baseline {name}: there is none for a model of {form}"
                + (f"; known: {', '.join(known)}" if known else ""),
                f"write --beat-baseline {known[0]}" if known else "leave it out",
            )


@dataclass(frozen=True)
class Answered:
    """The answers of a simple method: log probabilities (E, K), classes (E,), numbers (E, K) or tags of sentences."""

    answers: Any
    notes: tuple[str, ...] = ()


def class_baselines(
    encoder: Any, train: Examples, asked: Examples, seed: int, progress: Progress
) -> dict[str, Answered]:
    """{baseline: Answered} for the classes of the examples `asked`, by the methods that suit their source."""
    side = encoder.target
    labels, K = np.array([side.number(label) for label in train.targets or ()], np.intp), side.size
    found = {"majority": Answered(np.full(len(asked), majority(labels, K)))}
    if encoder.source.form == "text":
        return found | _bags(encoder.source, train, asked, labels, K, seed, progress)
    of_numbers = _numeric(encoder, train, asked, labels, one_against_all(labels, K), seed, progress)
    decided = {
        name: each.answers.argmax(1) if each.answers.ndim > 1 else each.answers for name, each in of_numbers.items()
    }
    return found | {name: Answered(decided[name], each.notes) for name, each in of_numbers.items()}


def number_baselines(
    encoder: Any, train: Examples, asked: Examples, seed: int, progress: Progress
) -> dict[str, Answered]:
    """{baseline: Answered} for the numbers of the examples `asked`, by the methods that suit their source."""
    y = np.array(train.targets, float)
    found = {"mean": Answered(np.tile(mean(y), (len(asked), 1)))}
    if encoder.source.form == "text":
        train_rows, asked_rows = _dense_grams(encoder.source, train, asked)
        return found | {"ridge": Answered(Ridge().fit(train_rows, y).predict(asked_rows))}
    return found | _numeric(encoder, train, asked, y, y, seed, progress)


def tag_baselines(train: Examples, asked: Examples) -> dict[str, list[list[str]]]:
    """{baseline: the tags of every sentence}."""
    fitted = SuffixTags().fit(list(zip(train.sources, train.targets or ())))
    return {"frequent": [fitted.predict(words) for words in asked.sources]}


def _bags(side, train, asked, labels, K, seed, progress):
    """Logistic regression on tf-idf, and naive Bayes on counts, of the n-grams of texts."""
    unit, lower = side.tokens, side.lower
    highest, joint, edges = (2, " ", False) if unit == "word" else (4, "", True)
    lists, questions = ([tokens_of(text, unit, lower) for text in each.sources] for each in (train, asked))
    grams = Grams.fit(lists, highest, joint, edges)
    rows = Rows.of(map(grams.encode, lists), grams.size), Rows.of(map(grams.encode, questions), grams.size)
    logistic = Logistic(seed=seed).fit(rows[0], labels, K, partial(progress, "fitting a bag of n-grams"))
    counts = Rows.of(map(grams.counts, lists), grams.size), Rows.of(map(grams.counts, questions), grams.size)
    bayes = NaiveBayes(seed=seed).fit(counts[0], labels, K)
    return {
        "bag": Answered(logistic.log_probabilities(rows[1])),
        "naive_bayes": Answered(bayes.log_probabilities(counts[1])),
    }


def _dense_grams(side, train, asked):
    """The n-grams of texts as dense rows, the 2,000 most frequent."""
    lists, questions = ([tokens_of(text, side.tokens, side.lower) for text in each.sources] for each in (train, asked))
    word = side.tokens == "word"
    grams = Grams.fit(lists, 2 if word else 4, " " if word else "", not word, 2, 2_000)

    def dense(texts):
        rows = np.zeros((len(texts), grams.size))
        for row, (ids, values) in zip(rows, map(grams.encode, texts)):
            row[ids] = values
        return rows

    return dense(lists), dense(questions)


def _numeric(encoder, train, asked, targets, y, seed, progress):
    """Neighbours, ridge and kernels of series, neighbours and ridge of features; y (E, K): what the ridge fits."""
    side, n = encoder.source, len(asked)
    if side.form == "features":
        lists, questions = ([side.encode(source).inputs for source in each.sources] for each in (train, asked))
    else:
        lists, questions = ([side.scaled(source) for source in each.sources] for each in (train, asked))
    nearest = Nearest(seed=seed).fit(lists, targets, n)
    found = {
        "nearest": Answered(nearest.predict(questions, partial(progress, "nearest")), tuple(nearest.notes)),
        "ridge": Answered(SeriesRidge().fit(lists, y).predict(questions)),
    }
    if side.form == "series":
        dtw = Nearest(BAND, seed).fit(lists, targets, n)
        rocket = Rocket(seed=seed).fit(lists, y, n, partial(progress, "random kernels"))
        found["dtw"] = Answered(dtw.predict(questions, partial(progress, "nearest, time warped")), tuple(dtw.notes))
        found["kernels"] = Answered(rocket.predict(questions, partial(progress, "random kernels")), tuple(rocket.notes))
    return found
