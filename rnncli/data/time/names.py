"""Names of months and days of the week, in the languages that tables are usually written in. Imports no NumPy."""

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

MONTHS = {  # of each language: the names, then other forms of names
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "no": "januar februar mars april mai juni juli august september oktober november desember",
    "fi": "tammikuu helmikuu maaliskuu huhtikuu toukokuu kesäkuu heinäkuu elokuu syyskuu lokakuu marraskuu joulukuu",
    "pl": "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień",
    "pl of": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "ru": "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    "ru of": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "tr": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
}
WEEKDAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
    "pt": "segunda terça quarta quinta sexta sábado domingo",
    "it": "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "sv": "måndag tisdag onsdag torsdag fredag lördag söndag",
    "ru": "понедельник вторник среда четверг пятница суббота воскресенье",
}
SHORT = {  # usual short names that are not the first three letters
    "fr": "janv févr mars avr mai juin juil août sept oct nov déc",
    "de": "Jan Feb Mrz Apr Mai Jun Jul Aug Sep Okt Nov Dez",
    "nl": "jan feb mrt apr mei jun jul aug sep okt nov dec",
}
LENGTH = 3  # letters of a short name
HALVES = ("AM", "PM")


@lru_cache(maxsize=4096)
def fold(word: str) -> str:
    """A word in small letters without accents and dots, by which names are compared."""
    plain = unicodedata.normalize("NFKD", word.casefold().replace("ı", "i"))
    return "".join(sign for sign in plain if not unicodedata.combining(sign) and sign != ".")


@lru_cache(maxsize=4096)
def place(word: str, language: str, weekday: bool = False) -> int | None:
    """The place of a name, or of its beginning, in a language: a month from 0, or a day of the week, Monday 0."""
    folded = fold(word)
    names = [fold(name) for name in (WEEKDAYS if weekday else MONTHS)[language].split()]
    for other in (names, [fold(name) for name in ("" if weekday else SHORT.get(language, "")).split()]):
        if folded in other:
            return other.index(folded)
    found = [k for k, name in enumerate(names) if name.startswith(folded)]
    return found[0] if len(found) == 1 and len(folded) >= (2 if weekday else LENGTH) else None


def places(words: frozenset[str] | set[str], weekday: bool = False) -> tuple[str, dict[str, int]] | None:
    """(language, {word: place}) of the first language that has all words, and of those the most as whole names; None if
    none has them."""
    best, most = None, -1
    for language, names in (WEEKDAYS if weekday else MONTHS).items():
        found = {word: place(word, language, weekday) for word in sorted(words)}
        whole = sum(fold(word) in {fold(name) for name in names.split()} for word in words)
        if None not in found.values() and whole > most:
            best, most = (language, {word: k for word, k in found.items() if k is not None}), whole
    return best


def is_name(word: str, weekday: bool = False) -> bool:
    """Whether a word is a month of some language."""
    return places({word}, weekday) is not None


def written_names(words: set[str], weekday: bool = False) -> tuple[str, ...]:
    """All names in order, as a table writes them that has these: its own spellings, the others in their manner."""
    found = places(words, weekday)
    if not words or found is None:
        return ()
    language, seen = found
    full = (WEEKDAYS if weekday else MONTHS)[language].split()
    long = all(fold(word) == fold(full[k]) for word, k in seen.items())
    lengths = {len(word.rstrip(".")) for word in words}
    names = full if long and lengths - {LENGTH} else _shortened(full, language, weekday, max(lengths))
    dotted = any(word.endswith(".") for word in words)
    names = [name + "." if dotted and name != whole else name for name, whole in zip(names, full, strict=True)]
    return tuple(_own(k, _cased(name, words), seen) for k, name in enumerate(names))


def _shortened(full, language, weekday, length):
    if not weekday and language in SHORT:
        return SHORT[language].split()
    return [name[: min(length, LENGTH)] for name in full]


def _cased(name, words):
    for change in (str.upper, str.lower, str.capitalize):
        if all(change(word) == word for word in words):
            return change(name)
    return name


def _own(k, name, seen: Mapping[str, int]):
    return next((word for word, place in seen.items() if place == k), name)
