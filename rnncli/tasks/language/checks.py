"""The gradient-check cases of language models: whole models of every kind, with every cell."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from ...config import ModelConfig
from ...gradcheck.cases import TIMES, N, V, padding
from ...gradcheck.models import ModelCase, as_many_as_fit, model_case, random_stream, random_theta, saved_theta
from ...nn.aligned import Aligned
from .model import build_model

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


def cases(cell: str, seed: int) -> Iterator[ModelCase]:
    """One registered cell in language models of two layers."""
    for name, settings in MODELS.items():
        model = build_model(ModelConfig(cell=cell, num_layers=2, **settings), V)
        theta = random_theta(cell, name, model, seed)
        for T in TIMES:
            yield text_case(cell, f"T={T}, model: {name}", model, theta, V, T, seed)


def shared_cases(seed: int) -> Iterable[ModelCase]:
    """None: the parts of a language model are layers, heads and losses, which have their own cases."""
    return ()


def saved_case(loaded: Any, seed: int) -> ModelCase:
    """The case of a stored language model: its own architecture, vocabulary and weights, with dropout if it has any.

    loaded: a `storage.model_files.Loaded`.
    """
    T, few = TIMES[-1], as_many_as_fit(loaded)
    theta, symbols = saved_theta(loaded), loaded.encoder.size
    return text_case(loaded.config.model.cell, f"T={T}, saved model", loaded.model, theta, symbols, T, seed, few)


def text_case(
    cell: str, name: str, model: Aligned, theta: dict[str, np.ndarray], symbols: int, T: int, seed: int, *few: int
) -> ModelCase:
    """A ModelCase with the parameters `theta` {name: array}, random ids (T, N) below `symbols`, and padding."""
    rng = random_stream(cell, name, seed)
    inputs, targets = rng.integers(0, symbols, (2, T, N))
    batch = {"inputs": inputs, "targets": targets, "mask": padding(T)}
    return model_case(cell, name, model, theta, batch, T, seed, rng, *few)
