"""CSV and its kin: text with separators, and what spreadsheets leave in it.

`csv.reader` in small blocks takes 0.49 s of CPU for a million rows of three columns, `pandas.read_csv(dtype=object)`
0.56 s after its import; and only the former tells a short row from one with empty cells, and the line of every row.
"""

import csv
from array import array
from collections.abc import Iterator, Sequence
from itertools import chain, islice

import numpy as np

from ...errors import DataError
from .encodings import TextFile
from .layout import Layout
from .reading import Reading
from .rows import Rows
from .separators import SAMPLED, SEPARATORS, UNSPLIT, found_layout, is_drawn, is_rule, split_rows, told_separator
from .table import Table, Written

BLOCK = 256  # rows at a time: those of a larger block leave the processor's cache before they are columns
SAMPLE = 1 << 19  # characters that decide on separator and header, at most


def read_delimited(name: str, text: TextFile, reading: Reading, ragged: bool) -> Iterator[int | Table]:
    """Yield the number of lines read, from time to time, and at last the Table of a text with separators.

    ragged   rows may be shorter than the header: the missing cells are empty
    DataError, with file and line, for a row of another length, an open quote, a doubled name and a missing row.
    """
    with text.open() as stream:
        drawn = is_drawn(list(islice(stream, SAMPLED)))
        stream.seek(0)
        lines, numbers = _uncommented(stream, reading.comment, drawn)
        above = list(islice(lines, reading.skip_rows or 0))
        sample = _sample(lines)
        told = told_separator(sample[0]) if sample else None
        if told:
            above.append(sample.pop(0))
        separator, layout = _chosen(name, sample, reading.sep or told, reading.skip_rows is None)
        skipped = _lines_of(sample, layout.begin, separator)
        notes = [f"separator {told!r} from the first line, sep={told}"] if told else []
        most = min(text.lines, 1 + text.size // len(layout.names))
        rows = Rows(name, layout, [*notes, *layout.notes], most, ragged, separator, numbers)
        first = len(above) + skipped + 1
        rows.name(first)
        yield from _filled(rows, chain(sample[skipped:], lines), separator, layout, first)
    written = Written(
        "csv",
        "," if separator == UNSPLIT else separator[0],
        text.encoding.removesuffix("-sig"),
        text.bom,
        text.crlf,
    )
    yield rows.table(written, text.notes)


def _uncommented(stream, comment, drawn):
    """(the lines of a text without comments and drawn rules, the numbers of those read so far or None if all are)."""
    if not comment and not drawn:
        return stream, None
    numbers = array("q")

    def kept():
        for number, line in enumerate(stream, start=1):
            if not (comment and line.lstrip().startswith(comment) or drawn and is_rule(line)):
                numbers.append(number)
                yield line

    return kept(), numbers


def _sample(lines):
    """The first lines, which decide on separator and header."""
    sample, size = [], 0
    for line in lines:
        sample.append(line.removeprefix("\ufeff") if not sample else line)
        size += len(line)
        if len(sample) == SAMPLED or size > SAMPLE and len(sample) > 1:
            break
    return sample


def _chosen(name, sample, separator, titles):
    """(separator, Layout) of a table. DataError if all lines are blank."""
    found = found_layout(sample, separator or SEPARATORS, titles)
    if found is None:
        raise DataError(f"{name}: only a header, no data rows", "add at least one data row")
    return found


def _lines_of(sample, rows, separator):
    """The number of lines that the first rows of a sample take."""
    reader = split_rows(sample, separator, strict=False)
    for _ in range(rows):
        next(reader)
    return reader.line_num


def _filled(rows: Rows, lines: Iterator[str], separator: str, layout: Layout, first: int) -> Iterator[int]:
    """Put the rows of a table, which begins in line `first`, into `rows`, and yield the number of lines read."""
    reader, error = split_rows(lines, separator), None
    line, skipped = first, layout.first - layout.begin
    while True:
        block: list[list[str]] = []
        before = reader.line_num
        try:
            block.extend(islice(reader, skipped or BLOCK))
        except csv.Error as found:
            error = found  # the rows before it are in the block
        simple = error is None and reader.line_num - before == len(block)  # a line for each row
        spans = None if simple else _spans(block)
        if skipped:
            skipped = 0
        else:
            rows.add(block, line + (np.arange(len(block)) if spans is None else np.cumsum(spans) - spans))
        line += len(block) if spans is None else int(spans.sum())
        if error is not None:
            raise DataError(
                f"{rows.place(line)}: not a valid row ({error})",
                'close every quote that opens a cell; inside a cell, write a quote twice: "5"" pipe"',
            )
        if not block:
            return
        yield line


def _spans(block: Sequence[Sequence[str]]) -> np.ndarray:
    """(rows,) the number of lines of each row: a cell in quotes may hold several."""
    return np.array([1 + sum(cell.count("\n") for cell in row) for row in block], np.intp)
