"""What to do with several rows of one stamp: columns that tell them apart, or adding them up."""

from collections.abc import Sequence

import numpy as np

from ..tables.frame import Frame
from .columns import Columns, for_shell
from .identify import is_full, leaves_series, may_name
from .names import QUANTITIES, RATES, called
from .panel import Roles

SUGGESTED = 3  # columns that are suggested as ids, at most
MANY = 0.1  # share of the rows that have their stamps together with others where they are single events


def telling_apart(frame: Frame, roles: Roles, rows: np.ndarray, groups: Sequence[np.ndarray]) -> tuple[str, str]:
    """(hint, options) for groups [(n,)] of rows with the same stamp, as positions in `rows` (R,) of a Frame.

    The columns without a role that tell them apart, as ids that leave series of several rows; where none does, and many
    rows share their stamps, that these are to be added up; ("", "") otherwise.
    """
    taken = {roles.id, roles.time, *roles.numeric, *roles.static}
    columns = Columns(frame)
    parts = roles.id.split("/") if roles.id else []
    own = parts if set(parts) <= set(frame.columns) else [roles.id] if roles.id else []
    found = [
        name
        for name in may_name(columns, [name for name in frame.columns if name not in taken])
        if all(_differ(frame.columns[name], rows[group]) for group in groups)
        and leaves_series(columns, [*own, name])
        and is_full(columns, name)
    ]
    if found:
        what, option = " or ".join(found[:SUGGESTED]), f"--id-col {for_shell([*own, found[0]])}"
        return f"{what} tells them apart: use `{option}`, remove one of them", option
    if any(frame.file[rows[group]].min() < frame.file[rows[group]].max() for group in groups):
        return "the files have stamps in common: remove these rows from one of them", "--duplicates last"
    counted = all(called(name, QUANTITIES) for name in roles.targets)
    many = sum(map(len, groups)) >= MANY * len(rows)
    if (many or counted) and not any(called(name, RATES) for name in roles.targets):
        return "orders and other events are added up with `--duplicates sum`", "--duplicates sum"
    return "", ""


def _differ(column, rows):
    return len(set(column[rows].tolist())) == len(rows)
