"""A scatter of answers against the truth for a terminal, as lines of text.

A braille sign holds two dots by four; without Unicode a character is one point. Both axes have the same range, so that
right answers lie on the diagonal, which is dotted.
"""

import math

import numpy as np

from .texts import one_line

BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])  # of a braille sign, by row and column
ROWS, COLUMNS = 15, 52
NICE = (1, 2, 2.5, 5, 10, 20)  # round steps, times a power of ten
SIGNS = {True: ("·", "│", "└", "─", "┤", "┴"), False: (".", "|", "+", "-", "+", "+")}


def scatter_lines(truth: np.ndarray, answers: np.ndarray, name: str, unicode: bool = True) -> list[str]:
    """The points (truth, answer), each (E,); those that are not finite are left out. name: of the target."""
    there = np.isfinite(truth) & np.isfinite(answers)
    x, y = truth[there], answers[there]
    if not len(x):
        return []
    low, high, ticks, texts = axis(float(min(x.min(), y.min())), float(max(x.max(), y.max())))
    dot, bar, corner, floor, tick, cross = SIGNS[unicode]
    cells = _cells((x - low) / (high - low), (y - low) / (high - low), dot, unicode)
    shares = [(at - low) / (high - low) for at in ticks]
    rows = {ROWS - 1 - round(share * (ROWS - 1)): text for share, text in zip(shares, texts)}
    places = {round(share * (COLUMNS - 1)): text for share, text in zip(shares, texts)}
    room = max(map(len, texts))
    lines = [f"answer against the truth: {one_line(name, 40, unicode)}"]
    for k, row in enumerate(cells):
        lines.append(f"{rows.get(k, ''):>{room}} {tick if k in rows else bar}{''.join(row)}".rstrip())
    below = "".join(cross if k in places else floor for k in range(COLUMNS))
    return [*lines, f"{'':>{room}} {corner}{below}", _beneath(places, room + 2, "truth")]


def axis(low: float, high: float, most: int = 5) -> tuple[float, float, list[float], list[str]]:
    """The ends of an axis that holds low to high, its round ticks, at most `most`, and these as texts."""
    if not high - low > 1e-9 * max(abs(low), abs(high)):
        aside = abs(low) / 2 or 1.0
        low, high = low - aside, high + aside
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    step = next(nice * power for nice in NICE if (high - low) / (nice * power) <= most - 1)
    ticks = [k * step for k in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]
    large = max(map(abs, ticks)) >= 1e7 or step < 1e-4
    decimals = max(0, -math.floor(math.log10(step) + 1e-9) + (f"{step:e}"[:3] == "2.5"))
    return low, high, ticks, [f"{tick:.3g}" if large else f"{tick:,.{decimals}f}" for tick in ticks]


def _cells(x, y, dot, unicode):
    """(ROWS, COLUMNS) characters; x, y: (E,) from 0 to 1."""
    across, down = (2, 4) if unicode else (1, 1)
    wide, high = COLUMNS * across, ROWS * down
    hit = np.zeros((high, wide), bool)
    hit[high - 1 - np.round(y * (high - 1)).astype(int), np.round(x * (wide - 1)).astype(int)] = True
    cells = np.full((ROWS, COLUMNS), " ", object)
    column = np.arange(0, COLUMNS, 2)
    cells[ROWS - 1 - np.round(column / (COLUMNS - 1) * (ROWS - 1)).astype(int), column] = dot
    if unicode:
        codes = (hit.reshape(ROWS, down, COLUMNS, across) * BITS[:, None]).sum(axis=(1, 3))
        cells[codes > 0] = [chr(0x2800 + code) for code in codes[codes > 0]]
    else:
        cells[hit] = "o"
    return cells


def _beneath(places, left, title):
    """The texts of the ticks, each in the middle under its column, as far as they do not touch, and the title."""
    line = ""
    for column, text in sorted(places.items()):
        at = left + column - len(text) // 2
        if at > len(line) or not line:
            line = line.ljust(at) + text
    return f"{line}   {title}"
