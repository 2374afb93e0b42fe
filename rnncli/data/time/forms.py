"""The form of a column of stamps: a format with what it leaves open. Imports no NumPy: files are recognised with it.

A format has the directives of `strptime` and more: `%-m`, `%-d`, `%-H`, ... lack the leading zero, `%_d`, ... have a
blank in its place; `%-Y` counts years from 1; `%1930y` is a year of two digits, 30 for 1930 and 29 for 2029; `%q` is
the quarter, `%h` the half of the year; `%o` the day as 1st, 2nd, 3rd; `%n` and `%N` the next year, as in 2019/20. What
stands in braces is left out at midnight: "%Y-%m-%d{ %H:%M}". Numbers have names: index, epoch, excel, years-12, ...

Formats are matched with shapes. The shape of a text is the text with 0 for every digit: a column of a million stamps
has a few shapes, which decide how all of them are read.
"""

import re
import shlex
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from ...errors import ConfigError

EPOCHS = {"epoch": 1_000_000, "epoch-ms": 1000, "epoch-us": 1, "epoch-ns": 1}  # microseconds of a unit; ns divides
YEAR_PARTS = {"years-4": (4, 0.0), "years-12": (12, 0.0), "years-12-mid": (12, 0.5)}  # (parts, place within a part)
MONTH_PARTS = {"year.month": 100, "month.year": 10_000}  # 2018.1 is October, 1.202 January 2020: zeros are lost
NUMBERS = ("index", "excel", *EPOCHS, *YEAR_PARTS, *MONTH_PARTS)
SHORTHANDS = {
    "%T": "%H:%M:%S",
    "%R": "%H:%M",
    "%F": "%Y-%m-%d",
    "%D": "%m/%d/%y",
    "%e": "%_d",
    "%k": "%_H",
    "%l": "%_I",
    "%Z": "%z",
}
WORD = r"[^\W\d_]"
OFFSET = r"(?:UTC|GMT)?[+\-\u2212]00(?::?00)?(?::?00)?"
REGION = r"[A-Z][A-Za-z_]+/[A-Za-z_/+\-]+"
ZONE = rf"[ ]?(?:Z|z|{OFFSET}(?: UTC)?|UTC|GMT|[A-Z]{{3,4}})(?:\[[A-Za-z_/+\-]+\])?(?: \([^()]*\))?|[ ]{REGION}"
FIELDS = {  # the shape of each directive
    "Y": "0000",
    "G": "0000",
    "y": "00",
    "j": "000",
    "q": "0",
    "h": "0",
    "u": "0",
    "n": "00",
    "N": "0000",
    "o": "00?(?:st|nd|rd|th)",
    "b": rf"{WORD}{{3,}}\.?",
    "B": rf"{WORD}{{3,}}\.?",
    "a": rf"{WORD}{{2,}}\.?",
    "A": rf"{WORD}{{2,}}\.?",
    "p": r"[AaPp]\.? ?[Mm]\.?",
    "z": ZONE,
}
SHORT_FIELDS = "mdHIMSV"  # one digit or two
SAME = {"B": "b", "A": "a"}  # names of groups
LIMITS = {"m": 12, "d": 31, "H": 24, "I": 12, "M": 59, "S": 59, "q": 4, "h": 2, "V": 53, "u": 7, "j": 366}
FROM_ZERO = "HMS"
PIECE = re.compile(r"(%[-_]?[A-Za-z%]|[{}])")
OLD_TAIL = re.compile(r"(?<=%[MS])(?:\.0{1,9}|[.,]%f)?( ?(?:Z|[+-]\d\d(?::?\d\d)?))?$", re.ASCII)
ALIEN = {"YYYY": "%Y", "yyyy": "%Y", "YY": "%y", "yy": "%y", "MMM": "%b", "MM": "%m", "DD": "%d", "dd": "%d"}
ALIEN |= {"HH": "%H", "hh": "%H", "mm": "%M", "ss": "%S", "SS": "%S"}


@dataclass(frozen=True)
class Form:
    """How a column writes its stamps.

    zone: where its clock stands, None if it does not say. offset, zero: how it writes an offset from UTC, digits as 0,
    and none. fraction: of a second, such as ".000"; trim: "zeros" leaves out zeros at its end, "all" a zero fraction.
    months, weekdays, halves: its names. turn: the first of the hundred years that two digits stand for. late: midnight
    is 24:00 of the day before. until, lasts: the sign before the end of a period, and its length, such as "7d" or "1m";
    "-" before it: the last day itself. decimals: of a number; -3: up to 3, as many as it
    needs. width: of an index with zeros before it. era: how many years its years are ahead of ours, 543 in Thailand.
    """

    pattern: str
    zone: str | None = None
    offset: str = ""
    zero: str = ""
    fraction: str = ""
    trim: str = ""
    months: tuple[str, ...] = ()
    weekdays: tuple[str, ...] = ()
    halves: tuple[str, ...] = ()
    turn: int = 1969
    late: bool = False
    until: str = ""
    lasts: str = ""
    decimals: int = 0
    width: int = 0
    era: int = 0

    def __str__(self) -> str:
        """The format as `--time-format` takes it."""
        turned = self.pattern.replace("%y", "%y" if self.turn == Form.turn else f"%{self.turn}y")
        return turned.replace("%S", "%S.%f" if self.fraction else "%S")

    @property
    def option(self) -> str:
        """The option that asks for it, as a shell takes it."""
        text = str(self)
        return f"--time-format {shlex.quote(text)}" if "'" in text else f"--time-format '{text}'"

    @property
    def is_number(self) -> bool:
        return self.pattern in NUMBERS

    def to_dict(self) -> dict[str, Any]:
        """JSON values for `from_dict`: the pattern, and what is not usual."""
        values = {field.name: (getattr(self, field.name), field.default) for field in fields(self)}
        return {
            name: list(own) if isinstance(own, tuple) else own for name, (own, usual) in values.items() if own != usual
        }

    @classmethod
    def from_dict(cls, values: Any) -> "Form":
        """The Form that `to_dict` wrote; a format alone, as models from before have it, is one too."""
        if isinstance(values, str):
            return form_of_format(values)
        stored: dict[str, Any] = {name: tuple(own) if isinstance(own, list) else own for name, own in values.items()}
        return cls(**stored)


