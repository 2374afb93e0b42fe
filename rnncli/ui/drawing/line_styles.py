"""The lines of charts as they are told apart: which of many are drawn, the colour of each and its place beside others
of that colour."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import NamedTuple

from ...laboratory.drawings import Curves, Element, Finding
from .shades import LINES

MOST = 12  # lines of a chart: as many marks can be told apart


class Style(NamedTuple):
    """The look of a line: the number of its colour, and of its dashes among the lines of this colour."""

    color: int
    dash: int


def styles(drawing: Curves) -> list[Style]:
    """The Style of each line: a colour for a group, or for each line that is in none. Where there are more of them than
    colours, these begin anew with other dashes."""
    groups = [drawing.groups.get(name, name) for name in drawing.lines]
    palette = list(dict.fromkeys([*drawing.palette, *groups]))
    colors = [palette.index(group) % len(LINES) for group in groups]
    return [Style(color, colors[:k].count(color)) for k, color in enumerate(colors)]


def prepared(findings: Sequence[Finding]) -> list[Finding]:
    """The findings with one palette for the groups of all charts, and at most 12 lines in a chart."""
    every = [each for finding in findings for each in (*finding.brief, *finding.more)]
    charts = [each for each in every if isinstance(each, Curves)]
    palette = tuple(dict.fromkeys(group for each in charts for group in groups_of(each)))

    def changed(elements: Sequence[Element]) -> list[Element]:
        return [shortened(replace(each, palette=palette)) if isinstance(each, Curves) else each for each in elements]

    return [replace(each, brief=changed(each.brief), more=changed(each.more)) for each in findings]


def groups_of(drawing: Curves) -> list[str]:
    """The groups of a chart in the order of its lines."""
    return [drawing.groups[name] for name in drawing.lines if name in drawing.groups]


def shortened(drawing: Curves) -> Curves:
    """The chart with its most important lines: the first ones of each group by turns, in their own order."""
    if len(drawing.lines) <= MOST:
        return drawing
    by_group: dict[str, list[str]] = {}
    for name in drawing.lines:
        by_group.setdefault(drawing.groups.get(name, ""), []).append(name)
    by_turns = [name for turn in zip_longest(*by_group.values()) for name in turn if name is not None]
    kept = set(by_turns[:MOST])
    lines = {name: line for name, line in drawing.lines.items() if name in kept}
    return replace(drawing, lines=lines, note=f"and {len(drawing.lines) - MOST:,} more, in --format csv")
