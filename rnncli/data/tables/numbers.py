"""Cells of text to numbers: missing values become nan, and an error reports the place of anything else."""

import re
import shlex
from collections.abc import Callable, Collection, Sequence

import numpy as np

from ...errors import DataError
from .durations import duration_form, duration_words, durations_of
from .missing import MISSING, is_missing
from .shapes import BETWEEN, shapes_of
from .signs import QUOTES, SPACES, WAYS, Signs, number_pattern
from .units import ZERO, find_unit, parts_of, unit_words

__all__ = ["LARGEST", "MISSING", "Signs", "is_missing", "number_pattern", "odd_cells", "parse_numbers", "unit_of"]

LARGEST = 1e150  # in magnitude: sums of squares of larger numbers overflow
WORDS = 3  # different words in the cells of a column of numbers that may all mean a missing value
LONGEST_WORD = 40  # characters of one that stands for a missing value
SHOWN = 40  # characters of a cell in a message, at most
INFINITE = re.compile(r"[-+]?inf(inity)?", re.IGNORECASE)
CHUNK = 1 << 16  # cells that are looked at together
PLAIN = Signs()
Cells = Sequence[str] | np.ndarray


def parse_numbers(
    texts: Cells, where: Callable[[int], str], signs: Signs = PLAIN, na: Collection[str] = ()
) -> np.ndarray:
    """(R,) float64: the numbers in the R cells `texts`, nan for a cell that marks a missing value (`is_missing`).

    where(row)   the place of a cell in words, for messages: "sales.csv:17, column y"
    signs        before the decimals, and optional between thousands
    na           further words for a missing value
    A currency, %, or another unit is dropped where all numbers have it; K, M and B multiply; (5) and 5- are -5; see
    `unit_of`. DataError, with the first such cell, for anything else, for infinity and for numbers beyond 1e150 in
    magnitude; also if all cells are missing.
    """
    values = None if na else plain_numbers(texts, signs)
    if values is None:
        values, odd, column = _values(texts, signs, na)
        if odd:
            raise _refused(column, odd, where, signs)
    if len(values) and np.isnan(values).all():
        raise DataError(
            f"{where(0)}: from here on every value is missing, {len(values):,} in all",
            "remove this column or series, or fill it in",
        )
    return values


def odd_cells(texts: Cells, signs: Signs = PLAIN, na: Collection[str] = ()) -> list[int]:
    """The rows of all cells that `parse_numbers` refuses."""
    if not na and plain_numbers(texts, signs) is not None:
        return []
    return _values(texts, signs, na)[1]


def unit_of(texts: Cells, na: Collection[str] = ()) -> str:
    """What is dropped from the numbers of a column, or how they are read, in words: "% dropped", "K read as 1,000";
    "" for plain numbers."""
    if are_floats(texts):
        return ""
    shapes = shapes_of(texts, na).counts
    return duration_words(shapes) or unit_words(shapes)


def plain_numbers(texts: Cells, signs: Signs = PLAIN) -> np.ndarray | None:
    """(R,) float64: the numbers of a column of plain numbers and nan, in one call; None for any other column."""
    values = _floats(texts)
    if values is None:
        return None
    too_large = (np.abs(values) > LARGEST).any()
    return (
        None if too_large or any(_unusual(texts[k : k + CHUNK], signs) for k in range(0, len(texts), CHUNK)) else values
    )


def _unusual(texts, signs):
    """Whether `float` reads what is no plain number: 1_000, digits of other scripts, a point where it is no decimal."""
    text = "".join(texts)
    return "_" in text or not text.isascii() or signs.decimal == "," and "." in text


def are_floats(texts: Cells) -> bool:
    """Whether Python's `float` reads every cell, and finds at least one finite number."""
    values = _floats(texts)
    return values is not None and bool(np.isfinite(values).any())


def _floats(texts):
    """(R,) float64: what Python's `float` reads, nan for empty cells; None if it does not read every other one."""
    cells = np.asarray(texts)
    values = np.empty(len(cells))
    for k in range(0, len(cells), CHUNK):
        try:
            values[k : k + CHUNK] = _with_nan(cells[k : k + CHUNK])
        except ValueError:
            return None
    return values


def _with_nan(cells):
    """(n,) float64: what Python's `float` reads, nan for empty cells. ValueError if it does not read another one."""
    try:
        return cells.astype(np.float64)
    except ValueError:
        empty = np.strings.str_len(cells) == 0
    if not empty.any():
        raise ValueError("a cell is no number")
    cells = cells.copy()
    cells[empty] = "nan"
    return cells.astype(np.float64)


