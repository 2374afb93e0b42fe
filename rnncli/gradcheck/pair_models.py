"""The cases of `gradcheck` for models that read whole sequences: a class, numbers, or a tag for each word."""

from collections.abc import Iterator, Sequence
from itertools import count
from types import SimpleNamespace
from typing import Any

import numpy as np

from ..nn.aligned import Aligned
from ..nn.bidirectional import Bidirectional
from ..nn.building import recurrent_layers
from ..nn.categorical import Categorical
from ..nn.cells import CELLS
from ..nn.compose import Stack
from ..nn.dense import Dense
from ..nn.likelihoods import LIKELIHOODS
from ..nn.model import Part
from ..nn.pool import POOLS, pool_named
from ..nn.pooled import Pooled
from ..nn.recurrent import Recurrent
from ..nn.sparse_linear import SparseLinear
from ..nn.tokens import Embedding
from ..nn.words import WordReader
from ..random_streams import Noise
from .cases import SOME, TIMES, D, K, N, V, counts, innermost, present
from .models import ModelCase, as_many_as_fit, random_stream, random_theta, read_from_zero, saved_theta
from .parts import CHARACTERS, GRAMS, LETTERS, SPELLINGS

H, S = 4, 3  # hidden units, columns of a summary
PLAIN = {  # what `recurrent_layers` reads of a ModelConfig
    "sizes": (H,),
    "residual": False,
    "layer_norm": False,
    "dropout": 0.0,
    "dropout_recurrent": 0.0,
    "dropout_kind": "variational",
    "init": "uniform",
    "forget_bias": 1.0,
    "chrono_max": 0,
}
NETWORKS = {
    "one layer": PLAIN,
    "two layers": PLAIN
    | {"sizes": (H, H), "residual": True, "layer_norm": True, "dropout": 0.3, "dropout_recurrent": 0.3},
}
LENGTHS = {"full": (1, 1, 1), "unequal": (1, 0.4, 0.8), "one step": (1, 0, 1)}  # shares of T, at least one step


def pair_cases(
    cell: str, seed: int, kinds: Sequence[str] = ("classes", "numbers", "steps", "words")
) -> Iterator[ModelCase]:
    """One registered cell in models of the named kinds: one layer or two, one way or both, every pool, every length."""
    make = {"classes": classifier, "numbers": regressor, "steps": stepwise, "words": labeller}
    number = count()
    for kind in kinds:
        for network, settings in NETWORKS.items():
            for T in TIMES:
                for lengths in LENGTHS if T > 1 else ("full",):
                    k = next(number)  # pools and directions take turns
                    config = SimpleNamespace(cell=cell, **settings)
                    model = make[kind](config, list(POOLS)[k % 3], k % 2 == 1)
                    name = f"T={T}, {kind}: {network}, {'both ways' if k % 2 else 'one way'}, {lengths}"
                    yield pair_case(cell, name, model, random_theta(cell, name, model, seed), T, seed, lengths)


def saved_pair_case(loaded: Any, seed: int) -> ModelCase:
    """The case of a stored model (`storage.model_files.Loaded`): its own architecture and weights, with dropout."""
    T, few, cell = TIMES[-1], as_many_as_fit(loaded), loaded.config.model.cell
    return pair_case(cell, f"T={T}, saved model", loaded.model, saved_theta(loaded), T, seed, one_by_one=few)


def classifier(config: Any, pool: str, both: bool) -> Pooled:
    """Ids -> a class of V; with several layers an embedding, n-grams, class weights and label smoothing too."""
    plain = len(config.sizes) == 1
    layers = {} if plain else {"embedding": Embedding(V, H)}
    layers |= recurrent_layers(config, V if plain else H, plain, "", both)
    loss = Categorical(V) if plain else Categorical(V, tuple(0.5 + k for k in range(V)), 0.1)
    sparse = None if plain else SparseLinear(V, V)
    return Pooled(Stack(layers), pool_named(pool, H, both), Dense(H, V), loss, sparse)


