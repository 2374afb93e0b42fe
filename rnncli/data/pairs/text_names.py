"""Names of the columns of two texts, one of which is written for the other, and tables that hold them. Imports no
NumPy."""

import re
import unicodedata
from collections.abc import Sequence

from .cells import ROWS, is_date, is_missing, is_number, rows_of, separator_of, share

WRITTEN = ("text", "description")  # answers that are texts
SOURCES = (
    "source src input text sentence question query prompt word lemma article document original grapheme graphemes "
    "spelling incorrect"
)
TARGETS = (
    "target tgt trg output translation answer response reply completion summary form phones phonemes pronunciation ipa "
    "corrected correction"
)
CODES = (
    "af am ar az be bg bn bs ca cs cy da de el en eo es et eu fa fi fr ga gl gu he hi hr hu hy is it ja ka kk km kn "
    "ko la lt lv mk ml mn mr ms my nb ne nl nn pa pl ps pt ro ru sk sl sq sr sv sw ta te th tl tr uk ur uz vi zh "
    "ara ces deu eng fas fin fra heb hin hun ita jpn kor nld pol por ron rus spa swe tur ukr zho"
)
LANGUAGES = (
    "arabic bengali bulgarian catalan chinese croatian czech danish dutch english finnish french german greek hebrew "
    "hindi hungarian indonesian irish italian japanese korean latin norwegian persian polish portuguese romanian "
    "russian serbian slovak spanish swedish thai turkish ukrainian vietnamese"
)
EITHER = frozenset((*CODES.split(), *LANGUAGES.split()))
SOURCE_TEXTS, TARGET_TEXTS = frozenset(SOURCES.split()), frozenset(TARGETS.split())
WRITING = re.compile(r"[^\W\d_]")  # a letter
MANY = 20  # different texts that are many, however often they stand there
SELDOM, OFTEN = 0.5, 0.2  # different texts in a row: of one column at least, and of the other


def is_source(name: str) -> bool:
    """Whether a column of this name may have the texts that are read."""
    return name.strip().lower() in SOURCE_TEXTS | EITHER


def is_target(name: str) -> bool:
    """Whether a column of this name may have the texts that are written."""
    return name.strip().lower() in TARGET_TEXTS | EITHER


def names_two(names: Sequence[str]) -> bool:
    """Whether one name is that of a source and another one that of a target."""
    targets = set(filter(is_target, names))
    return any(is_source(name) and targets - {name} for name in names)


def has_text_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns of texts: two that are known and do not stand below, or any above
    numbers."""
    first, body = [cell.strip() for cell in rows[0]], rows[1:ROWS]
    columns = [[row[k].strip() for row in body if k < len(row)] for k in range(len(first))]
    if len(set(first)) < len(first) or len(first) < 2:
        return False
    if names_two(first):
        return not any((is_source(name) or is_target(name)) and name in columns[k] for k, name in enumerate(first))
    return any(
        not _is_value(name) and any(map(is_number, cells)) and all(map(_is_value, cells))
        for name, cells in zip(first, columns)
    )


def _is_value(cell):
    return is_number(cell) or is_missing(cell)


def has_text_pairs(text: str) -> bool:
    """Whether a text has lines with two texts, both with many different values: between tabs, or below their names.

    Beside them may be categories and rising numbers of the rows, but no dates and no other numbers. Below the names of
    a source and a target, one of them may have numbers or dates.
    """
    separator = separator_of(text)
    rows = rows_of(text, separator) if separator else []
    rows = [row for row in rows[:ROWS] if len(row) == len(rows[0])]
    named = bool(rows) and has_text_header(rows)
    columns = list(zip(*rows[named:]))
    if not columns or separator != "\t" and not named:
        return False
    names = [cell.strip().lower() for cell in rows[0]] if named else []
    pair = [columns[k] for known in (SOURCE_TEXTS, TARGET_TEXTS) for k, name in enumerate(names) if name in known]
    if len(pair) == len(columns) == 2:
        return any(share(cells, WRITING.search) >= OFTEN for cells in pair) and all(map(_has_many, pair))
    if any(share(cells, is_date) >= 0.5 or _has_values(cells) for cells in columns):
        return False
    kinds = sorted(len(set(cells)) / len(cells) for cells in columns if _has_letters(cells) and _has_many(cells))
    return len(kinds) > 1 and kinds[-1] >= SELDOM and kinds[-2] >= OFTEN


def _has_values(cells):
    """Whether a column has numbers that do not only count the rows."""
    if share(cells, is_number) <= 0.1:
        return False
    numbers = [float(cell) for cell in cells if is_number(cell)]
    return not all(one < two and two.is_integer() for one, two in zip(numbers, numbers[1:]))


def _has_letters(cells):
    """Whether cells are letters with their marks for the most part, and nearly all have some."""
    visible = re.sub(r"\s", "", "".join(cells))
    letters = sum(unicodedata.category(sign)[0] in "LM" for sign in visible)
    return 2 * letters > len(visible) and share(cells, lambda cell: any(map(str.isalpha, cell))) >= 0.9


def _has_many(cells):
    return len(set(cells)) > MANY or 2 * len(set(cells)) > len(cells)


def has_text_objects(records: Sequence[dict]) -> bool:
    """Whether JSON objects have two texts under known names, both with many different values."""
    names = [name for name, value in records[0].items() if isinstance(value, str)]
    known = [name for name in names if is_source(name) or is_target(name)]
    columns = [[record.get(name) for record in records] for name in known]
    if not names_two(known) or not all(isinstance(text, str) for texts in columns for text in texts):
        return False
    return all(map(_has_many, columns))
