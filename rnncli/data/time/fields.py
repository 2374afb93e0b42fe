"""Texts of a form to wall clocks: the fields of every stamp, and what they say together."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .clock import DAY, HOUR, MINUTE, SECOND
from .forms import FROM_ZERO, LIMITS, Form, compiled
from .names import MONTHS, WEEKDAYS, fold, place, places
from .shapes import Column, Shape
from .zones import ABBREVIATIONS

NO_OFFSET = np.iinfo(np.int64).min
MONTHS_OF = {"m": 1, "q": 3, "h": 6}  # months of a month, a quarter, a half of a year
FARTHEST = 15 * HOUR  # from UTC
FINEST = 6  # digits of a second that are kept


@dataclass(frozen=True)
class Local:
    """What R stamps say: values (R,) int64, the wall clock in microseconds; offsets (R,) from UTC, NO_OFFSET where none
    is given; fits (R,) bool: of the form; real (R,) bool: a day of the calendar; regions: the zones that are named;
    finer: whether digits finer than microseconds were cut off."""

    values: np.ndarray
    offsets: np.ndarray
    fits: np.ndarray
    real: np.ndarray
    regions: frozenset[str]
    finer: bool


def parts(column: Column, form: Form) -> Iterator[tuple[Shape, dict[str, Any], Any]]:
    """(shape, {name of a field: numbers (n,) or a word}, the match) of the shapes that fit a pattern, in blocks."""
    for shape in column.shapes:
        if found := compiled(form.pattern).fullmatch(shape.text):
            names = [name for name, text in found.groupdict().items() if text]
            for block in shape.blocks():
                yield block, {name: _field(block, name, found) for name in names}, found


def _field(shape, name, found):
    return found[name] if name in ("b", "a", "p", "z", "point") else shape.number(*found.span(name))


def words_of(column: Column, form: Form, name: str) -> frozenset[str]:
    """The words of a field: b, a or p."""
    return frozenset(fields[name] for _, fields, _ in parts(column, form) if name in fields)


def fitting(column: Column, form: Form) -> np.ndarray:
    """(R,) bool: the rows that fit a form, their days aside."""
    fits = np.zeros(len(column), bool)
    names = {name: numbered(words_of(column, form, name), name == "a") for name in ("b", "a")}
    for shape, fields, found in parts(column, form):
        if all(fields.get(name, None) is None or fields[name] in names[name] for name in names):
            fits[shape.rows] = _in_range(fields, len(shape.rows)) & _has_offset(shape, found)
    return fits


def numbered(words: frozenset[str], weekday: bool) -> dict[str, int]:
    """{word: place} of names, all of one language where there is one."""
    if found := places(words, weekday):
        return found[1]
    languages = WEEKDAYS if weekday else MONTHS
    each = {word: [k for name in languages if (k := place(word, name, weekday)) is not None] for word in words}
    return {word: found[0] for word, found in each.items() if found}


def _in_range(fields, n):
    fits = np.ones(n, bool)
    for name in fields.keys() & LIMITS.keys():
        fits &= (fields[name] >= (name not in FROM_ZERO)) & (fields[name] <= LIMITS[name])
    for name, year in (("n", 100), ("N", 10**4)):
        if name in fields:
            fits &= fields[name] == (fields["Y"] + 1) % year
    if "H" in fields:
        rest = sum((fields[name] for name in "MS" if name in fields), np.zeros(n, np.int64))
        fits &= (fields["H"] < 24) | (rest == 0)
    return fits


def local_of(column: Column, form: Form) -> Local:
    """The Local of a column of a form."""
    n = len(column)
    values, offsets = np.zeros(n, np.int64), np.full(n, NO_OFFSET)
    fits, real = fitting(column, form), np.zeros(n, bool)
    months, days = (numbered(words_of(column, form, name), name == "a") for name in ("b", "a"))
    regions, finer = set(), False
    for shape, fields, found in parts(column, form):
        if "b" in fields:
            fields["m"] = np.full(len(shape.rows), months.get(fields["b"], 0) + 1)
        date, real[shape.rows] = _date(fields, form, len(shape.rows))
        if "a" in fields:
            real[shape.rows] &= (date + 3) % 7 == days.get(fields["a"], 0)  # 1970-01-01 was a Thursday
        clock, cut = _clock(fields, found)
        values[shape.rows], finer = date * DAY + clock, finer or cut
        if "z" in fields:
            offsets[shape.rows] = _offset(shape, found)
            regions |= _region(fields["z"])
    return Local(values, offsets, fits, real, frozenset(regions), finer)


def _date(fields, form, n):
    """((n,) days since 1970-01-01, (n,) bool: whether the calendar has them)."""
    if "G" in fields:
        return _week_date(fields)
    year = fields["Y"] - form.era if "Y" in fields else (fields["y"] - form.turn) % 100 + form.turn
    if "j" in fields:
        days, length = _first(12 * (year - 1970)), _first(12 * (year - 1969))
        return days + fields["j"] - 1, days + fields["j"] <= length
    months = 12 * (year - 1970) + next((n * (fields[name] - 1) for name, n in MONTHS_OF.items() if name in fields), 0)
    first, day = _first(months), fields.get("d", np.ones(n, np.int64))
    return first + day - 1, first + day <= _first(months + 1)


def _first(months):
    """The first day of months, counted from January 1970, both as days and as months."""
    return np.asarray(months, np.int64).astype("M8[M]").astype("M8[D]").astype(np.int64)


def _week_date(fields):
    mondays = [_first_monday(fields["G"] + k) for k in (0, 1)]
    days = mondays[0] + 7 * (fields["V"] - 1)
    return days + fields.get("u", 1) - 1, days < mondays[1]


def _first_monday(year):
    """The Monday of the first ISO week: that of January 4."""
    fourth = _first(12 * (year - 1970)) + 3
    return fourth - (fourth + 3) % 7


def _clock(fields, found):
    """((n,) microseconds since midnight, whether finer digits were cut off)."""
    hour = fields.get("H", 0)
    if "I" in fields:
        late = fold(fields.get("p", "am")).startswith("p")
        hour = fields["I"] % 12 + 12 * late
    clock = hour * HOUR + fields.get("M", 0) * MINUTE + fields.get("S", 0) * SECOND
    if "f" not in fields:
        return clock, False
    digits = found.end("f") - found.start("f")
    if digits <= FINEST:
        return clock + fields["f"] * 10 ** (FINEST - digits), False
    fine, rest = np.divmod(fields["f"], 10 ** (digits - FINEST))
    return clock + fine, bool(rest.any())


# ---- offsets from UTC


def _bare(text):
    """The text of a zone without a region in brackets and a name in parentheses."""
    return text.split("[")[0].split("(")[0].strip()


def _region(text):
    region = text.partition("[")[2].rstrip("]") if "[" in text else text.strip() if "/" in text else ""
    return {region} if region else set()


def _offset_sign(text):
    """1 or -1 for an offset in digits, 0 for a name whose offset is known or that is in the text, None otherwise."""
    bare = _bare(text)
    if "0" in bare:
        return 1 if "+" in bare else -1
    return 0 if bare.upper() in ABBREVIATIONS or "/" in bare else None


def _has_offset(shape, found):
    """Whether the rows (n,) have an offset that clocks have, if they have one at all."""
    if not found.groupdict().get("z"):
        return True
    if _offset_sign(found["z"]) is None:
        return False
    return (_offset(shape, found) == NO_OFFSET) | (np.abs(_offset(shape, found)) <= FARTHEST)


def _offset(shape, found):
    """(n,) or one offset in microseconds."""
    start, end = found.span("z")
    text = found["z"]
    sign = _offset_sign(text)
    if not sign:
        minutes = ABBREVIATIONS.get(_bare(text).upper())
        return NO_OFFSET if minutes is None else minutes * MINUTE
    end = start + len(text.split("[")[0].split("(")[0])
    firsts = [first for first in sorted(shape.runs) if start <= first < end]
    numbers = [shape.number(first, shape.runs[first][0]) for first in firsts]
    if shape.runs[firsts[0]][0] - firsts[0] > 2:
        hours, minutes = np.divmod(numbers[0], 100)
    else:
        hours, minutes = numbers[0], numbers[1] if len(numbers) > 1 else 0
    return sign * (hours * HOUR + minutes * MINUTE)
