"""A forward and a backward pass of a Subject in float64, with everything that its recurrent layers do kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..nn.memory import Memory
from ..nn.observing import Observer
from ..nn.recurrent import Recurrent
from ..nn.recurrent_plan import RecurrentPlan
from .subjects import Subject


@dataclass(frozen=True)
class WatchedLayer:
    """A recurrent layer after a pass. d: {state: dL/dstate_t (T, N, H)}, as `Observer.reached` says. The arrays of the
    plan (its `values` by name, its `da`) are those of this pass until the next one."""

    name: str
    layer: Recurrent
    plan: RecurrentPlan
    d: Mapping[str, np.ndarray]

    @cached_property
    def real(self) -> np.ndarray:
        """(T, N) bool: steps that are not padding."""
        T, N, _ = self.d["h"].shape
        return np.ones((T, N), bool) if self.plan.padding is None else ~self.plan.padding[:, :, 0]

    @cached_property
    def ends(self) -> np.ndarray:
        """(N,): the last step of each row that the loss reaches, lag 0; -1 for a row without gradient."""
        reached = (self.d["h"] != 0).any(axis=2) & self.real
        last = len(reached) - 1 - reached[::-1].argmax(axis=0)
        return np.where(reached.any(axis=0), last, -1)

    def by_lag(self, state: str) -> np.ndarray:
        """(T,): the root mean square over the rows of ||dL/dstate_{t-k}|| for k = 0 .. T-1, where t is the end of the
        row; nan where no row is that long."""
        norms, ends = norm(self.d[state], axis=2), self.ends
        at = ends - np.arange(len(norms))[:, None]
        rows = np.arange(len(ends))
        there = (at >= 0) & self.real[at, rows]
        values = np.where(there, norms[at, rows], 0)
        count = there.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(count > 0, norm(values, axis=1) / np.sqrt(count), np.nan)


@dataclass(frozen=True)
class Watched:
    """One pass: the summed loss, the gradient of every parameter {"layer0.W_h": array}, and its recurrent layers."""

    loss: float
    gradient: Mapping[str, np.ndarray]
    layers: Mapping[str, WatchedLayer]


class Recorder(Observer):
    """Keeps dL/dstate of every step; with `chunk`, cuts what is handed back between chunks of that many steps."""

    def __init__(self) -> None:
        self.plans: dict[str, tuple[Recurrent, RecurrentPlan]] = {}
        self.d: dict[str, dict[str, np.ndarray]] = {}
        self.chunk: int | None = None

    def planned(self, name: str, layer: Any, plan: Any) -> None:
        self.plans[name] = layer, plan

    def reached(self, name: str, t: int, d: Mapping[str, Any]) -> None:
        if name not in self.d:
            T = len(self.plans[name][1].steps)
            self.d[name] = {state: np.zeros((T, *array.shape), array.dtype) for state, array in d.items()}
        for state, array in d.items():
            self.d[name][state][t] = array

    def handed(self, name: str, t: int, d: Mapping[str, Any]) -> None:
        if self.chunk and t % self.chunk == 0:
            for array in d.values():
                array.fill(0)

    def layers(self) -> dict[str, WatchedLayer]:
        """The layers that the gradient has reached, in the order of the model."""
        return {name: WatchedLayer(name, *self.plans[name], self.d[name]) for name in self.plans if name in self.d}


class Watcher:
    """Passes over one Subject, in memory allocated once; dtype: "f8", or "c16" for a complex step."""

    def __init__(self, subject: Subject, dtype: str = "f8") -> None:
        self.subject, self.recorder = subject, Recorder()
        self.store, memory = subject.model.store(), Memory(dtype, observer=self.recorder)
        self.plan = subject.model.plan(subject.size, subject.N, memory)
        self.s0 = subject.model.initial_state(subject.N, Memory(dtype))
        self.g = np.zeros(self.store.size, dtype)

    def watch(self, at_last: bool = False, chunk: int | None = None) -> Watched:
        """One pass. at_last: the gradient of the last answer of each row alone. chunk: truncated backpropagation
        through time in chunks of that many steps, forward as ever."""
        subject, model = self.subject, self.subject.model
        self.recorder.chunk, self.recorder.d = chunk, {}
        self.g.fill(0)
        with np.errstate(all="ignore"):  # what explodes is shown as it is
            model.load(self.store.views(subject.theta.astype(self.g.dtype)), self.plan)
            loss, _ = model.loss(subject.arrays, self.s0, self.plan)
            if at_last:
                keep_last(self.plan.scores, self._answers())
            model.backward(self.store.views(self.g), self.plan.scores, (), self.plan)
        gradient = {name: array.copy() for name, array in self.store.named(self.g).items()}
        return Watched(loss, gradient, self.recorder.layers())

    def _answers(self):
        """The number of answers in a row; 1 for a model that answers once."""
        model = self.subject.model
        return self.subject.size[model.lengths.index(model.answering)] if model.answering else 1


def watch(subject: Subject, at_last: bool = False, chunk: int | None = None) -> Watched:
    """One pass over a Subject in float64; see `Watcher.watch`."""
    return Watcher(subject).watch(at_last, chunk)


def keep_last(dscores: np.ndarray, answers: int) -> None:
    """Zero dL/dscores (answers N, outputs) but for the last answer of each row that has a gradient."""
    if answers == 1:
        return
    each = dscores.reshape(answers, -1, dscores.shape[-1])
    counted = (each != 0).any(axis=2)
    last = answers - 1 - counted[::-1].argmax(axis=0)
    each[np.arange(answers)[:, None] != last] = 0


def norm(array: np.ndarray, axis: int) -> np.ndarray:
    """The Euclidean norm along an axis, scaled, so that squares neither overflow nor underflow."""
    largest = np.abs(array).max(axis=axis, keepdims=True)
    scale = np.where((largest > 0) & np.isfinite(largest), largest, 1)
    return np.sqrt(((array / scale) ** 2).sum(axis=axis)) * scale.squeeze(axis)
