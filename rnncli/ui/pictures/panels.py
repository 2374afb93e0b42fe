"""A drawing as a panel of matplotlib."""

from collections.abc import Sequence
from functools import singledispatch
from typing import Any

import numpy as np

from ...laboratory.drawings import Curves, Heat, Histogram
from ...tasks.glyphs import Glyphs
from ...tasks.pairs.texts import one_line, widest
from ..drawing.binned import means, size_of_bins
from ..drawing.curves import horizontal, there, vertical
from ..drawing.heat import short, stride
from ..drawing.line_styles import Style, styles
from ..drawing.rulers import Ruler
from ..drawing.shades import LINES, shades_of
from .plot_parts import BAR, BAR_LENGTH, NAME, below, beside, colormap, scale, words

AROUND = 0.72  # inches of the title, the names and the figures around a field
CHART, HEAT_ROW, NAME_ROW = 2.6, 0.2, 0.45  # inches of the field, or of a row of it
MOST_ROWS, MOST_COLUMNS, MOST_TICKS = 60, 160, 12  # of a heat map
WIDE = 8.0  # inches of a field
LARGEST, DECADES = 1e300, 305.0  # beyond which the arithmetic of matplotlib overflows
ASIDE = 0.04  # share of a logarithmic axis on either side of its values
LETTER, SMALL_LETTER = 0.08, 0.07  # inches of a letter, of one of a tick
FIELD_INCHES = 6.0  # of a heat map beside the names of rows and its scale
ROW_NAME = 28  # most columns of the name of a row
FIELD = 70  # columns of a terminal with as much room for figures
LEGEND_LINE = 2.8  # of a letter: long enough to show dashes
MARKED = 8  # marks of a long line
MARKS = "o^sDv<>P*Xdp"  # of a chart
DASHES = ("-", "--", ":", "-.", (0, (6, 1, 1, 1, 1, 1)))  # of the lines of one colour
NOTHING = "#c4c4c4"  # ground where a heat map has no value
LEGEND: dict[str, Any] = dict(loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0.0, frameon=False)


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
    """Lines with marks, by which they are told apart without colours; those of one colour have different dashes."""
    names, many, across = [], len(drawing.lines), horizontal(drawing, FIELD)
    for k, ((name, line), style) in enumerate(zip(drawing.lines.items(), styles(drawing))):
        kept = there(line, drawing)
        x, y = (np.where(kept, np.clip(np.asarray(values, "f8"), -LARGEST, LARGEST), np.nan) for values in line)
        names.append(name if kept.any() else f"{name}: no value{' above 0' if drawing.log_y else ''}")
        axes.plot(x, y, **marks(k, many, across.shares(x)), **look(style), zorder=3 - 0.01 * k)
    if any(there(line, drawing).any() for line in drawing.lines.values()):
        logarithmic(axes, "x", across)
        logarithmic(axes, "y", vertical(drawing))
    else:
        axes.set(xticks=[], yticks=[])
        axes.text(0.5, 0.5, "no values", ha="center", transform=axes.transAxes)
    below(axes, drawing.x_label)
    beside(axes, drawing.y_label)
    axes.grid(color="#888888", alpha=0.25, linewidth=0.6)
    named(axes, names, drawing.note)


def look(style: Style) -> dict[str, Any]:
    """The colour and the dashes of a line."""
    return {
        "color": LINES[style.color % len(LINES)],
        "linestyle": DASHES[style.dash % len(DASHES)],
        "linewidth": 1.4,
    }


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


def named(axes: Any, names: Sequence[str], note: str) -> None:
    """A legend to the right, with a note below. The names are set afterwards: matplotlib leaves out those that begin
    with "_"."""
    if any(names):
        from matplotlib.lines import Line2D

        handles = [*axes.get_lines(), *([Line2D([], [], linestyle="none")] if note else [])]
        legend = axes.legend(handles, [str(k) for k in range(len(handles))], handlelength=LEGEND_LINE, **LEGEND)
        for text, name in zip(legend.get_texts(), [*names, note]):
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
    if axis.axis_name == "x":
        room = (widest(one_line(name, NAME) for name in names) + 2) * SMALL_LETTER
        most = max(min(most, int(FIELD_INCHES / room)), 1)
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
