"""Dates in several columns, such as year, month, day and hour: found by their names and cells, joined, taken apart."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from .column_names import words_of
from .grammar import is_stamp
from .names import places, written_names
from .shapes import stripped

NAMES = {  # of the parts of a date, in the languages that tables are usually written in
    "year": "year years yr jahr ano annee anno yyyy rok vuosi ar jaar yil god",
    "month": "month months mon mo mnth monat mes mois mese maand mm manad kuukausi ay monthofyear period",
    "day": "day days dy dom mday tag dia jour giorno dag dd paiva gun dayofmonth dateofmonth",
    "hour": "hour hours hr hrs hh he hourending hourofday stunde std hora heure ora uur timme saat",
    "minute": "minute minutes min mins mi minuto",
    "slot": "settlementperiod period halfhour sp",
    "quarter": "quarter qtr quartal trimestre q kwartaal kvartal period",
    "week": "week wk weekno weeknum weekofyear isoweek woche kw semana semaine vecka uge uke",
    "doy": "doy yday dayofyear julian",
    "date": "date datum fecha data dato dteday day dt ds tag dag",
    "time": "time uhrzeit zeit hora heure ora tid tijd timeofday clock",
}
GROUPS = (  # what makes a stamp together, the most complete first
    ("year", "month", "day", "time"),
    ("year", "month", "day", "hour", "minute"),
    ("year", "month", "day", "hour"),
    ("year", "month", "day"),
    ("year", "doy", "hour"),
    ("year", "doy"),
    ("year", "week"),
    ("year", "month"),
    ("year", "quarter"),
    ("date", "time"),
    ("date", "hour", "minute"),
    ("date", "hour"),
    ("date", "slot"),
)
LIMITS = {"month": (1, 12), "day": (1, 31), "minute": (0, 59), "quarter": (1, 4), "week": (1, 53), "doy": (1, 366)}
YEARS = (1500, 2200)
NEAR_YEARS = (1800, 2100)  # of a column without a name
NAMELESS = re.compile(r"(?:Unnamed: |column|V)\d+")  # what readers call columns without a name
TOTALLED = ("month", "quarter")  # parts that a table may go on counting for the whole year: M13, Q05
MOSTLY = 0.8  # of the different cells of such a column are months or quarters; reading refuses the others
LOOKED_AT = 500  # cells that decide what a column holds
TIME = re.compile(r"\d{1,2}[:.]\d\d([:.]\d\d(\.\d+)?)?( ?[AaPp]\.?[Mm]\.?)?|\d{1,2} ?[AaPp]\.?[Mm]\.?", re.ASCII)
WHOLE = re.compile(r"([^\W\d_]*)0*(\d+)(?:\.0*)?", re.ASCII)
HOUR = re.compile(r"([Hh]?)0*(\d+)(?:\.0*|(?::00){1,2})?", re.ASCII)
WITH_TIME = re.compile(r"(.*) (\S*\d\S*(?: [AaPp]\.?[Mm]\.?)?)", re.ASCII)
LETTERS = {"month": "m", "quarter": "qtk", "week": "wk", "hour": "h"}  # that a number of a part may follow
HALF_HOURS = 48  # of a day, numbered from 1
JOINED = {  # how the parts of a group are written together
    ("year", "quarter"): "{year}-Q{quarter}",
    ("year", "month"): "{year}-{month:02}",
    ("year", "week"): "{year}-W{week:02}",
    ("year", "doy"): "{year}-{doy:03}",
    ("year", "month", "day"): "{year}-{month:02}-{day:02}",
}


def date_columns(names: Sequence[str], columns: Mapping[str, Sequence[str] | np.ndarray]) -> tuple[str, ...] | None:
    """The columns that make a stamp together, from year to minute; None if there are none."""
    found = {part: name for part in NAMES if (name := _column_of(part, names, columns)) is not None}
    for group in GROUPS:
        chosen = tuple(found[part] for part in group if part in found)
        if len(chosen) == len(group) and len(set(chosen)) == len(group):
            return chosen
    return None


def lone_parts(names: Sequence[str], columns: Mapping[str, Sequence[str] | np.ndarray]) -> tuple[str, ...]:
    """The columns of the month and the day of dates whose year is in no column; () where there are not both."""
    found = [_column_of(part, names, columns) for part in ("month", "day", "year")]
    return (found[0], found[1]) if found[0] and found[1] and found[0] != found[1] and not found[2] else ()


def _column_of(part, names, columns):
    """The column of a part of a date: of that name, with cells that may be such parts."""
    for name in names:
        of_quarters = part == "month" and not _is_month(name) and _holds("quarter", columns[name])
        if _is_called(part, name) and _holds(part, columns[name]) and not of_quarters:
            return name
    return next((name for name in names if NAMELESS.fullmatch(name) and _shows(part, columns[name])), None)


def _shows(part, texts):
    """Whether the cells of a column without a name are years, or words for months or quarters: other parts of a date
    are numbers that may as well be anything."""
    if part == "year":
        cells = list(dict.fromkeys(str(text).strip() for text in texts[:LOOKED_AT]))
        numbers = [int(cell) for cell in cells if re.fullmatch(r"\d{4}", cell, re.ASCII)]
        near = bool(numbers) and NEAR_YEARS[0] <= min(numbers) and max(numbers) <= NEAR_YEARS[1]
        return near and len(numbers) == len([cell for cell in cells if cell])
    return part in TOTALLED and _holds(part, texts) and not any(str(text)[:1].isdigit() for text in texts[:LOOKED_AT])


def _is_month(name):
    """Whether a name is that of a month alone: a period may be a quarter."""
    return words_of(name)[-1:] != ["period"]


def _is_called(part, name):
    """Whether a column has the name of a part of a date: the whole name or its last word; the week of "day of week" is
    none."""
    words = words_of(name)
    called = {"".join(words), *([] if "of" in words else words[-1:])}
    return not called.isdisjoint(NAMES[part].split())


def _holds(part, texts):
    cells = list(dict.fromkeys(str(text).strip() for text in texts[:LOOKED_AT]))
    cells = [cell for cell in cells if cell]
    if not cells:
        return False
    if part == "date":
        return all(is_stamp(cell) and ":" not in cell or re.fullmatch(r"(19|20)\d{6}", cell) for cell in cells)
    if part == "time":
        return all(TIME.fullmatch(cell) for cell in cells)
    if part == "month" and places(frozenset(cells)):
        return True
    numbers = [number for cell in cells if (number := _number(part, cell)) is not None]
    if len(numbers) < len(cells):
        return False
    if part == "slot":
        return min(numbers) >= 1 and (max(numbers) == HALF_HOURS or len(numbers) == 1)
    if part == "year":
        return all(YEARS[0] <= number <= YEARS[1] for number in numbers)
    if part == "hour":
        return max(numbers) <= 24 or all(number <= 2400 and number % 100 == 0 for number in numbers)
    inside = sum(map(partial(_is_inside, part), numbers))
    return inside >= (MOSTLY if part in TOTALLED else 1) * len(numbers)


def _is_inside(part, number):
    least, most = LIMITS.get(part, (number, number))
    return least <= number <= most


def _number(part, cell):
    """The number in a cell of a part of a date, None if it has none."""
    found = (HOUR if part == "hour" else WHOLE).fullmatch(cell)
    return int(found[2]) if found and set(found[1].lower()) <= set(LETTERS.get(part, "")) else None


def parts_of(names: Sequence[str], columns: Mapping[str, Sequence[str] | np.ndarray]) -> tuple[str, ...]:
    """The parts of a date that columns hold, in their order; () if they make no stamp together."""
    for group in GROUPS:
        if len(group) == len(names) and all(
            _holds(part, columns[name]) and _called(part, name, group) for part, name in zip(group, names, strict=True)
        ):
            return group
    return ()


def _called(part, name, group):
    """Whether a name is that of a part; of named columns any name will do for the first."""
    return part == group[0] or _is_called(part, name) or NAMELESS.fullmatch(name) is not None


def join_dates(names: Sequence[str], columns: Mapping[str, Sequence[str] | np.ndarray]) -> np.ndarray:
    """(R,) StringDType: the stamps that columns make together, such as 2013-01-05 07:00; cells that are no such parts
    are joined with blanks, so that reading names them."""
    cells = [stripped(columns[name]) for name in names]
    group = parts_of(names, columns)
    distinct, rows = _distinct(cells)
    joined = [_join(group, row) for row in distinct]
    return np.array(joined, np.dtypes.StringDType())[rows] if joined else stripped([])


def _distinct(cells):
    """(the different rows of cells, the number of each row)."""
    rows = list(zip(*(column.tolist() for column in cells), strict=True))
    numbers = {row: k for k, row in enumerate(dict.fromkeys(rows))}
    return list(numbers), np.array([numbers[row] for row in rows], np.intp)


def _join(group, row):
    values: dict[str, Any] = {part: _value(part, cell) for part, cell in zip(group, row)}
    if not group or None in values.values():
        return " ".join(row)
    if group[0] == "date":
        head = row[0]
    else:
        days = tuple(part for part in group if part not in ("hour", "minute", "time"))
        head = JOINED[days].format(**values)
    if "time" in values:
        return f"{head} {values['time']}"
    if "slot" in values:
        return f"{head} {(values['slot'] - 1) // 2:02}:{(values['slot'] - 1) % 2 * 30:02}"
    return f"{head} {values['hour']:02}:{values.get('minute', 0):02}" if "hour" in values else head


def _value(part, cell):
    if part in ("date", "time"):
        return cell or None
    number = _number(part, cell)
    if number is None:
        known = places(frozenset({cell})) if part == "month" and cell else None
        return known[1][cell] + 1 if known else None
    if not _is_inside(part, number):
        return None
    return number // 100 if part == "hour" and number > 24 else number


# ---- taken apart again


def split_dates(names: Sequence[str], text: str, sample: Sequence[str]) -> list[str]:
    """The cells of one joined stamp for the columns `names`, written as a `sample` of such cells is."""
    group = parts_of(names, {name: [cell] for name, cell in zip(names, sample, strict=True)})
    if not group:
        return [text, *[""] * (len(names) - 1)]
    values = _parts(text, group)
    return [_like(part, values[part], cell) for part, cell in zip(group, sample, strict=True)]


def _parts(text, group):
    """{part: its text or number} of a joined stamp."""
    values: dict[str, Any] = {}
    if group[0] == "date":
        found = WITH_TIME.fullmatch(text)
        values["date"], clock = found.groups() if found else (text, "")
    else:
        head, _, clock = text.partition(" ")
        values.update(zip(group, map(int, re.findall(r"\d+", head))))
    if "time" in group:
        values["time"] = clock
    elif clock:
        hour, minute = int(clock[:2]), int(clock[3:] or 0)
        values |= {"hour": hour, "minute": minute, "slot": 2 * hour + minute // 30 + 1}
    return values


def _like(part, value, cell):
    """A part of a date as another cell of its column is written: with zeros, decimals, letters or names."""
    if part in ("date", "time"):
        return str(value)
    number = _number(part, cell)
    if number is None:
        return _month_like(value, cell)
    if part == "hour" and number > 24:
        value *= 100
    digits = re.search(r"\d+", cell)
    width = len(digits[0]) if digits and digits[0].startswith("0") else 1
    return f"{cell[: digits.start()]}{value:0{width}}{cell[digits.end() :]}" if digits else str(value)


def _month_like(value, cell):
    names = written_names({cell})
    return names[value - 1] if names else str(value)
