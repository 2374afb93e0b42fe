"""Parts of the panels of matplotlib: texts, shown as they are, without formulas, in fonts that have them; scales."""

from typing import Any

import numpy as np

from ...tasks.glyphs import Glyphs
from ...tasks.pairs.texts import one_line
from ..drawing.rulers import ruler
from ..drawing.shades import NEGLIGIBLE, Shades

NAME, LABEL = 40, 90  # most columns of a name, of a text below
MOST_FIGURES = 6  # of a scale
BAR, BAR_LENGTH = 0.14, 2.6  # inches of a scale


def words(text: str, most: int = NAME) -> tuple[str, dict[str, Any]]:
    """A text of at most so many columns, and how matplotlib is to show it."""
    return lines(one_line(text, most))


def lines(text: str) -> tuple[str, dict[str, Any]]:
    """Lines of text that are safe already, and how matplotlib is to show them."""
    glyphs = Glyphs([text.replace("\n", " ")])
    return glyphs.shown(text), {"fontfamily": glyphs.families, "parse_math": False}


def below(axes: Any, text: str) -> None:
    """The meaning of the horizontal axis."""
    shown, how = words(text, LABEL)
    axes.set_xlabel(shown, **how)


def beside(axes: Any, text: str) -> None:
    """The meaning of the vertical axis."""
    shown, how = words(text)
    axes.set_ylabel(shown, **how)


def colormap(shades: Shades) -> Any:
    """matplotlib's colours of a scale."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("shades", list(shades.ramp.colors), 64)


def scale(axes: Any, bar: Any, shades: Shades, upright: bool) -> None:
    """The colours of a scale with round figures in the axes `bar`, as vectors."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    how = "vertical" if upright else "horizontal"
    drawn = axes.figure.colorbar(ScalarMappable(Normalize(0, 1), colormap(shades)), cax=bar, orientation=how)
    drawn.solids.set(rasterized=False, edgecolor="face")
    drawn.outline.set_visible(False)
    ends = np.array([shades.low, shades.high])
    found = ruler(ends, shades.log, lambda found: len(found.ticks) <= MOST_FIGURES)
    low, high = (np.log10(ends) if shades.log else ends / found.scale).tolist()
    aside = NEGLIGIBLE * (high - low)
    kept = [(tick, text) for tick, text in zip(found.ticks, found.texts) if low - aside <= tick <= high + aside]
    drawn.set_ticks([(tick - low) / (high - low or 1) for tick, _ in kept], labels=[text for _, text in kept])
    bar.tick_params(labelsize=8)
