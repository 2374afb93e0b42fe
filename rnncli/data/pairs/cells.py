"""Cells of text as they are judged when their meaning is not given: names, numbers, texts, labels. Imports no NumPy."""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from ..tables.missing import is_missing
from ..tables.separators import split_rows
from ..tables.signs import number_pattern
from ..time.grammar import is_stamp

LOOKED_AT = 1 << 16  # characters that decide
ROWS = 1000  # of them, rows at most
SEPARATORS = "\t,;"  # between cells
BLANKS = "\t\n\v\f\r \x85\xa0\u2002\u2003\u2007\u2009\u202f\u3000"  # around a number; float() knows no \x1c to \x1f
SOURCES = (
    "text texts sentence sentences review question query name word words source src input sequence series message "
    "content document tokens title comment tweet x"
)
TARGETS = (
    "label labels class target category sentiment y tag tags language lang mood intent topic species emotion polarity "
    "rating score stars ner_tags pos_tags"
)
SOURCE_NAMES, TARGET_NAMES = frozenset(SOURCES.split()), frozenset(TARGETS.split())
WEAK_NAMES = frozenset(("name", "title"))  # of a source only where nothing else can be one
COMMA = re.compile(r"[-+]?\d+,\d+(?:[eE][-+]?\d+)?", re.ASCII)  # a number with a decimal comma
GROUPED = re.compile(r"[-+]?\d{1,3},\d{3}", re.ASCII)  # or with a comma between thousands
NAME = re.compile(r"[^\W\d][\w.-]{0,30}")  # of a column, if nothing else is known of it
LABELS = 20  # different labels at most, and rows at least, that tell a name on top of them
MONTHS = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
DATE = re.compile(
    rf"\d{{4}}[-/]\d|\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d|{MONTHS} [\d, ]+$|\d{{1,2}}[ -]{MONTHS}[ -]\d", re.IGNORECASE
)
MOST_NUMBERS = 10  # different numbers that are still taken for classes
SMALL = 20  # rows of a table too short to count on repeated labels
NUMBERS = 0.9  # of the cells of a column are numbers, where another one is a mistake rather than a category
LISTED, COLUMNS = 5, 12  # names in a message, and names of columns there, at most
WIDTH = 24  # characters of a name or a value there
ALIKE = 0.8  # of the rows have as many cells as the first, where a separator is the right one


def separator_of(text: str) -> str | None:
    """The separator that gives most of the first rows as many cells as the first row has, None if none does."""
    good = {}
    for separator in SEPARATORS:
        rows = rows_of(text, separator)[:ROWS]
        D = len(rows[0]) if rows else 0
        if D > 1 and sum(len(row) == D for row in rows) >= ALIKE * len(rows):
            good[separator] = D
    return "\t" if "\t" in good else max(good, key=good.__getitem__, default=None)


def rows_of(text: str, separator: str) -> list[list[str]]:
    """The whole rows at the beginning of a text without the blank ones; [] for a text that cannot be read so."""
    cut = len(text) > LOOKED_AT
    if cut:
        text = text[: text.rfind("\n", 0, LOOKED_AT) + 1] or text[:LOOKED_AT]
    if separator == "\t":
        return [line.split("\t") for line in text.split("\n") if line.strip()]
    try:
        rows = [
            row for row in split_rows(io.StringIO(text, newline=""), separator, strict=False) if "".join(row).strip()
        ]
    except csv.Error:
        return []
    return rows[:-1] if cut and len(rows) > 1 else rows  # the last may be in an open quote


