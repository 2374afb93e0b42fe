"""A forward and a backward pass of a Subject in float64, with everything that its recurrent layers do kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import numpy as np

from ..nn.memory import Memory
from ..nn.observing import Observer
from ..nn.parameters import ParamStore
from ..nn.recurrent import Recurrent
from ..nn.recurrent_plan import RecurrentPlan
from .subjects import Subject


@dataclass(frozen=True)
class WatchedLayer:
    """A recurrent layer after a pass. d: {state: dL/dstate_t (T, N, H)}, as `Observer.reached` says. dy (T, N, H): the
    part of dL/dh_t that does not come from step t + 1, but from the layer above or, at the last step, from the state
    handed on. p: its parameters, by their names in the layer; full_names: {"W_h": "layer0.W_h"}. The arrays of the plan
    (its `values` by name, its `da`) are those of this pass until the next one."""

    name: str
    layer: Recurrent
    plan: RecurrentPlan
    d: Mapping[str, np.ndarray]
    dy: np.ndarray
    p: SimpleNamespace
    full_names: Mapping[str, str]

    @cached_property
    def real(self) -> np.ndarray:
        """(T, N) bool: steps that are not padding."""
        return real_steps(self.plan)

    @cached_property
    def ends(self) -> np.ndarray:
        """(N,): the last step of each row that the loss reaches, lag 0; -1 for a row without gradient."""
        return last_true((self.d["h"] != 0).any(axis=2) & self.real)

    def steps(self, row: int, end: int) -> int:
        """The real steps of a row up to `end`: padding may also stand in front of them."""
        return int(self.real[: end + 1, row].sum())

    @cached_property
    def there(self) -> np.ndarray:
        """(T, N) bool: whether a row has a step k back from its end, k = 0 .. T-1."""
        at = self.ends - np.arange(len(self.real))[:, None]
        return (at >= 0) & self.real[at, np.arange(len(self.ends))]

    @cached_property
    def lags(self) -> int:
        """The lags that at least half of the rows with a gradient have: beyond, a few rows would stand for all."""
        count = self.there.sum(axis=1)
        return int(((count > 0) & (2 * count >= (self.ends >= 0).sum())).sum())

    @cached_property
    def enters_early(self) -> bool:
        """Whether gradient enters at other steps than the ends of the rows, see `dy`."""
        early = (self.dy != 0).any(axis=2) & self.real
        return bool(early.sum() > (self.ends >= 0).sum())

    def by_lag(self, state: str) -> np.ndarray:
        """(T,): the root mean square over the rows of ||dL/dstate_{t-k}|| for k = 0 .. T-1, where t is the end of the
        row; nan where no row is that long."""
        norms, there = norm(self.d[state], axis=2), self.there
        at = self.ends - np.arange(len(norms))[:, None]
        values = np.where(there, norms[at, np.arange(len(self.ends))], 0)
        count = there.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(count > 0, norm(values, axis=1) / np.sqrt(count), np.nan)


@dataclass(frozen=True)
class Watched:
    """One pass: the loss summed over all answers, the gradient of every parameter {"layer0.W_h": array}, and the
    recurrent layers that it has reached."""

    loss: float
    gradient: Mapping[str, np.ndarray]
    layers: Mapping[str, WatchedLayer]


class Recorder(Observer):
    """Keeps dL/dstate of every step; with `chunk`, cuts what is handed back between chunks of that many steps, counted
    from the last real step of each row."""

    def __init__(self) -> None:
        self.plans: dict[str, tuple[Recurrent, RecurrentPlan]] = {}
        self.begin()

    def begin(self, chunk: int | None = None) -> None:
        """Forget the pass before."""
        self.chunk = chunk
        self.d: dict[str, dict[str, np.ndarray]] = {}
        self.dy: dict[str, np.ndarray] = {}
        self.ends: dict[str, np.ndarray] = {}  # (N,): the last real step of each row, -1 without any
        self.passed: dict[str, np.ndarray] = {}  # (N, H): the part of dL/dh_t that comes from step t + 1

    def planned(self, name: str, layer: Any, plan: Any) -> None:
        self.plans[name] = layer, plan

    def reached(self, name: str, t: int, d: Mapping[str, Any]) -> None:
        if name not in self.d:
            plan = self.plans[name][1]
            self.d[name] = {state: np.zeros((len(plan.steps), *a.shape), a.dtype) for state, a in d.items()}
            self.dy[name], self.passed[name] = np.zeros_like(self.d[name]["h"]), np.zeros_like(d["h"])
            self.ends[name] = last_true(real_steps(plan))
        for state, array in d.items():
            self.d[name][state][t] = array
        self.dy[name][t] = d["h"] - self.passed[name]

    def handed(self, name: str, t: int, d: Mapping[str, Any]) -> None:
        if self.chunk and t:  # what leaves the first step belongs to others: the reader of a writer
            cut = (self.ends[name] - t) % self.chunk == self.chunk - 1
            for array in d.values():
                array[cut] = 0
        plan = self.plans[name][1]
        self.passed[name] = d["h"] + plan.kept["h"] if plan.padding is not None else d["h"].copy()

    def layers(self, p: Mapping[str, np.ndarray], store: ParamStore) -> dict[str, WatchedLayer]:
        """The layers that the gradient has reached, in the order of the model; p: every parameter by its full name."""
        found = {}
        for name, (layer, plan) in self.plans.items():
            if name in self.d:
                names = full_names(name, [spec.name for spec in layer.specs()], store)
                own = SimpleNamespace(**{short: p[full] for short, full in names.items()})
                found[name] = WatchedLayer(name, layer, plan, self.d[name], self.dy[name], own, names)
        return found


def full_names(layer: str, params: Sequence[str], store: ParamStore) -> dict[str, str]:
    """{"W_h": "layer0.ahead_W_h"}: the parameters of an observed layer in a store. A name such as "encoder.layer0" may
    begin with the place where a model uses the layer. Raises LookupError where the store has no such layer."""
    parts = layer.split(".")
    for outer, *inner in (parts[k:] for k in range(len(parts))):
        start = f"{outer}." + "".join(f"{each}_" for each in inner)
        if all(start + param in store.spans for param in params):
            return {param: start + param for param in params}
    raise LookupError(f"no parameters of the layer {layer} among {', '.join(store.spans)}")


def real_steps(plan: RecurrentPlan) -> np.ndarray:
    """(T, N) bool: steps of a pass that are not padding."""
    T, N, _ = plan.y.shape
    return np.ones((T, N), bool) if plan.padding is None else ~plan.padding[:, :, 0]


def steps_of(layer: WatchedLayer) -> int:
    """The real steps of the longest row."""
    return int(layer.real.sum(axis=0).max())


def last_true(flags: np.ndarray) -> np.ndarray:
    """(N,): the last step at which flags (T, N) is true; -1 for a row without any."""
    return np.where(flags.any(axis=0), len(flags) - 1 - flags[::-1].argmax(axis=0), -1)


class Watcher:
    """Passes over one Subject, in memory allocated once; dtype: "f8", or "c16" for a complex step."""

    def __init__(self, subject: Subject, dtype: str = "f8") -> None:
        self.subject, self.recorder = subject, Recorder()
        self.store, memory = subject.model.store(), Memory(dtype, observer=self.recorder)
        self.plan = subject.model.plan(subject.size, subject.N, memory)
        self.s0 = subject.model.initial_state(subject.N, Memory(dtype))
        self.g = np.zeros(self.store.size, dtype)
        self.nbytes = memory.nbytes + self.g.nbytes  # what the passes share

    def watch(self, at_last: bool = False, chunk: int | None = None) -> Watched:
        """One pass. at_last: the gradient of the last answer of each row alone. chunk: truncated backpropagation
        through time: forward as ever, but the gradient crosses no boundary between chunks of that many steps, counted
        from the end of each row; so it travels at most that many."""
        subject, model, theta = self.subject, self.subject.model, self.subject.theta.astype(self.g.dtype)
        self.recorder.begin(chunk)
        self.g.fill(0)
        with np.errstate(all="ignore"):  # what explodes is shown as it is
            model.load(self.store.views(theta), self.plan)
            loss, _ = model.loss(subject.arrays, self.s0, self.plan)
            if at_last:
                keep_last(self.plan.scores, self._answers())
            model.backward(self.store.views(self.g), self.plan.scores, (), self.plan)
        gradient = {name: array.copy() for name, array in self.store.named(self.g).items()}
        return Watched(loss, gradient, self.recorder.layers(self.store.named(theta), self.store))

    def _answers(self):
        """The number of answers in a row; 1 for a model that answers once."""
        model = self.subject.model
        return self.subject.size[model.lengths.index(model.answering)] if model.answering else 1


def watch(subject: Subject, at_last: bool = False, chunk: int | None = None) -> Watched:
    """One pass over a Subject in float64; see `Watcher.watch`."""
    return Watcher(subject).watch(at_last, chunk)


def keep_last(dscores: np.ndarray, answers: int) -> None:
    """Zero dL/dscores (answers N, outputs) but for the last answer of each row that has a gradient."""
    counted = (dscores.reshape(answers, -1, dscores.shape[-1]) != 0).any(axis=2)
    dscores[(np.arange(answers)[:, None] != last_true(counted)).reshape(-1)] = 0


def norm(array: np.ndarray, axis: int) -> np.ndarray:
    """The Euclidean norm along an axis, scaled, so that squares neither overflow nor underflow."""
    largest = np.abs(array).max(axis=axis, keepdims=True)
    scale = np.where((largest > 0) & np.isfinite(largest), largest, 1)
    with np.errstate(over="ignore"):  # of numbers beside one that is not finite
        return np.sqrt(((array / scale) ** 2).sum(axis=axis)) * scale.squeeze(axis)