def _values(texts, signs, na):
    """((R,) the numbers of any column, the rows that hold none, the Shapes)."""
    column = shapes_of(texts, na)
    if form := duration_form(column.counts):
        return durations_of(column, form), [], column
    unit, pattern = find_unit(column.counts), signs.pattern()
    spans, factors = {}, {}  # of the body of the cells of a shape; of their number
    for shape in column.counts:
        parts = parts_of(shape)
        factor = unit.factor(parts) if parts and pattern.fullmatch(parts.body) else None
        if parts and factor is not None:
            spans[shape], factors[shape] = parts.span, factor
    bodies = BETWEEN.join(
        [cell[spans[shape]] or ZERO if shape in spans else "nan" for cell, shape in zip(column.cells, column.shapes)]
    )
    values = np.array(bodies.translate(number_translation(signs)).split(BETWEEN) if column.cells else [], np.float64)
    if set(factors.values()) - {1.0}:
        values *= np.array([factors.get(shape, 1.0) for shape in column.shapes])
    odd = np.abs(values) > LARGEST
    if wrong := column.counts.keys() - spans.keys():
        odd |= np.array([shape in wrong for shape in column.shapes])
    return values, np.flatnonzero(odd).tolist(), column


def number_translation(signs: Signs) -> dict[int, str | None]:
    """What `str.translate` takes to turn digits with these signs into what `float` reads."""
    return dict.fromkeys(map(ord, SPACES + QUOTES + signs.thousands), None) | {ord(signs.decimal): "."}


def _shown(text):
    """A cell for a message: quoted, with control characters escaped, and shortened."""
    return repr(text if len(text) <= SHOWN else text[:SHOWN] + "...")


def _refused(column, odd, where, signs):
    """The DataError for the first cell that is neither a number nor missing."""
    text, others = column.cells[odd[0]], f" ({len(odd):,} such cells)" if len(odd) > 1 else ""
    cell, place = text.strip(), where(odd[0])
    if INFINITE.fullmatch(cell):
        return DataError(f"{place}: {_shown(text)} is infinite", "write a finite number, or leave the cell empty")
    parts = parts_of(cell)
    if parts and signs.pattern().fullmatch(parts.body):
        return _other_unit(text, place, column, parts, others)
    message = f"{place}: {_shown(text)} is not a number{others}"
    if parts is None or not any(_needs(parts.body, way) for way in WAYS):
        words = _words(column, odd)
        how = f"an empty cell, or {words}" if words else "leave its cell empty"
        return DataError(message, f"write a number; if a value is missing: {how}", words)
    sign = {".": "a decimal point", ",": "a decimal comma"}[signs.decimal]
    group = f"{signs.thousands!r} between thousands" if signs.thousands else "nothing between thousands"
    ways = [way for way in WAYS if way != signs and _needs(parts.body, way) and _all_fit(column, way)]
    options = [way.options for way in ways]
    given = ", or give " + " or ".join(f"`{each}`" for each in options) if options else ""
    cure = options[0] if len(options) == 1 else ""
    return DataError(message, f"write {sign} and {group}, as in {signs.example}{given}", cure)


def _other_unit(text, place, column, parts, others):
    """The DataError for a number that is too large, or has not the unit of the others."""
    unit = find_unit(column.counts)
    if unit.factor(parts) is not None:
        return DataError(
            f"{place}: {_shown(text)} is beyond {LARGEST:g} in magnitude",
            "correct the cell, leave it empty if the value is missing, or use a larger unit",
        )
    usual = f"{unit.before}1{' ' * (len(unit.after) > 1)}{unit.after}"
    return DataError(
        f"{place}: {_shown(text)} has another unit than the other cells{others}, which are written as {usual}",
        "write all numbers of the column alike",
    )


def _needs(body, way):
    """Whether a number has these signs, and needs the one between thousands if there is one."""
    grouped = not way.thousands or not Signs(way.decimal).pattern().fullmatch(body)
    return grouped and way.pattern().fullmatch(body)


def _all_fit(column, way):
    """Whether all numbers of a column have these signs."""
    return all(parts is None or way.pattern().fullmatch(parts.body) for parts in map(parts_of, column.counts))


def _words(column, odd):
    """The option --na for the words in the cells `odd`, "" where they are numbers, too many, too long or several."""
    words = list(dict.fromkeys(column.cells[row].strip() for row in odd))
    odd_ones = (parts_of(word) or "," in word or not word.isprintable() or len(word) > LONGEST_WORD for word in words)
    if len(words) > WORDS or any(odd_ones):
        return ""
    return f"--na {shlex.quote(','.join(words))}"
