"""Compressed files, recognised by their first bytes and unpacked within limits. Imports no NumPy."""

import bz2
import gzip
import lzma
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import PurePath
from types import TracebackType
from typing import IO, Any

from ..errors import DataError, ResourceError
from ..phrases import size
from .file_marks import BZIP2, GZIP, XZ

CHUNK = 1 << 20  # bytes read at a time
SPOOL = 32 << 20  # bytes of a pipe kept in memory; a longer one goes to an unnamed temporary file
STREAMS = {GZIP: ("gzip", gzip.open), BZIP2: ("bzip2", bz2.open), XZ: ("xz", lzma.open)}
PACKED = frozenset((".gz", ".bz2", ".xz", ".zip"))  # endings of names that say nothing of what is in a file
DAMAGED = (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError, zipfile.BadZipFile)  # ValueError: a place < 0
MOST = 2 << 30  # bytes that a file may unpack to
FREE, RATIO = 64 << 20, 200  # bytes that any file may unpack to; beyond them, times its own size
HEAD = 16  # bytes that decide


def unpacked_name(name: str) -> str:
    """A file name without the endings of compressed files and archives."""
    while PurePath(name).suffix.lower() in PACKED:
        name = name[: name.rindex(".")]
    return name


def is_hidden(path: str) -> bool:
    """Whether a file in an archive is one that users do not see."""
    return any(part.startswith((".", "__MACOSX")) for part in path.split("/"))


def stream_of(head: bytes) -> tuple[str, Callable[..., IO[bytes]]] | None:
    """(name, how to open it) of the compression that a file with these first bytes has; None for any other file."""
    found = next((STREAMS[mark] for mark in STREAMS if head.startswith(mark)), None)
    return None if found is None or found[0] == "bzip2" and not head[3:4].isdigit() else found


def limit_of(packed: int) -> int:
    """Bytes that a file of `packed` bytes may unpack to."""
    return min(MOST, max(FREE, RATIO * packed))


def head_of(file: IO[bytes], length: int = HEAD) -> bytes:
    """The first bytes of a file, which is at its beginning before and after."""
    head = file.read(length)
    file.seek(0)
    return head


class Damage:
    """A context that turns the errors of a damaged file of some kind into a DataError with its name."""

    def __init__(self, name: str, kind: str):
        self._name, self._kind = name, kind

    def __enter__(self) -> "Damage":
        return self

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> None:
        if isinstance(error, DAMAGED):
            raise DataError(
                f"{self._name}: damaged {self._kind} file ({error})", "download or compress it again"
            ) from None
        if isinstance(error, RuntimeError | NotImplementedError):  # how zipfile refuses passwords and rare methods
            raise DataError(f"{self._name}: {error}", "unpack it, and compress it again without") from None


class Watched:
    """A binary file of `size` bytes that calls `callback(bytes read, size)` about once in CHUNK bytes that are read."""

    def __init__(self, file: IO[bytes], size: int, callback: Callable[[int, int], None] | None):
        self._file, self._size, self._callback = file, size, callback
        self._done = self._told = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def read(self, size: int = -1) -> bytes:
        """The next bytes, as the file has it."""
        data = self._file.read(size)
        self._done += len(data)  # not the place in it: a zip is read from its end
        if self._callback is not None and self._done >= self._told + CHUNK:
            self._told = self._done
            self._callback(min(self._done, self._size), self._size)
        return data


def copied(
    opened: Callable[[], AbstractContextManager[IO[bytes]]],
    name: str,
    kind: str,
    limit: int,
    packed: int,
    stack: ExitStack,
) -> IO[bytes]:
    """A temporary file with the contents of a stream, which is in memory as long as it is small.

    kind: of the compression, for messages; limit: bytes at most; packed: bytes of the file `name`. DataError for a
    damaged stream and for one that is longer, ResourceError where the disk has no room.
    """
    target = stack.enter_context(tempfile.SpooledTemporaryFile(max_size=SPOOL))  # noqa: SIM115 (the stack closes it)
    total = 0
    with Damage(name, kind), opened() as stream:
        while data := stream.read(CHUNK):
            total += len(data)
            check_size(name, total, limit, packed)
            keep(target, data, name)
    target.seek(0)
    return target


def keep(target: IO[bytes], data: bytes, name: str) -> None:
    """Write bytes of the source `name` to a temporary file; ResourceError where the disk has no room."""
    try:
        target.write(data)
    except OSError as error:
        told = f"{name}: no room for a copy in {tempfile.gettempdir()}: {error.strerror or error}"
        raise ResourceError(told, "free some space there, or set TMPDIR to a folder of a larger disk") from None


def check_size(name: str, total: int, limit: int, packed: int) -> None:
    """DataError for a file of `packed` bytes that unpacks to `total` bytes, if those are more than the limit."""
    if total > limit:
        raise DataError(
            f"{name}: {size(packed)} that unpack to more than {size(limit)}",
            f"allowed: {size(MOST)}, and beyond {size(FREE)} up to {RATIO} times the size of the file; unpack it "
            "yourself, and look at it",
        )
