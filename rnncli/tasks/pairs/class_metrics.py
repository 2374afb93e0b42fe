"""Metrics of answers that are classes.

E examples, K classes that the model knows. A label that it never saw is a class of its own, numbered from K on: such
an example counts as wrong, and in the macro F1 its class counts as 0. A metric without a value is None.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .calibration import calibration_error, calibration_of
from .confusion import Confusion, count_confusion
from .metric_names import RANKED

NONE = -1  # the answer where there is none
FLOOR = math.log(np.finfo(np.float64).tiny)  # a probability of 0 counts as the smallest number: 708 nats


@dataclass(frozen=True)
class Answers:
    """ids: (E,) the most probable classes, NONE without an answer. logs: (E, K) log probabilities, None where only
    classes are predicted. broken: the answers whose probabilities are not numbers."""

    ids: np.ndarray
    logs: np.ndarray | None = None
    broken: int = 0


@dataclass(frozen=True)
class ClassScore:
    """The figures of one class. n: its examples; answered: how often it is the answer; taken: (other class, count),
    the most frequent wrong answers to its examples; seen: whether the model knows it."""

    name: str
    n: int
    answered: int
    precision: float | None  # None where it is never the answer
    recall: float | None  # None without examples
    f1: float | None  # None where it neither occurs nor is an answer
    taken: tuple[tuple[str, int], ...]
    seen: bool = True

    def values(self) -> dict[str, Any]:
        """JSON-ready data."""
        scores = {name: getattr(self, name) for name in ("n", "answered", "precision", "recall", "f1", "seen")}
        return {"class": self.name} | scores | {"most_taken_for": [{"class": name, "n": n} for name, n in self.taken]}


def answers_from(given: np.ndarray) -> Answers:
    """The Answers of a baseline: log probabilities (E, K), or predicted classes (E,)."""
    if given.ndim == 1:
        return Answers(given.astype(np.int64))
    bad = np.isnan(given).any(axis=1) | (given == math.inf).any(axis=1)
    ids = np.where(bad, NONE, np.where(bad[:, None], 0, given).argmax(axis=1))
    return Answers(ids, given, int(bad.sum()))


def answers_of(probabilities: np.ndarray) -> Answers:
    """The Answers of a model that gives probabilities (E, K)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return answers_from(np.log(probabilities))


def with_unseen(truth: np.ndarray, labels: Sequence[str], names: Sequence[str]) -> tuple[np.ndarray, tuple[str, ...]]:
    """truth (E,) with a number from K on for each label that the model never saw, and the names of all classes.

    labels: the E labels as texts, read where truth is -1.
    """
    unseen = np.flatnonzero(truth < 0).tolist()
    number = {label: len(names) + k for k, label in enumerate(dict.fromkeys(labels[k] for k in unseen))}
    ids = np.array(truth, np.int64)
    ids[unseen] = [number[labels[k]] for k in unseen]
    return ids, (*names, *number)


def class_metrics(truth: np.ndarray, answers: Answers, names: Sequence[str], K: int) -> dict[str, float | None]:
    """{name: value} of the metrics of `class_metric_names` but the counts; truth and names as `with_unseen` gives them.

    Answers that are not numbers leave no metric a value: a missing answer is never better than a bad one.
    """
    found: dict[str, float | None] = {
        "accuracy": mean(answers.ids == truth),
        "macro_f1": macro_f1(class_scores(count_confusion(truth, answers.ids, names, K))),
        "nats": None if answers.logs is None else nats(truth, answers.logs),
    }
    if K > RANKED:
        found["top_3"] = None if answers.logs is None else top(truth, answers.logs, RANKED)
    found["expected_calibration_error"] = (
        None if answers.logs is None or answers.broken else calibration_error(calibration_of(truth, answers))
    )
    return dict.fromkeys(found) if answers.broken else found


def mean(values: np.ndarray) -> float | None:
    """The mean, None without values and where it is not finite."""
    found = float(np.mean(values)) if len(values) else math.nan
    return found if math.isfinite(found) else None


def nats(truth: np.ndarray, logs: np.ndarray) -> float | None:
    """Log loss, the mean of -log p(truth) over the examples whose class the model knows."""
    known = np.flatnonzero(truth < logs.shape[1])
    return mean(-np.maximum(logs[known, truth[known]], FLOOR))


def top(truth: np.ndarray, logs: np.ndarray, k: int) -> float | None:
    """The share of examples whose class is among the k most probable; of equal ones the first comes first."""
    known = np.flatnonzero(truth < logs.shape[1])
    own, order = logs[known, truth[known]][:, None], np.arange(logs.shape[1])
    before = (logs[known] > own) | ((logs[known] == own) & (order < truth[known][:, None]))
    right = np.zeros(len(truth), bool)
    right[known] = before.sum(axis=1) < k
    return mean(right)


def class_scores(confusion: Confusion) -> tuple[ClassScore, ...]:
    """The ClassScore of every class, unseen ones last.

    precision = hits / answers, recall = hits / examples, F1 = 2 hits / (answers + examples).
    """
    K = confusion.counts.shape[1]
    answered = np.concatenate([confusion.counts.sum(axis=0), np.zeros(len(confusion.names) - K, np.int64)])
    found = []
    for k, name in enumerate(confusion.names):
        n, said, hits = int(confusion.n[k]), int(answered[k]), int(confusion.counts[k, k]) if k < K else 0
        both = (ratio(hits, said), ratio(hits, n), ratio(2 * hits, said + n))
        found.append(ClassScore(name, n, said, *both, confusion.taken_for(k), k < K))
    return tuple(found)


def macro_f1(scores: Sequence[ClassScore]) -> float | None:
    """The mean F1 of the classes that occur in the truth or among the answers, each counting the same."""
    return mean(np.array([score.f1 for score in scores if score.f1 is not None]))


def ratio(above: float, below: float) -> float | None:
    """above / below, None for a division by 0."""
    return above / below if below else None
