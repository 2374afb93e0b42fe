"""Plots of forecasts with their history: drawn on a terminal, and as a picture in a file."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ...data.series.panel import Panel
from ..base import Output
from .chart import Labels, chart_lines
from .picture import Plot, save_picture
from .predictor import Forecasts

DRAWN = 3  # series drawn on a terminal
IN_PICTURE = 12  # series that a picture has room for
HEIGHT = 14  # lines of a drawing
NARROWEST = 40  # characters that a drawing needs


class StampTexts(Sequence):
    """The stamps of a series as text, formatted on access."""

    def __init__(self, panel, stamps):
        self.panel, self.stamps = panel, stamps

    def __len__(self):
        return len(self.stamps)

    def __getitem__(self, step):
        return self.panel.text(self.stamps[[step]])[0]


def pictures(panel: Panel, stamps: Mapping[str, np.ndarray], forecasts: Forecasts) -> Iterator[Plot]:
    """Yield a Plot for each target of each series of a Panel; stamps: {id: (h,)} of the steps ahead."""
    targets = panel.roles.targets
    named = len(targets) > 1 or panel.roles.id is None  # else the id of the series is enough
    for s, series in enumerate(panel.series):
        texts = StampTexts(panel, np.concatenate([series.stamps[: len(series)], stamps[series.id]]))
        for k, target in enumerate(targets):
            name = ", ".join([*([series.id] if panel.roles.id else ()), *([target] if named else ())])
            yield Plot(Labels(name, texts), series.y[:, k], *shown_of(forecasts, s, k))


def shown_of(forecasts: Forecasts, s: int, k: int):
    """(values (h,), {level: (lo, hi)}) of target k of series s; for paths, the interval of the middle 80 % of them."""
    intervals = {level: (lo[s, :, k], hi[s, :, k]) for level, (lo, hi) in forecasts.intervals.items()}
    if forecasts.samples is not None:
        intervals = {80: tuple(np.quantile(forecasts.samples[:, s, :, k], (0.1, 0.9), axis=0))}
    return forecasts.mean[s, :, k], intervals


def draw(plots: Sequence[Plot], file: str | None, out: Output) -> None:
    """Draw the plots on the terminal, if there is one, and in the file, if one is given."""
    if out.interactive:
        width = max(out.width - 1, NARROWEST)
        for each in plots[:DRAWN]:
            series = each.history, each.forecast, each.intervals, each.labels
            out.draw(chart_lines(*series, width, HEIGHT, unicode=out.unicode, color=out.color))
        if len(plots) > DRAWN:
            out.note(f"{len(plots) - DRAWN:,} more are not drawn; choose with --series ID")
    if file:
        save_picture(file, plots[:IN_PICTURE])
        cut = f", the first {IN_PICTURE} of {len(plots):,}; choose with --series ID" if len(plots) > IN_PICTURE else ""
        out.note(f"picture: {file}{cut}")
