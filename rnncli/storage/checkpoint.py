"""One safetensors file that holds everything a model or a run needs to go on. Nothing is ever pickled.

Tensors are named `theta/layer0.W_x`, `opt/m/layer0.W_x`, `state/1/0`; one metadata key, "rnncli", holds sorted JSON
with the configuration, the encoder, the progress and a SHA-256 of every tensor and of the JSON itself. The same
contents are the same bytes.
"""

import json
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from shlex import quote
from typing import Any

import numpy as np

from ..nn.building import build
from ..config import Config, from_dict
from ..config.values import safe_name
from ..data.text.encoders import encoder_from_dict
from ..errors import ConfigError, ModelFileError, ResourceError
from ..nn.cells import CELLS

FORMAT = 2
KEY = "rnncli"
THETA, AVERAGE, SERIES = "theta/", "opt/average/", "series/"
WRITTEN_BY = "name a run folder or a .safetensors file that `train` wrote"
DAMAGED = "restore the file from a backup, or go on from another checkpoint of its run folder"

LONGEST_NAME, MOST_NAMES = 200, 3       # of stored names of code that an error shows


def write_atomically(path, data):
    """Write the bytes `data` to `path` so that a crash at any moment leaves the old file or the new one, whole.

    Raises ResourceError where the folder cannot be written or is full; nothing half-written stays behind.
    """
    with replacing(path) as temporary:
        temporary.write_bytes(data)


