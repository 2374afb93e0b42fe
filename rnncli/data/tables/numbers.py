"""Cells of text to numbers: missing values become nan, and an error reports the place of anything else."""

import re
from collections.abc import Callable, Sequence

import numpy as np

from ...errors import ConfigError, DataError

MISSING = frozenset(("", "-", "na", "nan", "+nan", "-nan", "null", "none"))  # in lower case, without outer blanks
LARGEST = 1e150  # in magnitude: sums of squares of larger numbers overflow
SHOWN = 40  # characters of a cell in a message, at most
SPACES = " \u00a0\u202f"  # between thousands: plain, no-break and narrow no-break space
DECIMALS, THOUSANDS = (".", ","), ("", ",", ".", " ")
WAYS = ((".", ""), (",", ""), (".", ","), (".", " "), (",", "."), (",", " "))  # (decimal, thousands), for the hints
INFINITE = re.compile(r"[-+]?inf(inity)?", re.IGNORECASE)


def parse_numbers(
    texts: Sequence[str], where: Callable[[int], str], decimal: str = ".", thousands: str = ""
) -> np.ndarray:
    """(R,) float64: the numbers in the R cells `texts`, nan for a cell that marks a missing value (`is_missing`).

    where(row)   the place of a cell in words, for messages: "sales.csv:17, column y"
    decimal      "." or ",", before the decimals
    thousands    "", ",", "." or " ", optional between groups of three digits
    DataError, with the first such cell, for anything else, for infinity and for numbers beyond 1e150 in magnitude;
    also if all cells are missing. ConfigError for other separators.
    """
    pattern = number_pattern(decimal, thousands)
    values, usual = None, (decimal, thousands) == (".", "")
    if usual:
        values = _at_once(texts)
    if usual and values is None:
        values = _at_once(["nan" if text.lower() in MISSING else text for text in texts])
    if values is None:
        values = _one_by_one(texts, where, pattern, decimal, thousands)
    if np.isnan(values).all() and len(values):
        raise DataError(
            f"{where(0)}: from here on every value is missing, {len(values):,} in all",
            "remove this column or series, or fill it in",
        )
    return values


def is_missing(text: str) -> bool:
    """Whether a cell marks a missing value: empty, NA, NaN, null or None in any case, or a lone hyphen."""
    return text.strip().lower() in MISSING


def number_pattern(decimal: str = ".", thousands: str = "") -> re.Pattern[str]:
    """A compiled pattern whose fullmatch is a number with these separators: 1234.5, -1e3 or .5, in ASCII digits.

    ConfigError for unknown separators, or two equal ones.
    """
    for option, sign, allowed in (("decimal", decimal, DECIMALS), ("thousands", thousands, THOUSANDS)):
        if sign not in allowed:
            raise ConfigError(f"--{option} is {sign!r}", f"allowed: {', '.join(map(repr, allowed))}")
    if decimal == thousands:
        raise ConfigError(f"--decimal and --thousands are both {decimal!r}", "choose different ones")
    point, whole = re.escape(decimal), r"\d+"
    if thousands:
        between = f"[{SPACES}]" if thousands == " " else re.escape(thousands)
        whole = rf"(?:\d{{1,3}}(?:{between}\d{{3}})+|\d+)"
    return re.compile(rf"[-+]?(?:{whole}(?:{point}\d*)?|{point}\d+)(?:[eE][-+]?\d+)?", re.ASCII)


def _at_once(texts):
    """(R,) the numbers of a column of plain numbers, in one call; None for any other column.

    A million cells take about 0.3 s, instead of 1.5 s one by one.
    """
    try:
        values = np.array(texts, np.float64)
    except ValueError:
        return None
    text = "".join(texts)  # float() also reads 1_000 and the digits of other scripts
    if "_" in text or not text.isascii() or (np.abs(values) > LARGEST).any():
        return None
    return values


def _one_by_one(texts, where, pattern, decimal, thousands):
    """(R,) the numbers of any column; raises at the first cell that is neither a number nor missing."""
    between = SPACES if thousands == " " else thousands
    to_python, values = str.maketrans(decimal, ".", between), np.full(len(texts), np.nan)
    for row, text in enumerate(texts):
        cell = text.strip()
        if pattern.fullmatch(cell):
            values[row] = float(cell.translate(to_python))
            if abs(values[row]) > LARGEST:
                raise DataError(
                    f"{where(row)}: {_shown(text)} is beyond {LARGEST:g} in magnitude",
                    "correct the cell, leave it empty if the value is missing, or use a larger unit",
                )
        elif cell.lower() not in MISSING:
            raise _refused(text, where(row), decimal, thousands)
    return values


def _shown(text):
    """A cell for a message: quoted, with control characters escaped, and shortened."""
    return repr(text if len(text) <= SHOWN else text[:SHOWN] + "...")


def _refused(text, place, decimal, thousands):
    """The DataError for a cell that is neither a number nor missing."""
    cell = text.strip()
    if INFINITE.fullmatch(cell):
        return DataError(f"{place}: {_shown(text)} is infinite", "write a finite number, or leave the cell empty")
    message = f"{place}: {_shown(text)} is not a number"
    if cell.endswith("%"):
        return DataError(message, "remove the sign in the whole column")
    ways = [
        _options(way) for way in WAYS if way != (decimal, thousands) and way[0] in cell + decimal and _fits(cell, *way)
    ]
    if not ways:
        return DataError(message, "write a number; a missing value is an empty cell, NA, NaN, null, None or -")
    sign = {".": "a decimal point", ",": "a decimal comma"}[decimal]
    group = f"{thousands!r} between thousands" if thousands else "nothing between thousands"
    return DataError(message, f"write {sign} and {group}, as in 1{thousands}234{decimal}5, or give {' or '.join(ways)}")


def _fits(cell, decimal, thousands):
    """Whether a cell is a number with these separators, and needs the one between thousands if there is one."""
    grouped = not thousands or not number_pattern(decimal).fullmatch(cell)
    return grouped and number_pattern(decimal, thousands).fullmatch(cell)


def _options(way):
    """The options for (decimal, thousands)."""
    decimal, thousands = way
    options = [f"--decimal {decimal}"] if decimal != "." else []
    if thousands:
        options.append(f"--thousands {thousands}" if thousands != " " else "--thousands ' '")
    return f"`{' '.join(options)}`" if options else "neither `--decimal` nor `--thousands`"
