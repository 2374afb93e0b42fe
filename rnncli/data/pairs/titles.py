"""Lines above a table that are no part of it: a title, as spreadsheets have."""

from dataclasses import replace

from ...errors import DataError
from .cells import SEPARATORS, has_header, is_number, rows_of, separator_of, shortened
from .documents import Document, Documents

HIGHEST = 5  # lines above a table, at most


def without_titles(read: Documents) -> Documents:
    """The Documents with blank lines instead of titles, so that lines keep their numbers; a note names each title.

    A title is a line with one cell, then a blank line, then a table with the names of its columns. DataError for a
    line with one cell right above the names.
    """
    documents, notes = [], []
    for document in read.documents:
        begin = 0 if document.listed else _table_begins(document)
        if begin == 1:
            raise titled(f"{document.name}:1")
        if begin:
            title = document.lines()[0].strip(SEPARATORS + " ")
            notes.append(f"{document.name}: line 1 looks like a title and is skipped: {shortened(title)!r}")
            document = replace(document, text="\n" * begin + "\n".join(document.text.split("\n")[begin:]))
        documents.append(document)
    return replace(read, documents=tuple(documents), notes=(*read.notes, *notes))


def titled(place: str) -> DataError:
    """The DataError for a first line of one cell above rows of several. place: file:line"""
    return DataError(
        f"{place}: line {place.rpartition(':')[2]} looks like a title: it has one cell, and the lines below have more",
        "remove the lines above the column names",
    )


def _table_begins(document: Document) -> int:
    """The number of lines above the names of the columns, 0 if there is no title."""
    head = [line.strip(SEPARATORS + " ") for line in document.text.split("\n", HIGHEST + 1)[: HIGHEST + 1]]
    if len(head) < 3 or not head[0] or head[0].startswith(("{", "[", "#", "@", '"')) or is_number(head[0]):
        return 0
    if any(separator in head[0] for separator in "\t;") or head[0].count(",") > 1:
        return 0
    begin = next((k for k, line in enumerate(head) if k and line), 0)
    table = document.text.split("\n", begin)[-1]
    separator = separator_of(table) if begin else None
    if separator is None or separator in head[0]:
        return 0
    rows = rows_of(table, separator)
    return begin if len(rows) > 1 and len(rows[0]) == len(rows[1]) and has_header(rows) else 0
