"""Dates that several columns make together, taken apart again: written as the cells of these columns are."""

import re
from collections.abc import Sequence
from typing import Any

from .date_columns import SPAN, SPLIT_YEAR, WITH_TIME, minutes_of, number_in, parts_of
from .names import written_names


def split_dates(names: Sequence[str], text: str, sample: Sequence[str], group: tuple[str, ...] = ()) -> list[str]:
    """The cells of one joined stamp for the columns `names`, written as a `sample` of such cells is. group:
    the parts that they hold, where they are known."""
    group = group or parts_of(names, {name: [cell] for name, cell in zip(names, sample, strict=True)})
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
    """A part of a date as another cell of its column is written: with zeros, decimals, letters, names, or as a span."""
    if part in ("hour", "time") and (span := SPAN.fullmatch(cell)):
        begin, sign, end, rest = span.groups()
        own = _like(part, value, begin)
        last = (minutes_of(own) + minutes_of(end) - minutes_of(begin)) % (24 * 60)
        hour = f"{last // 60 or (24 if ':' not in end else 0):0{len(end.partition(':')[0]) if end[0] == '0' else 1}}"
        return f"{own}{sign}{hour}{f':{last % 60:02}' if ':' in end else ''}{rest}"
    if part in ("date", "time"):
        return str(value)
    number = number_in(part, cell)
    if part == "year" and (split := SPLIT_YEAR.fullmatch(cell)):
        return f"{value}{split[2]}{(value + 1) % 100:02}"
    if number is None:
        return _month_like(value, cell)
    if part == "hour" and number > 24:
        value *= 100
    digits = re.search(r"\d+", cell)
    width = len(digits[0]) if digits and digits[0].startswith("0") else 1
    if part == "year" and digits and len(digits[0]) == 2:
        value, width = value % 100, 2
    return f"{cell[: digits.start()]}{value:0{width}}{cell[digits.end() :]}" if digits else str(value)


def _month_like(value, cell):
    names = written_names({cell})
    return names[value - 1] if names else str(value)
