"""What `gradcheck` differentiates: layers, heads, losses and models with everything that they are called with.

A case is a scalar function L of named arrays, computed by the code that trains. `plan(dtype)` makes its memory, full
of NaN so that a value which nobody has set shows; `value(arrays, plan)` is L; `gradient()` is dL by array name from
the backward pass in float64. `one_by_one` is the size up to which every number of an array is checked by itself;
`jointly` asks for directions through all arrays at once. T time, N batch, D input, H hidden, V vocabulary.
"""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from ..config import ModelConfig
from ..nn.cells import CELLS
from ..nn.compose import Residual, WeightDrop
from ..nn.dense import Dense
from ..nn.dropout import Dropout
from ..nn.losses import softmax_cross_entropy
from ..nn.memory import Memory
from ..nn.norm import LayerNorm
from ..nn.recurrent import Recurrent
from ..nn.tokens import Embedding
from ..random_streams import Noise, stream
from ..tasks.language.model import build_model

TIMES = (1, 2, 5)
N, D, H, V = 3, 3, 4, 5
WIDE_D, WIDE_H = 64, 96  # weights of this size are kept in several column blocks
EVERY = 1_000_000  # numbers of an array that are checked one by one: all of them
SOME = 16
MODELS = {
    "one-hot": {"hidden_size": (4, 3)},
    "tied, residual, norm, dropout": {
        "embedding_size": 4,
        "hidden_size": (4, 4),
        "residual": True,
        "tie_embeddings": True,
        "layer_norm": True,
        "dropout": 0.3,
        "dropout_input": 0.2,
        "dropout_recurrent": 0.3,
    },
    "dropout per step": {"embedding_size": 3, "hidden_size": (4, 3), "dropout": 0.3, "dropout_kind": "step"},
}


def make_plan(thing, size, dtype, noise):
    """The plan of a layer for `size` (T, N), or of a model for ((T,), N), full of NaN, its dropout masks drawn."""
    memory = Memory(dtype)
    plan = thing.plan(*size, memory)
    for array in memory.arrays:
        array.fill(np.nan)
    if noise:
        thing.draw(noise, plan)
    return plan


