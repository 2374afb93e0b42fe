"""The cases of `gradcheck` for models that write a sequence."""

from collections.abc import Iterator, Sequence
from itertools import count
from types import SimpleNamespace
from typing import Any

import numpy as np

from ..nn.attention import Additive, Dot
from ..nn.bridge import Bridge
from ..nn.building import recurrent_layers
from ..nn.categorical import Categorical
from ..nn.compose import Stack
from ..nn.dense import Dense
from ..nn.encoder_decoder import EncoderDecoder, Features, Reader
from ..nn.tokens import Embedding
from ..random_streams import Noise
from .cases import SOME, D, V, innermost
from .models import ModelCase, as_many_as_fit, random_stream, random_theta, read_from_zero, saved_theta
from .pair_models import LENGTHS, NETWORKS, H, random_part
from .parts import scores_of_one

F, WRITTEN, N = 3, 6, 4  # features, symbols of the target, rows
SIZES = ((1, 3), (5, 1), (4, 4))  # steps of the source and of the target
SHARP = 3  # times larger scores
ATTENDING = {"dot": Dot(H, H), "additive": Additive(H, H, 5), "no attention": None}
FED = {"fed once": False, "fed at each step": True}


def text_cases(cell: str, seed: int, kinds: Sequence[str] = ("reader", "features")) -> Iterator[ModelCase]:
    """One registered cell in models with sources of the named kinds: one layer or two, every length, every attention,
    every way of feeding features."""
    make = {"reader": reading, "features": featured}
    for kind in kinds:
        number = count()
        for network, settings in NETWORKS.items():
            for T, U in SIZES:
                for lengths in LENGTHS:
                    how, model = make[kind](SimpleNamespace(cell=cell, **settings), next(number))
                    size = (T, U) if kind == "reader" else (U,)
                    steps = f"T={T}, U={U}" if kind == "reader" else f"U={U}"
                    name = f"{steps}, {kind}: {network}, {how}, {lengths}"
                    yield text_case(cell, name, model, sharp_theta(cell, name, model, seed), size, seed, lengths)


def sharp_theta(cell: str, name: str, model: EncoderDecoder, seed: int) -> dict[str, np.ndarray]:
    """Random parameters, those of the scores of attention large: its weights would else be nearly equal, and the
    gradients through them differences of nearly equal numbers."""
    theta = random_theta(cell, name, model, seed)
    for score in ("W", "W_q", "W_k", "v"):
        if f"attention.{score}" in theta:
            theta[f"attention.{score}"] *= SHARP
    return theta


def saved_text_case(loaded: Any, seed: int) -> ModelCase:
    """The case of a stored model (`storage.model_files.Loaded`): its own architecture and weights, with dropout."""
    model, cell, few = loaded.model, loaded.config.model.cell, as_many_as_fit(loaded)
    size = SIZES[-1][-len(model.lengths) :]
    return text_case(cell, f"U={size[-1]}, saved model", model, saved_theta(loaded), size, seed, one_by_one=few)


def reading(config: Any, number: int) -> tuple[str, EncoderDecoder]:
    """(description, model) of ids to symbols; kinds of attention and directions take turns. With several layers the
    source has an embedding."""
    attending, both, plain = list(ATTENDING)[(number + number // 3) % 3], number % 2 == 1, len(config.sizes) == 1
    layers = {} if plain else {"embedding": Embedding(V, H)}
    layers |= recurrent_layers(config, V if plain else H, plain, "", both)
    model = _writing(config, Reader(Stack(layers)), 0, ATTENDING[attending])
    return f"{'both ways' if both else 'one way'}, {attending}", model


def featured(config: Any, number: int) -> tuple[str, EncoderDecoder]:
    """(description, model) of features to symbols; the ways of feeding them take turns."""
    how = list(FED)[(number + number // 3) % 2]
    writer = Stack(recurrent_layers(config, D + F * FED[how], False, ""))
    return how, _writing(config, Features(Bridge.into(writer, F), F, FED[how]), F * FED[how], None)


def _writing(config, source, joined, attention):
    E = D if len(config.sizes) == 1 or joined else H  # a residual layer has as many columns as its input
    body = Stack(recurrent_layers(config, E + joined, False, ""))
    return EncoderDecoder(source, Embedding(WRITTEN, E), body, Dense(H, WRITTEN), attention, Categorical(WRITTEN))


def text_case(
    cell: str,
    name: str,
    model: EncoderDecoder,
    theta: dict[str, np.ndarray],
    size: tuple[int, ...],
    seed: int,
    lengths: str = "unequal",
    one_by_one: int = SOME,
) -> ModelCase:
    """A ModelCase with the parameters `theta` {name: array}, for N random examples of up to `size` steps.

    lengths: one of LENGTHS. The last row is filler, unless all are full.
    """
    rng, full = random_stream(cell, name, seed), lengths == "full"
    below = {"source": read_symbols(model), "inputs": model.embedding.V, "targets": model.head.K}
    batch: dict[str, Any] = {each: random_part(each, part, below, rng) for each, part in model.batch(size, N).items()}
    for mask, steps in zip(("mask", "source_mask"), reversed(size)):
        shares = np.resize(LENGTHS[lengths], N)
        batch[mask] = None if full else np.arange(steps)[:, None] < np.maximum(np.round(shares * steps), 1)
    if not full:
        batch["mask"][:, -1] = False
    one_step = len(size) > 1 and size[0] == 1  # to read, from a state of zeros; the writer starts with what was read
    unreached = (*read_from_zero(cell, theta, "reader"), *scores_of_one(1, theta, "attention.")) if one_step else ()
    batch_of_all, noise = SimpleNamespace(**batch), Noise(seed, *size)
    return ModelCase(cell, name, model, theta, batch_of_all, (size, N), (), noise, one_by_one, unreached)


def read_symbols(model: EncoderDecoder) -> int:
    """How many symbols the source of a model has; 0 for features."""
    if isinstance(model.source, Features):
        return 0
    first = innermost(next(iter(model.source.body.layers.values())))
    return getattr(first, "V", first.D)
