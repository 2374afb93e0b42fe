"""The drawings of a finding in a terminal."""

import textwrap

from ...laboratory.drawings import Curves, Drawing, Heat, Histogram, Shaded
from ...tasks.pairs.texts import one_line
from .curves import curves_lines
from .heat import heat_lines
from .histogram import histogram_lines
from .shaded_lines import shaded_lines
from .shades import painted

BOLD = "1"
WIDEST = 200  # columns of a drawing


def drawing_lines(drawing: Drawing, width: int, unicode: bool, color: bool) -> list[str]:
    """The lines of a drawing, at most `width` columns wide, in ASCII without `unicode`, with ANSI codes in `color`."""
    width = min(width, WIDEST)
    title = textwrap.wrap(one_line(drawing.title, None, unicode), width, break_on_hyphens=False)
    return [*(painted(line, BOLD if color else None) for line in title), *body(drawing, width, unicode, color)]


def body(drawing: Drawing, width: int, unicode: bool, color: bool) -> list[str]:
    """The lines of a drawing without its title."""
    match drawing:
        case Curves():
            return curves_lines(drawing, width, unicode, color)
        case Heat():
            return heat_lines(drawing, width, unicode, color)
        case Histogram():
            return histogram_lines(drawing, width, unicode, color)
        case Shaded():
            return shaded_lines(drawing, width, unicode, color)
