"""Files, folders and standard input, read chunk by chunk as bytes or as clean text."""

import codecs
import hashlib
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import IO

from ..errors import ConfigError, DataError
from ..phrases import counted
from ..resources import near_name
from .file_marks import kind_of

CHUNK = 1 << 20  # bytes read at a time: limits the memory for a file of any size
HEAD = 16  # bytes that tell what a file is
SPOOL = 32 << 20  # bytes of a pipe kept in memory; a longer one goes to an unnamed temporary file
MARKS = (  # byte order marks, a longer one before its own beginning
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Source:
    """The bytes of one document, which can be read from the start any number of times."""

    name: str  # as the user wrote it, for messages
    size: int  # bytes according to the system, until `fingerprint` has counted them
    path: Path | None = None
    spool: IO[bytes] | None = None  # a seekable binary file with the contents of a pipe
    listed: bool = False  # found in a folder, not named by the user

    @property
    def title(self) -> str:
        """The name without folders."""
        return "standard input" if self.name == "-" else Path(self.name).name

    def open(self) -> AbstractContextManager[IO[bytes]]:
        """A context with the binary file, at its beginning."""
        if self.path is not None:
            return self.path.open("rb")
        assert self.spool is not None  # a source has a path or a spool
        self.spool.seek(0)
        return nullcontext(self.spool)


@contextmanager
def open_sources(files: Sequence[str]) -> Iterator[tuple[Source, ...]]:
    """A tuple of the sources named by files, folders and `-`, in the given order.

    A folder stands for all files below it, sorted, without hidden ones. Pipes are read to their end here and dropped at
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
        return [_spooled(sys.stdin.buffer, name, stack)]
    path = Path(name)
    with _reading(name):
        found = path.stat()
    mode = found.st_mode
    if stat.S_ISDIR(mode):
        return _below(path)
    if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
        raise DataError(
            f"{name}: this is a device, not a text file", "name a text file, a folder, or `-` for standard input"
        )
    if not stat.S_ISREG(mode):
        with _reading(name), path.open("rb") as pipe:
            return [_spooled(pipe, name, stack)]
    return [Source(name, found.st_size, path)]


def _spooled(pipe, name, stack):
    spool = tempfile.SpooledTemporaryFile(max_size=SPOOL)  # noqa: SIM115 (the stack closes it)
    stack.enter_context(spool)
    with _reading(name):
        shutil.copyfileobj(pipe, spool, CHUNK)
    return Source(name, spool.tell(), spool=spool)


def _below(folder):
    found = []
    with _reading(str(folder)):
        for root, folders, files in os.walk(folder, onerror=_raise):
            folders[:] = [name for name in folders if not name.startswith(".")]
            found += [Path(root, name) for name in files if not name.startswith(".")]
        sources = [
            Source(str(path), path.stat().st_size, path, listed=True) for path in sorted(found) if path.is_file()
        ]
    if not sources:
        raise DataError(
            f"{folder}: the folder has no files", "hidden files and folders are ignored; name another folder"
        )
    return sources


def _raise(error):
    raise error


@contextmanager
def _reading(name):
    """Turn an error of the system about a file into a DataError."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        meant = near_name(str(error.filename or name)) if isinstance(error, FileNotFoundError) else None
        raise DataError(
            f"{error.filename or name}: {reason}",
            (f"did you mean {meant}? If not, " if meant else "")
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
    with _reading(source.name), source.open() as file:
        while data := file.read(chunk):
            meter.add(len(data))
            yield data


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
        done, head = 0, b""
        for data in chain(self.bytes(source), (b"",)):
            done += len(data)
            head = head or data[:HEAD]
            try:
                yield decoder.decode(data, final=not data), not data
            except UnicodeError as error:
                raise _undecodable(error, done, head, source.name, encoding) from None

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


class Undecodable(DataError):
    """A text that is not in its encoding; the hint is for a command that takes --encoding and --tokens."""


def _undecodable(error, done, head, name, encoding):
    """The error for a decoding error after `done` bytes had been read; `head` holds the first of them."""
    if kind := kind_of(head):
        return DataError(f"{name}: {kind}, not a text", "unpack it, or save the text in it as a file of its own")
    marked = next((known for mark, known in MARKS if head.startswith(mark)), None)
    if marked and marked != encoding:
        hint = f"the file begins with the byte order mark of {marked.upper()}: use --encoding {marked}"
    elif encoding == "utf-8":
        hint = "name its encoding, as in --encoding latin-1, or read it as bytes with --tokens byte"
    else:
        hint = "name another encoding, as in --encoding utf-8, or read it as bytes with --tokens byte"
    if not isinstance(error, UnicodeDecodeError):
        return Undecodable(f"{name}: not {encoding.upper()}: {error}", hint)
    # The decoder puts bytes left over from earlier chunks before this one: error.object ends at the bytes read last.
    offset = done - len(error.object) + error.start
    return Undecodable(
        f"{name}: byte 0x{error.object[error.start]:02x} at offset {offset} is not {encoding.upper()} ({error.reason})",
        hint,
    )
