"""The model beside its baselines: one table, and a sentence where a baseline is better."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ..base import Metric, Table
from .texts import one_line, share

Figures = Mapping[str, Any]
Column = Callable[[Metric, Sequence[float | None]], list[str]]  # the figures of a metric as texts
SKILL = "skill_percent"
NAME = 26  # most columns of the words for a baseline
MARKS = {True: "▸ ", False: "> "}  # before the model


def with_skill(figures: Figures, loss: float | None, own_loss: float | None) -> dict[str, Any]:
    """The figures of a baseline and its skill_percent: the share of its loss that the model saves, None without one."""
    skill = 100 * (1 - own_loss / loss) if loss and own_loss is not None else None
    return {**figures, SKILL: skill}


def error_rate(accuracy: float | None) -> float | None:
    """The loss of an accuracy."""
    return None if accuracy is None else 1 - accuracy


def comparison_table(
    own: Figures,
    baselines: Mapping[str, Figures | None],
    score: Metric,
    shown: Sequence[Metric],
    titles: Mapping[str, str],
    unicode: bool = True,
    column: Column | None = None,
) -> Table:
    """A row for the model and each fitted baseline, from the worst to the best by `score`.

    shown: metrics, `score` the first; those without any value are left out. titles: {baseline: its words for people}.
    column: how figures are written; by default each in the format of its metric.
    """
    rows = [(titles.get(name, name), row) for name, row in baselines.items() if row is not None]
    rows = sorted([*rows, (None, own)], key=lambda row: _order(row[1].get(score.name), score))
    mark = MARKS[unicode]
    names = [f"{mark}model" if name is None else " " * len(mark) + one_line(name, NAME, unicode) for name, _ in rows]
    written = [["", *names]]
    for metric in shown:
        values = [row.get(metric.name) for _, row in rows]
        if any(value is not None for value in values):
            title = metric.label if unicode else metric.label.replace("²", "2")
            written.append([title, *(column or in_its_format)(metric, values)])
        if metric.name == score.name and len(rows) > 1:
            written.append(["skill %", *("" if name is None else share(row[SKILL], "+.1f") for name, row in rows)])
    return Table([*zip(*written, strict=True)])


def in_its_format(metric: Metric, values: Sequence[float | None]) -> list[str]:
    """The values in the format of their metric."""
    return [share(value, metric.format) for value in values]


def better_baselines(
    own: Figures,
    baselines: Mapping[str, Figures | None],
    score: Metric,
    titles: Mapping[str, str],
    column: Column | None = None,
) -> Iterator[str]:
    """A sentence for each baseline that is better than the model by `score`, and by how much."""
    mine = own[score.name]
    for name, row in baselines.items():
        theirs = None if row is None else row[score.name]
        if theirs is None or mine is None:
            continue
        points = score.better == "higher"
        by = round(100 * (theirs - mine) if points else 100 * (1 - theirs / mine) if mine else 0, 1)
        if by > 0:
            figures = " against ".join((column or in_its_format)(score, [theirs, mine]))
            how = "points higher" if points else "% lower"
            yield f"{one_line(titles.get(name, name))} beats the model: {score.label} {figures}, {by} {how}"


def _order(value, score):
    """The worst first, what has no value before it."""
    if value is None:
        return -math.inf
    return value if score.better == "higher" else -value
