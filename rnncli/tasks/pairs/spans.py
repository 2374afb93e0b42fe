"""Spans that tags mark, as B-PER I-PER: found and scored as conlleval does.

conlleval is the script of the shared task CoNLL-2000 (Tjong Kim Sang and Buchholz, "Introduction to the CoNLL-2000
shared task: chunking"). It reads IOB1, IOB2, IOBES and mixtures of them: an I- after O, or after another type, starts a
span. L and U of BILOU count as E and S.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from .class_metrics import ratio

TAG = re.compile("O|[BIESLU](-.+)?", re.DOTALL)
SAME = {"L": "E", "U": "S"}
STARTS = {"B", "S"}  # as the tag of a word: a span starts
ENDS = {"E", "S"}  # as the tag of the word before: its span has ended


class Span(NamedTuple):
    """The words first to last of a sentence."""

    first: int
    last: int
    type: str


@dataclass(frozen=True)
class SpanScore:
    """The spans of one type, or of all: n true ones, those found, and hits: found with the same words and type."""

    type: str
    n: int
    found: int
    hits: int

    @property
    def precision(self) -> float | None:
        """None where no span was found."""
        return ratio(self.hits, self.found)

    @property
    def recall(self) -> float | None:
        """None without true spans."""
        return ratio(self.hits, self.n)

    @property
    def f1(self) -> float | None:
        """2 P R / (P + R) = 2 hits / (n + found); None where there are neither."""
        return ratio(2 * self.hits, self.n + self.found)

    def values(self) -> dict[str, Any]:
        """JSON-ready data."""
        return {name: getattr(self, name) for name in ("type", "n", "found", "hits", "precision", "recall", "f1")}


def marks_spans(tags: Iterable[str]) -> bool:
    """Whether the tags look as if they mark spans: O, B-PER, I-PER; B, I and O alone as well."""
    tags = set(tags)
    begins = any(tag[0] in "BI" for tag in tags if tag)
    return begins and all(map(TAG.fullmatch, tags)) and ("O" in tags or all("-" in tag for tag in tags))


def spans_of(tags: Sequence[str]) -> Iterator[Span]:
    """The spans of one sentence."""
    first, before, type_before = 0, "O", ""
    for k, tag in enumerate([*tags, "O"]):
        letter, type = parted(tag)
        inside = before != "O"
        new = letter in STARTS or before in ENDS or type != type_before  # nothing of the span before goes on
        if inside and (new or letter == "O"):
            yield Span(first, k - 1, type_before)
        if letter != "O" and (new or not inside):
            first = k
        before, type_before = letter, type


def parted(tag: str) -> tuple[str, str]:
    """The letter and the type of a tag: ("B", "PER"); a tag that marks no span is ("O", "")."""
    letter, _, type = tag.partition("-")
    letter = SAME.get(letter, letter)
    return (letter, type) if letter in {"B", "I", "E", "S"} else ("O", "")


def span_scores(truth: Iterable[Sequence[str]], said: Iterable[Sequence[str]]) -> tuple[SpanScore, ...]:
    """The SpanScore of each type in the order of names; truth and said: the tags of each sentence."""
    n, found, hits = Counter(), Counter(), Counter()
    for own, theirs in zip(truth, said, strict=True):
        true_spans, said_spans = set(spans_of(own)), set(spans_of(theirs))
        for counter, spans in ((n, true_spans), (found, said_spans), (hits, true_spans & said_spans)):
            counter.update(span.type for span in spans)
    return tuple(SpanScore(type, n[type], found[type], hits[type]) for type in sorted(n | found))


def total(scores: Sequence[SpanScore]) -> SpanScore:
    """All types together."""
    n, found, hits = (sum(getattr(one, name) for one in scores) for name in ("n", "found", "hits"))
    return SpanScore("all", n, found, hits)
