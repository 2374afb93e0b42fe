"""A shaded text as a panel of matplotlib: a grid of cells as wide as a letter, whatever else is in the picture."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np

from ...laboratory.drawings import Shaded
from ...tasks.glyphs import Glyphs
from ...tasks.pairs.texts import one_line
from ...tasks.texts.shown_symbols import visible
from ..drawing.shaded_cells import Cell, cells_of, wrapped
from ..drawing.shades import Shades, letters_on, shades_of_text
from .plot_parts import BAR, BAR_LENGTH, lines, scale, words

MONOSPACE = "DejaVu Sans Mono"  # comes with matplotlib
SIZE = 10.0  # points of a letter
ACROSS, DOWN = 1233 / 2048 * SIZE / 72, 1.42 * SIZE / 72  # inches of a cell: 1233 units of 2048 are a letter's width
FEET = 0.74  # of a cell from its top to the feet of its letters
LEFT = 0.35  # inches before the text
MOST_LINES = 60
LABEL = 70  # columns of the meaning of the colours
TITLE, SCALE = 0.34, 0.62  # inches above the text where there is a title, and below it
RIGHT_TO_LEFT = {"R", "AL"}  # classes of direction of Hebrew and Arabic letters


def height(drawing: Shaded, width: float) -> float:
    """Inches of a text in a figure that is `width` inches wide, with its title and its scale."""
    return TITLE * bool(drawing.title) + DOWN * max(len(lines_of(drawing, width)), 1) + SCALE


def lines_of(drawing: Shaded, width: float) -> list[list[Cell]]:
    """The lines of a text in a figure of so many inches, as many as a picture has room for."""
    glyphs = Glyphs(sign for symbol in drawing.symbols for sign in visible(symbol))
    drawing = replace(drawing, symbols=[glyphs.shown(symbol) for symbol in drawing.symbols])
    shares = shades_of_text(drawing).shares(drawing.values)
    return list(islice(wrapped(cells_of(drawing, shares), int((width - 2 * LEFT) / ACROSS)), MOST_LINES))


def draw(drawing: Shaded, figure: Any, size: tuple[float, float]) -> None:
    """Draw into matplotlib's `figure`, or a part of one, of a size in inches: (width, `height`)."""
    width, high = size
    shades, found = shades_of_text(drawing), lines_of(drawing, width)
    top, across, down = TITLE * bool(drawing.title), width - 2 * LEFT, DOWN * max(len(found), 1)
    axes = figure.add_axes((LEFT / width, 1 - (top + down) / high, across / width, down / high))
    axes.set(xlim=(0, across / ACROSS), ylim=(down / DOWN, 0))
    axes.set_axis_off()
    if drawing.title:
        text, how = words(drawing.title, int(across / ACROSS))
        figure.text(LEFT / width, 1 - 0.7 * top / high, text, **how, size="large")
    fill(axes, found, shades)
    if np.isfinite([shades.low, shades.high]).all():
        bar = figure.add_axes((LEFT / width, (SCALE - 2 * BAR) / high, BAR_LENGTH / width, BAR / high))
        scale(axes, bar, shades, upright=False)
    about, how = lines("\n".join([one_line(drawing.label, LABEL), *remarks(drawing, found)]))
    figure.text((LEFT + BAR_LENGTH + 0.2) / width, (SCALE - 0.9 * BAR) / high, about, **how, va="top")


def remarks(drawing: Shaded, found: Sequence[Sequence[Cell]]) -> Iterator[str]:
    """What has to be said of a text, a line each."""
    shown = found[-1][-1].number + 1 if found else 0
    if shown < len(drawing.symbols):
        yield f"the first {shown:,} of {len(drawing.symbols):,} symbols"
    if any(unicodedata.bidirectional(sign) in RIGHT_TO_LEFT for symbol in drawing.symbols for sign in symbol):
        yield "symbols stand from left to right, those of right-to-left writing too"


def fill(axes: Any, found: Sequence[Sequence[Cell]], shades: Shades) -> None:
    """The cells of all lines: their letters, each symbol with a value on its colour."""
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Rectangle

    boxes, colors = [], []
    for at, row, cell in placed(found):
        color = None if np.isnan(cell.share) else shades.ramp.color(cell.share)
        write(axes, cell, (at, row + FEET), letters_on(color or "#ffffff"))
        if color:
            boxes.append(Rectangle((at, row), cell.width, 1))
            colors.append(color)
    axes.add_collection(PatchCollection(boxes, facecolors=colors, edgecolors="none"))


def placed(found: Sequence[Sequence[Cell]]) -> Iterator[tuple[int, int, Cell]]:
    """(column, row, cell) of every cell."""
    for row, line in enumerate(found):
        at = 0
        for cell in line:
            yield at, row, cell
            at += cell.width


def write(axes: Any, cell: Cell, feet: tuple[float, float], color: str) -> None:
    """The text of a cell, which begins where the cell does."""
    if not cell.text.isspace():
        glyphs = Glyphs([cell.text])
        how = {"parse_math": False, "fontfamily": [MONOSPACE, *glyphs.families], "size": SIZE, "color": color}
        axes.text(*feet, glyphs.shown(cell.text), ha="left", va="baseline", **how)
