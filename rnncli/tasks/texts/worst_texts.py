"""The texts of an evaluation with the largest symbol error, each with its place, its source and its edits."""

from collections.abc import Iterator
from typing import Any

from ...phrases import counted
from ..pairs.listing import PLACE, WIDTH
from ..pairs.texts import columns, one_line, place
from .edit_lines import LEGEND, edit_lines
from .edits import edits
from .shown_symbols import joint_of

LINES = 3  # most lines of edits
INDENT = 11  # columns before a text


def worst_lines(report: Any, width: int = WIDTH, color: bool = False) -> Iterator[str]:
    """The lines of the worst texts of a TextReport; none where every text is right or none is wanted."""
    worst = report.most_wrong()
    if worst:
        yield f"most wrong: {LEGEND}"
    for k in worst:
        yield from _example_lines(report.example(k), report.split, width, report.unicode, color)


def _example_lines(one, split, width, unicode, color):
    counts = f"error {one['symbol_error']:.3f}: {counted(one['edits'], 'edit')}, {counted(one['symbols'], 'symbol')}"
    where = place(one["where"], min(PLACE, width), unicode)
    beside = columns(where) + len(counts) + 2 <= width
    yield from (f"{where}  {counts}",) if beside else (where, f"  {one_line(counts, width - 2, unicode)}")
    for title, name in (("source", "source"), ("written", "written"), ("truth", "nearest")):
        yield f"  {title:7}  {one_line(one[name], width - INDENT, unicode)}".rstrip()
    texts = one["written"], one["nearest"]
    pairs = edits(*map(split, texts))
    lines = edit_lines(pairs, width - INDENT, joint_of(split, texts), unicode, color, LINES)
    for title, line in zip(("edits", "", ""), lines):
        yield f"  {title:7}  {line}"
