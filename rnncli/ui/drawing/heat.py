"""A matrix of shades in a terminal: a row a line, neighbours in one bin where there is no room for each."""

import textwrap
from collections.abc import Sequence
from math import ceil, isnan

import numpy as np

from ...laboratory.drawings import Heat
from ...phrases import counted
from ...tasks.pairs.texts import columns, cut, ending, one_line, padded, widest
from .binned import means, size_of_bins
from .shades import Shades, background, marked, shades_of

SIGNS = {True: "·░▒▓█", False: ".:-=+*#@"}  # from low to high; a blank for no value
MOST_ROWS = 40
NAMES = 0.35  # share of the width that the names of rows take at most
WIDE = 8  # most columns of a cell
STRIDES = (1, 2, 5)  # times a power of ten: every so many columns have a name


def heat_lines(drawing: Heat, width: int, unicode: bool, color: bool) -> list[str]:
    """The matrix, the names of its columns, the meaning of its shades."""
    values = np.asarray(drawing.values, "f8")
    if not values.size:
        return ["no values"]
    shades, down = shades_of(drawing), size_of_bins(len(values), MOST_ROWS)
    names = [short(one_line(name, None, unicode), int(NAMES * width), unicode) for name in drawing.rows[::down]]
    left = widest(names) + 1
    room = max(width - left, 1)
    across = size_of_bins(values.shape[1], room)
    shares = shades.shares(means(means(values, across, 1, drawing.log), down, 0, drawing.log))
    heads, cells = [one_line(name, None, unicode) for name in drawing.columns], shares.shape[1]
    cell = min(room // cells, max(widest(heads) + 1, 2), WIDE)
    shown = [row_of(row, cell, shades, unicode, color) for row in shares.tolist()]
    return [
        *(f"{padded(name, left)}{row}".rstrip() for name, row in zip(names, shown)),
        *ticks(heads, across, cell, left, width),
        *centred(one_line(drawing.x_label, width - left, unicode), left, cell * cells),
        *legend(drawing, shades, width, unicode, color),
        *binning(across, down, drawing.log, width),
    ]


def row_of(shares: Sequence[float], cell: int, shades: Shades, unicode: bool, color: bool) -> str:
    """The cells of a row, each `cell` columns wide."""
    if not color:
        return "".join(sign_of(share, unicode) * cell for share in shares)
    codes = [None if isnan(share) else background(shades.ramp.number(share)) for share in shares]
    return marked(codes, [" " * cell] * len(codes))


def sign_of(share: float, unicode: bool) -> str:
    signs = SIGNS[unicode]
    return " " if isnan(share) else signs[min(int(share * len(signs)), len(signs) - 1)]


def short(name: str, most: int, unicode: bool) -> str:
    """A name without its middle where it is wider than `most` columns: its ends tell it from others."""
    if columns(name) <= most:
        return name
    more = "…" if unicode else ".."
    end = ending(name, (most - len(more)) // 2)
    return cut(name, most - len(more) - columns(end)) + more + end


def ticks(names: Sequence[str], size: int, cell: int, left: int, width: int, middle: float = 0.5) -> list[str]:
    """The names of columns, of which each `size` share a cell, below their middles, or at another share of a column: as
    many as have room, evenly spaced. The first one does not stand out to the left."""
    room = widest(names) + 1
    if room == 1:
        return []

    def place(number: int) -> int:
        return left + max(ceil((number + middle) * cell / size - (columns(names[number]) + 1) / 2), 0)

    step = stride(room * size / cell)
    while step < len(names) and place(step) <= place(0) + columns(names[0]):
        step = stride(step + 1)
    line = ""
    for number in range(0, len(names), step):
        at, name = place(number), names[number]
        line = padded(line, at) + name if at + columns(name) <= width else line
    return [line]


def stride(least: float) -> int:
    """The first round number from `least` on."""
    return next(each * 10**power for power in range(18) for each in STRIDES if each * 10**power >= least)


def centred(text: str, left: int, field: int) -> list[str]:
    """The line of a text below the middle of a field of columns from `left` on; none for no text."""
    return [" " * (left + max((field - columns(text)) // 2, 0)) + text] if text else []


def legend(drawing: Heat, shades: Shades, width: int, unicode: bool, color: bool) -> list[str]:
    """The meaning of the shades."""
    values = np.asarray(drawing.values, "f8")
    if not np.isfinite(values).any():
        return ["no values"]
    ramp, taken = (shades.ramp.legend(), shades.ramp.columns) if color else (SIGNS[unicode], len(SIGNS[unicode]))
    low, high = shades.texts
    unit = one_line(drawing.unit, None, unicode)
    scale = ", logarithmic" if drawing.log else ""
    blank = "  blank: no value" if np.isnan(values).any() else ""
    about = f"{unit}{scale}".strip(", ")
    text = f"{low} {ramp} {high}{blank}"
    if columns(f"{about}: {low}  {high}{blank}") + taken <= width:
        return [f"{about}: {text}" if about else text]
    return [*([f"{about}:"] if about else []), f"{low} {ramp} {high}", *([blank.strip()] if blank else [])]


def binning(across: int, down: int, log: bool, width: int) -> list[str]:
    """What a cell stands for, where that is more than one value."""
    sizes = [counted(n, noun) for n, noun in ((down, "row"), (across, "column")) if n > 1]
    text = f"a cell is the {'geometric ' if log else ''}mean of {' and '.join(sizes)}"
    return textwrap.wrap(text, width) if sizes else []
