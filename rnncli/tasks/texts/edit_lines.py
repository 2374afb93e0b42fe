"""A written text with its edits marked: [-missing], [+too much], [-missing+written instead].

Without colour the marks alone show them; with colour, what is missing is green and what is too much red.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from ..pairs.texts import columns
from .edits import Pair
from .shown_symbols import carried, shown_symbol

LEGEND = "[-missing +too much]"
GREEN, RED = "32", "31"
KEPT = (None, 32, 16, 6)  # symbols kept at either end of a stretch, as room gets scarce


class Part(NamedTuple):
    """Text that is not broken, and its ANSI colour."""

    text: str
    color: str = ""


def edit_lines(
    pairs: Sequence[Pair],
    width: int,
    joint: str = "",
    unicode: bool = True,
    color: bool = False,
    most: int = 1,
) -> list[str]:
    """A written text with its edits, `pairs` from `edits`, in at most `most` lines of `width` columns.

    joint: what stands between symbols. Where there is no room for all, long stretches are cut in the middle first.
    """
    more = "…" if unicode else "..."
    runs = [(same, [*run]) for same, run in groupby(pairs, key=lambda pair: pair[0] == pair[1])]
    lines: list[list[Part]] = []
    for kept in KEPT:
        lines = _broken(_parts(runs, joint, unicode, kept, more), width)
        if len(lines) <= most:
            break
    else:
        lines = [*lines[: most - 1], _cut([part for line in lines[most - 1 :] for part in line], width, more)]
    return [_painted(line) if color else "".join(part.text for part in line) for line in lines]


def _parts(runs, joint, unicode, kept, more) -> Iterator[Part]:
    """The text in parts: a symbol each, with the marks that belong to it."""
    for k, (same, pairs) in enumerate(runs):
        between = joint if k else ""
        if same:
            symbols = [shown_symbol(symbol, unicode) for symbol, _ in pairs]
            symbols = _middle_cut(symbols, kept, (k > 0, k < len(runs) - 1), more)
            symbols[0] = carried(symbols[0]) if k else symbols[0]
            yield from (Part((joint if n else between) + text) for n, text in enumerate(symbols))
        else:
            yield from _edit(pairs, between, joint, unicode, kept, more)


def _edit(pairs, between, joint, unicode, kept, more):
    """The parts of one run of edits, in brackets."""
    missing = [shown_symbol(truth, unicode) for _, truth in pairs if truth is not None]
    extra = [shown_symbol(own, unicode) for own, _ in pairs if own is not None]
    parts = []
    for sign, color, symbols in (("-", GREEN, missing), ("+", RED, extra)):
        for n, text in enumerate(_middle_cut(symbols, kept, (True, True), more)):
            parts.append(Part(joint + text if n else sign + carried(text), color))
    parts[0] = Part(f"{between}[{parts[0].text}", parts[0].color)
    parts[-1] = Part(f"{parts[-1].text}]", parts[-1].color)
    return parts


def _middle_cut(symbols, kept, ends, more):
    """The symbols; where there are many, the first and the last `kept` of them. ends: whether these two stay."""
    if kept is None:
        return symbols
    head, tail = kept * ends[0], kept * ends[1]
    long = len(symbols) > head + tail + 1
    return [*symbols[:head], more, *symbols[len(symbols) - tail :]] if long else symbols


def _broken(parts, width) -> list[list[Part]]:
    """The parts in lines; a part that is wider than a line stands alone."""
    lines: list[list[Part]] = [[]]
    used = 0
    for part in parts:
        taken = columns(part.text)
        if lines[-1] and used + taken > width:
            lines.append([])
            used = 0
        lines[-1].append(part)
        used += taken
    return lines


def _cut(parts, width, more):
    """The first parts, as many as stand before a sign for more."""
    if sum(columns(part.text) for part in parts) <= width:
        return parts
    kept, used = [], columns(more)
    for part in parts:
        used += columns(part.text)
        if used > width:
            break
        kept.append(part)
    return [*kept, Part(more)]


def _painted(parts):
    """The parts with ANSI codes."""
    runs = ((code, "".join(part.text for part in run)) for code, run in groupby(parts, key=lambda part: part.color))
    return "".join(f"\x1b[{code}m{text}\x1b[0m" if code else text for code, text in runs)
