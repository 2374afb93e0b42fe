"""The long Frame of a table whose Arrangement is known: without rows of totals, with a row for each value."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from ...errors import DataError
from ..tables.frame import Frame, listed
from ..tables.table import Texts, stored_of
from ..tables.wide_tables import TEXT, as_texts, melt_header, melt_times, melt_wide
from ..time.date_columns import join_dates
from .arrangement import BETWEEN, Arrangement
from .headers import Header, times_of, years_of
from .names import is_total
from .row_ids import ids_of, kept_rows, with_ids
from .totals import header_of_rows, without_sum_rows, without_totals


def made_long(
    frame: Frame, arrangement: Arrangement, header: Header | None, na: Collection[str] = ()
) -> tuple[Frame, tuple[str, ...], dict[str, tuple[str, ...]]]:
    """(the long Frame of an arranged one, notes, {id: cells} of ids that cannot be taken apart).

    header: of a table whose header holds times. DataError for a table without a value.
    """
    longer = ()
    if arrangement.layout in ("long", "wide"):
        frame, longer = without_totals(frame, arrangement.time)
    if header is not None:
        frame, header, longer = _without_total_rows(frame, header)
        frame, header, sums = without_sum_rows(frame, header, arrangement.id, arrangement.ignored)
        longer += sums
    frame, header, nameless = with_ids(frame, arrangement, header)
    columns = stored_of(frame.columns)
    ids, notes, parts = ids_of(frame, arrangement)
    notes = (*longer, *nameless, *notes)
    if arrangement.layout != "wide" and ids is not None and arrangement.id_name:
        columns[arrangement.id_name] = ids
    own = arrangement.time if header is None else header.of_rows
    name = BETWEEN.join(own)
    if len(own) > 1 and name not in columns:
        columns[name] = as_texts(join_dates(own, frame.columns, arrangement.dates if own == arrangement.time else ()))
        columns = {key: cells for key, cells in columns.items() if key not in own}
    whole = replace(frame, columns=Texts(columns))
    if arrangement.layout == "wide":
        return melt_wide(whole, name or None, arrangement.ignored), notes, parts
    if header is None:
        return whole, notes, parts
    rows = years_of(as_texts(whole.columns[name])) if name else None
    times = times_of(header, np.full(len(frame.line), "", TEXT) if rows is None else rows, name)
    if times is None:
        long = melt_header(whole, ids, rows, header.columns, header.stamps, na)
    else:
        long = melt_times(whole, ids, times, header.columns, na, header.layout == "dates")
    left = _without_values(ids, long)
    return long, notes + left, parts


def _without_total_rows(frame, header):
    """(the Frame and the Header without rows of totals, a note on them)."""
    kept = are_parts(frame, header)
    if kept.all():
        return frame, header, ()
    row, name = int((~kept).argmax()), header.time[-1]
    note = (
        f"{frame.where(row, name)}: '{frame.columns[name][row]}' is no part of a date; rows left out: {(~kept).sum():,}"
    )
    return kept_rows(frame, kept), header_of_rows(header, kept), (note,)


def are_parts(frame: Frame, header: Header) -> np.ndarray:
    """(R,) bool: the rows that are no totals: with what they add to stamps, or with a year."""
    if header.adds is not None:
        return np.strings.str_len(header.adds) > 0
    kept = np.ones(len(frame.line), bool)
    for row in np.flatnonzero(frame.columns[header.time[0]] == "").tolist() if header.time else ():
        kept[row] = not any(is_total(str(cells[row])) for cells in frame.columns.values())
    return kept


def _without_values(ids, long):
    if not len(long.line):
        raise DataError(f"{long.files[0]}: no value in any of its columns", "give a table with values")
    if ids is None:
        return ()
    there = set(long.names)
    empty = [name for name in dict.fromkeys(map(str, ids)) if name not in there]
    return (f"series without a value are left out: {listed(empty)}",) if empty else ()
