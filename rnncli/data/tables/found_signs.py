"""Finds the signs of the numbers of a table, from all of its columns of numbers together."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ...errors import DataError
from .column_kinds import kind_of
from .frame import Frame
from .numbers import Cells, are_floats
from .reading import Reading
from .shapes import BETWEEN, shapes_of
from .signs import WAYS, Signs
from .units import parts_of
from .wide_tables import Taken

SURE, NOTED, ASKED = "sure", "noted", "asked"  # whether 1.234 has decimals, where nothing decides
SAMPLE = 5_000  # cells of a column of plain numbers that are looked at
WHOLE = {",": 2, ".": 3}  # numbers such as 985 beside 1,234 from which on the sign groups thousands
OPEN = re.compile(r"1{1,3}[,.]111")  # the shape of a number with a group of thousands or with three decimals
DOTTED = re.compile(r"\s*\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})\b.*")  # a date such as 31.12.2024
SIGNED = re.compile("[.,]")
SMALL = re.compile(r"11{1,2}")  # the shape of 10 to 999; not of 0, which stands for nothing in any column


@dataclass(frozen=True)
class _Evidence:
    """What the columns looked at show."""

    bodies: Counter[str] = field(default_factory=Counter)  # {shape of digits with their signs: cells}
    grouping: set[str] = field(default_factory=set)  # signs between thousands: whole numbers below 1,000 stand beside
    decimals: set[str] = field(default_factory=set)  # signs before decimals: a 0 stands before, as in 0,125


def find_signs(
    columns: Mapping[str, Cells],
    where: Callable[[int, str], str],
    reading: Reading,
    points: str = SURE,
    beside: Mapping[str, Cells] | None = None,
) -> tuple[Signs, tuple[str, ...]]:
    """(Signs of the numbers in `columns` {name: R cells}, notes on what was found).

    What `reading` gives is taken; the rest is what most cells of all columns fit. DataError, naming both options, where
    every number could have thousands or three decimals: as 1,234. `points` says what 1.234 is (`doubt_of_points`):
    SURE to have decimals, NOTED to have them, or ASKED for with the error. Unless it is SURE, 1,234 has decimals.
    Where `columns` decide nothing, the columns of numbers `beside` them do.
    where(row, column) is the place of a cell in words.
    """
    ways = _allowed(reading)
    if len(ways) == 1:
        return ways[0], ()
    evidence = _Evidence()
    for texts in columns.values():
        _look(texts, reading.na, evidence)
    if beside and _is_open(ways, evidence):
        for texts in beside.values():
            if kind_of(texts, reading.na) == "number":
                _look(texts, reading.na, evidence)
    best = _best(ways, evidence)
    for sign in {ASKED: ".", NOTED: "", SURE: ","}[points]:
        if _may_be_both(sign, best, evidence):
            raise _ambiguous(columns, where, reading, sign)
    unsure = [sign for sign in ",." if points != SURE and _may_be_both(sign, best, evidence)]
    chosen = min(best, key=lambda way: ("," in unsure and way.decimal != ",", len(way.thousands)))
    found = chosen != Signs() and chosen.decimal != reading.decimal
    note = f"numbers are written as {chosen.example} (otherwise: --decimal, --thousands)"
    if chosen.decimal in unsure and chosen.decimal != reading.decimal:
        sign, found = chosen.decimal, True
        note = f"numbers such as 1{sign}234 are read as 1 and a fraction; if they mean 1234: --thousands {sign}"
    return chosen, (note,) if found else ()


def _may_be_both(sign, ways, evidence):
    """Whether numbers such as 1,234 decide nothing: their sign stands before decimals in some of the ways, between
    thousands in others."""
    there = any(sign in body and OPEN.fullmatch(body) for body in evidence.bodies)
    return there and any(way.decimal == sign for way in ways) and any(way.thousands == sign for way in ways)


def _is_open(ways, evidence):
    """Whether the columns looked at decide nothing: no number of them has a sign, or those with one may be either."""
    best = _best(ways, evidence)
    return not any(map(SIGNED.search, evidence.bodies)) or any(_may_be_both(sign, best, evidence) for sign in ",.")


def doubt_of_points(frame: Frame) -> str:
    """What 1.234 is in a table: ASKED where dates are like 31.12.2024, unless commas stand between cells, as programs
    write that use a decimal point; NOTED where `;` stands between them, as where a comma is the decimal sign; SURE
    elsewhere."""
    if (frame.written.format, frame.written.sep) == ("csv", ","):
        return SURE
    columns = frame.columns
    heads = [columns.head(name) if isinstance(columns, Taken) else columns[name][:1] for name in columns]
    if any(DOTTED.fullmatch(str(cell)) for cells in heads for cell in cells):
        return ASKED
    return NOTED if frame.written.sep == ";" else SURE


def _allowed(reading):
    """The WAYS that agree with what a Reading gives."""
    decimals = [reading.decimal] if reading.decimal else ["."] if reading.thousands == "," else [".", ","]
    if reading.thousands is None:
        return [way for way in WAYS if way.decimal in decimals]
    return [Signs(decimal, reading.thousands) for decimal in decimals if decimal != reading.thousands]


def _look(texts, na, evidence):
    """Add a column to the evidence; of a long column of plain numbers only a sample."""
    if len(texts) > SAMPLE and not na and are_floats(texts):
        texts = texts[:: len(texts) // SAMPLE]
    column, bodies = shapes_of(texts, na), Counter()
    for shape, count in column.counts.items():
        if parts := parts_of(shape):
            bodies[parts.body] += count
    evidence.bodies.update(bodies)
    small = sum(count for body, count in bodies.items() if SMALL.fullmatch(body))
    large = any(body.isdigit() and len(body) > 3 for body in bodies)
    for sign, needed in WHOLE.items():
        there = [body for body in bodies if sign in body]
        if not there or not all(map(OPEN.fullmatch, there)):
            continue
        if re.search(rf"(?:^|[^\d.,])0[{sign}]\d{{3}}", BETWEEN.join(column.cells)):
            evidence.decimals.add(sign)
        elif small >= needed and not large:
            evidence.grouping.add(sign)


def _best(ways, evidence):
    """The ways that most cells fit, without those that the evidence speaks against unless all do."""
    fitting = [sum(n for body, n in evidence.bodies.items() if way.pattern().fullmatch(body)) for way in ways]
    best = [way for way, count in zip(ways, fitting) if count == max(fitting)]
    grouping, decimals = evidence.grouping - evidence.decimals, evidence.decimals
    return [way for way in best if way.decimal not in grouping and way.thousands not in decimals] or best


def _ambiguous(columns, where, reading, sign):
    """The DataError for a table in which a comma or a point may be either sign."""
    for name, texts in columns.items():
        column = shapes_of(texts, reading.na)
        for row, (cell, shape) in enumerate(zip(column.cells, column.shapes)):
            parts = parts_of(shape)
            if parts and sign in parts.body and OPEN.fullmatch(parts.body):
                body, named = cell[parts.span], {",": "comma", ".": "point"}[sign]
                whole, decimals = body.replace(sign, ""), body.replace(sign, ".")
                both = f"{cell!r} may be {whole} or {decimals}"
                return DataError(
                    f"{where(row, name)}: {both}, as may every number with a {named} here",
                    f"give `--thousands {sign}` for {whole}, or `--decimal {sign}` for {decimals}",
                    f"--thousands {sign}",
                )
    raise AssertionError("no such number")
