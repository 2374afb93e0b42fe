"""The cases of `gradcheck` for cells and losses, each with all its arguments.

A case is a scalar function L of named arrays, computed by the code that trains. `plan(dtype)` makes its memory, full of
NaN, so that a value that was never set is noticed; `value(arrays, plan)` is L; `gradient()` is dL by array name from
the backward pass in float64. `thing` is the cell, layer or loss whose code is checked. Arrays of up to `one_by_one`
entries are checked entry by entry; `jointly` adds products with directions through all arrays at once; `unreached` are
the arrays on which L does not depend. `parts` has the cases of all else that models are made of. Cases of whole models
belong to the tasks, which make them with `models`. T time, N batch, D input, H hidden, V vocabulary, K outputs or
targets.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from ..nn.bidirectional import Bidirectional
from ..nn.cells import CELLS
from ..nn.compose import Residual, WeightDrop
from ..nn.likelihoods import LIKELIHOODS
from ..nn.memory import Memory
from ..nn.recurrent import Recurrent
from ..random_streams import Noise, stream

TIMES = (1, 2, 5)
N, D, H, V, K = 3, 3, 4, 5, 2
WIDE_D, WIDE_H = 64, 96  # weights of this size are stored in several column blocks
EVERY = 1_000_000  # for `one_by_one`: entry by entry, always
SOME = 8  # for `one_by_one`: in models, where small arrays are biases and gains, and large ones matrices


def make_plan(thing: Any, size: tuple[Any, ...], dtype: str, noise: Noise | None) -> Any:
    """The plan of a layer for `size` (T, N), of a model for ((T,), N), full of NaN, its dropout masks drawn."""
    memory = Memory(dtype)
    plan = thing.plan(*size, memory)
    for array in memory.arrays:
        array.fill(np.nan)
    if noise:
        thing.draw(noise, plan)
    return plan


def padding(T: int) -> np.ndarray:
    """Which steps are real (T, N): rows of length T, T // 2 and T - 1, but the last never empty."""
    return np.arange(T)[:, None] < np.array([T, T // 2, max(T - 1, 1)])


def present(shape: tuple[int, ...]) -> np.ndarray:
    """Which targets of this shape are observed (bool): three in four."""
    return np.arange(np.prod(shape)).reshape(shape) % 4 != 1


def counts(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Targets that suit every likelihood: whole numbers of this shape, nan where one is missing."""
    return np.where(present(shape), rng.poisson(3, shape), np.nan)


@dataclass(frozen=True)
class LayerCase:
    """L = sum(y dy) + sum(sT dsT) of one layer; its arrays are the parameters, the vectors x and the state s0."""

    cell: str  # the cell or layer that is checked
    name: str
    layer: Any
    arrays: dict[str, np.ndarray]
    x: np.ndarray | None  # token ids (T, N); None: x (T, N, D) is one of the arrays
    dy: np.ndarray  # (T, N, H)
    dsT: tuple[np.ndarray, ...]  # each (N, H)
    mask: np.ndarray | None  # (T, N) bool: which steps are real
    noise: Noise | None
    one_by_one: int = EVERY
    jointly, unreached = False, ()

    @property
    def thing(self) -> Any:
        """The cell of a recurrent layer, otherwise the layer."""
        inner = innermost(self.layer)
        return getattr(inner, "cell", inner)

    def plan(self, dtype: str) -> Any:
        """Memory for one call of `value`, in "f8" or "c16"."""
        return make_plan(self.layer, self.dy.shape[:2], dtype, self.noise)

    def value(self, arrays: Mapping[str, np.ndarray], plan: Any) -> Any:
        """L of these arrays, real or complex."""
        self.layer.load(SimpleNamespace(**arrays), plan)
        s0 = tuple(array for name, array in arrays.items() if name.startswith("s0."))
        mask = () if self.mask is None else (self.mask,)
        y, sT = self.layer.forward(arrays["x"] if self.x is None else self.x, s0, plan, *mask)
        return ((y * self.dy).sum() + sum((s * d).sum() for s, d in zip(sT, self.dsT))).item()

    def gradient(self) -> dict[str, np.ndarray]:
        """dL/d(array) by the name of the array."""
        plan, g = self.plan("f8"), {spec.name: np.zeros(spec.shape) for spec in self.layer.specs()}
        self.value(self.arrays, plan)
        dx, ds0 = self.layer.backward(SimpleNamespace(**g), self.dy, self.dsT, plan)
        return g | {"x": dx} | {f"s0.{name}": d for name, d in zip(state_names(self.layer), ds0)}


def layer_case(
    cell: str,
    name: str,
    layer: Any,
    T: int,
    seed: int,
    tokens: int = 0,
    padded: bool = False,
    noisy: bool = False,
    one_by_one: int = EVERY,
) -> LayerCase:
    """A LayerCase of normal random numbers; x are ids below `tokens`, or vectors if that is 0."""
    rng, states, inner = stream(seed, f"gradcheck {cell} {name}"), state_names(layer), innermost(layer)
    arrays = {spec.name: rng.normal(0, spec.shape[0] ** -0.5, spec.shape) for spec in layer.specs()}
    arrays |= {"x": rng.normal(size=(T, N, inner.D))} if not tokens else {}
    arrays |= {
        f"s0.{state}": rng.normal(size=s.shape) for state, s in zip(states, layer.initial_state(N, Memory("f8")))
    }
    width = getattr(inner, "H", inner.D)
    return LayerCase(
        cell,
        name,
        layer,
        arrays,
        rng.integers(0, tokens, (T, N)) if tokens else None,
        rng.normal(size=(T, N, width)),
        tuple(rng.normal(size=(N, width)) for _ in states),
        padding(T) if padded else None,
        Noise(seed, T) if noisy else None,
        one_by_one,
    )


def innermost(layer: Any) -> Any:
    """The layer inside its wrappers."""
    return innermost(layer.layer) if hasattr(layer, "layer") else layer


def state_names(layer: Any) -> tuple[str, ...]:
    """The names of the arrays of a layer's state."""
    return getattr(getattr(innermost(layer), "cell", None), "state", ())


def recurrent_name(parameter: str) -> str | None:
    """The name that a parameter of a recurrent layer has in the layer alone: "W_h" for "layer0.ahead_W_h"; None for
    those of other layers."""
    layer, _, name = parameter.rpartition(".")
    recurrent = not layer or "layer" in layer or layer == "spelling"
    return name.removeprefix("ahead_").removeprefix("back_") if recurrent else None


@dataclass(frozen=True)
class LossCase:
    """L = a loss of M rows of scores, some of which may be padding or without a target; its array is the scores.

    loss(scores, targets, real) returns the sum over the real targets and overwrites scores (M, columns) with
    dL/dscores. targets: (M,) ids or (M, K) numbers; real: bool of the same shape, None if all are real.
    """

    cell: str
    name: str
    loss: Callable[[np.ndarray, np.ndarray, np.ndarray | None], Any]
    arrays: dict[str, np.ndarray]
    targets: np.ndarray
    real: np.ndarray | None
    one_by_one, jointly, unreached = EVERY, False, ()

    @property
    def thing(self) -> Any:
        """The likelihood, or the function."""
        return getattr(self.loss, "__self__", self.loss)

    def plan(self, dtype: str) -> None:
        """None: a loss needs no memory of its own."""

    def value(self, arrays: Mapping[str, np.ndarray], plan: None) -> Any:
        """L of these arrays, real or complex."""
        return self.loss(arrays["scores"].copy(), self.targets, self.real)

    def gradient(self) -> dict[str, np.ndarray]:
        """dL/d(array) by the name of the array."""
        scores = self.arrays["scores"].copy()
        self.loss(scores, self.targets, self.real)
        return {"scores": scores}


def cell_cases(cell: str, seed: int) -> Iterator[LayerCase]:
    """One registered cell as a layer: alone, wrapped and with wide weights."""
    thing = CELLS[cell]
    for T in TIMES:
        for tokens, padded in ((0, False), (0, True), (V, False), (V, True)):
            name = f"T={T}, {'tokens' if tokens else 'vectors'}" + ", padding" * padded
            yield layer_case(cell, name, Recurrent(thing, tokens or D, H, tokens > 0), T, seed, tokens, padded)
        yield layer_case(cell, f"T={T}, residual", Residual(Recurrent(thing, H, H)), T, seed, padded=True)
        yield from bidirectional_cases(cell, T, seed)
        yield layer_case(
            cell, f"T={T}, recurrent dropout", WeightDrop(Recurrent(thing, D, H), 0.4), T, seed, padded=True, noisy=True
        )
    yield layer_case(cell, f"T=2, {WIDE_H} wide", Recurrent(thing, WIDE_D, WIDE_H), 2, seed, one_by_one=SOME)


def bidirectional_cases(cell: str, T: int, seed: int) -> Iterator[LayerCase]:
    """One registered cell reading both ways: alone and wrapped."""

    def both_ways(D, tokens=False, rate=0.0):
        one = Recurrent(CELLS[cell], D, H // 2, tokens)
        one = WeightDrop(one, rate) if rate else one
        return Bidirectional(one, one)

    name = f"T={T}, bidirectional"
    yield layer_case(cell, f"{name}, vectors", both_ways(D), T, seed)
    yield layer_case(cell, f"{name}, vectors, padding", both_ways(D), T, seed, padded=True)
    yield layer_case(cell, f"{name}, tokens, padding", both_ways(V, tokens=True), T, seed, V, padded=True)
    wrapped = Residual(both_ways(H, rate=0.4))
    yield layer_case(cell, f"{name}, residual, recurrent dropout", wrapped, T, seed, padded=True, noisy=True)


def likelihood_cases(seed: int) -> Iterator[LossCase]:
    """Every likelihood by itself. Its special functions are analytic here, so that the complex step applies."""
    for name, likelihood in LIKELIHOODS.items():
        rng, shape = stream(seed, f"gradcheck {name}"), (4 * N, K)
        scores = rng.normal(0, 2, (len(present(shape)), likelihood.outputs(K)))
        targets = counts(shape, rng)
        yield LossCase(name, "missing targets", likelihood.loss, {"scores": scores}, targets, present(shape))
