"""Whether files are pairs, judged by the beginning of the first of them, or by the lines of two. Imports no NumPy."""

import codecs
import csv
import os
import stat
import sys
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path

from ...errors import RnncliError
from ..file_marks import OLE, PARQUET, XZ, ZIP
from ..files import CHUNK, MARKS
from ..tables.archives import STREAMS, begin_of, unpacked_name
from ..tables.reading import Reading
from .documents import read_documents
from .recognition import UNSURE, Sniffed, recognise
from .synthetic import sniff_synthetic

PEEKED = 1 << 16  # bytes to look at, at most
RECORDS = frozenset((".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".ts", ".label", ".conll", ".conllu", ".ft"))
RECORDS |= {".parquet", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}
PLAIN = frozenset(("", ".txt"))
ALIKE = 1.5  # times as many lines in one of two files that may belong together
FOLDERS, FILES = 100, 1000  # to look at, at most
PROBABLE = 0.8  # that two files belong line for line


def sniff(files: Sequence[str]) -> Sniffed | None:
    """The format, the kind of answers, and how sure that is; None for files that do not look like pairs.

    Never raises. `-` is peeked at without consuming it; other pipes are not opened.
    """
    try:
        return sniff_synthetic(files) or (_sniffed(files[0]) or _parallel(files) if files else None)
    except (RnncliError, OSError, ValueError, csv.Error, EOFError, RecursionError):
        return None


def _sniffed(name):
    if name == "-":
        data = _begin(sys.stdin.buffer) if sys.stdin is not None else b""
        return recognise(decoded(data), whole=False)
    path = Path(name)
    if path.is_dir():
        return _folder(path)
    if not stat.S_ISREG(path.stat().st_mode):
        return None
    with path.open("rb") as file:
        data = file.read(PEEKED + 1)
    if data.startswith((ZIP, OLE, PARQUET)):
        text = _unpacked_text(name, path.stat().st_mtime_ns)
        return recognise(text[:PEEKED], unpacked_name(path.name), whole=len(text) <= PEEKED)
    return recognise(decoded(data[:PEEKED]), path.name, whole=len(data) <= PEEKED)


@lru_cache(maxsize=1)  # every kind of task asks for it
def _unpacked_text(name, changed):
    """The beginning of a file in a zip, or of the table of a workbook or Parquet file, last changed at `changed`."""
    read = read_documents([name], Reading(), None, required=True, most=PEEKED)  # a byte a row, or more
    return read.documents[0].text[: PEEKED + 1]


def _parallel(names):
    """Two plain files that differ in the endings of their names alone, as dev.en and dev.de do, with about as many
    lines: their reader says where they differ."""
    if len(names) != 2 or any(name == "-" or is_records(name) for name in names):
        return None
    one, two = (Path(unpacked_name(name)) for name in names)
    if one.with_suffix("") != two.with_suffix("") or one.suffix == two.suffix:
        return None
    less, more = sorted(_lines(name) if Path(name).is_file() else 0 for name in names)
    return Sniffed("parallel", "text", PROBABLE) if 0 < more <= ALIKE * less else None


def _lines(name):
    """The number of lines of a text, 0 for other files."""
    with open(name, "rb") as file:
        head = file.read(len(XZ))
    opened = next((STREAMS[mark][1] for mark in STREAMS if head.startswith(mark)), open)
    with opened(name, "rb") as file:
        chunk = file.read(CHUNK)
        if "\0" in decoded(chunk[:PEEKED]):
            return 0
        count, last = 0, b""
        while chunk:
            count, last = count + chunk.count(b"\n"), chunk
            chunk = file.read(CHUNK)
    return count + (not last.endswith(b"\n")) if count else 0


def _begin(file):
    """The first bytes of a buffered file, without consuming them."""
    return file.peek(PEEKED)[:PEEKED]


def decoded(data: bytes) -> str:
    """The beginning of a file as text with line feeds, whatever its bytes; a compressed one is unpacked."""
    data = begin_of(data, PEEKED)
    marked = next((encoding for mark, encoding in MARKS if data.startswith(mark)), "utf-8")
    text = codecs.getincrementaldecoder(marked)("replace").decode(data)
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def is_records(name: str) -> bool:
    """Whether a file is by its name one of examples with their answers, rather than a plain text."""
    return Path(unpacked_name(name.lower())).suffix in RECORDS


def _folder(path):
    """A folder of records is judged by the first of them; plain texts, a file or a folder a class, are uncertain."""
    inside = list(islice(_below(path), FILES))
    records = [each for each in inside if is_records(each.name)]
    if inside and len(records) == len(inside):
        return _sniffed(min(records))
    plain = [each for each in inside if each.suffix.lower() in PLAIN]
    classes = {each if each.parent == path else each.parent for each in plain}
    return Sniffed("folder", "class", UNSURE) if len(classes) > 1 and len(plain) * 2 > len(inside) else None


def _below(path):
    """Files in a folder and in the folders in it, without hidden ones."""
    folders = [path, *islice((each for each in sorted(path.iterdir()) if each.is_dir()), FOLDERS)]
    for folder in folders:
        if folder == path or not folder.name.startswith("."):
            with os.scandir(folder) as entries:
                yield from (Path(each.path) for each in entries if each.is_file() and not each.name.startswith("."))
