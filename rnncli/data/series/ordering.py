"""Rows of a table brought into the order of their series and of time, and rows with the same stamp merged.

Everything here works on all series at once: R rows with the stamps `values`, of the series numbered `series`, 0..S - 1.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ...errors import ConfigError, DataError
from ..time.clock import DAY, HOUR

UNSORTED = ("error", "sort")
DUPLICATES = ("auto", "error", "first", "last", "mean", "sum")
OTHERWISE = f", or use `--duplicates {'|'.join(DUPLICATES[2:])}`"
FEW = 0.01  # share of the rows with a stamp of others and other values, up to which they are averaged unasked
CHANGES = (0, 4)  # hours of a day, a Sunday, that a clock that is put back shows twice


@dataclass(frozen=True)
class Merged:
    """Rows of which each has a stamp of its own: `rows` (M,), the first of each in the table, in the order of series
    and time, and their values `y` (M, C).

    Of each series: the number of rows `moved` (S,), and of rows merged, `doubled` (S,), with the place of the first of
    these in `places`. `how` these were merged: identical, first, last, mean or sum."""

    rows: np.ndarray
    y: np.ndarray
    moved: np.ndarray
    doubled: np.ndarray
    how: str = "identical"
    places: Mapping[int, str] = field(default_factory=dict)


def check_policies(unsorted: str, duplicates: str) -> None:
    """ConfigError for an unknown policy."""
    for name, value, known in (("unsorted", unsorted, UNSORTED), ("duplicates", duplicates, DUPLICATES)):
        if value not in known:
            raise ConfigError(f"{name}: '{value}' is not known", f"known: {', '.join(known)}")


def in_order(
    values: np.ndarray, series: np.ndarray, count: int, where: Callable[[int], str], unsorted: str
) -> tuple[np.ndarray, np.ndarray]:
    """The rows in the order of series and time, (R,), and of each of `count` series the number of rows whose stamp was
    before that of the row above it, (S,). DataError for such a row under the policy "error"."""
    rows = np.arange(len(series), dtype=np.int32)
    if (np.diff(series) < 0).any():
        rows = np.argsort(series, kind="stable").astype(np.int32)
    inside, steps = np.diff(series[rows]) == 0, np.diff(values[rows])
    back = np.flatnonzero(inside & (steps < 0))
    moved = np.bincount(series[rows[back + 1]], minlength=count)
    if len(back) and unsorted == "error":
        first = back[rows[back + 1].argmin()]
        raise DataError(
            f"{where(int(rows[first + 1]))}: the stamp is before that of {where(int(rows[first]))}",
            "sort the rows of each series by time, or use `--unsorted sort`",
            "--unsorted sort",
        )
    return (rows[np.lexsort((values[rows], series[rows]))] if len(back) else rows), moved


def merge(
    values: np.ndarray,
    series: np.ndarray,
    y: np.ndarray,
    rows: np.ndarray,
    moved: np.ndarray,
    where: Callable[[int], str],
    duplicates: str,
    coded: Sequence[int] = (),
    remedy: Callable[[list[np.ndarray]], tuple[str, str]] | None = None,
) -> Merged:
    """The Merged of `rows` (R,) from `in_order`, of values (R,), series (R,) and y (R, C).

    `duplicates`: "first" or "last" keeps that row, "mean" and "sum" those of the observed values of each column,
    but the first one of `coded` columns. "auto" drops rows without other values, and averages the rest if they are few
    or of an hour that a clock shows twice; "error" refuses both. remedy(rows in question) -> (hint, options) of that
    DataError.
    """
    t, s = values[rows], series[rows]
    new = np.concatenate([[True], (np.diff(t) != 0) | (np.diff(s) != 0)])[: len(rows)]
    begins, doubled = np.flatnonzero(new), np.bincount(s[~new], minlength=len(moved))
    if new.all():
        return Merged(rows, y[rows], moved, doubled)
    how = duplicates
    if duplicates in ("auto", "error"):
        other = _differing(y[rows], begins)
        how = "mean" if other.any() else "identical"
        few = other.sum() <= FEW * len(rows) or _is_shown_twice(t[other])
        if duplicates == "error" or not few:
            doubted = np.flatnonzero(other if other.any() else ~new)
            first = doubted[rows[doubted].argmin()]
            hint, options = remedy(_groups_of(rows, begins, doubted)) if remedy else ("", "")
            options = options or "--duplicates mean"
            raise DataError(
                f"{where(int(rows[first]))}: the same stamp as {where(int(rows[first - 1]))}"
                + (f", and so are {len(doubted) - 1:,} more" if len(doubted) > 1 else ""),
                (hint or "remove one of them, give each series its own id") + OTHERWISE,
                options,
            )
    return Merged(rows[begins], _merged(y[rows], begins, how, coded), moved, doubled, how, _places(rows, s, new, where))


def _places(rows, series, new, where):
    """{series: the place of its first row with the stamp of an earlier one}; series (R,) of the sorted rows (R,)."""
    second = np.flatnonzero(~new)
    second = second[np.argsort(rows[second], kind="stable")]
    owners, first = np.unique(series[second], return_index=True)
    return {int(owner): where(int(rows[second[k]])) for owner, k in zip(owners, first)}


def _differing(y, begins):
    """(R,) bool: rows of y (R, C) after the first with their stamp, where a value of these rows differs."""
    sizes = np.diff(np.append(begins, len(y)))
    lowest, highest = (each.reduceat(y, begins) for each in (np.fmin, np.fmax))
    other = np.repeat((lowest < highest).any(axis=1), sizes)
    other[begins] = False
    return other


def _is_shown_twice(values):
    """Whether stamps (n,) all lie in the hours of a Sunday that a clock shows twice when it is put back."""
    days, clock = np.divmod(values, DAY)
    night = (clock >= CHANGES[0] * HOUR) & (clock < CHANGES[1] * HOUR)
    return bool((night & ((days + 3) % 7 == 6)).all())


def _groups_of(rows, begins, doubted):
    """All rows with a stamp of the rows at `doubted`, [(n,)] for each stamp."""
    ends = np.append(begins[1:], len(rows))
    groups = np.unique(np.searchsorted(begins, doubted, side="right") - 1)
    return [rows[begins[group] : ends[group]] for group in groups]


def _merged(y, begins, how, coded):
    """Rows of y (R, C), sorted by stamp, merged to one row for each stamp; begins: their first positions."""
    if how == "first":
        return y[begins]
    if how == "last":
        return y[np.append(begins[1:], len(y)) - 1]
    there = ~np.isnan(y)
    count = np.add.reduceat(there.astype(np.float64), begins)
    total = np.add.reduceat(np.where(there, y, 0.0), begins)
    divisor = np.ones_like(count) if how == "sum" else count
    merged = np.divide(total, divisor, out=np.full_like(total, np.nan), where=count > 0)
    single = np.diff(np.append(begins, len(y))) == 1
    merged[single] = y[begins[single]]
    merged[:, list(coded)] = y[begins][:, list(coded)]
    return merged
