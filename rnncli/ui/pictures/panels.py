"""A drawing as a panel of matplotlib."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import singledispatch
from itertools import islice
from typing import Any

import numpy as np

from ...laboratory.drawings import Curves, Heat, Histogram, Shaded
from ...tasks.pairs.texts import one_line
from ...tasks.texts.glyphs import Glyphs
from ..drawing.binned import means, size_of_bins
from ..drawing.curves import horizontal, there, vertical
from ..drawing.heat import short, stride
from ..drawing.rulers import Ruler
from ..drawing.shaded_cells import Cell, cells_of, visible, wrapped
from ..drawing.shades import LINES, letters_on, shades_of, shades_of_text
from .plot_parts import NAME, below, beside, colormap, scale, words

AROUND = 0.72  # inches of the title, the names and the figures around a field
CHART, HEAT_ROW, NAME_ROW, LINE = 2.6, 0.2, 0.45, 0.2  # inches of the field, or of a row of it
MOST_ROWS, MOST_COLUMNS, MOST_TICKS = 60, 160, 12  # of a heat map
COLUMNS, MOST_LINES = 96, 60  # of a shaded text
BAR, BAR_LENGTH, WIDE = 0.14, 2.6, 8.0  # inches of a scale, of a field
LARGEST, DECADES = 1e300, 305.0  # beyond which the arithmetic of matplotlib overflows
ASIDE = 0.04  # share of a logarithmic axis on either side of its values
LETTER = 0.08  # inches of a letter
ROW_NAME = 28  # most columns of the name of a row
FIELD = 70  # columns of a terminal with as much room for figures
MARKED = 8  # marks of a long line
MARKS = "o^sDv<>P"  # of a chart, in the order of `curves.MARKS`
NOTHING = "#c4c4c4"  # ground where a heat map has no value
LEGEND: dict[str, Any] = dict(loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0.0, frameon=False)
MONOSPACE = "DejaVu Sans Mono"  # comes with matplotlib


@singledispatch
def height(drawing: Any) -> float:
    """Inches of a drawing."""
    raise TypeError(f"there is no picture of a {type(drawing).__name__}")


@singledispatch
def draw(drawing: Any, axes: Any) -> None:
    """Draw into matplotlib's `axes`."""
    raise TypeError(f"there is no picture of a {type(drawing).__name__}")


@height.register
def _(drawing: Curves) -> float:
    return CHART


@draw.register
def _curves(drawing: Curves, axes: Any) -> None:
    """Lines with marks, by which they are told apart without colours."""
    names, many, across = [], len(drawing.lines), horizontal(drawing, FIELD)
    for k, (name, line) in enumerate(drawing.lines.items()):
        kept = there(line, drawing)
        x, y = (np.where(kept, np.clip(np.asarray(values, "f8"), -LARGEST, LARGEST), np.nan) for values in line)
        names.append(name if kept.any() else f"{name}: no value{' above 0' if drawing.log_y else ''}")
        axes.plot(
            x, y, **marks(k, many, across.shares(x)), color=LINES[k % len(LINES)], linewidth=1.4, zorder=3 - 0.01 * k
        )
    if any(there(line, drawing).any() for line in drawing.lines.values()):
        logarithmic(axes, "x", across)
        logarithmic(axes, "y", vertical(drawing))
    else:
        axes.set(xticks=[], yticks=[])
        axes.text(0.5, 0.5, "no values", ha="center", transform=axes.transAxes)
    below(axes, drawing.x_label)
    beside(axes, drawing.y_label)
    axes.grid(color="#888888", alpha=0.25, linewidth=0.6)
    named(axes, names)


def logarithmic(axes: Any, axis: str, found: Ruler) -> None:
    """If the Ruler of an axis, "x" or "y", is logarithmic, make it so, with the figures that it has in a terminal:
    matplotlib's are odd where there are many decades or less than one."""
    if found.log:
        aside = ASIDE * (found.high - found.low)
        ends = np.clip([found.low - aside, found.high + aside], -DECADES, DECADES)
        axes.set(**{f"{axis}lim": 10.0**ends})  # before the scale, which would set others that overflow
        axes.set(**{f"{axis}scale": "log"})
        axes.set(**{f"{axis}ticks": [10.0**tick for tick in found.ticks], f"{axis}ticklabels": found.texts})
        getattr(axes, f"{axis}axis").set_ticks([], minor=True)


