"""One safetensors file that holds everything a model or a run needs to go on. Nothing is ever pickled.

Tensors are named `theta/layer0.W_x`, `opt/m/layer0.W_x`, `state/1/0`; one metadata key, "rnncli", holds sorted JSON
with the configuration, the encoder, the progress and a SHA-256 of every tensor and of the JSON itself. The same
contents are the same bytes.
"""

import json
from hashlib import sha256
from pathlib import Path

import numpy as np

from ..errors import ModelFileError
from .atomic_files import replacing

FORMAT, READ = 3, (2, 3)  # written; read
KEY = "rnncli"
THETA, AVERAGE = "theta/", "opt/average/"
WRITTEN_BY = "name a run folder or a .safetensors file that `train` wrote"
DAMAGED = "restore the file from a backup, or go on from another checkpoint of its run folder"


def save(path, arrays, meta):
    """Write `arrays` {name: array} and the JSON-ready `meta` to `path`, atomically; raises ResourceError."""
    from safetensors import SafetensorError
    from safetensors.numpy import save_file

    arrays = {name: np.ascontiguousarray(array) for name, array in sorted(arrays.items())}
    meta = meta | {"format": FORMAT, "sha256": {name: _digest(name, array) for name, array in arrays.items()}}
    sealed = {KEY: _sealed(meta)}
    with replacing(path) as temporary:
        try:
            save_file(arrays, temporary, sealed)  # from where they lie, without a copy of everything
        except SafetensorError as error:
            raise OSError(one_line(error)) from error


def load(path):
    """(arrays, meta) of a checkpoint, the arrays read-only.

    Raises ModelFileError where it is missing, truncated, of another program, or a single bit of it is wrong.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load as parse

    data = _read(path)
    try:
        arrays = parse(data)
        header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
        text = header.get("__metadata__", {}).get(KEY)
        if text is None:
            raise ModelFileError(f"{path} is a safetensors file, but not a model of rnncli", WRITTEN_BY)
        meta = _opened(text)
    except (SafetensorError, ValueError, KeyError, RecursionError) as error:
        raise ModelFileError(f"{path} is not a whole model file: {one_line(error)}", DAMAGED) from error
    _verify(path, arrays, meta)
    return arrays, meta


def _read(path):
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise ModelFileError(f"no model at {path}", WRITTEN_BY) from None
    except OSError as error:
        raise ModelFileError(
            f"cannot read {path}: {error.strerror or error}", "check the name and the permissions"
        ) from error


def _verify(path, arrays, meta):
    if meta["format"] not in READ:
        raise ModelFileError(
            f"{path} has format {meta['format']}; this version reads {' and '.join(map(str, READ))}",
            "use the version of rnncli that wrote it",
        )
    for name in sorted(meta["sha256"].keys() | arrays.keys()):
        if name not in arrays or _digest(name, arrays[name]) != meta["sha256"].get(name):
            raise ModelFileError(f"{path} is damaged: tensor {name} does not match its SHA-256", DAMAGED)


def _sealed(meta):
    """The JSON of `meta` with a SHA-256 of itself in it."""

    def text(contents):
        return json.dumps(contents, sort_keys=True, allow_nan=False)  # ASCII: the name of a file may be no text

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


def one_line(error):
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
            raise ModelFileError(
                f"{path}: {name}: found {found}, expected {expected}",
                "the file belongs to another architecture: use the model settings it was made with",
            )
        views[name][...] = arrays[name]


def _kind(array):
    return "no such tensor" if array is None else f"{array.dtype} {array.shape}"
