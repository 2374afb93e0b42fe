"""Instants to texts of a form, letter by letter as the table would write them."""

import re
from collections.abc import Callable

import numpy as np

from .clock import DAY, HOUR, MINUTE, SECOND, Clock
from .forms import PIECE, Form
from .names import HALVES, MONTHS, WEEKDAYS
from .zones import ABBREVIATIONS

TEXTS = {  # how a field without a leading zero, and with one, is written
    "Y": "{:04}",
    "G": "{:04}",
    "N": "{:04}",
    "j": "{:03}",
}
ENDINGS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}
ORDINALS = [f"{day}{ENDINGS.get(day, 'th')}" for day in range(1, 32)]
LENGTH = re.compile(r"(-?)(\d+)([um])")


def write_stamps(values: np.ndarray, form: Form) -> list[str]:
    """[n] instants (n,) int64 as texts of a form that is no number."""
    if form.until:
        starts, ends = (_write(part, form) for part in (values, _ends(values, form)))
        return [start + form.until + end for start, end in zip(starts, ends, strict=True)]
    return _write(values, form)


def _ends(values, form):
    """The ends (n,) of periods: "3600000000u" microseconds or "1m" months after their begin; with "-" the last day."""
    found = LENGTH.fullmatch(form.lasts)
    assert found, "lengths are made by periods.py"
    before, number, unit = found.groups()
    clock = Clock(form.zone)
    local = clock.local(values)
    if unit == "u":
        ends = local + int(number)
    else:
        months = local.astype("M8[us]").astype("M8[M]")
        start = months.astype("M8[us]").astype(np.int64)
        ends = (months + np.timedelta64(int(number), "M")).astype("M8[us]").astype(np.int64) + local - start
    return clock.instants(ends - DAY if before else ends)


def _write(values, form):
    local = Clock(form.zone).local(values)
    days, clock = np.divmod(local, DAY)
    midnight = clock == 0
    if form.late:
        days, clock = np.where(midnight, days - 1, days), np.where(midnight, DAY, clock)
    fields = _fields(days, clock, local - values, form)
    whole = _written(form.pattern.replace("{", "").replace("}", ""), fields, form)
    if "{" not in form.pattern:
        return whole
    short = _written(re.sub(r"\{.*\}", "", form.pattern), fields, form)
    return [one if early else other for one, other, early in zip(short, whole, midnight.tolist(), strict=True)]


def _fields(days, clock, offsets, form) -> dict[str, Callable]:
    """{letter: a function that gives its numbers or words [n]}."""
    date = days.astype("M8[D]")
    month = date.astype("M8[M]")
    months = month.astype(np.int64)
    year, number = months // 12 + 1970, months % 12
    weekday = (days + 3) % 7
    thursday = (days - weekday + 3).astype("M8[D]").astype("M8[Y]")  # the year of an ISO week has its Thursday
    hour = clock // HOUR
    return {
        "Y": lambda: year + form.era,
        "y": lambda: year % 100,
        "m": lambda: number + 1,
        "n": lambda: (year + form.era + 1) % 100,
        "N": lambda: year + form.era + 1,
        "q": lambda: number // 3 + 1,
        "h": lambda: number // 6 + 1,
        "d": lambda: (date - month).astype(np.int64) + 1,
        "o": lambda: np.array(ORDINALS, object)[(date - month).astype(np.int64)],
        "j": lambda: (date - date.astype("M8[Y]").astype("M8[D]")).astype(np.int64) + 1,
        "G": lambda: thursday.astype(np.int64) + 1970,
        "V": lambda: (days - weekday + 3 - thursday.astype("M8[D]").astype(np.int64)) // 7 + 1,
        "u": lambda: weekday + 1,
        "H": lambda: hour,
        "I": lambda: (hour + 11) % 12 + 1,
        "M": lambda: clock // MINUTE % 60,
        "S": lambda: clock // SECOND % 60,
        "f": lambda: clock % SECOND,
        "b": lambda: _named(form.months or _short(MONTHS), number),
        "B": lambda: _named(form.months or MONTHS["en"].split(), number),
        "a": lambda: _named(form.weekdays or _short(WEEKDAYS), weekday),
        "A": lambda: _named(form.weekdays or WEEKDAYS["en"].split(), weekday),
        "p": lambda: _named(form.halves or HALVES, hour // 12 % 2),
        "z": lambda: _offsets(offsets, form),
    }


def _short(names):
    return [name[:3] for name in names["en"].split()]


def _named(names, numbers):
    return np.array(names, object)[numbers]


def _written(pattern, fields, form):
    """[n] texts of a pattern without braces."""
    shape, columns = "", []
    for piece in filter(None, PIECE.split(pattern)):
        if not PIECE.fullmatch(piece) or piece == "%%":
            shape += piece.replace("%%", "%").replace("{", "{{").replace("}", "}}")
            continue
        letter = piece[-1]
        shape += _shape(piece)
        columns.append(fields[letter]().tolist())
        if letter == "S" and form.fraction:
            shape += "{}"
            columns.append([_fraction(part, form) for part in fields["f"]().tolist()])
    write = shape.format
    return [write(*row) for row in zip(*columns, strict=True)]


def _shape(piece):
    letter = piece[-1]
    if letter in "bBaApzqhuo" or piece[1] == "-":
        return "{}"
    return "{:2}" if piece[1] == "_" else TEXTS.get(letter, "{:02}")


def _fraction(part, form):
    digits = f"{part:06}".ljust(len(form.fraction) - 1, "0")[: len(form.fraction) - 1]
    if form.trim == "all" and not part:
        return ""
    if form.trim == "zeros":
        digits = digits.rstrip("0")
    return form.fraction[0] + digits if digits else ""


def _offsets(offsets, form):
    distinct, numbers = np.unique(offsets, return_inverse=True)
    return np.array([_offset(offset, form) for offset in distinct.tolist()], object)[numbers]


def _offset(offset, form):
    """An offset from UTC in the manner of a form."""
    blank = " " if form.offset.startswith(" ") else ""
    shown = form.offset.strip()
    if not offset and form.zero:
        return form.zero
    if "0" not in shown:
        return blank + (_abbreviated(offset, form) if shown.upper() not in ("Z", "UTC", "GMT") else shown)
    hours, minutes = divmod(abs(offset) // MINUTE, 60)
    head, _, region = shown.partition("[")
    name = re.match("[A-Z]*", head)
    colon = ":" if ":" in head else ""
    rest = f"{colon}{minutes:02}" if minutes or head.count("0") > 2 else ""
    sign = "-" if offset < 0 else "+"
    tail = f"[{region}" if region else " UTC" * head.endswith(" UTC")
    return f"{blank}{name[0] if name else ''}{sign}{hours:02}{rest}{tail}"


def _abbreviated(offset, form):
    """The name of an offset: of those of its table the one that fits, else any."""
    if "/" in form.offset:
        return form.offset.strip()
    own = [name for name in form.offset.split() if ABBREVIATIONS.get(name.upper()) == offset // MINUTE]
    return next(iter(own), None) or next(
        (name for name, minutes in ABBREVIATIONS.items() if minutes == offset // MINUTE), form.offset.strip()
    )
