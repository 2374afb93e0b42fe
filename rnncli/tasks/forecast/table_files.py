"""Tables as files: .csv, .tsv and .jsonl, also gzipped, .parquet and .xlsx; the whole file or none of it."""

import gzip
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

from ...data.tables.table import Look, header_cells
from ...errors import ConfigError, DataError
from ...storage.atomic_files import write_atomically
from .table_style import Style, csv_lines, json_lines

ELSEWHERE = "free space there, or name a file in another folder"  # the remedy for a file that cannot be written
CSV, TSV, JSONL, PARQUET, XLSX = ".csv", ".tsv", ".jsonl", ".parquet", ".xlsx"
FORMATS = (CSV, TSV, JSONL, PARQUET, XLSX)
PACKAGES = {PARQUET: "pyarrow", XLSX: "openpyxl"}  # by format
GZIPPED = ".gz"
LONGEST = 1_048_575  # rows of a sheet, below its header
LONGEST_CELL = 32_767  # characters in a cell of a sheet
NOT_IN_XML = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
WHOLE = re.compile(r"0|[1-9]\d{0,17}", re.ASCII)  # a row number, a year
ISO = re.compile(r"\d{4}-\d\d-\d\d(?P<clock>[ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?)?(?P<zone>Z|[-+]\d\d:?\d\d)?", re.ASCII)


def check_table_file(path: str) -> str:
    """The format of a table file by its extension, one of FORMATS; raises ConfigError for an unknown one, and where its
    package is not installed."""
    name = Path(path).name.lower()
    format = Path(name.removesuffix(GZIPPED)).suffix
    if format not in FORMATS or name.endswith(GZIPPED) and format in PACKAGES:
        allowed = f"allowed: {', '.join(FORMATS)}; .gz after {CSV}, {TSV} or {JSONL}"
        raise ConfigError(f"-o {path}: unknown kind of table", allowed)
    if format in PACKAGES:
        package = PACKAGES[format]
        if find_spec(package) is None:
            raise ConfigError(f"-o {path} needs the package {package}", f"pip install {package}")
    return format


def write_table(
    path: str, header: Sequence[str], rows: Iterable[Sequence[Any]], style: Style, stamps: int | None
) -> bool:
    """Write a table to `path`; the column `stamps`, where it is ISO, becomes one of times in Parquet and Excel.

    Returns whether the encoding of the style lacks a character: then the file is UTF-8. DataError where a sheet is too
    short, ResourceError where the file cannot be written.
    """
    format, lacks = check_table_file(path), False
    if format == PARQUET:
        data = _parquet(header, rows, style, stamps)
    elif format == XLSX:
        data = _workbook(path, header, rows, style, stamps)
    elif format == JSONL:
        data = "".join(json_lines(header, rows, style)).encode()
    else:
        if format == TSV:
            style = replace(style, written=replace(style.written, sep="\t"))
        data, lacks = encoded("".join(csv_lines(header, rows, style)), style)
    if path.lower().endswith(GZIPPED):
        data = gzip.compress(data, mtime=0)
    write_atomically(path, data, ELSEWHERE)
    return lacks


def encoded(text: str, style: Style) -> tuple[bytes, bool]:
    """(the bytes of a text in the encoding of a style, whether that lacks a character): if so in UTF-8, with a mark."""
    written = style.written
    mark = "\ufeff" if written.bom else ""
    try:
        return (mark + text).encode(written.encoding), False
    except UnicodeEncodeError:
        return ("\ufeff" + text).encode(), True


def _parquet(header, rows, style, stamps):
    """The bytes of a Parquet file."""
    import pyarrow as pa
    from pyarrow import parquet

    columns = [list(column) for column in zip(*rows)] or [[] for _ in header]
    arrays = []
    for k, column in enumerate(columns):
        values = _typed(column) if k == stamps else column
        if any(isinstance(cell, float) for cell in values):
            arrays.append(pa.array([style.value(cell, k) for cell in values], pa.float64()))
        else:
            arrays.append(pa.array(values))
    file = io.BytesIO()
    parquet.write_table(pa.Table.from_arrays(arrays, names=list(header)), file)
    return file.getvalue()


def _workbook(path, header, rows, style, stamps):
    """The bytes of a workbook with one sheet."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    kept = list(islice(rows, LONGEST + 1))
    if len(kept) > LONGEST:
        raise DataError(f"-o {path}: a sheet has {LONGEST:,} rows at most", "write a .csv or .parquet file")
    for text in (value for row in (header, *kept) for value in row if isinstance(value, str)):
        _check_cell(path, text)  # before the sheet is begun, which cannot be left half-written in silence
    book = Workbook(write_only=True)
    sheet = book.create_sheet("forecast")

    def cell(value, column):
        made = WriteOnlyCell(sheet, style.value(value, column) if isinstance(value, float) else value)
        if isinstance(value, str):
            made.data_type = "s"  # text, also where it begins with =
        elif isinstance(value, float) and style.looks:
            made.number_format = formats[column]
        return made

    formats = [_number_format(style, k) for k in range(len(header))]
    sheet.append([cell(name, k) for k, name in enumerate(header_cells(header))])
    times = [] if stamps is None else _typed([row[stamps] for row in kept])
    if any(isinstance(time, datetime) and time.tzinfo for time in times):
        times = []  # a workbook has no time zones: they stay text
    for k, row in enumerate(kept):
        cells = [times[k] if times and place == stamps else value for place, value in enumerate(row)]
        sheet.append([cell(value, place) for place, value in enumerate(cells)])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _check_cell(path, text):
    """DataError for a text that no sheet can hold."""
    found = NOT_IN_XML.search(text)
    if found or len(text) > LONGEST_CELL:
        what = f"the character U+{ord(found[0]):04X}" if found else f"{len(text):,} characters"
        raise DataError(f"-o {path}: no cell of a sheet can hold {what}", "write a .csv or .parquet file")


def _number_format(style, column):
    """The format of the numbers of a column of a workbook: its decimals and unit as the table has them."""
    look = style.look(column)
    if look.factor != 1.0 or look == Look():
        return "General"
    digits = f"{'#,##' if style.written.thousands else ''}0{'.' * bool(look.decimals)}{'0' * (look.decimals or 0)}"
    ways = [[f'"{text}"' * bool(text) for text in around] for around in (look.positive, look.negative)]
    return ";".join(f"{before}{digits if look.decimals is not None else 'General'}{after}" for before, after in ways)


def _typed(texts):
    """Stamps as datetimes where all are ISO and alike, as whole numbers where all are; otherwise unchanged."""
    if all(WHOLE.fullmatch(text) for text in texts):
        return [int(text) for text in texts]
    found = [ISO.fullmatch(text) for text in texts]
    alike = {(bool(match["clock"]), bool(match["zone"])) for match in found if match}
    if not all(found) or len(alike) > 1:
        return texts
    try:
        return [datetime.fromisoformat(text) for text in texts]
    except ValueError:  # a day of another calendar or order
        return texts