def has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns: by a known name that is no value of its column, above numbers, or by
    names above a column of few values, all of them repeated, that has not the one on top."""
    first, body = [cell.strip() for cell in rows[0]], rows[1:ROWS]
    columns = [[row[k].strip() for row in body if k < len(row)] for k in range(len(first))]
    known = [k for k, name in enumerate(first) if name.lower() in SOURCE_NAMES | TARGET_NAMES]
    if known:
        return not any(first[k] in columns[k] for k in known)
    names = len(set(first)) == len(first) > 1 and all(map(NAME.fullmatch, first))
    return any(
        not is_number(name)
        and not is_missing(name)
        and (any(map(is_number, cells)) and all(map(_is_value, cells)) or names and _are_labels(cells, name))
        for name, cells in zip(first, columns)
    )


def _are_labels(cells, name):
    """Whether cells are at most 20 different labels, each of them repeated and none of them `name`."""
    counts = Counter(cells)
    return len(cells) >= LABELS and name not in counts and len(counts) <= LABELS and min(counts.values()) > 1


def _is_value(cell):
    return is_number(cell) or is_missing(cell)


def is_number(cell: str) -> bool:
    """Whether a cell is a plain number."""
    return number_pattern().fullmatch(cell.strip(BLANKS)) is not None


def is_date(cell: str) -> bool:
    """Whether a cell begins with a date, or is a stamp in another form that tables use: "Sun 01 Jan 23"."""
    return DATE.match(cell) is not None or is_stamp(cell)


def has_comma(cell: str) -> bool:
    """Whether a cell is a number with a decimal comma."""
    return COMMA.fullmatch(cell.strip(BLANKS)) is not None


def decimal_hint(cells: Sequence[str]) -> str:
    """The end of a hint where cells have decimal commas, or commas between thousands, "" where they have none."""
    found = next(filter(has_comma, cells), None)
    if found is None:
        return ""
    other = " or --thousands ," if GROUPED.fullmatch(found.strip()) else ""
    return f"; for numbers such as {found.strip()} use --decimal ,{other}"


def is_text(cells: Sequence[str]) -> bool:
    """Whether cells are texts: of letters for the most part, seldom equal, and no dates."""
    visible = "".join("".join(cells).split())
    if sum(map(str.isalpha, visible)) * 2 <= len(visible) or len(set(cells)) * 2 < len(cells):
        return False
    return share(cells, lambda cell: any(map(str.isalpha, cell))) >= 0.9 and share(cells, is_date) < 0.5


def few(labels: Sequence[str], most_numbers: int = MOST_NUMBERS) -> bool:
    """Whether labels repeat: at least four, each of them twice on average, and few different numbers."""
    different = {label.strip() for label in labels}
    if len(labels) < 4 or len(different) * 2 > len(labels) or not all(different) or max(map(len, different)) > 60:
        return False
    numbers = [label for label in different if is_number(label)]
    whole = all(float(label).is_integer() for label in numbers)
    return len(numbers) < len(different) or whole and len(numbers) <= most_numbers


def share(items: Sequence[Any], test: Callable[[Any], Any]) -> float:
    """The share of items that pass a test."""
    return sum(map(bool, map(test, items))) / len(items)


def is_conll_u(rows: Sequence[Sequence[str]]) -> bool:
    """Whether these are the ten columns of CoNLL-U: number, form, lemma, universal tag and so on."""
    return len(rows[0]) == 10 and all(re.match(r"\d+(?:[-.]\d+)?$", row[0]) for row in rows)


def ucr_cells(line: str) -> list[str]:
    """The cells of a line of a UCR file: separated by tabs, commas or blanks."""
    separator = "\t" if "\t" in line else "," if "," in line else None
    return line.split(separator)


def has_ucr_labels(rows: Sequence[Sequence[str]]) -> bool:
    """Whether every row begins with an integer or a mark for an unknown class."""
    return all(row[0].strip() == "?" or is_number(row[0]) and float(row[0]).is_integer() for row in rows)


def shortened(text: str) -> str:
    """The beginning of a text, for a message."""
    return text if len(text) <= WIDTH else text[:WIDTH] + "..."


def shortlist(names: Sequence[str], most: int = LISTED) -> str:
    """The first of some names, shortened, and their number if not all are shown."""
    more = f", ... ({len(names):,} in all)" if len(names) > most else ""
    return ", ".join(map(shortened, names[:most])) + more
