"""Tables as columns of text, every cell with its place in its file: CSV and its kin, JSON, workbooks and Parquet, also
compressed or in archives."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

import numpy as np

from ...errors import ConfigError, DataError
from ..file_marks import GZIP, PARQUET, ZIP
from ..files import Meter, Source, checked_encoding, fingerprint, open_sources
from .archives import Unpacked, refuse_foreign, unpacked
from .detection import is_json, is_named_table, looks_like_table
from .encodings import surveyed
from .reading import Reading
from .started import Started, joined
from .table import Table, Texts, Written, listed, texts
from .text_tables import read_text

__all__ = ["GZIP", "PARQUET", "ZIP", "Frame", "Written", "listed", "read_frame", "texts"]
BEGINNING = 1 << 12  # bytes that tell JSON from other text
FOUND = Reading()  # all of it is found in the table


@dataclass(frozen=True)
class Frame:
    """A table of R rows, its cells as text, unchanged."""

    columns: Mapping[str, np.ndarray]  # (R,) StringDType each, in the order of the header
    files: tuple[str, ...]  # as the user named them, "standard input" for -
    file: np.ndarray  # (R,) integers: the index in `files` of the file of each row
    line: np.ndarray  # (R,) integers: its line there, counted from 1; in Parquet its row
    melted: bool = False  # in the file, y is the column with the name in unique_id
    digests: tuple[str, ...] = ()  # SHA-256 of the bytes of each file, in hexadecimal
    written: Written = Written()  # how the first file is written
    zones: dict[str, str] = field(default_factory=dict)  # {column of dates with a type: its time zone}
    notes: tuple[str, ...] = ()  # what was found or cured, a sentence each
    started: Started | None = None  # series of which the column of times has the first stamp alone

    def where(self, row: int, column: str) -> str:
        """The place of a cell in words: "sales.csv:17, column y"."""
        if self.melted and column in ("unique_id", "y"):
            column = self.columns["unique_id"][row]
        return f"{self.files[self.file[row]]}:{self.line[row]}, column {column}"


def read_frame(
    names: Sequence[str],
    reading: Reading = FOUND,
    progress: Callable[[int, int], None] | None = None,
    ragged: bool = False,
) -> Frame:
    """The Frame of files with the same columns, one below the other, and of those in folders; `-` is standard input.

    reading                 how they are written; what is None is found in each
    progress(done, total)   called from time to time with the bytes done
    ragged                  rows may be shorter than the header: the missing cells are empty
    The contents decide the format, whatever the name. Blank lines are skipped, but in a table of one column they are
    missing values; such a table may also lack a header, and its column is then called y. DataError, with file and line,
    for anything that is not such a table; ConfigError for an unknown encoding, a missing package and an option that a
    file has no use for.
    """
    checked_encoding(reading.encoding)
    with open_sources(names) as sources:
        meter = Meter(progress, sum(source.size for source in sources))
        prints = fingerprint(sources, Meter(None, 0))  # metered when parsed, which takes longer
        tables = [_table(source, reading, ragged, meter) for source, _ in prints]
    meter.finish()
    files = tuple(map(_name, sources))
    for file, table in zip(files, tables):
        if differing := table.columns.keys() ^ tables[0].columns.keys():
            raise DataError(
                f"{file}: columns differ from those of {files[0]}: only one has {listed(sorted(differing))}",
                "give all files the same header, or read them separately",
            )
    return Frame(
        Texts.joined([table.columns for table in tables]),
        files,
        np.repeat(np.arange(len(tables), dtype=np.min_scalar_type(len(tables))), [len(table.line) for table in tables]),
        _joined([table.line for table in tables]),
        digests=tuple(digest for _, digest in prints),
        written=tables[0].written,
        zones=tables[0].zones,
        notes=_notes(files, tables),
        started=joined([table.started for table in tables]),
    )


def _name(source):
    return "standard input" if source.name == "-" else source.name


def _joined(parts):
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _notes(files, tables):
    """The notes of all tables, with the name of the file where there are several; the same note once."""
    notes = [f"{file}: {note}" if len(files) > 1 else note for file, each in zip(files, tables) for note in each.notes]
    return tuple(dict.fromkeys(notes))


def _table(source: Source, reading: Reading, ragged: bool, meter: Meter) -> Table:
    """The Table in a file. DataError if it has no table or no row."""
    name = _name(source)
    with ExitStack() as stack:
        file = stack.enter_context(source.open())
        found = unpacked(file, name, source.size, stack, reading.sheet, _looks_like_table)
        _check_sheet(name, found, reading)
        try:
            table = _read(name, found, reading, ragged, lambda share: meter.add(int(share * source.size)))
            "".join(table.columns).encode()
        except UnicodeEncodeError as error:  # as "\ud83d" alone in JSON
            half = ascii(error.object[error.start])
            raise DataError(f"{name}: a name or a cell holds {half}, half a character", "write a whole one") from None
    if not len(table.line):
        raise DataError(f"{name}: only a header, no data rows", "add at least one data row")
    return table


def _looks_like_table(name, begin):
    return is_named_table(name) or looks_like_table(begin)


def _check_sheet(name, found, reading):
    if reading.sheet is not None and not found.is_workbook and not found.member:
        raise ConfigError(f"{name}: neither a workbook nor an archive, which --sheet is for", "leave --sheet out")


def _read(name: str, found: Unpacked, reading: Reading, ragged: bool, done: Callable[[float], None]) -> Table:
    """The Table in an unpacked file; done(share) is told what more of it has been read."""
    refuse_foreign(found.head, name)
    if found.is_workbook:
        from .workbooks import read_workbook

        table = read_workbook(name, found.file, reading, ragged)
    elif found.head.startswith(PARQUET):
        from .parquet import read_parquet

        table = read_parquet(name, found.file)
    else:
        begin = found.file.read(BEGINNING)
        in_rows = not is_json(begin.decode("utf-8", "replace"))  # an array of objects may be one line
        text = surveyed(found.file, name, reading.encoding, in_rows)
        line, table = 0, None
        for part in read_text(name, text, reading, ragged):
            if isinstance(part, Table):
                table = part
            else:
                done((part - line) / max(text.lines, part))
                line = part
        assert table is not None  # the last part
    return replace(table, notes=(*found.notes, *table.notes))
