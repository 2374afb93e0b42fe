"""What the name of a column says of its numbers: whether they may be times. Imports no NumPy."""

import re

from .names import fold

TIME = """t date datum data fecha dato datetime dt ds time timestamp timestamps ts t0 epoch unix unixtime zeit zeitpunkt
zeitstempel tag day dia jour giorno dag pvm paivays dzien datas when at moment instant period periode periodo created
updated tarih tidpunkt tid heure hora ora uhrzeit dateday yyyymmdd yyyymm month monat mes mois maand year jahr ano annee
anno week woche semana semaine quarter quartal trimestre calendar dteday hour stunde"""
INDEX = "id idx index key code number no nr num step row seq sequence counter count rank position obs observation n"
WEEKS = """week weeks yearweek yyyyww woche kw kalenderwoche semana semaine vecka uge uke week_no wk isoweek settimana
tydzien tyden viikko hafta saptamana неделя тиждень 周 週 주"""
QUARTERS = "quarter quarters qtr yearquarter quartal trimestre trimester yyyyq kvartal"
PLAIN_NAME = re.compile(r"(?:Unnamed: |column|V)\d+|.*decimal.*", re.IGNORECASE)  # none, or none of a quantity


def words_of(name: str) -> list[str]:
    """The words of a name: sale_date, saleDate and "Sale date" are sale and date."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return [fold(word) for word in re.split(r"[^\w]+|_", apart) if word]


def _has(name, words):
    known = set(words.split())
    return any(word in known or word.rstrip("0123456789") in known for word in words_of(name))


def is_of_time(name: str) -> bool:
    return _has(name, TIME) and not is_of_index(name)


def is_of_index(name: str) -> bool:
    return _has(name, INDEX)


def is_of_weeks(name: str) -> bool:
    return _has(name, WEEKS)


def is_of_quarters(name: str) -> bool:
    return _has(name, QUARTERS)


def may_be_years(name: str) -> bool:
    """Whether rising numbers with decimals under a name may be years: a share price may be 1628.5 too."""
    return is_of_time(name) or is_of_index(name) or len(name) < 2 or PLAIN_NAME.fullmatch(name) is not None
