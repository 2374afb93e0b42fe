"""Tables as text: CSV, TSV, JSON lines and Parquet, optionally gzipped, every cell with its place in its file."""

import csv
import gzip
import hashlib
import io
import json
import re
import zlib
from collections import Counter, namedtuple
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import numpy as np

from ...errors import ConfigError, DataError
from ...phrases import counted
from ..files import MARKS, Meter, Reader, checked_encoding, open_sources
from .numbers import number_pattern

GZIP, PARQUET, ZIP = b"\x1f\x8b", b"PAR1", b"PK\x03\x04"  # the first bytes of such files
SEPARATORS = ",\t;"  # between cells
UNSPLIT = "\x1f"  # the separator for a table of one column
BLOCK = 1 << 14  # lines between two calls of `progress`
LISTED = 5  # names in a message, at most
Table = namedtuple("Table", "name columns line digest", defaults=("",))  # a file of a Frame
NUMBERS = re.compile(r"[-+]?[\d.][-\d/:.,+eE TZ]*", re.ASCII)  # a number, a date or a time, not a column name


@dataclass(frozen=True)
class Frame:
    """A table of R rows, its cells as text, unchanged."""

    columns: dict[str, list[str]]  # R cells each, in the order of the header
    files: tuple[str, ...]  # as the user named them, "standard input" for -
    file: np.ndarray  # (R,) intp: the index in `files` of the file of each row
    line: np.ndarray  # (R,) intp: its line there, counted from 1; in Parquet its row
    melted: bool = False  # in the file, y is the column with the name in unique_id
    digests: tuple[str, ...] = ()  # SHA-256 of the bytes of each file, in hexadecimal

    def where(self, row: int, column: str) -> str:
        """The place of a cell in words: "sales.csv:17, column y"."""
        if self.melted and column in ("unique_id", "y"):
            column = self.columns["unique_id"][row]
        return f"{self.files[self.file[row]]}:{self.line[row]}, column {column}"


def read_frame(
    names: Sequence[str],
    encoding: str = "utf-8",
    progress: Callable[[int, int], None] | None = None,
    ragged: bool = False,
) -> Frame:
    """The Frame of files with the same columns, one below the other; `-` is standard input.

    progress(done, total)   called from time to time with the bytes done
    ragged                  rows may be shorter than the header: the missing cells are empty
    The first bytes decide the format: gzip, Parquet, JSON lines, otherwise text with the most frequent separator of the
    header. Blank lines are skipped, but in a table of one column they are missing values; such a table may also lack a
    header, and its column is then called y. Missing keys and null in a JSON line are empty cells. DataError, with file
    and line, for anything that is not such a table; ConfigError for an unknown encoding or a missing package.
    """
    encoding = checked_encoding(encoding)
    if folders := [name for name in names if name != "-" and Path(name).is_dir()]:
        raise DataError(f"{folders[0]}: this is a folder, not a table", "name the files in it")
    with open_sources(names) as sources:
        meter = Meter(progress, sum(source.size for source in sources))
        tables = [_table(source, encoding, ragged, meter) for source in sources]
    meter.finish()
    first = tables[0]
    for table in tables[1:]:
        if differing := table.columns.keys() ^ first.columns.keys():
            raise DataError(
                f"{table.name}: columns differ from those of {first.name}: only one has {listed(sorted(differing))}",
                "give all files the same header, or read them separately",
            )
    columns = {name: list(chain.from_iterable(table.columns[name] for table in tables)) for name in first.columns}
    return Frame(
        columns,
        tuple(table.name for table in tables),
        np.repeat(np.arange(len(tables)), [len(table.line) for table in tables]),
        np.concatenate([np.array(table.line, np.intp) for table in tables]),
        digests=tuple(table.digest for table in tables),
    )


def _table(source, encoding, ragged, meter):
    """The Table in a file. DataError if it has no table or no row."""
    name = "standard input" if source.name == "-" else source.name
    data = b"".join(Reader(encoding, Meter(None, 0)).bytes(source))  # metered when parsed, which takes longer
    digest = hashlib.sha256(data).hexdigest()
    if data.startswith(GZIP):
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(f"{name}: damaged gzip file ({error})", "download or compress it again") from None
    if data.startswith(ZIP):
        raise DataError(f"{name}: a zip archive or a workbook, not a table", "save it as CSV, or unpack it")
    if data.startswith(PARQUET):
        table = _parquet(name, data)
    else:
        text = _decoded(name, data, encoding)
        lines, head = _lines(text, source.size, meter), text.lstrip()[:2].rstrip()
        if head in ("[", "[{"):
            raise DataError(f"{name}: a JSON array, not JSON lines", "write one object per line, as `jq -c '.[]'` does")
        table = _json_lines(name, lines) if head[0] == "{" else _delimited(name, text, lines, ragged)
    if not table.line:
        raise DataError(f"{name}: only a header, no data rows", "add at least one data row")
    return table._replace(digest=digest)


def _decoded(name, data, encoding):
    """The text of a file without byte order mark, with CRLF and lone CR as LF, without blank lines at its end."""
    try:
        text = _with_line_feeds(data.decode(encoding)).rstrip("\n")
    except UnicodeDecodeError as error:
        at, usual = error.start, "latin-1" if encoding == "utf-8" else "utf-8"
        marked = next((known for mark, known in MARKS if data.startswith(mark)), usual)
        line = _with_line_feeds(data[:at].decode(encoding, "replace")).count("\n") + 1
        raise DataError(
            f"{name}:{line}: byte 0x{data[at]:02x} at offset {at} is not {encoding.upper()} ({error.reason})",
            f"name its encoding, as in --encoding {marked}",
        ) from None
    except UnicodeError as error:
        raise DataError(f"{name}: not {encoding.upper()}: {error}", "name another encoding") from None
    if not text.strip():
        raise DataError(f"{name}: the file is empty", "add a header, such as unique_id,ds,y, and data rows")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise DataError(
            f"{name}:{line}: {counted(text.count(chr(0)), 'NUL character')} from here on",
            "if the file is UTF-16, use --encoding utf-16-le or utf-16-be; otherwise it is damaged",
        )
    return text


