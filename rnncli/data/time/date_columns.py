"""Dates in several columns, such as year, month, day and hour: found by their names and cells, and joined."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from .column_names import words_of
from .counted import counted_in_years
from .grammar import is_stamp
from .names import places
from .shapes import stripped

NAMES = {  # of the parts of a date, in the languages that tables are usually written in
    "year": "year years yr fy gj geschaftsjahr gjahr jahr ano annee anno yyyy rok vuosi ar jaar yil god an "
    "ev leto tahun год рік ετος 年 年份 년",
    "month": "month months mon mo mnth monat mes mois mese maand mm manad kuukausi ay monthofyear period periode perio "
    "poper miesiac mesic mesec mesiac honap luna maned bulan месяц місяць μηνας 月 月份 월",
    "day": "day days dy dom mday tag dia jour giorno dag dd paiva gun dayofmonth dateofmonth",
    "hour": "hour hours hr hrs hh he hourending hourofday stunde std hora heure ora uur timme saat time uhrzeit zeit "
    "zeitraum intervall interval "
    "godzina godz hodina hod tunti klo saat jam gio tid час година ωρα 时 時 小时 時間 시 시간",
    "minute": "minute minutes min mins mi minuto",
    "slot": "settlementperiod period halfhour sp",
    "quarter": "quarter qtr quartal trimestre q kwartaal kvartal period",
    "half": "half halfyear halfyearly halbjahr hj semester semestre semestr semestral",
    "week": "week wk weekno weeknum weekofyear isoweek woche kw semana semaine vecka uge uke",
    "doy": "doy yday dayofyear julian",
    "date": "date datum fecha data dato dteday day dt ds tag dag yyyymmdd",
    "time": "time uhrzeit zeit hora heure ora tid tijd timeofday clock zeitraum intervall interval von ab from start "
    "anfang beginn begin desde inicio debut",
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
    ("year", "half"),
    ("date", "time"),
    ("date", "hour", "minute"),
    ("date", "hour"),
    ("date", "slot"),
)
LIMITS = {
    "month": (1, 12),
    "day": (1, 31),
    "minute": (0, 59),
    "quarter": (1, 4),
    "half": (1, 2),
    "week": (1, 53),
    "doy": (1, 366),
}
YEARS = (1500, 2200)
NEAR_YEARS = (1600, 2100)  # of a column without a name
NAMELESS = re.compile(r"(?:Unnamed: |column|V)\d+")  # what readers call columns without a name
TOTALLED = ("month", "quarter")  # parts that a table may go on counting for the whole year: M13, Q05
MOSTLY = 0.8  # of the different cells of such a column are months or quarters; reading refuses the others
LOOKED_AT = 500  # cells that decide what a column holds
TIME = re.compile(r"\d{1,2}[:.]\d\d([:.]\d\d(\.\d+)?)?( ?[AaPp]\.?[Mm]\.?)?|\d{1,2} ?[AaPp]\.?[Mm]\.?", re.ASCII)
WHOLE = re.compile(r"([^\W\d_]*)0*(\d{1,18})(?:\.0*)?", re.ASCII)
HOUR = re.compile(r"([Hh]?)0*(\d{1,18})(?:\.0*|(?::00){1,2}|(?<=2)[ABab]|(?<=3)[ABab])?", re.ASCII)
WITH_TIME = re.compile(r"(.*) (\S*\d\S*(?: [AaPp]\.?[Mm]\.?)?)", re.ASCII)
SPAN = re.compile(  # 0-1, 00:00 - 00:15, 07-08 h
    r"(\d{1,2}(?::\d\d)?)([ \u00a0]?(?:-|\u2013|bis|to)[ \u00a0]?)(\d{1,2}(?::\d\d)?)([ \u00a0]?(?:[Hh]|[Uu]hr)?)",
    re.ASCII,
)
LETTERS = {
    "year": "fy",
    "month": "mp",
    "quarter": "qtk",
    "half": "hs",
    "week": "wk",
    "hour": "h",
}  # before a number of a part
CENTURY = 2000  # of fiscal years of two digits, FY18
HALF_HOURS = 48  # of a day, numbered from 1
CHANGED = {46: (2, 2), 50: (4, -2)}  # half hours of the days when clocks change at 1: after which slots, by how many
SPLIT_YEAR = re.compile(r"(\d{4})([/-])(\d\d)", re.ASCII)  # 2020/21
JOINED = {  # how the parts of a group are written together
    ("year", "quarter"): "{year}-Q{quarter}",
    ("year", "half"): "{year}-H{half}",
    ("year", "month"): "{year}-{month:02}",
    ("year", "week"): "{year}-W{week:02}",
    ("year", "doy"): "{year}-{doy:03}",
    ("year", "month", "day"): "{year}-{month:02}-{day:02}",
}


def date_columns(names: Sequence[str], columns: Mapping[str, Sequence[str] | np.ndarray]) -> tuple[str, ...] | None:
    """The columns that make a stamp together, from year to minute; None if there are none."""
    found = {part: name for part in NAMES if (name := _column_of(part, names, columns)) is not None}
    if "year" in found and "month" not in found:
        found |= _after_year(found["year"], names, columns)
    if "month" not in found:
        found |= _beside(found, names, columns)
    for group in GROUPS:
        chosen = tuple(found[part] for part in group if part in found)
        if len(chosen) == len(group) and len(set(chosen)) == len(group):
            return chosen
    counted = counted_in_years(names, columns)
    return counted[:2] if counted else None


def _after_year(year, names, columns):
    """{part: column} of the columns without names after that of the year, if they count the months of each year, or
    these and their days; {} otherwise."""
    beside = names[names.index(year) : names.index(year) + 3]
    if not all(map(NAMELESS.fullmatch, beside)):
        beside = beside[:2]
    if len(beside) < 2 or not all(map(NAMELESS.fullmatch, beside)):
        return {}
    rows = [tuple(str(cell).strip() for cell in row) for row in zip(*(columns[name][:LOOKED_AT] for name in beside))]
    if {row[1].lstrip("0") for row in rows} != set(map(str, range(1, 13))):
        return {}
    if len({row[:2] for row in rows}) == len(rows):
        return {"month": beside[1]}
    days = {row[-1].lstrip("0") for row in rows} if len(beside) > 2 else set()
    counted = set(map(str, range(1, 29))) <= days <= set(map(str, range(1, 32)))
    return {"month": beside[1], "day": beside[2]} if counted and len(set(rows)) == len(rows) else {}


def _beside(found, names, columns):
    """{part: column} of years under the name of any time beside months, or of the only column of the words for months
    beside a year, under any name."""
    years = [
        name for name in names if _shows("year", columns[name]) and (is_called("time", name) or is_called("date", name))
    ]
    months = [name for name in names if _tells_months(columns[name])]
    both = {"year": [found["year"]] if "year" in found else years, "month": months}
    return {part: only[0] for part, only in both.items() if len(only) == 1} if all(map(len, both.values())) else {}


def _tells_months(texts):
    """Whether cells are the words for different months."""
    cells = {str(text).strip() for text in texts[:LOOKED_AT]}
    return len(cells) > 1 and not any(cell[:1].isdigit() for cell in cells) and places(frozenset(cells)) is not None


def lone_parts(names: Sequence[str], columns: Mapping[str, Sequence[str] | np.ndarray]) -> tuple[str, ...]:
    """The columns of the month and the day of dates whose year is in no column; () where there are not both."""
    found = [_column_of(part, names, columns) for part in ("month", "day", "year")]
    return (found[0], found[1]) if found[0] and found[1] and found[0] != found[1] and not found[2] else ()


def cycle_numbers(texts: Sequence[str] | np.ndarray) -> np.ndarray:
    """(R,) int64: the whole numbers, months, days of the week or minutes of the day in cells; (0,) of other cells."""
    cells = [str(text).strip() for text in texts]
    distinct = frozenset(cells)
    if all(map(str.isdecimal, distinct)) and len(max(distinct, key=len)) <= 3:
        return np.array(list(map(int, cells)), np.int64)
    if found := places(distinct) or places(distinct, weekday=True):
        return np.array([found[1][cell] for cell in cells], np.int64)
    if all(re.fullmatch(r"\d{1,2}:\d\d", cell) for cell in distinct):
        return np.array([minutes_of(cell) for cell in cells], np.int64)
    return np.zeros(0, np.int64)


def _column_of(part, names, columns):
    """The column of a part of a date: of that name, with cells that may be such parts."""
    for name in names:
        of_quarters = part == "month" and not _is_month(name) and _holds("quarter", columns[name])
        if is_called(part, name) and _holds(part, columns[name]) and not of_quarters:
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
    return (
        part in TOTALLED
        and _holds(part, texts)
        and not any(str(text).strip()[:1].isdigit() for text in texts[:LOOKED_AT])
    )


def _is_month(name):
    """Whether a name is that of a month alone: a period may be a quarter."""
    return not (words_of(name) or [""])[-1].startswith("period")


def is_called(part, name):
    """Whether a column has the name of a part of a date: the whole name or its last word; the week of "day of week" is
    none."""
    words = words_of(name)
    called = {"".join(words), *([] if "of" in words else words[-1:])}
    return not called.isdisjoint(NAMES[part].split())


def _holds(part, texts):
    cells = list(dict.fromkeys(str(text).strip() for text in texts[:LOOKED_AT]))
    cells = [_begin(part, cell) for cell in cells if cell]
    if not cells:
        return False
    if part == "date":
        return all(is_stamp(cell) and ":" not in cell or re.fullmatch(r"(19|20)\d{6}", cell) for cell in cells)
    if part == "time":
        return all(TIME.fullmatch(cell) for cell in cells)
    if part == "month" and places(frozenset(cells)):
        return True
    numbers = [number for cell in cells if (number := number_in(part, cell)) is not None]
    if len(numbers) < len(cells):
        return False
    if part == "slot":
        return min(numbers) >= 1 and (max(numbers) in (HALF_HOURS, *CHANGED) or len(numbers) == 1)
    if part == "year":
        return all(YEARS[0] <= number <= YEARS[1] for number in numbers)
    if part == "hour":
        return max(numbers) <= 24 or all(number <= 2400 and number % 100 == 0 for number in numbers)
    inside = sum(map(partial(_is_inside, part), numbers))
    return inside >= (MOSTLY if part in TOTALLED else 1) * len(numbers)


def _is_inside(part, number):
    least, most = LIMITS.get(part, (number, number))
    return least <= number <= most


def number_in(part: str, cell: str) -> int | None:
    """The number in a cell of a part of a date, None if it has none."""
    if part == "year" and (split := SPLIT_YEAR.fullmatch(cell)):
        return int(split[1]) if (int(split[1]) + 1) % 100 == int(split[3]) else None
    found = (HOUR if part == "hour" else WHOLE).fullmatch(_begin(part, cell))
    if not found or not set(found[1].lower()) <= set(LETTERS.get(part, "")):
        return None
    return int(found[2]) + (CENTURY if part == "year" and found[1] and int(found[2]) < 100 else 0)


def _begin(part, cell):
    """The begin of a span of hours, such as 0-1 or 00:00 - 00:15 h; any other cell as it is."""
    found = SPAN.fullmatch(cell) if part in ("hour", "time") else None
    return found[1] if found else cell


def parts_of(names: Sequence[str], columns: Mapping[str, Sequence[str] | np.ndarray]) -> tuple[str, ...]:
    """The parts of a date that columns hold, in their order; () if they make no stamp together."""
    for group in GROUPS:
        if len(group) == len(names) and all(
            _holds(part, columns[name]) and _called(part, name, group, columns[name])
            for part, name in zip(group, names, strict=True)
        ):
            return group
    counted = counted_in_years(names, columns) if len(names) == 2 else None
    return ("year", counted[2]) if counted and counted[:2] == tuple(names) else ()


def _called(part, name, group, texts):
    """Whether a name is that of a part; any name will do for the first, and for the words for months."""
    return (
        part == group[0]
        or is_called(part, name)
        or part == "month"
        and _tells_months(texts)
        or part in (*TOTALLED, "day")
        and NAMELESS.fullmatch(name) is not None
    )


def join_dates(
    names: Sequence[str], columns: Mapping[str, Sequence[str] | np.ndarray], group: tuple[str, ...] = ()
) -> np.ndarray:
    """(R,) StringDType: the stamps that columns make together, such as 2013-01-05 07:00; cells that are no such parts
    are joined with blanks, so that reading names them. group: the parts that the columns hold, where they are known, as
    a few cells may not tell them."""
    cells = [stripped(columns[name]) for name in names]
    group = group or parts_of(names, columns)
    if group[-1:] == ("slot",):
        cells[1] = _by_the_clock(*cells)
    distinct, rows = _distinct(cells)
    joined = [_join(group, row) for row in distinct]
    return np.array(joined, np.dtypes.StringDType())[rows] if joined else stripped([])


def _by_the_clock(dates, slots):
    """(R,) the numbers of half hours that the clock shows, also on days when it is put forward or back."""
    last: dict[str, int] = {}
    for date, slot in zip(dates.tolist(), slots.tolist(), strict=True):
        last[date] = max(last.get(date, 0), number_in("slot", slot) or 0)
    if not any(most in CHANGED for most in last.values()) or max(last.values()) < HALF_HOURS:
        return slots
    shown = slots.copy()
    for row, date in enumerate(dates.tolist()):
        after, more = CHANGED.get(last[date], (HALF_HOURS, 0))
        number = number_in("slot", str(slots[row])) or 0
        if more and number > after:
            shown[row] = str(number + more)
    return shown


def _distinct(cells):
    """(the different rows of cells, the number of each row)."""
    rows = list(zip(*(column.tolist() for column in cells), strict=True))
    numbers = {row: k for k, row in enumerate(dict.fromkeys(rows))}
    return list(numbers), np.array([numbers[row] for row in rows], np.intp)


def _join(group, row):
    values: dict[str, Any] = {part: _value(part, cell) for part, cell in zip(group, row)}
    if not group or None in values.values():
        return " ".join(row)
    if group[0] == "year" and row[0][:1] in "Ff":
        values["year"] = f"FY{values['year']}"
    if group == ("year", "month") and re.match(r"[Pp]\d", row[1]):
        return f"{values['year']}-P{values['month']:02}"
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
        return _begin(part, cell) or None
    number = number_in(part, cell)
    if number is None:
        known = places(frozenset({cell})) if part == "month" and cell else None
        return known[1][cell] + 1 if known else None
    if not _is_inside(part, number):
        return None
    return number // 100 if part == "hour" and number > 24 else number


def minutes_of(clock: str) -> int:
    """The minutes since midnight of 7 or 07:15."""
    hour, _, minute = clock.partition(":")
    return 60 * int(hour) + int(minute or 0)
