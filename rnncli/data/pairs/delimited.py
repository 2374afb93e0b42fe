"""Pairs in delimited text: CSV and TSV, with or without a header."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from ...errors import DataError
from ...phrases import counted
from .cells import SEPARATORS, has_header, is_missing, rows_of, separator_of, shortlist
from .columns import Choice, Columns
from .documents import Document
from .plain_lines import read_lines
from .records import Found, Wanted

UNSPLIT = "\x1f"  # the separator for a table of one column
QUOTED = re.compile(r'\s*"(?:[^"]|"")*"\s*')


class Row(NamedTuple):
    """cells: () for a blank line."""

    file: int
    line: int
    cells: tuple[str, ...]


def read_delimited(documents: Sequence[Document], wanted: Wanted) -> Found:
    """The examples of tables with the same columns.

    Where no answers are required, a file without a separator, or without the names of the header that training had, has
    a text on each line.
    """
    if not wanted.required and wanted.form != "features" and all(_is_plain(each, wanted) for each in documents):
        return _plain(documents, wanted)
    separator = _separator(documents[0], wanted)
    header = _with_header(documents[0], separator, wanted)
    names, rows, blank = _table(documents, separator, header, wanted)
    found = Found("text", header=header, separator=separator)
    if blank and wanted.required:
        found.notes.append(f"{counted(blank, 'blank line')} skipped")
        rows = [row for row in rows if row.cells]
    if not rows and wanted.required:
        raise DataError(f"{documents[0].name}: only a header, no examples", "add at least one row")
    rows = [row if row.cells else row._replace(cells=("",) * len(names)) for row in rows]
    cells = list(zip(*(row.cells for row in rows))) or [()] * len(names)
    columns = Columns(documents[0].name, names, cells, header, wanted.decimal)
    _add(found, rows, columns, columns.choose(_placed(wanted, len(names), header)), wanted)
    return found


def _placed(wanted, D, header):
    """`wanted` for a table without header that has the sources alone, side by side."""
    if not wanted.required and not header and len(wanted.source) == D:
        numbers = tuple(str(k + 1) for k in range(D))
        return replace(wanted, source=numbers, target=())
    return wanted


# ---- what is a row


def _is_plain(document, wanted):
    """Whether a file of sources has a text on each line: nothing in it is what separates the columns in training."""
    if wanted.header:
        first = next((line for _, line in document.filled()), "")
        known = [names for names in (wanted.source, wanted.target) if names]
        return bool(wanted.source) and not any(_has_names(first, each, names) for each in SEPARATORS for names in known)
    separator = wanted.separator or "\t"
    if separator not in document.text:
        return True
    rows = rows_of(document.text, separator)
    if separator == "\t":  # now and then a text has one, too
        return sum(len(row) > 1 for row in rows) * 2 < len(rows)
    # a text has commas too: now and then, and before a blank
    return any(len(row) != len(rows[0]) or any(cell[:1].isspace() for cell in row[1:]) for row in rows)


def _has_names(line, separator, source):
    """Whether a line is a header with the columns of the source."""
    cells = [cell.strip() for row in rows_of(line, separator) for cell in row]
    return all(name in cells for name in source)


def _plain(documents, wanted):
    """The Found of lines that are texts, with what training knew of the columns."""
    found = read_lines(documents, wanted)
    if wanted.header and found.sources:
        found.notes.append(f"no column {wanted.source[0]!r} in the first line: every line is read as one text")
    elif any((wanted.separator or "\t") in document.text for document in documents):
        found.notes.append(f"{wanted.separator!r} does not separate columns here: every line is read as one text")
    return found


def _separator(document, wanted):
    if wanted.header and wanted.again:
        first = next((line for _, line in document.filled()), "")
        if first.strip().strip('"') in wanted.source:  # one column
            return "," if _lengths_of(document, ",") == {1} else UNSPLIT
        for separator in (wanted.separator, *SEPARATORS):
            if separator and _has_names(first, separator, wanted.source):
                return separator
    if wanted.separator:
        return wanted.separator
    first = next((line for _, line in document.filled()), "")
    return separator_of(document.text) or max(SEPARATORS, key=first.count)


def _with_header(document, separator, wanted):
    """Whether the first row has the names of the columns; names among the options say so, too."""
    if wanted.header is not None:
        return wanted.header
    if any(not name.isdecimal() for name in (*wanted.source, *wanted.target, wanted.group or "1")):
        return True
    rows = rows_of(document.text, separator)
    return bool(rows) and has_header(rows)


def _table(documents, separator, header, wanted):
    """(names, rows in the order of the columns of the first document, number of blank lines)."""
    names, kept, blank = (), [], 0
    for file, document in enumerate(documents):
        rows = list(_rows(document, separator))
        begin = next((k for k, (_, cells) in enumerate(rows) if cells), None)
        if begin is None:
            continue
        first, cells = rows[begin]
        if header:
            own = _names(f"{document.name}:{first}", cells, wanted)
            order = _order(document, own, documents[0], names or own)
            names, rows = names or own, rows[begin + 1 :]
        else:
            names = names or tuple(str(k + 1) for k in range(len(cells)))
            order = range(len(names))
        expected = f"{len(names)} as in " + ("the header" if header else f"line {first}")
        for line, cells in rows:
            if cells and len(cells) != len(names):
                raise _unequal(document, line, cells, expected, separator)
            blank += not cells
            kept.append(Row(file, line, tuple([cells[k] for k in order] if cells else ())))
    return names or ("1",), kept, blank


def _unequal(document, line, cells, expected, separator):
    """The DataError for a row with another number of cells."""
    sign = {"\t": "tabs"}.get(separator, f"{separator!r}")
    quote = "leave tabs out of the texts" if separator == "\t" else f"quote a cell that contains {separator!r}"
    return DataError(
        f"{document.name}:{line}: {counted(len(cells), 'column')} separated by {sign}, expected {expected}",
        f"give every line the same columns; {quote}",
    )


def _names(place, cells, wanted):
    names = tuple(cell.strip() for cell in cells)
    if wanted.again and wanted.source and not {*names} & {*wanted.source, *wanted.target}:
        raise DataError(
            f"{place}: expected the names of the columns, found {shortlist(names)}",
            f"begin the file with the header of the training files: {', '.join((*wanted.source, *wanted.target))}",
        )
    if doubles := [name for name, count in Counter(names).items() if count > 1]:
        raise DataError(
            f"{place}: more than one column is called {doubles[0]!r}",
            "rename all but one; without names in the first line, use --header no",
        )
    return names


def _order(document, own, first, names):
    """Where the columns `names` of the first document are in this one."""
    if set(own) != set(names):
        raise DataError(
            f"{document.name}: columns differ from those of {first.name}: "
            f"only one has {shortlist(sorted(set(own) ^ set(names)))}",
            "give all files the same header",
        )
    return [own.index(name) for name in names]


def _rows(document: Document, separator: str) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield (number of its first line, cells) of each row, () for a blank line.

    Tabs separate without quoting, unless every cell that has a quote is quoted, or only quoting gives equal rows.
    """
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
    reader, line = csv.reader((line + "\n" for line in document.lines()), delimiter=separator, strict=True), 0
    try:
        for row in reader:
            yield line + 1, row if len(row) > 1 or "".join(row).strip() else ()
            line = reader.line_num
    except csv.Error as error:
        raise DataError(
            f"{document.name}:{line + 1}: not a valid row ({error})",
            'close every quote that opens a cell; inside a cell, write a quote twice: "5"" pipe"',
        ) from None


