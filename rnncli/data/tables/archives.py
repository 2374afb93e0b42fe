"""Compressed files and archives, recognised by their content and unpacked within limits. Imports no NumPy."""

import bz2
import gzip
import lzma
import shlex
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import PurePath, PurePosixPath
from typing import IO

from ...errors import DataError
from ...phrases import size
from ..file_marks import BZIP2, EMPTY, FOREIGN, GZIP, OLE, XZ, ZIP
from ..files import CHUNK, SPOOL

STREAMS = {GZIP: ("gzip", gzip.open), BZIP2: ("bzip2", bz2.open), XZ: ("xz", lzma.open)}
PACKED = frozenset((".gz", ".bz2", ".xz", ".zip"))  # endings of names that say nothing of what is in a file
DAMAGED = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile)
WORKBOOK = frozenset(("xl/workbook.xml", "xl/workbook.bin", "content.xml"))  # a file in each workbook
MOST = 2 << 30  # bytes that a file may unpack to
WORKBOOKS = frozenset((".xlsx", ".xlsm", ".xlsb", ".ods"))  # zip files by another name
FREE, RATIO = 64 << 20, 200  # bytes that any file may unpack to; beyond them, times its own size
NESTED = 2  # a compressed file in an archive, but no deeper
HEAD = 16  # bytes that decide
SHOWN = 5  # files of an archive in a message, at most


@dataclass(frozen=True)
class Unpacked:
    """A file out of its wrapping."""

    file: IO[bytes]  # seekable, at its beginning
    head: bytes  # its first bytes
    is_workbook: bool = False  # of Excel or LibreOffice
    member: str = ""  # its name in the archive
    notes: tuple[str, ...] = ()


def unpacked(
    file: IO[bytes],
    name: str,
    packed: int,
    stack: ExitStack,
    member: str | None = None,
    is_wanted: Callable[[str, bytes], bool] | None = None,
) -> Unpacked:
    """The Unpacked of a seekable file of `packed` bytes: a file compressed by gzip, bzip2 or xz, or one in a zip.

    member      the name of a file in a zip, or its number from 1
    is_wanted   is_wanted(name, first bytes) for the files of a zip: without `member`, the first wanted one is taken
    stack       closes the temporary file that the contents go to
    DataError for a damaged file, one with a password, a missing member, and one that unpacks to more than 2 GiB, or to
    more than 64 MiB and 200 times its size: nothing beyond that is read.
    """
    found, notes = "", ()
    limit = min(MOST, max(FREE, RATIO * packed))
    for _ in range(NESTED + 1):
        head = _head(file)
        if head.startswith(OLE):
            return Unpacked(file, head, True, found, notes)
        if head.startswith((ZIP, EMPTY)):
            with _damage(name, "workbook" if _is_named_workbook(name) else "zip"):
                archive = stack.enter_context(zipfile.ZipFile(file))
            if WORKBOOK & {*archive.namelist()}:
                _check_size(name, sum(each.file_size for each in archive.infolist()), limit, packed)
                file.seek(0)
                return Unpacked(file, head, True, found, notes)
            info, notes = _chosen(archive, name, member, is_wanted)
            found, member = info.filename, None
            file = _copied(lambda archive=archive, info=info: archive.open(info), name, "zip", limit, packed, stack)
            continue
        stream = next((STREAMS[mark] for mark in STREAMS if head.startswith(mark)), None)
        if stream is None or stream[0] == "bzip2" and not head[3:4].isdigit():
            return Unpacked(file, head, False, found, notes)
        kind, opened = stream
        file = _copied(lambda file=file, opened=opened: opened(file), name, kind, limit, packed, stack)
    raise DataError(f"{name}: an archive in an archive in an archive", "unpack it")


def _is_named_workbook(name):
    return PurePath(name).suffix.lower() in WORKBOOKS


def refuse_foreign(head: bytes, name: str) -> None:
    """DataError for the first bytes of a file of another kind."""
    for mark, (what, hint) in FOREIGN.items():
        if head.startswith(mark):
            raise DataError(f"{name}: {what}, not a table", hint)


