"""The gradient-norm table: for every parameter its norm before and after clipping, and the relative step."""

from collections.abc import Mapping

from ..events import ParameterNorm, StepDone
from .drawing.sparkline import Trail, sparkline

COLUMNS = {"grad norm": "norm", "clipped": "clipped", "update ratio": "update_ratio"}  # title -> field, in their order
LEAVING = ("clipped", "update ratio")  # columns that a narrow table leaves out, the first one first
NUMBER = 13  # characters of a column of figures
LEAST_NAME, LEAST_SPARK, GOOD_SPARK, MOST_SPARK = 12, 8, 12, 32  # characters
HISTORY = ("grad norm so far, log scale", "norm so far")  # titles of the sparklines, the first that fits
GAP = "  "  # before them


def norms_lines(
    step: StepDone, width: int = 100, trails: Mapping[str, Trail] | None = None, unicode: bool = False
) -> list[str]:
    """The table of a StepDone as lines of at most `width` characters, down to 25 of them, or 35 with sparklines.

    grad norm: ||g|| before clipping; clipped: after it; update ratio: ||step|| / ||parameter||. trails: the grad norm
    of each parameter so far, shown as a sparkline; unicode: whether block elements may be written.
    """
    longest = max(map(len, ("parameter", *(row.name for row in step.norms))))
    least, good = (len(GAP) + LEAST_SPARK, len(GAP) + GOOD_SPARK) if trails else (0, 0)
    titles = fitting(width - least - min(longest, LEAST_NAME))
    left = width - NUMBER * len(titles)
    first = min(longest, left - least, max(left - good, LEAST_NAME))
    room = min(left - first - len(GAP), MOST_SPARK)
    histories = {name: GAP + sparkline(trail.values, room, unicode) for name, trail in (trails or {}).items()}
    head = GAP + next((title for title in HISTORY if len(title) <= room), "so far") if trails else ""
    lines = [f"{'parameter':{first}}" + "".join(f"{title:>{NUMBER}}" for title in titles) + head]
    for row in step.norms:
        lines.append(f"{shorten(row.name, first):{first}}" + figures(row, titles) + histories.get(row.name, ""))
    return lines


def fitting(room: int) -> list[str]:
    """The titles of the columns of figures that `room` characters have place for, the first one at least."""
    titles = list(COLUMNS)
    for title in LEAVING:
        if NUMBER * len(titles) > room:
            titles.remove(title)
    return titles


def figures(row: ParameterNorm, titles: list[str]) -> str:
    """The figures of one parameter, each right-aligned in its column."""
    return "".join(f"{getattr(row, COLUMNS[title]):{NUMBER}.2e}" for title in titles)


def shorten(name: str, room: int) -> str:
    """A long name without its start, since its end distinguishes the parameters of a layer."""
    return name if len(name) <= room else "..." + name[len(name) - room + 3 :]
