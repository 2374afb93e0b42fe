"""JSON lines, and arrays of objects: a row is an object, its keys are the columns. Also an object of columns, as pandas
writes one: each a list, or an object with a key for each row."""

import json
import re
from collections.abc import Iterator

import numpy as np

from ...errors import DataError
from .encodings import TextFile
from .table import Cells, Table, Texts, Written, listed, refuse_doubles, texts

BLOCK = 1 << 10  # objects at a time
FIRST = 1 << 12  # rows that there is room for at first
DECODER = json.JSONDecoder(object_pairs_hook=tuple, parse_int=str, parse_float=str, parse_constant=str)
COLUMNS = re.compile(r'[\ufeff\s]*\{\s*"(?:[^"\\]|\\.)*"\s*:\s*[\[{]')  # the beginning of an object of columns
FEWEST = 2  # rows of an object of columns
BEGINNING = 1 << 12  # characters that may show it
NEXT = re.compile(r"[\s,]*")  # between two objects of an array
HINT = 'write one object per line, as in {"unique_id": "a", "ds": "2024-01-31", "y": 1.5}'


def read_json(name: str, text: TextFile) -> Iterator[int | Table]:
    """Yield the number of lines read, from time to time, and at last the Table of JSON lines, of an array of objects or
    of an object of columns.

    The first object has all columns; missing keys and null are empty cells, numbers are kept as they are written.
    DataError, with file and line, for anything else.
    """
    stream = text.open()
    try:
        begin = next((line for line in stream if line.strip("\ufeff \t\r\n")), "")
        stream.seek(0)
        is_array = begin.lstrip("\ufeff \t").startswith("[")
        if not is_array and (table := _of_columns(name, stream, text)):
            yield text.lines
            yield table
            return
        records = _in_array(name, stream.read()) if is_array else _in_lines(name, stream)
        keys: dict[str, None] = {}
        cells, block, lines = Cells(0, 0), [], []
        for line, record in records:
            if not keys:
                keys = dict.fromkeys(record)
                cells = Cells(len(keys), FIRST)
            if unknown := [key for key in record if key not in keys]:
                raise DataError(
                    f"{name}:{line}: unknown key {unknown[0]!r}; the first object has {listed(keys)}",
                    "list every column in the first object, with null for a missing value",
                )
            block.append([record.get(key, "") for key in keys])
            lines.append(line)
            if len(block) == BLOCK:
                cells.add(block, lines)
                yield line
                block, lines = [], []
        if block:
            cells.add(block, lines)
    finally:
        stream.detach()
    columns = {key: cells.column(k) for k, key in enumerate(keys)}
    yield Table(Texts(columns), cells.line, _written(text), notes=text.notes)


def _written(text):
    return Written("jsonl", encoding=text.encoding.removesuffix("-sig"), bom=text.bom, crlf=text.crlf)


def _of_columns(name, stream, text):
    """The Table in a file that is one object of columns, all as long; None for another file, whose stream is put back.
    A row has the line of its number."""
    columns = {}
    begin = stream.read(BEGINNING)
    try:
        if COLUMNS.match(begin):
            whole = (begin + stream.read()).removeprefix("\ufeff")
            columns = json.loads(whole, parse_int=str, parse_float=str, parse_constant=str)
    except (json.JSONDecodeError, RecursionError):
        pass
    stream.seek(0)
    if any(not isinstance(column, list | dict) or len(column) < FEWEST for column in columns.values()) or not columns:
        return None
    rows = [list(column) if isinstance(column, dict) else len(column) for column in columns.values()]
    if any(each != rows[0] for each in rows):
        raise DataError(f"{name}: its columns {listed(columns)} are not of the same rows", HINT)
    cells = {key: column.values() if isinstance(column, dict) else column for key, column in columns.items()}
    found = {key: texts([_text(name, key, value) for value in column]) for key, column in cells.items()}
    return Table(found, np.arange(1, 1 + len(next(iter(found.values())))), _written(text), notes=text.notes)


def _in_lines(name, stream):
    """Yield (line, {key: cell}) for each line that is not blank."""
    for number, line in enumerate(stream, start=1):
        if line.strip("\ufeff \t\n"):
            yield number, _record(f"{name}:{number}", line.removeprefix("\ufeff").strip())


def _in_array(name, text):
    """Yield (line, {key: cell}) for each object of an array."""
    at = _next(text, text.index("[") + 1)
    line = 1 + text.count("\n", 0, at)
    while text[at : at + 1] != "]":
        place = f"{name}:{line}"
        try:
            pairs, end = DECODER.raw_decode(text, at)
        except (json.JSONDecodeError, RecursionError) as error:
            raise DataError(
                f"{place}: not JSON ({error})", "write an array of objects, or one object per line"
            ) from None
        yield line, _cells(place, pairs)
        end = _next(text, end)
        line, at = line + text.count("\n", at, end), end
    if text[at + 1 :].strip():
        raise DataError(f"{name}:{line}: something follows the array", "keep one array in a file")


def _next(text, at):
    """Where the next object of an array begins."""
    found = NEXT.match(text, at)
    return found.end() if found else at


def _record(place, text):
    """{key: cell} of a JSON line."""
    try:
        pairs = DECODER.decode(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise DataError(f"{place}: not JSON ({str(error).replace(': line 1', ' at')})", HINT) from None
    return _cells(place, pairs)


def _cells(place, pairs):
    """{key: cell} of the pairs of an object, numbers unchanged as text."""
    if not pairs or not isinstance(pairs, tuple):
        raise DataError(f"{place}: not an object with keys", HINT)
    cells = {key: value if isinstance(value, str) else _text(place, key, value) for key, value in pairs}
    if len(cells) < len(pairs):
        refuse_doubles(place, [key for key, _ in pairs])
    return cells


def _text(place: str, key: str, value: object) -> str:
    """A value as text; null is empty."""
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple | dict):
        raise DataError(f"{place}, column {key}: a list or an object, not one value", "drop it, or use several columns")
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