def begin_of(data: bytes, length: int) -> bytes:
    """The first bytes, `length` at most, of what is compressed in `data`, the beginning of a file; b"" if that is too
    little to tell. Anything else comes back as it is."""
    try:
        if data.startswith(GZIP):
            return zlib.decompressobj(31).decompress(data, length)
        if data.startswith(BZIP2) and data[3:4].isdigit():
            return bz2.BZ2Decompressor().decompress(data, length)
        if data.startswith(XZ):
            return lzma.LZMADecompressor().decompress(data, length)
    except DAMAGED:
        return b""
    return data


def unpacked_name(name: str) -> str:
    """A file name without the endings of compressed files and archives."""
    while PurePath(name).suffix.lower() in PACKED:
        name = name[: name.rindex(".")]
    return name


def _head(file):
    head = file.read(HEAD)
    file.seek(0)
    return head


class _damage:
    """Turns the errors of a damaged file into a DataError."""

    def __init__(self, name, kind):
        self._name, self._kind = name, kind

    def __enter__(self):
        return self

    def __exit__(self, _, error, __):
        if isinstance(error, DAMAGED):
            raise DataError(
                f"{self._name}: damaged {self._kind} file ({error})", "download or compress it again"
            ) from None
        if isinstance(error, RuntimeError | NotImplementedError):  # how zipfile refuses passwords and rare methods
            raise DataError(f"{self._name}: {error}", "unpack it, and compress it again without") from None


def _copied(opened, name, kind, limit, packed, stack):
    """A temporary file with the contents of a stream, which is in memory as long as it is small."""
    target = stack.enter_context(tempfile.SpooledTemporaryFile(max_size=SPOOL))  # noqa: SIM115 (the stack closes it)
    total = 0
    with _damage(name, kind), opened() as stream:
        while data := stream.read(CHUNK):
            total += len(data)
            _check_size(name, total, limit, packed)
            target.write(data)
    target.seek(0)
    return target


def _check_size(name, total, limit, packed):
    if total > limit:
        raise DataError(
            f"{name}: {size(packed)} that unpack to more than {size(limit)}",
            f"allowed: {size(MOST)}, and beyond {size(FREE)} up to {RATIO} times the size of the file; unpack it "
            "yourself, and look at it",
        )


def _chosen(archive, name, member, is_wanted):
    """(the ZipInfo of the file to read, notes)."""
    inside = [each for each in archive.infolist() if not each.is_dir() and not is_hidden(each.filename)]
    if not inside:
        raise DataError(f"{name}: an archive without a file", "name another file")
    if member is not None:
        found = named(member, [each.filename for each in inside])
        if found is None:
            raise DataError(
                f"{name}: no file '{member}' in the archive", f"its files: {_listed(inside)}; choose with --sheet"
            )
        return inside[found], ()
    if len(inside) == 1:
        return inside[0], ()
    wanted = [each for each in inside if is_wanted is None or is_wanted(each.filename, _begin(archive, each, name))]
    if not wanted:
        raise DataError(
            f"{name}: none of the {len(inside):,} files in the archive looks like a table",
            f"its files: {_listed(inside)}; choose with --sheet NAME",
            f"--sheet {shlex.quote(inside[0].filename)}",
        )
    others = f"; other tables: {_listed(wanted[1:])}" if len(wanted) > 1 else ""
    return wanted[0], (f"{wanted[0].filename} read from the archive{others}; to choose: --sheet NAME",)


def named(name: str, names: list[str]) -> int | None:
    """The index in `names` of a name, of the end of a path, or of a number from 1; None for any other."""
    if name in names:
        return names.index(name)
    ends = [k for k, each in enumerate(names) if PurePosixPath(each).name == name]
    if len(ends) == 1:
        return ends[0]
    return int(name) - 1 if name.isdecimal() and 1 <= int(name) <= len(names) else None


def is_hidden(path: str) -> bool:
    """Whether a file in an archive is one that users do not see."""
    return any(part.startswith((".", "__MACOSX")) for part in path.split("/"))


def _begin(archive, info, name):
    with _damage(name, "zip"), archive.open(info) as stream:
        return stream.read(1 << 16)


def _listed(inside):
    names = [each.filename for each in inside]
    return ", ".join(names[:SHOWN]) + (f", ... ({len(names):,} in all)" if len(names) > SHOWN else "")
