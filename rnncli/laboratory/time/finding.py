"""The gradient of a recurrent layer as the sum over time that books write:

    dL_N/dW = sum_i dL_N/dh_N  dh_N/dh_i  dh_i/dW

Term i is what step i adds: [x_i | 1 | h_{i-1}]^T dL_N/da_i. The plan keeps dL_N/da_i, and its own code adds it up, for
one step at a time.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby
from math import isnan, nan
from typing import Any

import numpy as np

from ...phrases import counted
from ...random_streams import stream
from ...tasks.base import Progress, Table
from ..drawings import Curve, Curves, Element, Finding
from ..lag import SHOWN
from ..one_step import OneStep
from ..remarks import Remarks
from ..subjects import Subject
from ..watching import Watched, WatchedLayer, norm, watch
from .chain_rule import worst_difference

RECURRENT = "W_h"  # the parameter that a summary shows
MOST, HALF = 0.99, 0.5
EXPLAINED = (
    "dL_N/dW = sum_i dL_N/dh_N dh_N/dh_i dh_i/dW. The terms of W_h of the last k + 1 steps, i = N-k .. N, in % of the "
    "norms of all:"
)
PROVED = 8  # terms computed anew by the formula, in a layer
FEW, LARGE = 2, 1024  # ... and in one whose state has more than that many numbers


@dataclass(frozen=True)
class Terms:
    """The terms of one parameter of one layer by lag k = N - i, summed over the rows, K of them. norms (K,): their
    Euclidean norms; along (K,): <term, gradient> / ||gradient||^2, which adds up to 1 for a layer that is used once."""

    subject: str
    layer: str
    parameter: str
    norms: np.ndarray
    along: np.ndarray

    @property
    def shares(self) -> np.ndarray:
        """(K,): of the sum of the norms."""
        with np.errstate(invalid="ignore", divide="ignore"):
            scaled = self.norms / self.norms.max()
            return scaled / scaled.sum()

    @property
    def within(self) -> np.ndarray:
        """(K,): the share of the terms of lags 0 .. k."""
        return np.cumsum(self.shares)

    def steps(self, share: float) -> float:
        """The fewest last steps whose terms have this share; nan without a finite gradient."""
        within = self.within
        return nan if isnan(within[-1]) else float(np.searchsorted(within, share * within[-1]) + 1)


@dataclass(frozen=True)
class Sum:
    """The terms of a Subject, and their proofs. count: steps with a term, at most; error: the largest |sum of terms -
    gradient|, relative to the largest entry of the gradient of that parameter; proved: terms computed by the formula;
    formula: how far those are off, see `chain_rule.worst_difference`."""

    subject: str
    terms: Sequence[Terms]
    count: int
    error: float
    proved: int
    formula: float


def time(subjects: Sequence[Subject], progress: Progress) -> Finding:
    """The Finding of the part "time": the terms of all subjects side by side."""
    remarks = Remarks()
    sums = []
    for subject in subjects:
        watched = watch(subject, at_last=True)
        layers = remarks.kept(subject.label, watched)
        remarks.dead(subject.label, layers)
        if shown := {layer.name for layer in layers}:
            one = sum_of(subject.label, watched, progress)
            sums.append(replace(one, terms=[each for each in one.terms if each.layer in shown]))
    terms = [each for one in sums for each in one.terms]
    return Finding(
        part="time",
        title="Gradient as a sum over time: the terms of dL_N/dW by lag, N the last answer",
        record={"metrics": metrics(sums), "terms": [record(each) for each in terms]},
        rows=[row for each in terms for row in rows(each)],
        brief=[*(brief(sums) if sums else []), *remarks.sentences],
        more=[element for one in sums for group in by_layer(one.terms) for element in details(group)],
    )


def sum_of(subject: str, watched: Watched, progress: Progress) -> Sum:
    """The Sum of one subject, of a pass from the last answer of each row."""
    layers = [layer for layer in watched.layers.values() if layer.ends.max() >= 0]
    total = {full: np.zeros_like(watched.gradient[full]) for layer in layers for full in layer.full_names.values()}
    with np.errstate(all="ignore"):  # what explodes is shown as it is
        terms = [each for layer in layers for each in terms_of(subject, layer, watched, total, progress)]
        errors = [relative(total[full], watched.gradient[full]) for full in total]
        proofs = [proof(layer) for layer in layers]
    count = max((len(each.norms) for each in terms), default=0)
    worst = float(np.max([off for _, off in proofs], initial=0))
    return Sum(subject, terms, count, float(np.max(errors, initial=0)), sum(k for k, _ in proofs), worst)


def terms_of(
    subject: str, layer: WatchedLayer, watched: Watched, total: dict[str, np.ndarray], progress: Progress
) -> Iterator[Terms]:
    """The Terms of every parameter of a layer; they are added to `total` {full name: array}."""
    rows, count = np.arange(len(layer.ends)), int(layer.ends.max()) + 1
    one, names = OneStep(layer, len(rows)), layer.full_names
    norms, along = ({name: np.zeros(count) for name in names} for _ in range(2))
    for k in range(count):
        progress(f"terms of {layer.name}", k, count)
        t = layer.ends - k
        one.take(np.maximum(t, 0), rows)
        one.plan.da[0, (t < 0) | ~layer.real[t, rows]] = 0
        for name, term in one.gradient().items():
            norms[name][k] = norm(term.reshape(-1), axis=0)
            along[name][k] = signed_share(term, watched.gradient[names[name]])
            total[names[name]] += term
    for name in names:
        yield Terms(subject, layer.name, name, norms[name], along[name])


def signed_share(term: np.ndarray, whole: np.ndarray) -> float:
    """<term, whole> / ||whole||^2, scaled, so that squares neither overflow nor underflow; nan for zeros."""
    largest = np.abs(whole).max()
    scaled = whole / largest
    return float((term / largest * scaled).sum() / (scaled**2).sum())


def relative(found: np.ndarray, expected: np.ndarray) -> float:
    """max |found - expected| / max |expected|; 0 where both are zero."""
    difference, largest = np.abs(found - expected).max(), np.abs(expected).max()
    return float(difference / largest) if difference else 0.0


def proof(layer: WatchedLayer) -> tuple[int, float]:
    """(terms of the longest row computed anew by the formula, how far they are off)"""
    row = int(np.argmax([layer.steps(row, end) for row, end in enumerate(layer.ends.tolist())]))
    most = PROVED if layer.layer.H * len(layer.layer.cell.state) <= LARGE else FEW
    terms = min(most, layer.steps(row, int(layer.ends[row])))
    return terms, worst_difference(layer, row, terms, stream(0, f"proof of {layer.name}"))


def metrics(sums: Sequence[Sum]) -> dict[str, float]:
    """{"SUBJECT/LAYER.PARAMETER/NAME": number}, {"SUBJECT/NAME": number}"""
    found: dict[str, float] = {}
    for one in sums:
        found |= {f"{one.subject}/sum_error": one.error, f"{one.subject}/formula_error": one.formula}
        for each in one.terms:
            key = f"{each.subject}/{each.layer}.{each.parameter}"
            found |= {f"{key}/half_in": each.steps(HALF), f"{key}/reach_99": each.steps(MOST)}
    return found


def record(terms: Terms) -> dict[str, Any]:
    """The terms of one parameter for JSON."""
    about = {"subject": terms.subject, "layer": terms.layer, "parameter": terms.parameter}
    return about | {"norms": terms.norms.tolist(), "shares": terms.shares.tolist(), "along": terms.along.tolist()}


def rows(terms: Terms) -> Iterator[Mapping[str, Any]]:
    """A row for each lag."""
    about = {"subject": terms.subject, "layer": terms.layer, "parameter": terms.parameter}
    columns = terms.norms, terms.shares, terms.within, terms.along
    for k, (absolute, share, within, along) in enumerate(zip(*(column.tolist() for column in columns))):
        yield about | {"lag": k, "norm": absolute, "share": share, "within": within, "along": along}


def brief(sums: Sequence[Sum]) -> list[Element]:
    """The terms of W_h, their chart, and what proves them."""
    shown = [each for one in sums for each in one.terms if each.parameter == RECURRENT]
    return [EXPLAINED, summary(shown), chart(shown), proved(sums)]


def summary(terms: Sequence[Terms]) -> Table:
    """A row for the W_h of each layer."""
    longest = max((len(each.norms) for each in terms), default=0)
    lags = [k for k in (0, *SHOWN) if k < longest]
    header = ["", "layer", *(f"k = {k}" for k in lags), "50 % in", "99 % in"]
    body = [
        [
            each.subject,
            each.layer,
            *(percent(each.within[k]) if k < len(each.norms) else "-" for k in lags),
            *("-" if isnan(each.steps(share)) else f"{each.steps(share):,.0f}" for share in (HALF, MOST)),
        ]
        for each in terms
    ]
    return Table([header, *body], left=2)


def percent(share: float) -> str:
    """A share in %; "-" for none."""
    return "-" if isnan(share) else f"{100 * share:.1f}"


def proved(sums: Sequence[Sum]) -> str:
    """What the terms of all subjects prove."""
    error, formula = (float(np.max(values, initial=0)) for values in zip(*((one.error, one.formula) for one in sums)))
    longest = max(one.count for one in sums)
    return (
        f"The terms, at most {longest:,} in a layer, add up to the gradient of the backward pass: largest difference "
        f"{error:.1e} of its largest entry. {counted(sum(one.proved for one in sums), 'term')}, computed anew from "
        f"step Jacobians, differ by at most {formula:.1e}."
    )


def chart(terms: Sequence[Terms]) -> Curves:
    """The share of each term of W_h, on a logarithmic axis."""
    many = len({each.layer for each in terms}) > 1
    named = {" ".join(filter(None, [each.subject, each.layer if many else ""])): each for each in terms}
    lines = {name: Curve(np.arange(len(each.norms)), each.shares) for name, each in named.items()}
    groups = {name: each.subject for name, each in named.items()}
    return Curves("", "lag k = N - i, steps back", "share of ||term||, W_h", lines, log_y=True, groups=groups)


def by_layer(terms: Sequence[Terms]) -> Iterator[list[Terms]]:
    """The terms in groups of one layer each."""
    for _, group in groupby(terms, lambda each: each.layer):
        yield list(group)


def details(terms: Sequence[Terms]) -> Iterator[Element]:
    """Everything about the terms of one layer: a row for each lag."""
    lags = [k for k in (0, *SHOWN) if k < len(terms[0].norms)]
    name = " ".join(filter(None, (terms[0].subject, terms[0].layer)))
    yield (
        f"{name}: norm of each term; %: its share of the sum of norms; g: its share of the gradient, along it, in % "
        f"(negative: against it; those of all steps add up to 100)"
    )
    header = ["lag", *(f"{each.parameter}{what}" for each in terms for what in (" norm", " %", " g"))]
    body = [
        [
            str(k),
            *chain(*((f"{e.norms[k]:.2e}", percent(e.shares[k]), percent(e.along[k])) for e in terms)),
        ]
        for k in lags
    ]
    yield Table([header, *body])
