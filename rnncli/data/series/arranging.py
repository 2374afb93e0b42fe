"""From a table as people have it to a long one: a row for each step of each series."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...errors import ConfigError, DataError
from ..tables.frame import Frame, listed
from ..tables.table import Texts, stored_of
from ..tables.wide_tables import ID, TEXT, VALUE, as_texts, melt_header, melt_wide
from ..time.date_columns import join_dates
from ..time.forms import form_of_format
from .arrangement import BETWEEN, IN_HEADER, MELTED, Arrangement
from .columns import Columns, for_shell, quoted
from .decisions import decisions
from .headers import Header, find_header, find_steps, header_of_dates, is_rows, years_of
from .identify import find_ids, find_row_ids
from .names import IDS, NUMBERS, PLAIN, called
from .roles import Found, Roles, Wanted, find_roles
from .times import find_time
from .totals import without_totals


@dataclass(frozen=True)
class Arranged:
    """A long Frame, the roles of its columns, how it was made, notes on what was mended, and lines on what was decided,
    each with the options that change it."""

    frame: Frame
    roles: Roles
    arrangement: Arrangement
    notes: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


def arrange(frame: Frame, settings: Any, na: Collection[str] = ()) -> Arranged:
    """The Arranged of a table: as `settings` (SeriesConfig) say, for the rest as its names and cells do.

    A table with a series in each row is not made longer: its layout is "rows". ConfigError for columns that are not
    there or do not suit the layout, DataError where it is open what to forecast.
    """
    columns = Columns(frame, na)
    words = columns.words = columns.resolved(settings.words, "--words")
    columns.form = form_of_format(settings.time_format) if settings.time_format else None
    asked = ("target_col", "past_cols", "future_cols", "static_cols")
    if settings.layout not in ("auto", "long"):
        _refuse_covariates(settings)
    layout, header = _layout(columns, settings, any(getattr(settings, name) for name in asked))
    if layout == "rows":
        return Arranged(frame, Roles(ID, None, (VALUE,)), Arrangement("rows"))
    if layout == "wide":
        found, arrangement = _wide(columns, settings)
    elif header is not None:
        found, arrangement = _in_header(columns, settings, header)
    else:
        found = find_roles(columns, _wanted(settings))
        arrangement = Arrangement("long", found.id, found.time)
    if settings.time_format and header is None and not found.time:
        raise DataError(
            f"{frame.files[0]}: no column has stamps of the format {settings.time_format}",
            f"correct --time-format, or name the column with --time-col; columns: {quoted(columns.names)}",
        )
    order = tuple(name for name in columns.names if name in (*found.id, *found.time, *found.targets))
    sample = tuple(str(frame.columns[name][0]) for name in found.time) if len(found.time) > 1 else ()
    arrangement = replace(arrangement, words=words, sample=sample, header=_header(header), order=order)
    long, notes, parts = _made(frame, arrangement, header, na)
    return Arranged(
        long,
        _roles(arrangement, found),
        replace(arrangement, parts=parts),
        notes,
        decisions(columns, arrangement, found),
    )


def long_frame(frame: Frame, arrangement: Arrangement, na: Collection[str] = ()) -> Frame:
    """The long Frame of another table with the columns of an Arrangement, or with those of the long table already.

    DataError for a column that is missing.
    """
    header = None
    if arrangement.layout == "dates":
        header = header_of_dates([name for name in frame.columns if name not in arrangement.id])
    elif arrangement.layout == "steps":
        header = find_steps(Columns(frame))
    elif arrangement.layout in MELTED and arrangement.layout != "wide":
        header = find_header(Columns(frame))
    long = {name for name in (arrangement.id_name, arrangement.time_name) if name}
    if arrangement.layout in MELTED and long and {*long, VALUE} <= frame.columns.keys():
        return frame
    if header is not None and not header.columns or header is None and arrangement.layout in MELTED[1:]:
        raise DataError(
            f"{frame.files[0]}: no column is named after one of the {arrangement.layout}, as in the model's table",
            f"its columns: {listed(frame.columns)}",
        )
    wanted = [(name, arrangement.id) for name in [arrangement.id_name]] + [(arrangement.time_name, arrangement.time)]
    missing = [one for joined, own in wanted if joined not in frame.columns for one in own if one not in frame.columns]
    if missing:
        raise DataError(
            f"{frame.files[0]}: no column {', '.join(missing)}, which the model reads",
            f"rename the columns of the table: the model's are {listed([*arrangement.id, *arrangement.time])}; "
            f"the table's: {listed(frame.columns)}",
        )
    return _made(frame, arrangement, header, na)[0]


def _layout(columns, settings, roles_given) -> tuple[str, Header | None]:
    """(the layout of a table: long, wide, rows or another; its Header if it has one)."""
    asked = settings.layout
    if asked in ("wide", "rows", "long") or (asked == "auto" and roles_given):
        return ("long" if asked == "auto" else asked), None
    header = find_header(columns)
    if asked == "dates" and header is None:
        raise DataError(
            f"{columns.frame.files[0]}: --layout dates: no three columns are named after dates",
            f"its columns: {quoted(columns.names)}; the layouts: long, wide, rows, dates",
        )
    if header is None and is_rows(columns):
        return "rows", None
    header = header or find_steps(columns)
    return ("long" if header is None else header.layout), header


def _header(header):
    """What an Arrangement remembers of a Header."""
    if header is None:
        return ()
    return (header.columns[-1], header.stamps[-1]) if header.layout in IN_HEADER else header.columns


def _refuse_covariates(settings):
    names = ("target_col", "past_cols", "future_cols", "static_cols")
    for name in names if settings.layout == "dates" else ("id_col", *names):
        if getattr(settings, name):
            raise ConfigError(
                f"series.{name}: a table of layout '{settings.layout}' has only series, no such columns",
                "leave it out, or use --layout long",
            )


def _wanted(settings):
    return Wanted(
        settings.id_col,
        settings.time_col,
        settings.target_col,
        settings.past_cols,
        settings.future_cols,
        settings.static_cols,
    )


def _wide(columns, settings):
    """(Found, Arrangement) of a table with a column for each series: all that hold numbers, but not those of rows."""
    time = columns.resolved(settings.time_col, "--time-col") or find_time(columns, columns.names)
    rest = [name for name in columns.names if name not in time]
    ignored = [
        name
        for name in rest
        if columns.kind(name) in ("empty", "time")
        or (called(name, NUMBERS) == PLAIN and columns.counts(name))
        or (time and columns.follows_from_date(name))
        or (columns.kind(name) == "word" and not columns.has_numbers(name))
    ]
    if len(ignored) == len(rest):
        ignored = []
    named = [name for name in rest if called(name, IDS) == PLAIN and name not in ignored]
    if ids := find_ids(columns, [*ignored, *named], time):
        raise DataError(
            f"{columns.frame.files[0]}: in a wide table each column is a series, but {quoted(ids)} names several",
            f"leave --wide out and name columns to forecast, as in --target-col {for_shell(_series(rest, ignored))}",
        )
    return Found((), time, (VALUE,), (), (), ()), Arrangement("wide", (), time, tuple(ignored))


def _series(rest, ignored):
    """Some of the columns that are series."""
    return [name for name in rest if name not in ignored][:2]


def _in_header(columns, settings, header):
    """(Found, Arrangement) of a table whose header holds times."""
    rest = [name for name in columns.names if name not in header.columns]
    time = ()
    if header.layout not in IN_HEADER:
        time = columns.resolved(settings.time_col, "--time-col") or find_time(columns, rest)
    rest = [name for name in rest if name not in time]
    ids = columns.resolved(settings.id_col, "--id-col")
    if not ids:
        ids = find_ids(columns, rest, time) if time else find_row_ids(columns, rest)
    return Found(ids, time, (VALUE,), (), (), ()), Arrangement(header.layout, ids, time)


def _roles(arrangement, found):
    return Roles(arrangement.id_name, arrangement.time_name, found.targets, found.past, found.known, found.static)


def _made(frame, arrangement, header, na):
    """(long Frame, notes, {id: cells} of ids that cannot be taken apart)."""
    longer = ()
    if arrangement.layout == "long":
        frame, longer = without_totals(frame, arrangement.time)
    columns = stored_of(frame.columns)
    ids, notes, parts = _ids(frame, arrangement)
    notes = (*longer, *notes)
    if arrangement.layout != "wide" and ids is not None and arrangement.id_name:
        columns[arrangement.id_name] = ids
    name = BETWEEN.join(arrangement.time)
    if len(arrangement.time) > 1 and name not in columns:
        columns[name] = as_texts(join_dates(arrangement.time, frame.columns))
        columns = {key: cells for key, cells in columns.items() if key not in arrangement.time}
    whole = replace(frame, columns=Texts(columns))
    if arrangement.layout == "wide":
        return melt_wide(whole, name or None, arrangement.ignored), notes, parts
    if header is None:
        return whole, notes, parts
    rows = years_of(as_texts(whole.columns[name])) if name else None
    long = melt_header(whole, ids, rows, header.columns, header.stamps, na)
    left = _without_values(ids, long)
    return long, notes + left, parts


def _without_values(ids, long):
    if not len(long.line):
        raise DataError(f"{long.files[0]}: no value in any of its columns", "give a table with values")
    if ids is None:
        return ()
    there = set(long.names)
    empty = [name for name in dict.fromkeys(map(str, ids)) if name not in there]
    return (f"series without a value are left out: {listed(empty)}",) if empty else ()


def _ids(frame, arrangement):
    """((R,) the id of each row, or None; notes; {id: cells} of ids that cannot be taken apart).

    Outer blanks are left out, and empty cells if the ids stay different.
    """
    name = arrangement.id_name
    if arrangement.layout == "wide" or not arrangement.id:
        return None, (), {}
    own = arrangement.id if all(one in frame.columns for one in arrangement.id) else (name,)
    cells = [np.strings.strip(as_texts(frame.columns[one])) for one in own]
    notes = tuple(note for one, texts in zip(own, cells) for note in _blanks(frame, one, texts))
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


def _blanks(frame, name, stripped):
    """A note on ids with outer blanks, or none."""
    differing = np.flatnonzero(as_texts(frame.columns[name]) != stripped)
    if not len(differing):
        return []
    row = int(differing[0])
    return [f"{frame.where(row, name)}: blanks around ids are left out, {len(differing):,} times in all"]
