"""Two plain files, line for line: the text for each line of the first is the same line of the second."""

from collections.abc import Sequence
from pathlib import PurePath

from ...errors import DataError
from ...phrases import counted
from ..tables.archives import unpacked_name
from .documents import Document
from .plain_lines import read_lines
from .records import Found, Wanted, refuse_columns

NAMING = "name the file with the sources, then the file with their answers; in --val and --test with a comma between"


def read_parallel(documents: Sequence[Document], wanted: Wanted) -> Found:
    """The examples of two files; lines that are blank in both are skipped, with a note.

    Where no answers are required, every line of every file is a source. DataError for another number of files, files
    with different numbers of lines, and a line that is blank in one of them.
    """
    refuse_columns(documents, wanted, "a pair of files that belong line for line")
    if not wanted.required:
        return read_lines(documents, wanted)
    if len(documents) != 2:
        count = counted(len(documents), "file")
        raise DataError(f"{documents[0].name}: {count} to read line for line, expected two", NAMING)
    first, second = documents
    found = Found("text", columns=(side_of(first),), target_names=(side_of(second),))
    ones, others = first.lines(), second.lines()
    if len(ones) != len(others):
        raise DataError(
            f"{first.name} has {counted(len(ones), 'line')}, but {second.name} has {len(others):,}",
            "the files belong together line for line: give both as many lines",
        )
    found.rows, blank = [], 0
    for number, pair in enumerate(zip(ones, others), start=1):
        filled = [bool(line.strip()) for line in pair]
        if all(filled):
            found.add(pair[0], pair[1:], 0, number)
            found.rows.append(pair)
        elif any(filled):
            lacking, other = (second, first) if filled[0] else (first, second)
            raise DataError(
                f"{lacking.name}:{number}: the line is blank, but not in {other.name}",
                "write its text, or empty the line in both files",
            )
        else:
            blank += 1
    if blank:
        found.notes.append(f"{counted(blank, 'blank line')} skipped")
    return found


def side_of(document: Document) -> str:
    """The ending of a file's name, which tells its side; its name without one."""
    path = PurePath(unpacked_name(document.name))
    return path.suffix.removeprefix(".") or path.name
