"""Trained models for the commands: weights, model and encoder from a run folder or a file."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from ..config import Config
from ..errors import ModelFileError, shell_name
from .checkpoint import AVERAGE, THETA, fill, load
from .description import described
from .header import model_path


@dataclass(frozen=True)
class Loaded:
    """A trained model, ready to score or to generate. `theta`: (size,) float32 in the layout of `store`."""

    path: str
    config: Config
    encoder: Any
    model: Any
    store: Any
    theta: np.ndarray
    progress: dict  # step, epoch, tokens, best_step and best_SCORE; in a checkpoint the whole progress
    data: dict  # digest and files of the training data
    arrays: dict  # tensors that the task stores besides the weights, by name
    record: dict | None  # the task's metadata of these tensors
    trusted: bool = False  # whether the user trusts the paths of data that it names
    note: Callable[[str], None] | None = None  # called with a line on where its data are read from

    def noting(self, note: Callable[[str], None]) -> "Loaded":
        """The same, with `note` for each line once, however often its data are read."""
        return replace(self, note=cache(note))


def load_model(path: str | Path, trusted: bool = False) -> Loaded:
    """Loaded from a run folder or a .safetensors file; from a checkpoint, the weights that training evaluates.

    trusted: whether to follow the paths of data that it names, wherever it comes from. Raises ModelFileError,
    ResourceError for one that memory does not hold, and ConfigError for a cell that this command has not loaded.
    """
    if Path(path).is_dir() and not model_path(path).exists():
        name = shell_name(path)
        raise ModelFileError(
            f"{path} holds no model.safetensors",
            f"train one: rnncli train FILE -o {name}, or resume the run: rnncli train --resume {name}",
        )
    path = model_path(path)
    arrays, meta = load(path)
    found = described(path, arrays, meta)
    theta = np.zeros(found.store.size, np.float32)
    averaged = meta["progress"].get("step") and any(name.startswith(AVERAGE) for name in arrays)
    fill(found.store, AVERAGE if averaged else THETA, theta, arrays, path)
    return Loaded(
        path=str(path),
        config=found.draft.freeze(),
        encoder=found.encoder,
        model=found.model,
        store=found.store,
        theta=theta,
        progress=meta["progress"],
        data=meta["data"],
        arrays=found.extra,
        record=found.record,
        trusted=trusted,
    )
