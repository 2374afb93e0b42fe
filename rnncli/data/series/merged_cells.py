"""Cells that a spreadsheet merged, or a pivot table shows once for a group of rows: below the first they are empty."""

from dataclasses import replace

import numpy as np

from ..tables.frame import Frame
from ..tables.table import Texts, stored_of
from ..time.shapes import stripped
from .columns import Columns
from .names import is_total

LEADING = 3  # columns at the left that name groups, at most


def filled_down(frame: Frame) -> tuple[Frame, tuple[str, ...]]:
    """(the Frame with the names of groups in all of their rows, a note on each such column).

    A column names groups where its first cell is not empty and each row below an empty cell has, in the next column, a
    word that comes once in its group and in another group too: else an empty cell is one that was never filled.
    """
    columns, names, notes, filled = Columns(frame), list(frame.columns), [], {}
    for name, following in zip(names[:LEADING], names[1:]):
        sample = [text for text in columns.sample(name) if not text or not is_total(text)]
        if 2 * sum(not text for text in sample) < len(sample):
            continue
        cells = stripped(frame.columns[name])
        given = np.strings.str_len(cells) > 0
        if given.all() or not given[0]:
            continue
        group = np.cumsum(given) - 1
        if columns.kind(following) == "word" and _repeats_in(
            group, filled.get(following, stripped(frame.columns[following])), given, cells
        ):
            filled[name] = cells[np.flatnonzero(given)[group]]
            row = int((~given).argmax())
            notes.append(f"{frame.where(row, name)}: empty cells read as the one above: {(~given).sum():,}")
    if not filled:
        return frame, ()
    return replace(frame, columns=Texts(stored_of(frame.columns) | filled)), tuple(notes)


def _repeats_in(group, cells, given, names):
    """Whether the cells beside a group's name, none of them empty but those of totals, differ in each group and come
    again in others."""
    own = given & (np.strings.str_len(cells) == 0)  # rows of totals, which stand for themselves
    if own.any() and not all(is_total(str(name)) for name in names[own]):
        return False
    group, cells, given = group[~own], cells[~own], given[~own]
    if not len(cells) or (np.strings.str_len(cells) == 0).any():
        return False
    words, codes = np.unique(cells, return_inverse=True)
    pairs = np.unique(codes.astype(np.int64) * (group[-1] + 1) + group)
    groups_of = np.bincount(pairs // (group[-1] + 1), minlength=len(words))
    return len(pairs) == len(cells) and bool((groups_of[codes[~given]] > 1).all()) and len(words) > 1
