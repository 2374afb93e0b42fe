"""Which format a text of pairs has, and of which kind its answers are, judged by its beginning. Imports no NumPy."""

import json
import re
from typing import NamedTuple

from ..series.names import DATES, PLAIN, YEARS, called, month_of, quarter_of
from ..series.names import PARTS as PERIODS
from ..time.names import places
from .cells import (
    LOOKED_AT,
    MOST_NUMBERS,
    ROWS,
    SOURCE_NAMES,
    TARGET_NAMES,
    WEAK_NAMES,
    few,
    has_header,
    has_ucr_labels,
    is_conll_u,
    is_date,
    is_missing,
    is_number,
    is_text,
    rows_of,
    separator_of,
    share,
    ucr_cells,
)
from .counted_steps import are_counted
from .text_names import has_text_objects, has_text_pairs

TS_KEYS = frozenset(
    ("@problemname", "@timestamps", "@univariate", "@dimensions", "@dimension", "@equallength", "@serieslength")
    + ("@classlabel", "@targetlabel")
)
LETTERED = 0.9  # of the texts have a letter, at least
LABELLED = re.compile(r"([A-Za-z][A-Za-z_-]{0,30}):([\w-]+)[ \t]+(?=\S)")  # LABEL:fine text
MOST_CLASSES = 100  # of several words each
LEAST_SERIES = 8  # values of a UCR file without _TRAIN or _TEST in its name
SURE, LIKELY, MAYBE = 0.95, 0.92, 0.6  # the task of tables is sure of every table by 0.9
MONTHS, QUARTERS = 12, 4  # columns called after them in tables of a year a row
UNSURE = 0.05  # a folder of texts may as well be a corpus, and an array of objects is to be written as lines first
TIMES = "ds y unique_id date time datetime timestamp year month week day hour"  # names in tables to forecast
TIME_NAMES = frozenset(TIMES.split())


class Sniffed(NamedTuple):
    """answers: "class", "number", "step", "text" or None. sure: 0 to 1."""

    format: str
    answers: str | None
    sure: float


def recognise(text: str, name: str = "", whole: bool = True) -> Sniffed | None:
    """The format of a text with line feeds, None for one that does not look like pairs.

    whole: whether this is all of it; otherwise its last line may be cut off and does not count.
    """
    if "\0" in text:
        return None
    if len(text) > LOOKED_AT:
        text, whole = text[:LOOKED_AT], False
    if not whole and "\n" in text:
        text = text[: text.rindex("\n") + 1]
    lines = text.split("\n")
    filled = [line for line in lines if line.strip()]
    if not filled:
        return None
    return (
        _ts(filled)
        or _json_lines(filled)
        or _json_array(text)
        or _fasttext(filled)
        or _conll(lines)
        or _ucr(filled, name)
        or _labelled(filled)
        or _delimited(text)
        or _texts(text, filled)
    )


def _ts(lines):
    heads = [line.split() for line in lines if line.startswith("@")]
    first = next((line for line in lines if not line.startswith("#")), "")
    keys = {head[0].lower(): head[1:] for head in heads}
    if not first.startswith("@") or not TS_KEYS & keys.keys() or "@attribute" in keys:
        return None
    for key, answers in (("@classlabel", "class"), ("@targetlabel", "number")):
        if [value.lower() for value in keys.get(key, ())[:1]] == ["true"]:
            return Sniffed("ts", answers, 1.0)
    ends = [line.rpartition(":")[2].strip() for line in lines if not line.startswith(("@", "#"))]
    numbers = all(map(is_number, ends)) and not few(ends)
    return Sniffed("ts", "number" if numbers and "," not in "".join(ends) else "class", MAYBE)


def _json_lines(lines):
    """JSON objects with a source and a target that have known names."""
    records = _objects(lines)
    if not records:
        return None
    target = [key for key in records[0] if key.lower() in TARGET_NAMES]
    others = [key for key in records[0] if key not in target]
    source = [key for key in others if key.lower() in SOURCE_NAMES] or others
    if len(target) != 1 or len(source) != 1:
        return None
    named = source[0].lower() in SOURCE_NAMES
    return _judged([record.get(source[0]) for record in records], [record.get(target[0]) for record in records], named)


