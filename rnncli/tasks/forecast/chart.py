"""A plot for the terminal: a series, its forecast and the widest interval, as lines of text.

Lines are drawn in braille, two dots by four a character; without Unicode a character is one dot. The forecast begins
after a vertical rule, its interval is shaded, and a truth that is known is dotted. Every step is about as wide as any
other; the vertical axis has three to five round figures.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from ...phrases import counted, safe_text
from ..chart_axis import make_axis
from ..chart_dots import ASCII, BRAILLE, braille, trace

MARGIN = 8  # assumed width of the vertical axis, in characters, when the history is cut
TAIL = 5  # the fewest horizons of history shown
LOW = 12  # a plot with fewer lines has no room for a legend
COLORS = {"forecast": "36", "truth": "33", "shade": "36;2", "rule": "2"}  # ANSI; history has the text's colour
SIGNS = {
    True: {
        "forecast": "⠒⠒",
        "truth": "⠂⠐",
        "shade": "░",
        "rule": "│",
        "corner": "└",
        "floor": "─",
        "cross": "┴",
        "tick": "┤",
        "more": "…",
        "empty": " ",
    },
    False: {
        "history": "*",
        "forecast": "o",
        "truth": ".",
        "shade": ":",
        "rule": "|",
        "corner": "+",
        "floor": "-",
        "cross": "+",
        "tick": "+",
        "more": "...",
        "empty": " ",
    },
}


@dataclass(frozen=True)
class Labels:
    """The labels of a series: its name, and the stamp of every step, history and forecast, as text.

    Only three of the `stamps` (L + h,) are read, so a lazy sequence is welcome.
    """

    name: str
    stamps: Sequence[str]


def steps_shown(L: int, h: int, width: int) -> int:
    """The number of history steps, of L, to draw before h steps of forecast on `width` characters.

    The tail that fits, but at least `TAIL` horizons; all steps if they are at most a quarter more.
    """
    tail = max(TAIL * h, width - MARGIN - h, 1)
    return L if tail + tail // 4 >= L else tail


def chart_lines(history, forecast, intervals, labels, width, height, *, truth=None, unicode=True, color=False):
    """The plot as `height` lines of at most `width` characters, for a width of 36 or more and a height of 8 or more.

    history: (L,) and forecast: (h,), nan where missing. intervals: {per cent: (lo (h,), hi (h,))}, of which the widest
    is shaded. labels: a Labels. truth: (h,) or None. Without `unicode` all is ASCII; with `color` the lines hold ANSI
    codes. The first line says how much of the history is shown. Values that are not finite are left out.
    """
    L, h = len(history), len(forecast)
    shown, signs = steps_shown(L, h, width), SIGNS[unicode]
    series = visible(history, forecast, truth, shown)
    level = max(intervals, default=None)
    band = np.full((2, h), math.nan) if level is None else np.array([finite(edge) for edge in intervals[level]])
    what = (counted(L, "step") if shown == L else f"last {shown:,} of {counted(L, 'step')}") + f", {h:,} ahead"
    head = _head(plain(labels.name, unicode), what, _legend(level, truth, signs), width, height, signs["more"])
    stamps = [plain(labels.stamps[k], unicode) for k in sorted({L - shown, L, L + h - 1} & set(range(L + h)))]
    values, rows = np.concatenate([*series.values(), *band]), height - len(head) - 2
    axis = make_axis(values, rows)
    two = len(stamps) == 3 and len("  ".join(stamps)) > width - axis.width() - 2
    if two:
        rows -= 1
        axis = make_axis(values, rows)
    room = axis.width()
    P = width - room - 2
    before = _columns(shown, h, P)
    across, down = BRAILLE if unicode else ASCII
    kinds, cells = _cells(series, band, axis, (rows, P, before, across, down))
    if not any(np.isfinite(part).any() for part in series.values()):
        cells[rows // 2, : len("no values")] = list("no values")
    floor = "".join(signs["cross" if h and column == before else "floor"] for column in range(P))
    body = [
        f"{figure:>{room}} {_painted(signs['tick' if figure else 'rule'], 'rule', color)}"
        f"{_row(cells[row], kinds[row], color)}"
        for row, figure in enumerate(axis.column(rows, down))
    ]
    return [
        *head,
        *body,
        " " * (room + 1) + _painted(signs["corner"] + floor, "rule", color),
        *_below(stamps, room + 2, room + 2 + before, width, two),
    ]


def finite(values: Any) -> np.ndarray:
    """`values` as float64, nan where they are not finite."""
    values = np.asarray(values, np.float64)
    return np.where(np.isfinite(values), values, math.nan)


def visible(history, forecast, truth, shown):
    """{name: values} of the last `shown` steps of history, the forecast and the truth, nan where there is none."""
    truth = np.full(len(forecast), math.nan) if truth is None else truth
    return {"history": finite(history)[len(history) - shown :], "forecast": finite(forecast), "truth": finite(truth)}


def _columns(shown, h, P):
    """The number of columns, of P, for the history; the rule gets one, the forecast the rest."""
    if not h:
        return P
    return max(0, P - 1 - max(2, round((P - 1) * h / (shown + h)))) if shown else 0


def _cells(series, band, axis, shape):
    """The kind and the character of each cell of the plot: two arrays (rows, P)."""
    rows, P, before, across, down = shape
    unicode = (across, down) == BRAILLE
    kinds, cells = np.full((rows, P), "empty", object), np.full((rows, P), " ", object)
    if before < P:
        kinds[:, before] = "rule"
        _shade(kinds[:, before + 1 :], band, axis)
    masks = {}
    for name, values in series.items():
        begin, end = (0, before) if name == "history" else (min(before + 1, P), P)
        mask = masks[name] = np.zeros((rows * down, P * across), bool)
        if len(values) and end > begin:
            x = begin * across + np.floor((np.arange(len(values)) + 0.5) * (end - begin) * across / len(values))
            trace(mask, x, axis.row(values, rows * down), across, dotted=unicode and name == "truth")
    for name in ("history", "truth", "forecast"):
        kinds[masks[name].reshape(rows, down, P, across).any(axis=(1, 3))] = name
    for kind, sign in SIGNS[unicode].items():
        cells[kinds == kind] = sign
    if unicode:  # dots instead of the signs of lines
        signs = braille(np.logical_or.reduce(list(masks.values())))
        cells[signs != " "] = signs[signs != " "]
    return kinds, cells


def _shade(kinds, band, axis):
    """Mark as "shade" what lies in the `band` (2, h) of a part (rows, columns) of the plot."""
    rows, C = kinds.shape
    known = np.flatnonzero(np.isfinite(band).all(axis=0))
    if not len(known):
        return
    h = band.shape[1]
    column = np.floor((known + 0.5) * C / h).astype(int)
    centres = (np.arange(C) + 0.5) * h / C - 0.5  # in steps
    lo, hi = (np.interp(centres, known, axis.height(edge[known], rows)) for edge in band)
    np.minimum.at(lo, column, axis.height(band[0][known], rows))
    np.maximum.at(hi, column, axis.height(band[1][known], rows))
    above_floor = rows - 1 - np.arange(rows)[:, None] + 0.5  # the middle of each row
    kinds[(above_floor > lo) & (above_floor < hi)] = "shade"


def _row(cells, kinds, color):
    """The characters of one row of the plot, without spaces at its end, in their colours if they have any."""
    width = len("".join(cells).rstrip())
    runs = groupby(zip(kinds[:width], cells), key=lambda cell: cell[0])
    return "".join(_painted("".join(sign for _, sign in run), kind, color) for kind, run in runs)


def _painted(text, kind, color):
    return f"\x1b[{COLORS[kind]}m{text}\x1b[0m" if color and kind in COLORS else text


def plain(text: str, unicode: bool = True) -> str:
    """`text` on one line and safe for a terminal, in ASCII without `unicode`."""
    text = " ".join(safe_text(text).split())
    return text if unicode else text.encode("ascii", "backslashreplace").decode("ascii")


def _legend(level, truth, signs):
    parts = [f"{signs['forecast']} forecast"]
    parts += [f"{signs['truth']} truth"] if truth is not None else []
    return "  ".join(parts + ([f"{signs['shade']} {level:g} % interval"] if level is not None else []))


def _head(name, what, legend, width, height, more):
    """The line of the title with the legend at its end, or the legend on a line of its own if there is room for one."""
    from rich.cells import cell_len

    room = width - len(f": {what}")
    if cell_len(name) + len(f"   {legend}") <= room:
        return [f"{name}: {what}" + f"{legend:>{room - cell_len(name)}}"]
    short = name[:room]
    while cell_len(short) > room - (len(more) if short != name else 0):
        short = short[:-1]
    title = f"{short}{more if short != name else ''}: {what}"
    return [title, f"{legend:>{width}}"] if height >= LOW else [title]


def _below(stamps, left, at, width, two):
    """The stamps under the axis: first and last from `left` on, that of the forecast at `at`, above them if `two`."""
    first, middle, last = (*stamps[:1], *([""] * (3 - len(stamps))), *stamps[1:])
    if len(f"{first}  {last}") > width - left:
        left, first, last = 0, first[: width // 2 - 1], last[: width // 2 - 1]
    ends = f"{' ' * left}{first}{last:>{width - left - len(first)}}"
    low, high = (0, width) if two else (left + len(f"{first}  "), width - len(f"  {last}"))
    place = max(low, min(at - len(middle) // 2, high - len(middle)))
    if two:
        return [" " * place + middle, ends]
    return [(ends[:place] + middle + ends[place + len(middle) :]).rstrip()]
