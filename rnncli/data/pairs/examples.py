"""Examples of a task of pairs: sources with their answers, each with its place in its file."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...errors import ConfigError, DataError
from ..tables.reading import Reading
from .checks import (
    class_notes,
    refuse_gaps,
    refuse_odd_cells,
    refuse_one_class,
    refuse_one_number,
    refuse_one_text,
    repeat_notes,
)
from .documents import read_documents
from .formats import TITLES, checked_format, format_again, format_of, read_format
from .records import Found, Wanted
from .synthetic import is_synthetic, made
from .targets import targets_of
from .titles import without_titles

FOUND = Reading()  # all of it is found in the table
FORMS = ("text", "words", "series", "features")
ANSWERS = ("class", "number", "step", "text", "description")


@dataclass(frozen=True)
class Examples:
    """E examples.

    form: "text" (a str), "words" (a tuple of words), "series" ((T, D) float64) or "features" (a tuple of D cells)
    targets: a class name or a text (str), K floats, or a label for each step each; None if the files have none
    rows: the record of each: the object of a JSON line, the cells of a row, all lines of a sentence in columns
    step_lines: the lines of the words of each, for sentences in columns; word t is rows[k][step_lines[k][t] - line[k]]
    choices: how the files were read, as arguments of `read_examples`: format, source, target, header, separator, form;
        where the answers are "text", condition too; thousands, if numbers have them
    conditions: a cell for each of `condition_names`, of each example; None without
    """

    form: str
    sources: list[Any]
    targets: Any  # a list, or None
    files: tuple[str, ...]  # as the user named them, "standard input" for -
    file: np.ndarray  # (E,) intp: the index in `files`
    line: np.ndarray  # (E,) intp: the line where it begins, from 1
    columns: tuple[str, ...]  # names of the source, or of its channels or features
    target_names: tuple[str, ...]
    groups: list[str] | None
    rows: list[Any] | None
    step_lines: list[tuple[int, ...]] | None
    choices: dict[str, Any]
    notes: tuple[str, ...]
    digest: str  # SHA-256 in hexadecimal of the bytes of the files, in order, and of how they were read
    answers: str = "class"  # their kind, one of ANSWERS
    conditions: list[tuple[str, ...]] | None = None
    condition_names: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.sources)

    def where(self, k: int) -> str:
        """The place of an example: "reviews.tsv:17"."""
        return f"{self.files[self.file[k]]}:{self.line[k]}"

    def take(self, rows: np.ndarray) -> "Examples":
        """The examples with the indices `rows`, in that order."""
        picked = {
            name: [values[row] for row in rows]
            for name in ("sources", "targets", "groups", "rows", "step_lines", "conditions")
            if (values := getattr(self, name)) is not None
        }
        return replace(self, file=self.file[rows], line=self.line[rows], **picked)


def read_examples(
    files: Sequence[str],
    answers: str,
    *,
    source: Sequence[str] = (),
    target: Sequence[str] = (),
    group: str | None = None,
    condition: Sequence[str] = (),
    format: str = "auto",
    header: bool | None = None,
    table: Reading = FOUND,
    separator: str | None = None,
    thousands: str | None = None,
    target_required: bool = True,
    form: str | None = None,
    to_learn: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Examples:
    """The Examples of files, folders and `-`, each optionally compressed, in a zip, a workbook or Parquet.

    answers          "class"; "number"; "step", a class for each step; "text", for a text that is the source; or
                     "description", a text for features
    source, target   columns by name or by number from 1; () finds them
    condition        columns that decide a text together with the source, which is a text
    group            the column of `groups`
    format           "auto" finds it; see `formats.READERS`
    header           whether the first line names the columns; None finds it
    table            the encoding, the sheet, and how a table is written; what is None is found
    separator, thousands   those of the tables of training, where `table` has none
    target_required  False: files may have sources alone, and every line gives one example, blank lines too
    form             of the sources, None finds it; given, the other options are those of the files of training
    to_learn         whether one class alone is refused, and notes tell of odd classes
    progress(done, total)   called from time to time with the bytes done
    DataError, with file and line, for files that are missing, undecodable, of another format, without answers where
    they are required, or with an example that cannot be learnt from; ConfigError for unknown choices.
    """
    _check_choices(answers, form, format)
    wanted = Wanted(answers, tuple(source), tuple(target), group, header, table, table.sep or separator)
    wanted = replace(wanted, required=target_required, form=form, thousands=thousands)
    wanted = _with_conditions(wanted, condition)
    if is_synthetic(files):
        return Examples(**made(files, wanted))
    read = _documents(files, wanted, format, progress)
    format, wanted, found = _found(read.documents, wanted, format)
    return _checked(read, found, wanted, format, to_learn)


def _check_choices(answers, form, format):
    """ConfigError for names that are not known."""
    for option, value, known in (("answers", answers, ANSWERS), ("form", form, (*FORMS, None))):
        if value not in known:
            raise ConfigError(f"pairs: unknown {option} {value!r}", f"known: {', '.join(filter(None, known))}")
    checked_format(format)


def _documents(files, wanted, format, progress):
    """The documents of files, without lines of titles above a table."""
    read = read_documents(files, wanted.table, progress, wanted.required)
    read = replace(read, documents=tuple(document.without(wanted.table) for document in read.documents))
    titles = wanted.answers not in ("step", "text") and wanted.header is not False and wanted.table.skip_rows is None
    return without_titles(read) if wanted.required and titles and format in ("auto", "delimited") else read


def _checked(read, found, wanted, format, to_learn):
    """The Examples of what was found in documents. DataError for those that cannot be learnt from."""
    names = tuple(document.name for document in read.documents)
    places = [f"{names[file]}:{line}" for file, line in zip(found.file, found.line)]
    if wanted.required:
        if not found.sources:
            raise DataError(f"{names[0]}: no examples", "name a file with examples and their answers")
        refuse_gaps(found, places)
    targets = targets_of(found, wanted, places)
    if wanted.required and to_learn:
        found.notes += _judged(found, targets, wanted, names[0], places)
    answers, table = wanted.answers, wanted.table
    choices = _choices(format, found, answers)
    left_out = [table.na, table.skip_rows, table.comment]
    options = [choices, answers, wanted.group, found.signs.decimal, table.encoding]
    digest = _digest(read, options + (left_out if any(left_out) else []), format)
    return _examples(found, targets, names, choices, (*read.notes, *found.notes), digest, answers)


def _with_conditions(wanted, condition):
    """`wanted` with conditions: beside a source that is a text, or as the features of a text that is described.

    ConfigError where the answers are no texts, and for features that are named twice.
    """
    if not condition:
        return wanted
    named = f"pairs.condition: {', '.join(condition)}"
    if wanted.answers == "description" and not wanted.source:
        return replace(wanted, source=tuple(condition))
    if wanted.answers == "description":
        raise ConfigError(f"{named}: --source names the same columns", "leave one of them out")
    if wanted.answers != "text":
        raise ConfigError(f"{named}: only texts that are written have conditions", "leave --condition out")
    return replace(wanted, condition=tuple(condition))


def _found(documents, wanted, given):
    """(format, Wanted, Found) of documents; given: their format, "auto" to find it, or that of the training files."""
    format = format_of(documents, wanted) if given == "auto" else given
    if given != "auto" and wanted.again:
        format, wanted = format_again(documents, wanted, given)
    found = read_format(format, documents, wanted)
    if given not in ("auto", format):
        found.notes.append(f"read as {TITLES[format]}, unlike the training files")
    _settle_form(found, wanted, documents[0].name)
    return format, wanted, found


def _settle_form(found: Found, wanted: Wanted, name: str) -> None:
    """Split texts where words are wanted; DataError where the files have another form than the one wanted."""
    if found.form == "text" and wanted.form == "words":
        found.form, found.sources = "words", [tuple(text.split()) for text in found.sources]
    if wanted.form not in (None, found.form):
        raise DataError(
            f"{name}: the sources are {found.form}, but the model reads {wanted.form}",
            "give it sources as in the training files",
        )


def _judged(found, targets, wanted, name, places):
    """Notes about examples to learn from; DataError where there is nothing to learn."""
    notes = []
    if found.form == "features":
        refuse_odd_cells(found.sources, found.columns, places, wanted.again)
    if wanted.answers == "number":
        refuse_one_number(targets, found.target_names, name)
    elif wanted.answers == "class":
        refuse_one_class(targets, name)
        notes += class_notes(targets)
    elif wanted.answers == "step":
        refuse_one_class([label for labels in targets for label in labels], name)
    else:
        refuse_one_text(targets, name)
    sources = list(zip(found.sources, found.conditions)) if found.conditions else found.sources
    return notes + repeat_notes(sources, targets)


def _choices(format, found, answers):
    """See `Examples`."""
    more: dict[str, Any] = {"condition": found.condition} if answers == "text" else {}
    if found.signs.thousands:
        more["thousands"] = found.signs.thousands
    return more | {
        "format": format,
        "source": found.source,
        "target": found.target,
        "header": found.header,
        "separator": found.separator,
        "form": found.form,
    }


def _digest(read, options, format):
    """SHA-256 in hexadecimal; in the format "folder" of the names of the classes, too."""
    labels = [document.label for document in read.documents] if format == "folder" else []
    return hashlib.sha256(json.dumps([options, labels, read.prints]).encode()).hexdigest()


def _examples(found, targets, names, choices, notes, digest, answers):
    return Examples(
        found.form,
        found.sources,
        targets,
        names,
        np.array(found.file, np.intp),
        np.array(found.line, np.intp),
        found.columns,
        found.target_names,
        found.groups,
        found.rows,
        found.step_lines,
        choices,
        notes,
        digest,
        answers,
        found.conditions,
        found.condition_names,
    )