# ---- what is an example


def _add(found, rows, columns, choice: Choice, wanted):
    """Put the rows of a table into `found`."""
    found.form = wanted.form if wanted.form in ("text", "words", "features") else _form(columns, choice, wanted)
    names = columns.names
    found.columns = tuple(names[k] if columns.header else f"column {names[k]}" for k in choice.source)
    found.target_names = tuple(names[k] if columns.header else f"column {names[k]}" for k in choice.target)
    found.source, found.target = (tuple(names[k] for k in part) for part in (choice.source, choice.target))
    found.target = found.target or wanted.target
    if choice.aside:
        found.notes.append(f"left aside, as it numbers the rows: column {shortlist([names[k] for k in choice.aside])}")
    if choice.group is not None:
        found.groups = [row.cells[choice.group] for row in rows]
    found.rows = [row.cells for row in rows]
    sources = columns.cells[choice.source[0]]
    if found.form == "features":
        sources = _features(columns, choice, wanted)
    elif found.form == "words":
        sources = [tuple(text.split()) for text in sources]
    for row, source in zip(rows, sources):
        answer = tuple(row.cells[k] for k in choice.target) or None
        if wanted.answers == "step" and answer:
            answer = tuple(answer[0].split())
        found.add(source, answer, row.file, row.line)


def _form(columns, choice, wanted):
    if wanted.answers == "step":
        return "words"
    return "features" if len(choice.source) > 1 or columns.numeric(choice.source[0]) else "text"


def _features(columns, choice, wanted):
    """Rows of cells; in a column of numbers with a decimal point, and nothing for a missing one."""
    cells = [columns.cells[k] for k in choice.source]
    for k, place in enumerate(choice.source):
        if columns.numeric(place):
            cells[k] = [
                "" if is_missing(cell) else cell.strip().replace(wanted.decimal, ".") for cell in columns.cells[place]
            ]
    return zip(*cells)
