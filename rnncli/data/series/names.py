"""Names of columns compared with the usual ones. A name suggests a role; the cells decide."""

import re
import unicodedata

from ..time.names import places
from . import usual_names as usual

PLAIN, PART, OTHER = 2, 1, 0  # how far a name is one of a list: the whole name, a word at its end, not at all
WORDS = re.compile(r"[^\W_]+")
HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])")
MARKS = {"\u00df": "ss", "\u0131": "i", "\u0142": "l", "\u00f8": "o", "\u0111": "d"}  # letters that do not decompose
LONGEST_MONTH = 12  # letters
PER = {"per", "of", "pro", "par", "por"}  # words of quantities: visits per day, hours of a day


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
QUARTERS = "(?:q|qtr|quarter|quartal|t|trim|trimestre|kw?)"
QUARTER = re.compile(rf"{QUARTERS} ?([1-4])|([1-4]) ?{QUARTERS}")
NUMBERED_MONTH = re.compile("(?:m|month|monat|mois|mes|p)? ?(0?[1-9]|1[0-2])|(0?[1-9]|1[0-2]) ?[\u6708\uc6d4]")
HOUR = re.compile(r"(?:h|hr|hour|hours|he|stunde|heure|hora)? ?(\d|[01]\d|2[0-4])(?: 00){0,2}(?: ?(?:h|hr|uhr))?")


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


def month_of(name: str) -> int | None:
    """The month, 1 to 12, that a column is named after: "JAN", "février", "M03", "3"; None for another name."""
    text = folded(name)
    if found := NUMBERED_MONTH.fullmatch(text):
        return int(found[1] or found[2])
    word = name.strip().rstrip(".")
    known = places(frozenset({word})) if 2 < len(word) <= LONGEST_MONTH else None
    return known[1][word] + 1 if known else None


def quarter_of(name: str) -> int | None:
    """The quarter that a column is named after: "Q1", "Qtr 2", "3. Quartal"."""
    found = QUARTER.fullmatch(folded(name))
    return int(found[1] or found[2]) if found else None


def hour_of(name: str) -> int | None:
    """The hour, 0 to 24, that a column is named after: "0", "H07", "13:00", "hour 24"."""
    found = HOUR.fullmatch(folded(name))
    return int(found[1]) if found else None
