"""Series in JSON: objects with a first stamp and a list of values, as GluonTS reads them."""

import json
from collections.abc import Iterator

import numpy as np

from ...errors import DataError
from .encodings import TextFile
from .json_starts import series_in
from .started import Started
from .table import Cells, Table, Texts, Written, listed

FIRST = 1 << 12  # rows that there is room for at first
SERIES = "series"  # the name of a column of numbers, where nothing else names the series
HINT = 'write one object per line, as in {"item_id": "a", "start": "2024-01-31", "target": [1, 2, 3]}'


def read_series(name: str, text: TextFile, is_array: bool) -> Iterator[int | Table]:
    """Yield the number of lines read, from time to time, and at last the Table of such objects, in lines or in an
    array: a row for each value. DataError, with file and line, for any other object among them."""
    names: dict[str, None] = {}
    cells, lengths, frequency, left_out = Cells(0, 0), [], "", {}
    for line, record in _records(name, text, is_array):
        found = series_in(record)
        if found is None:
            raise DataError(f"{name}:{line}: no object with a first stamp and a list of values, as those above", HINT)
        columns = found.columns
        if not names:
            names = dict.fromkeys(columns if found.is_named else (SERIES, *columns))
            cells, frequency = Cells(len(names), FIRST), found.frequency
        columns = {SERIES: [str(len(lengths) + 1)] * found.length} | columns if SERIES in names else columns
        if columns.keys() != names.keys() or found.frequency != frequency:
            differing = sorted(columns.keys() ^ names.keys()) or ["freq"]
            raise DataError(
                f"{name}:{line}: unlike the first object in {listed(differing)}", "give all objects the same keys"
            )
        cells.add_columns([columns[key] for key in names], np.full(found.length, line))
        lengths.append(found.length)
        left_out |= dict.fromkeys(found.left_out)
        yield line
    columns = {key: cells.column(k) for k, key in enumerate(names)}
    notes = [f"{len(lengths):,} objects with a list of values each, read as series"]
    notes += [f"lists left out: {listed(left_out)}"] * bool(left_out)
    written = Written("jsonl", encoding=text.encoding.removesuffix("-sig"), bom=text.bom, crlf=text.crlf)
    started = Started(tuple(lengths), frequency)
    yield Table(Texts(columns), cells.line, written, notes=(*text.notes, *notes), started=started)


def _records(name, text, is_array):
    """Yield (line, object) of all objects of a text; those of an array are numbered."""
    number = 1
    with text.open() as stream:
        try:
            if is_array:
                yield from enumerate(_loaded(stream.read().removeprefix("\ufeff")), start=1)
                return
            for number, line in enumerate(stream, start=1):
                if line.strip("\ufeff \t\n"):
                    yield number, _loaded(line.removeprefix("\ufeff"))
        except (json.JSONDecodeError, RecursionError) as error:
            raise DataError(f"{name}:{number}: not JSON ({error})", HINT) from None


def _loaded(text):
    return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
