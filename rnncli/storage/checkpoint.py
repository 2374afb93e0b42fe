"""One safetensors file with everything that a model or a resumed run needs. Nothing is ever pickled.

Tensors are named `theta/layer0.W_x`, `opt/m/layer0.W_x`, `state/1/0`; one metadata key, "rnncli", holds sorted JSON
with the configuration, the encoder, the progress and a SHA-256 of every tensor and of the JSON itself. Equal contents
give equal bytes.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from ..config.values import safe_name
from ..errors import ModelFileError, ResourceError
from .atomic_files import replacing
from .regular_files import opened_model, size_of
from .tensor_files import Foreign, header_of, read_header, read_tensors, write_tensors

FORMAT, READ = 3, (2, 3)  # the format written; the formats read
THETA, AVERAGE = "theta/", "opt/average/"
WRITTEN_BY = "name a run folder or a .safetensors file that `train` wrote"
DAMAGED = "restore the file from a backup, or continue from another checkpoint of its run folder"


def save(path: str | Path, arrays: Mapping[str, np.ndarray], meta: dict[str, Any]) -> None:
    """Write `arrays` {name: array} and the JSON-ready `meta` to `path`, atomically; raises ResourceError."""
    arrays = {name: np.ascontiguousarray(array) for name, array in sorted(arrays.items())}
    meta = meta | {"format": FORMAT, "sha256": {name: _digest(name, array) for name, array in arrays.items()}}
    header = header_of(arrays, _sealed(meta))
    needed = len(header) + sum(array.nbytes for array in arrays.values())
    with replacing(path, needed=needed) as file:
        file.write(header)
        write_tensors(file, arrays)  # straight from the arrays, without a copy


def load(path: str | Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """(arrays, meta) of a checkpoint, the arrays read-only.

    Raises ModelFileError if it is missing, no regular file, truncated, from another program, or if a single bit of it
    is wrong, and ResourceError if it does not fit into memory.
    """
    with _opening(path) as (file, size):
        return parsed(path, file, size)


@contextmanager
def _opening(path: str | Path) -> Iterator[tuple[BinaryIO, int]]:
    """(open file, its size in bytes); raises as `load` does."""
    try:
        with opened_model(Path(path)) as file:
            yield file, size_of(file)
    except FileNotFoundError:
        raise ModelFileError(f"no model at {path}", WRITTEN_BY) from None
    except (OSError, ValueError) as error:  # ValueError: a name with a zero character
        why = getattr(error, "strerror", None) or error
        raise ModelFileError(f"cannot read {path}: {why}", "check the name and the permissions") from error


def read_meta(path: str | Path) -> dict[str, Any]:
    """The meta of a checkpoint, without its tensors; raises as `load` does."""
    with _opening(path) as (file, size):
        return _described(path, file, size, read_header)[1]


def parsed(path: str | Path, file: BinaryIO, size: int) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """(arrays, meta) of an open file of `size` bytes; `path` is its name in messages. Raises as `load` does."""
    arrays, meta = _described(path, file, size, read_tensors)
    _verify(path, arrays, meta)
    return arrays, meta


def _described(path: str | Path, file: BinaryIO, size: int, read: Callable[..., Any]) -> tuple[Any, dict[str, Any]]:
    """(tensors, meta) of an open file, `read` by one of the functions of `tensor_files`; raises as `load` does."""
    try:
        found, text = read(file, size)
        return found, _opened(text)
    except Foreign:
        raise ModelFileError(f"{path} is a safetensors file, but no rnncli model", WRITTEN_BY) from None
    except ResourceError as error:
        raise ResourceError(f"cannot read {path}: {error}", error.hint) from None
    except (ValueError, RecursionError) as error:
        hint = DAMAGED if Path(path).suffix == ".safetensors" else f"{WRITTEN_BY}; if this is one, {DAMAGED}"
        raise ModelFileError(f"{path} is not a complete model file: {one_line(error)}", hint) from error


def _verify(path: str | Path, arrays: Mapping[str, np.ndarray], meta: dict[str, Any]) -> None:
    found, digests = meta.get("format"), meta.get("sha256")
    if type(found) is not int or found not in READ:
        raise ModelFileError(
            f"{path} has format {safe_name(str(found))}; this version reads {' and '.join(map(str, READ))}",
            "use the version of rnncli that wrote it",
        )
    if not isinstance(digests, dict):
        raise ModelFileError(f"{path} is damaged: it has no SHA-256 of its tensors", DAMAGED)
    for name in sorted(digests.keys() | arrays.keys()):
        if name not in arrays or _digest(name, arrays[name]) != digests.get(name):
            raise ModelFileError(f"{path} is damaged: tensor {safe_name(name)} does not match its SHA-256", DAMAGED)


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
    found = {name: array for name, array in arrays.items() if name.startswith(prefix)}
    check_shapes({name: view.shape for name, view in views.items()}, found, path, _dtypes(views))
    for name, view in views.items():
        view[...] = arrays[name]


def check_shapes(
    shapes: Mapping[str, tuple[int, ...]],
    found: Mapping[str, np.ndarray],
    path: str | Path,
    dtypes: Mapping[str, np.dtype] | None = None,
) -> None:
    """Raise ModelFileError unless `found` {name: array} are arrays of these names and shapes, of these dtypes (None:
    float32)."""
    for name in sorted(shapes.keys() | found.keys()):
        array, shape = found.get(name), shapes.get(name)
        dtype = np.dtype(np.float32) if dtypes is None else dtypes.get(name)
        if array is None or array.shape != shape or array.dtype != dtype:
            raise ModelFileError(
                f"{path}: {safe_name(name)}: found {_kind(array)}, expected "
                f"{'no such tensor' if shape is None else f'{dtype} {shape}'}",
                "the file is of another architecture: use the model settings it was trained with",
            )


def _dtypes(views: Mapping[str, np.ndarray]) -> dict[str, np.dtype]:
    return {name: view.dtype for name, view in views.items()}


def _kind(array: np.ndarray | None) -> str:
    return "no such tensor" if array is None else f"{array.dtype} {array.shape}"
