"""Metrics of answers that are a tag for each word; see `class_metrics` for tags that the model never saw."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .class_metrics import NONE, Answers, answers_from, answers_of, class_scores, macro_f1, mean, nats, with_unseen
from .confusion import Confusion, count_confusion
from .spans import SpanScore, marks_spans, span_scores, total


@dataclass(frozen=True)
class TagTruth:
    """S sentences with W words in all. ids: (W,) tags, from K on those that the model never saw; names of all tags;
    K: tags that it knows; lengths: (S,) words of each sentence; known: (W,) whether a word stood in training."""

    ids: np.ndarray
    names: tuple[str, ...]
    K: int
    lengths: np.ndarray
    known: np.ndarray

    @property
    def spans(self) -> bool:
        """Whether the tags of the model mark spans."""
        return marks_spans(self.names[: self.K])

    def sentences(self, ids: np.ndarray) -> list[list[str]]:
        """The names of tags (W,) by sentence; "O" where there is no answer."""
        names = [*self.names, "O"]
        cuts = np.cumsum(self.lengths)[:-1]
        return [[names[k] for k in part] for part in np.split(ids, cuts)] if len(self.lengths) else []


def tag_truth(
    truth: Sequence[Sequence[int]],
    labels: Sequence[Sequence[str]],
    known: Sequence[Sequence[bool]],
    names: Sequence[str],
) -> TagTruth:
    """The TagTruth of sentences; truth: -1 for a tag that the model never saw; labels: the true tags as texts."""
    flat = [tag for sentence in labels for tag in sentence]
    ids, everything = with_unseen(joined(truth), flat, names)
    lengths = np.array([len(sentence) for sentence in truth], np.int64)
    return TagTruth(ids, everything, len(names), lengths, joined(known).astype(bool))


def joined(sentences: Sequence[Sequence[int]]) -> np.ndarray:
    """(W,) the numbers of all sentences, one after the other."""
    return np.concatenate([np.zeros(0, np.int64), *(np.asarray(one, np.int64) for one in sentences)])


def tag_answers(said: Sequence[Sequence[int]], probabilities: Sequence[np.ndarray] | None = None) -> Answers:
    """The Answers of sentences: said (T,) each; probabilities (T, K) each, None where there are none.

    A word whose probabilities are not numbers has no answer.
    """
    ids = joined(said)
    if not probabilities:
        return Answers(ids)
    found = answers_of(np.concatenate(probabilities))
    return Answers(np.where(found.ids == NONE, NONE, ids), found.logs, found.broken)


def baseline_answers(given: Sequence[np.ndarray]) -> Answers:
    """The Answers of a baseline: tags (T,), or log probabilities (T, K), of each sentence."""
    return answers_from(np.concatenate([np.asarray(one) for one in given]))


def tag_metrics(truth: TagTruth, answers: Answers) -> dict[str, float | None]:
    """{name: value} of the metrics of `tag_metric_names` but the counts."""
    right = answers.ids == truth.ids
    found = {
        "accuracy": mean(right),
        "sentence_accuracy": mean(whole(right, truth.lengths)),
        "unseen_accuracy": mean(right[~truth.known]),
        "macro_f1": macro_f1(class_scores(tag_confusion(truth, answers))),
        "nats": None if answers.logs is None else nats(truth.ids, answers.logs),
    }
    if truth.spans:
        every = total(tag_spans(truth, answers))
        found |= {"span_f1": every.f1, "span_precision": every.precision, "span_recall": every.recall}
    return dict.fromkeys(found) if answers.broken else found


def whole(right: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """(S,) whether every word of a sentence is right; right: (W,)."""
    number = np.repeat(np.arange(len(lengths)), lengths)
    return np.bincount(number, ~right, minlength=len(lengths)) == 0


def tag_confusion(truth: TagTruth, answers: Answers) -> Confusion:
    """The Confusion of the tags."""
    return count_confusion(truth.ids, answers.ids, truth.names, truth.K)


def tag_spans(truth: TagTruth, answers: Answers) -> tuple[SpanScore, ...]:
    """The SpanScore of each type."""
    return span_scores(truth.sentences(truth.ids), truth.sentences(answers.ids))
