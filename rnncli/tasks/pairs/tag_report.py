"""The results of an evaluation of tags: the model between its baselines, tags, spans, confusions, tagged sentences."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from ...phrases import counted
from ..base import Record, Report, Table
from .class_metrics import Answers, ClassScore, class_scores
from .class_table import class_table, more_classes
from .comparison import better_baselines, comparison_table, error_rate, with_skill
from .confusion import Confusion, confusion_parts, pair_table
from .listing import spread
from .metric_names import TAG_METRICS, TAG_SCORE
from .spans import SpanScore
from .tag_metrics import TagTruth, baseline_answers, tag_answers, tag_confusion, tag_metrics, tag_spans, tag_truth
from .tagged import TagColors, TaggedSentence, colored_lines, plain_lines
from .texts import one_line, place, share
from .warnings import diverged, unseen_warning

COUNTS = ("words", "unseen_words", "sentences")  # metrics that no baseline differs in
SHOWN = [metric for metric in TAG_METRICS if metric.name not in COUNTS]
SCORE = next(metric for metric in TAG_METRICS if metric.name == TAG_SCORE)
PAIRS = 8  # most confused pairs listed
WIDTH = 80  # columns of a line


@dataclass(frozen=True)
class TagReport(Report):
    """All results of an evaluation of tags; see `tasks.base.Report`.

    heading: the first line of the text. names: the K tags. For each of the S sentences, a sequence of its T words:
    truth, -1 for a tag that the model never saw; labels, the true tags as texts; said, the tags of the model; words;
    known, whether the word stood in training. probabilities: an array (T, K) for each sentence, None for none.
    where(s): the place of sentence s, "file:line". given: {baseline: an array for each sentence, tags (T,) or log
    probabilities (T, K); None where it could not be fitted}; titles: {baseline: its words for people}. show: the number
    of sentences to show, spread evenly. color: `drawing` shows them, and the text leaves them out. confusion, per_class
    (every tag), per_example: what the text holds beside the rest; JSON always has the tags, spans and the confusion.
    """

    heading: str
    names: tuple[str, ...]
    truth: Sequence[Sequence[int]]
    labels: Sequence[Sequence[str]]
    said: Sequence[Sequence[int]]
    words: Sequence[Sequence[str]]
    known: Sequence[Sequence[bool]]
    where: Callable[[int], str]
    probabilities: Sequence[np.ndarray] | None = None
    given: Mapping[str, Sequence[np.ndarray] | None] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    show: int = 0
    confusion: bool = False
    per_class: bool = False
    per_example: bool = False
    unicode: bool = True
    color: bool = False
    more_notes: tuple[str, ...] = ()
    more_warnings: tuple[str, ...] = ()

    @cached_property
    def tags(self) -> TagTruth:
        """The truth of all words."""
        return tag_truth(self.truth, self.labels, self.known, self.names)

    @cached_property
    def answers(self) -> Answers:
        """Of the model."""
        return tag_answers(self.said, self.probabilities)

    @cached_property
    def counts(self) -> Confusion:
        """Of the model."""
        return tag_confusion(self.tags, self.answers)

    @cached_property
    def scores(self) -> tuple[ClassScore, ...]:
        """Of each tag, unseen ones last."""
        return class_scores(self.counts)

    @cached_property
    def spans(self) -> tuple[SpanScore, ...]:
        """Of each type; none where the tags mark no spans."""
        return tag_spans(self.tags, self.answers) if self.tags.spans else ()

    @cached_property
    def _ends(self):
        return np.cumsum(self.tags.lengths)

    @cached_property
    def _metrics(self):
        tags = self.tags
        counts = {"words": len(tags.ids), "unseen_words": int((~tags.known).sum()), "sentences": len(tags.lengths)}
        return tag_metrics(tags, self.answers) | counts

    @cached_property
    def _baselines(self):
        found, own = {}, error_rate(self._metrics[TAG_SCORE])
        for name, given in self.given.items():
            metrics = None if given is None else tag_metrics(self.tags, baseline_answers(given))
            found[name] = metrics and with_skill(metrics, error_rate(metrics[TAG_SCORE]), own)
        return found

    @property
    def lists(self) -> tuple[str, ...]:
        return ("tags", "confusion") + ("spans",) * self.tags.spans + ("examples",) * self.per_example

    @property
    def warnings(self) -> tuple[str, ...]:
        """Probabilities that are not numbers, tags that the model never saw, and those of the caller."""
        broken = self.answers.broken
        found = [diverged(broken, len(self.tags.ids), "answer")] if broken else []
        unseen = [
            (self.labels[s][t], self.where(s))
            for s, tags in enumerate(self.truth)
            for t, tag in enumerate(tags)
            if tag < 0
        ]
        found += [unseen_warning(unseen, "word", "tag")] if unseen else []
        return (*self.more_warnings, *found)

    @property
    def notes(self) -> tuple[str, ...]:
        """The baselines that are better than the model, and the notes of the caller."""
        return (*better_baselines(self._metrics, self._baselines, SCORE, self.titles), *self.more_notes)

    def metrics(self) -> dict[str, float | None]:
        """{name: value} for the names of `tag_metric_names`. nats leaves out words with an unseen tag."""
        return self._metrics

    def baselines(self) -> dict[str, dict[str, Any] | None]:
        """{baseline: {name: value, ..., "skill_percent": the share of its wrong words that the model avoids}}."""
        return self._baselines

    def summary(self) -> dict[str, Any]:
        found = {"metrics": self._metrics, "baselines": self._baselines, "skill_metric": TAG_SCORE}
        return {"heading": self.heading} | found | {"notes": list(self.notes), "warnings": list(self.warnings)}

    def records(self) -> Iterator[Record]:
        yield from (Record("tags", "tag", one.values()) for one in self.scores)
        yield from (Record("confusion", "confusion", row) for row in self.counts.rows())
        yield from (Record("spans", "span", one.values()) for one in self.spans)
        for s in range(len(self.truth)) if self.per_example else ():
            one = self.sentence(s)
            values = {"words": list(one.words), "truth": list(one.truth), "answer": list(one.said)}
            yield Record("examples", "example", {"where": self.where(s)} | values)

    def sentence(self, s: int) -> TaggedSentence:
        """Sentence s with its tags."""
        end = int(self._ends[s])
        ids = self.answers.ids[end - len(self.truth[s]) : end].tolist()
        said = [self.names[k] if k >= 0 else None for k in ids]
        return TaggedSentence(tuple(self.words[s]), tuple(self.labels[s]), tuple(said))

    def shown(self) -> list[int]:
        """The sentences to show, spread evenly over all."""
        return spread(len(self.truth), self.show)

    def drawing(self, width: int) -> Iterator[str]:
        """The shown sentences in colour, as lines of `width` columns for `Output.draw`."""
        colors = TagColors(self.tags.names[k] for k in self.tags.ids)
        if self.shown():
            yield from colors.legend(width, self.unicode)
            yield "underlined: wrong, the true tag below"
        for s in self.shown():
            yield ""
            yield place(self.where(s), width, self.unicode)
            yield from colored_lines(self.sentence(s), colors, width, self.unicode)
        yield from [""] * bool(self.shown())

    def details(self) -> Iterator[str | Table]:
        every = range(len(self.truth)) if self.per_example else [] if self.color else self.shown()
        for s in every:
            yield place(self.where(s), WIDTH, self.unicode)
            yield from (f"  {line}" for line in plain_lines(self.sentence(s), WIDTH - 2, self.unicode))
            yield ""

    def figures(self) -> Iterator[str | Table]:
        yield self.heading
        yield comparison_table(self._metrics, self._baselines, SCORE, SHOWN, self.titles, self.unicode)
        unseen = counted(int((~self.tags.known).sum()), "word")
        yield f"words, sentences: the share that is right; unseen: of {unseen} not in training"
        if any(self._baselines.values()):
            yield "skill: share of the baseline's wrong words that the model avoids"
        if self.spans:
            yield from ("", span_table(self.spans, self.unicode))
        yield from ("", class_table("tag", self.scores, self.per_class, self.unicode))
        yield from filter(None, [more_classes(self.scores, self.per_class, "tags")])
        if self.confusion:
            yield from ("", *confusion_parts(self.counts, self.unicode))
        elif pairs := self.counts.pairs(PAIRS):
            yield from ("", "most confused", pair_table(pairs, self.unicode))


def span_table(scores: Sequence[SpanScore], unicode: bool) -> Table:
    """A row for each type, the most frequent first."""
    rows = [
        (one_line(one.type or "-", 40, unicode), f"{one.n:,}", *map(share, (one.precision, one.recall, one.f1)))
        for one in sorted(scores, key=lambda one: -one.n)
    ]
    return Table([("span", "n", "precision", "recall", "F1"), *rows])
