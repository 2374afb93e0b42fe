"""The formats of examples whose answers are texts."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice

from ...errors import DataError
from .cells import SEPARATORS, has_header, rows_of, separator_of
from .detection import is_records
from .documents import Document
from .json_lines import is_object
from .records import Found, Wanted
from .text_names import has_text_header

LOOKED_AT = 100  # lines
TABLES = ("delimited", "jsonl")
READABLE = {"text": (*TABLES, "parallel", "lines"), "description": (*TABLES, "fasttext", "labelled", "folder", "lines")}
CLASSED = ("fasttext", "labelled", "folder")  # with a class for each text
PARTS = ("source", "target", "condition")
EXPECTED = {
    "text": "give a table with two columns of texts, JSON lines, or two files that belong line for line",
    "description": "give a table with a column of texts, JSON lines, or a folder with a file for each class",
}


def refuse_format(documents: Sequence[Document], wanted: Wanted, format: str) -> None:
    """DataError where texts are wanted of a format that has none to write, or has no other answers."""
    if format not in READABLE.get(wanted.answers, (format,)):
        raise DataError(f"{documents[0].name}: no texts to write in files read as {format}", EXPECTED[wanted.answers])
    if format == "parallel" and wanted.answers != "text":
        raise DataError(
            f"{documents[0].name}: files that belong line for line are texts, not examples with another answer",
            "give a table or JSON lines",
        )


def format_of_texts(documents: Sequence[Document], wanted: Wanted) -> str:
    """The name of the format of documents with two texts an example, judged by the first of them that has text."""
    first = next((document for document in documents if document.text.strip()), documents[0])
    line = next((line for _, line in first.filled()), "")
    if line.startswith("{"):
        return "jsonl"
    chosen = wanted.source or wanted.target or wanted.condition or wanted.separator or wanted.header
    if wanted.required and chosen and any(sign in first.text for sign in (*SEPARATORS, wanted.separator or "\t")):
        return "delimited"
    if has_columns(first) or "\t" in line and len(documents) != 2:
        return "delimited"
    return "parallel" if wanted.required and len(documents) == 2 else "lines"


def has_columns(document: Document) -> bool:
    """Whether nearly all lines of a text have as many tabs; or other separators, in a file that is called a table or
    has a header of known names."""
    separator, first = separator_of(document.text), next((line for _, line in document.filled()), "")
    if separator == "\t" or separator and is_records(document.name):
        return True
    return any(sign in first and has_text_header([first.split(sign)]) for sign in SEPARATORS)


def format_of_texts_again(documents: Sequence[Document], wanted: Wanted, stored: str) -> tuple[str, Wanted]:
    """(format, wanted) of files for a model that read files of the format `stored`: that of two texts an example, or
    of the texts of a description."""
    first = next((document for document in documents if document.text.strip()), documents[0])
    anew = replace(wanted, source=(), target=(), condition=(), header=None, separator=None)
    own = (_own_text if wanted.answers == "text" else _own_description)(documents, first, anew, stored)
    if own in (None, stored):
        return stored, wanted
    if own == "folder" and len(wanted.source) > 1:
        raise DataError(
            f"{first.name}: one class for each text, but the model reads {', '.join(wanted.source)}",
            "give a table or JSON lines with the columns of the training files",
        )
    names = _names(first, own, wanted)
    kept = {part: given for part in PARTS if names.issuperset(given := getattr(wanted, part))}
    if wanted.required and wanted.condition and "condition" not in kept:
        raise DataError(
            f"{first.name}: no column {wanted.condition[0]!r}, which the model reads beside the source",
            "give it the columns of the training files",
        )
    return own, replace(anew, **(kept if wanted.source and "source" in kept else {}))


def _own_text(documents, first, anew, stored):
    """The format that files plainly have, None where it may be the stored one."""
    if all(map(is_object, _lines(first))) and first.text.strip():
        return "jsonl"
    if not anew.required:
        return "delimited" if stored != "delimited" and _names(first, "delimited", anew) else None
    own = format_of_texts(documents, anew)
    if own == "lines" or stored == "delimited" and separator_of(first.text):
        return None
    return own


def _own_description(documents, first, anew, stored):
    """See `_own_text`."""
    if first.listed and not is_records(first.name):
        return "folder"
    if all(map(is_object, _lines(first))) and first.text.strip():
        return "jsonl"
    if stored != "delimited" and (
        _names(first, "delimited", anew) or anew.required and separator_of(first.text) == "\t"
    ):
        return "delimited"
    return None


def _lines(document):
    """The first of its lines that are not blank."""
    return [line for _, line in islice(document.filled(), LOOKED_AT)]


def _names(document, format, wanted):
    """The names that the first line of a document gives to columns, empty for none."""
    line = next((line for _, line in document.filled()), "")
    if format == "jsonl":
        return set(json.loads(line))
    separator = separator_of(document.text) or next((each for each in SEPARATORS if each in line), None)
    rows = rows_of(document.text, separator) if separator else []
    named = bool(rows) and (has_text_header(rows) or wanted.answers == "description" and has_header(rows))
    return {cell.strip() for cell in rows[0]} if named else set()


def turned(read: Callable[[Sequence[Document], Wanted], Found]) -> Callable[[Sequence[Document], Wanted], Found]:
    """A reader of texts with their classes, the other way round: the class is the source, the text is its answer. The
    name of a source is that of the class.

    Where no answers are required, a line without a class is one itself.
    """

    def other_way(documents: Sequence[Document], wanted: Wanted) -> Found:
        named = len(wanted.source) == 1 or wanted.again
        found = read(documents, replace(wanted, answers="class", source=() if named else wanted.source))
        pairs = list(zip(found.sources, found.answers))
        found.form, found.columns, found.target_names = "features", wanted.source or ("class",), ("text",)
        found.sources = [label or (_joined(text),) for text, label in pairs]
        found.answers = [label and (_joined(text),) for text, label in pairs]
        found.source = wanted.source
        return found

    return other_way


def _joined(text):
    return " ".join(text) if isinstance(text, tuple) else text
