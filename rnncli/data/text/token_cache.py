"""Storage of tokens: in memory, or in a memory-mapped file that a later run with the same data finds again.

Both storages have the same methods, so that their callers need only one path: `recall` reads the result of an earlier
run, `tokens` and `scratch` open a writer, `keep` publishes its contents.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import ResourceError
from ...resources import cache_folder
from . import cache_entries
from .cache_entries import PART, RECORD, TOKENS

CACHE_ABOVE = 32 << 20  # bytes of data above which tokens go to a file
FORMAT = 2  # of the cache and of the cutting into tokens; files with another number are ignored
IN_MEMORY = 1 << 23  # numbers of an array that stays in memory: 64 MB
DIGEST = "sha256"


class Damaged(Exception):
    """Cached tokens that are not as they were written; they are made again."""


class MemoryStorage:
    """Tokens in memory; nothing is stored for later runs."""

    place = None

    def recall(self) -> None:
        """None: there is no earlier run."""
        return None

    @contextmanager
    def tokens(self, dtype: Any) -> Iterator[Any]:
        """A writer of tokens."""
        yield _MemoryWriter(dtype)

    scratch = tokens

    def keep(self, writer: Any, record: dict[str, Any]) -> None:
        """Nothing to publish."""


class _MemoryWriter:
    def __init__(self, dtype):
        self._parts, self._dtype, self.length = [], dtype, 0

    def append(self, tokens):
        self._parts.append(tokens.astype(self._dtype))
        self.length += len(tokens)

    def finish(self):
        """All tokens, (L,)."""
        return np.concatenate(self._parts) if self._parts else np.empty(0, self._dtype)


class FileStorage:
    """Tokens in `folder`/`key`.tokens and a record in `key`.record, which is written last: no record, no tokens.

    The record begins with a digest of itself, and holds the key and a digest of the tokens: what anything but this
    module has changed is not believed. A file gets its name only when it is complete and on disk, so a killed run
    leaves at most a partial file under another name, which is never read and which a later run removes.
    """

    def __init__(self, folder: str | Path, key: str):
        self.place, self._key = Path(folder), key
        self._tokens, self._record = self.place / f"{key}{TOKENS}", self.place / f"{key}{RECORD}"

    def recall(self) -> tuple[np.ndarray, dict[str, Any]] | None:
        """(tokens (L,) read-only, record), or None if there are none. Raises Damaged if they are not as written."""
        try:
            with cache_entries.opened(self._record) as file:
                record = _read(file.read())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Damaged from error
        if record.get("format") != FORMAT:
            return None
        try:
            found = self._checked(record)
        except (OSError, ValueError) as error:
            raise Damaged from error
        cache_entries.touch(self._record)
        return found, record

    def _checked(self, record):
        """The tokens of a record. Raises Damaged or OSError if they are not those that were written."""
        dtype, length = np.dtype(record["dtype"]), record["length"]
        with cache_entries.opened(self._tokens) as file:
            whole = os.fstat(file.fileno()).st_size == dtype.itemsize * length and record["key"] == self._key
            if not whole or hashlib.file_digest(file, DIGEST).hexdigest() != record["tokens"]:
                raise Damaged
            return _mapped(file, dtype, length)

    @contextmanager
    def tokens(self, dtype: Any) -> Iterator[Any]:
        """A writer of tokens for `keep` to publish; without `keep` they are removed."""
        cache_entries.sweep(self.place)
        with self._partial(self._tokens) as file:
            yield _FileWriter(file, dtype, self.place)

    @contextmanager
    def scratch(self, dtype: Any) -> Iterator[Any]:
        """A writer to a file without a name, which vanishes with the process, however that ends."""
        file = self._opened(lambda: tempfile.TemporaryFile(dir=self.place))  # noqa: SIM115 (closed below)
        try:
            yield _FileWriter(file, dtype, self.place)
        finally:
            _close(file)

    def keep(self, writer: Any, record: dict[str, Any]) -> None:
        """Publish the tokens of `writer` with `record` (JSON data), both for `recall`, and prune the cache."""
        sizes = {"dtype": str(writer.dtype), "length": writer.length, "tokens": writer.digest()}
        record = {**record, **sizes, "format": FORMAT, "key": self._key}
        with self._partial(self._record) as file, _writing(self.place):
            file.write(_written(record))
            _to_disk(file)
            os.replace(writer.file.name, self._tokens)
            os.replace(file.name, self._record)
            cache_entries.prune(self.place, self._key)

    @contextmanager
    def _partial(self, final):
        path = final.with_name(f"{final.name}.{os.getpid()}{PART}")
        file = self._opened(lambda: cache_entries.created(path))
        try:
            yield file
        finally:
            _close(file)
            path.unlink(missing_ok=True)  # by now it has its final name, or is useless

    def _opened(self, opener):
        with _writing(self.place):
            self.place.mkdir(mode=0o700, parents=True, exist_ok=True)
            return opener()


class _FileWriter:
    def __init__(self, file, dtype, place):
        self.file, self.dtype, self.length, self._place = file, np.dtype(dtype), 0, place
        self._hash = hashlib.new(DIGEST)

    def append(self, tokens):
        data = np.ascontiguousarray(tokens, self.dtype).data
        with _writing(self._place):
            self.file.write(data)
        self._hash.update(data)
        self.length += len(tokens)

    def digest(self):
        """The digest of all tokens, in hexadecimal."""
        return self._hash.hexdigest()

    def finish(self):
        """All tokens, (L,), read-only and mapped: they stay readable after the file loses its name."""
        with _writing(self._place):
            _to_disk(self.file)
            return _mapped(self.file, self.dtype, self.length)


def _written(record):
    """The bytes of a record: a digest of the rest on a line, then JSON."""
    body = json.dumps(record, sort_keys=True).encode()
    return hashlib.new(DIGEST, body).hexdigest().encode() + b"\n" + body


def _read(data):
    """The record of `_written`. Raises Damaged for other bytes."""
    digest, _, body = data.partition(b"\n")
    if hashlib.new(DIGEST, body).hexdigest().encode() != digest:
        raise Damaged
    return json.loads(body)


def roomy(length: int) -> np.ndarray:
    """(length,) float64, not set; a long array lies in a file without a name, whose pages the system can take back."""
    if length <= IN_MEMORY:
        return np.empty(length)
    folder, _ = cache_entries.usable(cache_folder())
    with _writing(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            _reserve(file, 8 * length)
            return np.asarray(np.memmap(file, np.float64, "r+", shape=(length,)))


def _reserve(file, size):
    """Give a file its place on disk: a page of a mapped file that finds none kills the process."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file.fileno(), 0, size)
        return
    for start in range(0, size, IN_MEMORY):
        file.write(bytes(min(IN_MEMORY, size - start)))


def _mapped(file, dtype, length):
    # A plain array over the mapping: np.memmap runs Python at every slice.
    return np.asarray(np.memmap(file, dtype, "r", shape=(length,))) if length else np.empty(0, dtype)


def _to_disk(file):
    file.flush()
    os.fsync(file.fileno())


def _close(file):
    with suppress(OSError):  # the data is on disk already; on a full disk closing fails a second time
        file.close()


@contextmanager
def _writing(folder):
    """Turn an error of the system about the cache into a ResourceError."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ResourceError(
            f"{error.filename or folder}: the token cache cannot be written: {reason}",
            "set RNNCLI_CACHE to a folder with about as much free space as the data takes",
        ) from None
