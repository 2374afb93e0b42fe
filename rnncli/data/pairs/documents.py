"""Files, folders and standard input as decoded texts, line by line."""

import gzip
import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ...errors import DataError
from ...phrases import counted
from ..files import Meter, Reader, Source, Undecodable, checked_encoding, fingerprint, open_sources
from ..tables.frame import GZIP, PARQUET, ZIP

OLE = b"\xd0\xcf\x11\xe0"  # an Excel workbook of before 2007

STANDARD_INPUT = "standard input"


@dataclass(frozen=True)
class Document:
    """The text of one file, with line feeds and without byte order mark."""

    name: str  # as the user named it, "standard input" for -
    text: str
    label: str | None = None  # the name of the file or folder, which may be the class
    listed: bool = False  # found in a folder, not named by the user
    example: bool = False  # all of it is one example: a file in the folder of its class

    def lines(self) -> list[str]:
        """Its lines; the line feed at the end of the last one begins no other."""
        lines = self.text.split("\n")
        return lines if lines[-1] else lines[:-1]

    def filled(self) -> Iterator[tuple[int, str]]:
        """(number, line) of the lines that are not blank."""
        return ((number, line) for number, line in enumerate(self.lines(), start=1) if line.strip())


@dataclass(frozen=True)
class Documents:
    """The documents of a command, in order; prints: SHA-256 of the bytes of each file."""

    documents: tuple[Document, ...]
    prints: tuple[str, ...]
    notes: tuple[str, ...]


def read_documents(
    files: Sequence[str], encoding: str, progress: Callable[[int, int], None] | None, required: bool
) -> Documents:
    """The Documents of files, folders and `-`, each optionally gzipped.

    required: whether a file without text is an error; in a folder it is left out, with a note. DataError for a file
    that is missing, empty, damaged, of another kind, or not in this encoding; ConfigError for an unknown encoding.
    """
    encoding = checked_encoding(encoding)
    folders = [Path(name) for name in files if name != "-" and Path(name).is_dir()]
    with open_sources(files) as sources:
        meter = Meter(progress, 2 * sum(source.size for source in sources))
        prints = fingerprint(sources, meter)
        reader = Reader(encoding, meter)
        read = [(source, _text(source, reader, encoding)) for source, _ in prints]
        meter.finish()
    kept = [(source, text) for source, text in read if text.strip() or not source.listed]
    empty = [source for source, text in kept if not text.strip()]
    if empty and required:
        raise DataError(f"{_name(empty[0])}: the file is empty", "name a file with examples and their answers")
    if not kept:
        raise DataError(f"{files[0]}: every file in the folder is empty", "name a folder with examples")
    notes = list(reader.notes())
    if len(kept) < len(read):
        notes.append(f"{counted(len(read) - len(kept), 'empty file')} ignored")
    documents = _labelled(kept, folders, notes)
    return Documents(tuple(documents), tuple(sha for _, sha in prints), tuple(notes))


def _name(source):
    return STANDARD_INPUT if source.name == "-" else source.name


def _text(source, reader, encoding):
    """The text of a source, unpacked."""
    name = _name(source)
    with source.open() as file:
        head = file.read(4)
    if head.startswith((ZIP, OLE)):
        raise DataError(f"{name}: this is an Excel workbook or archive, not a text", "save it as CSV, or unpack it")
    if head == PARQUET:
        raise DataError(f"{name}: a Parquet file, not a text", "save it as CSV or as JSON lines")
    if head.startswith(GZIP):
        try:
            data = gzip.decompress(b"".join(reader.bytes(source)))
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(f"{name}: damaged gzip file ({error})", "download or compress it again") from None
        reader = Reader(encoding, Meter(None, 0))
        source = Source(source.name, len(data), spool=io.BytesIO(data))
    try:
        return "".join(reader.text(replace(source, name=name)))
    except Undecodable as error:
        hint = (error.hint or "").replace(", or read it as bytes with --tokens byte", "")
        raise Undecodable(str(error), hint) from None


def _labelled(kept, folders, notes):
    """The Document of each (source, text); those of folders with their class."""
    documents, beside = [], 0
    nested = {folder for folder in folders for source, _ in kept if source.listed and _is_below(source.path, folder)}
    for source, text in kept:
        if not source.listed:
            label = None if source.path is None else _stem(source.path)
            documents.append(Document(_name(source), text, label))
        elif source.path.parent not in folders:
            documents.append(Document(source.name, text, source.path.parent.name, True, example=True))
        elif source.path.parent not in nested:
            documents.append(Document(source.name, text, _stem(source.path), listed=True))
        else:
            beside += 1
    if beside:
        notes.append(f"{counted(beside, 'file')} beside the folders of the classes ignored")
    return documents


def _is_below(path, folder):
    """Whether a file lies in a folder in this one."""
    return folder in path.parents and path.parent != folder


def _stem(path):
    """The name of a file without its extension, also that of a compressed one."""
    return Path(path.name.removesuffix(".gz")).stem
