"""Files that hold a series each, and no column that says so: the name of the file is the id."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..tables.frame import Frame
from ..tables.table import TEXT, Texts, stored_of
from .columns import Columns

FILE = "file"  # the column of the names of files
FEW = 0.01  # of the rows of a file may repeat a stamp of it
SHARED = 0.2  # of the rows repeat a stamp of another file at least: fewer are where files of one series overlap


def named_by_files(columns: Columns, time: Sequence[str], targets: Sequence[str]) -> Frame | None:
    """The Frame of a table without ids, with a column of the names of its files, where the files have stamps in common
    with other values in them: each is a series. None for another table."""
    frame = columns.frame
    if len(frame.files) < 2 or not time or FILE in frame.columns or columns.repeats(time) < SHARED:
        return None
    named = with_files(frame)
    own = Columns(named, columns.na)
    if own.repeats((FILE, *time)) > FEW or columns.repeats(time) - columns.repeats((*time, *targets)) < FEW:
        return None
    return named


def with_files(frame: Frame) -> Frame:
    """A Frame with the names of its files as its first column: without folders and endings if they stay different."""
    names = [Path(name).name.split(".")[0] or name for name in frame.files]
    names = names if len(set(names)) == len(names) else list(frame.files)
    return replace(frame, columns=Texts({FILE: np.array(names, TEXT)[frame.file], **stored_of(frame.columns)}))
