"""One safetensors file with everything that a model or a resumed run needs. Nothing is ever pickled.

Tensors are named `theta/layer0.W_x`, `opt/m/layer0.W_x`, `state/1/0`; one metadata key, "rnncli", holds sorted JSON
with the configuration, the encoder, the progress and a SHA-256 of every tensor and of the JSON itself. Equal contents
give equal bytes.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ModelFileError
from .atomic_files import replacing
from .header import KEY

FORMAT, READ = 3, (2, 3)  # the format written; the formats read
THETA, AVERAGE = "theta/", "opt/average/"
WRITTEN_BY = "name a run folder or a .safetensors file that `train` wrote"
DAMAGED = "restore the file from a backup, or continue from another checkpoint of its run folder"


def save(path: str | Path, arrays: Mapping[str, np.ndarray], meta: dict[str, Any]) -> None:
    """Write `arrays` {name: array} and the JSON-ready `meta` to `path`, atomically; raises ResourceError."""
    from safetensors import SafetensorError
    from safetensors.numpy import save_file

    arrays = {name: np.ascontiguousarray(array) for name, array in sorted(arrays.items())}
    meta = meta | {"format": FORMAT, "sha256": {name: _digest(name, array) for name, array in arrays.items()}}
    sealed = {KEY: _sealed(meta)}
    with replacing(path) as temporary:
        try:
            save_file(arrays, temporary, sealed)  # straight from the arrays, without a copy
        except SafetensorError as error:
            raise OSError(one_line(error)) from error


def load(path: str | Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """(arrays, meta) of a checkpoint, the arrays read-only.

    Raises ModelFileError if it is missing, truncated, from another program, or if a single bit of it is wrong.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load as parse

    data = _read(path)
    try:
        arrays = parse(data)
        header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
        text = header.get("__metadata__", {}).get(KEY)
        if text is None:
            raise ModelFileError(f"{path} is a safetensors file, but no rnncli model", WRITTEN_BY)
        meta = _opened(text)
    except (SafetensorError, ValueError, KeyError, RecursionError) as error:
        raise ModelFileError(f"{path} is not a complete model file: {one_line(error)}", DAMAGED) from error
    _verify(path, arrays, meta)
    return arrays, meta


def _read(path: str | Path) -> bytes:
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise ModelFileError(f"no model at {path}", WRITTEN_BY) from None
    except OSError as error:
        raise ModelFileError(
            f"cannot read {path}: {error.strerror or error}", "check the name and the permissions"
        ) from error


def _verify(path: str | Path, arrays: Mapping[str, np.ndarray], meta: dict[str, Any]) -> None:
    if meta["format"] not in READ:
        raise ModelFileError(
            f"{path} has format {meta['format']}; this version reads {' and '.join(map(str, READ))}",
            "use the version of rnncli that wrote it",
        )
    for name in sorted(meta["sha256"].keys() | arrays.keys()):
        if name not in arrays or _digest(name, arrays[name]) != meta["sha256"].get(name):
            raise ModelFileError(f"{path} is damaged: tensor {name} does not match its SHA-256", DAMAGED)


def _sealed(meta: dict[str, Any]) -> str:
    """The JSON of `meta` with a SHA-256 of itself."""

    def text(contents: dict[str, Any]) -> str:
        return json.dumps(contents, sort_keys=True, allow_nan=False)  # ASCII: a file name may be invalid Unicode

    return text(meta | {"seal": sha256(text(meta).encode()).hexdigest()})


def _opened(text: str) -> dict[str, Any]:
    """The `meta` that `_sealed` turned into `text`; raises ValueError if a character of it has changed."""
    meta = json.loads(text)
    if not isinstance(meta, dict) or _sealed({key: meta[key] for key in meta if key != "seal"}) != text:
        raise ValueError("its metadata does not match its SHA-256")
    return meta


def _digest(name: str, array: np.ndarray) -> str:
    digest = sha256(f"{name} {array.dtype.str} {array.shape}".encode() + b"\0")
    digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:120]


def named_arrays(store: Any, prefix: str, vector: np.ndarray) -> dict[str, np.ndarray]:
    """{prefix + full name: view} of every parameter in a flat `vector`."""
    return {prefix + name: array for name, array in store.named(vector).items()}


def fill(store: Any, prefix: str, vector: np.ndarray, arrays: Mapping[str, np.ndarray], path: str | Path) -> None:
    """Fill the flat `vector` from the tensors of `arrays` with `prefix` in their names; errors as in `fill_views`."""
    fill_views(named_arrays(store, prefix, vector), prefix, arrays, path)


def fill_views(
    views: Mapping[str, np.ndarray], prefix: str, arrays: Mapping[str, np.ndarray], path: str | Path
) -> None:
    """Fill `views` {name: array}, all with `prefix`, from `arrays`.

    Raises ModelFileError for a tensor that is missing, has another shape or dtype, or has the prefix but no view.
    """
    for name in sorted(views.keys() | {name for name in arrays if name.startswith(prefix)}):
        found, expected = (_kind(source.get(name)) for source in (arrays, views))
        if found != expected:
            raise ModelFileError(
                f"{path}: {name}: found {found}, expected {expected}",
                "the file is of another architecture: use the model settings it was trained with",
            )
        views[name][...] = arrays[name]


def _kind(array: np.ndarray | None) -> str:
    return "no such tensor" if array is None else f"{array.dtype} {array.shape}"
