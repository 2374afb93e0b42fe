"""Shaded texts as an SVG that needs no other library: a box for each symbol, its value in a tooltip; no script."""

import re
from collections.abc import Iterator, Sequence
from html import escape
from math import isfinite, isnan

from ...laboratory.drawings import Shaded
from ...tasks.pairs.texts import columns, one_line
from ...tasks.texts.shown_symbols import visible
from ..drawing.shaded_cells import Cell, cells_of, wrapped
from ..drawing.shades import BLACK, WHITE, Ramp, Shades, letters_on, shades_of_text

COLUMNS = 96  # of a line
ACROSS, DOWN, EDGE = 8.4, 20, 16  # of a column, of a line, around all: pixels
SIZE, BASE = 14, 15  # of letters, from the top of a line to their feet
TITLE, HEAD = 34, 26  # pixels of the title of a finding and of a text
BAR, BAR_HEIGHT = 168, 12  # of the scale
WORD = re.compile(r"\S+")
FONTS = "'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace"
SANS = "system-ui, 'DejaVu Sans', sans-serif"


def svg_of(contents: Sequence[str | Shaded]) -> str:
    """The SVG of titles and shaded texts, one below the other."""
    parts: list[str] = []
    y = float(EDGE)
    for content in contents:
        if isinstance(content, str):
            parts.append(words(content, EDGE, y + 20, size=18, weight="bold"))
            y += TITLE
        else:
            parts += block(content, y, len(parts))
            y += HEAD * bool(content.title) + DOWN * (len(lines_of(content)) + 2) + EDGE
    width, height = 2 * EDGE + COLUMNS * ACROSS, y + EDGE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" font-family="{FONTS}" font-size="{SIZE}">\n'
        f'<rect width="100%" height="100%" fill="{WHITE}"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def lines_of(drawing: Shaded) -> list[list[Cell]]:
    """The cells of a text in lines."""
    return list(wrapped(cells_of(drawing, shades_of_text(drawing).shares(drawing.values)), COLUMNS))


def block(drawing: Shaded, y: float, number: int) -> Iterator[str]:
    """A shaded text from `y` on: title, scale, lines. number: tells its scale from others."""
    shades = shades_of_text(drawing)
    if drawing.title:
        yield words(drawing.title, EDGE, y + 16, size=15, weight="bold")
        y += HEAD
    yield from scale(drawing, shades, y, f"scale{number}")
    for row, line in enumerate(lines_of(drawing)):
        x = float(EDGE)
        for cell in line:
            yield box(cell, drawing, shades, x, y + DOWN * (row + 1.5))
            x += ACROSS * cell.width


def scale(drawing: Shaded, shades: Shades, y: float, name: str) -> Iterator[str]:
    """The meaning of the colours, in a line from `y` on."""
    if not (isfinite(shades.low) and isfinite(shades.high)):
        yield words(f"{drawing.label}: no values", EDGE, y + BASE)
        return
    low, high = shades.texts
    x = EDGE + ACROSS * (len(low) + 1)
    yield gradient(shades.ramp, name)
    yield words(low, EDGE, y + BASE)
    yield f'<rect x="{x:g}" y="{y + 4:g}" width="{BAR}" height="{BAR_HEIGHT}" fill="url(#{name})" stroke="#999999"/>'
    yield words(f"{high} {drawing.label}", x + BAR + ACROSS, y + BASE)


def gradient(ramp: Ramp, name: str) -> str:
    """The colours of a ramp from left to right."""
    last = len(ramp.colors) - 1
    stops = "".join(f'<stop offset="{k / last:g}" stop-color="{color}"/>' for k, color in enumerate(ramp.colors))
    return f'<defs><linearGradient id="{name}">{stops}</linearGradient></defs>'


def box(cell: Cell, drawing: Shaded, shades: Shades, x: float, y: float) -> str:
    """A cell on its colour, if it has a value."""
    color = None if isnan(cell.share) else shades.ramp.color(cell.share)
    value = f"<title>{drawing.values[cell.number]:.4g}</title>"
    place = f'x="{x:g}" y="{y:g}" width="{cell.width * ACROSS:g}" height="{DOWN}"'
    ground = f'<rect {place} fill="{color}">{value}</rect>' if color else ""
    return ground + "".join(letters(cell.text, x, y + BASE, letters_on(color) if color else BLACK))


def letters(text: str, x: float, y: float, color: str) -> Iterator[str]:
    """The words of a cell, each at its place: not every viewer keeps blanks, and some fonts have other widths."""
    for found in WORD.finditer(text):
        word, wide = found.group(), columns(found.group())
        length = f' textLength="{wide * ACROSS:g}"' if wide == len(word) > 1 else ""
        place = f'x="{x + ACROSS * columns(text[: found.start()]):g}" y="{y:g}"{length}'
        yield f'<text {place} fill="{color}" pointer-events="none">{escape(word)}</text>'


def words(text: str, x: float, y: float, size: int = 13, weight: str = "normal") -> str:
    """A line of text that is none of the shaded ones."""
    shown = escape(visible(one_line(text, COLUMNS), True))
    return f'<text x="{x:g}" y="{y:g}" font-family="{SANS}" font-size="{size}" font-weight="{weight}">{shown}</text>'
