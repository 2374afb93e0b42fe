"""What stands around the digits of numbers, alike in a whole column: a currency, %, kg, K for thousand, (5) for -5."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from .signs import QUOTES, SPACES
from .unit_families import NEGATIVE, are_of_one_kind, scales_of

MINUS = "\u2212\u2013-"  # minus sign, the en dash of word processors, and the hyphen, last as patterns need it
CODES = "EUR USD GBP JPY CNY RMB CHF AUD CAD NZD SEK NOK DKK PLN CZK HUF RON BGN RUB UAH TRY INR BRL MXN ARS CLP COP"
CODES += (
    " PEN ZAR KRW TWD HKD SGD THB IDR MYR PHP VND ILS AED SAR EGP NGN KES BTC ETH KR KR. FR FR. SFR. RS RS. R RM RP"
)
CODES += " RP LEI LEV KN US$ CA$ C$ A$ AU$ NZ$ HK$ NT$ S$ R$ MX$ Z\u0141 K\u010c FT"
CURRENCIES = frozenset(CODES.split())
MAGNITUDES = {"k": 1e3, "tsd": 1e3, "tsd.": 1e3, "thousand": 1e3}
MAGNITUDES |= dict.fromkeys(("m", "mm", "mn", "mio", "mio.", "mln", "million", "millions", "millionen"), 1e6)
MAGNITUDES |= dict.fromkeys(("b", "bn", "mrd", "mrd.", "mld", "billion", "billions", "milliarden"), 1e9)
MAGNITUDES |= dict.fromkeys(("t", "tn", "trn", "trillion", "trillions"), 1e12)
ALSO_UNITS = frozenset(("m", "mm", "b", "t", "T"))  # metres, tonnes: magnitudes only beside others
DURATIONS = ("s", "d")  # flags that are units as well
AFTER = re.compile(r"(?:[^\W\d_]|[%\u2030\u00b0])(?:[^\W\d_]|[%\u2030\u00b0/\u00b2\u00b3\u00b7.]){0,11}")
ZERO = "0"
NUMBER = rf"[.,]?[0-9](?:[0-9.,{QUOTES}{SPACES}]*[0-9])?[.,]?(?:[eE][-+]?[0-9]+)?"
BOUNDS = "<>\u2264\u2265~\u2248"  # before a number that is only known to be so large
FLAG = re.compile(r"\s+[bcdefinprsuz]{1,3}\s*|\s*[*\u2020\u2021]+\s*")  # of statistical offices: provisional, ...
END = rf"[+{MINUS}]?[0-9][0-9.,]*"
ATTACHED = re.compile(r"[ceprz]")  # the same behind a digit, where a column has several flags
REMARK = re.compile(  # (p), [r]; the range of an estimate: (10-14), [1.5; 2.5], (-3 to 4)
    rf"\s*[(\[](?:[A-Za-z]{{1,2}}|[*\u2020\u2021]|{END}\s*(?:[,;{MINUS}]|to)\s*{END})[)\]]\s*$"
)
LONGEST = 80  # characters of a number with its unit
BEFORE = rf"[A-Za-z]{{1,3}}\.|[^\s\d(),+'{MINUS}]{{0,4}}?"
REST = rf"[^\d(),+{MINUS}]*?"
CELL = re.compile(
    rf"\s*+(?P<bound>[{BOUNDS}]?)\s*+(?:(?P<outer>{BEFORE})\s*+(?P<open>\())?\s*+"
    rf"(?P<sign>[+{MINUS}]?)\s*+(?P<before>{BEFORE})\s*+(?P<second>[+{MINUS}]?)"
    rf"(?P<body>{NUMBER})\s*+(?P<rest>{REST})\s*+(?P<last>[{MINUS}]?)(?:(?P<close>\))\s*+(?P<beyond>{REST}))?\s*+"
)
DASH = re.compile(rf"\s*+(?P<before>{BEFORE})\s*+[\u2014{MINUS}]\s*+(?P<after>{BEFORE})\s*+")  # "$ -" in accounting


@dataclass(frozen=True)
class Parts:
    """A cell taken apart: -1.5 Mio. EUR is ("", "1.5", "mio.", "EUR", negative)."""

    before: str  # a currency, "" for none
    body: str  # digits and their signs; ZERO for a dash, which has no span
    magnitude: str  # a word of MAGNITUDES as written, "" for none
    after: str  # a unit, "" for none
    negative: bool
    accounting: bool  # a negative number written as (5) or 5-
    span: slice  # of the body in the cell
    bound: str = ""  # one of BOUNDS
    flagged: bool = False  # `after` may be a flag rather than a unit
    attached: bool = False  # `after` is such a letter right behind the digits: a flag only beside others
    remark: str = ""  # a flag or a range in brackets, behind all else


@dataclass(frozen=True)
class Unit:
    """What stands before and after every number of a column, and the magnitudes among them: {word: factor}."""

    before: str
    after: str
    magnitudes: Mapping[str, float]
    scales: Mapping[str, float] = field(default_factory=dict)  # {unit: factor} of several of one kind
    flags: bool = False  # whether letters right behind the digits are flags

    def scale(self, parts: Parts) -> float:
        """What the digits of a cell are multiplied by for its unit, where the column has several of one kind."""
        return self.scales.get(_settled(parts, self.magnitudes)[1], 1.0)

    def factor(self, parts: Parts) -> float | None:
        """What the digits of a cell are multiplied by; None if the cell has not this unit."""
        magnitude, after = _settled(parts, self.magnitudes)
        if (parts.flagged or parts.attached and self.flags) and not self.after:
            after = ""
        scale = self.scales.get(after, 1.0)
        if after in self.scales:
            after = self.after
        if (parts.before.casefold(), after.casefold()) != (self.before.casefold(), self.after.casefold()):
            return None
        return scale * self.magnitudes.get(magnitude, 1.0) * (-1.0 if parts.negative else 1.0)


@lru_cache(1 << 12)
def parts_of(cell: str) -> Parts | None:
    """The Parts of a cell; None if it is no number, whatever the decimal sign."""
    short = len(cell.strip()) <= LONGEST
    if short and (remark := REMARK.search(cell)):
        parts = parts_of(cell[: remark.start()])
        if parts and not parts.accounting:
            return replace(parts, remark=remark.group().strip())
    found = CELL.fullmatch(cell) if short else None
    if found is None:
        return _dash(cell)
    if bool(found["open"]) != bool(found["close"]):
        return None
    signs = [sign for sign in (found["sign"], found["second"], found["last"]) if sign]
    before, rest = (found["outer"] or "") + found["before"], found["rest"] + (found["beyond"] or "")
    if len(signs) + bool(found["open"]) > 1 or not _is_currency(before):
        return None
    magnitude, after = _rest(rest)
    flagged = FLAG.fullmatch(cell[found.end("body") :]) is not None
    if after and not (flagged or AFTER.fullmatch(after) or _is_currency(after)):
        return None
    accounting = bool(found["open"] or found["last"])
    negative = accounting or bool(signs) and signs[0] != "+"
    span = slice(*found.span("body"))
    attached = ATTACHED.fullmatch(cell[found.end("body") :].rstrip()) is not None
    return Parts(before, found["body"], magnitude, after, negative, accounting, span, found["bound"], flagged, attached)


def _dash(cell):
    """The Parts of a dash beside a currency, which means 0; None for any other cell."""
    found = DASH.fullmatch(cell) if len(cell) <= LONGEST else None
    if found is None or not any(found.groups()) or not all(map(_is_currency, found.groups())):
        return None
    return Parts(found["before"], ZERO, "", found["after"], False, False, slice(0, 0))


def find_unit(shapes: Counter[str]) -> Unit:
    """The Unit of most cells of a column, given the counts of their shapes."""
    cells = [(parts, count) for shape, count in shapes.items() if (parts := parts_of(shape))]
    words = {parts.magnitude for parts, _ in cells} - {""}
    beside = {parts.after for parts, _ in cells} - {""}
    words = {word for word in words if not are_of_one_kind({word, *beside})}  # B beside KB
    active = {word: MAGNITUDES[word.lower()] for word in sorted(words) if len(words) > 1 or word not in ALSO_UNITS}
    flags = {parts.remark or _settled(parts, active)[1] for parts, _ in cells if _may_be_flagged(parts)}
    several = len(flags) > 1 and flags.isdisjoint(DURATIONS)
    tally: Counter[tuple[str, str]] = Counter()
    for parts, count in cells:
        after = _settled(parts, active)[1]
        is_flag = parts.attached and several or parts.flagged and (several or not after.isalpha())
        tally[parts.before, "" if is_flag else after] += count
    before, after = max(tally, key=tally.__getitem__) if tally else ("", "")
    return Unit(before, after, active, _scales(tally, after), several)


def _may_be_flagged(parts):
    return parts.flagged or parts.attached or bool(parts.remark) and not any(map(str.isdigit, parts.remark))


def _scales(tally, usual):
    """The factors of the units in {(before, after): count} where they are of one kind."""
    return scales_of({after for _, after in tally}, usual)


def unit_words(shapes: Counter[str]) -> str:
    """What is dropped from the cells of a column, or how they are read, for a note; "" for plain numbers."""
    unit, told = find_unit(shapes), []
    cells = [parts for shape in shapes if (parts := parts_of(shape))]
    dropped = [word for word in (unit.before, unit.after) if word and word not in unit.scales]
    told += [f"{word} read as {_scale_words(scale, unit.after)}" for word, scale in unit.scales.items() if scale != 1]
    bounds = sorted({parts.bound for parts in cells} - {""})
    remarks = sorted({parts.remark for parts in cells} - {""})
    dropped += [each for each in remarks if not any(map(str.isdigit, each))]
    if not unit.after:
        flagged = [parts for parts in cells if parts.flagged or parts.attached]
        dropped += sorted({_settled(parts, unit.magnitudes)[1] for parts in flagged} - {""})
    if dropped:
        told.append(f"{' and '.join(dropped)} dropped")
    told += [f"{word} read as {unit.magnitudes[word]:,.0f}" for word in unit.magnitudes]
    if any(parts.accounting for parts in cells):
        told.append("numbers in brackets or before a minus, as (5) and 5-, read as negative")
    if bounds:
        told.append(f"numbers with {' or '.join(bounds)} read as their bound")
    if any(any(map(str.isdigit, each)) for each in remarks):
        told.append("ranges in brackets behind a number, as 2 (1-3), left out")
    if any(parts.span.stop == 0 for parts in cells):
        told.append("- beside the currency read as 0")
    return ", ".join(told)


def _scale_words(scale, unit):
    return "negative" if scale == NEGATIVE else f"{scale:.9g} {unit}"


def _settled(parts, magnitudes):
    """(magnitude, unit) of Parts: what is no magnitude in this column belongs to the unit."""
    if parts.magnitude in magnitudes:
        return parts.magnitude, parts.after
    return "", f"{parts.magnitude} {parts.after}".strip()


def _is_currency(text):
    return not text or text.upper() in CURRENCIES or all(unicodedata.category(sign) == "Sc" for sign in text)


def _rest(rest):
    """(magnitude, unit) of what follows the digits."""
    first, _, others = rest.strip().partition(" ")
    if first.lower() in MAGNITUDES:
        return first, others.strip()
    if len(first) > 1 and first[0] in "KMBkmb" and _is_currency(first[1:]) and not others:
        return first[0], first[1:]  # 5M€
    return "", rest.strip()
