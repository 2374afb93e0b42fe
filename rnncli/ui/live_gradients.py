"""What `train --show gradients` shows: the gradient-norm table with its history, and the gradient by lag."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from math import inf, isnan
from typing import Any

from ..events import GradientByLag, LagNorms, PastNorms, StepDone
from .drawing.sparkline import Trail, legend, sparkline
from .gradient_norms import GAP, MOST_SPARK, norms_lines, shorten

NUMBER = 11  # characters of a column of figures
LEAST_NAME, LEAST_SPARK = 9, 8  # characters
LEAST_ROWS = 5  # lines of a table for whose sake the chart gives way, its two headings included
CHART_WIDTH = 76  # characters of the chart at most
MEANING = ": k steps back, as a share of ||dL_t/dh_t||"
HISTORY = ("k = 0, 1 ..., log scale", "k = 0, 1 ...", "by k")  # titles of the sparklines, the first that fits


@dataclass(frozen=True)
class LiveGradients:
    """All that is known so far. A new one is made for each event, so that a drawing thread never sees a partial one."""

    table: StepDone | None = None  # the last step with a gradient-norm table
    trails: Mapping[str, Trail] = field(default_factory=dict)  # the norms of each parameter so far
    lags: GradientByLag | None = None
    charts: dict[tuple[int, bool, bool], list[str]] = field(default_factory=dict)  # of `lags`, by their shape

    def after(self, event: PastNorms | StepDone | GradientByLag) -> "LiveGradients":
        """The same with one more event; a step without a table changes nothing."""
        if isinstance(event, GradientByLag):
            return replace(self, lags=event, charts={})
        if not event.norms:
            return self
        trails = {row.name: self.trails.get(row.name, Trail()).plus(row.norm) for row in event.norms}
        return replace(self, table=event if isinstance(event, StepDone) else self.table, trails=trails)

    def norms(self, width: int, unicode: bool) -> list[str]:
        """The gradient-norm table with its history, under its heading; nothing before the first."""
        if self.table is None:
            return []
        odd = legend(chain.from_iterable(trail.values for trail in self.trails.values()), unicode)
        heading = [f"gradient norms at step {self.table.step:,}", *([odd] if odd else [])]
        return heading + norms_lines(self.table, width, self.trails, unicode)

    def lag_figures(self, width: int, unicode: bool) -> list[str]:
        """A line for each layer and state under a heading; nothing before the first evaluation."""
        return [] if self.lags is None else lag_lines(self.lags, width, unicode)

    def lag_chart(self, width: int, unicode: bool, color: bool) -> list[str]:
        """The norms of all layers and states by lag, drawn on a logarithmic axis; nothing for a single lag."""
        if self.lags is None or all(len(each.norms) < 2 for each in self.lags.curves):
            return []
        shape = (min(width, CHART_WIDTH), unicode, color)
        if shape not in self.charts:
            from .drawing.terminal import drawing_lines

            self.charts[shape] = drawing_lines(curves(self.lags.curves), *shape)
        return self.charts[shape]

    def lines(self, width: int, height: int | None, unicode: bool, color: bool) -> list[str]:
        """Everything in at most `width` columns and `height` lines, None for as many as it takes: where there are too
        few, without the chart, then without the last rows."""
        tables = [self.norms(width, unicode), self.lag_figures(width, unicode)]
        chart = self.lag_chart(width, unicode, color)
        if height is None:
            return [*tables[0], *tables[1], *chart]
        if sum(min(len(table), LEAST_ROWS) for table in tables) + len(chart) > height:
            chart = []
        return [*cut(tables, height - len(chart)), *chart]


def cut(tables: Sequence[list[str]], room: int) -> list[str]:
    """Two tables one below the other in `room` lines: the last rows of each are left out and counted, of the first
    before those of the second, as long as LEAST_ROWS of it are left."""
    norms, lags = tables
    second = shortened(lags, max(room - len(norms), min(LEAST_ROWS, room - LEAST_ROWS)))
    return [*shortened(norms, room - len(second)), *second]


def shortened(lines: list[str], room: int) -> list[str]:
    """The first lines, and the number of those left out; nothing where not even one row has a place."""
    if len(lines) <= room:
        return lines
    return [*lines[: room - 1], f"and {len(lines) - room + 1} more"] if room > 3 else []


def lag_lines(event: GradientByLag, width: int, unicode: bool) -> list[str]:
    """A table with a row for each layer and state: the factor of a step back, the half-life, what is left of
    ||dL_t/dh_t|| at the longest lag, and the norms from lag to lag as a sparkline."""
    heading = f"gradient by lag at step {event.step:,}"
    if not event.curves:
        return [f"{heading}: it reaches no recurrent layer"]
    if len(heading + MEANING) <= width:
        heading += MEANING
    longest = max(len(each.norms) for each in event.curves) - 1
    titles = ["a step", "half-life", f"k = {longest:,}"]
    while LEAST_NAME + NUMBER * len(titles) + len(GAP) + LEAST_SPARK > width and len(titles) > 1:
        titles.pop()
    names = [f"{each.layer} {each.state}" for each in event.curves]
    rest = width - NUMBER * len(titles) - len(GAP)
    first = min(max(map(len, names)), rest - LEAST_SPARK)
    room = min(rest - first, MOST_SPARK)
    lines = [heading, lag_row("", first, titles, next(title for title in HISTORY if len(title) <= room))]
    for name, each, share in zip(names, event.curves, shares(event.curves)):
        left = f"{share[-1]:.1e}" if len(share) > longest else "-"
        cells = [factor(each.factor), half_life(each), left][: len(titles)]
        lines.append(lag_row(name, first, cells, sparkline(from_first(share), room, unicode)))
    return lines


def lag_row(name: str, first: int, cells: Sequence[str], spark: str) -> str:
    """A row of the table: a name of `first` characters, figures, a sparkline."""
    return f"{shorten(name, first):{first}}" + "".join(f"{cell:>{NUMBER}}" for cell in cells) + GAP + spark


def shares(curves: Sequence[LagNorms]) -> list[list[float]]:
    """The norms of each curve as shares of ||dL_t/dh_t|| of its layer, that of lag 0; nan where there is none."""
    start = {each.layer: each.norms[0] for each in reversed(curves) if each.norms and each.state == "h"}
    return [
        [norm / start[each.layer] if start.get(each.layer) else float("nan") for norm in each.norms or (0.0,)]
        for each in curves
    ]


def from_first(share: list[float]) -> list[float]:
    """Without lag 0 where it is zero: the cell state of the last step acts through h alone."""
    return share[1:] if len(share) > 1 and share[0] == 0 else share


def factor(value: float) -> str:
    """The factor of a step back; "-" without two lags to tell it from."""
    return "-" if isnan(value) else f"x {value:.3f}" if value < 10 else f"x {value:.3g}"


def half_life(each: LagNorms) -> str:
    """Steps back; a gradient that does not shrink has none."""
    if isnan(each.factor):
        return "-"
    return "grows" if each.half_life == inf else f"{each.half_life:,.{0 if each.half_life > 100 else 2}f}"


def curves(found: Sequence[LagNorms]) -> Any:
    """The Curves of a GradientByLag."""
    import numpy as np

    from ..laboratory.drawings import Curve, Curves

    many = len({each.layer for each in found}) > 1
    lines = {
        f"{each.layer} {each.state}" if many else each.state: Curve(np.arange(len(share)), np.array(share))
        for each, share in zip(found, shares(found))
    }
    return Curves("", "", "", lines, log_y=True)
