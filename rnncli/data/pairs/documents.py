"""Files, folders and standard input as decoded texts, line by line."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from ...errors import DataError
from ...phrases import counted
from ..document_kinds import document_kind
from ..file_marks import PARQUET
from ..files import Meter, Reader, Source, Undecodable, checked_encoding, fingerprint, open_sources
from ..folders import left_out
from ..tables.archives import Unpacked, unpacked, unpacked_name
from ..tables.encodings import surveyed
from ..tables.reading import Reading
from .cells import has_header, rows_of, separator_of
from .text_names import has_text_header

STANDARD_INPUT = "standard input"


@dataclass(frozen=True)
class Document:
    """The text of one file, with line feeds and without byte order mark."""

    name: str  # as the user named it, "standard input" for -
    text: str
    label: str | None = None  # the name of the file or folder, which may be the class
    listed: bool = False  # found in a folder, not named by the user
    example: bool = False  # all of it is one example: a file in the folder of its class
    typed: bool = False  # the CSV of a workbook or of Parquet
    left_out: tuple[tuple[int, str], ...] = ()  # (number, line) of lines that are no rows and blank in `text`

    def lines(self) -> list[str]:
        """Its lines; the line feed at the end of the last one begins no other."""
        lines = self.text.split("\n")
        return lines if lines[-1] else lines[:-1]

    def filled(self) -> Iterator[tuple[int, str]]:
        """(number, line) of the lines that are not blank."""
        return ((number, line) for number, line in enumerate(self.lines(), start=1) if line.strip())

    def without(self, table: Reading) -> "Document":
        """This one without the lines to skip and the comments, which are blank then: the others keep their numbers."""
        if self.typed or not (table.skip_rows or table.comment):
            return self
        lines, left_out = self.text.split("\n"), []
        for k, line in enumerate(lines):
            if k < (table.skip_rows or 0) or table.comment and line.lstrip().startswith(table.comment):
                left_out.append((k + 1, line))
                lines[k] = ""
        return replace(self, text="\n".join(lines), left_out=tuple(left_out))

    def restored(self) -> "Document":
        """This one with the lines that were left out."""
        lines = self.text.split("\n")
        for number, line in self.left_out:
            lines[number - 1] = line
        return replace(self, text="\n".join(lines), left_out=())


@dataclass(frozen=True)
class Documents:
    """The documents of a command, in order; prints: SHA-256 of the bytes of each file."""

    documents: tuple[Document, ...]
    prints: tuple[str, ...]
    notes: tuple[str, ...]


class _Read(NamedTuple):
    """The text of a Source; typed: see Document."""

    source: Source
    text: str
    typed: bool


def read_documents(
    files: Sequence[str],
    table: Reading,
    progress: Callable[[int, int], None] | None,
    required: bool,
    most: int | None = None,
) -> Documents:
    """The Documents of files, folders and `-`, each optionally compressed or in a zip; a workbook or a Parquet file is
    the text of its table as CSV.

    table      the encoding, the sheet, and of workbooks the rows to skip; a table with a header that is not UTF-8 is
               read as Windows-1252, with a note
    required   whether a file without text is an error; in a folder it is left out, with a note
    most       rows of a Parquet file that are read, None: all
    DataError for a file that is missing, empty, damaged, or not in this encoding; ConfigError for an unknown encoding
    and a missing package.
    """
    encoding = checked_encoding(table.encoding)
    folders = [Path(name) for name in files if name != "-" and Path(name).is_dir()]
    with open_sources(files) as sources:
        meter = Meter(progress, 2 * sum(source.size for source in sources))
        prints = fingerprint(sources, meter)
        reader = Reader(encoding, meter)
        notes = list(left_out(files))
        read = [_text(source, reader, table, notes, most) for source, _ in prints]
        meter.finish()
    kept = [each for each in read if each.text.strip() or not each.source.listed]
    empty = [each.source for each in kept if not each.text.strip()]
    if empty and required:
        raise DataError(f"{_name(empty[0])}: the file is empty", "name a file with examples and their answers")
    if not kept:
        raise DataError(f"{files[0]}: every file in the folder is empty", "name a folder with examples")
    notes += reader.notes()
    if len(kept) < len(read):
        notes.append(f"{counted(len(read) - len(kept), 'empty file')} ignored")
    documents = _labelled(kept, folders, notes)
    return Documents(tuple(documents), tuple(sha for _, sha in prints), tuple(notes))


def _name(source):
    return STANDARD_INPUT if source.name == "-" else source.name


def _text(source, reader, table, notes, most=None):
    """The text of a source, unpacked; what was chosen in it goes to `notes`."""
    name = _name(source)
    with ExitStack() as stack:
        file = stack.enter_context(source.open())
        found = unpacked(file, name, source.size, stack, table.sheet)
        notes += found.notes
        if found.is_workbook or found.head.startswith(PARQUET):
            return _Read(source, _as_csv(name, found, table, notes, most), True)
        if (kind := document_kind(found.file)) and not kind.is_markup:  # pages in folders of classes are examples
            raise DataError(f"{name}: {kind.name}, not a text", kind.hint(source.name))
        if table.sheet is not None and not found.member:
            notes.append(f"{name}: neither a workbook nor an archive: --sheet ignored")
        size = source.size if found.file is file else found.file.seek(0, io.SEEK_END)
        try:
            return _Read(source, "".join(reader.text(Source(name, size, spool=found.file))), False)
        except Undecodable as error:
            text = _of_windows(name, found.file, table, notes)
            if text is not None:
                return _Read(source, text, False)
            hint = (error.hint or "").partition("; or read it as bytes")[0]
            raise Undecodable(str(error), hint, error.options) from None


def _of_windows(name, file, table, notes):
    """The text of a table with a header in the usual encoding of Windows; None for any other file."""
    if checked_encoding(table.encoding) != "utf-8":
        return None
    try:
        found = surveyed(file, name, in_rows=False)
    except DataError:
        return None
    with found.open() as stream:
        text = stream.read()
    document = Document(name, text).without(table)
    separator = table.sep or separator_of(document.text)
    rows = rows_of(document.text, separator) if separator else []
    if not found.guessed or len(rows) < 2 or not (has_header(rows) or has_text_header(rows)):
        return None
    notes += [f"{name}: {note}" for note in found.notes]
    return text


def _as_csv(name: str, found: Unpacked, reading: Reading, notes: list[str], most: int | None) -> str:
    """The table of a workbook, or `most` rows of a Parquet file, as CSV with a header."""
    if found.is_workbook:
        from ..tables.workbooks import read_workbook

        table = read_workbook(name, found.file, reading, ragged=True)
    else:
        from ..tables.parquet import read_parquet

        table = read_parquet(name, found.file, most)
    notes += table.notes
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(zip(*(column.tolist() for column in table.columns.values())))
    return text.getvalue()


def _labelled(kept, folders, notes):
    """The Document of each _Read; those of folders with their class."""
    documents, beside = [], 0
    listed = [each.source.path for each in kept if each.source.listed]
    nested = {folder for folder in folders for path in listed if _is_below(path, folder)}
    for source, text, typed in kept:
        if not source.listed:
            label = None if source.path is None else _stem(source.path)
            documents.append(Document(_name(source), text, label, typed=typed))
        elif source.path.parent not in folders:
            documents.append(Document(source.name, text, source.path.parent.name, True, example=True, typed=typed))
        elif source.path.parent not in nested:
            documents.append(Document(source.name, text, _stem(source.path), listed=True, typed=typed))
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
    return Path(unpacked_name(path.name)).stem
