"""Forecasts beside the history that they continue: drawn on a terminal, and as a picture in a file."""

from collections.abc import Sequence

import numpy as np

from .chart import Labels, chart_lines
from .picture import Panel as Picture
from .picture import save_picture

DRAWN = 3  # series that are drawn on a terminal
IN_PICTURE = 12  # series that a picture has room for
HEIGHT = 14  # lines of a drawing
NARROWEST = 40  # characters that a drawing needs


class StampTexts(Sequence):
    """The stamps of a series as text, made when they are asked for."""

    def __init__(self, panel, stamps):
        self.panel, self.stamps = panel, stamps

    def __len__(self):
        return len(self.stamps)

    def __getitem__(self, step):
        return self.panel.text(self.stamps[[step]])[0]


def pictures(panel, stamps, forecasts):
    """Yield a Picture for each target of each series of a Panel; stamps: {id: (h,)} of the steps ahead."""
    targets = panel.roles.targets
    named = len(targets) > 1 or panel.roles.id is None  # else the id of the series says enough
    for s, series in enumerate(panel.series):
        texts = StampTexts(panel, np.concatenate([series.stamps[: len(series)], stamps[series.id]]))
        for k, target in enumerate(targets):
            name = ", ".join([*([series.id] if panel.roles.id else ()), *([target] if named else ())])
            yield Picture(Labels(name, texts), series.y[:, k], *shown_of(forecasts, s, k))


def shown_of(forecasts, s, k):
    """(values (h,), {level: (lo, hi)}) of target k of series s; of paths, the span that holds 80 % of them."""
    intervals = {level: (lo[s, :, k], hi[s, :, k]) for level, (lo, hi) in forecasts.intervals.items()}
    if forecasts.samples is not None:
        intervals = {80: tuple(np.quantile(forecasts.samples[:, s, :, k], (0.1, 0.9), axis=0))}
    return forecasts.mean[s, :, k], intervals


def draw(plots, file, out):
    """The plots [Picture]: on the terminal, if there is one, and in the file, if one was asked for."""
    if out.interactive:
        width = max(out.width - 1, NARROWEST)
        for each in plots[:DRAWN]:
            series = each.history, each.forecast, each.intervals, each.labels
            out.draw(chart_lines(*series, width, HEIGHT, unicode=out.unicode, color=out.color))
        if len(plots) > DRAWN:
            out.note(f"{len(plots) - DRAWN:,} more are not drawn here; --series ID chooses")
    if file:
        save_picture(file, plots[:IN_PICTURE])
        cut = f", the first {IN_PICTURE} of {len(plots):,}; --series ID chooses" if len(plots) > IN_PICTURE else ""
        out.note(f"picture: {file}{cut}")
