"""How the cells of a table are written: the signs of numbers, decimals, separator, and the ends of lines."""

import csv
import io
import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

from ...data.tables.frame import Written
from ...events import finite

SCHEMA = 1
DIGITS = ".15g"  # of a number of a table: all that float64 has, for cells that are rounded before


@dataclass(frozen=True)
class Style:
    """How tables are written; `number` and `value` are the two ways to write a float."""

    decimals: int | None = None  # of every number; None: as many as it has
    written: Written = Written()
    schema: bool = True  # whether an object of JSON lines begins with the version of its keys

    @cached_property
    def number(self) -> Callable[[float], str]:
        """number(value): a float as text; empty where it is not finite."""
        decimals, decimal, thousands = self.decimals, self.written.decimal, self.written.thousands
        how = "," * bool(thousands) + (DIGITS if decimals is None else f".{decimals}f")
        signs = {ord(","): thousands, ord("."): decimal}
        usual = (decimal, thousands) == (".", "")

        def number(value: float) -> str:
            if not math.isfinite(value):
                return ""
            value = value if decimals is None else round(value, decimals)
            text = format(value + 0.0, how)  # + 0.0: no -0
            return text if usual else text.translate(signs)

        return number

    def value(self, value: float) -> float | int | None:
        """The same for a format with numbers of its own: a number; None where it is not finite."""
        if not math.isfinite(value):
            return None
        if self.decimals is not None:
            return round(value, self.decimals or None) + 0
        return float(format(value + 0.0, DIGITS))


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
    number = style.number
    writer = csv.writer(line, delimiter=separator, lineterminator=end)
    for cells in chain([header], rows):
        writer.writerow([number(cell) if isinstance(cell, float) else cell for cell in cells])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def json_lines(header: Sequence[str], rows: Iterable[Sequence[Any]], style: Style = PLAIN) -> Iterator[str]:
    """Yield rows of cells as one object per line."""
    first = {"schema": SCHEMA} if style.schema else {}
    for cells in rows:
        values = {
            name: style.value(cell) if isinstance(cell, float) else cell
            for name, cell in zip(header, cells, strict=True)
        }
        yield json.dumps(first | finite(values), ensure_ascii=False, allow_nan=False) + "\n"
