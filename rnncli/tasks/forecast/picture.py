"""The plot of a forecast as a PNG or SVG file, a panel for each series, with the optional extra matplotlib."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ...errors import ConfigError
from ...phrases import counted
from ..glyphs import Glyphs
from ..picture_files import check_picture, write_picture
from .chart import Labels, finite, plain, steps_shown, visible

PANEL = (8.0, 2.6)  # inches of a panel: width, height
SIDE_BY_SIDE = 4  # from this many panels on there are two columns
ROOM = 160  # steps that fit in a panel, as `steps_shown` counts
COLORS = {"history": "#444444", "forecast": "#0a6ebd", "truth": "#c8511b"}
LINES = {"history": "-", "forecast": "-", "truth": ":"}


@dataclass(frozen=True)
class Plot:
    """One series: history (L,) and forecast (h,), nan where missing; intervals {per cent: (lo (h,), hi (h,))}."""

    labels: Labels
    history: np.ndarray
    forecast: np.ndarray
    intervals: Mapping = field(default_factory=dict)
    truth: np.ndarray | None = None  # (h,)


def save_picture(path: str, panels: Sequence[Plot], dpi: int = 120) -> None:
    """Write one panel for each Plot to `path`, a .png or .svg; the whole file or none of it.

    Long histories are cut to their tail, and the title of the panel says so. Raises ConfigError for another extension,
    for no plot, and where matplotlib is not installed; ResourceError where the file cannot be written.
    """
    check_picture(path)
    if not panels:
        raise ConfigError(f"{path}: there is no series to draw", "choose at least one series")
    write_picture(path, lambda Figure: _figure(Figure, panels), dpi)


def _figure(Figure, panels):
    columns = 2 if len(panels) >= SIDE_BY_SIDE else 1
    rows = -(-len(panels) // columns)
    figure = Figure(figsize=(PANEL[0] * columns, PANEL[1] * rows), layout="constrained")
    places = figure.subplots(rows, columns, squeeze=False).ravel()
    for place, panel in zip(places, panels):
        _draw(place, panel)
    for place in places[len(panels) :]:
        place.set_axis_off()
    return figure


def _draw(axes, panel):
    """Draw one Plot: step 0 is the first of the forecast."""
    L, h = len(panel.history), len(panel.forecast)
    shown = steps_shown(L, h, ROOM)
    steps = np.arange(h)
    for narrower, level in enumerate(sorted(panel.intervals, reverse=True)):
        lo, hi = map(finite, panel.intervals[level])
        axes.fill_between(
            steps,
            lo,
            hi,
            color=COLORS["forecast"],
            alpha=min(0.15 * (narrower + 1), 0.6),
            linewidth=0,
            label=f"{level:g} %",
        )
    for name, values in visible(panel.history, panel.forecast, panel.truth, shown).items():
        if np.isfinite(values).any():
            where = np.arange(-shown, 0) if name == "history" else steps
            axes.plot(
                where,
                values,
                LINES[name],
                color=COLORS[name],
                linewidth=1.2,
                label=name,
                marker="." if len(values) == 1 else None,
            )
    axes.axvline(-0.5, color="#999999", linewidth=0.8)
    marks = sorted({-shown, 0, h - 1} & set(range(-shown, h)))
    stamps, how = _text([panel.labels.stamps[L + step] for step in marks])
    axes.set_xticks(marks, stamps, **how)
    for text, side in zip(axes.get_xticklabels(), ("left", "right", "left") if len(marks) == 3 else ("left", "right")):
        text.set_horizontalalignment(side)
    what = counted(L, "step") if shown == L else f"last {shown:,} of {counted(L, 'step')}"
    (title,), how = _text([f"{panel.labels.name}: {what}, {h:,} ahead"])
    axes.set_title(title, loc="left", **how)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="upper left", frameon=False)


def _text(texts):
    """(texts on one line each, how matplotlib is to show them): no sign of them is taken for a formula or left out."""
    texts = [plain(text) for text in texts]
    glyphs = Glyphs(texts)
    return [glyphs.shown(text) for text in texts], {"fontfamily": glyphs.families, "parse_math": False}
