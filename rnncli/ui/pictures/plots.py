"""The drawings of findings as one picture, PNG or SVG, a panel each, below the titles of their findings."""

import textwrap
from collections.abc import Sequence
from typing import Any

from ...laboratory.drawings import Drawing, Finding, Shaded
from ...tasks.pairs.texts import one_line
from ...tasks.picture_files import picture
from . import text_panels
from .panels import AROUND, draw, height
from .plot_parts import lines, words
from .shaded_svg import svg_of

WIDTH = 9.0  # inches of the figure
TITLE, TITLE_LINE, TITLE_EDGES = 80, 0.2, 0.15  # columns of a line of the title of a finding; inches


def plotted(findings: Sequence[Finding], kind: str, whole: bool) -> bytes:
    """The drawings of findings as a file of `kind`, ".png" or ".svg"; those of `more` too if `whole`. An SVG of shaded
    texts alone needs no matplotlib. Raises ConfigError where it is needed and not installed."""
    contents = [content for each in findings for content in contents_of(each, whole)]
    texts = [each for each in contents if isinstance(each, str | Shaded)]
    if kind == ".svg" and len(texts) == len(contents):
        return svg_of(texts).encode("utf-8")
    return picture(kind, lambda Figure: figure_of(contents, Figure))


def contents_of(finding: Finding, whole: bool) -> list[str | Drawing]:
    """The title of a finding and its drawings; nothing where it has none."""
    elements = finding.elements(whole)
    drawings = [each for each in elements if isinstance(each, Drawing)]
    return [finding.title, *drawings] if drawings else []


def inches(content: str | Drawing) -> float:
    """The height of a title or a drawing, with all that is around it."""
    if isinstance(content, Shaded):
        return text_panels.height(content, WIDTH)
    if isinstance(content, str):
        return TITLE_LINE * len(title_of(content)) + TITLE_EDGES
    return height(content) + AROUND


def title_of(text: str) -> list[str]:
    """The lines of the title of a finding."""
    return textwrap.wrap(one_line(text), TITLE)


def figure_of(contents: Sequence[str | Drawing], Figure: Any) -> Any:
    """matplotlib's Figure of titles and drawings, one below the other, each laid out by itself."""
    heights = [inches(content) for content in contents]
    figure = Figure(figsize=(WIDTH, sum(heights)), layout="constrained")
    grid = figure.add_gridspec(len(contents), 1, height_ratios=heights)
    for content, place, high in zip(contents, grid, heights):
        part = figure.add_subfigure(place)
        part.patch.set_visible(False)
        if isinstance(content, str):
            text, how = lines("\n".join(title_of(content)))
            part.text(text_panels.LEFT / WIDTH, 0.5, text, **how, size=12, weight="bold", va="center")
        elif isinstance(content, Shaded):
            text_panels.draw(content, part, (WIDTH, high))
        else:
            chart(content, part.add_subplot())
    return figure


def chart(content: Drawing, axes: Any) -> None:
    """A drawing below its title."""
    draw(content, axes)
    if content.title:
        text, how = words(content.title, TITLE)
        axes.set_title(text, loc="left", **how)
