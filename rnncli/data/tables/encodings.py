"""The encoding of a text file, and what a pass over its bytes tells before any cell is read. Imports no NumPy."""

import codecs
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from ...errors import DataError
from ...phrases import counted
from ..files import CHUNK, MARKS, checked_encoding
from .encoding_guess import guessed_encodings, utf16_of

BOM = codecs.BOM_UTF8
HEAD = 1 << 12  # bytes that tell UTF-16
GUESSED = 4 << 20  # bytes from the first on that is not UTF-8, whose words tell the encoding
TRIED = 3  # encodings
BREAKS = b"\n\r;,\t |"  # between words of a table
LONGEST = 32 << 20  # characters of a line, at most: a longer one is no row of a table


@dataclass(frozen=True)
class TextFile:
    """A text in a seekable binary file."""

    file: IO[bytes]
    encoding: str
    bom: bool  # begins with a byte order mark
    crlf: bool  # its first line ends with CRLF
    lines: int  # at most
    size: int  # bytes
    guessed: bool = False
    notes: tuple[str, ...] = ()

    @contextmanager
    def open(self) -> Iterator[io.TextIOWrapper]:
        """The text from its beginning, CRLF and lone CR read as LF; the file stays open."""
        self.file.seek(0)
        text = io.TextIOWrapper(self.file, self.encoding, newline=None)
        try:
            yield text
        finally:
            if not self.file.closed:  # as it is where a signal ended the reading
                text.detach()


def surveyed(file: IO[bytes], name: str, encoding: str = "utf-8", in_rows: bool = True) -> TextFile:
    """The TextFile of a binary file, all of whose bytes are looked at.

    A byte order mark decides over `encoding`. What is not UTF-8, and has no character that only UTF-8 explains, is read
    in the encoding that makes the best words of it, with a note. DataError, with line and offset, for a byte that
    cannot be decoded, for a file without text, for NUL characters and, if its lines are rows, for one of more than 32
    Mi characters. ConfigError for an unknown encoding.
    """
    encoding, notes = checked_encoding(encoding), ()
    longest = LONGEST if in_rows else sys.maxsize
    file.seek(0)
    head = file.read(HEAD)
    marked = next((known for mark, known in MARKS if head.startswith(mark)), None)
    bom = marked is not None or head.startswith(BOM)
    usual = encoding == "utf-8"
    if usual and not bom and (unmarked := utf16_of(head)):
        encoding, notes = unmarked, (f"read as {unmarked}; for another encoding: --encoding",)
    else:
        encoding = marked if marked and usual else "utf-8-sig" if usual else encoding
    try:
        lines, crlf = _pass(file, name, encoding, marked, longest)
    except _NotUtf8 as error:
        encoding, lines, crlf = _guessed(file, name, error, longest)
        notes = (f"not UTF-8 in line {error.line:,}: read as {encoding}; for another encoding: --encoding",)
    return TextFile(file, encoding, bom, crlf, lines, file.tell(), bool(notes), notes)


def _guessed(file, name, error, longest):
    """(encoding, lines, whether they end with CRLF) of a file that is not UTF-8: its DataError if none can read it."""
    file.seek(error.at)
    for encoding in guessed_encodings(file.read(GUESSED))[:TRIED]:
        try:
            return encoding, *_pass(file, name, encoding, None, longest)
        except DataError:
            continue
    raise error.told from None


class _NotUtf8(Exception):
    """Bytes that are not UTF-8, nor plainly damaged UTF-8, from the one `at` an offset on."""

    def __init__(self, told, line, at):
        super().__init__(str(told))
        self.told, self.line, self.at = told, line, at


def _pass(file, name, encoding, marked, longest):
    """(lines, whether they end with CRLF)."""
    decoder = codecs.getincrementaldecoder(encoding)()
    newlines = io.IncrementalNewlineDecoder(decoder, translate=True)
    lines, done, run, nuls, first_nul, filled, foreign = 1, 0, 0, 0, 0, False, False
    file.seek(0)
    while True:
        data = file.read(CHUNK)
        done += len(data)
        try:
            text = newlines.decode(data, final=not data)
        except UnicodeError as error:
            raise _undecodable(error, name, encoding, done, lines, marked, foreign) from None
        foreign = foreign or not text.isascii()
        filled = filled or bool(text) and not text.isspace() and text != "\ufeff"
        if "\0" in text:
            first_nul = first_nul or lines + text.count("\n", 0, text.index("\0"))
            nuls += text.count("\0")
        last = text.rfind("\n")
        run = run + len(text) if last < 0 else len(text) - last - 1
        lines += text.count("\n")
        if run > longest:
            raise DataError(
                f"{name}:{lines}: a line of more than {longest:,} characters; no row of a table is as long",
                "write each row on a line of its own; to train a text generator: --task language",
            )
        if not data:
            break
    if not filled:
        raise DataError(f"{name}: the file is empty", "add a header, such as unique_id,ds,y, and data rows")
    if nuls:
        raise DataError(
            f"{name}:{first_nul}: {counted(nuls, 'NUL character')} from here on",
            "if the file is UTF-16, use --encoding utf-16-le or utf-16-be; otherwise it is damaged",
        )
    seen = newlines.newlines
    return lines, seen == "\r\n" or isinstance(seen, tuple) and "\r\n" in seen


def _undecodable(error, name, encoding, done, lines, marked, foreign):
    """The error for bytes that are not in an encoding: _NotUtf8 where they may be in the usual one of Windows."""
    shown = encoding.removesuffix("-sig").upper()
    if not isinstance(error, UnicodeDecodeError):
        return DataError(f"{name}: not {shown}: {error}", "name another encoding, as in --encoding utf-8")
    at = done - len(error.object) + error.start
    before = error.object[: error.start].decode(encoding, "replace").replace("\r\n", "\n").replace("\r", "\n")
    line = lines + before.count("\n")
    hint = marked or ("latin-1" if shown == "UTF-8" else "utf-8")
    told = DataError(
        f"{name}:{line}: byte 0x{error.object[error.start]:02x} at offset {at} is not {shown} ({error.reason})",
        f"name its encoding, as in --encoding {hint}",
        f"--encoding {hint}",
    )
    word = at - error.start + 1 + max(error.object.rfind(sign, 0, error.start) for sign in BREAKS)
    return _NotUtf8(told, line, word) if shown == "UTF-8" and not foreign and before.isascii() else told
