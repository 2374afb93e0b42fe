"""The separator of a table, found from many of its rows rather than from its header alone. Imports no NumPy."""

import csv
import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from .kinds import WORD, kind_of_cell
from .layout import Layout, layout_of

SEPARATORS = "\t;|, "  # between cells; the first of equally good ones is taken; " " stands for any number of blanks
UNSPLIT = "\x1f"  # the separator for a table of one column
SAMPLED = 300  # rows to look at
QUOTED = 20  # lines in which blanks before a quote are looked for
JUDGED = 60  # of their rows whose cells are looked at
CELLS = 3000  # of these, at most
BLANKS = 0.8  # how good blanks are beside an equally good separator: they also stand within cells
ALIKE = 0.9  # of the rows have as many cells, in a table without an error
DRAWN = re.compile(r"[\s|+:=\u2500\u253c-]*[-=\u2500]{4}[\s|+:=\u2500\u253c-]*")
TOLD = re.compile(r'"?sep=(.|\\t)"?\s*', re.IGNORECASE)  # the first line of what Excel is to read


def told_separator(line: str) -> str | None:
    """The separator that a line such as `sep=;` tells, or None for any other line."""
    found = TOLD.fullmatch(line.strip("\r\n"))
    return found and found[1].replace("\\t", "\t")


def is_drawn(lines: Sequence[str]) -> bool:
    """Whether a table is drawn with | between cells and lines of dashes: as SAP lists, databases and Markdown do."""
    filled = [line for line in lines if line.strip()]
    ruled = sum(map(is_rule, filled))
    return 0 < ruled < len(filled) <= 2 * (sum("|" in line for line in filled) + ruled)


def is_rule(line: str) -> bool:
    """Whether a line of a text is drawn: of dashes, with what stands where columns meet."""
    return bool(DRAWN.fullmatch(line))


def split_rows(lines: Iterable[str], separator: str, strict: bool = True) -> Any:
    """The csv.reader of the rows, each a list of cells; a blank after the separator stands for any number of them.
    csv.Error for a row with an open quote."""
    if separator == " ":
        lines = map(_single_blanks, lines)
    return csv.reader(lines, delimiter=separator[0], skipinitialspace=len(separator) > 1, strict=strict)


def _single_blanks(line):
    return " ".join(line.split()) + "\n" if '"' not in line else re.sub(r'[ \t]+(?=(?:[^"]*"[^"]*")*[^"]*$)', " ", line)


def found_layout(lines: Sequence[str], separators: str = SEPARATORS, titles: bool = True) -> tuple[str, Layout] | None:
    """(separator, Layout) of the best separator of the lines at the beginning of a file; UNSPLIT for one column; None
    for lines that are all blank.

    separators   the candidates
    titles       whether lines above the header are looked for

    A separator is the better, the more rows it cuts into as many cells, and the fewer of these contain another one.
    """
    best = None
    for separator in separators:
        found = _judged(lines, separator, titles)
        if found and (best is None or found[0] > best[0] + 1e-9):
            best = found
    if best is None:
        try:
            rows = list(split_rows(lines, UNSPLIT, strict=False))
        except csv.Error:  # an open quote, which the reader of the rows refuses
            rows = [[line] for line in lines]
        layout = layout_of(rows, titles)
        return layout and (UNSPLIT, layout)
    return best[1], best[2]


def _judged(lines, separator, titles):
    """(how good it is, separator, Layout), or None for one that separates nothing. The separator ends with a blank
    where blanks stand between it and a quote."""
    apart = re.compile(rf'{re.escape(separator)} +"[^"{re.escape(separator)}\n]')
    if separator != " " and any(map(apart.search, lines[:QUOTED])):
        separator += " "
    try:
        rows = list(islice(split_rows(lines, separator, strict=False), SAMPLED))
    except csv.Error:
        return None
    layout = layout_of(rows, titles)
    if layout is None or len(layout.names) < 2:
        layout = layout_of(rows, titles=False)  # its rows differ in length, which their reader refuses
    if layout is None or len(layout.names) < 2:
        return None
    filled = [row for row in rows[layout.first :] if any(map(str.strip, row))]
    share = (1 + sum(len(row) == len(layout.names) for row in filled)) / (1 + len(filled))
    if separator == " " and share < ALIKE:
        return None
    cells = [cell for row in rows[layout.first :][:JUDGED] for cell in row][:CELLS]
    cells += layout.names[:CELLS] if layout.has_header else ()
    others = [other for other in SEPARATORS if other not in (separator[0], " ")]
    clean = sum(_is_clean(cell, others) for cell in cells) / max(1, len(cells))
    return share * (1 + clean) * (BLANKS if separator == " " else 1), separator, layout


def _is_clean(cell, others):
    """Whether a cell holds no other separator, unless it is a number or a stamp with it."""
    return not any(other in cell for other in others) or kind_of_cell(cell) != WORD
