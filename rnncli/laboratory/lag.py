"""How far back the gradient reaches: ||dL_t/dh_{t-k}|| against the lag k, and dL_t/dc_{t-k} beside it.

One backward pass from the last answer of each row gives every lag at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp, inf, isnan, log
from typing import Any

import numpy as np

from ..tasks.base import Progress, Table
from .drawings import Curve, Curves, Finding
from .subjects import Subject
from .watching import Watched, watch

SHOWN = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)  # lags of the table
MOST = 0.99  # share of the gradient that `reach` holds


@dataclass(frozen=True)
class LagCurve:
    """The gradient of one state of one layer by lag. norms (K,): root mean square over the rows of
    ||dL_t/dstate_{t-k}||, k = 0 .. K-1; relative (K,): the same as a share of ||dL_t/dh_t||, lag 0 of h."""

    subject: str
    layer: str
    state: str
    norms: np.ndarray
    relative: np.ndarray

    @property
    def factor(self) -> float:
        """The factor of a step back: exp of the slope of ln norm over the lags from 1 on, see `decay`."""
        return decay(self.norms)

    @property
    def half_life(self) -> float:
        """Steps back in which the gradient halves, by `factor`."""
        return half_life(self.factor)

    @property
    def reach(self) -> int:
        """The fewest steps, lag 0 included, whose norms make up 99 % of the sum of all."""
        total = np.cumsum(np.nan_to_num(self.norms, posinf=0))
        return int(np.searchsorted(total, MOST * total[-1])) + 1 if total[-1] else 0

    def at(self, lag: int) -> float:
        """The relative norm at a lag; nan beyond the last."""
        return float(self.relative[lag]) if lag < len(self.relative) else float("nan")


def decay(norms: np.ndarray) -> float:
    """The factor per step of norms (K,) that change geometrically, fitted from k = 1 on. 0 where nothing is left after
    lag 0 or 1; nan where there are fewer than two lags to fit."""
    k = np.arange(len(norms))
    if len(norms) > 2 and not norms[2:].any():
        return 0.0
    used = (k > 0) & np.isfinite(norms) & (norms > 0)
    if used.sum() < 2:
        return float("nan")
    slope = np.polyfit(k[used], np.log(norms[used]), 1)[0]
    return exp(slope)


def half_life(factor: float) -> float:
    """The steps in which something halves that has this factor per step; inf where it does not shrink, nan for nan."""
    if not 0 < factor < 1:
        return inf if factor >= 1 else factor
    return log(0.5) / log(factor)


def curves_of(subject: str, watched: Watched) -> Iterator[LagCurve]:
    """The curve of every state of every layer of a pass from the last answers."""
    for name, layer in watched.layers.items():
        start = layer.by_lag("h")[0]
        for state in layer.layer.cell.state:
            norms = layer.by_lag(state)
            last = int(np.flatnonzero(np.isfinite(norms) | np.isposinf(norms)).max(initial=-1)) + 1
            with np.errstate(invalid="ignore", divide="ignore"):
                yield LagCurve(subject, name, state, norms[:last], norms[:last] / start)


def lag(subjects: Sequence[Subject], progress: Progress) -> Finding:
    """The Finding of the part "lag": the curves of all subjects side by side."""
    curves: list[LagCurve] = []
    for k, subject in enumerate(subjects):
        progress("gradient by lag", k, len(subjects))
        curves += curves_of(subject.label, watch(subject, at_last=True))
    return Finding(
        part="lag",
        title="Gradient by lag: ||dL_t/dh_{t-k}|| of the last answer, relative to lag 0",
        record={"metrics": metrics(curves), "curves": [record(curve) for curve in curves]},
        rows=[row for curve in curves for row in rows(curve)],
        brief=[table(curves), chart(curves)],
    )


def metrics(curves: Sequence[LagCurve]) -> dict[str, float]:
    """{"SUBJECT/LAYER.STATE/NAME": number}"""
    found: dict[str, float] = {}
    for curve in curves:
        key = f"{curve.subject}/{curve.layer}.{curve.state}"
        found |= {f"{key}/half_life": curve.half_life, f"{key}/factor": curve.factor, f"{key}/reach_99": curve.reach}
    return found


def record(curve: LagCurve) -> dict[str, Any]:
    """One curve for JSON."""
    about = {"subject": curve.subject, "layer": curve.layer, "state": curve.state}
    figures = {"half_life": curve.half_life, "factor": curve.factor, "reach_99": curve.reach}
    return about | figures | {"norms": curve.norms.tolist(), "relative": curve.relative.tolist()}


def rows(curve: LagCurve) -> Iterator[Mapping[str, Any]]:
    """A row for each lag of a curve."""
    for k, (absolute, relative) in enumerate(zip(curve.norms.tolist(), curve.relative.tolist())):
        about = {"subject": curve.subject, "layer": curve.layer, "state": curve.state, "lag": k}
        yield about | {"norm": absolute, "relative": relative}


def table(curves: Sequence[LagCurve]) -> Table:
    """A row for each curve: the relative norm at some lags, its factor per step, half-life and reach."""
    longest = max((len(curve.relative) for curve in curves), default=0)
    lags = [k for k in SHOWN if k < longest]
    header = ["", "layer", "", *(f"k = {k}" for k in lags), "a step", "half-life", "99 % in"]
    body = [
        [
            curve.subject,
            curve.layer,
            curve.state,
            *(f"{curve.at(k):.1e}" if np.isfinite(curve.at(k)) else "-" for k in lags),
            "-" if isnan(curve.factor) else f"x {curve.factor:.3g}",
            "-" if isnan(curve.factor) else "grows" if curve.half_life == inf else f"{curve.half_life:.3g}",
            f"{curve.reach:,}",
        ]
        for curve in curves
    ]
    return Table([header, *body], left=3)


def chart(curves: Sequence[LagCurve]) -> Curves:
    """All curves in one chart, on a logarithmic axis."""
    many = len({curve.layer for curve in curves}) > 1
    lines = {
        " ".join([curve.subject, *([curve.layer] if many else []), curve.state]): Curve(
            np.arange(len(curve.relative)), curve.relative
        )
        for curve in curves
    }
    return Curves("", "lag k, steps back", "share of ||dL_t/dh_t||", lines, log_y=True)
