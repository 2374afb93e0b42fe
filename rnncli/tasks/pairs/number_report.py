"""The results of an evaluation of numbers: the model between its baselines, targets, a scatter, residuals, examples."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from ..base import Metric, Record, Report, Table
from .comparison import better_baselines, comparison_table, with_skill
from .listing import listed_examples, quantile_groups
from .metric_names import NUMBER_METRICS, NUMBER_SCORE
from .number_metrics import ALONE, mae, number_metrics, rmse, target_metrics
from .scatter import scatter_lines
from .texts import one_line, padded, place, quantities, share, widest
from .warnings import diverged

SHOWN = [metric for metric in NUMBER_METRICS if metric.name in ALONE]
SCORE = next(metric for metric in NUMBER_METRICS if metric.name == NUMBER_SCORE)
NUMBERS = ("truth", "answer", "error")  # of an example
DECILES = 10
FEWEST = 20  # examples for a table of deciles
DRAWN = 3  # targets that are drawn and divided into deciles


@dataclass(frozen=True)
class NumberReport(Report):
    """All results of an evaluation of numbers; see `tasks.base.Report`.

    heading: the first line of the text. names: the K targets. truth: (E, K) float64, nan where it is not known.
    predicted: (E, K). where(k): the place of example k, "file:line"; text(k): its source. given: {baseline: (E, K),
    None where it could not be fitted}; titles: {baseline: its words for people}. worst: the number of examples with the
    largest errors to list; per_example: list every example. JSON always has the targets and the deciles.
    """

    heading: str
    names: tuple[str, ...]
    truth: np.ndarray
    predicted: np.ndarray
    where: Callable[[int], str]
    text: Callable[[int], str]
    given: Mapping[str, np.ndarray | None] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    per_example: bool = False
    worst: int = 0
    unicode: bool = True
    more_notes: tuple[str, ...] = ()
    more_warnings: tuple[str, ...] = ()

    @cached_property
    def _metrics(self):
        return number_metrics(self.truth, self.predicted, self.names) | {"examples": len(self.truth)}

    @cached_property
    def _baselines(self):
        found, own = {}, self._metrics[NUMBER_SCORE]
        for name, given in self.given.items():
            metrics = None if given is None else number_metrics(self.truth, given, self.names)
            found[name] = metrics and with_skill(metrics, metrics[NUMBER_SCORE], own)
        return found

    @property
    def lists(self) -> tuple[str, ...]:
        return ("targets", "deciles") + ("most_wrong",) * (self.worst > 0) + ("examples",) * self.per_example

    @property
    def warnings(self) -> tuple[str, ...]:
        """Answers that are not finite, and the warnings of the caller."""
        broken = int((~np.isfinite(self.predicted) & ~np.isnan(self.truth)).any(axis=1).sum())
        return (*self.more_warnings, *([diverged(broken, len(self.truth), "answer")] if broken else ()))

    @property
    def notes(self) -> tuple[str, ...]:
        """The baselines that are better than the model, targets without R², and the notes of the caller."""
        constant = [one_line(name) for k, name in enumerate(self.names) if self._is_constant(k)]
        better = better_baselines(self._metrics, self._baselines, SCORE, self.titles, in_data_units)
        about = (
            [f"{'R²' if self.unicode else 'R2'}: no value where the truth is constant: {', '.join(constant)}"]
            if constant
            else []
        )
        return (*better, *about, *self.more_notes)

    def _is_constant(self, k):
        y = self.truth[~np.isnan(self.truth[:, k]), k]
        return len(y) > 0 and y.min() == y.max()

    def metrics(self) -> dict[str, Any]:
        """{name: value} for the names of `number_metric_names`."""
        return self._metrics

    def baselines(self) -> dict[str, dict[str, Any] | None]:
        """{baseline: {name: value, ..., "skill_percent": the share of its RMSE that the model saves}}."""
        return self._baselines

    def summary(self) -> dict[str, Any]:
        found = {"metrics": self._metrics, "baselines": self._baselines, "skill_metric": NUMBER_SCORE}
        return {"heading": self.heading} | found | {"notes": list(self.notes), "warnings": list(self.warnings)}

    def records(self) -> Iterator[Record]:
        for k, name in enumerate(self.names):
            n, figures = (
                int((~np.isnan(self.truth[:, k])).sum()),
                target_metrics(self.truth[:, k], self.predicted[:, k]),
            )
            yield Record("targets", "target", {"target": name, "n": n} | figures)
        for k in range(len(self.names)):
            yield from (Record("deciles", "decile", group) for group in self.deciles(k))
        for k, j in self.most_wrong():
            yield Record("most_wrong", "wrong", self.example(k, j) | {"text": self.text(k)})
        for k in range(len(self.truth)) if self.per_example else ():
            yield from (Record("examples", "example", self.example(k, j)) for j in range(len(self.names)))

    def example(self, k: int, j: int) -> dict[str, Any]:
        """The record of target j of example k."""
        truth, answer = float(self.truth[k, j]), float(self.predicted[k, j])
        numbers = {"truth": truth, "answer": answer, "error": answer - truth}
        return {"where": self.where(k), "target": self.names[j]} | numbers

    def most_wrong(self) -> list[tuple[int, int]]:
        """(example, target) of the `worst` largest errors, each in standard deviations of its target."""
        away = np.abs(self.predicted - self.truth)
        for k in range(len(self.names)):
            y = self.truth[~np.isnan(self.truth[:, k]), k]
            away[:, k] /= (y.std() if len(y) else 0) or 1.0
        order = np.argsort(-np.where(np.isfinite(away), away, -1), axis=None, kind="stable")[: self.worst]
        return [divmod(int(at), len(self.names)) for at in order if np.isfinite(away.flat[at])]

    def deciles(self, k: int) -> Iterator[dict[str, Any]]:
        """The errors of target k in each tenth of the examples by the truth; none for few examples."""
        there = np.flatnonzero(~np.isnan(self.truth[:, k]) & np.isfinite(self.predicted[:, k]))
        y, f = self.truth[there, k], self.predicted[there, k]
        for group in quantile_groups(y, DECILES) if len(y) >= FEWEST else ():
            own, theirs = y[group], f[group]
            ends = {"from": float(own.min()), "to": float(own.max()), "n": len(group)}
            found = {"bias": float((theirs - own).mean()), "mae": mae(own, theirs), "rmse": rmse(own, theirs)}
            yield {"target": self.names[k]} | ends | found

    def details(self) -> Iterator[str | Table]:
        if self.per_example:
            for j, name in enumerate(self.names):
                yield from [f"target {one_line(name, 60, self.unicode)}"] * (len(self.names) > 1)
                rows = [self.example(k, j) for k in range(len(self.truth))]
                places = [place(row["where"], 30, self.unicode) for row in rows]
                columns = [_written(rows, name) for name in NUMBERS]
                yield Table([("", *NUMBERS), *zip(places, *columns)])
                yield ""

    def figures(self) -> Iterator[str | Table]:
        yield self.heading
        yield comparison_table(self._metrics, self._baselines, SCORE, SHOWN, self.titles, self.unicode, in_data_units)
        if len(self.names) > 1:
            yield "means over the targets, RMSE and MAE in units of the deviation of each"
        if any(self._baselines.values()):
            yield "skill: share of the baseline's RMSE that the model saves"
        if len(self.names) > 1:
            yield from ("", self._target_table())
        for k, name in enumerate(self.names[:DRAWN]):
            if lines := scatter_lines(self.truth[:, k], self.predicted[:, k], name, self.unicode):
                yield from ("", *lines)
            if rows := list(self.deciles(k)):
                yield from ("", *_decile_parts(rows))
        if wrong := self.most_wrong():
            yield from ("", "most wrong: the largest errors")
            yield from self._wrong_lines(wrong)

    def _target_table(self):
        rows = [target_metrics(self.truth[:, k], self.predicted[:, k]) for k in range(len(self.names))]
        names = [one_line(name, 30, self.unicode) for name in self.names]
        titles = ("target", "RMSE", "MAE", "R²" if self.unicode else "R2")
        cells = [
            (name, share(row["rmse"], ".4g"), share(row["mae"], ".4g"), share(row["r2"], ".3f"))
            for name, row in zip(names, rows)
        ]
        return Table([titles, *cells])

    def _wrong_lines(self, wrong):
        rows = [self.example(k, j) for k, j in wrong]
        several = len(self.names) > 1
        heads = ("target",) * several + NUMBERS
        columns = [_aligned(name, _written(rows, name, several)) for name in NUMBERS]
        names = [[one_line(row["target"], 16, self.unicode) for row in rows]] * several
        examples = [k for k, _ in wrong]
        return listed_examples(heads, examples, [*zip(*names, *columns)], self.where, self.text, self.unicode)


def in_data_units(metric: Metric, values: Sequence[float | None]) -> list[str]:
    """The figures of a metric: R² in its own format, errors with as many decimals as the data ask for."""
    return [share(value, metric.format) for value in values] if metric.name == "r2" else quantities(values)


def _written(rows, name, several=False):
    """The numbers of one column of records as texts; several: of targets in different units."""
    values, sign = [row[name] for row in rows], "+" if name == "error" else ""
    if several:
        return [share(value, f"{sign},.4g") for value in values]
    return quantities(values, sign, [row[other] for row in rows for other in ("truth", "answer")])


def _aligned(head, texts):
    """The texts with spaces before them, as wide as the widest and the head."""
    width = widest([head, *texts])
    return [padded(text, width, right=True) for text in texts]


def _decile_parts(rows):
    """The table of deciles of one target."""
    ends, errors = ([row[name] for row in rows] for name in ("to", "rmse"))
    columns = [
        ["truth from", *quantities([row["from"] for row in rows], like=ends)],
        ["to", *quantities(ends)],
        ["n", *(f"{row['n']:,}" for row in rows)],
        ["bias", *quantities([row["bias"] for row in rows], "+", errors)],
        ["MAE", *quantities([row["mae"] for row in rows], like=errors)],
        ["RMSE", *quantities(errors)],
    ]
    yield Table([*zip(*columns, strict=True)], left=0)
    yield "bias: the mean of answer - truth"