def padding(T):
    """Which steps are real (T, N): rows of length T, T // 2 and T - 1, but the last never empty."""
    return np.arange(T)[:, None] < np.array([T, T // 2, max(T - 1, 1)])


@dataclass(frozen=True)
class LayerCase:
    """L = sum(y dy) + sum(sT dsT) of one layer; its arrays are the parameters, the vectors x and the state s0."""

    cell: str  # the cell or layer that is checked
    name: str
    layer: Any
    arrays: dict[str, np.ndarray]
    x: np.ndarray | None  # token ids (T, N); None: x (T, N, D) is one of the arrays
    dy: np.ndarray
    dsT: tuple[np.ndarray, ...]
    mask: np.ndarray | None
    noise: Noise | None
    one_by_one: int = EVERY
    blocks: tuple[str, ...] = ()  # of the cell, as they lie in b
    jointly = False

    def plan(self, dtype):
        return make_plan(self.layer, self.dy.shape[:2], dtype, self.noise)

    def value(self, arrays, plan):
        self.layer.load(SimpleNamespace(**arrays), plan)
        s0 = tuple(array for name, array in arrays.items() if name.startswith("s0."))
        y, sT = self.layer.forward(arrays["x"] if self.x is None else self.x, s0, plan, self.mask)
        return ((y * self.dy).sum() + sum((s * d).sum() for s, d in zip(sT, self.dsT))).item()

    def gradient(self):
        plan, g = self.plan("f8"), {spec.name: np.zeros(spec.shape) for spec in self.layer.specs()}
        self.value(self.arrays, plan)
        dx, ds0 = self.layer.backward(SimpleNamespace(**g), self.dy, self.dsT, plan)
        return g | {"x": dx} | {f"s0.{name}": d for name, d in zip(state_names(self.layer), ds0)}


def layer_case(cell, name, layer, T, seed, tokens=0, padded=False, noisy=False, one_by_one=EVERY):
    """A LayerCase with normal random numbers everywhere; x are ids below `tokens`, or vectors if that is 0."""
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
        tuple(block.name for block in layer.cell.blocks) if isinstance(layer, Recurrent) else (),
    )


def innermost(layer):
    """The layer that others are wrapped around."""
    return innermost(layer.layer) if hasattr(layer, "layer") else layer


def state_names(layer):
    """The names of the arrays of a layer's state."""
    return getattr(getattr(innermost(layer), "cell", None), "state", ())


@dataclass(frozen=True)
class ModelCase:
    """L = nats of a batch + sum(sT dsT) of a whole language model; its arrays are theta, by name, and the states."""

    cell: str
    name: str
    model: Any
    arrays: dict[str, np.ndarray]
    batch: SimpleNamespace  # inputs, targets (T, N) and mask
    dsT: tuple
    noise: Noise | None
    one_by_one: int = SOME
    blocks = ()
    jointly = True

    def plan(self, dtype):
        T, N = self.batch.inputs.shape[:2]
        return make_plan(self.model, ((T,), N), dtype, self.noise)

    def value(self, arrays, plan):
        self.model.load(nested(arrays), plan)
        loss, sT = self.model.loss(self.batch, self._state(arrays), plan)
        return loss + sum((s * d).sum().item() for layer in zip(sT, self.dsT) for s, d in zip(*layer))

    def gradient(self):
        plan, g = self.plan("f8"), {name: np.zeros(a.shape) for name, a in self.arrays.items() if name[:3] != "s0."}
        self.value(self.arrays, plan)
        ds0 = self.model.backward(nested(g), self.dscores(plan), self.dsT, plan)
        return g | {name: d for names, layer in zip(state_tree(self.model), ds0) for name, d in zip(names, layer)}

    def dscores(self, plan):
        """Where the loss left its gradient."""
        return plan.head.scores

    def _state(self, arrays):
        return tuple(tuple(arrays[name] for name in names) for names in state_tree(self.model))


def nested(arrays):
    """{"layer0.W_x": array} -> {"layer0": namespace}, the form in which layers take parameters; states left out."""
    p = {}
    for full_name, array in arrays.items():
        layer, name = full_name.rsplit(".", 1)
        if not layer.startswith("s0."):
            setattr(p.setdefault(layer, SimpleNamespace()), name, array)
    return p


def state_tree(model):
    """Names of the state arrays, in the form of the model's state: ("s0.layer0.h", "s0.layer0.c") for a layer."""
    return tuple(
        tuple(f"s0.{name}.{state}" for state in state_names(layer)) for name, layer in model.body.layers.items()
    )


def model_case(cell, name, model, theta, symbols, T, seed, noisy, one_by_one=SOME):
    """A ModelCase with the parameters `theta` {name: array}, random ids below `symbols`, random states and padding."""
    rng = stream(seed, f"gradcheck {cell} {name}")
    inputs, targets = rng.integers(0, symbols, (2, T, N))
    states, dsT = random_states(model, rng)
    batch = SimpleNamespace(inputs=inputs, targets=targets, mask=padding(T))
    return ModelCase(cell, name, model, theta | states, batch, dsT, Noise(seed, T) if noisy else None, one_by_one)


def random_states(model, rng):
    """({name: array} of a state s0, the gradient dsT in the form of the model's state) for N rows."""
    states = model.initial_state(N, Memory("f8"))
    s0 = {
        name: rng.normal(size=s.shape)
        for names, layer in zip(state_tree(model), states)
        for name, s in zip(names, layer)
    }
    return s0, tuple(tuple(rng.normal(size=s.shape) for s in layer) for layer in states)


@dataclass(frozen=True)
class HeadCase:
    """L = sum(scores dscores) of an output layer; its arrays are W, b and its input y."""

    cell: str
    name: str
    head: Dense
    arrays: dict[str, np.ndarray]
    dscores: np.ndarray  # (T N, K)
    one_by_one, blocks, jointly = EVERY, (), False

    def plan(self, dtype):
        return make_plan(self.head, self.arrays["y"].shape[:2], dtype, None)

    def value(self, arrays, plan):
        self.head.load(SimpleNamespace(**arrays), plan)
        return (self.head.forward(arrays["y"], plan) * self.dscores).sum().item()

    def gradient(self):
        plan, g = self.plan("f8"), {spec.name: np.zeros(spec.shape) for spec in self.head.specs()}
        self.value(self.arrays, plan)
        return g | {"y": self.head.backward(SimpleNamespace(**g), self.dscores, plan)}


@dataclass(frozen=True)
class LossCase:
    """L = softmax cross-entropy of M scores, some of which may be padding; its array is the scores (M, K)."""

    cell: str
    name: str
    arrays: dict[str, np.ndarray]
    targets: np.ndarray
    real: np.ndarray | None
    one_by_one, blocks, jointly = EVERY, (), False

    def plan(self, dtype):
        """None: the loss works on the scores themselves."""

    def value(self, arrays, plan):
        return softmax_cross_entropy(arrays["scores"].copy(), self.targets, self.real)

    def gradient(self):
        scores = self.arrays["scores"].copy()
        softmax_cross_entropy(scores, self.targets, self.real)
        return {"scores": scores}


def cell_cases(cell, seed):
    """Every case of one registered cell: alone, wrapped, with wide weights and in whole models."""
    thing = CELLS[cell]
    for T in TIMES:
        for tokens, padded in ((0, False), (0, True), (V, False), (V, True)):
            name = f"T={T}, {'tokens' if tokens else 'vectors'}" + ", padding" * padded
            yield layer_case(cell, name, Recurrent(thing, tokens or D, H, tokens > 0), T, seed, tokens, padded)
        yield layer_case(cell, f"T={T}, residual", Residual(Recurrent(thing, H, H)), T, seed, padded=True)
        yield layer_case(
            cell, f"T={T}, recurrent dropout", WeightDrop(Recurrent(thing, D, H), 0.4), T, seed, padded=True, noisy=True
        )
    yield layer_case(cell, f"T=2, {WIDE_H} wide", Recurrent(thing, WIDE_D, WIDE_H), 2, seed, one_by_one=SOME)
    for name, settings in MODELS.items():
        model = build_model(ModelConfig(cell=cell, num_layers=2, **settings), V)
        store = model.store()
        theta = stream(seed, f"gradcheck theta {cell} {name}").normal(0, 0.4, store.size)
        for T in TIMES:
            yield model_case(cell, f"T={T}, model: {name}", model, store.named(theta), V, T, seed, noisy=True)


def shared_cases(seed):
    """Every layer, head and loss that is not a cell."""
    for T in TIMES:
        yield layer_case("embedding", f"T={T}", Embedding(V, D), T, seed, tokens=V)
        yield layer_case("layer-norm", f"T={T}", LayerNorm(H), T, seed)
        yield layer_case("dropout", f"T={T}, variational", Dropout(D, 0.4), T, seed, noisy=True)
        yield layer_case("dropout", f"T={T}, per step", Dropout(D, 0.4, variational=False), T, seed, noisy=True)
        rng = stream(seed, f"gradcheck head {T}")
        arrays = {"W": rng.normal(size=(H, V)), "b": rng.normal(size=V), "y": rng.normal(size=(T, N, H))}
        yield HeadCase("dense", f"T={T}", Dense(H, V), arrays, rng.normal(size=(T * N, V)))
        for padded in (False, True):
            scores, targets = rng.normal(0, 3, (T * N, V)), rng.integers(0, V, T * N)
            yield LossCase(
                "softmax-cross-entropy",
                f"T={T}" + ", padding" * padded,
                {"scores": scores},
                targets,
                padding(T).reshape(-1) if padded else None,
            )


def saved_model_case(loaded, seed):
    """The case of a saved model: its own architecture, vocabulary and theta, in float64, with dropout if it has any.

    loaded: has `config`, `encoder`, `model`, `store` and `theta`, as `checkpoint.load_model` returns it.
    """
    theta = loaded.store.named(loaded.theta.astype(np.float64))
    return model_case(
        loaded.config.model.cell,
        f"T={TIMES[-1]}, saved model",
        loaded.model,
        theta,
        loaded.encoder.size,
        TIMES[-1],
        seed,
        noisy=True,
        one_by_one=as_many_as_fit(loaded.theta.size),
    )


def as_many_as_fit(size):
    """Numbers of each array that are checked by themselves: larger models are sampled more thinly."""
    return max(4, min(SOME, 20_000_000 // max(size, 1)))
