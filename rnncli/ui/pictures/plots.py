"""The drawings of findings as one picture, PNG or SVG, a panel each, below the titles of their findings."""

import textwrap
from collections.abc import Sequence
from typing import Any, NamedTuple

from ...laboratory.drawings import Drawing, Finding, Shaded
from ...tasks.pairs.texts import one_line
from ...tasks.picture_files import picture
from .panels import AROUND, draw, height
from .plot_parts import lines, words
from .shaded_svg import svg_of

WIDTH, EDGE = 9.0, 0.1  # inches of the figure, around all
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


class Panel(NamedTuple):
    """A row of the figure: the lines of a title or a drawing; inches of its field and of all that is around it."""

    content: str | Drawing
    inner: float
    around: float


def panel_of(content: str | Drawing) -> Panel:
    """The row of a title or a drawing."""
    if not isinstance(content, str):
        return Panel(content, height(content), AROUND)
    text = textwrap.wrap(one_line(content), TITLE)
    return Panel("\n".join(text), TITLE_LINE * len(text), TITLE_EDGES)


def figure_of(contents: Sequence[str | Drawing], Figure: Any) -> Any:
    """matplotlib's Figure of titles and drawings, one below the other."""
    panels = [panel_of(content) for content in contents]
    inner, around = [panel.inner for panel in panels], [panel.around for panel in panels]
    figure = Figure(figsize=(WIDTH, sum(inner) + sum(around) + EDGE), layout="constrained")
    grid = figure.add_gridspec(len(panels), 1, height_ratios=inner)
    for panel, place in zip(panels, grid):
        axes = figure.add_subplot(place)
        if isinstance(panel.content, str):
            axes.set_axis_off()
            text, how = lines(panel.content)
            axes.text(0, 0.5, text, **how, size=12, weight="bold", va="center")
        else:
            draw(panel.content, axes)
            if panel.content.title:
                text, how = words(panel.content.title, TITLE)
                axes.set_title(text, loc="left", **how)
    return figure
