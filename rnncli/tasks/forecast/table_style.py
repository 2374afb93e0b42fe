"""How the cells of a table are written: the signs of numbers, decimals, separator, and the ends of lines."""

import csv
import io
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from ...data.tables.durations import clock_text
from ...data.tables.table import Look, Written, header_cells
from ...events import finite
from ...phrases import json_text

SCHEMA = 1
DIGITS = ".15g"  # of a number of a table: all that float64 has, for cells that are rounded before
UNITLESS = Look()


@dataclass(frozen=True)
class Style:
    """How tables are written; `texts` and `value` are the two ways to write a float."""

    decimals: int | None = None  # of every number; None: as many as it has, or as its look has
    written: Written = Written()
    schema: bool = True  # whether an object of JSON lines begins with the version of its keys
    looks: tuple[Look, ...] = ()  # of the numbers of each column; (): plain

    def look(self, column: int) -> Look:
        """The Look of the numbers of a column, with the decimals of all where they are given."""
        look = self.looks[column] if self.looks else UNITLESS
        return look if self.decimals is None else replace(look, decimals=self.decimals)

    def text(self, column: int) -> Callable[[float], str]:
        """text(value): a float of a column as text; empty where it is not finite."""
        look, decimal, thousands = self.look(column), self.written.decimal, self.written.thousands
        how = "," * bool(thousands) + (DIGITS if look.decimals is None else f".{look.decimals}f")
        signs = {ord(","): thousands, ord("."): decimal}
        usual = (decimal, thousands) == (".", "")

        def text(value: float) -> str:
            if not math.isfinite(value):
                return ""
            if look.clock and self.decimals is None:
                return clock_text(value, look.clock)
            value = _rounded(value / look.factor, look.decimals)
            digits = format(abs(value), how)
            before, after = look.negative if value < 0 else look.positive
            return f"{before}{digits if usual else digits.translate(signs)}{after}"

        return text

    def value(self, value: float, column: int = 0) -> float | int | None:
        """The same for a format with numbers of its own: a number; None where it is not finite."""
        if not math.isfinite(value):
            return None
        look = self.look(column)
        if look.decimals is None or look.factor != 1.0:
            return float(format(value + 0.0, DIGITS))
        return round(value, look.decimals or None) + 0


def _rounded(value, decimals):
    """A number with so many decimals, and no -0."""
    return (value if decimals is None else round(value, decimals)) + 0.0


PLAIN = Style()


def render_rows(
    header: Sequence[str], rows: Iterable[Sequence[Any]], format: str = "text", style: Style = PLAIN
) -> Iterator[str]:
    """Yield rows of cells as lines of "text", which is CSV with a header, or of "jsonl", one object per row.

    A number that is not finite becomes an empty cell, and null in JSON.
    """
    yield from (json_lines if format == "jsonl" else csv_lines)(header, rows, style)


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]], style: Style = PLAIN) -> Iterator[str]:
    """Yield a header and rows of cells as lines of CSV."""
    line, end = io.StringIO(newline=""), "\r\n" if style.written.crlf else "\n"
    separator = style.written.sep if style.written.sep.isprintable() or style.written.sep == "\t" else ","
    texts = [style.text(k) for k in range(len(header))]
    writer = csv.writer(line, delimiter=separator, lineterminator=end)
    for cells in chain([header_cells(header)], rows):
        writer.writerow([text(cell) if isinstance(cell, float) else cell for text, cell in zip(texts, cells)])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def json_lines(header: Sequence[str], rows: Iterable[Sequence[Any]], style: Style = PLAIN) -> Iterator[str]:
    """Yield rows of cells as one object per line."""
    first = {"schema": SCHEMA} if style.schema else {}
    for cells in rows:
        values = {
            name: style.value(cell, k) if isinstance(cell, float) else cell
            for k, (name, cell) in enumerate(zip(header, cells, strict=True))
        }
        yield json_text(first | finite(values)) + "\n"