def form_of_format(format: str) -> Form:
    """The Form of a format. ConfigError for one that cannot be used."""
    if format in NUMBERS:
        return Form(format)
    if "%" not in format:
        raise ConfigError(f"time format '{format}' has no directive", _translated(format))
    for short, long in SHORTHANDS.items():
        format = format.replace(short, long)
    tail = OLD_TAIL.search(format)
    offset = tail[1] or "" if tail else ""
    zeros = re.search(r"\.0+", tail[0]) if tail else None
    if tail:
        format = format[: tail.start()] + ("%z" if offset else "")
    format = re.sub("[.,]%f", "", format)
    turn = re.search(r"%([12]\d{3})y", format)
    format = re.sub(r"%[12]\d{3}y", "%y", format)
    _checked(format)
    zone = {"": None, "Z": "UTC"}.get(offset.strip(), offset.strip())
    shown = re.sub(r"\d", "0", offset)
    if "%z" in format and not offset:
        shown, zone = "+0000", "UTC"
    first = int(turn[1]) if turn else Form.turn
    return Form(format, zone, shown, fraction=zeros[0] if zeros else "", turn=first)


def _translated(format):
    """The hint for a format without directives: the one that was probably meant."""
    meant = re.sub("|".join(ALIEN), lambda found: ALIEN[found[0]], format)
    meant = f"--time-format '{meant}'" if "%" in meant else "for example --time-format '%d.%m.%Y %H:%M'"
    return f"write {meant}; {', '.join(NUMBERS[:4])} name numbers"


def _checked(format):
    found = [piece for piece in PIECE.findall(format) if piece not in "{}"]
    letters = [piece[-1] for piece in found]
    known = {*FIELDS, *SHORT_FIELDS, "%"}
    fault = None
    if len(re.findall("%%|%", format)) > len(found):
        fault = "a % is followed by no directive that is known here"
    if unknown := [piece for piece in found if piece[-1] not in known]:
        fault = f"{unknown[0]} is not known here"
    elif not {"Y", "y", "G"} & set(letters):
        fault = fault or "it has no year"
    elif len(set(letters)) < len(letters):
        fault = fault or "a directive occurs twice"
    if fault:
        raise ConfigError(
            f"time format '{format}': {fault}",
            f"known: {' '.join('%' + letter for letter in sorted(known))} and %f after %S; {', '.join(NUMBERS[:4])} "
            "for numbers",
        )


def shape_of(text: str) -> str:
    """The shape of a text: its digits as 0."""
    return re.sub(r"[0-9]", "0", text)


@lru_cache(maxsize=2048)
def compiled(pattern: str) -> re.Pattern:
    """The regular expression of the shapes that a pattern reads, its fields as named groups. Numbers without and with
    leading zeros, fractions of seconds, and names of any language fit."""
    pieces = [piece for piece in PIECE.split(pattern) if piece]
    return re.compile("".join(_regex(pieces, k) for k in range(len(pieces))))


def _regex(pieces, k):
    piece = pieces[k]
    if piece in "{}":
        return "(?:" if piece == "{" else ")?"
    if not PIECE.fullmatch(piece):
        return re.escape(shape_of(piece)).replace("0", "0")
    letter = piece[-1]
    if letter == "%":
        return "%"
    if piece == "%-Y":
        return "(?P<Y>0{1,3})"
    if letter == "o":
        return "(?P<d>00?)(?:st|nd|rd|th)"
    packed = any(0 <= near < len(pieces) and _is_digits(pieces[near]) for near in (k - 1, k + 1))
    shape = FIELDS.get(letter) or ("00" if packed else "(?: 0|00?)")
    if packed and letter == "M" and k + 1 == len(pieces):
        shape = "00"
    fraction = r"(?:(?P<point>[.,])(?P<f>0{1,9}))?" if letter == "S" else ""
    return f"(?P<{SAME.get(letter, letter)}>{shape}){fraction}"


def _is_digits(piece):
    return PIECE.fullmatch(piece) is not None and piece[-1] not in "{}%bBaApz"
