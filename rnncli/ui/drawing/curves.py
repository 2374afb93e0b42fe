"""Lines in a chart in a terminal: in braille, or a sign each; a line is known by its mark, and by its colour if any."""

import textwrap
from collections.abc import Iterator, Sequence

import numpy as np

from ...laboratory.drawings import Curve, Curves
from ...tasks.chart_dots import ASCII, BRAILLE, braille, trace
from ...tasks.pairs.texts import columns, one_line
from .heat import centred
from .line_styles import styles
from .rulers import Ruler, ruler
from .shades import marked, painted

ROWS = 11  # of the field between the axes
FIELD = 8  # fewest columns of the field
APART = 2  # rows between the ticks of the vertical axis
BETWEEN = 3  # blanks between the figures below the horizontal axis
MARKS = {True: "●▲■◆○△□◇▼▽★☆", False: "*o+x#@%&=$12"}  # none is the name of a state
COLORS = tuple(f"38;5;{number}" for number in (32, 166, 36, 169, 136, 74, 244))
EVERY = 16  # columns between two marks of a line
DIM = "2"
SIGNS = {
    True: {"rule": "│", "tick": "┤", "corner": "└", "floor": "─", "below": "┬"},
    False: {"rule": "|", "tick": "+", "corner": "+", "floor": "-", "below": "+"},
}
NONE, FEW = -1, 4  # no line in a cell; columns to either side in which a mark finds a free cell


def curves_lines(drawing: Curves, width: int, unicode: bool, color: bool) -> list[str]:
    """The chart in lines of at most `width` columns: what the vertical axis means, the field, the legend."""
    names = [one_line(name, None, unicode) for name in drawing.lines]
    if not any(there(line, drawing).any() for line in drawing.lines.values()):
        return ["no values", *legend(drawing, names, width, unicode, color)]
    y = vertical(drawing)
    left = max(map(len, y.texts), default=0)
    field = max(width - left - 2, FIELD)
    x = horizontal(drawing, field)
    signs, rows = SIGNS[unicode], dict(zip(*_places(y)))
    body = [
        f"{rows.get(row, ''):>{left}} {painted(signs['tick' if row in rows else 'rule'], DIM if color else None)}{line}"
        for row, line in enumerate(field_lines(drawing, (x, y), field, unicode, color))
    ]
    ticks = x.marks(field)
    floor = "".join(signs["below" if column in ticks else "floor"] for column in range(field))
    return [
        *([one_line(drawing.y_label, width, unicode)] if drawing.y_label else []),
        *body,
        " " * (left + 1) + painted(signs["corner"] + floor, DIM if color else None),
        *below(ticks, left + 2, width),
        *centred(one_line(drawing.x_label, field, unicode), left + 2, field),
        *legend(drawing, names, width, unicode, color),
    ]


def vertical(drawing: Curves) -> Ruler:
    """The Ruler of y."""

    def fits(found: Ruler) -> bool:
        places = sorted(found.marks(ROWS))
        return len(places) == len(found.ticks) and all(b - a >= APART for a, b in zip(places, places[1:]))

    return ruler(_all(drawing, 1), drawing.log_y, fits)


def horizontal(drawing: Curves, field: int) -> Ruler:
    """The Ruler of x on `field` columns."""

    def fits(found: Ruler) -> bool:
        spans = [(place - len(text) / 2, place + len(text) / 2) for place, text in found.marks(field).items()]
        return len(spans) == len(found.ticks) and all(b[0] - a[1] >= BETWEEN for a, b in zip(spans, spans[1:]))

    return ruler(_all(drawing, 0), drawing.log_x, fits)


def _all(drawing: Curves, part: int) -> np.ndarray:
    """x, part 0, or y, part 1, of all points that have a place."""
    found = [np.zeros(0)]
    for line in drawing.lines.values():
        x, y = (np.asarray(values, "f8") for values in line)
        found.append((x, y)[part][there(line, drawing)])
    return np.concatenate(found)


def there(line: Curve, drawing: Curves) -> np.ndarray:
    """(K,) bool: the points of a line that have a place in its chart."""
    x, y = (np.asarray(values, "f8") for values in line)
    return np.isfinite(x) & np.isfinite(y) & ((x > 0) | (not drawing.log_x)) & ((y > 0) | (not drawing.log_y))


def _places(y: Ruler) -> tuple[list[int], list[str]]:
    """The rows of the ticks of the vertical axis, counted from above, and their texts."""
    marks = y.marks(ROWS)
    return [ROWS - 1 - place for place in marks], list(marks.values())


def field_lines(drawing: Curves, axes: tuple[Ruler, Ruler], field: int, unicode: bool, color: bool) -> Iterator[str]:
    """The rows of the field."""
    across, down = BRAILLE if unicode else ASCII
    masks = [mask_of(line, drawing, axes, (ROWS * down, field * across)) for line in drawing.lines.values()]
    cells = np.array([mask.reshape(ROWS, down, field, across).any(axis=(1, 3)) for mask in masks])
    owners = owners_of(cells)
    marks = {} if unicode and len(masks) == 1 else marks_of(cells, owners, unicode)
    colors = [style.color for style in styles(drawing)]
    signs = braille(np.logical_or.reduce(masks)) if unicode else ascii_signs(owners)
    for (row, column), line in marks.items():
        signs[row, column], owners[row, column] = sign_of(line, unicode), line
    for texts, lines in zip(signs.tolist(), owners.tolist()):
        last = max((k for k, text in enumerate(texts) if text != " "), default=-1) + 1
        codes = [COLORS[colors[line] % len(COLORS)] if color and line != NONE else None for line in lines]
        yield marked(codes[:last], texts[:last])


