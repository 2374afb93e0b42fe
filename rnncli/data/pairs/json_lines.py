"""Pairs as JSON lines: an object a line, its source a text, a list of words, or a series as a list of numbers."""

import json
import re
from collections.abc import Sequence
from typing import Any

from ...errors import DataError
from ...phrases import counted
from .cells import is_missing
from .column_choice import choice_notes, joined_texts
from .columns import Columns
from .documents import Document
from .plain_lines import numbered, read_lines
from .records import Found, Wanted
from .series_values import bad_value, channel_names, checked_channels, series_of
from .text_names import WRITTEN

SURROGATES = re.compile("[\ud800-\udfff]")  # half characters
ESCAPED_HALF = re.compile(r"\\ud[89a-f]", re.IGNORECASE)  # or a whole one, written as two
NESTED = "translation"  # key of an object with a text for each language
HINT = 'write one object per line, as in {"text": "a fine day", "class": "good"}'


def read_json_lines(documents: Sequence[Document], wanted: Wanted) -> Found:
    """The examples of JSON lines; `rows` has the objects.

    Half a character, which JSON can hold and UTF-8 cannot, is read as the mark for an unknown one.

    Where no answers are required, a blank line is an empty text, and so is each line of a file without any object a
    text. DataError for lines that are no such objects, values that are missing or of another kind than those of the
    first line, and several classes for one example.
    """
    lines = wanted.form in (None, "text", "words") or wanted.answers == "description" and wanted.in_lines
    if not wanted.required and lines and not any(map(_has_objects, documents)):
        return read_lines(documents, wanted)
    found = Found("text")
    places, records, rows = [], [], []
    for file, number, line in numbered(documents, wanted, found):
        places.append(f"{documents[file].name}:{number}")
        rows.append(_record(places[-1], line) if line.strip() else {})
        records.append(_whole(rows[-1]) if ESCAPED_HALF.search(line) else rows[-1])
        if wanted.answers == "text":
            records[-1] = _unnested(records[-1])
        found.add(None, None, file, number)
    found.rows = rows
    if records:
        _fill(found, records, places, documents[0].name, wanted)
    return found


def _has_objects(document):
    """Whether the first line begins as an object, or any line is one."""
    begun = (line for _, line in document.filled())
    return next(begun, "").lstrip().startswith("{") or any(map(is_object, begun))


def _fill(found, records, places, name, wanted):
    """Put sources, answers and the names of their keys into `found`."""
    names = tuple(dict.fromkeys(key for record in records for key in record)) or wanted.source or ("text",)
    cells = [[_text(record.get(key)) for record in records] for key in names]
    columns = Columns(name, names, cells, True, keys=True)
    choice = columns.choose(wanted)
    source, target = [names[k] for k in choice.source], [names[k] for k in choice.target]
    found.source, found.target = tuple(source), tuple(target) or wanted.target
    found.columns, found.target_names = tuple(source), tuple(target)
    if choice.group is not None:
        found.groups = cells[choice.group]
    _add_conditions(found, records, [names[k] for k in choice.condition], wanted)
    found.notes += () if wanted.again else choice_notes(choice, names, wanted.answers)
    if choice.joined:
        found.form, found.sources = "text", joined_texts([cells[k] for k in choice.source])
        if wanted.form == "words":
            found.form, found.sources = "words", [tuple(text.split()) for text in found.sources]
    elif _are_features(columns, choice.source, wanted):
        found.form, found.sources = "features", list(zip(*(_feature(columns, k) for k in choice.source)))
    else:
        found.form, found.sources = _sources(records, source[0], places, wanted)
    series: Any = found.sources if found.form == "series" else None
    if series:
        found.columns = channel_names(checked_channels(series, places))
    _refuse_no_answer(records, target, places, wanted)
    found.answers = [_answer(record, target, place, wanted) for record, place in zip(records, places)]
    if wanted.answers == "step" and found.form == "text":
        _split_words(found, wanted)


def _add_conditions(found, records, names, wanted):
    """Put the values of the keys `names`, of a list all, into `found`."""
    found.condition = tuple(names) or wanted.condition
    if names:
        cells = [[";".join(map(_text, _as_list(record.get(name)))) for record in records] for name in names]
        found.condition_names, found.conditions = tuple(names), list(zip(*cells))


def _as_list(value):
    return value if isinstance(value, list) else [value]


def _unnested(record):
    """An object of which the texts of two languages are not in an object of their own."""
    inner = record.get(NESTED)
    return record if not isinstance(inner, dict) else {k: v for k, v in record.items() if k != NESTED} | inner


def _record(place, line):
    """The object on a line."""
    try:
        pairs = json.loads(line, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError) as error:  # ValueError: also a number of more digits than Python reads
        raise DataError(f"{place}: not JSON ({str(error).replace(': line 1', ' at')})", HINT) from None
    if not isinstance(pairs, _Pairs):
        raise DataError(f"{place}: not an object with keys", HINT)
    if pairs.double is not None:
        raise DataError(f"{place}: more than one key is called {pairs.double!r}", "keep one of them")
    return dict(pairs)


def _whole(value):
    """A value without half characters."""
    if isinstance(value, str):
        return value if value.isascii() else SURROGATES.sub("\ufffd", value)
    if isinstance(value, list):
        return list(map(_whole, value))
    return {_whole(name): _whole(part) for name, part in value.items()} if isinstance(value, dict) else value


def is_object(line: str) -> bool:
    """Whether a line is a JSON object."""
    try:
        return line.lstrip().startswith("{") and isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