def regressor(config: Any, pool: str, both: bool) -> Pooled:
    """Vectors -> K numbers; with several layers a scale and a summary of the inputs too."""
    plain = len(config.sizes) == 1
    likelihood = LIKELIHOODS["mse" if plain else "gaussian"]
    layers = recurrent_layers(config, H, False, "", both)
    head = Dense(H, likelihood.outputs(K))
    return Pooled(Stack(layers), pool_named(pool, H, both), head, likelihood, dense=0 if plain else S, D=H)


def stepwise(config: Any, pool: str, both: bool) -> Aligned:
    """Vectors -> K numbers at each step."""
    likelihood = LIKELIHOODS["mse" if len(config.sizes) == 1 else "gaussian"]
    layers = recurrent_layers(config, H, False, "", both)
    return Aligned(Stack(layers), Dense(H, likelihood.outputs(K)), likelihood=likelihood, D=H, carries=False)


def labeller(config: Any, pool: str, both: bool) -> Aligned:
    """Words and their characters -> a tag at each step."""
    one = Recurrent(CELLS[config.cell], D, 1)
    words = WordReader(V, H - 2, LETTERS, D, Bidirectional(one, one), CHARACTERS)
    layers = recurrent_layers(config, words.D, False, "", both)
    return Aligned(Stack(layers), Dense(H, V), words=words, carries=False)


def pair_case(
    cell: str,
    name: str,
    model: Pooled | Aligned,
    theta: dict[str, np.ndarray],
    T: int,
    seed: int,
    lengths: str = "unequal",
    one_by_one: int = SOME,
) -> ModelCase:
    """A ModelCase with the parameters `theta` {name: array}, for N random sequences of up to T steps.

    lengths: one of LENGTHS. The last row is filler, unless all are full.
    """
    rng, steps = random_stream(cell, name, seed), np.maximum(np.round(np.array(LENGTHS[lengths]) * T), 1)
    room, below = {"T": T, "G": GRAMS, "W": SPELLINGS}, symbols(model)
    size = tuple(room[each] for each in model.lengths)
    batch: dict[str, Any] = {each: random_part(each, part, below, rng) for each, part in model.batch(size, N).items()}
    mask = np.arange(T)[:, None] < steps
    batch["mask"] = None if mask.all() else mask
    if "weight" in batch and not mask.all():
        batch["weight"][0, -1] = 0
    unreached = read_from_zero(cell, theta, "layer") if T == 1 else ()
    batch_of_all = SimpleNamespace(**batch)
    return ModelCase(cell, name, model, theta, batch_of_all, (size, N), (), Noise(seed, T), one_by_one, unreached)


def symbols(model: Pooled | Aligned) -> dict[str, int]:
    """{name of an array of ids: how many ids there are}."""
    words, sparse = getattr(model, "words", None), getattr(model, "sparse", None)
    first = innermost(next(iter(model.body.layers.values())))
    return {
        "inputs": words.V if words else getattr(first, "V", first.D),
        "targets": model.head.K,
        "spelled": SPELLINGS,
        "characters": words.characters if words else 0,
        "grams": sparse.F if sparse else 0,
    }


def random_part(name: str, part: Part, below: dict[str, int], rng: np.random.Generator) -> np.ndarray:
    """An array of a batch. Numbers to predict are counts, so that every likelihood takes them; one in four is missing.
    Words have two characters or more."""
    shape = part.shape
    if name == "real":
        return present(shape)
    if name == "character_mask":
        return np.arange(shape[0])[:, None] < rng.integers(2, shape[0] + 1, shape[1:])
    if name == "weight":
        return rng.uniform(0.5, 2, shape)
    if np.dtype(part.dtype).kind == "f":
        return counts(shape, rng) if name == "targets" else rng.normal(size=shape)
    return rng.integers(0, below.get(name, 2), shape)
