"""What a cell looks like at a glance, to find separators, headers and tables. Imports no NumPy: files are recognised
with it. What a cell says is read later, column by column."""

import re
from collections.abc import Sequence

from .missing import is_missing

EMPTY, NUMBER, STAMP, WORD = "empty", "number", "stamp", "word"
SURE = 0.9  # of the cells of a column that are of its kind
NAMES = (  # the first three letters of the months in the usual languages
    "jan feb mar apr may jun jul aug sep oct nov dec mai mrz mär okt dez fév fev avr jui aoû aou déc ene abr ago dic "
    "set out gen mag giu lug ott mrt mei maj des sty lut kwi cze lip sie wrz paź lis gru янв фев мар апр май июн июл "
    "авг сен окт ноя дек"
)
MONTHS = frozenset(NAMES.split())
CURRENCY = "[$€£¥₹₽]"
WHOLE = r"(?:\d{1,3}(?:[\u00a0\u202f ,.'’]\d{3})+|\d{1,2}(?:,\d{2})+,\d{3}|\d+)"  # with its thousands apart, or not
NUMBERS = re.compile(
    rf"(?:[<>≤≥]=?\s?)?\(?[-+−]?\s?(?:{CURRENCY}|[A-Z]{{3}}\s)?\s?[-+−]?(?:{WHOLE}(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+]?\d+)?"
    rf"\s?(?:%|[kKmMbB]|bn|{CURRENCY}|[A-Z]{{3}})?\)?-?(?:\s[bcdefinprsuz]{{1,3}}|[*†‡]{{1,3}})?|{CURRENCY}\s*[-–—]"
)
TIME = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s?[aApP]\.?[mM]\.?)?"
ZONE = r"(?:\s?(?:Z|UTC|GMT|[-+]\d{2}:?\d{2}|[-+]\d{2}))?"
DATES = (
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\.?",
    r"\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})",
    r"\d{1,4}[-/]\d{2}|\d{1,2}[-/]\d{4}|\d{4}[-/]\d|(?:0[1-9]|1[0-2])\.(?:19|20)\d{2}",
    r"\d{8}T\d{2,6}",
    r"\d{4}[ -]?[QqTMmWwKk][W]?\d{1,2}(?:-\d)?|[QqTKk]W?\d{1,2}[ /-]?\d{4}|[1-4]\. ?(?:Quartal|quarter|trim\w*) \d{4}",
)
STAMPS = re.compile(rf"(?:(?:{'|'.join(DATES)})(?:[T ,]\s?{TIME}{ZONE})?|{TIME}{ZONE})", re.IGNORECASE)
NAMED = re.compile(  # Jan 1 2000, 1. März 2020, Jan-15, Mon 3 Feb 2020 12:00
    rf"(?:[^\W\d_]{{2,13}}\.?,?\s)?(?:\d{{1,4}}[\s.-]{{0,2}})?(?:de\s)?(?P<month>[^\W\d_]{{3,10}})\.?(?:\sde)?"
    rf"[\s,.'-]{{0,2}}\d{{1,4}}(?:(?:st|nd|rd|th)?,?\s\d{{4}})?(?:,?\s{TIME}{ZONE})?",
    re.IGNORECASE,
)
LONGEST = 60  # characters of a number or a stamp, at most


def kind_of_cell(text: str) -> str:
    """EMPTY, NUMBER, STAMP or WORD. A number that may be a stamp, such as 2024 or 20240131, is a NUMBER."""
    cell = text.strip()
    if is_missing(cell):
        return EMPTY
    if len(cell) > LONGEST:
        return WORD
    if STAMPS.fullmatch(cell):
        return STAMP
    if NUMBERS.fullmatch(cell):
        return NUMBER
    found = NAMED.fullmatch(cell)
    return STAMP if found and found["month"][:3].lower() in MONTHS else WORD


def is_value(text: str) -> bool:
    """Whether a cell is a number or a stamp."""
    return kind_of_cell(text) in (NUMBER, STAMP)


def kind_of_cells(cells: Sequence[str]) -> str:
    """The kind of nearly all cells of a column that are not missing; WORD if they are mixed."""
    kinds = [kind for cell in cells if (kind := kind_of_cell(cell)) != EMPTY]
    if not kinds:
        return EMPTY
    return next((kind for kind in (STAMP, NUMBER) if kinds.count(kind) >= SURE * len(kinds)), WORD)