def _objects(lines):
    """The objects on the first lines; [] where one of them is none."""
    if not lines[0].startswith("{"):
        return []
    try:
        records = [json.loads(line) for line in lines[:ROWS]]
    except (ValueError, RecursionError):
        return []
    return records if all(isinstance(record, dict) for record in records) else []


def _json_array(text):
    """An array of objects that have a text and a target of a known name, judged by the first of them."""
    begin = text.lstrip()
    if not begin.startswith("[") or not begin[1:].lstrip().startswith("{"):
        return None
    try:
        record, _ = json.JSONDecoder().raw_decode(begin[1:].lstrip())
    except (ValueError, RecursionError):
        return None
    names = {key.lower() for key, value in record.items() if isinstance(value, str)}
    target = [key for key in record if key.lower() in TARGET_NAMES]
    return Sniffed("jsonl", "class", UNSURE) if names & SOURCE_NAMES and len(target) == 1 else None


def _judged(sources, targets, named):
    """The Sniffed of values of JSON lines; named: the sources are called a text, and so need hardly look like one."""
    listed = all(isinstance(source, list) and source for source in sources)
    if listed and all(isinstance(target, list) for target in targets):
        return Sniffed("jsonl", "step", SURE)
    if not listed and not all(isinstance(source, str) for source in sources):
        return None
    if not listed and not (share(sources, _has_letter) >= LETTERED if named else is_text(sources)):
        return None
    if all(isinstance(target, float | int) for target in targets) and any(
        isinstance(target, float) and not target.is_integer() for target in targets
    ):
        return Sniffed("jsonl", "number", LIKELY)
    if any(isinstance(target, list | dict) for target in targets):
        return None
    return Sniffed("jsonl", "class", SURE) if few([str(target) for target in targets], MOST_NUMBERS * 100) else None


def _has_letter(source):
    return any(map(str.isalpha, source))


def _texts(text, lines):
    """Two texts a line. A table of texts is no series, so that this is surer than what its name says."""
    if lines[0].startswith("{"):
        records = _objects(lines)
        return Sniffed("jsonl", "text", LIKELY) if records and has_text_objects(records) else None
    return Sniffed("delimited", "text", LIKELY) if has_text_pairs(text) else None


def _fasttext(lines):
    return Sniffed("fasttext", "class", 1.0) if share(lines, lambda line: line.startswith("__label__")) >= 0.9 else None


def _conll(lines):
    """Blocks of lines with equally many columns, a word in the first, one of few tags in another."""
    blocks, rows = 1, []
    tabs = any("\t" in line for line in lines)
    for line in lines:
        if not line.strip():
            blocks += 1
        elif not line.startswith(("# ", "-DOCSTART-")):
            rows.append(line.split("\t") if tabs else line.split())
    blocks -= not lines[-1].strip()
    if len(rows) < 4 or len(rows[0]) < 2 or not 2 <= blocks < len(rows) or len(rows) > 60 * blocks:
        return None
    if any(len(row) != len(rows[0]) for row in rows) or share(rows, lambda row: " " not in row[0].strip()) < 0.95:
        return None
    column = 3 if is_conll_u(rows) else -1
    tags = [row[column] for row in rows]
    return Sniffed("conll", "step", SURE) if few(tags) and not all(map(is_number, tags)) else None


def _ucr(lines, name):
    """A class as an integer, then the values of a series; a first column that only rises or falls counts rows."""
    rows = [ucr_cells(line) for line in lines[:50]]
    official = re.search(r"_(TRAIN|TEST)\b", name) is not None
    if min(map(len, rows)) <= (2 if official else LEAST_SERIES):
        return None
    if not all(is_number(cell) or is_missing(cell) for row in rows for cell in row):
        return None
    if not has_ucr_labels(rows):
        return None
    labels, plain = [row[0] for row in rows], [cell for row in rows for cell in row[1:] if is_number(cell)]
    steps = {float(second) > float(first) for first, second in zip(labels, labels[1:]) if is_number(second)}
    rising = len(labels) > 2 and len(set(labels)) == len(labels) and len(steps) == 1
    if official or not rising and few(labels) and any(not float(cell).is_integer() for cell in plain):
        return Sniffed("ucr", "class", LIKELY)
    return None


def _labelled(lines):
    labels = [found[1] for line in lines if (found := LABELLED.match(line))]
    return Sniffed("labelled", "class", SURE) if len(labels) >= 0.95 * len(lines) and few(labels) else None