def marks(k: int, many: int, shares: np.ndarray) -> dict[str, Any]:
    """The marks of line `k` of `many`: at all points of a short one; of a long one at some, evenly spaced on the axis
    and in other places on each line. shares (K,): where its points lie on the axis from 0 to 1, nan for none."""
    there = np.flatnonzero(np.isfinite(shares))
    if many == 1 and len(there) > 1:
        return {}
    places = there.tolist()
    if len(there) > MARKED:
        wanted = (np.arange(MARKED) + (k + 0.5) / many) / MARKED
        places = sorted({int(there[abs(shares[there] - share).argmin()]) for share in wanted})
    return {"marker": MARKS[k % len(MARKS)], "markersize": 4.5, "markevery": places}


def named(axes: Any, names: Sequence[str]) -> None:
    """A legend to the right. The names are set afterwards: matplotlib leaves out those that begin with "_"."""
    if any(names):
        legend = axes.legend(axes.get_lines(), [str(k) for k in range(len(names))], **LEGEND)
        for text, name in zip(legend.get_texts(), names):
            shown, how = words(name)
            text.set(text=shown, **how)


@height.register
def _(drawing: Heat) -> float:
    return HEAT_ROW * min(max(len(drawing.rows), 4), MOST_ROWS)


@draw.register
def _heat(drawing: Heat, axes: Any) -> None:
    """The values, neighbours in one bin where there are many."""
    values, shades = np.asarray(drawing.values, "f8"), shades_of(drawing)
    down, across = (size_of_bins(n, most) for n, most in zip(values.shape, (MOST_ROWS, MOST_COLUMNS)))
    shares = shades.shares(means(means(values, across, 1, drawing.log), down, 0, drawing.log))
    axes.pcolormesh(shares, cmap=colormap(shades), vmin=0, vmax=1, edgecolors="face", linewidth=0.6)
    axes.set_facecolor(NOTHING)
    axes.invert_yaxis()
    axes.spines[:].set_visible(False)
    axes.tick_params(length=2)
    ticked(axes.yaxis, [short(one_line(name), ROW_NAME, True) for name in drawing.rows], down, MOST_ROWS)
    narrow = all(len(name) <= 2 for name in drawing.columns)
    ticked(axes.xaxis, drawing.columns, across, 5 * MOST_TICKS if narrow else MOST_TICKS)
    inches, missing = height(drawing), "grey: no value" if np.isnan(shares).any() else ""
    meaning = ", ".join(filter(None, [drawing.unit, missing]))
    length, fits = min(BAR_LENGTH, inches), len(meaning) * LETTER <= inches
    bar = axes.inset_axes((1 + BAR / WIDE, 1 - length / inches, BAR / WIDE, length / inches))
    scale(axes, bar, shades, upright=True)
    beside(bar, meaning if fits else "")
    size = f"a cell is the {'geometric ' * drawing.log}mean of {down} x {across}" if down * across > 1 else ""
    below(axes, "; ".join(filter(None, [drawing.x_label, "" if fits else meaning, size])))


def ticked(axis: Any, names: Sequence[str], size: int, most: int) -> None:
    """At most so many names at the middles of rows or columns, of which each `size` share a cell."""
    places = range(0, len(names), stride(len(names) / most))
    texts = [one_line(names[place], NAME) for place in places]
    glyphs = Glyphs(texts)
    axis.set_ticks([(place + 0.5) / size for place in places], [glyphs.shown(text) for text in texts], parse_math=False)
    for text in axis.get_ticklabels():
        text.set(fontfamily=glyphs.families, size=8)


@height.register
def _(drawing: Histogram) -> float:
    return NAME_ROW * max(len(drawing.shares), 1)


