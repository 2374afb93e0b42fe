"""The results of an evaluation of written texts: the model between its baselines, the error by length, the worst."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from ...phrases import counted
from ..base import Record, Report, Table
from ..pairs.comparison import better_baselines, comparison_table, with_skill
from ..pairs.listing import WIDTH, quantile_groups
from ..pairs.texts import one_line, place, share
from ..pairs.warnings import diverged
from .metric_names import DESCRIPTION_METRICS, TEXT_SCORE
from .mt_scores import MISSING, REFERENCES, MtScores, is_installed
from .text_metrics import Compared, Split, TrueTexts, ratio, share_of
from .worst_texts import worst_lines

SCORE = next(metric for metric in DESCRIPTION_METRICS if metric.name == TEXT_SCORE)
SHOWN = [replace(SCORE, label="error"), *DESCRIPTION_METRICS[1:-1]]  # without the number of examples
ABOUT = "error: symbol error rate, the edits for each symbol of the truth"
SEVERAL = "a text counts as exact if it is any of them, and its symbol error is against the nearest"
QUARTERS = 4
LENGTH_FIGURES = (TEXT_SCORE, "exact_match")


@dataclass(frozen=True)
class TextReport(Report):
    """All results of an evaluation of written texts; see `tasks.base.Report`.

    heading: the first line of the text. For each of the E examples: truth, the true text; written, that of the model;
    sources, whole and as texts, equal for equal sources, which have all their true texts in common; lengths (E,) of the
    sources, in `unit`s. split: the symbols of a text. nats: (E,) -log p of each true text, of symbols (E,) symbols with
    its end; None for none. where(k): the place of example k, "file:line". given: {baseline: E texts, None where there
    are none}; titles: {baseline: its words for people}. extra: {name: function of E written texts}, more metrics of the
    model and of each baseline, None for no value. worst: the number of texts with the largest symbol error to list;
    color: `drawing` shows them, and the text leaves them out. by_length, per_example: what the text holds beside the
    rest; JSON always has the lengths.
    """

    heading: str
    truth: Sequence[str]
    written: Sequence[str]
    sources: Sequence[str]
    split: Split
    lengths: np.ndarray
    where: Callable[[int], str]
    nats: np.ndarray | None = None
    symbols: np.ndarray | None = None
    given: Mapping[str, Sequence[str] | None] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Callable[[Sequence[str]], float | None]] = field(default_factory=dict)
    unit: str = "step"
    by_length: bool = False
    per_example: bool = False
    worst: int = 0
    unicode: bool = True
    color: bool = False
    more_notes: tuple[str, ...] = ()
    more_warnings: tuple[str, ...] = ()

    @cached_property
    def true_texts(self) -> TrueTexts:
        """The truth, together for equal sources."""
        return TrueTexts(self.truth, self.sources, self.split)

    @cached_property
    def compared(self) -> Compared:
        """Of the model."""
        return self.true_texts.compare(self.written)

    @cached_property
    def mt(self) -> MtScores:
        """BLEU and chrF against the truth."""
        return MtScores([self.true_texts.answers(k, REFERENCES) for k in range(len(self.truth))])

    @cached_property
    def _broken(self):
        return 0 if self.nats is None else int((~np.isfinite(self.nats)).sum())

    @cached_property
    def _metrics(self):
        nats = None
        if self.nats is not None and self.symbols is not None:
            nats = ratio(self.nats.sum(), self.symbols.sum())
        found = self._of(self.written, self.compared, nats)
        return (dict.fromkeys(found) if self._broken else found) | {"examples": len(self.truth)}

    @cached_property
    def _baselines(self):
        found, own = {}, self._metrics[TEXT_SCORE]
        for name, given in self.given.items():
            metrics = None if given is None else self._of(given, self.true_texts.compare(given))
            found[name] = metrics and with_skill(metrics, metrics[TEXT_SCORE], own)
        return found

    def _of(self, written, compared, nats=None):
        own = self.true_texts.metrics(written, compared) | {"nats_per_symbol": nats}
        return own | self.mt.scores(written) | {name: value_of(written) for name, value_of in self.extra.items()}

    @property
    def lists(self) -> tuple[str, ...]:
        return ("lengths",) + ("most_wrong",) * (self.worst > 0) + ("examples",) * self.per_example

    @property
    def warnings(self) -> tuple[str, ...]:
        """Figures that are not numbers, and the warnings of the caller."""
        broken = [diverged(self._broken, len(self.truth), "answer")] if self._broken else []
        return (*self.more_warnings, *broken)

    @property
    def notes(self) -> tuple[str, ...]:
        """One text for everything, better baselines, sources with several true texts, and the notes of the caller."""
        alone = len(set(self.written)) == 1 < len(set(self.truth))
        found = [f"every text is '{one_line(self.written[0], 40, self.unicode)}'"] if alone else []
        several = self.true_texts.several
        if 2 * several <= len(self.truth):  # with many true texts for a source, the nearest of them says little
            found += better_baselines(self._metrics, self._baselines, SCORE, self.titles)
        if several:
            of = counted(len(self.truth), "example")
            found.append(f"{several:,} of {of} have a source with several true texts: {SEVERAL}")
        found += [] if is_installed() else [MISSING]
        return (*found, *self.more_notes)

    def metrics(self) -> dict[str, Any]:
        """{name: value} for the names of `text_metric_names`."""
        return self._metrics

    def baselines(self) -> dict[str, dict[str, Any] | None]:
        """{baseline: {name: value, ..., "skill_percent": the share of its symbol error that the model avoids}}."""
        return self._baselines

    def summary(self) -> dict[str, Any]:
        found = {"metrics": self._metrics, "baselines": self._baselines, "skill_metric": TEXT_SCORE}
        about = {"signatures": self.mt.signatures, "notes": list(self.notes), "warnings": list(self.warnings)}
        return {"heading": self.heading} | found | about

    def records(self) -> Iterator[Record]:
        yield from (Record("lengths", "length", group) for group in self.length_groups())
        yield from (Record("most_wrong", "wrong", self.example(k)) for k in self.most_wrong())
        if self.per_example:
            yield from (Record("examples", "example", self.example(k)) for k in range(len(self.truth)))

    def example(self, k: int) -> dict[str, Any]:
        """The record of example k. nearest: the true text of its source that counts; edits: to this one, whose number
        of symbols is `symbols`."""
        texts = {"source": self.sources[k], "written": self.written[k], "truth": self.truth[k]}
        counts = {"edits": int(self.compared.distances[k]), "symbols": int(self.compared.lengths[k])}
        rest = {"exact": bool(self.compared.exact[k]), "symbol_error": float(self.compared.errors[k])}
        nats = {} if self.nats is None else {"nats": float(self.nats[k])}
        return {"where": self.where(k)} | texts | {"nearest": self.compared.nearest[k]} | counts | rest | nats

    def most_wrong(self) -> list[int]:
        """The `worst` examples: wrong ones by their symbol error, of equal ones those with more edits first."""
        order = np.lexsort((-self.compared.distances, -self.compared.errors))
        return [int(k) for k in order if self.compared.distances[k]][: self.worst]

    def length_groups(self) -> Iterator[dict[str, Any]]:
        """The errors in each quarter of the examples by the length of their source."""
        for group in quantile_groups(self.lengths, QUARTERS):
            low, high = int(self.lengths[group].min()), int(self.lengths[group].max())
            figures = self.compared.error_rate(group), share_of(self.compared.exact[group])
            yield {"from": low, "to": high, "n": len(group)} | dict(zip(LENGTH_FIGURES, figures))

    def details(self) -> Iterator[str | Table]:
        if self.per_example:
            yield Table([("", "", "edits", "written", "truth"), *map(self._row, range(len(self.truth)))], left=5)
            yield ""

    def _row(self, k):
        """The cells of example k; ! marks a wrong text."""
        one = self.example(k)
        written, truth = (one_line(one[name], 22, self.unicode) for name in ("written", "nearest"))
        where = place(one["where"], 22, self.unicode)
        return where, "" if one["exact"] else "!", f"{one['edits']:5,}", written, truth

    def drawing(self, width: int) -> Iterator[str]:
        """The worst texts in colour, as lines of `width` columns for `Output.draw`."""
        lines = [*worst_lines(self, width, True)]
        yield from (*lines, "") if lines else ()

    def figures(self) -> Iterator[str | Table]:
        yield self.heading
        yield comparison_table(self._metrics, self._baselines, SCORE, SHOWN, self.titles, self.unicode)
        skill = "; skill: share of the baseline's that the model avoids" * any(map(bool, self._baselines.values()))
        yield f"{ABOUT}{skill}"
        if self.by_length:
            yield from ("", self._length_table())
        if not self.color and (lines := [*worst_lines(self, WIDTH)]):
            yield from ("", *lines)

    def _length_table(self):
        rows = [
            (f"{one['from']:,}-{one['to']:,}", f"{one['n']:,}", *(share(one[name], ".3f") for name in LENGTH_FIGURES))
            for one in self.length_groups()
        ]
        return Table([(f"{self.unit}s", "n", "error", "exact"), *rows])
