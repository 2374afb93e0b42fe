"""Names of columns compared with the usual ones. A name suggests a role; the cells decide."""

import re
import unicodedata
from functools import lru_cache

from ..time.names import MARKS, places
from . import usual_names as usual

PLAIN, PART, OTHER = 2, 1, 0  # how far a name is one of a list: the whole name, a word at its end, not at all
WORDS = re.compile(r"[^\W_]+")
HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])")
LONGEST_MONTH = 12  # letters
REMEMBERED = 1 << 15  # names: a table may have thousands, of which each is looked at many times
PER = {"per", "of", "pro", "par", "por"}  # words of quantities: visits per day, hours of a day


@lru_cache(maxsize=REMEMBERED)
def folded(name: str) -> str:
    """A name in lower case without accents, its words joined by one blank: "Mois_de l'Année" is "mois de l annee"."""
    letters = unicodedata.normalize("NFKD", HUMPS.sub(" ", name.strip()).casefold())
    plain = "".join(MARKS.get(letter, letter) for letter in letters if not unicodedata.combining(letter))
    return " ".join(WORDS.findall(plain))


def _names(text: str) -> frozenset[str]:
    """The names in a text, separated by commas."""
    return frozenset(folded(name) for name in text.split(","))


DATES, YEARS, PARTS, STEPS = map(_names, (usual.DATES, usual.YEARS, usual.PARTS, usual.STEPS))
TIMES = DATES | YEARS | PARTS | STEPS
SERIES = _names(usual.SERIES)
IDS = SERIES | _names(usual.IDS)
TARGETS, QUANTITIES, KNOWN = map(_names, (usual.TARGETS, usual.QUANTITIES, usual.KNOWN))
DERIVED, LABELS = _names(usual.DERIVED), _names(usual.LABELS)
RATES = _names(usual.USUAL_COVARIATES)
USUAL_COVARIATES = KNOWN | RATES
MEASURES = QUANTITIES | RATES
CALENDAR = YEARS | PARTS | _names(usual.CALENDAR)
NUMBERS = _names(usual.NUMBERS)
DAY_NAMES = _names("day, day of month, tag, jour, dia, giorno, dag, dzien, den, nap, zi, gun, день, 日")
TOTALS = _names(usual.TOTALS)
QUARTERS = "(?:q|qtr|quarter|quartal|t|trim|trimestre|kw?)"
QUARTER = re.compile(rf"{QUARTERS} ?([1-4])|([1-4]) ?{QUARTERS}")
NUMBERED_MONTH = re.compile("(?:m|month|monat|mois|mes|p)? ?(0?[1-9]|1[0-2])|(0?[1-9]|1[0-2]) ?[\u6708\uc6d4]")
OF_HOURS = "h|hr|hour|hours|he|hour ending|stunde|heure|hora|ora|uur|godzina|period|settlement period|p|sp|hh|q|qh"
SLOT = re.compile(rf"(?:{OF_HOURS})? ?0*(\d{{1,2}})")
CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d\d)(?::00)?)? ?(?:h|hr|uhr)? ?(?:([ap])\.?m\.?)?")
SPAN = re.compile(r"\s*(?:-|\u2013|\bto\b|\bbis\b)\s*(?=\d).*")
DAY = re.compile(r"(?:d|day|tag|jour|dia|dag|giorno|dzien)? ?0*(\d{1,2})")
WEEK = re.compile(r"(?:w|wk|week|kw|cw|woche|semaine|semana|settimana|sem|vecka|uge|s)? ?0*(\d{1,2})")


def called(name: str, names: frozenset[str]) -> int:
    """PLAIN, PART or OTHER: whether a column's name is one of the `names`, begins or ends with one, or neither."""
    text = folded(name)
    if text in names or text.replace(" ", "") in names:
        return PLAIN
    words = text.split()
    ends = {" ".join(words[:n]) for n in (1, 2)} | {" ".join(words[-n:]) for n in (1, 2)} if words else set()
    return PART if ends & names else OTHER


def measures(name: str) -> bool:
    """Whether a name speaks of a quantity, such as item_cnt_day: one of its words does, and the last is no word of ids,
    as in price_zone."""
    words = folded(name).split()
    return bool(words) and words[-1] not in IDS and any(word in MEASURES for word in words)


def is_label(name: str) -> bool:
    """Whether a name is that of labels or places, such as VendorID or start_lat: its end says so, and it does not speak
    of a quantity, as trips_per_day does."""
    words = folded(name).split()
    ends = {" ".join(words[-n:]) for n in (1, 2)} if words else set()
    return bool(ends & LABELS) and not (measures(name) or PER & set(words))


@lru_cache(maxsize=REMEMBERED)
def month_of(name: str) -> int | None:
    """The month, 1 to 12, that a column is named after: "JAN", "février", "M03", "3"; None for another name."""
    text = folded(name)
    if found := NUMBERED_MONTH.fullmatch(text):
        return int(found[1] or found[2])
    word = name.strip().rstrip(".")
    spelled = 2 < len(word) <= LONGEST_MONTH and not any(map(str.isdecimal, word))
    known = places(frozenset({word})) if spelled else None
    return known[1][word] + 1 if known else None


def quarter_of(name: str) -> int | None:
    """The quarter that a column is named after: "Q1", "Qtr 2", "3. Quartal"."""
    found = QUARTER.fullmatch(folded(name))
    return int(found[1] or found[2]) if found else None


def week_of(name: str) -> int | None:
    """The week, 1 to 53, that a column is named after: "W05", "KW 5", "5"."""
    return _inside(WEEK, name, 53)


def day_of(name: str) -> int | None:
    """The day of the month that a column is named after: "1", "D01", "Day 31"."""
    return _inside(DAY, name, 31)


def weekday_of(name: str) -> int | None:
    """The day of the week, Monday 0, that a column is named after: "Mon", "dimanche"."""
    word = name.strip().rstrip(".")
    known = places(frozenset({word}), weekday=True) if 1 < len(word) <= LONGEST_MONTH else None
    return known[1][word] if known else None


def slot_of(name: str) -> int | None:
    """The number of an hour or another part of the day that a column is named after: "0", "H07", "hour 24", "P48"."""
    found = SLOT.fullmatch(folded(name))
    return int(found[1]) if found else None


def minute_of(name: str) -> int | None:
    """The minutes since midnight of the clock that a column is named after: "13:30", "1 PM", "07h", "00:00-00:30"."""
    text = SPAN.sub("", name.strip().lower())
    found = CLOCK.fullmatch(text)
    if found is None or text.isdecimal() and text == name.strip():
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    hour = hour % 12 + 12 * (found[3] == "p") if found[3] else hour
    return hour * 60 + minute if hour <= 24 and minute < 60 else None


def is_total(name: str) -> bool:
    """Whether a name, or a cell among those of months, is that of a sum or mean: "Total", "Annual", "Year to date"."""
    return called(name, TOTALS) != OTHER or quarter_of(name) is not None


def _inside(pattern, name, most):
    found = pattern.fullmatch(folded(name))
    return int(found[1]) if found and 1 <= int(found[1]) <= most else None
