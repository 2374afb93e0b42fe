"""Pairs in delimited text: CSV and TSV, with or without a header."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from ...errors import DataError
from ...phrases import counted
from ..tables.missing import missing_words
from ..tables.numbers import number_translation
from .cells import has_comma, has_header, is_missing, rows_of, shortlist
from .column_choice import Choice, choice_notes, expected_columns, joined_texts
from .columns import Columns
from .documents import STANDARD_INPUT, Document
from .number_signs import signs_of
from .plain_lines import read_lines
from .records import Found, Wanted
from .separators import chosen_separator, has_known_names, is_plain, rows_with_lines
from .text_names import WRITTEN, has_text_header
from .titles import titled


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
    if not wanted.required and wanted.in_lines and all(is_plain(each, wanted) for each in documents):
        return _plain(documents, wanted)
    separator = chosen_separator(documents[0], wanted)
    header = _with_header(documents[0], separator, wanted)
    if wanted.again and not header:
        _refuse_header(documents[0], separator, wanted)
    names, rows, blank = _table(documents, separator, header, wanted)
    found = Found("text", header=header, separator=separator)
    if wanted.again and not header and wanted.separator not in (None, separator):
        found.notes.append(f"columns are separated by {separator!r}, unlike in the training files")
    if blank and wanted.required:
        found.notes.append(f"{counted(blank, 'blank line')} skipped")
        rows = [row for row in rows if row.cells]
    if not rows and wanted.required:
        raise DataError(f"{documents[0].name}: only a header, no examples", "add at least one row")
    rows = [row if row.cells else row._replace(cells=("",) * len(names)) for row in rows]
    cells = list(zip(*(row.cells for row in rows))) or [()] * len(names)
    if wanted.answers != "text":
        table = wanted.table
        if table.thousands is None and wanted.thousands != table.decimal:
            table = replace(table, thousands=wanted.thousands)
        found.signs = signs_of(cells, separator, table, any(document.typed for document in documents))
    columns = Columns(documents[0].name, names, cells, header, found.signs)
    _add(found, rows, columns, columns.choose(_placed(wanted, len(names), header)), wanted)
    return found


def _refuse_header(document, separator, wanted):
    """DataError for names of columns where the training files had none."""
    rows = rows_of(document.text, separator)
    if rows and len(rows[0]) > 1 and has_known_names(rows, wanted.answers):
        raise DataError(
            f"{document.name}: the first line names the columns ({shortlist(rows[0])}), "
            f"expected {expected_columns(wanted)}",
            "remove the first line, and give the columns in the order of the training files",
        )


def _placed(wanted, D, header):
    """`wanted` for a table without header that has the sources alone, side by side, or these and their conditions."""
    if wanted.required or header:
        return wanted
    chosen = (*wanted.source, *wanted.condition)
    if wanted.condition and len(chosen) == D and all(map(str.isdecimal, chosen)):
        place = {name: str(k) for k, name in enumerate(sorted(chosen, key=int), start=1)}
        source, condition = (tuple(place[name] for name in part) for part in (wanted.source, wanted.condition))
        return replace(wanted, source=source, condition=condition, target=())
    if len(wanted.source) == D:
        numbers = tuple(str(k + 1) for k in range(D))
        return replace(wanted, source=numbers, target=(), condition=())
    return wanted


# ---- what is a row


def _plain(documents, wanted):
    """The Found of lines that are texts, with what training knew of the columns."""
    found = read_lines([document.restored() for document in documents], wanted)
    if any(document.left_out for document in documents):
        unused = [option for option in wanted.table.options if option in ("--skip-rows", "--comment")]
        found.notes.append(f"{', '.join(unused)} ignored: every line is read as one text")
    elif wanted.header and found.sources and documents[0].name != STANDARD_INPUT:  # piped lines are usually texts
        found.notes.append(f"no column {wanted.source[0]!r} in the first line: every line is read as one text")
    elif any((wanted.separator or "\t") in document.text for document in documents):
        found.notes.append(f"{wanted.separator!r} does not separate columns here: every line is read as one text")
    return found


def _with_header(document, separator, wanted):
    """Whether the first row has the names of the columns; names among the options say so, too."""
    if wanted.header is not None:
        return wanted.header
    if any(not name.isdecimal() for name in (*wanted.source, *wanted.target, *wanted.condition, wanted.group or "1")):
        return True
    rows = rows_of(document.text, separator)
    if wanted.answers in WRITTEN and rows and has_text_header(rows):
        return True
    return wanted.answers != "text" and bool(rows) and has_header(rows)


def _table(documents, separator, header, wanted):
    """(names, rows in the order of the columns of the first document, number of blank lines)."""
    names, kept, blank = (), [], 0
    missing = missing_words(wanted.table.na)
    for file, document in enumerate(documents):
        rows = list(rows_with_lines(document, separator))
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
                if len(names) == 1 and wanted.required and not wanted.again:
                    raise titled(f"{document.name}:{first}")
                raise _unequal(document, line, cells, expected, separator)
            blank += not cells
            if missing:
                cells = ["" if cell.strip().lower() in missing else cell for cell in cells]
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
    if len(names) > 1 and sum(map(bool, names)) == 1 and wanted.required and not wanted.again:
        raise titled(place)
    texts = not wanted.required and wanted.in_lines  # their reader lists the columns
    if wanted.again and wanted.source and not texts and not {*names} & {*wanted.source, *wanted.target}:
        raise DataError(
            f"{place}: expected the names of the columns, found {shortlist(names)}",
            "begin the file with the header "
            + ", ".join((*wanted.source, *wanted.condition, *(wanted.target if wanted.required else ()))),
        )
    if doubles := [name for name, count in Counter(names).items() if count > 1]:
        raise DataError(
            f"{place}: more than one column is called {doubles[0]!r}",
            "rename all but one" + ("" if wanted.again else "; without names in the first line, use --header no"),
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


# ---- what is an example


def _add(found, rows, columns, choice: Choice, wanted):
    """Put the rows of a table into `found`."""
    found.form = wanted.form if wanted.form in ("text", "words", "features") else _form(columns, choice, wanted)
    names = columns.names
    found.columns = tuple(names[k] if columns.header else f"column {names[k]}" for k in choice.source)
    found.target_names = tuple(names[k] if columns.header else f"column {names[k]}" for k in choice.target)
    found.source, found.target = (tuple(names[k] for k in part) for part in (choice.source, choice.target))
    found.target, found.condition = found.target or wanted.target, wanted.condition
    if choice.condition:
        title = "" if columns.header else "column "  # the number that it had in training
        found.condition_names = tuple(title + name for name in (wanted.condition if title else _at(names, choice)))
        found.condition = wanted.condition if title else _at(names, choice)
        found.conditions = [_at(row.cells, choice) for row in rows]
    found.notes += _reading_notes(found, columns, choice, wanted)
    if choice.group is not None:
        found.groups = [row.cells[choice.group] for row in rows]
    found.rows = [row.cells for row in rows]
    sources = columns.cells[choice.source[0]]
    if choice.joined:
        sources = joined_texts([columns.cells[k] for k in choice.source])
    if found.form == "features":
        sources = _features(columns, choice)
    elif found.form == "words":
        sources = [tuple(text.split()) for text in sources]
    for row, source in zip(rows, sources):
        answer = tuple(row.cells[k] for k in choice.target) or None
        if wanted.answers == "step" and answer:
            answer = tuple(answer[0].split())
        found.add(source, answer, row.file, row.line)


def _at(cells, choice):
    """The conditions among the cells of a row."""
    return tuple(cells[k] for k in choice.condition)


def _reading_notes(found, columns, choice, wanted):
    """What was decided about the columns, where no option says it."""
    if wanted.again:
        return
    yield from choice_notes(choice, columns.names, wanted.answers)
    if found.signs.thousands and wanted.table.thousands is None:
        yield f"numbers are written as {found.signs.example} (otherwise: --decimal, --thousands)"
    elif found.signs.decimal == "," and wanted.table.decimal is None and not found.signs.thousands:
        cell = next(cell for cells in columns.cells for cell in cells if has_comma(cell))
        yield f"numbers are read with a decimal comma, as in {cell.strip()}"


def _form(columns, choice, wanted):
    if wanted.answers == "step":
        return "words"
    if choice.joined or wanted.answers == "text":
        return "text"
    if wanted.answers == "description":
        return "features"
    return "features" if len(choice.source) > 1 or columns.numeric(choice.source[0]) else "text"


def _features(columns, choice):
    """Rows of cells; in a column of numbers as Python writes them, and nothing for a missing one."""
    cells, plain = [columns.cells[k] for k in choice.source], number_translation(columns.signs)
    for k, place in enumerate(choice.source):
        if columns.numeric(place):
            cells[k] = ["" if is_missing(cell) else cell.strip().translate(plain) for cell in columns.cells[place]]
    return zip(*cells)
