"""Files, folders and standard input, read chunk by chunk as bytes or as clean text."""

import codecs
import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import IO, cast

from ..errors import ConfigError, DataError, shell_name
from ..phrases import counted
from ..resources import near_name
from .decoding_errors import HEAD, MARKS, Undecodable, refuse_escapes, refuse_halves, refuse_utf16, undecodable
from .folders import files_below
from .packed import CHUNK, SPOOL, keep

__all__ = ["CHUNK", "MARKS", "Meter", "Reader", "Source", "Undecodable", "checked_encoding", "fingerprint"]
__all__ += ["open_sources", "reading"]
STANDARD_INPUT = "standard input"


@dataclass(frozen=True)
class Source:
    """The bytes of one document, which can be read from the start any number of times."""

    name: str  # as the user wrote it, for messages
    size: int  # bytes according to the system, until `fingerprint` has counted them
    path: Path | None = None
    spool: IO[bytes] | None = None  # a seekable binary file with the contents of a pipe
    listed: bool = False  # found in a folder, not named by the user
    begin: int | None = None  # where it begins in a spool that has more, None for all of the spool

    @property
    def title(self) -> str:
        """The name without folders."""
        return STANDARD_INPUT if self.name == "-" else Path(self.name).name

    def open(self) -> AbstractContextManager[IO[bytes]]:
        """A context with the binary file, at its beginning."""
        if self.path is not None:
            return self.path.open("rb")
        assert self.spool is not None  # a source has a path or a spool
        self.spool.seek(self.begin or 0)
        whole = self.begin is None
        return nullcontext(self.spool if whole else cast(IO[bytes], Part(self.spool, self.size)))


class Part:
    """The next `size` bytes of a binary file, to be read once."""

    def __init__(self, file: IO[bytes], size: int):
        self._file, self._left = file, size

    def read(self, size: int = -1) -> bytes:
        """The next bytes, `size` at most; all that are left if it is negative."""
        data = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        return data


@contextmanager
def open_sources(files: Sequence[str]) -> Iterator[tuple[Source, ...]]:
    """A tuple of the sources named by files, folders and `-`, in the given order.

    A folder stands for the `files_below` it. Pipes are read to their end here and dropped at
    the end of the context. DataError for a path that is missing, forbidden, or neither file nor folder.
    """
    if not files:
        raise ConfigError("data.files: no file given", "name a text file, a folder, or `-` for standard input")
    with ExitStack() as stack:
        yield tuple(source for name in files for source in _sources(str(name), stack))


def _sources(name, stack):
    if name == "-":
        if sys.stdin is None:
            raise DataError("standard input is closed", "pipe a text into the command, or name a file")
        _refuse_endless(sys.stdin.buffer)
        return [_spooled(sys.stdin.buffer, name, stack)]
    path = Path(name)
    with reading(name):
        found = path.stat()
    mode = found.st_mode
    if stat.S_ISDIR(mode):
        return _below(path)
    if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
        raise DataError(
            f"{name}: this is a device, not a text file", "name a text file, a folder, or `-` for standard input"
        )
    if not stat.S_ISREG(mode):
        with reading(name), path.open("rb") as pipe:
            return [_spooled(pipe, name, stack)]
    return [Source(name, found.st_size, path)]


def _refuse_endless(stream):
    """DataError for standard input from a device that never ends; a terminal and the null device do."""
    try:
        found = os.fstat(stream.fileno())
    except (OSError, ValueError):  # no file, as in a test
        return
    if stat.S_ISCHR(found.st_mode) and not stream.isatty() and found.st_rdev != os.stat(os.devnull).st_rdev:
        raise DataError("standard input is a device, not a text", "pipe a text into the command, or name a file")


def _spooled(pipe, name, stack):
    spool = tempfile.SpooledTemporaryFile(max_size=SPOOL)  # noqa: SIM115 (the stack closes it)
    stack.enter_context(spool)
    with reading(name):
        while data := pipe.read(CHUNK):
            keep(spool, data, STANDARD_INPUT if name == "-" else name)
    return Source(name, spool.tell(), spool=spool)


def _below(folder):
    with reading(str(folder)):
        sources = [Source(str(path), path.stat().st_size, path, listed=True) for path in files_below(folder)]
    if not sources:
        raise DataError(
            f"{folder}: the folder has no files",
            "hidden files and folders are ignored, and so are run folders; name another folder",
        )
    return sources


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turn an error of the system about a file into a DataError."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        meant = near_name(str(error.filename or name)) if isinstance(error, FileNotFoundError) else None
        raise DataError(
            f"{error.filename or name}: {reason}",
            (f"did you mean {shell_name(meant)}? If not, " if meant else "")
            + "check the name and your permission to read it; `-` is standard input",
        ) from None


