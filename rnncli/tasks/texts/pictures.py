"""The pictures of written texts: the error by the length of the source, and what the writer looked at as heat maps."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..glyphs import Glyphs
from ..pairs.pictures import BLUE, ORANGE, drawn, figure_of
from ..pairs.texts import columns, cut, one_line
from ..picture_files import write_picture
from .attention_matrix import Attended
from .shown_symbols import labelled
from .text_report import LENGTH_FIGURES, TextReport

PANELS = 6  # most heat maps of a picture
ACROSS = 2  # heat maps side by side
NUMBERED = 24  # most symbols down and across for per cents in the cells
NAMED = 80  # most symbols down or across that are named
NAME = 16  # most columns of a symbol
CELL, FEWEST, MOST, PLAIN = 0.26, 2.0, 14.0, 8.0  # inches of a symbol, of a heat map, of one without symbols
__all__ = ["drawn", "save_attention"]


def save_attention(path: str, examples: Sequence[Attended], dpi: int = 120) -> None:
    """Write heat maps of the first examples to `path`, a .png or .svg; raises as `write_picture` does."""
    write_picture(path, lambda Figure: attention_figure(examples[:PANELS], Figure), dpi)


@figure_of.register
def _texts(report: TextReport, Figure: Any) -> Any:
    """Symbol error and exact matches by the length of the source."""
    groups, glyphs = list(report.length_groups()), Glyphs(report.heading)
    figure = Figure(figsize=(8.4, 3.4), layout="constrained")
    heading = glyphs.shown(one_line(report.heading, 100))
    figure.suptitle(heading, x=0.01, ha="left", parse_math=False, fontfamily=glyphs.families)
    names = [f"{one['from']:,}-{one['to']:,}\n{one['n']:,}" for one in groups]
    titles = ("symbol error rate", "share of exact texts")
    for axes, name, title, color in zip(figure.subplots(1, 2), LENGTH_FIGURES, titles, (BLUE, ORANGE)):
        values = [one[name] if one[name] is not None else np.nan for one in groups]
        axes.bar(range(len(groups)), values, color=color, width=0.7)
        for k, value in enumerate(values):
            if np.isfinite(value):
                axes.text(k, value, f"{value:.3f}", ha="center", va="bottom", size=8)
        axes.set_xticks(range(len(groups)), names)
        axes.set_xlabel(f"{report.unit}s of the source, and the number of examples")
        most = max([value for value in values if np.isfinite(value)], default=0) if color == BLUE else 1.0
        axes.set(xlim=(-0.7, max(len(groups) - 0.3, 0.7)), ylim=(0, 1.12 * (most or 1)))
        axes.set_title(title, loc="left")
    return figure


def attention_figure(examples: Sequence[Attended], Figure: Any) -> Any:
    """matplotlib's Figure of heat maps, each with its source down and its text across."""
    across = min(ACROSS, max(len(examples), 1))
    down = -(-max(len(examples), 1) // across)
    sizes = [tuple(map(_inches, each.weights.shape)) for each in examples]
    widths = [max([width for width, _ in sizes[k::across]], default=FEWEST) for k in range(across)]
    heights = [max([height for _, height in sizes[k * across :][:across]], default=FEWEST) for k in range(down)]
    figure = Figure(figsize=(sum(widths) + 1.2 * across + 0.8, sum(heights) + 0.9 * down), layout="constrained")
    grid = figure.add_gridspec(down, across, width_ratios=widths, height_ratios=heights)
    panels = [figure.add_subplot(grid[divmod(k, across)]) for k in range(len(examples))]
    images = [_heat_map(axes, each) for axes, each in zip(panels, examples)]
    if images:
        figure.colorbar(images[0], ax=panels, shrink=0.6, label="weight", pad=0.01, panchor=False)
    return figure


def _inches(n):
    """The side of a heat map with n symbols."""
    return min(max(CELL * n, FEWEST), MOST) if n <= NAMED else PLAIN


def _heat_map(axes, each):
    """The weights as blue, per cents in the cells of a small one; returns the image."""
    weights = each.weights.T
    image = axes.imshow(weights, cmap="Blues", vmin=0, vmax=1, aspect="equal")
    axes.set_anchor("NW")
    axes.xaxis.tick_top()
    rows, tops = ([cut(labelled(symbol), NAME) for symbol in symbols] for symbols in (each.source, each.heads))
    glyphs = Glyphs([*rows, *tops])
    for axis, labels in ((axes.yaxis, rows), (axes.xaxis, tops)):
        places, names = _ticks(labels)
        axis.set_ticks(places, [glyphs.shown(name) for name in names], parse_math=False)
        for text in axis.get_ticklabels():
            turned = axis is axes.xaxis and columns(text.get_text()) > 2 and len(labels) <= NAMED
            text.set(fontfamily=glyphs.families, rotation=90 if turned else 0)
    axes.tick_params(length=0, labelsize=8 if max(weights.shape) <= 60 else 6)
    axes.spines[:].set_visible(False)
    if max(weights.shape) <= NUMBERED:
        for (t, u), weight in np.ndenumerate(weights):
            if weight >= 0.05:
                color = "white" if weight > 0.6 else "black"
                axes.text(u, t, f"{100 * weight:.0f}", ha="center", va="center", size=6, color=color)
    return image


def _ticks(labels):
    """(places, names): each symbol, or the positions of some where there are many."""
    if len(labels) <= NAMED:
        return [*range(len(labels))], labels
    places = [*range(9, len(labels), 10)]
    return places, [f"{place + 1}" for place in places]
