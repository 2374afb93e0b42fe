"""Invented evaluations of classes, tags and numbers, for the tests of their reports and pictures."""

import numpy as np

from rnncli.tasks.pairs.class_report import ClassReport
from rnncli.tasks.pairs.number_report import NumberReport
from rnncli.tasks.pairs.tag_report import TagReport

HOSTILE = "\x1b[31mred\x07 \u202e and\na second line"


def softmax(scores):
    p = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True)


def class_report(K=6, E=300, names=None, seed=1, **fields):
    """A model that is usually right, between a majority, a bag and a nearest neighbour."""
    rng = np.random.default_rng(seed)
    names = tuple(names or (f"class {k}" for k in range(K)))
    truth = rng.choice(K, E, p=softmax(-0.3 * np.arange(K)))
    scores = rng.normal(size=(E, K)) + 3 * np.eye(K)[truth]
    given = {
        "majority": np.tile(np.log(softmax(-0.3 * np.arange(K))), (E, 1)),
        "bag": np.log(softmax(scores + rng.normal(size=(E, K)))),
        "nearest": (scores + 3 * rng.normal(size=(E, K))).argmax(axis=1),
    }
    made = {
        "heading": f"test: {E} names",
        "names": names,
        "truth": truth,
        "labels": [names[k] for k in truth],
        "probabilities": softmax(scores),
        "lengths": rng.integers(1, 30, E),
        "where": lambda k: f"names.txt:{k + 1}",
        "text": lambda k: HOSTILE if k % 2 else "Sherlock",
        "given": given,
        "titles": {"majority": "largest class"},
    }
    return ClassReport(**(made | fields))


def tag_report(names=("O", "B-PER", "I-PER", "B-LOC"), S=40, seed=2, **fields):
    """A model that tags most words right, beside the most frequent tag."""
    rng = np.random.default_rng(seed)
    K, lengths = len(names), rng.integers(1, 12, S)
    truth = [rng.integers(0, K, T) for T in lengths]
    probabilities = [softmax(rng.normal(size=(len(tags), K)) + 2.5 * np.eye(K)[tags]) for tags in truth]
    made = {
        "heading": f"test: {S} sentences",
        "names": tuple(names),
        "truth": truth,
        "labels": [[names[k] for k in tags] for tags in truth],
        "said": [p.argmax(axis=1) for p in probabilities],
        "words": [[f"word{k}" for k in range(T)] for T in lengths],
        "known": [rng.random(T) > 0.2 for T in lengths],
        "where": lambda s: f"test.conllu:{10 * s + 1}",
        "probabilities": probabilities,
        "given": {"frequent": [np.zeros(T, np.int64) for T in lengths]},
    }
    return TagReport(**(made | fields))


def number_report(K=1, E=60, seed=3, **fields):
    """A model with small errors, beside the mean."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(size=(E, K)) * [10.0, 1000.0, 0.1][:K]
    made = {
        "heading": f"test: {E} spectra",
        "names": ("fat", "water", "protein")[:K],
        "truth": truth,
        "predicted": truth * 0.9 + rng.normal(size=(E, K)) * [2.0, 200.0, 0.02][:K],
        "where": lambda k: f"meat.ts:{k + 1}",
        "text": lambda k: "2.61 2.62",
        "given": {"mean": np.zeros((E, K))},
    }
    return NumberReport(**(made | fields))