class Meter:
    """Counts bytes up to a known total, and reports them to `callback(done, total)`."""

    def __init__(self, callback: Callable[[int, int], None] | None, total: int):
        self._callback, self._total, self._done = callback, total, 0

    def add(self, count: int) -> None:
        """Count so many more bytes."""
        self._done = min(self._done + count, self._total)
        if self._callback is not None:
            self._callback(self._done, self._total)

    def finish(self) -> None:
        """Report the total as done."""
        self.add(self._total)


def fingerprint(sources: Iterable[Source], meter: Meter, chunk: int = CHUNK) -> list[tuple[Source, str]]:
    """[(source with its size as read, SHA-256 of its bytes in hexadecimal)]. DataError if one cannot be read."""
    prints = []
    for source in sources:
        size, sha = 0, hashlib.sha256()
        for data in _raw(source, meter, chunk):
            sha.update(data)
            size += len(data)
        prints.append((replace(source, size=size), sha.hexdigest()))
    return prints


def _raw(source, meter, chunk):
    with reading(source.name), source.open() as file:
        while data := file.read(chunk):
            meter.add(len(data))
            yield data


def _head(source):
    with reading(source.name), source.open() as file:
        return file.read(HEAD)


class Reader:
    """One pass over sources. Counts its changes to the text, for `notes`."""

    def __init__(self, encoding: str, meter: Meter, chunk: int = CHUNK):
        self._encoding, self._meter, self._chunk = encoding, meter, chunk
        self._marks = self._crlf = self._cr = self._nul = self._characters = 0

    def bytes(self, source: Source) -> Iterator[bytes]:
        """Yield the bytes of `source` unchanged. DataError if their number differs from that of the fingerprint."""
        size = 0
        for data in _raw(source, self._meter, self._chunk):
            size += len(data)
            yield data
        if size != source.size:
            raise DataError(
                f"{source.name}: changed while it was being read, from {source.size:,} to {size:,} bytes",
                "start again once no other program writes to it",
            )

    def text(self, source: Source) -> Iterator[str]:
        """Yield the text of `source` without byte order mark, with CRLF and lone CR replaced by LF.

        No piece ends within a code point or between CR and LF. DataError, with the offset, for a byte that cannot be
        decoded.
        """
        held, first = "", True
        for text, last in self._decoded(source):
            if first and text:
                first = False
                if text[0] == "\ufeff":
                    self._marks += 1
                    text = text[1:]
            text, held = held + text, ""
            if text.endswith("\r") and not last:
                text, held = text[:-1], "\r"
            if text:
                yield self._clean(text)

    def _decoded(self, source):
        """Yield (text, whether it is the last piece) of `source`, strictly decoded."""
        encoding = checked_encoding(self._encoding)
        decoder = codecs.getincrementaldecoder(encoding)()
        done, head, foreign = 0, _head(source), False
        if encoding == "utf-8":
            refuse_utf16(head, source.name)
        for data in chain(self.bytes(source), (b"",)):
            done += len(data)
            if encoding == "utf-8":
                refuse_escapes(data, source.name)
            try:
                text = decoder.decode(data, final=not data)
            except UnicodeError as error:
                raise undecodable(error, done, head, source.name, encoding, foreign) from None
            if not text.isascii():
                foreign = True
                refuse_halves(text, source.name, encoding)
            yield text, not data

    def _clean(self, text):
        returns = text.count("\r")
        if returns:
            pairs = text.count("\r\n")
            self._crlf += pairs
            self._cr += returns - pairs
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        self._nul += text.count("\0")
        self._characters += len(text)
        return text

    def notes(self) -> tuple[str, ...]:
        """One sentence for each change to the text and each oddity."""
        notes = []
        if self._marks:
            notes.append(f"byte order mark removed ({counted(self._marks, 'file')})")
        if self._crlf:
            notes.append(f"{self._crlf:,} CRLF read as LF")
        if self._cr:
            notes.append(f"{self._cr:,} lone CR read as LF")
        if self._nul:
            many = self._nul * 4 > self._characters
            odd = "; if this is UTF-16, use --encoding utf-16-le or utf-16-be" if many else ""
            notes.append(f"{counted(self._nul, 'NUL character')} kept{odd}")
        return tuple(notes)


def checked_encoding(encoding: str) -> str:
    """The canonical name of a text encoding. ConfigError for an unknown one."""
    try:
        " ".encode(encoding)  # refuses rot13, hex and the like; an empty text would not
        return codecs.lookup(encoding).name
    except (LookupError, UnicodeError, ValueError):
        raise ConfigError(
            f"data.encoding: {encoding!r} is not a text encoding",
            "use one that Python knows: utf-8, utf-16, latin-1, cp1251, ...",
        ) from None
