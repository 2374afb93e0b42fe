"""The cases of `gradcheck` for whole models: a task makes the arrays of a batch, this module the rest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from ..nn.cells import CELLS
from ..nn.memory import Memory
from ..random_streams import Noise, stream
from .cases import SOME, N, make_plan, recurrent_name, state_names

LARGEST = 20_000_000  # parameters of a model x forward passes for one of its arrays, entry by entry
LIFT = 1.0  # of the biases of units that may be off, where weights have a deviation of 0.4
MOST = 256  # entries of an array that is checked entry by entry


@dataclass(frozen=True)
class ModelCase:
    """L = loss of a batch + sum(sT dsT) of any Model; its arrays are the parameters, by name, and the states s0."""

    cell: str  # the cell or the part of a model that is checked
    name: str
    model: Any  # a nn.model.Model
    arrays: dict[str, np.ndarray]
    batch: SimpleNamespace  # the arrays that `model.loss` reads
    size: tuple[tuple[int, ...], int]  # the arguments of `model.plan`: lengths and rows, ((T,), N)
    dsT: tuple  # in the form of the model's state
    noise: Noise | None
    one_by_one: int = SOME
    unreached: tuple[str, ...] = ()
    jointly = True

    @property
    def thing(self) -> Any:
        """The cell, or for a part that is none the model."""
        registered = self.cell in CELLS
        return CELLS[self.cell] if registered else self.model

    def plan(self, dtype: str) -> Any:
        """Memory for one call of `value`, in "f8" or "c16"."""
        return make_plan(self.model, self.size, dtype, self.noise)

    def value(self, arrays: Mapping[str, np.ndarray], plan: Any) -> Any:
        """L of these arrays, real or complex."""
        self.model.load(nested(arrays), plan)
        s0 = tuple(tuple(arrays[name] for name in names) for names in state_tree(self.model))
        loss, sT = self.model.loss(self.batch, s0, plan)
        return loss + sum((s * d).sum().item() for layer in zip(sT, self.dsT) for s, d in zip(*layer))

    def gradient(self) -> dict[str, np.ndarray]:
        """dL/d(array) by the name of the array."""
        g = {name: np.zeros(array.shape) for name, array in self.arrays.items() if not is_state(name)}
        plan = self.plan("f8")
        self.value(self.arrays, plan)
        ds0 = self.model.backward(nested(g), plan.scores, self.dsT, plan)
        return g | {name: d for names, layer in zip(state_tree(self.model), ds0) for name, d in zip(names, layer)}


def model_case(
    cell: str,
    name: str,
    model: Any,
    theta: Mapping[str, np.ndarray],
    batch: Mapping[str, np.ndarray],
    T: int,
    seed: int,
    rng: np.random.Generator,
    one_by_one: int = SOME,
) -> ModelCase:
    """A ModelCase with dropout for T steps of N rows, the states drawn from `rng`.

    theta: {"layer0.W_x": float64 array}; batch: {name: array}, as `model.loss` reads them.
    """
    states, dsT = random_states(model, rng)
    arrays = {**theta, **states}
    return ModelCase(cell, name, model, arrays, SimpleNamespace(**batch), ((T,), N), dsT, Noise(seed, T), one_by_one)


def random_stream(cell: str, name: str, seed: int) -> np.random.Generator:
    """The random numbers of one case: its batch first, then its states."""
    return stream(seed, f"gradcheck {cell} {name}")


def random_theta(cell: str, name: str, model: Any, seed: int) -> dict[str, np.ndarray]:
    """{"layer0.W_x": array} of normal random numbers for an untrained model.

    Biases of blocks without squashing are raised, so that the few units of a small ReLU layer are seldom all off.
    """
    store = model.store()
    theta = store.named(stream(seed, f"gradcheck theta {cell} {name}").normal(0, 0.4, store.size))
    blocks = CELLS[cell].blocks if cell in CELLS else ()
    for parameter, array in theta.items():
        if blocks and recurrent_name(parameter) == "b":
            array.reshape(len(blocks), -1)[[not block.squash for block in blocks]] += LIFT
    return theta


def saved_theta(loaded: Any) -> dict[str, np.ndarray]:
    """{"layer0.W_x": array} of a stored model (`storage.model_files.Loaded`), in float64."""
    return loaded.store.named(loaded.theta.astype(np.float64))


def as_many_as_fit(loaded: Any) -> int:
    """The size up to which arrays of a stored model are checked entry by entry: the larger the model, the smaller."""
    return min(MOST, LARGEST // max(loaded.theta.size, 1))


def read_from_zero(cell: str, names: Iterable[str], prefix: str = "") -> tuple[str, ...]:
    """The parameters that multiply the state before a step, in layers whose name begins with `prefix`: in a single step
    from a state of zeros, L does not depend on them. Not those of the reader of characters, which takes several."""
    vectors = (vector.name for vector in CELLS[cell].vectors if vector.times.endswith("_prev"))
    multiplying = {"W_h", *vectors}
    return tuple(name for name in names if name.startswith(prefix) and recurrent_name(name) in multiplying)


def is_state(name: str) -> bool:
    """Whether an array of a case belongs to the state s0 rather than to the parameters."""
    return name.startswith("s0.")


def nested(arrays: Mapping[str, np.ndarray]) -> dict[str, SimpleNamespace]:
    """{"layer0.W_x": array} -> {"layer0": namespace}, the form in which layers take parameters; without states."""
    p = {}
    for full_name, array in arrays.items():
        if not is_state(full_name):
            layer, name = full_name.rsplit(".", 1)
            setattr(p.setdefault(layer, SimpleNamespace()), name, array)
    return p


def state_tree(model: Any) -> tuple[tuple[str, ...], ...]:
    """Names of the state arrays, in the form of the model's state: ("s0.layer0.h", "s0.layer0.c") for a layer.

    Named by the layers of `model.body` (a compose.Stack) if there is one, otherwise by numbers; () for a model that
    carries no state.
    """
    state = model.initial_state(1, Memory("f8"))
    if state and hasattr(model, "body"):
        return tuple(
            tuple(f"s0.{name}.{state}" for state in state_names(layer)) for name, layer in model.body.layers.items()
        )
    return tuple(tuple(f"s0.{k}.{j}" for j in range(len(layer))) for k, layer in enumerate(state))


def random_states(model: Any, rng: np.random.Generator) -> tuple[dict[str, np.ndarray], tuple]:
    """({name: array} of a state s0, the gradient dsT in the form of the model's state) for N rows."""
    states = model.initial_state(N, Memory("f8"))
    s0 = {
        name: rng.normal(size=s.shape)
        for names, layer in zip(state_tree(model), states)
        for name, s in zip(names, layer)
    }
    return s0, tuple(tuple(rng.normal(size=s.shape) for s in layer) for layer in states)
