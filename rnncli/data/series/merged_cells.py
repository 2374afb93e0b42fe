"""Cells that a spreadsheet merged, or a pivot table shows once for a group of rows: below the first they are empty."""

from dataclasses import replace

import numpy as np

from ..tables.frame import Frame
from ..tables.table import Texts, stored_of
from ..time.shapes import stripped
from .columns import Columns
from .names import is_total
from .numbering import numbered_texts

LEADING = 3  # columns at the left that name groups, at most


def filled_down(frame: Frame) -> tuple[Frame, tuple[str, ...]]:
    """(the Frame with the names of groups in all of their rows, a note on each such column).

    A column names groups where its first cell is not empty and the rows of a group differ in the next column, in words
    that each stand in another group too or in stamps of which one does: else an empty cell is one that was never
    filled. Beside a column that is filled itself, both say where rows differ.
    """
    columns, names, notes, filled = Columns(frame), list(frame.columns), [], {}
    for k in reversed(range(min(LEADING, len(names) - 1))):
        name = names[k]
        sample = [text for text in columns.sample(name) if not text or not is_total(text)]
        if 2 * sum(not text for text in sample) < len(sample):
            continue
        cells = stripped(frame.columns[name])
        given = np.strings.str_len(cells) > 0
        if given.all() or not given[0]:
            continue
        group = np.cumsum(given) - 1
        if _are_groups(columns, names[k + 1 :], filled, group, given, cells):
            filled[name] = cells[np.flatnonzero(given)[group]]
            row = int((~given).argmax())
            notes.insert(0, f"{frame.where(row, name)}: empty cells read as the one above: {(~given).sum():,}")
    if not filled:
        return frame, ()
    return replace(frame, columns=Texts(stored_of(frame.columns) | filled)), tuple(notes)


def _are_groups(columns, beside, filled, group, given, cells):
    """Whether cells are the names of groups by the columns `beside` them: those that are filled, and the next."""
    count = next((k for k, name in enumerate(beside) if name not in filled), len(beside) - 1)
    name = beside[count]
    kind = columns.kind(name)
    if kind not in ("word", "time"):
        return False
    for inner in beside[:count]:
        group = numbered_texts(np.strings.add(np.strings.add(group.astype(str), "/"), filled[inner]))
    return _repeats_in(group, stripped(columns.frame.columns[name]), given, cells, kind == "word")


def _repeats_in(group, cells, given, names, each):
    """Whether the cells beside a group's name, none of them empty but those of totals, differ in each group and come
    again in others: `each` of them, or one."""
    own = given & (np.strings.str_len(cells) == 0)  # rows of totals, which stand for themselves
    if own.any() and not all(is_total(str(name)) for name in names[own]):
        return False
    group, cells, given = group[~own], cells[~own], given[~own]
    if not len(cells) or (np.strings.str_len(cells) == 0).any():
        return False
    codes = numbered_texts(cells)
    pairs = np.unique(codes.astype(np.int64) * (int(group.max()) + 1) + group)
    groups_of = np.bincount(pairs // (int(group.max()) + 1), minlength=1)
    again = groups_of[codes[~given]] > 1
    return len(pairs) == len(cells) and bool(again.all() if each else again.any()) and len(groups_of) > 1
