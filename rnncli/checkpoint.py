"""One safetensors file that holds everything a model or a run needs to go on. Nothing is ever pickled.

Tensors are named `theta/layer0.W_x`, `opt/m/layer0.W_x`, `state/1/0`; one metadata key, "rnncli", holds sorted JSON with
the configuration, the encoder, the progress and a SHA-256 of every tensor and of the JSON itself. The same contents
are the same bytes.
"""

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from .build import build_model
from .config import Config, from_dict
from .data.encoders import encoder_from_dict
from .errors import ModelFileError, ResourceError

FORMAT = 1
KEY = "rnncli"
DAMAGED = "restore the file from a backup, or go on from another checkpoint of its run folder"


def write_atomically(path, data):
    """Write the bytes `data` to `path` so that a crash at any moment leaves the old file or the new one, whole.

    Raises ResourceError where the folder cannot be written or is full; nothing half-written stays behind.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise ResourceError(f"cannot write {path}: {error.strerror}", "free space or choose another folder with -o")


def save(path, arrays, meta):
    """Write `arrays` {name: array} and the JSON-ready `meta` to `path`, atomically."""
    from safetensors.numpy import save as serialise

    arrays = {name: np.ascontiguousarray(array) for name, array in sorted(arrays.items())}
    meta = meta | {"format": FORMAT, "sha256": {name: _digest(name, array) for name, array in arrays.items()}}
    write_atomically(path, serialise(arrays, {KEY: _sealed(meta)}))


def load(path):
    """(arrays, meta) of a checkpoint; raises ModelFileError where it is missing, truncated or a single bit is wrong."""
    from safetensors import SafetensorError
    from safetensors.numpy import load as parse

    data = _read(path)
    try:
        arrays = parse(data)
        size = int.from_bytes(data[:8], "little")
        text = json.loads(data[8:8 + size])["__metadata__"][KEY]
        meta = json.loads(text)
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise ModelFileError(f"{path} is not a whole checkpoint: {_one_line(error)}", DAMAGED) from error
    _verify(path, arrays, meta, text)
    return arrays, meta


def _read(path):
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise ModelFileError(f"no model at {path}", "name a run folder or a .safetensors file that `train` wrote")
    except OSError as error:
        raise ModelFileError(f"cannot read {path}: {error.strerror}", "check the name and the permissions")


def _verify(path, arrays, meta, text):
    if not isinstance(meta, dict) or _sealed({k: v for k, v in meta.items() if k != "seal"}) != text:
        raise ModelFileError(f"{path} is damaged: its description does not match its SHA-256", DAMAGED)
    if meta["format"] != FORMAT:
        raise ModelFileError(f"{path} has format {meta['format']}; this version reads format {FORMAT}",
                             "use the version of rnncli that wrote it")
    for name in sorted(meta["sha256"].keys() | arrays.keys()):
        if name not in arrays or _digest(name, arrays[name]) != meta["sha256"].get(name):
            raise ModelFileError(f"{path} is damaged: tensor {name} does not match its SHA-256", DAMAGED)


def _sealed(meta):
    """The JSON of `meta` with a SHA-256 of itself in it."""
    def text(contents):
        return json.dumps(contents, sort_keys=True, ensure_ascii=False, allow_nan=False)

    return text(meta | {"seal": sha256(text(meta).encode()).hexdigest()})


def _digest(name, array):
    head = f"{name} {array.dtype.str} {array.shape}".encode()
    return sha256(head + b"\0" + np.ascontiguousarray(array).tobytes()).hexdigest()


def _one_line(error):
    return " ".join(str(error).split())[:120]


def named_arrays(store, prefix, vector):
    """{prefix + full name: view} of every parameter in a flat `vector`."""
    return {prefix + name: array for name, array in store.named(vector).items()}


def fill(store, prefix, vector, arrays, path):
    """Fill the flat `vector` from `arrays`; raises ModelFileError for a tensor that is missing or of another shape."""
    for name, view in named_arrays(store, prefix, vector).items():
        found = arrays.get(name)
        if found is None or found.shape != view.shape or found.dtype != view.dtype:
            what = "no such tensor" if found is None else f"{found.dtype} {found.shape}"
            raise ModelFileError(f"{path}: {name}: found {what}, expected {view.dtype} {view.shape}",
                                 "the file belongs to another architecture")
        view[...] = found


@dataclass(frozen=True)
class Loaded:
    """A trained model, ready to score or to generate. `theta` (size,) float32 in the layout of `store`."""

    path: str
    config: Config
    encoder: Any
    model: Any
    store: Any
    theta: np.ndarray
    progress: dict          # step, epoch, best_step, best_nats_per_char
    data: dict              # digest and files of the corpus it was trained on


def model_path(path):
    """The model file that `path`, a run folder or a file, stands for."""
    path = Path(path)
    return path / "model.safetensors" if path.is_dir() else path


def load_model(path):
    """Loaded from a run folder or a .safetensors file; raises ModelFileError."""
    if Path(path).is_dir() and not model_path(path).exists():
        raise ModelFileError(f"{path} holds no model.safetensors", "train a model there: rnncli train FILE -o FOLDER")
    path = model_path(path)
    arrays, meta = load(path)
    config, encoder = from_dict(meta["config"]), encoder_from_dict(meta["encoder"])
    model = build_model(config.model, encoder.size)
    store = model.store()
    theta = np.zeros(store.size, np.float32)
    fill(store, "theta/", theta, arrays, path)
    return Loaded(str(path), config, encoder, model, store, theta, meta["progress"], meta["data"])
