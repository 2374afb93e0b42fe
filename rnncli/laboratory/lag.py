"""How far back the gradient reaches: ||dL_t/dh_{t-k}|| against the lag k, and dL_t/dc_{t-k} beside it.

One backward pass from the last answer of each row gives every lag at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf, isnan
from typing import Any

import numpy as np

from ..tasks.base import Progress, Table
from . import decay
from .drawings import Curve, Curves, Element, Finding
from .remarks import DIRECT, Remarks
from .subjects import Subject
from .watching import Watched, WatchedLayer, watch

SHOWN = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)  # lags of the table
EXPLAINED = "a step, half-life: fitted to the lags from 1 on that hold 99 % of the gradient (-: no factor fits)"
BEYOND = "; beyond: half-life of the lags after those, where it is another"


@dataclass(frozen=True)
class LagCurve:
    """The gradient of one state of one layer by lag, of the K lags that at least half of the rows have. norms (K,):
    root mean square over the rows of ||dL_t/dstate_{t-k}||, k = 0 .. K-1; relative (K,): the same as a share of
    ||dL_t/dh_t||, lag 0 of h."""

    subject: str
    layer: str
    state: str
    norms: np.ndarray
    relative: np.ndarray

    @property
    def factor(self) -> float:
        """The factor of a step back, see `decay.decay`."""
        return decay.decay(self.norms)

    @property
    def half_life(self) -> float:
        """Steps back in which the gradient halves, by `factor`."""
        return decay.half_life(self.factor)

    @property
    def tail(self) -> float:
        """The half-life beyond `reach` where it is another, see `decay.tail`; else nan."""
        return decay.tail(self.norms)

    @property
    def reach(self) -> int:
        """The fewest steps, lag 0 included, whose norms make up 99 % of the sum of all."""
        return decay.reach(self.norms)

    @property
    def figures(self) -> dict[str, float]:
        """The numbers of the whole curve, by name."""
        lives = {"half_life": self.half_life, "factor": self.factor, "tail_half_life": self.tail}
        return lives | {"reach_99": self.reach}

    def at(self, lag: int) -> float:
        """The relative norm at a lag; nan beyond the last."""
        return float(self.relative[lag]) if lag < len(self.relative) else float("nan")


def curves_of(subject: str, watched: Watched) -> Iterator[LagCurve]:
    """The curve of every state of every layer of a pass from the last answers."""
    for layer in watched.layers.values():
        yield from curves_of_layer(subject, layer)


def curves_of_layer(subject: str, layer: WatchedLayer) -> Iterator[LagCurve]:
    """The curve of every state of a layer."""
    start = layer.by_lag("h")[0]
    for state in layer.layer.cell.state:
        norms = layer.by_lag(state)[: layer.lags]
        last = int(np.flatnonzero(np.isfinite(norms) | np.isposinf(norms)).max(initial=-1)) + 1
        with np.errstate(invalid="ignore", divide="ignore"):
            yield LagCurve(subject, layer.name, state, norms[:last], norms[:last] / start)


def lag(subjects: Sequence[Subject], progress: Progress) -> Finding:
    """The Finding of the part "lag": the curves of all subjects side by side."""
    curves: list[LagCurve] = []
    remarks = Remarks()
    for k, subject in enumerate(subjects):
        progress("gradient by lag", k, len(subjects))
        watched = watch(subject, at_last=True)
        layers = remarks.kept(subject.label, watched)
        curves += [curve for layer in layers for curve in curves_of_layer(subject.label, layer)]
        remark(subject.label, layers, remarks)
    return Finding(
        part="lag",
        title="Gradient by lag: ||dL_t/dh_{t-k}|| of the last answer, relative to lag 0",
        record={"metrics": metrics(curves), "curves": [record(curve) for curve in curves]},
        rows=[row for curve in curves for row in rows(curve)],
        brief=[*brief(curves), *remarks.sentences],
    )


def remark(subject: str, layers: Sequence[WatchedLayer], remarks: Remarks) -> None:
    """Say what to know of the curves of a subject."""
    remarks.dead(subject, layers)
    for layer in layers:
        longest = int(layer.there.any(axis=1).sum())
        if layer.lags < longest:
            reason = f"lags up to {layer.lags - 1:,}: half of the rows are that long, the longest has {longest - 1:,}"
            remarks.add(subject, layer.name, reason)
        if layer.enters_early:
            remarks.add(subject, layer.name, DIRECT)


def metrics(curves: Sequence[LagCurve]) -> dict[str, float]:
    """{"SUBJECT/LAYER.STATE/NAME": number}"""
    found: dict[str, float] = {}
    for curve in curves:
        key = f"{curve.subject}/{curve.layer}.{curve.state}"
        found |= {f"{key}/{name}": figure for name, figure in curve.figures.items()}
    return found


def record(curve: LagCurve) -> dict[str, Any]:
    """One curve for JSON."""
    about = {"subject": curve.subject, "layer": curve.layer, "state": curve.state}
    return about | curve.figures | {"norms": curve.norms.tolist(), "relative": curve.relative.tolist()}


def rows(curve: LagCurve) -> Iterator[Mapping[str, Any]]:
    """A row for each lag of a curve, with the figures of the whole."""
    figures = curve.figures
    for k, (absolute, relative) in enumerate(zip(curve.norms.tolist(), curve.relative.tolist())):
        about = {"subject": curve.subject, "layer": curve.layer, "state": curve.state, "lag": k}
        yield about | {"norm": absolute, "relative": relative} | figures


def brief(curves: Sequence[LagCurve]) -> list[Element]:
    """The table, what its figures are, and the chart; nothing without a curve."""
    if not curves:
        return []
    return [table(curves), f"{EXPLAINED}{BEYOND if any_tail(curves) else ''}.", chart(curves)]


def any_tail(curves: Sequence[LagCurve]) -> bool:
    """Whether one has a tail of its own."""
    return any(not isnan(curve.tail) for curve in curves)


def table(curves: Sequence[LagCurve]) -> Table:
    """A row for each curve: the relative norm at some lags, its factor per step, half-life and reach."""
    longest = max((len(curve.relative) for curve in curves), default=0)
    lags, tails = [k for k in SHOWN if k < longest], any_tail(curves)
    header = ["", "layer", "", *(f"k = {k}" for k in lags), "a step", "half-life", "99 % in"]
    body = [
        [
            curve.subject,
            curve.layer,
            curve.state,
            *(f"{curve.at(k):.1e}" if np.isfinite(curve.at(k)) else "-" for k in lags),
            "-" if isnan(curve.factor) else f"x {curve.factor:.3g}",
            steps(curve.half_life),
            f"{curve.reach:,}",
            *([steps(curve.tail)] if tails else []),
        ]
        for curve in curves
    ]
    return Table([[*header, *(["beyond"] if tails else [])], *body], left=3)


def steps(half_life: float) -> str:
    """A half-life in steps; "-" for none."""
    return "-" if isnan(half_life) else "grows" if half_life == inf else f"{half_life:.3g}"


def chart(curves: Sequence[LagCurve]) -> Curves:
    """All curves in one chart, on a logarithmic axis."""
    many = len({curve.layer for curve in curves}) > 1
    named = {" ".join([each.subject, *([each.layer] if many else []), each.state]): each for each in curves}
    lines = {name: Curve(np.arange(len(each.relative)), each.relative) for name, each in named.items()}
    groups = {name: each.subject for name, each in named.items()}
    return Curves("", "lag k, steps back", "share of ||dL_t/dh_t||", lines, log_y=True, groups=groups)
