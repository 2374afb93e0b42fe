"""Lines that are texts: with a label at their beginning, in a file that is called by its class, or alone."""

import re
from collections.abc import Iterator, Sequence

from ...errors import DataError
from ...phrases import counted
from .documents import Document
from .recognition import LABELLED
from .records import Found, Wanted, refuse_columns, refuse_steps

MARK = "__label__"
FASTTEXT = re.compile(rf"{MARK}(\S+)(?:\s+|$)")
FINE, COARSE = "fine", "coarse"


def read_fasttext(documents: Sequence[Document], wanted: Wanted) -> Found:
    """Lines `__label__X text`; without the label where none is required. DataError for several labels on a line."""
    refuse_steps(documents, wanted, "a fastText file")
    refuse_columns(documents, wanted, "a fastText file")
    found = Found("text", target_names=("class",))
    for file, number, line in numbered(documents, wanted, found):
        place = f"{documents[file].name}:{number}"
        if line.count(MARK) > 1 and sum(word.startswith(MARK) for word in line.split()) > 1:
            raise DataError(
                f"{place}: several labels on a line; several labels for an example are not supported",
                "keep one label on each line: each example has one class",
            )
        label = FASTTEXT.match(line)
        if label is None and wanted.required:
            raise DataError(f"{place}: no label at the beginning", f"begin the line with {MARK}CLASS and a blank")
        found.add(line[label.end() :] if label else line, (label[1],) if label else None, file, number)
    return found


def read_labelled(documents: Sequence[Document], wanted: Wanted) -> Found:
    """Lines `CLASS:fine text`, as in TREC; the class is the part before the colon, with the target `fine` both parts.

    Where no answers are required, a file whose lines do not all begin so has texts alone.
    """
    refuse_steps(documents, wanted, "a file of lines `CLASS:fine text`")
    if wanted.target not in ((), (FINE,), (COARSE,)) or wanted.source or wanted.group:
        raise DataError(
            f"{documents[0].name}: lines `CLASS:fine text` have no columns to choose",
            f"--target {FINE} takes CLASS:fine as the class, --target {COARSE} the part before the colon",
        )
    if not wanted.required and not all(LABELLED.match(line) for each in documents for _, line in each.filled()):
        return read_lines(documents, wanted)
    found = Found("text", target_names=wanted.target or (COARSE,), target=wanted.target)
    for file, number, line in numbered(documents, wanted, found):
        label = LABELLED.match(line)
        if label is None and wanted.required:
            raise DataError(
                f"{documents[file].name}:{number}: does not begin with a label such as DESC:manner",
                "write CLASS:fine, a blank and the text on every line",
            )
        if label is None:
            found.add(line, None, file, number)
        else:
            chosen = f"{label[1]}:{label[2]}" if wanted.target == (FINE,) else label[1]
            found.add(line[label.end() :], (chosen,), file, number)
    return found


def read_folder(documents: Sequence[Document], wanted: Wanted) -> Found:
    """Each line of a file is a text whose class is the name of the file; in the folder of a class, each file is one.

    Where no answers are required, names are no classes.
    """
    refuse_steps(documents, wanted, "a folder of classes")
    refuse_columns(documents, wanted, "a folder of classes")
    found = Found("text", target_names=("class",))
    for file, number, text in numbered(documents, wanted, found, whole=True):
        label = documents[file].label if wanted.required else None
        found.add(text, None if label is None else (label,), file, number)
    return found


def read_lines(documents: Sequence[Document], wanted: Wanted) -> Found:
    """Every line as it stands is a source without an answer; for labels a step, its words; for a text to be described,
    its only feature."""
    if wanted.required:
        other = "a folder with a file for each class"
        if wanted.answers == "text":
            other = "two files that belong line for line"
        raise DataError(
            f"{documents[0].name}: no answers found: its lines are plain texts",
            f"write a text, a tab and its answer on each line, or give {other}",
        )
    words = wanted.answers == "step" or wanted.form == "words"
    form = "words" if words else "features" if wanted.answers == "description" else "text"
    found = Found(form, source=wanted.source, target=wanted.target, condition=wanted.condition, header=wanted.header)
    found.separator, found.rows = wanted.separator, [] if words else None
    read = {"words": lambda line: tuple(line.split()), "features": lambda line: (line,), "text": str}[form]
    for file, number, line in numbered(documents, wanted, found):
        found.add(read(line), None, file, number)
        if found.rows is not None:
            found.rows.append((line,))
    return found


def numbered(
    documents: Sequence[Document], wanted: Wanted, found: Found, whole: bool = False
) -> Iterator[tuple[int, int, str]]:
    """Yield (file, number, line) of every line; of a file that is an example, if `whole`, (file, 1, all its text).

    Where answers are required, blank lines are skipped and counted in a note.
    """
    blank = 0
    for file, document in enumerate(documents):
        lines = [document.text.rstrip("\n")] if whole and document.example else document.lines()
        for number, line in enumerate(lines, start=1):
            if wanted.required and not line.strip():
                blank += 1
            else:
                yield file, number, line
    if blank:
        found.notes.append(f"{counted(blank, 'blank line')} skipped")