def _with_line_feeds(text):
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _lines(text, size, meter):
    """Yield the lines of a text with their line feeds; `meter` counts their share of `size` bytes."""
    file, done = io.StringIO(text), 0
    while block := list(islice(file, BLOCK)):
        yield from block
        before, done = done, size * file.tell() // len(text)
        meter.add(done - before)


def _delimited(name, text, lines, ragged):
    """The Table of a text with separators."""
    header = re.sub('"[^"]*"', "", text.lstrip().partition("\n")[0])
    separator = max(SEPARATORS, key=header.count)
    rows = _rows(name, lines, separator if separator in header else UNSPLIT)
    begin, cells = next(((begin, row) for begin, row in rows if "".join(row).strip()), (1, [""]))
    if len(cells) == 1 and number_pattern().fullmatch(cells[0].strip()):
        rows, cells = chain([(begin, cells)], rows), ["y"]
    names, kept, line = _column_names(f"{name}:{begin}", cells), [], []
    D = len(names)
    for begin, row in rows:
        if len(row) != D:
            if D > 1 and len(row) < 2 and not "".join(row).strip():
                continue
            if len(row) > D or D > 1 and not ragged:
                raise DataError(
                    f"{name}:{begin}: {counted(len(row), 'cell')}, but the header has {D} ({listed(names)})",
                    f"give the row {counted(D, 'cell')}; quote a cell that contains {separator!r}",
                )
            row += [""] * (D - len(row))
        kept.append(row)
        line.append(begin)
    return Table(name, dict(zip(names, map(list, zip(*kept, strict=True)), strict=bool(kept))), line)


def _rows(name, lines, separator):
    """Yield (number of its first line, cells) for each row."""
    reader, line = csv.reader(lines, delimiter=separator, strict=True), 0
    try:
        for row in reader:
            yield line + 1, row
            line = reader.line_num
    except csv.Error as error:
        raise DataError(
            f"{name}:{line + 1}: not a valid row ({error})",
            'close every quote that opens a cell; inside a cell, write a quote twice: "5"" pipe"',
        ) from None


def _column_names(place, cells):
    """The names in a header; an empty one is named as pandas does."""
    names = [cell.strip() or f"Unnamed: {k}" for k, cell in enumerate(cells)]
    if all(map(NUMBERS.fullmatch, names)):
        raise DataError(
            f"{place}: expected column names, found numbers: {listed(names)}",
            "add a header as the first line, such as unique_id,ds,y",
        )
    _refuse_doubles(place, names)
    return names


def _refuse_doubles(place, names):
    if doubles := [name for name, count in Counter(names).items() if count > 1]:
        raise DataError(
            f"{place}: more than one column is called {doubles[0]!r}",
            "rename all but one; if the file has no header, add one as its first line",
        )


def _json_lines(name, lines):
    """The Table of JSON lines; the keys of the first object are its columns."""
    names: dict[str, None] = {}
    kept, line = [], []
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        place = f"{name}:{number}"
        record = _record(place, text)
        names = names or dict.fromkeys(record)
        if unknown := [key for key in record if key not in names]:
            raise DataError(
                f"{place}: unknown key {unknown[0]!r}; the first object has {listed(names)}",
                "list every column in the first object, with null for a missing value",
            )
        kept.append([record.get(key, "") for key in names])
        line.append(number)
    return Table(name, dict(zip(names, map(list, zip(*kept, strict=True)), strict=True)), line)


def _record(place, text):
    """{key: cell} of a JSON line, numbers unchanged as text."""
    hint = 'write one object per line, as in {"unique_id": "a", "ds": "2024-01-31", "y": 1.5}'
    try:
        pairs = json.loads(text.strip(), object_pairs_hook=tuple, parse_int=str, parse_float=str, parse_constant=str)
    except (json.JSONDecodeError, RecursionError) as error:
        raise DataError(f"{place}: not JSON ({str(error).replace(': line 1', ' at')})", hint) from None
    if not pairs or not isinstance(pairs, tuple):
        raise DataError(f"{place}: not an object with keys", hint)
    _refuse_doubles(place, [key for key, _ in pairs])
    return {key: _cell(f"{place}, column {key}", value) for key, value in pairs}


def _cell(place, value):
    """A JSON or Parquet value as text; null is empty."""
    if isinstance(value, (list, tuple, dict, bytes)):
        raise DataError(f"{place}: a list, an object or raw bytes, not one value", "drop it, or use several columns")
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _parquet(name, data):
    """The Table of a Parquet file."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise ConfigError(f"{name}: Parquet needs the package pyarrow", "pip install 'rnncli[parquet]'") from None
    try:
        table = parquet.read_table(io.BytesIO(data))
        _refuse_doubles(name, table.column_names)
        values = table.to_pydict()
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise DataError(f"{name}: unreadable Parquet file ({error})", "save it again, or as CSV") from None
    columns = {
        key: [_cell(f"{name}:{row}, column {key}", value) for row, value in enumerate(column, start=1)]
        for key, column in values.items()
    }
    return Table(name, columns, list(range(1, table.num_rows + 1)))


def listed(names: Collection[str]) -> str:
    """The first names of a list, and their number if not all are shown."""
    names = list(names)
    return ", ".join(names[:LISTED]) + (f", ... ({len(names):,} in all)" if len(names) > LISTED else "")
