"""JSON lines, and arrays of objects: a row is an object, its keys are the columns. Also tables in other JSON, which
`json_shapes` finds."""

import json
import re
from collections.abc import Iterator

import numpy as np

from ...errors import DataError
from .encodings import TextFile
from .json_series import read_series
from .json_shapes import Found, flat, repaired, table_in
from .json_starts import series_in
from .table import Cells, Table, Texts, Written, listed, refuse_doubles, texts

BLOCK = 1 << 10  # objects at a time
FIRST = 1 << 12  # rows that there is room for at first
DECODER = json.JSONDecoder(object_pairs_hook=tuple, parse_int=str, parse_float=str, parse_constant=str)
BEGINNING = 1 << 14  # characters that show the shape
NEXT = re.compile(r"[\s,]*")  # between two objects of an array
HINT = 'write one object per line, as in {"unique_id": "a", "ds": "2024-01-31", "y": 1.5}'


def read_json(name: str, text: TextFile) -> Iterator[int | Table]:
    """Yield the number of lines read, from time to time, and at last the Table of JSON lines, of an array of objects or
    within other JSON.

    The first object has all columns; missing keys and null are empty cells, numbers are kept as they are written.
    DataError, with file and line, for anything else.
    """
    with text.open() as stream:
        begin = next((line for line in stream if line.strip("\ufeff \t\r\n")), "")
        stream.seek(0)
        is_array = begin.lstrip("\ufeff \t").startswith("[")
        if _are_series(begin if not is_array else stream.read(BEGINNING), is_array):
            yield from read_series(name, text, is_array)
            return
        stream.seek(0)
        if _is_nested(stream) and (table := _within(name, stream, text)):
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
    columns = {key: cells.column(k) for k, key in enumerate(keys)}
    yield Table(Texts(columns), cells.line, _written(text), notes=text.notes)


def _written(text):
    return Written("jsonl", encoding=text.encoding.removesuffix("-sig"), bom=text.bom, crlf=text.crlf)


def _are_series(begin, is_array):
    """Whether JSON begins with an object that has a first stamp and a list of values."""
    value = repaired(begin.removeprefix("\ufeff"))
    first = value[0] if is_array and isinstance(value, list) and value else value
    return series_in(first) is not None


def _is_nested(stream):
    """Whether a stream, which is put back, begins as one value that is no list of objects without lists."""
    value = repaired(stream.read(BEGINNING).removeprefix("\ufeff"))
    stream.seek(0)
    if not isinstance(value, list):
        return isinstance(value, dict)
    return not all(
        isinstance(each, dict) and not any(isinstance(part, list) for _, part in flat(each)) for each in value
    )


def _within(name, stream, text) -> Table | None:
    """The Table within one JSON value, a row having the line of its number; None for JSON of another form, whose
    stream is put back. DataError where no table is in it."""
    try:
        value = json.loads(stream.read().removeprefix("\ufeff"), parse_int=str, parse_float=str, parse_constant=str)
    except (json.JSONDecodeError, RecursionError):
        value = None
    stream.seek(0)
    found = table_in(value)
    if found is None:
        if isinstance(value, dict) and text.lines > 2:
            raise DataError(f"{name}: no table in this JSON; its keys: {listed(value)}", HINT)
        return None
    cells = {key: texts([_text(name, key, part) for part in column]) for key, column in found.columns.items()}
    return Table(cells, np.arange(1, 1 + found.rows), _written(text), notes=(*text.notes, *_found_notes(found)))


def _found_notes(found: Found) -> list[str]:
    """Notes on where a table was found, and what of it is no table."""
    others = f"; others under {listed(found.others)}" if found.others else ""
    notes = [f"the table of {found.rows:,} rows under {found.path} read{others}"] if found.path else []
    return notes + [f"columns of lists left out: {listed(found.left_out)}"] * bool(found.left_out)


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
    cells = {}
    for key, value in _flat(pairs):
        if key in cells:
            refuse_doubles(place, [key, key])
        cells[key] = value if isinstance(value, str) else _text(place, key, value)
    return cells


def _flat(pairs, prefix=""):
    """Yield (name, value) of the pairs of an object; those of an inner object are called outer.inner."""
    for key, value in pairs:
        if value and isinstance(value, tuple):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _text(place: str, key: str, value: object) -> str:
    """A value as text; null is empty."""
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple | dict):
        raise DataError(f"{place}, column {key}: a list or an object, not one value", "drop it, or use several columns")
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
