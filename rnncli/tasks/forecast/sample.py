"""What a network foresees of a series, as a chart in the report of its training."""

import numpy as np

from .chart import Labels, chart_lines

HEIGHT = 14  # lines of a chart
NARROWEST = 36  # characters: a terminal of 40 without the frame around the chart


def outlook_lines(outlook, width, unicode, color=False):
    """The chart of an Outlook as lines of at most `width` characters, or the narrowest that can be drawn."""
    history, forecast, truth = (np.array(part, float) for part in (outlook.history, outlook.forecast, outlook.truth))
    labels = Labels(outlook.name, outlook.stamps)
    return chart_lines(
        history,
        forecast,
        {},
        labels,
        max(width, NARROWEST),
        HEIGHT,
        truth=None if np.isnan(truth).all() else truth,
        unicode=unicode,
        color=bool(color),
    )


def is_unicode(stream):
    """Whether a text stream can write the signs of a chart."""
    return (getattr(stream, "encoding", None) or "").lower().replace("-", "") == "utf8"
