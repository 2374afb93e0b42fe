"""The cases of `gradcheck` for all parts of models that are no cells: layers, pools, heads, readers,
attention and losses."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from ..nn.attention import Additive, Dot
from ..nn.bidirectional import Bidirectional
from ..nn.bridge import Bridge
from ..nn.categorical import Categorical
from ..nn.cells import CELLS
from ..nn.dense import Dense
from ..nn.dropout import Dropout
from ..nn.losses import softmax_cross_entropy
from ..nn.norm import LayerNorm
from ..nn.pool import Ends, Max, Mean
from ..nn.recurrent import Recurrent
from ..nn.sparse_linear import SparseLinear
from ..nn.tokens import Embedding
from ..nn.words import WordReader
from ..random_streams import stream
from .cases import EVERY, TIMES, D, H, LayerCase, LossCase, N, V, layer_case, likelihood_cases, make_plan, padding
from .models import nested

POOLS = {"ends": Ends(H), "ends both ways": Ends(H, H // 2), "mean": Mean(H), "max": Max(H)}
LOSSES = {
    "plain": Categorical(V),
    "class weights": Categorical(V, tuple(0.5 + k for k in range(V))),
    "label smoothing": Categorical(V, smoothing=0.2),
    "class weights, label smoothing": Categorical(V, tuple(0.5 + k for k in range(V)), 0.2),
}
ATTENTIONS = {"dot": Dot(H, 3), "additive": Additive(H, 3, A=5)}
STEPS = 3  # that look at a source
BRIDGES = {"one layer": ((H,),), "two layers, two states": ((H, H), (2, 2))}
GRAMS = 7  # of a row; ids below V, so that most occur more than once
CHARACTERS, LETTERS, SPELLINGS = 4, 6, 6  # the longest word, the alphabet, words that are spelt differently


@dataclass(frozen=True)
class PartCase:
    """L = sum(y dy) of a part that is not a Layer; its arrays are its parameters and its input, if that has a gradient.

    forward(arrays, plan) returns y; backward(dy, plan) returns dL by array name.
    """

    cell: str
    name: str
    part: Any
    size: tuple[int, ...]  # the arguments of `part.plan`
    arrays: dict[str, np.ndarray]
    dy: np.ndarray
    forward: Callable[[Mapping[str, np.ndarray], Any], np.ndarray]
    backward: Callable[[np.ndarray, Any], dict[str, Any]]
    unreached: tuple[str, ...] = ()
    one_by_one, jointly = EVERY, False

    @property
    def thing(self) -> Any:
        """The part."""
        return self.part

    def plan(self, dtype: str) -> Any:
        """Memory for one call of `value`, in "f8" or "c16"."""
        return make_plan(self.part, self.size, dtype, None)

    def value(self, arrays: Mapping[str, np.ndarray], plan: Any) -> Any:
        """L of these arrays, real or complex."""
        return (self.forward(arrays, plan) * self.dy).sum().item()

    def gradient(self) -> dict[str, np.ndarray]:
        """dL/d(array) by the name of the array."""
        plan = self.plan("f8")
        self.value(self.arrays, plan)
        return self.backward(self.dy, plan)


def shared_cases(seed: int) -> Iterator[LayerCase | PartCase | LossCase]:
    """Every layer, pool, head, reader and loss that is not a cell."""
    for T in TIMES:
        yield layer_case("embedding", f"T={T}", Embedding(V, D), T, seed, tokens=V)
        yield layer_case("layer-norm", f"T={T}", LayerNorm(H), T, seed)
        yield layer_case("dropout", f"T={T}, variational", Dropout(D, 0.4), T, seed, noisy=True)
        yield layer_case("dropout", f"T={T}, per step", Dropout(D, 0.4, variational=False), T, seed, noisy=True)
        yield dense_case(T, seed)
        yield word_reader_case(T, seed)
        for padded in (False, True):
            yield from (pool_case(kind, T, padded, seed) for kind in POOLS)
            yield from (attention_case(kind, T, padded, seed) for kind in ATTENTIONS)
            yield from class_loss_cases(T, padded, seed)
    yield sparse_linear_case(seed)
    yield from (bridge_case(kind, seed) for kind in BRIDGES)
    yield from likelihood_cases(seed)


def dense_case(T: int, seed: int) -> PartCase:
    """The output layer."""
    head, rng = Dense(H, V), stream(seed, f"gradcheck head {T}")

    def forward(arrays, plan):
        head.load(SimpleNamespace(**arrays), plan)
        return head.forward(arrays["y"], plan)

    def backward(dy, plan):
        g = zeros(head.specs())
        return vars(g) | {"y": head.backward(g, dy, plan)}

    arrays = {"W": rng.normal(size=(H, V)), "b": rng.normal(size=V), "y": rng.normal(size=(T, N, H))}
    return PartCase("dense", f"T={T}", head, (T, N), arrays, rng.normal(size=(T * N, V)), forward, backward)


def pool_case(kind: str, T: int, padded: bool, seed: int) -> PartCase:
    """One of POOLS; padded, at T = 1 one row has no real step."""
    pool, mask, rng = POOLS[kind], padding(T) if padded else None, stream(seed, f"gradcheck pool {kind} {T}")

    def forward(arrays, plan):
        return pool.forward(arrays["y"], mask, plan)

    def backward(dy, plan):
        return {"y": pool.backward(dy, plan)}

    name, arrays = f"T={T}, {kind}" + ", padding" * padded, {"y": rng.normal(size=(T, N, H))}
    return PartCase("pool", name, pool, (T, N), arrays, rng.normal(size=(1, N, H)), forward, backward)


def attention_case(kind: str, T: int, padded: bool, seed: int) -> PartCase:
    """STEPS steps that look at T steps, one of ATTENTIONS; padded, each row has at least one real step."""
    part, rng = ATTENTIONS[kind], stream(seed, f"gradcheck attention {kind} {T} {padded}")
    mask = padding(T) if padded else None
    if mask is not None:
        mask[0] = True

    def forward(arrays, plan):
        part.load(SimpleNamespace(**arrays), plan)
        part.read(arrays["h"], mask, plan)
        return part.forward(arrays["q"], plan)

    def backward(dy, plan):
        g = zeros(part.specs())
        dq, dh = part.backward(g, dy, plan)
        return vars(g) | {"q": dq, "h": dh}

    arrays = {spec.name: rng.normal(size=spec.shape) for spec in part.specs()}
    arrays |= {"q": rng.normal(size=(STEPS, N, part.H)), "h": rng.normal(size=(T, N, part.C))}
    name, dy = f"T={T}, {kind}" + ", padding" * padded, rng.normal(size=(STEPS, N, part.H))
    return PartCase("attention", name, part, (T, STEPS, N), arrays, dy, forward, backward, scores_of_one(T, arrays))


def scores_of_one(T: int, names: Iterable[str], prefix: str = "") -> tuple[str, ...]:
    """The parameters of the scores of attention if T is 1: the weight of a single step is 1, whatever its score."""
    return tuple(name for name in names if name.removeprefix(prefix) in ("W", "W_q", "W_k", "v")) if T == 1 else ()


def bridge_case(kind: str, seed: int) -> PartCase:
    """The states of one of BRIDGES, side by side."""
    bridge, rng = Bridge(V, BRIDGES[kind]), stream(seed, f"gradcheck bridge {kind}")
    f, edges = rng.normal(size=(N, V)), np.cumsum([size for layer in bridge.sizes for size in layer])

    def forward(arrays, plan):
        bridge.load(SimpleNamespace(**arrays), plan)
        return np.concatenate([state for layer in bridge.forward(f, plan) for state in layer], axis=1)

    def backward(dy, plan):
        g, cut = zeros(bridge.specs()), iter(np.split(dy, edges[:-1], axis=1))
        bridge.backward(g, tuple(tuple(next(cut) for _ in layer) for layer in bridge.sizes), plan)
        return vars(g)

    arrays = {spec.name: rng.normal(size=spec.shape) for spec in bridge.specs()}
    return PartCase("bridge", kind, bridge, (N,), arrays, rng.normal(size=(N, edges[-1])), forward, backward)


def sparse_linear_case(seed: int) -> PartCase:
    """The linear path from n-grams; every other value of the last row is padding."""
    linear, rng = SparseLinear(V, 2), stream(seed, "gradcheck sparse-linear")
    ids, values = rng.integers(0, V, (GRAMS, N)), rng.normal(size=(GRAMS, N))
    ids[::2, -1], values[::2, -1] = 0, 0

    def forward(arrays, plan):
        linear.load(SimpleNamespace(**arrays), plan)
        return linear.forward(ids, values, plan)

    def backward(dy, plan):
        g = zeros(linear.specs())
        linear.backward(g, dy, plan)
        return vars(g)

    arrays = {"W": rng.normal(size=(V, 2))}
    return PartCase("sparse-linear", "", linear, (GRAMS, N), arrays, rng.normal(size=(N, 2)), forward, backward)


def word_reader_case(T: int, seed: int) -> PartCase:
    """Words of SPELLINGS spellings, one of them without characters."""
    one, rng = Recurrent(CELLS["gru"], 3, 2), stream(seed, f"gradcheck words {T}")
    reader = WordReader(V, D, LETTERS, 3, Bidirectional(one, one), CHARACTERS)
    ids, spelled, characters, mask = random_words(T, rng)

    def forward(arrays, plan):
        reader.load(nested(arrays), plan)
        return reader.forward(ids, spelled, characters, mask, plan)

    def backward(dy, plan):
        g = {layer: zeros(specs) for layer, specs in reader.specs().items()}
        reader.backward(g, dy, plan)
        return {f"{layer}.{name}": array for layer, each in g.items() for name, array in vars(each).items()}

    arrays = {
        f"{layer}.{spec.name}": rng.normal(size=spec.shape) for layer, specs in reader.specs().items() for spec in specs
    }
    dy, size = rng.normal(size=(T, N, reader.D)), (T, N, SPELLINGS)
    return PartCase("word-reader", f"T={T}", reader, size, arrays, dy, forward, backward)


def random_words(T: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Word ids (T, N) below V, spellings (T, N) below SPELLINGS, ids of characters (CHARACTERS, SPELLINGS) below
    LETTERS, and their mask."""
    lengths = rng.integers(1, CHARACTERS + 1, SPELLINGS)
    lengths[:2] = CHARACTERS, 0
    mask = np.arange(CHARACTERS)[:, None] < lengths
    ids, spelled = rng.integers(0, V, (T, N)), np.arange(T * N).reshape(T, N) % SPELLINGS
    return ids, spelled, rng.integers(0, LETTERS, mask.shape), mask


def class_loss_cases(T: int, padded: bool, seed: int) -> Iterator[LossCase]:
    """Cross entropy as a function, and as a likelihood with every option; padded, with a weight for each row."""
    rng = stream(seed, f"gradcheck classes {T} {padded}")
    name, real = f"T={T}" + ", padding" * padded, padding(T).reshape(-1) if padded else None
    arrays, targets = {"scores": rng.normal(0, 3, (T * N, V))}, rng.integers(0, V, T * N)
    yield LossCase("softmax-cross-entropy", name, softmax_cross_entropy, arrays, targets, real)
    weight = None if real is None else real * rng.uniform(0.5, 2, T * N)
    for option, loss in LOSSES.items():
        yield LossCase("categorical", f"{name}, {option}", loss.loss, arrays, targets, weight)


def zeros(specs: Any) -> SimpleNamespace:
    """Gradients of zero, by name, for some ParamSpecs."""
    return SimpleNamespace(**{spec.name: np.zeros(spec.shape) for spec in specs})
