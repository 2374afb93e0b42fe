"""Compressed files and archives, recognised by their content and unpacked within limits. Imports no NumPy."""

import bz2
import lzma
import shlex
import zipfile
import zlib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import PurePath, PurePosixPath
from typing import IO

from ...errors import DataError
from ..document_kinds import DocumentKind, document_in
from ..file_marks import BZIP2, EMPTY, FOREIGN, GZIP, OLE, XZ, ZIP
from ..packed import (
    DAMAGED,
    STREAMS,
    Damage,
    check_size,
    copied,
    head_of,
    is_hidden,
    limit_of,
    stream_of,
    unpacked_name,
)
from ..whole_numbers import whole_of

__all__ = ["DAMAGED", "STREAMS", "Unpacked", "begin_of", "is_hidden", "named", "refuse_foreign", "unpacked"]
__all__ += ["unpacked_name"]
WORKBOOK = frozenset(("xl/workbook.xml", "xl/workbook.bin", "content.xml"))  # a file in each workbook
WORKBOOKS = frozenset((".xlsx", ".xlsm", ".xlsb", ".ods"))  # zip files by another name
NESTED = 2  # a compressed file in an archive, but no deeper
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
    limit = limit_of(packed)
    for _ in range(NESTED + 1):
        head = head_of(file)
        if head.startswith(OLE):
            return Unpacked(file, head, True, found, notes)
        if head.startswith((ZIP, EMPTY)):
            with Damage(name, "workbook" if _is_named_workbook(name) else "zip"):
                archive = stack.enter_context(zipfile.ZipFile(file))
            refuse_document(document_in(archive), name)
            if WORKBOOK & {*archive.namelist()}:
                check_size(name, sum(each.file_size for each in archive.infolist()), limit, packed)
                file.seek(0)
                return Unpacked(file, head, True, found, notes)
            info, notes = _chosen(archive, name, member, is_wanted)
            found, member = info.filename, None
            file = copied(lambda archive=archive, info=info: archive.open(info), name, "zip", limit, packed, stack)
            continue
        stream = stream_of(head)
        if stream is None:
            return Unpacked(file, head, False, found, notes)
        kind, opened = stream
        file = copied(lambda file=file, opened=opened: opened(file), name, kind, limit, packed, stack)
    raise DataError(f"{name}: an archive in an archive in an archive", "unpack it")


def _is_named_workbook(name):
    return PurePath(name).suffix.lower() in WORKBOOKS


def refuse_document(kind: DocumentKind | None, name: str) -> None:
    """DataError for a document that is no table."""
    if kind is not None and not kind.is_table:
        raise DataError(f"{name}: {kind.name}, neither a table nor a text", kind.hint(name))


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
    number = whole_of(name)
    return number - 1 if number is not None and 1 <= number <= len(names) else None


def _begin(archive, info, name):
    with Damage(name, "zip"), archive.open(info) as stream:
        return stream.read(1 << 16)


def _listed(inside):
    names = [each.filename for each in inside]
    return ", ".join(names[:SHOWN]) + (f", ... ({len(names):,} in all)" if len(names) > SHOWN else "")