def mask_of(line: Curve, drawing: Curves, axes: tuple[Ruler, Ruler], shape: tuple[int, int]) -> np.ndarray:
    """The dots of a line: bool, of that shape."""
    mask = np.zeros(shape, bool)
    kept = there(line, drawing)
    x, y = (axis.shares(np.where(kept, values, 1)) for axis, values in zip(axes, line))
    x, y = np.rint(x * (shape[1] - 1)), np.where(kept, np.rint((1 - y) * (shape[0] - 1)), np.nan)
    changed = np.ones(len(x), bool)
    changed[1:-1] = (np.diff(x)[:-1] != 0) | (np.diff(y)[:-1] != 0) | (np.diff(x)[1:] != 0) | (np.diff(y)[1:] != 0)
    trace(mask, x[changed], y[changed], BRAILLE[0] if shape[0] > ROWS else 1, dotted=False)
    return mask


def owners_of(cells: np.ndarray) -> np.ndarray:
    """The line that a cell (ROWS, field) belongs to, of those in `cells` (lines, ROWS, field): lines that lie on each
    other take turns."""
    count = cells.sum(axis=0)
    turn = np.arange(cells.shape[2])[None, :] // 2 % np.maximum(count, 1)
    rank = np.cumsum(cells, axis=0) - 1
    chosen = cells & (rank == turn)
    return np.where(count > 0, chosen.argmax(axis=0), NONE)


def ascii_signs(owners: np.ndarray) -> np.ndarray:
    """The sign of each cell's line."""
    return np.vectorize(lambda line: " " if line == NONE else sign_of(line, False), otypes=[object])(owners)


def sign_of(line: int, unicode: bool) -> str:
    return MARKS[unicode][line % len(MARKS[unicode])]


def marks_of(cells: np.ndarray, owners: np.ndarray, unicode: bool) -> dict[tuple[int, int], int]:
    """{(row, column): line} of the marks: a few on each line, in different columns."""
    taken: dict[tuple[int, int], int] = {}
    if not unicode:
        return taken
    lines, _, field = cells.shape
    for line in range(lines):
        drawn = np.flatnonzero(cells[line].any(axis=0))
        start = EVERY * (line + 0.5) / lines
        wanted = [column for column in np.arange(start, field, EVERY).astype(int) if column in drawn]
        for column in wanted or drawn[len(drawn) // 2 :][:1]:
            near = sorted(drawn[abs(drawn - column) <= FEW], key=lambda other: abs(other - column))
            places = ((int(np.median(np.flatnonzero(cells[line, :, other]))), int(other)) for other in near)
            if (place := next((each for each in places if each not in taken), None)) is not None:
                taken[place] = line
    return taken


def below(ticks: dict[int, str], left: int, width: int) -> list[str]:
    """The figures below the horizontal axis, which begins at column `left`, as far as they fit."""
    line = ""
    for place, text in ticks.items():
        at = max(min(left + place - len(text) // 2, width - len(text)), len(line) + bool(line))
        if at + len(text) <= width:
            line = line.ljust(at) + text
    return [line] if line else []


def legend(drawing: Curves, names: Sequence[str], width: int, unicode: bool, color: bool) -> list[str]:
    """The mark and the name of each line, and which have nothing to draw; nothing for one line without a name."""
    parts: list[str] = []
    colors = [style.color for style in styles(drawing)]
    for k, (name, line) in enumerate(zip(names, drawing.lines.values())):
        nothing = "" if there(line, drawing).any() else f": no value{' above 0' if drawing.log_y else ''}"
        mark = sign_of(k, unicode) if len(names) > 1 or not unicode else "⠒⠒"
        parts.append(f"{mark} {one_line(name, width - len(nothing) - 3, unicode)}{nothing}")
    if parts == ["⠒⠒ "] or not parts:
        return []
    shown = [_colored(part, number, color) for part, number in zip(parts, colors)]
    lines = ["  ".join(shown[k] for k in line) for line in in_lines(parts, width)]
    return [*lines, *textwrap.wrap(drawing.note, width)]


def _colored(part: str, number: int, color: bool) -> str:
    """A part of the legend, its mark in the colour of that number."""
    mark, name = part.split(" ", 1)
    return f"{painted(mark, COLORS[number % len(COLORS)] if color else None)} {name}"


def in_lines(parts: Sequence[str], width: int) -> list[list[int]]:
    """The numbers of the parts of each line of `width` columns."""
    lines: list[list[int]] = [[]]
    for k, part in enumerate(parts):
        if lines[-1] and columns("  ".join([*(parts[each] for each in lines[-1]), part])) > width:
            lines.append([])
        lines[-1].append(k)
    return lines
