"""What is inspected: a model, its parameters and a batch."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from ..nn.aligned import Aligned
from ..nn.building import recurrent_layers
from ..nn.compose import Stack
from ..nn.dense import Dense
from ..nn.likelihoods import LIKELIHOODS
from ..nn.model import Model, Size
from ..random_streams import stream


@dataclass(frozen=True)
class Subject:
    """A model at one place of its parameters, with a batch of N rows. A whole pass over it is `watching.watch`."""

    label: str  # its name beside others: "runs/novel, trained", "lstm, orthogonal"
    model: Model
    theta: np.ndarray  # (size,) float64, in the layout of `model.store()`
    batch: Mapping[str, np.ndarray | None]  # as `model.loss` reads it
    size: Size
    N: int

    @property
    def arrays(self) -> SimpleNamespace:
        """The batch in the form of `model.loss`."""
        return SimpleNamespace(**self.batch)


def subject_of(label: str, model: Model, theta: np.ndarray, batch: Any, rows: int | None = None) -> Subject:
    """The Subject of a `nn.model.Batch`, of its first `rows` rows where that is given; theta of any real dtype."""
    arrays, N = dict(batch.arrays), len(batch.fresh)
    parts = model.batch(batch.size, N)
    kept = min(rows or N, N)
    cut = {
        name: array if array is None or parts[name].rows is None else array.take(range(kept), axis=parts[name].rows)
        for name, array in arrays.items()
        if name in parts
    }
    return Subject(label, model, theta.astype("f8"), cut, batch.size, kept)


def noise_subject(label: str, config: Any, steps: int, rows: int, seed: int, D: int = 1) -> Subject:
    """A fresh network that reads normal noise of as many columns as its first layer has units, and predicts the next.

    config: a ModelConfig; the loss is the squared error. Raises as `recurrent_layers` does.
    """

    layers = recurrent_layers(config, D, False, "give all layers one size")
    likelihood = LIKELIHOODS["mse"]
    model = Aligned(Stack(layers), Dense(config.sizes[-1], likelihood.outputs(D)), likelihood=likelihood, D=D)
    rng, store = stream(seed, "inspect noise"), model.store()
    theta = np.zeros(store.size)
    store.initialise(theta, seed)
    x = rng.normal(size=(steps + 1, rows, D))
    batch = dict.fromkeys(model.batch((steps,), rows)) | {"inputs": x[:-1], "targets": x[1:]}
    return Subject(label, model, theta, batch, (steps,), rows)


def renamed(subject: Subject, label: str) -> Subject:
    """The same Subject under another name."""
    return replace(subject, label=label)
