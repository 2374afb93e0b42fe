"""Storage of tokens: in memory, or in a memory-mapped file that a later run with the same data finds again.

Both storages have the same methods, so that their callers need only one path: `recall` reads the result of an earlier
run, `tokens` and `scratch` open a writer, `keep` publishes its contents.
"""

import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import ResourceError

CACHE_ABOVE = 32 << 20  # bytes of data above which tokens go to a file
ABANDONED = 3600  # seconds without a write after which a partial file is left over from a killed run
FORMAT = 1  # of the cache; files with another number are ignored


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
    """Tokens in `folder`/`key`.tokens and a record in `key`.json, which is written last: no record, no tokens.

    A file gets its name only when it is complete and on disk, so a killed run leaves at most a partial file under
    another name, which is never read and which a later run removes.
    """

    def __init__(self, folder: str | Path, key: str):
        self.place = Path(folder)
        self._tokens, self._record = self.place / f"{key}.tokens", self.place / f"{key}.json"

    def recall(self) -> tuple[np.ndarray, dict[str, Any]] | None:
        """(tokens (L,) read-only, record), or None without a complete pair of the right size."""
        try:
            record = json.loads(self._record.read_bytes())
            dtype, length = np.dtype(record["dtype"]), record["length"]
            if record["format"] != FORMAT or self._tokens.stat().st_size != dtype.itemsize * length:
                return None
            return _mapped(self._tokens, dtype, length), record
        except (OSError, ValueError, KeyError, TypeError):
            return None

    @contextmanager
    def tokens(self, dtype: Any) -> Iterator[Any]:
        """A writer of tokens for `keep` to publish; without `keep` they are removed."""
        self._sweep()
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
        """Publish the tokens of `writer` with `record` (JSON data), both for `recall`."""
        record = {**record, "format": FORMAT, "dtype": str(writer.dtype), "length": writer.length}
        with self._partial(self._record) as file, _writing(self.place):
            file.write(json.dumps(record, sort_keys=True).encode())
            _to_disk(file)
            os.replace(writer.file.name, self._tokens)
            os.replace(file.name, self._record)

    @contextmanager
    def _partial(self, final):
        path = final.with_name(f"{final.name}.{os.getpid()}.part")
        file = self._opened(lambda: path.open("w+b"))
        try:
            yield file
        finally:
            _close(file)
            path.unlink(missing_ok=True)  # by now it has its final name, or is useless

    def _opened(self, opener):
        with _writing(self.place):
            self.place.mkdir(mode=0o700, parents=True, exist_ok=True)
            return opener()

    def _sweep(self):
        for path in self.place.glob("*.part"):
            with suppress(OSError):
                if time.time() - path.stat().st_mtime > ABANDONED:
                    path.unlink()


class _FileWriter:
    def __init__(self, file, dtype, place):
        self.file, self.dtype, self.length, self._place = file, np.dtype(dtype), 0, place

    def append(self, tokens):
        with _writing(self._place):
            self.file.write(np.ascontiguousarray(tokens, self.dtype).data)
        self.length += len(tokens)

    def finish(self):
        """All tokens, (L,), read-only and mapped: they stay readable after the file loses its name."""
        with _writing(self._place):
            _to_disk(self.file)
            return _mapped(self.file, self.dtype, self.length)


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
