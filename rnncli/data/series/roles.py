"""The roles of the columns of a table: given ones, and for the rest what names and cells say."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import ConfigError, DataError
from ..tables.frame import Frame
from .columns import Columns, for_shell
from .identify import find_ids, is_full
from .known_ahead import known_ahead
from .targets import find_target
from .times import find_time, ids_of_cycles
from .unread_times import unread_times


@dataclass(frozen=True)
class Roles:
    """The roles of the columns of a table. `id` may be None for a single series, `time` for one step per row."""

    id: str | None
    time: str | None
    targets: tuple[str, ...]
    past: tuple[str, ...] = ()  # past covariates, known up to the origin
    known: tuple[str, ...] = ()  # future covariates, known beyond it, such as a price list
    static: tuple[str, ...] = ()  # static covariates, one value for each series

    @property
    def numeric(self) -> tuple[str, ...]:
        """The columns that hold a value for each step."""
        return (*self.targets, *self.past, *self.known)


@dataclass(frozen=True)
class Wanted:
    """The columns that the user gave a role, by name; for what is empty, one is found."""

    id: Sequence[str] | None = ()
    time: Sequence[str] | None = ()
    targets: Sequence[str] = ()
    past: Sequence[str] = ()
    known: Sequence[str] = ()
    static: Sequence[str] = ()
    single: bool = False  # the table has no ids, whatever its columns say

    def resolved(self, columns: Columns) -> "Wanted":
        """The same with the columns' own names. ConfigError for a name that is no column, or has two roles."""
        options = ("--id-col", "--time-col", "--target-col", "--past-cols", "--future-cols", "--static-cols")
        given = dict(zip(options, self.given(), strict=True))
        _check_there(columns, given)
        names = [columns.resolved(pieces, option) for option, pieces in given.items()]
        every = [name for group in names for name in group]
        for name in every:
            if every.count(name) > 1:
                raise ConfigError(f"column '{name}' is given two roles", "give each column one role")
        return Wanted(*names, single=self.single)

    def given(self) -> tuple[Sequence[str] | None, ...]:
        return self.id, self.time, self.targets, self.past, self.known, self.static

    def every(self) -> list[str]:
        """All columns with a role."""
        return [name for group in self.given() for name in group or ()]


def _check_there(columns, given):
    """ConfigError for all names that are no columns, where several options name some."""
    missing = {option: columns.missing(pieces) for option, pieces in given.items() if columns.missing(pieces)}
    if len(missing) > 1:
        told = ", ".join(f"{', '.join(repr(name) for name in names)} ({option})" for option, names in missing.items())
        raise ConfigError(
            f"{columns.frame.files[0]} has no column {told}",
            f"its columns: {columns.listed_by_kind(columns.names)}; name those of your table with these options, or "
            "write [] for none, as in --past-cols '[]'",
        )


@dataclass(frozen=True)
class Found:
    """The roles as columns of the file: `id` and `time` may be several columns each."""

    id: tuple[str, ...]
    time: tuple[str, ...]
    targets: tuple[str, ...]
    past: tuple[str, ...]
    known: tuple[str, ...]
    static: tuple[str, ...]
    ahead: tuple[str, ...] = ()  # of `known`, those found because they have values after the last target


def find_roles(columns: Columns, wanted: Wanted = Wanted()) -> Found:
    """The Found of a long table.

    Raises ConfigError for a name that is not a column or has two roles, DataError if the target is ambiguous.
    """
    wanted = wanted.resolved(columns)
    taken = wanted.every()
    free = [name for name in columns.names if name not in taken]
    time = tuple(wanted.time or ()) or find_time(columns, free, tuple(wanted.id or ()))
    free = [name for name in free if name not in time]
    ids = () if wanted.single else tuple(wanted.id or ()) or find_ids(columns, free, time)
    ids = ids or (() if time or wanted.single else ids_of_cycles(columns, free) or _ids_beside_unread(columns, free))
    free = [name for name in free if name not in ids]
    _check_named(columns, ids, free, time)
    targets = tuple(wanted.targets) or find_target(columns, free, ids, time)
    free = [name for name in free if name not in targets]
    ahead = () if wanted.known or not time else known_ahead(columns, free, ids, targets)
    return Found(ids, time, targets, tuple(wanted.past), tuple(wanted.known) + ahead, tuple(wanted.static), ahead=ahead)


def _ids_beside_unread(columns, free):
    """The columns that name series whose stamps are not read: a step per row of each of them."""
    found = unread_times(columns, free)
    return found[1] if found else ()


def _check_named(columns, ids, free, time):
    """DataError where a row has no cell in any column of the ids, with the columns that name all rows, if there are."""
    if not ids or any(is_full(columns, name) for name in ids):
        return
    empty = np.logical_and.reduce([columns.frame.columns[name] == "" for name in ids])
    if not empty.any():
        return
    others = find_ids(columns, free, time)
    if not any(is_full(columns, name) for name in others):
        return  # these rows are left out, or a series of their own
    option = f"--id-col {for_shell(others)}"
    raise DataError(
        f"{columns.frame.where(int(empty.argmax()), ids[0])}: the id is empty, {empty.sum():,} times in all",
        f"every row needs the id of its series; use `{option}`",
        option,
    )


def roles_in(frame: Frame, **wanted: Any) -> Found:
    """The Found of a long Frame."""
    return find_roles(Columns(frame), Wanted(**wanted))