class _Pairs(dict):
    """An object that remembers a key that it was given twice."""

    def __init__(self, pairs):
        super().__init__(pairs)
        names = [name for name, _ in pairs]
        self.double = next((name for name in self if names.count(name) > 1), None) if len(self) < len(names) else None


def _text(value: Any) -> str:
    """A value as a cell; null is empty."""
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)


# ---- sources


def _are_features(columns, source, wanted):
    """Whether sources are read as features rather than as what the values of their only key are."""
    if wanted.answers == "text":
        return False
    if len(source) > 1 or wanted.form == "features" or wanted.answers == "description":
        return True
    return wanted.form is None and columns.numeric(source[0])


def _feature(columns, k):
    """The cells of column k; nothing for a missing number."""
    cells = columns.cells[k]
    return ["" if is_missing(cell) else cell for cell in cells] if columns.numeric(k) else cells


def _sources(records, name, places, wanted) -> tuple[str, list[Any]]:
    """(form, the source of each record)"""
    first: Any = next((record[name] for record in records if record.get(name) not in (None, [])), "")
    form = "text"
    if isinstance(first, list):
        form = "words" if isinstance(first[0], str) or wanted.answers == "text" else "series"
    read = {"text": _text_source, "words": _words_source, "series": _series_source}[form]
    sources = []
    for record, place in zip(records, places):
        value = record.get(name)
        if value is None and (wanted.required or form == "series"):
            raise DataError(f"{place}: no value for {name!r}{_lacking(records, name)}", "give every object its source")
        sources.append(read(value, f"{place}, key {name}"))
    if form == "text" and wanted.form == "words" and wanted.answers != "step":
        return "words", [tuple(source.split()) for source in sources]
    if form == "words" and "text" in (wanted.form, wanted.answers):
        return "text", [" ".join(source) for source in sources]
    return form, sources


def _text_source(value, place):
    if isinstance(value, list | dict):
        raise _mixed(place, value, "a text")
    return _text(value)


def _words_source(value, place):
    if not isinstance(value, list | None) or not all(isinstance(word, str) for word in value or ()):
        raise _mixed(place, value, "a list of words")
    return tuple(value or ())


def _series_source(value, place):
    """(T, D) of a list of T numbers, or of T lists of D numbers."""
    if not isinstance(value, list):
        raise _mixed(place, value, "a list of numbers")
    if not any(isinstance(row, list) for row in value):
        return series_of([[_cell(each, f"{place}, step {k + 1}") for k, each in enumerate(value)]], place)
    D = len(value[0]) if isinstance(value[0], list) else 1
    for step, row in enumerate(value, start=1):
        if not isinstance(row, list) or len(row) != D or not D:
            count = len(row) if isinstance(row, list) else 0
            raise DataError(
                f"{place}, step {step}: {counted(count, 'value')}, but step 1 has {D}",
                "give every step the same channels",
            )
    channels = zip(*value)
    cells = [
        [_cell(each, f"{place}, channel {d}, step {t}") for t, each in enumerate(channel, start=1)]
        for d, channel in enumerate(channels, start=1)
    ]
    return series_of(cells, place)


def _cell(value, place):
    """A number of a series as text."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise bad_value(_text(value), place)
    return repr(value)


def _mixed(place, value, expected):
    return DataError(
        f"{place}: expected {expected} as in the lines before, found {_text(value)[:40] or 'null'}",
        "give every object the same kind of source",
    )


# ---- answers


def _refuse_no_answer(records, target, places, wanted):
    """DataError for the first record that lacks a required answer, with the number of them."""
    for name in target if wanted.required else ():
        if lacking := [place for record, place in zip(records, places) if record.get(name) is None]:
            raise DataError(
                f"{lacking[0]}: no value for {name!r}{_lacking(records, name)}", "give every object its answer"
            )


def _lacking(records, name):
    """How many records have no value for a key, if there are several, in words."""
    count = sum(record.get(name) is None for record in records)
    return f" ({count:,} such objects)" if count > 1 else ""


def _answer(record, target, place, wanted):
    """The answer of a record as a tuple of texts, None without one."""
    values = [record.get(name) for name in target]
    if not values or any(value is None for value in values):
        return None
    if wanted.answers == "step" and not isinstance(values[0], list | str):
        raise DataError(f"{place}, key {target[0]}: not a list of labels", "give a label for each word or step")
    if isinstance(values[0], list) and wanted.answers in WRITTEN:
        values = [" ".join(_words_source(values[0], f"{place}, key {target[0]}"))]
    elif isinstance(values[0], list):
        if wanted.answers == "class":
            raise DataError(
                f"{place}, key {target[0]}: several labels, but each example has one class",
                "keep one label, or use --task label for a label a step",
            )
        values = values[0]
    elif wanted.answers == "step":
        values = values[0].split()
    if nested := [value for value in values if isinstance(value, list | dict)]:
        noun = "no text" if wanted.answers in WRITTEN else "no label"
        raise DataError(f"{place}, key {target[0]}: {_text(nested[0])[:40]} is {noun}", "write texts or numbers")
    return tuple(map(_text, values))


def _split_words(found, wanted):
    """Labels for a text are those of its words; of its characters, if there are as many in every text."""
    pairs = [(source, answer) for source, answer in zip(found.sources, found.answers) if answer is not None]
    by_character = bool(pairs) and all(len(source) == len(answer) for source, answer in pairs)
    if wanted.form == "text" or wanted.form is None and by_character:
        return
    found.form, found.sources = "words", [tuple(source.split()) for source in found.sources]
