"""The symbols of a shaded text as cells that every medium can show: safe, on one line, with the columns they take."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from ...laboratory.drawings import Shaded
from ...tasks.pairs.texts import columns, cut
from ...tasks.texts.shown_symbols import carried, visible

LATE = 0.6  # share of a line after which it ends at the next word: it is broken after the last blank from there on


class Cell(NamedTuple):
    """A piece of a text: safe, on one line, `width` columns wide, with its shade from 0 to 1 or nan. number: of its
    symbol; ends: a line of the text ends after it."""

    text: str
    width: int
    share: float
    number: int
    ends: bool = False


def cells_of(drawing: Shaded, shares: np.ndarray, unicode: bool = True) -> list[Cell]:
    """The cells of a text whose symbols have the shades (len(symbols),).

    A character that joins the sign before it is in the same cell, which has the greater of their shades.
    """
    found: list[Cell] = []
    for number, (symbol, share) in enumerate(zip(drawing.symbols, shares.tolist())):
        for text, ends in pieces(symbol, unicode):
            last = found[-1] if found and not found[-1].ends else None
            if not columns(text) and last:
                both = [each for each in (last.share, share) if each == each]
                found[-1] = last._replace(text=last.text + text, share=max(both, default=share), ends=ends)
            elif text:
                text = carried(text)
                found.append(Cell(text, columns(text), share, number, ends))
    return found


def pieces(symbol: str, unicode: bool) -> Iterator[tuple[str, bool]]:
    """The parts of a symbol, each with whether a line ends after it; a sign for the end stands in the part."""
    *whole, rest = symbol.split("\n")
    for part in whole:
        yield visible(part + "\n", unicode), True
    if rest:
        yield visible(rest, unicode), False


def wrapped(cells: Sequence[Cell], width: int) -> Iterator[list[Cell]]:
    """The cells as lines of at most `width` columns, broken after a blank where one is near the end."""
    line: list[Cell] = []
    for cell in (part for each in cells for part in split(each, width)):
        if line and sum(each.width for each in line) + cell.width > width:
            at = break_of(line, width)
            yield line[:at]
            line = line[at:]
        line.append(cell)
        if cell.ends:
            yield line
            line = []
    if line:
        yield line


def break_of(line: Sequence[Cell], width: int) -> int:
    """The number of cells before the place where a line is broken."""
    taken = sum(each.width for each in line)
    for k in range(len(line), 0, -1):
        if taken < LATE * width:
            break
        if line[k - 1].text.endswith(" "):
            return k
        taken -= line[k - 1].width
    return len(line)


def split(cell: Cell, width: int) -> Iterator[Cell]:
    """A cell in parts that are no wider than `width`."""
    while cell.width > width and cut(cell.text, width):
        text = cut(cell.text, width)
        rest = cell.text[len(text) :]
        yield cell._replace(text=text, width=columns(text), ends=False)
        cell = cell._replace(text=rest, width=columns(rest))
    yield cell
