"""Trained models as commands use them: from a run folder or a file to weights, model and encoder."""

from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Any

import numpy as np

from ..config import Config, Draft, stored_draft
from ..config.values import safe_name
from ..errors import ConfigError, ModelFileError
from ..nn.cells import CELLS
from ..tasks.registry import TASKS
from .checkpoint import AVERAGE, THETA, fill, load, one_line
from .header import model_path

LONGEST_NAME, MOST_NAMES = 200, 3  # of stored names of code that an error shows
OF_TRAINING = ("theta/", "opt/", "state/")


@dataclass(frozen=True)
class Loaded:
    """A trained model, ready to score or to generate. `theta` (size,) float32 in the layout of `store`."""

    path: str
    config: Config
    encoder: Any
    model: Any
    store: Any
    theta: np.ndarray
    progress: dict  # step, epoch, tokens, best_step, best_ and the name of the score; of a checkpoint others
    data: dict  # digest and files of the data it was trained on
    arrays: dict  # tensors that the task keeps beside the weights, by name
    record: dict | None  # what is to be known of these


def load_model(path):
    """Loaded from a run folder or a .safetensors file; of a checkpoint, the weights that training evaluates there.

    Raises ModelFileError, and ConfigError for a cell that is not known here.
    """
    if Path(path).is_dir() and not model_path(path).exists():
        raise ModelFileError(
            f"{path} holds no model.safetensors",
            f"train one: rnncli train FILE -o {path}, or, once begun, rnncli train --resume {path}",
        )
    path = model_path(path)
    arrays, meta = load(path)
    config = stored_settings(meta, path).freeze()
    check_cell(config, path)
    task = TASKS[config.task].load()
    encoder = task.encoder_from_dict(meta["encoder"])
    model = task.build(config, encoder.size)
    store = model.store()
    theta = np.zeros(store.size, np.float32)
    averaged = meta["progress"].get("step") and any(name.startswith(AVERAGE) for name in arrays)
    fill(store, AVERAGE if averaged else THETA, theta, arrays, path)
    extra = {name: array for name, array in arrays.items() if not name.startswith(OF_TRAINING)}
    return Loaded(
        str(path), config, encoder, model, store, theta, meta["progress"], meta["data"], extra, meta.get("record")
    )


def stored_settings(meta: dict[str, Any], path: Any) -> Draft:
    """The Draft in the `meta` of the file `path`; raises ModelFileError where this version does not know it."""
    try:
        return stored_draft(meta["config"])
    except (ConfigError, LookupError) as error:
        raise ModelFileError(f"{path}: {one_line(error)}", "use the version of rnncli that wrote it") from error


def check_cell(config, path):
    """Raise ConfigError where the cell of the Config stored in the file `path` comes from code that is not loaded.

    The stored names of code are shown and never loaded: a model file must not decide what runs.
    """
    model = config.model
    if model.code and model.cell not in CELLS:
        files = " ".join(f"--code {safe_name(quote(file), LONGEST_NAME)}" for file in model.code[:MOST_NAMES])
        raise ConfigError(
            f"{path}: unknown cell '{safe_name(model.cell)}'",
            f"this model was trained with {files}; name the file again with --code, if you trust it",
        )
