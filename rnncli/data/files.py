"""Files, folders and standard input, read a chunk at a time as bytes or as clean text."""

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

CHUNK = 1 << 20  # bytes read at a time: bounds the memory, whatever the size of the file
SPOOL = 32 << 20  # a pipe is kept in memory up to here, in an unnamed temporary file above
MARKS = (  # byte order marks, the longer before the shorter that begins it
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Source:
    """One document's bytes, which can be read from the start as often as needed."""

    name: str  # as the user wrote it, for messages
    size: int  # bytes, as the system says until `fingerprint` has counted them
    path: Path | None = None
    spool: IO[bytes] | None = None  # a seekable binary file, for what can be read only once
    listed: bool = False  # found in a folder, not named

    @property
    def title(self) -> str:
        """The name without its folders."""
        return "standard input" if self.name == "-" else Path(self.name).name

    def open(self) -> AbstractContextManager[IO[bytes]]:
        """A context with the binary file at its beginning."""
        if self.path is not None:
            return self.path.open("rb")
        assert self.spool is not None  # one of both is there
        self.spool.seek(0)
        return nullcontext(self.spool)


@contextmanager
def open_sources(files: Sequence[str]) -> Iterator[tuple[Source, ...]]:
    """The sources that names of files, folders and `-` stand for, in the given order, as a tuple.

    A folder stands for all files below it, sorted, hidden ones left out. Pipes are read to their end here and
    forgotten when the context ends. DataError for what is missing, forbidden, or no text.
    """
    if not files:
        raise ConfigError("data.files: no file is named", "name a text file, a folder, or `-` for standard input")
    with ExitStack() as stack:
        yield tuple(source for name in files for source in _sources(str(name), stack))


def _sources(name, stack):
    if name == "-":
        if sys.stdin is None:
            raise DataError("standard input is closed", "pipe a text in, or name a file")
        return [_spooled(sys.stdin.buffer, name, stack)]
    path = Path(name)
    with _reading(name):
        found = path.stat()
    mode = found.st_mode
    if stat.S_ISDIR(mode):
        return _below(path)
    if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
        raise DataError(f"{name}: a device, not a text file", "name a text file, a folder, or `-` for standard input")
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
        raise DataError(f"{folder}: the folder holds no files", "hidden files and folders are left out")
    return sources


def _raise(error):
    raise error


@contextmanager
def _reading(name):
    """Turn what the system says of a file into a DataError."""
    try:
        yield
    except OSError as error:
        what = (error.strerror or str(error)).lower()
        raise DataError(
            f"{error.filename or name}: {what}", "check the name and that you may read it; `-` is standard input"
        ) from None


class Meter:
    """Bytes done of a total that is known beforehand, told to `callback(done, total)` as they are read."""

    def __init__(self, callback: Callable[[int, int], None] | None, total: int):
        self._callback, self._total, self._done = callback, total, 0

    def add(self, count: int) -> None:
        self._done = min(self._done + count, self._total)
        if self._callback is not None:
            self._callback(self._done, self._total)

    def finish(self) -> None:
        self.add(self._total)


def fingerprint(sources: Iterable[Source], meter: Meter, chunk: int = CHUNK) -> list[tuple[Source, str]]:
    """[(source with its size as read, SHA-256 of its bytes in hexadecimal)]. DataError if the system refuses."""
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
    """One pass over sources. Counts what it changed, for `notes`."""

    def __init__(self, encoding: str, meter: Meter, chunk: int = CHUNK):
        self._encoding, self._meter, self._chunk = encoding, meter, chunk
        self._marks = self._crlf = self._cr = self._nul = self._characters = 0

    def bytes(self, source: Source) -> Iterator[bytes]:
        """Yield the bytes of `source` as they are. DataError if they are not as many as the fingerprint found."""
        size = 0
        for data in _raw(source, self._meter, self._chunk):
            size += len(data)
            yield data
        if size != source.size:
            raise DataError(
                f"{source.name}: changed while it was being read, from {source.size:,} to {size:,} bytes",
                "start again when nothing writes to it",
            )

    def text(self, source: Source) -> Iterator[str]:
        """Yield the text of `source` without byte order mark, CRLF and lone CR read as LF.

        No piece ends within a code point or between CR and LF. DataError with the offset of a byte that cannot be
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
        """Yield (text, whether it is the last) of `source`, strictly decoded."""
        encoding = checked_encoding(self._encoding)
        decoder = codecs.getincrementaldecoder(encoding)()
        done, head = 0, b""
        for data in chain(self.bytes(source), (b"",)):
            done += len(data)
            head = head or data[:4]
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
        """What was changed or looks odd, a sentence each."""
        notes = []
        if self._marks:
            notes.append(f"byte order mark removed ({counted(self._marks, 'file')})")
        if self._crlf:
            notes.append(f"{self._crlf:,} CRLF read as LF")
        if self._cr:
            notes.append(f"{self._cr:,} lone CR read as LF")
        if self._nul:
            many = self._nul * 4 > self._characters
            odd = "; is it UTF-16? then use --encoding utf-16-le or utf-16-be" if many else ""
            notes.append(f"{counted(self._nul, 'NUL character')} kept{odd}")
        return tuple(notes)


def checked_encoding(encoding: str) -> str:
    """The canonical name of a text encoding. ConfigError for another name."""
    try:
        " ".encode(encoding)  # refuses rot13, hex and the like; an empty text would not
        return codecs.lookup(encoding).name
    except (LookupError, UnicodeError, ValueError):
        raise ConfigError(
            f"data.encoding: {encoding!r} is not a text encoding",
            "use a name that Python knows: utf-8, utf-16, latin-1, cp1251, ...",
        ) from None


def _undecodable(error, done, head, name, encoding):
    """The DataError for a decoding error met when `done` bytes had been read; `head` holds the first ones."""
    marked = next((known for mark, known in MARKS if head.startswith(mark)), None)
    if marked and marked != encoding:
        hint = f"the file begins with the mark of {marked.upper()}: use --encoding {marked}"
    elif encoding == "utf-8":
        hint = "name its encoding, as in --encoding latin-1, or read it as bytes with --level byte"
    else:
        hint = "name another encoding, as in --encoding utf-8, or read it as bytes with --level byte"
    if not isinstance(error, UnicodeDecodeError):
        return DataError(f"{name}: not {encoding.upper()}: {error}", hint)
    # The decoder puts bytes held back from earlier chunks before this one: error.object ends where reading has got to.
    offset = done - len(error.object) + error.start
    return DataError(
        f"{name}: byte 0x{error.object[error.start]:02x} at offset {offset} is not {encoding.upper()} ({error.reason})",
        hint,
    )
