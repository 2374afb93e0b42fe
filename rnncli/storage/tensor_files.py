"""The safetensors format: the length of a header, the header as JSON, and the bytes of the tensors.

    u64 length | {"__metadata__": {KEY: text}, name: {"dtype", "shape", "data_offsets"}, ...} | tensors, without gaps

Written as the library writes it, byte for byte, but straight from the arrays into an open file, which the caller makes
durable. Read with the limits that a file of ours keeps, before anything is allocated.
"""

import json
from collections.abc import Iterable, Mapping
from math import prod
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from ..nn.free_memory import refuse_beyond_memory
from .header import KEY, LARGEST, MOST_TENSORS, count_of_tensors

DTYPES = {  # in the order of the library, which stores wide ones first
    "U64": "<u8",
    "I64": "<i8",
    "F64": "<f8",
    "F32": "<f4",
    "U32": "<u4",
    "I32": "<i4",
    "F16": "<f2",
    "U16": "<u2",
    "I16": "<i2",
    "I8": "|i1",
    "U8": "|u1",
    "BOOL": "|b1",
}
CODES = {code: name for name, code in DTYPES.items()}
RANK = {name: number for number, name in enumerate(DTYPES)}
ALIGNMENT = 8  # bytes of which the header is a multiple
MOST_AXES = 8


class Foreign(Exception):
    """A safetensors file of another program."""


class Tensor(NamedTuple):
    """The place of a tensor in a file."""

    dtype: np.dtype
    shape: tuple[int, ...]
    begin: int  # in the bytes after the header
    end: int


def write_tensors(file: BinaryIO, arrays: Mapping[str, np.ndarray]) -> None:
    """Write `arrays` {name: C-contiguous array} after their header; no array is copied. Raises OSError."""
    for name in stored_order(arrays):
        file.write(arrays[name].reshape(-1).view(np.uint8).data)


def header_of(arrays: Mapping[str, np.ndarray], text: str) -> bytes:
    """The length and the header of a file of `arrays`, with `text` as its metadata."""
    entries: dict[str, Any] = {"__metadata__": {KEY: text}}
    begin = 0
    for name in stored_order(arrays):
        array = arrays[name]
        entries[name] = {
            "dtype": CODES[array.dtype.str],
            "shape": list(array.shape),
            "data_offsets": [begin, begin + array.nbytes],
        }
        begin += array.nbytes
    header = json.dumps(entries, ensure_ascii=False, separators=(",", ":")).encode()
    header += b" " * (-len(header) % ALIGNMENT)
    return len(header).to_bytes(8, "little") + header


def stored_order(arrays: Mapping[str, np.ndarray]) -> list[str]:
    """The names of the arrays in the order of the file: wide numbers first, then by name."""
    return sorted(arrays, key=lambda name: (RANK[CODES[arrays[name].dtype.str]], name.encode()))


def read_tensors(file: BinaryIO, size: int) -> tuple[dict[str, np.ndarray], str]:
    """({name: array, read-only}, the text in the metadata) of an open file of `size` bytes.

    Raises ValueError for a file that is not whole or not of this format, Foreign for one of another program,
    ResourceError if its tensors do not fit into memory, and OSError.
    """
    tensors, text = read_header(file, size)
    total = size - file.tell()
    refuse_beyond_memory("its tensors", total, "close other programs, or use a machine with more memory")
    data = np.empty(total, np.uint8)
    if file.readinto(data.data) != total or file.read(1):  # pyright: ignore[reportAttributeAccessIssue]
        raise ValueError("its size changed while it was read")
    data.flags.writeable = False
    arrays = {name: data[each.begin : each.end].view(each.dtype).reshape(each.shape) for name, each in tensors.items()}
    return arrays, text


def read_header(file: BinaryIO, size: int) -> tuple[dict[str, Tensor], str]:
    """({name: Tensor}, the text in the metadata) of a file, read up to its tensors; raises as `read_tensors`."""
    length = int.from_bytes(file.read(8), "little")
    if size < 8 or not 2 <= length <= size - 8:
        raise ValueError(f"it has {size:,} bytes, and its header would have {length:,}")
    if length > LARGEST:
        raise ValueError(f"its header has {length:,} bytes; at most {LARGEST:,} are read")
    header = file.read(length)
    if (count := count_of_tensors(header)) > MOST_TENSORS:
        raise ValueError(f"it has {count:,} tensors; at most {MOST_TENSORS:,} are read")
    entries = json.loads(header, object_pairs_hook=_without_doubles)
    if not isinstance(entries, dict):
        raise ValueError("its header is not a JSON object")
    metadata = entries.pop("__metadata__", None)
    tensors = {name: _tensor(name, entry) for name, entry in entries.items()}
    _check_places(tensors.values(), size - 8 - length)
    text = metadata.get(KEY) if isinstance(metadata, dict) else None
    if not isinstance(text, str):
        raise Foreign
    return tensors, text


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("its header names a tensor twice")
    return found


def _tensor(name: str, entry: Any) -> Tensor:
    """The Tensor of an entry of the header; raises ValueError for one that is malformed."""
    if not name.isprintable() or not isinstance(entry, dict) or entry.keys() != {"dtype", "shape", "data_offsets"}:
        raise ValueError("an entry of its header is not that of a tensor")
    code, shape, places = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(code, str) or code not in DTYPES:
        raise ValueError("a tensor has a type of numbers that no model has")
    if not (_are_sizes(shape) and _are_sizes(places)) or len(places) != 2 or len(shape) > MOST_AXES:
        raise ValueError("a tensor has no valid shape or place")
    dtype, (begin, end) = np.dtype(DTYPES[code]), places
    if prod(shape) * dtype.itemsize != end - begin:
        raise ValueError("a tensor has more or fewer bytes than its shape says")
    return Tensor(dtype, tuple(shape), begin, end)


def _are_sizes(values: Any) -> bool:
    return isinstance(values, list) and all(type(each) is int and 0 <= each < 2**62 for each in values)


def _check_places(tensors: Iterable[Tensor], total: int) -> None:
    """Raise ValueError unless the tensors fill the `total` bytes after the header, without gaps and overlaps."""
    end = 0
    for each in sorted(tensors, key=lambda each: (each.begin, each.end)):
        if each.begin != end:
            raise ValueError("its tensors do not follow one another")
        end = each.end
    if end != total:
        raise ValueError(f"its tensors need {end:,} bytes, and it has {total:,} of them")
