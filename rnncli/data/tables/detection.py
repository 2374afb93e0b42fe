"""Whether files are tables, judged by what they begin with. Imports no NumPy."""

import codecs
import json
import os
import re
import stat
import sys
import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from ..file_marks import OLE, PARQUET, ZIP
from ..files import MARKS
from .archives import DAMAGED, WORKBOOK, begin_of, is_hidden, unpacked_name
from .encoding_guess import utf16_of
from .footers import is_footer
from .json_shapes import flat, repaired, table_in
from .json_starts import is_begun, series_in
from .kinds import EMPTY, NUMBER, STAMP, WORD, kind_of_cells
from .layout import is_sequence, width_of
from .season_names import months_of
from .separators import SEPARATORS, UNSPLIT, found_layout, is_drawn, is_rule, split_rows, told_separator
from .tsf_head import is_tsf
from .year_prints import printed_years
from .year_span import is_years

TABLES = frozenset((".csv", ".tsv", ".jsonl", ".ndjson", ".parquet", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"))
PEEKED = 1 << 16  # bytes to look at, at most
FILES = 10  # of an archive, or of a folder, to look at, at most
MANY = 20_000  # files and folders in a folder, above which it is not taken for a table
FOLDER = 1000  # files of a folder whose first lines are compared, at most
LINES = 200  # to look at, at most
ALIKE = 0.95  # of the rows of a table have as many cells
PARTS = (b"[Content_Types].xml", b"xl/worksheets/", b"mimetypeapplication/vnd.oasis")  # of the files in a workbook
SENTENCE = 40  # characters: cells of words that are as long on average are sentences
DIGITS = 15  # of a number in a lone column, at most: longer ones are strings of digits
WIDE = 3  # columns of numbers that make a table without dates
OBJECTS = re.compile(r"\s*(?:\{|\[\s*(?:[\[{]|$))")  # JSON objects, or an array of them, unlike a header in brackets
YEARS = re.compile(
    "|".join(("year", "jahr", "ann[eé]e", "a[nñ]o", "anno", "ano", "jaar", "år", "rok", "год", "年", "date"))
)
CREATED = re.compile("time|created|updated|date|epoch|(?:^|[._])ts(?:$|_)")
EPOCH = re.compile(r"1\d{9}(?:\d{3})?(?:\.\d*)?")  # of the years from 2001 to 2033
DATED = re.compile(r"(?:1[5-9]|20)\d\d(?:(?:0[1-9]|1[0-2])(?:(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])?)?)?")


def is_table(names: Sequence[str]) -> bool:
    """Whether the first of these files is a table: by its name, or else by what it begins with; a folder if all its
    files are by their names, or if they begin like tables and with the same line; standard input by its first bytes,
    which are not consumed. Other pipes are not opened."""
    if not names:
        return False
    if names[0] == "-":
        return sys.stdin is not None and looks_like_table(_begin(sys.stdin.buffer))
    if os.path.isdir(names[0]):
        inside = _inside(names[0])
        return bool(inside) and (all(map(is_named_table, inside)) or _are_alike(inside))
    return is_named_table(names[0]) or _is_file_with_table(names[0])


def _begin(file):
    """The first bytes of a buffered file, without consuming them."""
    return file.peek(PEEKED)[:PEEKED]


def is_named_table(name: str) -> bool:
    """Whether the name of a file is that of a table, also of a compressed one."""
    return Path(unpacked_name(name)).suffix.lower() in TABLES


def _is_file_with_table(name):
    try:
        if not stat.S_ISREG(os.stat(name).st_mode):
            return False
        with open(name, "rb") as file:
            data = file.read(PEEKED)
            if data.startswith(ZIP):
                return _is_archive_with_table(file)
    except (OSError, ValueError):
        return False
    return looks_like_table(data)


def _inside(folder):
    """The files in a folder and below, by name, without hidden ones; [] where there are more than a table has, in
    either sense: nobody keeps MANY files, or half of the disk, as one."""
    found, left = [], MANY
    for here, folders, files in os.walk(folder):  # what cannot be listed is left to the reader
        folders[:] = sorted(name for name in folders if not is_hidden(name))
        left -= len(folders) + len(files)
        if left < 0:
            return []
        found += [path for name in files if not is_hidden(name) and os.path.isfile(path := os.path.join(here, name))]
    return sorted(found)


def _are_alike(names):
    """Whether files begin with the same line of words, and the first of them like tables."""
    first = {_first_line(name) for name in names[:FOLDER]}
    return len(first) == 1 and b"" not in first and all(map(_is_file_with_table, names[:FILES]))


def _first_line(name):
    """The first line of a file that is plain text with letters in it, b"" of any other."""
    try:
        with open(name, "rb") as file:
            line = file.readline(PEEKED).strip()
    except (OSError, ValueError):
        return b""
    return line if re.search(rb"[A-Za-z]", line) else b""


def _is_archive_with_table(file):
    """Whether a zip file is a workbook, or one of its first files is a table."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = [each.filename for each in archive.infolist() if not each.is_dir() and not is_hidden(each.filename)]
            if WORKBOOK & {*names} or any(map(is_named_table, names[:FILES])):
                return True
            return any(_is_member_with_table(archive, name) for name in names[:FILES])
    except (*DAMAGED, RuntimeError, NotImplementedError):
        return False


def _begins_like_table(data):
    """Whether the beginning of a zip file is that of a workbook, or names a table as its first file."""
    length = int.from_bytes(data[26:28], "little")
    return any(part in data for part in PARTS) or is_named_table(data[30 : 30 + length].decode("utf-8", "replace"))


def _is_member_with_table(archive, name):
    with archive.open(name) as inside:
        data = inside.read(PEEKED)
    return not data.startswith(ZIP) and looks_like_table(data)


def looks_like_table(data: bytes) -> bool:
    """Whether these are the first bytes of a table: Parquet, a workbook, JSON objects with numbers, or rows with a time
    and numbers, or with numbers alone. Compressed bytes are unpacked."""
    data = begin_of(data, PEEKED)
    if data.startswith((PARQUET, OLE)):
        return True
    if data.startswith(ZIP):
        return _is_archive_with_table(BytesIO(data)) or _begins_like_table(data)
    text = decoded(data)
    if "\0" in text or not text.strip():
        return False
    if is_json(text):
        return _are_objects(text)
    return is_tsf(text) or is_years(text) or printed_years(text) is not None or _are_rows(text)


def is_json(begin: str) -> bool:
    """Whether a text with this beginning is JSON objects."""
    return bool(OBJECTS.match(begin.removeprefix("\ufeff")))


def decoded(data: bytes) -> str:
    """The whole lines at the beginning of a text of which `data` are the first bytes, whatever they are."""
    marked = next((encoding for mark, encoding in MARKS if data.startswith(mark)), None) or utf16_of(data) or "utf-8"
    text = codecs.getincrementaldecoder(marked)("replace").decode(data).removeprefix("\ufeff")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    whole = text.rpartition("\n")[0] if len(data) >= PEEKED else text
    return whole or text


def _are_objects(text):
    """Whether JSON has a table with numbers, and no words but beside times; JSON lines by the first object."""
    text = text.strip().removeprefix("\ufeff")
    whole = first_value(text)
    value = whole or repaired(text)
    if value is None or isinstance(value, list) and len(value) == 1:
        value = first_value(text.removeprefix("[").lstrip())
    first = value[0] if isinstance(value, list) and value else value
    if series_in(first) is not None or whole is None and is_begun(first):
        return True
    if (found := table_in(value)) is not None:
        columns = {name: column[:LINES] for name, column in found.columns.items()}
    elif isinstance(value, dict) and value and all(isinstance(part, list | dict) for part in value.values()):
        first = next(iter(value.values()))  # the next column may be cut off
        return kind_of_cells(list(map(str, first.values() if isinstance(first, dict) else first))) in (NUMBER, STAMP)
    elif isinstance(value, dict) and not any(isinstance(part, list) for part in value.values()):
        columns = {name: [part] for name, part in flat(value) if part is not None}
    else:
        return False
    cells = {name: ["" if cell is None else str(cell) for cell in column] for name, column in columns.items()}
    kinds = {name: kind_of_cells(column) for name, column in cells.items()}
    timed = STAMP in kinds.values() or any(_are_times(name, kinds[name], cells[name]) for name in kinds)
    return NUMBER in kinds.values() and (timed or WORD not in kinds.values())


def first_value(text: str) -> Any:
    """The first value of JSON; None where it is cut off."""
    try:
        return json.JSONDecoder().raw_decode(text)[0]
    except (ValueError, RecursionError):
        return None


def _are_rows(text):
    """Whether nearly all lines are rows of equally many cells, and what the columns hold makes a table."""
    lines = [line + "\n" for line in text.split("\n")[:LINES]]
    lines = [line for line in lines if not is_rule(line)] if is_drawn(lines) else lines
    told = told_separator(lines[0])
    lines = lines[1:] if told else lines
    found = found_layout(lines, told or SEPARATORS)
    if found is None:
        return False
    separator, layout = found
    rows = list(split_rows(lines, separator, strict=False))[layout.first :]
    rows = [row for row in rows if any(map(str.strip, row))]
    while len(rows) > 1 and is_footer(rows[-1]):
        rows.pop()
    D, share = width_of(rows)
    if share < ALIKE or len(layout.names) != D and D - len(layout.names) != 1:
        return False
    columns = list(zip(*(row for row in rows if len(row) == D)))
    if separator == UNSPLIT or D == 1:
        return len(lines) > 1 and _is_lone_column(columns[0], layout)
    return _are_columns(columns, layout, separator)


def _is_lone_column(cells, layout):
    """Whether a column holds numbers rather than strings of digits; a single one needs a name."""
    given = [cell.strip() for cell in cells if cell.strip()]
    if kind_of_cells(given) not in (NUMBER, STAMP) or not layout.has_header and len(given) < 2:
        return False
    digits = [cell for cell in given if cell.isdecimal()]
    return not any(len(cell) > DIGITS or len(cell) > 1 and cell[0] == "0" for cell in digits)


def _are_columns(columns, layout, separator):
    """Whether columns of a sample make a table."""
    kinds = [kind_of_cells(column) for column in columns]
    kinds = [STAMP if kind == WORD and months_of(column) else kind for column, kind in zip(columns, kinds)]
    words = [column for column, kind in zip(columns, kinds) if kind == WORD]
    numbers = kinds.count(NUMBER)
    if any(sum(map(len, column)) > SENTENCE * len(column) for column in words) or separator == " " and words:
        return False
    timed = STAMP in kinds
    for name, column, kind in zip(layout.names[-len(columns) :], columns, kinds):
        if layout.has_header and _are_years(name, kind, column):
            timed, numbers = True, numbers - 1
    if timed and numbers:
        return True
    if not layout.has_header and max(len(cell.strip()) for column in columns for cell in column) < 2:
        return False  # a drawing, or strings of symbols
    if not words:
        return numbers > 1 or numbers == 1 and layout.has_header and EMPTY not in kinds
    return layout.has_header and numbers > 0 and (len(words) == 1 and numbers >= WIDE or is_sequence(layout.names))


def _are_years(name, kind, column):
    """Whether numbers under the name of a year or a date may be one."""
    return kind == NUMBER and bool(YEARS.search(name.lower())) and all(map(_is_dated, column))


def _are_times(name, kind, column):
    """Whether numbers of JSON are years, or seconds or milliseconds since 1970 under the name of a time."""
    since = bool(CREATED.search(name.lower())) and any(column) and all(map(EPOCH.fullmatch, filter(None, column)))
    return since or _are_years(name, kind, column)


def _is_dated(cell):
    return not cell.strip() or bool(DATED.fullmatch(cell.strip()))
