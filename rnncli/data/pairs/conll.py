"""Tagged words in columns: a word a line, a blank line between sentences, as in CoNLL and Universal Dependencies."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from ...errors import DataError
from ...phrases import counted
from ..whole_numbers import whole_of
from .cells import is_conll_u
from .documents import Document
from .plain_lines import read_lines
from .records import Found, Wanted

DOCSTART = "-DOCSTART-"
RANGE, EMPTY = re.compile(r"\d+-\d+"), re.compile(r"\d+\.\d+")  # in the first column of CoNLL-U


class Token(NamedTuple):
    """A line with a word."""

    line: int
    cells: list[str]


def read_conll(documents: Sequence[Document], wanted: Wanted) -> Found:
    """Sentences as tuples of words with a label each; `rows` has all lines of each, comments too.

    Columns are numbered from 1. Without --source and --target they are the first and the last, in the ten columns of
    CoNLL-U the second and the fourth. Where no answers are required, lines with blanks but without tabs are sentences,
    and the `rows` of a file are all of its lines: each sentence has those up to the next one, the first also those
    before it, and a file without words is an empty sentence.
    """
    if wanted.answers != "step":
        raise DataError(
            f"{documents[0].name}: words in columns, with a label for each word, but one answer an example is wanted",
            "use --task label",
        )
    if wanted.group:
        raise DataError(f"{documents[0].name}: columns of words have no groups", "leave out --group")
    separator = _separator(documents, wanted)
    if not wanted.required and not _in_columns(documents, separator, wanted):
        found = read_lines(documents, wanted)
        found.notes.append("no columns: every line is read as a sentence, words separated by blanks")
        return found
    found = Found("words", step_lines=[], rows=[], columns=("word",), target_names=("tag",), separator=separator)
    counts = {"comment line": 0, "range of words": 0, "empty node": 0, f"{DOCSTART} line": 0}
    width, columns = _width(documents, separator), None
    for file, document in enumerate(documents):
        count = len(found.sources)
        for begin, lines in _blocks(document):
            tokens = list(_tokens(begin, lines, separator, width, counts))
            if not tokens:
                continue
            columns = columns or _columns(document.name, tokens, width, wanted)
            _add(found, file, (begin, lines), tokens, columns, document.name)
        if not wanted.required:
            _complete(found, file, document.lines(), count)
    if columns is not None:
        found.source = wanted.source or (str(columns.source + 1),)
        found.target = wanted.target or (() if columns.target is None else (str(columns.target + 1),))
    found.notes += [f"{counted(count, noun)} skipped" for noun, count in counts.items() if count]
    return found


def _separator(documents, wanted):
    """A tab, or None for blanks."""
    tabs = any("\t" in line for document in documents for _, line in document.filled() if not line.startswith("#"))
    if wanted.table.sep == " ":
        return None
    return wanted.separator or ("\t" if tabs else None)


def _in_columns(documents, separator, wanted):
    """Whether files without answers have a word a line, or columns as in training, rather than a sentence a line."""
    lines = [line for document in documents for _, line in document.filled() if not line.startswith("# ")]
    if separator == "\t":
        return any("\t" in line for line in lines) or not any(" " in line.strip() for line in lines)
    widths = {len(line.split()) for line in lines}
    needed = max(filter(None, map(whole_of, (*wanted.source, *wanted.target))), default=1)
    if len(widths) != 1 or widths == {1}:
        return widths == {1}
    blocks = [len(block) for document in documents for _, block in _blocks(document)]
    return widths == {needed} or max(widths) >= needed and 1 < len(blocks) < sum(blocks)


def _blocks(document) -> Iterator[tuple[int, list[str]]]:
    """Yield (number of the first line, lines) of the lines between blank ones."""
    numbered = enumerate(document.lines(), start=1)
    for filled, block in groupby(numbered, key=lambda each: bool(each[1].strip())):
        if filled:
            block = list(block)
            yield block[0][0], [line for _, line in block]


def _width(documents, separator):
    """The usual number of columns."""
    lines = (line for document in documents for _, line in document.filled() if not line.startswith(("#", DOCSTART)))
    (width, _), *_ = Counter(len(line.split(separator)) for line in lines).most_common(1) or [(1, 0)]
    return width


def _tokens(begin, lines, separator, width, counts):
    """Yield the lines with a word; the others are counted."""
    rows = [[cell.strip() for cell in line.split(separator)] for line in lines]
    words = [row for row, line in zip(rows, lines) if not _is_comment(line, row, width)]
    ten = bool(words) and is_conll_u(words)
    for k, (row, line) in enumerate(zip(rows, lines)):
        if line.startswith(DOCSTART):
            counts[f"{DOCSTART} line"] += 1
        elif _is_comment(line, row, width):
            counts["comment line"] += 1
        elif ten and RANGE.fullmatch(row[0]):
            counts["range of words"] += 1
        elif ten and EMPTY.fullmatch(row[0]):
            counts["empty node"] += 1
        else:
            yield Token(begin + k, row)


def _is_comment(line, row, width):
    """Whether a line begins with # and has not the columns of a word, which may be a # too."""
    return line.startswith("#") and len(row) != width


class _Columns(NamedTuple):
    source: int
    target: int | None
    width: int


def _columns(name, tokens, width, wanted):
    """The columns of the word and of its label, from 0; without a label where none is required and there is none."""
    if width == 1 and wanted.required:
        raise DataError(
            f"{name}:{tokens[0].line}: only one column, so no labels",
            "write a word, a tab and its label on each line",
        )
    if width == 1:
        return _Columns(0, None, 1)
    ten = is_conll_u([token.cells for token in tokens])
    source = _number(name, wanted.source, "source", width, 2 if ten else 1)
    if not wanted.required and any((whole_of(name) or 0) > width for name in wanted.target):
        return _Columns(source, None, width)
    return _Columns(source, _number(name, wanted.target, "target", width, 4 if ten else width), width)


def _number(name, given, option, width, usual):
    """The position of the column of an option, from 0."""
    chosen = given or (str(usual),)
    if len(chosen) != 1 or not 0 < (whole_of(chosen[0]) or 0) <= width:
        raise DataError(
            f"{name}: --{option} {','.join(chosen)}: the columns of words have no names; there are {width}",
            f"give one number from 1 to {width}",
        )
    return int(chosen[0]) - 1


def _complete(found, file, lines, count):
    """Let the sentences of a file, from the `count`th on, have all of its lines; see `read_conll`."""
    if len(found.sources) == count and lines:
        found.add((), None, file, 1)
        found.step_lines.append(())
        found.rows.append(())
    if len(found.sources) > count:
        found.line[count] = 1
    begins = [line - 1 for line in found.line[count:]]
    found.rows[count:] = [tuple(lines[begin:end]) for begin, end in zip(begins, [*begins[1:], len(lines)])]


def _add(found, file, block, tokens, columns, name):
    """Put one sentence into `found`."""
    begin, lines = block
    for line, cells in tokens:
        if len(cells) != columns.width:
            raise DataError(
                f"{name}:{line}: {counted(len(cells), 'column')}, but most lines have {columns.width}",
                "give every word the same columns; a blank line goes between sentences",
            )
    target = columns.target
    labels = None if target is None else tuple(cells[target] for _, cells in tokens)
    found.add(tuple(cells[columns.source] for _, cells in tokens), labels, file, begin)
    found.step_lines.append(tuple(token.line for token in tokens))
    found.rows.append(tuple(lines))
