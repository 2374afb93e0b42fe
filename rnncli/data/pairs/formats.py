"""The formats of pairs by name, and the one that files have."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

from ...errors import ConfigError, DataError
from ..tables.archives import unpacked_name
from .cells import SEPARATORS, has_header, separator_of
from .conll import read_conll
from .delimited import read_delimited
from .detection import is_records
from .documents import Document
from .json_lines import is_object, read_json_lines
from .parallel_files import read_parallel
from .plain_lines import MARK, read_fasttext, read_folder, read_labelled, read_lines
from .recognition import LABELLED, recognise
from .records import Found, Wanted
from .text_formats import CLASSED, format_of_texts, format_of_texts_again, refuse_format, turned
from .text_names import WRITTEN
from .ts_files import read_ts
from .ucr_files import read_ucr

READERS: dict[str, Callable[[Sequence[Document], Wanted], Found]] = {
    "delimited": read_delimited,
    "jsonl": read_json_lines,
    "fasttext": read_fasttext,
    "labelled": read_labelled,
    "folder": read_folder,
    "parallel": read_parallel,
    "conll": read_conll,
    "ts": read_ts,
    "ucr": read_ucr,
    "lines": read_lines,
}
TITLES = {
    "delimited": "a table",
    "jsonl": "JSON lines",
    "fasttext": "fastText lines",
    "labelled": "lines `CLASS:fine text`",
    "folder": "a folder of classes",
    "parallel": "files that belong line for line",
    "conll": "words in columns",
    "ts": "a .ts file",
    "ucr": "a UCR file",
    "lines": "plain lines",
}
USED = {"conll": ("--sep",)}  # options of tables in other formats
OF_NUMBERS = ("--decimal", "--thousands")
LINES = 100  # to look at


def read_format(format: str, documents: Sequence[Document], wanted: Wanted) -> Found:
    """The examples of documents of a format. DataError where they are not as `wanted`."""
    refuse_format(documents, wanted, format)
    unused = _unused(format, wanted)
    if unused and not wanted.again:
        other = "" if format == "delimited" else "; if the file is a table, add --data-format delimited"
        raise DataError(
            f"{documents[0].name}: no use for {', '.join(unused)} in {_title(format)}",
            f"leave {'it' if len(unused) == 1 else 'them'} out{other}",
        )
    if format != "delimited":
        documents = [document.restored() for document in documents]
    read = READERS[format]
    found = (turned(read) if wanted.answers == "description" and format in CLASSED else read)(documents, wanted)
    if unused and format not in ("delimited", "lines"):
        found.notes.append(f"{', '.join(unused)} ignored: no use in {_title(format)}")
    return found


def _unused(format, wanted):
    """The options on how a table is written that a format has no use for."""
    if format == "delimited":
        numbers = OF_NUMBERS if wanted.answers in ("text", "step") else ()
        return [option for option in wanted.table.options if option in numbers]
    return [option for option in wanted.table.options if option not in USED.get(format, ())]


def _title(format):
    return "a table of texts" if format == "delimited" else TITLES[format]


def checked_format(name: str) -> str:
    """The name of a format or "auto"; ConfigError for another one."""
    if name != "auto" and name not in READERS:
        raise ConfigError(f"pairs.format: unknown format {name!r}", f"known: auto, {', '.join(READERS)}")
    return name


def format_of(documents: Sequence[Document], wanted: Wanted) -> str:
    """The name of the format of documents, judged by the first of them that has text."""
    first = next((document for document in documents if document.text.strip()), documents[0])
    if first.listed and not is_records(first.name):
        return "folder"
    found, line = recognise(first.text, first.name), next((line for _, line in first.filled()), "")
    if wanted.table.sep and found is not None and found.format == "ucr":
        found = None
    _refuse_array(first, line)
    if wanted.answers == "text":
        return format_of_texts(documents, wanted)
    if found is not None and wanted.answers == "description" and found.format not in ("jsonl", *CLASSED):
        found = None
    if found is not None and (wanted.answers != "step" or found.format not in ("delimited", "labelled")):
        return found.format
    if named := _by_beginning(first, line):
        return named
    if wanted.answers == "step":
        return "delimited" if _is_table_of_sentences(first, wanted) else "conll"
    if all(LABELLED.match(line) for _, line in first.filled()) and line:
        return "labelled"
    if _is_table(first, line, wanted):
        return "delimited"
    return "folder" if wanted.required and len(documents) > 1 else "lines"


def format_again(documents: Sequence[Document], wanted: Wanted, stored: str) -> tuple[str, Wanted]:
    """(format, wanted) of files that are read as those of training were, in the format `stored`.

    Files that are plainly of another format are read in theirs, their columns found anew; those of JSON lines are kept
    where they have the keys of the training files.
    """
    if wanted.answers in WRITTEN:
        return format_of_texts_again(documents, wanted, stored)
    first = next((document for document in documents if document.text.strip()), documents[0])
    own = _other_format(first, wanted, stored)
    if own in (None, stored):
        return stored, wanted
    anew = replace(wanted, source=(), target=(), header=None, separator=None)
    if own == "jsonl":
        keys = json.loads(next(line for _, line in first.filled())).keys()
        known = keys >= set(wanted.source) and bool(wanted.source)
        anew = replace(anew, source=wanted.source * known, target=wanted.target if keys >= set(wanted.target) else ())
    return own, anew


def _other_format(first, wanted, stored):
    """The format that a document plainly has, None where it may be the stored one."""
    lines = [line for _, line in first.filled()][:LINES]
    if not lines:
        return None
    if first.listed and not is_records(first.name):
        return None if wanted.answers == "step" else "folder"
    if all(map(is_object, lines)):
        return "jsonl"
    if wanted.form == "series":
        return _series_format(lines, stored)
    found = recognise(first.text, first.name)
    if stored == "jsonl" or found is not None and found.format == "jsonl":
        _refuse_array(first, lines[0])
    if found is None or found.format in ("ucr", "jsonl"):
        return None
    if found.format == "ts":
        raise DataError(
            f"{first.name}: the sources are series, but the model reads {wanted.form}",
            "give it sources as in the training files",
        )
    if wanted.answers == "step":
        return "conll" if found.format == "conll" else None
    if found.format == "conll" or found.answers != wanted.answers:
        return None
    return found.format if found.format == "fasttext" or stored not in ("delimited", "lines") else None


def _series_format(lines, stored):
    """The format of series by their signs: a header or colons, or tabs; commas alone are in both."""
    if lines[0].startswith("@") or ":" in lines[0]:
        return "ts"
    return "ucr" if "\t" in lines[0] or stored == "jsonl" and "," in lines[0] else None


def _refuse_array(first, line):
    """DataError for objects in an array."""
    if line.lstrip()[:1] == "[" and (line.strip() == "[" or "{" in line):
        raise DataError(
            f"{first.name}: a JSON array, not JSON lines", "write one object per line, as `jq -c '.[]'` does"
        )


def _by_beginning(first, line):
    """The format of which a file has the first line or the name, None if it has none."""
    if line.startswith("{"):
        return "jsonl"
    if line.startswith(MARK):
        return "fasttext"
    return "ts" if unpacked_name(first.name.lower()).endswith(".ts") else None


def _is_table(first, line, wanted):
    """Whether a text has columns, by the options, by its separators or by its first line."""
    if wanted.required and (wanted.source or wanted.separator or wanted.header):
        return True
    if separator_of(first.text) or "\t" in line:
        return True
    return any(separator in line and has_header([line.split(separator)]) for separator in SEPARATORS)


def _is_table_of_sentences(document, wanted):
    """Whether lines have a sentence and, in another cell, as many labels; otherwise each has a word."""
    lines, separator = [line for _, line in document.filled()][:LINES], wanted.table.sep or "\t"
    if not wanted.required and not any(separator in line for line in lines):
        return False
    rows = [line.split(separator) for line in lines]
    words = [sum(" " in cell.strip() for cell in row) for row in rows]
    return sum(count >= 2 for count in words) * 2 >= len(rows)