def _delimited(text):
    """Two columns, a text and one of few labels; features and labels; of more columns a header must name both."""
    separator = separator_of(text)
    if separator is None:
        return None
    rows = rows_of(text, separator)
    alike = [row for row in rows if len(row) == len(rows[0])]
    if not rows or separator != "\t" and len(alike) < len(rows) and not has_header(alike):
        return None
    rows = alike  # a row with too few cells or too many is for the reader to refuse, with its place
    named = has_header(rows)
    body = rows[1:] if named else rows
    columns = list(zip(*body))
    if not columns:
        return None
    if named:
        names = [cell.strip().lower() for cell in rows[0]]
        if sure := _named(names, columns):
            return Sniffed("delimited", "class", sure)
    if _has_features(rows[0] if named else (), columns):
        return Sniffed("delimited", "class", LIKELY)
    return _text_and_labels(columns, separator) if len(columns) == 2 else None


def _text_and_labels(columns, separator):
    """The Sniffed of two columns, in either order."""
    for source, target in (columns, reversed(columns)):
        given = [label for label in target if label.strip()]
        if len(given) * 2 < len(target) or _are_sentences(set(given)):
            continue
        if _are_texts(source, given) and few(given) and not all(map(is_date, given)):
            blank = separator != "\t" and any(cell[:1].isspace() for cell in columns[1])
            sure = SURE if len(set(given)) > 1 else MAYBE if is_number(given[0]) else LIKELY
            return None if blank else Sniffed("delimited", "class", sure)
    return None


def _are_sentences(labels):
    """Whether different labels are more than any classes are, and of several words as sentences are."""
    return len(labels) > MOST_CLASSES and sum(len(label.split()) for label in labels) >= 1.5 * len(labels)


def _are_texts(source, labels):
    """Whether a column has texts, or words that are clearly more than the labels, which are words too."""
    if is_text(source):
        return True
    if share(source, is_number) > 0.1 or share(source, is_date) >= 0.5 or share(labels, is_number) > 0.5:
        return False
    return len(set(labels)) > 1 and 2 * len(set(labels)) <= len(set(source))


def _has_features(names, columns):
    """Whether at least two columns of numbers stand beside one of labels, and none has times.

    names: () without a header, where the labels are in the last column.
    """
    if _are_times(names) or any(share(each, is_date) >= 0.5 for each in columns):
        return False
    words = [k for k, cells in enumerate(columns) if not _has_numbers(cells)]
    if len(columns) < 3 or len(words) != 1 or not names and words != [len(columns) - 1]:
        return False
    labels = columns[words[0]]
    if places(frozenset(map(str.strip, labels))) or places(frozenset(map(str.strip, labels)), weekday=True):
        return False  # the months of a series
    if are_counted(names, columns, words[0]):
        return False
    return few(labels) and len(set(labels)) > 1 and not any(map(is_number, labels))


def _are_times(names):
    """Whether columns are called as times are, or after the months or quarters of a year."""
    parts = sum(month_of(name) is not None and not name.strip().isdecimal() for name in names)
    quarters = sum(quarter_of(name) is not None for name in names)
    return (
        parts >= MONTHS or quarters >= QUARTERS or any(called(name, DATES | YEARS | PERIODS) == PLAIN for name in names)
    )


def _has_numbers(cells):
    return all(is_number(cell) or is_missing(cell) for cell in cells)


def _named(names, columns):
    """How sure the header is of classes: 0 unless it names one target with few values, beside a text or numbers."""
    target = [k for k, name in enumerate(names) if name in TARGET_NAMES]
    if len(target) != 1 or not few(columns[target[0]]):
        return 0.0
    labels = columns[target[0]]
    others = [k for k in range(len(names)) if k != target[0]]
    known = [k for k in others if names[k] in SOURCE_NAMES]
    source = [k for k in known if names[k] not in WEAK_NAMES] or known or others
    if len(source) == 1 and _are_texts(columns[source[0]], labels):
        return SURE
    times = TIME_NAMES & set(names) or any(share(cells, is_date) >= 0.5 for cells in columns)
    if len(others) < 2 or times or not all(_has_numbers(columns[k]) for k in others):
        return 0.0
    return LIKELY if len(set(labels)) > 1 else 0.0