@draw.register
def _histogram(drawing: Histogram, axes: Any) -> None:
    """The bars of each name on a line of their own, the first on top, on one scale."""
    rows = [np.asarray(shares, "f8") for shares in drawing.shares.values()]
    most = max((float(np.nanmax(row)) for row in rows if not np.isnan(row).all()), default=0.0) or 1.0
    lines = range(len(rows) - 1, -1, -1)
    for line, row in zip(lines, rows):
        axes.stairs(0.9 * np.nan_to_num(row) / most + line, drawing.edges, baseline=line, fill=True, color=LINES[0])
        axes.axhline(line, color="#888888", linewidth=0.6)
    empty = [": no value" if np.isnan(row).all() else "" for row in rows]
    texts = [short(one_line(name), ROW_NAME, True) + nothing for name, nothing in zip(drawing.shares, empty)]
    glyphs = Glyphs(texts)
    axes.set_yticks([line + 0.35 for line in lines], [glyphs.shown(text) for text in texts], parse_math=False)
    for text in axes.get_yticklabels():
        text.set(fontfamily=glyphs.families)
    axes.tick_params(axis="y", length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.set(ylim=(0, max(len(rows), 1)), xlim=(drawing.edges[0], drawing.edges[-1]))
    below(axes, f"{drawing.x_label}; the highest bar is {100 * most:.3g} %".strip("; "))


def lines_of(drawing: Shaded) -> list[list[Cell]]:
    """The lines of a shaded text, as many as a picture has room for."""
    glyphs = Glyphs(sign for symbol in drawing.symbols for sign in visible(symbol, True))
    drawing = replace(drawing, symbols=[glyphs.shown(symbol) for symbol in drawing.symbols])
    shares = shades_of_text(drawing).shares(drawing.values)
    return list(islice(wrapped(cells_of(drawing, shares), COLUMNS), MOST_LINES))


@height.register
def _(drawing: Shaded) -> float:
    return LINE * max(len(lines_of(drawing)), 1)


@draw.register
def _shaded(drawing: Shaded, axes: Any) -> None:
    """The text in a grid, each symbol on its colour."""
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Rectangle

    shades, lines = shades_of_text(drawing), lines_of(drawing)
    axes.set(xlim=(0, COLUMNS), ylim=(max(len(lines), 1), 0))
    axes.set_axis_off()
    boxes, colors = [], []
    for at, row, cell in placed(lines):
        color = None if np.isnan(cell.share) else shades.ramp.color(cell.share)
        write(axes, cell, (at + cell.width / 2, row + 0.52), letters_on(color or "#ffffff"))
        if color:
            boxes.append(Rectangle((at, row), cell.width, 1))
            colors.append(color)
    axes.add_collection(PatchCollection(boxes, facecolors=colors, edgecolors="none"))
    shown = lines[-1][-1].number + 1 if lines else 0
    more = f"; the first {shown:,} of {len(drawing.symbols):,} symbols" if shown < len(drawing.symbols) else ""
    if np.isfinite([shades.low, shades.high]).all():
        inches = height(drawing)
        bar = axes.inset_axes((0, -2 * BAR / inches, BAR_LENGTH / WIDE, BAR / inches))
        scale(axes, bar, shades, upright=False)
        below(bar, f"{drawing.label}{more}")


def placed(lines: Sequence[Sequence[Cell]]) -> Iterator[tuple[int, int, Cell]]:
    """(column, row, cell) of every cell."""
    for row, line in enumerate(lines):
        at = 0
        for cell in line:
            yield at, row, cell
            at += cell.width


def write(axes: Any, cell: Cell, middle: tuple[float, float], color: str) -> None:
    """The text of a cell."""
    if not cell.text.isspace():
        glyphs = Glyphs([cell.text])
        how = {"ha": "center", "va": "center", "parse_math": False, "fontfamily": [MONOSPACE, *glyphs.families]}
        axes.text(*middle, glyphs.shown(cell.text), size=10.2, color=color, **how)
