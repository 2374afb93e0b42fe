"""The id of each row of a table: cells of one column or several, without outer blanks; rows that have none."""

from dataclasses import replace

import numpy as np

from ..tables.frame import Frame
from ..tables.wide_tables import TEXT, as_texts
from .arrangement import BETWEEN, Arrangement
from .columns import Columns
from .completing import Header

NAMELESS = "(none)"  # the id of rows without one
FEW = 0.05  # of the rows lack an id, so that they are left out rather than a series


def kept_rows(frame: Frame, rows: np.ndarray) -> Frame:
    """A Frame with some of its rows."""
    cells = {name: cells[rows] for name, cells in frame.columns.items()}
    return replace(frame, columns=cells, file=frame.file[rows], line=frame.line[rows])


def ids_of(
    frame: Frame, arrangement: Arrangement
) -> tuple[np.ndarray | None, tuple[str, ...], dict[str, tuple[str, ...]]]:
    """((R,) the id of each row, or None; notes; {id: cells} of ids that cannot be taken apart).

    Outer blanks are left out, and empty cells if the ids stay different.
    """
    name = arrangement.id_name
    if arrangement.layout == "wide" or not arrangement.id or name is None:
        return None, (), {}
    own = arrangement.id if all(one in frame.columns for one in arrangement.id) else (name,)
    cells = [np.strings.strip(as_texts(frame.columns[one])) for one in own]
    notes = tuple(note for one, texts in zip(own, cells) for note in _blanks(frame, one, texts))
    nameless = np.logical_and.reduce([np.strings.str_len(texts) == 0 for texts in cells])
    if nameless.any():
        cells[0][nameless] = NAMELESS
        row = int(nameless.argmax())
        notes += (f"{frame.where(row, own[0])}: rows without an id are the series '{NAMELESS}': {nameless.sum():,}",)
    if len(own) == 1:
        return cells[0], notes, {}
    codes = Columns(replace(frame, columns=dict(zip(own, cells)))).codes(own)
    firsts = np.unique(codes, return_index=True)[1]
    parts = [tuple(str(texts[row]) for texts in cells) for row in firsts.tolist()]
    names = [BETWEEN.join(filter(None, each)) for each in parts]
    if len(set(names)) < len(names) or not all(names):
        names = [BETWEEN.join(each) for each in parts]
    odd = {name: each for name, each in zip(names, parts) if tuple(name.split(BETWEEN)) != each}
    return np.array(names, TEXT)[codes], notes, odd


def with_ids(
    frame: Frame, arrangement: Arrangement, header: Header | None
) -> tuple[Frame, Header | None, tuple[str, ...]]:
    """(the Frame and its Header without the rows that lack an id, a note on them), where these are few."""
    own = [name for name in arrangement.id if name in frame.columns]
    if arrangement.layout == "wide" or not own:
        return frame, header, ()
    kept = np.logical_or.reduce([frame.columns[name] != "" for name in own])
    if kept.all() or (~kept).sum() > FEW * len(kept):
        return frame, header, ()
    note = f"{frame.where(int((~kept).argmax()), own[0])}: the id is empty; rows left out: {(~kept).sum():,}"
    if header is not None and header.adds is not None:
        header = replace(header, adds=header.adds[kept])
    return kept_rows(frame, kept), header, (note,)


def _blanks(frame, name, stripped):
    """A note on ids with outer blanks, or none."""
    differing = np.flatnonzero(as_texts(frame.columns[name]) != stripped)
    if not len(differing):
        return []
    row = int(differing[0])
    return [f"{frame.where(row, name)}: blanks around ids are left out, {len(differing):,} times in all"]
