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
    "fi of": "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta "
    "lokakuuta marraskuuta joulukuuta",
    "pl": "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień",
    "pl of": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "ru": "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    "ru of": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "tr": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
    "cs": "leden únor březen duben květen červen červenec srpen září říjen listopad prosinec",
    "cs of": "ledna února března dubna května června července srpna září října listopadu prosince",
    "hu": "január február március április május június július augusztus szeptember október november december",
    "ro": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    "uk": "січень лютий березень квітень травень червень липень серпень вересень жовтень листопад грудень",
    "uk of": "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "el": "Ιανουάριος Φεβρουάριος Μάρτιος Απρίλιος Μάιος Ιούνιος Ιούλιος Αύγουστος Σεπτέμβριος Οκτώβριος Νοέμβριος "
    "Δεκέμβριος",
    "el of": "Ιανουαρίου Φεβρουαρίου Μαρτίου Απριλίου Μαΐου Ιουνίου Ιουλίου Αυγούστου Σεπτεμβρίου Οκτωβρίου Νοεμβρίου "
    "Δεκεμβρίου",
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
    "da": "mandag tirsdag onsdag torsdag fredag lørdag søndag",
    "fi": "maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai",
    "fi on": "maanantaina tiistaina keskiviikkona torstaina perjantaina lauantaina sunnuntaina",
    "pl": "poniedziałek wtorek środa czwartek piątek sobota niedziela",
    "cs": "pondělí úterý středa čtvrtek pátek sobota neděle",
    "hu": "hétfő kedd szerda csütörtök péntek szombat vasárnap",
    "ro": "luni marți miercuri joi vineri sâmbătă duminică",
    "ru": "понедельник вторник среда четверг пятница суббота воскресенье",
    "uk": "понеділок вівторок середа четвер п'ятниця субота неділя",
    "el": "Δευτέρα Τρίτη Τετάρτη Πέμπτη Παρασκευή Σάββατο Κυριακή",
    "tr": "Pazartesi Salı Çarşamba Perşembe Cuma Cumartesi Pazar",
    "id": "Senin Selasa Rabu Kamis Jumat Sabtu Minggu",
}
SHORT = {  # usual short names that are not the first three letters
    "fr": "janv févr mars avr mai juin juil août sept oct nov déc",
    "de": "Jan Feb Mrz Apr Mai Jun Jul Aug Sep Okt Nov Dez",
    "nl": "jan feb mrt apr mei jun jul aug sep okt nov dec",
    "fi": "tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu",
}
OTHERS = {  # other spellings of a language
    "de": "Jänner Feber Maerz April Mai Juno Julei August September Oktober November Dezember",
    "es": "enero febrero marzo abril mayo junio julio agosto setiembre octubre noviembre diciembre",
}
WEEKDAYS_SHORT = {"ru": "пн вт ср чт пт сб вс", "uk": "пн вт ср чт пт сб нд", "pl": "pon wt śr czw pt sob niedz"}
MARKS = {"\u00df": "ss", "\u0131": "i", "\u0142": "l", "\u00f8": "o", "\u0111": "d"}  # letters that do not decompose
LENGTH = 3  # letters of a short name
HALVES = ("AM", "PM")


@lru_cache(maxsize=4096)
def fold(word: str) -> str:
    """A word in small letters without accents and dots, by which names are compared."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(MARKS.get(sign, sign) for sign in plain if not unicodedata.combining(sign) and sign != ".")


@lru_cache(maxsize=4096)
def place(word: str, language: str, weekday: bool = False) -> int | None:
    """The place of a name, or of its beginning, in a language: a month from 0, or a day of the week, Monday 0."""
    folded = fold(word)
    known = (WEEKDAYS, WEEKDAYS_SHORT) if weekday else (MONTHS, SHORT, OTHERS)
    names, *others = [[fold(name) for name in kinds.get(language, "").split()] for kinds in known]
    for other in (names, *others):
        if folded in other:
            return other.index(folded)
    found = [k for k, name in enumerate(names) if name.startswith(folded)]
    return found[0] if len(found) == 1 and len(folded) >= (2 if weekday else LENGTH) else None


def places(words: frozenset[str] | set[str], weekday: bool = False) -> tuple[str, dict[str, int]] | None:
    """(language, {word: place}) of the first language that has all words, and of those the most as whole names; None if
    none has them."""
    best, most = None, -1
    for language, names in (WEEKDAYS if weekday else MONTHS).items():
        if any(place(word, language, weekday) is None for word in words):
            continue
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
    spelled = full if weekday or language not in OTHERS else OTHERS[language].split()
    long = all(fold(word) in (fold(full[k]), fold(spelled[k])) for word, k in seen.items())
    lengths = {len(word.rstrip(".")) for word in words}
    names = full if long and lengths - {LENGTH} else _shortened(full, language, weekday, max(lengths))
    dotted = any(word.endswith(".") for word in words)
    names = [name + "." if dotted and name != whole else name for name, whole in zip(names, full, strict=True)]
    return tuple(_own(k, _cased(name, words), seen) for k, name in enumerate(names))


def _shortened(full, language, weekday, length):
    if language in (short := WEEKDAYS_SHORT if weekday else SHORT):
        return short[language].split()
    return [name[: min(length, LENGTH)] for name in full]


def _cased(name, words):
    for change in (str.upper, str.lower, str.capitalize):
        if all(change(word) == word for word in words):
            return change(name)
    return name


def _own(k, name, seen: Mapping[str, int]):
    return next((word for word, place in seen.items() if place == k), name)
