"""Trained models for the commands: weights, model and encoder from a run folder or a file."""

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

LONGEST_NAME, MOST_NAMES = 200, 3  # most characters of a name of stored code, and most names, in an error
OF_TRAINING = ("theta/", "opt/", "state/")


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


def load_model(path: str | Path) -> Loaded:
    """Loaded from a run folder or a .safetensors file; from a checkpoint, the weights that training evaluates.

    Raises ModelFileError, and ConfigError for an unknown cell.
    """
    if Path(path).is_dir() and not model_path(path).exists():
        raise ModelFileError(
            f"{path} holds no model.safetensors",
            f"train one: rnncli train FILE -o {path}, or resume the run: rnncli train --resume {path}",
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
        path=str(path),
        config=config,
        encoder=encoder,
        model=model,
        store=store,
        theta=theta,
        progress=meta["progress"],
        data=meta["data"],
        arrays=extra,
        record=meta.get("record"),
    )


def stored_settings(meta: dict[str, Any], path: Any) -> Draft:
    """The Draft in the `meta` of the file `path`; raises ModelFileError if this version cannot read it."""
    try:
        return stored_draft(meta["config"])
    except (ConfigError, LookupError) as error:
        raise ModelFileError(f"{path}: {one_line(error)}", "use the version of rnncli that wrote it") from error


def check_cell(config: Config, path: str | Path) -> None:
    """Raise ConfigError if the cell of the Config in the file `path` comes from code that is not loaded.

    Stored names of code are printed and never loaded: a model file must not decide which code runs.
    """
    model = config.model
    if model.code and model.cell not in CELLS:
        files = " ".join(f"--code {safe_name(quote(file), LONGEST_NAME)}" for file in model.code[:MOST_NAMES])
        raise ConfigError(
            f"{path}: unknown cell '{safe_name(model.cell)}'",
            f"the model was trained with {files}; if you trust that file, add --code again",
        )