@contextmanager
def replacing(path):
    """The Path of a file to write, which then takes the place of `path`; raises as `write_atomically` does."""
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.unlink(missing_ok=True)
        temporary.touch(exist_ok=False)             # new: a link that somebody put there is not followed
        mode = temporary.stat().st_mode             # as the umask has it; who writes may make a file of its own
        yield temporary
        os.chmod(temporary, mode)
        with open(temporary, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise ResourceError(f"cannot write {path}: {error.strerror or error}",
                            "free space or choose another folder with -o") from error
    finally:
        with suppress(OSError):     # there is none after the replacement, but there is one after a second Ctrl-C
            temporary.unlink()
    _sync(path.parent)


def _sync(folder):
    """Make a new name in `folder` outlast a power cut, where the system can do that for a folder."""
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def save(path, arrays, meta):
    """Write `arrays` {name: array} and the JSON-ready `meta` to `path`, atomically; raises ResourceError."""
    from safetensors import SafetensorError
    from safetensors.numpy import save_file

    arrays = {name: np.ascontiguousarray(array) for name, array in sorted(arrays.items())}
    meta = meta | {"format": FORMAT, "sha256": {name: _digest(name, array) for name, array in arrays.items()}}
    sealed = {KEY: _sealed(meta)}
    with replacing(path) as temporary:
        try:
            save_file(arrays, temporary, sealed)        # from where they lie, without a copy of everything
        except SafetensorError as error:
            raise OSError(_one_line(error)) from error


def load(path):
    """(arrays, meta) of a checkpoint, the arrays read-only.

    Raises ModelFileError where it is missing, truncated, of another program, or a single bit of it is wrong.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load as parse

    data = _read(path)
    try:
        arrays = parse(data)
        header = json.loads(data[8:8 + int.from_bytes(data[:8], "little")])
        text = header.get("__metadata__", {}).get(KEY)
        if text is None:
            raise ModelFileError(f"{path} is a safetensors file, but not a model of rnncli", WRITTEN_BY)
        meta = _opened(text)
    except (SafetensorError, ValueError, KeyError, RecursionError) as error:
        raise ModelFileError(f"{path} is not a whole model file: {_one_line(error)}", DAMAGED) from error
    _verify(path, arrays, meta)
    return arrays, meta


def _read(path):
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise ModelFileError(f"no model at {path}", WRITTEN_BY) from None
    except OSError as error:
        raise ModelFileError(f"cannot read {path}: {error.strerror or error}",
                             "check the name and the permissions") from error


def _verify(path, arrays, meta):
    if meta["format"] != FORMAT:
        raise ModelFileError(f"{path} has format {meta['format']}; this version reads format {FORMAT}",
                             "use the version of rnncli that wrote it")
    for name in sorted(meta["sha256"].keys() | arrays.keys()):
        if name not in arrays or _digest(name, arrays[name]) != meta["sha256"].get(name):
            raise ModelFileError(f"{path} is damaged: tensor {name} does not match its SHA-256", DAMAGED)


def _sealed(meta):
    """The JSON of `meta` with a SHA-256 of itself in it."""
    def text(contents):
        return json.dumps(contents, sort_keys=True, allow_nan=False)     # ASCII: the name of a file may be no text

    return text(meta | {"seal": sha256(text(meta).encode()).hexdigest()})


def _opened(text):
    """The `meta` that `_sealed` made `text` of; raises ValueError where a character of it is not as it was."""
    meta = json.loads(text)
    if not isinstance(meta, dict) or _sealed({key: meta[key] for key in meta if key != "seal"}) != text:
        raise ValueError("its description does not match its SHA-256")
    return meta


def _digest(name, array):
    digest = sha256(f"{name} {array.dtype.str} {array.shape}".encode() + b"\0")
    digest.update(np.ascontiguousarray(array))
    return digest.hexdigest()


def _one_line(error):
    return " ".join(str(error).split())[:120]


def named_arrays(store, prefix, vector):
    """{prefix + full name: view} of every parameter in a flat `vector`."""
    return {prefix + name: array for name, array in store.named(vector).items()}


def fill(store, prefix, vector, arrays, path):
    """Fill the flat `vector` from the tensors of `arrays` whose names begin with `prefix`; errors as `fill_views`."""
    fill_views(named_arrays(store, prefix, vector), prefix, arrays, path)


def fill_views(views, prefix, arrays, path):
    """Fill `views` {name: array}, all with `prefix`, from `arrays`.

    Raises ModelFileError for a tensor that is missing, of another shape or dtype, or has the prefix and no view.
    """
    for name in sorted(views.keys() | {name for name in arrays if name.startswith(prefix)}):
        found, expected = (_kind(source.get(name)) for source in (arrays, views))
        if found != expected:
            raise ModelFileError(f"{path}: {name}: found {found}, expected {expected}",
                                 "the file belongs to another architecture: use the model settings it was made with")
        views[name][...] = arrays[name]


def _kind(array):
    return "no such tensor" if array is None else f"{array.dtype} {array.shape}"


@dataclass(frozen=True)
class Loaded:
    """A trained model, ready to score or to generate. `theta` (size,) float32 in the layout of `store`."""

    path: str
    config: Config
    encoder: Any
    model: Any
    store: Any
    theta: np.ndarray
    progress: dict          # step, epoch, tokens, best_step, best_ and the name of the score; of a checkpoint others
    data: dict              # digest and files of the data it was trained on
    arrays: dict            # tensors of the series it was trained on, by name; empty for a language model
    record: dict | None     # what is to be known of these


def model_path(path):
    """The model file that `path`, a run folder or a file, stands for."""
    path = Path(path)
    return path / "model.safetensors" if path.is_dir() else path


def load_model(path):
    """Loaded from a run folder or a .safetensors file; of a checkpoint, the weights that training evaluates there.

    Raises ModelFileError, and ConfigError for a cell that is not known here.
    """
    if Path(path).is_dir() and not model_path(path).exists():
        raise ModelFileError(f"{path} holds no model.safetensors",
                             f"train one: rnncli train FILE -o {path}, or, once begun, rnncli train --resume {path}")
    path = model_path(path)
    arrays, meta = load(path)
    config, encoder = stored_config(meta, path), encoder_from_dict(meta["encoder"])
    check_cell(config, path)
    model = build(config, encoder.size)
    store = model.store()
    theta = np.zeros(store.size, np.float32)
    averaged = meta["progress"].get("step") and any(name.startswith(AVERAGE) for name in arrays)
    fill(store, AVERAGE if averaged else THETA, theta, arrays, path)
    series = {name: array for name, array in arrays.items() if name.startswith(SERIES)}
    return Loaded(str(path), config, encoder, model, store, theta, meta["progress"], meta["data"], series,
                  meta.get("record"))


def stored_config(meta, path):
    """The Config in the `meta` of the file `path`; raises ModelFileError where this version does not know it."""
    try:
        return from_dict(meta["config"])
    except ConfigError as error:
        raise ModelFileError(f"{path}: {_one_line(error)}", "use the version of rnncli that wrote it") from error


def check_cell(config, path):
    """Raise ConfigError where the cell of the Config stored in the file `path` comes from code that is not loaded.

    The stored names of code are shown and never loaded: a model file must not decide what runs.
    """
    model = config.model
    if model.code and model.cell not in CELLS:
        files = " ".join(f"--code {safe_name(quote(file), LONGEST_NAME)}" for file in model.code[:MOST_NAMES])
        raise ConfigError(f"{path}: unknown cell '{safe_name(model.cell)}'",
                          f"this model was trained with {files}; name the file again with --code, if you trust it")
