"""Truncated against full backpropagation through time: what the gradient loses that travels only so many steps.

The forward pass is the same, the gradient is that of all answers, and it crosses no boundary between chunks of k steps.
With chunks as long as the sequence it is whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isnan, nan
from typing import Any

import numpy as np

from ..nn.aligned import Aligned
from ..phrases import counted
from ..tasks.base import Progress, Table
from .drawings import Curve, Curves, Element, Finding
from .remarks import Remarks
from .subjects import Subject
from .watching import Watched, Watcher, norm, steps_of, watch

ALL, RECURRENT = "all", "W_h"  # every parameter of the recurrent layers; those that multiply h
GOOD, FAIR = 0.99, 0.9  # cosines


@dataclass(frozen=True)
class Truncation:
    """Gradients of one Subject by chunk length, C of them. cosines, ratios: {"all", "W_h" or the full name of a
    parameter: (C,)}, the cosine with the whole gradient and the norm relative to its norm."""

    subject: str
    chunks: Sequence[int]  # the last one is the whole sequence
    cosines: Mapping[str, np.ndarray]
    ratios: Mapping[str, np.ndarray]
    carries: bool  # whether the model carries its state on, so that the chunk length is that of training

    @property
    def steps(self) -> int:
        return self.chunks[-1]

    def shortest(self, cosine: float) -> int:
        """The shortest chunk from which on all have this cosine; the last one has 1 or nan."""
        below = np.flatnonzero(~(self.cosines[ALL][:-1] >= cosine))
        return self.chunks[int(below[-1]) + 1 if len(below) else 0]

    def loss(self, chunk: int) -> float:
        """1 - cosine of a chunk length, in %."""
        return 100 * (1 - float(self.cosines[ALL][list(self.chunks).index(chunk)]))

    def repeats(self, what: str) -> bool:
        """Whether a parameter is the only W_h, so that its figures are those of RECURRENT; True for one it lacks."""
        lone = what != RECURRENT and np.array_equal(self.cosines.get(what, []), self.cosines[RECURRENT], equal_nan=True)
        return lone or what not in self.cosines


def truncation(subjects: Sequence[Subject], progress: Progress) -> Finding:
    """The Finding of the part "truncation": all subjects side by side."""
    remarks, found, advised = Remarks(), [], []
    for subject in subjects:
        layers = remarks.kept(subject.label, watched := watch(subject, at_last=True), steps_of)
        if layers:
            found.append(truncation_of(subject, progress))
            advised += [] if remarks.dead(subject.label, watched.layers.values()) else [advice(found[-1])]
    return Finding(
        part="truncation",
        title="Truncated against full backpropagation: gradients that travel k steps back",
        record={"metrics": metrics(found), "gradients": [record(each) for each in found]},
        rows=[row for each in found for row in rows(each)],
        brief=[*([table(found), chart(found)] if found else []), *advised, *remarks.sentences],
        more=details(found),
    )


def truncation_of(subject: Subject, progress: Progress) -> Truncation:
    """The Truncation of one subject, by a pass for each chunk length."""
    watcher = Watcher(subject)
    whole = watcher.watch()
    chunks = lengths(max((len(layer.plan.steps) for layer in whole.layers.values()), default=1))
    cut = []
    for k, chunk in enumerate(chunks[:-1]):
        progress("truncated gradients", k, len(chunks))
        cut.append(watcher.watch(chunk=chunk).gradient)
    cosines, ratios = {}, {}
    for what, names in groups(whole).items():
        gradients = [np.concatenate([g[name].reshape(-1) for name in names]) for g in (*cut, whole.gradient)]
        with np.errstate(all="ignore"):  # what explodes or is zero has no direction: nan
            cosines[what] = np.array([cosine(g, gradients[-1]) for g in gradients])
            ratios[what] = np.array([norm(g, axis=0) / norm(gradients[-1], axis=0) for g in gradients])
    carries = isinstance(subject.model, Aligned) and subject.model.carries
    return Truncation(subject.label, chunks, cosines, ratios, carries)


def lengths(T: int) -> list[int]:
    """1, 2, 4, 8 ... and T."""
    return [*(2**k for k in range(T.bit_length()) if 2**k < T), T]


def groups(whole: Watched) -> dict[str, list[str]]:
    """{"all", "W_h" and each full name: the full names of parameters that are compared together}"""
    full = [(name, each) for layer in whole.layers.values() for name, each in layer.full_names.items()]
    together = {ALL: [each for _, each in full], RECURRENT: [each for name, each in full if name == RECURRENT]}
    return {what: list(dict.fromkeys(names)) for what, names in (together | {each: [each] for _, each in full}).items()}


def cosine(one: np.ndarray, other: np.ndarray) -> float:
    """<one, other> / (||one|| ||other||) of two vectors; nan where one of them is zero or not finite."""
    one, other = one / np.abs(one).max(), other / np.abs(other).max()
    return float(one @ other / np.sqrt((one @ one) * (other @ other)))


def metrics(found: Sequence[Truncation]) -> dict[str, float]:
    """{"SUBJECT/NAME": number}: the chunk lengths of the advice, and each cosine."""
    result: dict[str, float] = {}
    for each in found:
        for cosine in (GOOD, FAIR):
            result[f"{each.subject}/shortest_{100 * cosine:.0f}"] = each.shortest(cosine)
        for chunk, value in zip(each.chunks, each.cosines[ALL].tolist()):
            result[f"{each.subject}/cosine_{chunk}"] = value
    return result


def record(each: Truncation) -> dict[str, Any]:
    """One subject for JSON."""
    figures = {
        what: {"cosines": each.cosines[what].tolist(), "norm_ratios": each.ratios[what].tolist()}
        for what in each.cosines
    }
    return {"subject": each.subject, "chunks": list(each.chunks), "gradients": figures}


def rows(each: Truncation) -> Iterator[Mapping[str, Any]]:
    """A row for each gradient and chunk length."""
    for what, cosines in each.cosines.items():
        for chunk, cosine, ratio in zip(each.chunks, cosines.tolist(), each.ratios[what].tolist()):
            yield {"subject": each.subject, "gradient": what, "chunk": chunk, "cosine": cosine, "norm_ratio": ratio}


def table(found: Sequence[Truncation], what: str = ALL) -> Table:
    """Two rows for each subject that has this gradient: cosines and ratios of norms by chunk length."""
    chunks = sorted({chunk for each in found for chunk in each.chunks})
    header = ["", "steps", *(f"{chunk:,}" for chunk in chunks)]
    body = []
    for each in found:
        for name, title, values in (("cosine", each.subject, each.cosines), ("norm", "", each.ratios)):
            if what in values:
                by_chunk = dict(zip(each.chunks, values[what].tolist()))
                body.append([title, name, *(shown(by_chunk.get(chunk, nan)) for chunk in chunks)])
    return Table([header, *body], left=2)


def shown(value: float) -> str:
    """A cosine or a ratio; "-" for none."""
    return "-" if isnan(value) else f"{value:.3f}" if abs(value) < 100 else f"{value:.1e}"


def chart(found: Sequence[Truncation]) -> Curves:
    """The cosine of all recurrent parameters by chunk length."""
    lines = {each.subject: Curve(np.array(each.chunks), each.cosines[ALL]) for each in found}
    groups = {name: name for name in lines}
    return Curves(
        "", "steps that the gradient travels", "cosine with the whole gradient", lines, log_x=True, groups=groups
    )


def advice(each: Truncation) -> str:
    """How many steps are enough, in words that fit the model."""
    name, good, fair = f"{each.subject}: " if each.subject else "", each.shortest(GOOD), each.shortest(FAIR)
    if isnan(each.cosines[ALL][-1]) or each.steps == 1:
        reason = "it reads one step" if each.steps == 1 else "the whole gradient is zero or not finite"
        return f"{name}nothing to compare: {reason}."
    if good == each.steps:
        half = each.chunks[-2]
        more = "look at more --steps" if each.carries else "all that it reads counts"
        return (
            f"{name}the cosine reaches {FAIR} with {counted(fair, 'step')}, but not {GOOD} with {half:,} of "
            f"{each.steps:,}, which lose {each.loss(half):.2g} % of the direction: {more}."
        )
    enough = f"the cosine reaches {FAIR} with {counted(fair, 'step')} and {GOOD} with {good:,}"
    if each.carries:
        return f"{name}{enough}: --seq-length {good} loses {each.loss(good):.2g} % of the direction."
    return f"{name}{enough}: what lies farther back than that hardly changes what it learns."


def details(found: Sequence[Truncation]) -> list[Element]:
    """W_h alone, then each parameter."""
    names = list(dict.fromkeys(what for each in found for what in each.cosines if what != ALL))
    names = [name for name in names if not all(each.repeats(name) for each in found)]
    return [element for what in names for element in (f"{what} alone:", table(found, what))]
