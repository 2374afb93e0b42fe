"""A shaded text in a terminal: on coloured ground, or with a row of signs below each line."""

import textwrap
from collections.abc import Iterator, Sequence
from math import isfinite, isnan

from ...laboratory.drawings import Shaded
from ...tasks.pairs.texts import columns, one_line, packed
from .shaded_cells import Cell, cells_of, wrapped
from .shades import Shades, background, marked, shades_of_text

DIGITS = "0123456789"  # from low to high
SIGNS = "=-.+#"  # from low over zero to high


def shaded_lines(drawing: Shaded, width: int, unicode: bool, color: bool) -> list[str]:
    """The text in lines of `width` columns under the meaning of its shades."""
    shades = shades_of_text(drawing)
    lines = wrapped(cells_of(drawing, shades.shares(drawing.values), unicode), width)
    shown = (colored(line, shades) for line in lines) if color else with_signs(lines, shades)
    return [*legend(drawing, shades, width, unicode, color), *shown]


def colored(line: Sequence[Cell], shades: Shades) -> str:
    """A line on coloured ground."""
    codes = [None if isnan(cell.share) else background(shades.ramp.number(cell.share)) for cell in line]
    return marked(codes, [cell.text for cell in line])


def with_signs(lines: Iterator[list[Cell]], shades: Shades) -> Iterator[str]:
    """Each line, and below it the signs of its symbols where it has any."""
    for line in lines:
        yield "".join(cell.text for cell in line).rstrip()
        signs = "".join(sign(cell.share, shades) * cell.width for cell in line).rstrip()
        yield from [signs] if signs else []


def sign(share: float, shades: Shades) -> str:
    """The sign of a share from 0 to 1; a blank for nan."""
    scale = scale_of(shades)
    return " " if isnan(share) else scale[min(int(share * len(scale)), len(scale) - 1)]


def scale_of(shades: Shades) -> str:
    return SIGNS if shades.two_sided else DIGITS


def legend(drawing: Shaded, shades: Shades, width: int, unicode: bool, color: bool) -> list[str]:
    """The meaning of the shades, of `drawing.label`."""
    label = one_line(drawing.label, None, unicode)
    if not (isfinite(shades.low) and isfinite(shades.high)):
        return [f"{label}: no values"]
    low, high = shades.texts
    if color:
        text, taken = f"{low} {shades.ramp.legend()} {high}", columns(f"{label}: {low}  {high}") + shades.ramp.columns
        return [f"{label}: {text}"] if taken <= width else [*textwrap.wrap(f"{label}:", width), text]
    scale = scale_of(shades)
    middle = [f"{scale[len(scale) // 2]} is near 0,"] if shades.two_sided else []
    ends = [f"{scale[0]} is {low},", *middle, f"{scale[-1]} is {high},", "a blank is no value"]
    return packed([*textwrap.wrap(f"{label}, below each line:", width), *ends], width, " ")
