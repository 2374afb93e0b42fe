"""The results of an evaluation of classes: the model between its baselines, classes, calibration, confusion, examples.

One dataclass of arrays; the network is not needed. `pictures` draws from the same records.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from ..base import Record, Report, Table
from .calibration import CalibrationBin, calibration_error, calibration_of, calibration_table
from .class_metrics import Answers, ClassScore, answers_from, answers_of, class_metrics, class_scores, with_unseen
from .class_table import class_table, more_classes
from .comparison import better_baselines, comparison_table, error_rate, with_skill
from .confusion import Confusion, confusion_parts, count_confusion
from .listing import listed_examples, quantile_groups
from .metric_names import CLASS_METRICS, CLASS_SCORE
from .texts import one_line, place, share
from .warnings import diverged, unseen_warning

COUNTS = ("examples", "unseen_labels")  # metrics that no baseline differs in
SHOWN = [metric for metric in CLASS_METRICS if metric.name not in COUNTS]
SCORE = next(metric for metric in CLASS_METRICS if metric.name == CLASS_SCORE)
QUARTERS = 4


@dataclass(frozen=True)
class ClassReport(Report):
    """All results of an evaluation of classes; see `tasks.base.Report`.

    heading: the first line of the text. names: the K classes. truth: (E,) their numbers, -1 for a label that the model
    never saw. labels: the E labels as texts. probabilities: (E, K) float64. lengths: (E,) of the sources, in `unit`s.
    where(k): the place of example k, "file:line"; text(k): its source. given: {baseline: log probabilities (E, K) or
    classes (E,), None where it could not be fitted}; titles: {baseline: its words for people}. confusion, by_length,
    per_class (every one), per_example, worst (the number of examples): what the text holds beside the rest; JSON always
    has the classes, the confusion, the bins of the calibration and the lengths.
    """

    heading: str
    names: tuple[str, ...]
    truth: np.ndarray
    labels: Sequence[str]
    probabilities: np.ndarray
    lengths: np.ndarray
    where: Callable[[int], str]
    text: Callable[[int], str]
    given: Mapping[str, np.ndarray | None] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    unit: str = "step"
    confusion: bool = False
    by_length: bool = False
    per_class: bool = False
    per_example: bool = False
    worst: int = 0
    unicode: bool = True
    more_notes: tuple[str, ...] = ()
    more_warnings: tuple[str, ...] = ()

    @cached_property
    def answers(self) -> Answers:
        """Of the model."""
        return answers_of(self.probabilities)

    @cached_property
    def all_truth(self) -> tuple[np.ndarray, tuple[str, ...]]:
        """truth and names with a class for each unseen label."""
        return with_unseen(self.truth, self.labels, self.names)

    @cached_property
    def counts(self) -> Confusion:
        """Of the model."""
        truth, names = self.all_truth
        return count_confusion(truth, self.answers.ids, names, len(self.names))

    @cached_property
    def scores(self) -> tuple[ClassScore, ...]:
        """Of each class, unseen labels last."""
        return class_scores(self.counts)

    @cached_property
    def calibration(self) -> tuple[CalibrationBin, ...]:
        """The bins that hold an answer."""
        return calibration_of(self.all_truth[0], self.answers)

    @cached_property
    def _metrics(self):
        return self._of(self.answers) | {"examples": len(self.truth), "unseen_labels": int((self.truth < 0).sum())}

    @cached_property
    def _baselines(self):
        found, own = {}, error_rate(self._metrics[CLASS_SCORE])
        for name, given in self.given.items():
            metrics = None if given is None else self._of(answers_from(given))
            found[name] = metrics and with_skill(metrics, error_rate(metrics[CLASS_SCORE]), own)
        return found

    def _of(self, answers):
        truth, names = self.all_truth
        return class_metrics(truth, answers, names, len(self.names))

    @property
    def lists(self) -> tuple[str, ...]:
        always = ("classes", "confusion", "calibration", "lengths")
        return always + ("most_wrong",) * (self.worst > 0) + ("examples",) * self.per_example

    @property
    def warnings(self) -> tuple[str, ...]:
        """Answers that are not numbers, labels that the model never saw, and those of the caller."""
        broken = self.answers.broken
        found = [diverged(broken, len(self.truth), "answer")] if broken else []
        unseen = np.flatnonzero(self.truth < 0).tolist()
        if unseen:
            found.append(unseen_warning([(self.labels[k], self.where(k)) for k in unseen], "example", "class"))
        return (*self.more_warnings, *found)

    @property
    def notes(self) -> tuple[str, ...]:
        """The baselines that are better than the model, and the notes of the caller."""
        said = set(self.answers.ids.tolist())
        alone = [f"every answer is '{one_line(self.names[k], 40)}'" for k in said if k >= 0 and len(said) == 1]
        alone *= len(set(self.truth.tolist())) > 1
        return (*alone, *better_baselines(self._metrics, self._baselines, SCORE, self.titles), *self.more_notes)

    def metrics(self) -> dict[str, float | None]:
        """{name: value} for the names of `class_metric_names`. nats leaves out examples with an unseen label."""
        return self._metrics

    def baselines(self) -> dict[str, dict[str, Any] | None]:
        """{baseline: {name: value, ..., "skill_percent": the share of its errors that the model avoids}}."""
        return self._baselines

    def summary(self) -> dict[str, Any]:
        found = {"metrics": self._metrics, "baselines": self._baselines, "skill_metric": CLASS_SCORE}
        return {"heading": self.heading} | found | {"notes": list(self.notes), "warnings": list(self.warnings)}

    def records(self) -> Iterator[Record]:
        yield from (Record("classes", "class", one.values()) for one in self.scores)
        yield from (Record("confusion", "confusion", row) for row in self.counts.rows())
        yield from (Record("calibration", "calibration", one.values()) for one in self.calibration)
        yield from (Record("lengths", "length", group) for group in self.length_groups())
        yield from (Record("most_wrong", "wrong", self.example(k) | {"text": self.text(k)}) for k in self.most_wrong())
        if self.per_example:
            yield from (Record("examples", "example", self.example(k)) for k in range(len(self.truth)))

    def example(self, k: int) -> dict[str, Any]:
        """The record of example k; answer and probability are None where the probabilities are not numbers."""
        answer = int(self.answers.ids[k])
        return {
            "where": self.where(k),
            "truth": self.labels[k],
            "answer": self.names[answer] if answer >= 0 else None,
            "probability": float(self.probabilities[k, answer]) if answer >= 0 else None,
            "right": answer >= 0 and answer == int(self.truth[k]),
        }

    def most_wrong(self) -> list[int]:
        """The `worst` examples: wrong answers, the surest first."""
        wrong = np.flatnonzero((self.answers.ids != self.truth) & (self.answers.ids >= 0))
        sure = self.probabilities[wrong, self.answers.ids[wrong]]
        return wrong[np.argsort(-sure, kind="stable")][: self.worst].tolist()

    def length_groups(self) -> Iterator[dict[str, Any]]:
        """The accuracy in each quarter of the examples by the length of their source."""
        right = self.answers.ids == self.truth
        for group in quantile_groups(self.lengths, QUARTERS):
            low, high = int(self.lengths[group].min()), int(self.lengths[group].max())
            yield {"from": low, "to": high, "n": len(group), "accuracy": float(right[group].mean())}

    def details(self) -> Iterator[str | Table]:
        if self.per_example:
            rows = map(self._row, range(len(self.truth)))
            yield Table([("", "truth", "answer", "", "probability"), *rows], left=4)
            yield ""

    def _row(self, k):
        """The cells of example k; ! marks a wrong answer."""
        one = self.example(k)
        truth, answer = (one_line(one[name] or "-", 20, self.unicode) for name in ("truth", "answer"))
        where = place(one["where"], 24, self.unicode)
        return where, truth, answer, "" if one["right"] else "!", share(one["probability"], ".3f")

    def figures(self) -> Iterator[str | Table]:
        yield self.heading
        yield comparison_table(self._metrics, self._baselines, SCORE, SHOWN, self.titles, self.unicode)
        if any(self._baselines.values()):
            yield "skill: share of the baseline's errors that the model avoids"
        yield from ("", class_table("class", self.scores, self.per_class, self.unicode))
        yield from filter(None, [more_classes(self.scores, self.per_class, "classes")])
        if self.calibration and not self.answers.broken:
            error = share(calibration_error(self.calibration), ".3f")
            yield from ("", f"calibration: expected error (ECE) {error}", calibration_table(self.calibration))
        if self.by_length:
            yield from ("", self._length_table())
        if self.confusion:
            yield from ("", *confusion_parts(self.counts, self.unicode))
        if wrong := self.most_wrong():
            yield from ("", "most wrong: the surest of the wrong answers")
            yield from self._wrong_lines(wrong)

    def _length_table(self):
        rows = [
            (f"{one['from']:,}-{one['to']:,}", f"{one['n']:,}", share(one["accuracy"], SCORE.format))
            for one in self.length_groups()
        ]
        return Table([(f"{self.unit}s", "n", "accuracy"), *rows])

    def _wrong_lines(self, wrong):
        cells = []
        for k in wrong:
            one = self.example(k)
            truth, answer = (one_line(one[name], 20, self.unicode) for name in ("truth", "answer"))
            cells.append((truth, answer, share(one["probability"], ".3f")))
        return listed_examples(("truth", "said", "probability"), wrong, cells, self.where, self.text, self.unicode)
