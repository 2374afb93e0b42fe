"""Which format a text of pairs has, and of which kind its answers are, judged by its beginning. Imports no NumPy."""

import json
import re
from typing import NamedTuple

from .cells import (
    DATE,
    LOOKED_AT,
    MOST_NUMBERS,
    ROWS,
    SOURCE_NAMES,
    TARGET_NAMES,
    few,
    has_header,
    has_ucr_labels,
    is_conll_u,
    is_missing,
    is_number,
    is_text,
    rows_of,
    separator_of,
    share,
    ucr_cells,
)

TS_KEYS = frozenset(
    ("@problemname", "@timestamps", "@univariate", "@dimensions", "@dimension", "@equallength", "@serieslength")
    + ("@classlabel", "@targetlabel")
)
LABELLED = re.compile(r"([A-Za-z][A-Za-z_-]{0,30}):([\w-]+)[ \t]+(?=\S)")  # LABEL:fine text
LEAST_SERIES = 8  # values of a UCR file without _TRAIN or _TEST in its name
SURE, LIKELY, MAYBE = 0.95, 0.92, 0.6  # the task of tables is sure of every table by 0.9


class Sniffed(NamedTuple):
    """answers: "class", "number", "step" or None. sure: 0 to 1."""

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
        or _fasttext(filled)
        or _conll(lines)
        or _ucr(filled, name)
        or _labelled(filled)
        or _delimited(text)
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
    if not lines[0].startswith("{"):
        return None
    try:
        records = [json.loads(line) for line in lines[:ROWS]]
    except (ValueError, RecursionError):
        return None
    if not all(isinstance(record, dict) for record in records):
        return None
    target = [key for key in records[0] if key.lower() in TARGET_NAMES]
    others = [key for key in records[0] if key not in target]
    source = [key for key in others if key.lower() in SOURCE_NAMES] or others
    if len(target) != 1 or len(source) != 1:
        return None
    return _judged([record.get(source[0]) for record in records], [record.get(target[0]) for record in records])


def _judged(sources, targets):
    """The Sniffed of values of JSON lines."""
    listed = all(isinstance(source, list) and source for source in sources)
    if listed and all(isinstance(target, list) for target in targets):
        return Sniffed("jsonl", "step", SURE)
    if not listed and not (all(isinstance(source, str) for source in sources) and is_text(sources)):
        return None
    if all(isinstance(target, float | int) for target in targets) and any(
        isinstance(target, float) and not target.is_integer() for target in targets
    ):
        return Sniffed("jsonl", "number", LIKELY)
    if any(isinstance(target, list | dict) for target in targets):
        return None
    return Sniffed("jsonl", "class", SURE) if few([str(target) for target in targets], MOST_NUMBERS * 100) else None


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
    """Two columns, a text and one of few labels; of more columns a header must name both."""
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
    if len(columns) != 2:
        return None
    for source, target in (columns, reversed(columns)):
        given = [label for label in target if label.strip()]
        if len(given) * 2 < len(target):
            continue
        if is_text(source) and few(given) and not all(map(DATE.match, given)):
            blank = separator != "\t" and any(cell[:1].isspace() for cell in columns[1])
            sure = SURE if len(set(given)) > 1 else MAYBE if is_number(given[0]) else LIKELY
            return None if blank else Sniffed("delimited", "class", sure)
    return None


def _named(names, columns):
    """How sure the header is of classes: 0 unless it names one target with few values, and its source is a text."""
    target = [k for k, name in enumerate(names) if name in TARGET_NAMES]
    if len(target) != 1 or not few(columns[target[0]]):
        return 0.0
    others = [k for k in range(len(names)) if k != target[0]]
    source = [k for k in others if names[k] in SOURCE_NAMES] or others
    if len(source) == 1 and is_text(columns[source[0]]):
        return SURE
    numbers = all(is_number(cell) or is_missing(cell) for k in others for cell in columns[k])
    return MAYBE if len(others) > 1 and numbers and not all(map(is_number, columns[target[0]])) else 0.0
