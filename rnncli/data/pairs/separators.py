"""What separates the columns of a table, and the rows that it gives; whether lines are texts rather than rows."""

import csv
import re
from collections.abc import Iterator, Sequence

from ...errors import DataError
from ..tables.archives import unpacked_name
from ..tables.separators import UNSPLIT, split_rows
from ..whole_numbers import whole_of
from .cells import (
    SEPARATORS,
    SMALL,
    SOURCE_NAMES,
    TARGET_NAMES,
    has_header,
    rows_of,
    separator_of,
)
from .documents import Document
from .records import Wanted
from .text_names import has_text_header

QUOTED = re.compile(r'\s*"(?:[^"]|"")*"\s*')


def is_plain(document: Document, wanted: Wanted) -> bool:
    """Whether a file of sources has a text on each line: nothing in it is what separates the columns in training."""
    if wanted.header:
        first = next((line for _, line in document.filled()), "")
        known = [names for names in (wanted.source, wanted.target) if names]
        if not wanted.source or any(_has_names(first, each, names) for each in _possible(wanted) for names in known):
            return False
        return _own_separator(document, wanted) is None
    return _fitting_separator(document, wanted) is None


def _fitting_separator(document, wanted):
    """The separator of a file without header, that of training if it can be; None if it has a text on each line."""
    stored = wanted.separator or "\t"
    if wanted.table.sep and any(len(row) > 1 for row in rows_of(document.text, stored)):
        return stored
    if stored in document.text and not _are_texts(rows_of(document.text, stored), stored):
        return stored
    own = _own_separator(document, wanted)
    if own is None:
        return None
    rows = rows_of(document.text, own)
    needed = max(filter(None, map(whole_of, (*wanted.source, *wanted.target))), default=2)
    return own if len(rows[0]) >= needed or has_known_names(rows, wanted.answers) else None


def _are_texts(rows, separator):
    """Whether a sign is part of the texts rather than between columns."""
    if separator == "\t":  # now and then a text has one, too
        return sum(len(row) > 1 for row in rows) * 2 < len(rows)
    # a text has commas too: now and then, and before a blank
    return any(len(row) != len(rows[0]) or any(cell[:1].isspace() for cell in row[1:]) for row in rows)


def _possible(wanted):
    """The separators that a file may have: the one that is given, or that of training before the others."""
    return (wanted.table.sep,) if wanted.table.sep else tuple(filter(None, (wanted.separator, *SEPARATORS)))


def _own_separator(document, wanted):
    """What separates equally many cells on all lines of a table, judged by itself; None for lines of text.

    Commas and semicolons may be in every text: they count in a file that is called a table, below a header, and
    where there are several on a line.
    """
    called = unpacked_name(document.name.lower()).endswith((".csv", ".tsv"))
    for separator in (wanted.table.sep or SEPARATORS) if document.text.count("\n") else ():
        rows = rows_of(document.text, separator)
        if len(rows) < 2 or len(rows[0]) < 2 or any(len(row) != len(rows[0]) for row in rows):
            continue
        if separator in ("\t", wanted.table.sep):
            return separator
        if not _are_texts(rows, separator) and (called or len(rows[0]) > 2 or has_header(rows)):
            return separator
    return None


def has_known_names(rows: Sequence[Sequence[str]], answers: str) -> bool:
    """Whether the first row is a header with names that are known of a source and an answer: two, or one above many
    rows, where the answers are no texts; and none of its cells stands below it again."""
    if answers == "text":
        return len(rows) > 1 and has_text_header(rows)
    first, body = [cell.strip() for cell in rows[0]], rows[1:]
    known = sum(name.lower() in SOURCE_NAMES | TARGET_NAMES for name in first)
    if known < (2 if len(body) < SMALL else 1) or not body:
        return False
    return not any(name == row[k].strip() for row in body for k, name in enumerate(first) if k < len(row))


def _has_names(line, separator, source):
    """Whether a line is a header with the columns of the source."""
    cells = [cell.strip() for row in rows_of(line, separator) for cell in row]
    return all(name in cells for name in source)


def chosen_separator(document: Document, wanted: Wanted) -> str:
    """The separator of the options, or of training, or else the one that a document has."""
    if document.typed:
        return ","
    if wanted.table.sep:
        return wanted.table.sep
    if wanted.header and wanted.again:
        first = next((line for _, line in document.filled()), "")
        if first.strip().strip('"') in wanted.source:  # one column
            return "," if _lengths_of(document, ",") == {1} else UNSPLIT
        for separator in _possible(wanted):
            if _has_names(first, separator, wanted.source):
                return separator
        return _own_separator(document, wanted) or wanted.separator or ","
    if wanted.again and wanted.header is False:
        return _fitting_separator(document, wanted) or wanted.separator or "\t"
    if wanted.separator:
        return wanted.separator
    first = next((line for _, line in document.filled()), "")
    if wanted.answers == "text" and "\t" in first:
        return "\t"
    return separator_of(document.text) or max(SEPARATORS, key=first.count)


def rows_with_lines(document: Document, separator: str) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield (number of its first line, cells) of each row, () for a blank line; not of lines that are left out.

    Tabs separate without quoting, unless every cell that has a quote is quoted, or only quoting gives equal rows.
    """
    left_out = {number for number, _ in document.left_out}
    for line, cells in _all_rows(document, "," if document.typed else separator):
        if line not in left_out:
            yield line, cells


def _all_rows(document, separator):
    """See `rows_with_lines`."""
    if separator not in ("\t", UNSPLIT):
        yield from _quoted_rows(document, separator)
        return
    lines = document.lines()
    rows = [line.split(separator) if line.strip(" ") else () for line in lines]
    cells = [cell for row in rows for cell in row if '"' in cell]
    if cells and (
        all(map(QUOTED.fullmatch, cells)) or _unequal_rows(rows) and len(_lengths_of(document, separator)) == 1
    ):
        yield from _quoted_rows(document, separator)
    else:
        yield from enumerate(rows, start=1)


def _unequal_rows(rows):
    return len({len(row) for row in rows if row}) > 1


def _lengths_of(document, separator):
    """The different numbers of cells of the rows of a file with quoted cells; none if it cannot be read so."""
    try:
        return {len(cells) for _, cells in _quoted_rows(document, separator) if cells}
    except DataError:
        return set()


def _quoted_rows(document, separator):
    reader, line = split_rows((line + "\n" for line in document.lines()), separator), 0
    try:
        for row in reader:
            yield line + 1, row if len(row) > 1 or "".join(row).strip() else ()
            line = reader.line_num
    except csv.Error as error:
        raise DataError(
            f"{document.name}:{line + 1}: not a valid row ({error})",
            'close every quote that opens a cell; inside a cell, write a quote twice: "5"" pipe"',
        ) from None
