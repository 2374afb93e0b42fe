"""From a table as people have it to a long one: a row for each step of each series."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from ...errors import ConfigError, DataError
from ..tables.frame import Frame, listed
from ..tables.wide_tables import ID, VALUE
from ..time.date_columns import parts_of
from ..time.forms import form_of_format
from .arrangement import IN_HEADER, MELTED, Arrangement
from .columns import Columns, for_shell, quoted
from .decisions import decisions
from .file_ids import FILE, named_by_files, with_files
from .headers import WEEKDAYS, Header, find_header, find_steps, header_of_dates, is_rows
from .identify import find_ids, find_row_ids
from .long_tables import are_parts, made_long
from .merged_cells import filled_down
from .names import IDS, NUMBERS, PLAIN, called
from .roles import Found, Roles, Wanted, find_roles
from .row_ids import kept_rows
from .side_by_side import is_side_by_side, sums_of_others
from .times import find_time
from .totals import totals_of, without_sums

NO_ID = ("none",)  # as --id-col: the table is one series


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
    frame, filled = filled_down(frame)
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
        found, arrangement, header = _in_header(columns, settings, header)
    else:
        columns, found, named = _long(columns, settings)
        frame, filled, arrangement = columns.frame, filled + named, Arrangement("long", found.id, found.time)
    if settings.time_format and header is None and not found.time:
        raise DataError(
            f"{frame.files[0]}: no column has stamps of the format {settings.time_format}",
            f"correct --time-format, or name the column with --time-col; columns: {quoted(columns.names)}",
        )
    arrangement = _completed(replace(arrangement, words=words), columns, found, header)
    long, notes, parts = made_long(frame, arrangement, header, na)
    return Arranged(
        long,
        _roles(arrangement, found),
        replace(arrangement, parts=parts),
        filled + notes,
        decisions(columns, arrangement, found),
    )


def _completed(arrangement, columns, found, header):
    """The Arrangement with what it keeps of the cells, of the order of columns and of a Header."""
    cells = columns.frame.columns
    sample = tuple(str(cells[name][0]) for name in found.time) if len(found.time) > 1 else ()
    return replace(
        arrangement,
        sample=sample,
        dates=parts_of(found.time, cells) if sample else (),
        header=_header(header),
        order=tuple(name for name in columns.names if name in (*found.id, *found.time, *found.targets)),
        adds=_adds(header, columns.frame),
    )


def long_frame(frame: Frame, arrangement: Arrangement, na: Collection[str] = ()) -> Frame:
    """The long Frame of another table with the columns of an Arrangement, or with those of the long table already; what
    was mended is among its notes.

    DataError for a column that is missing.
    """
    header, (frame, filled) = None, filled_down(frame)
    if arrangement.id == (FILE,) and FILE not in frame.columns:
        frame = with_files(frame)
    if arrangement.layout == "dates" and not arrangement.time:
        header = header_of_dates([name for name in frame.columns if name not in arrangement.id])
    elif arrangement.layout == "steps":
        header = find_steps(Columns(frame))
    elif arrangement.layout in MELTED and arrangement.layout != "wide":
        header = find_header(Columns(frame, na))
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
    long, notes, _ = made_long(frame, arrangement, header, na)
    return replace(long, notes=(*long.notes, *filled, *notes))


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
    if header is None and asked == "auto" and is_side_by_side(columns):
        return "wide", None
    return ("long" if header is None else header.layout), header


def _header(header):
    """What an Arrangement remembers of the columns of a Header."""
    if header is None or header.layout == WEEKDAYS or header.layout not in IN_HEADER and header.adds is not None:
        return ()
    return (header.columns[-1], header.stamps[-1]) if header.layout in IN_HEADER else header.columns


def _adds(header, frame):
    """{what a column, or a row, of a Header adds to stamps: its name or its cell}."""
    if header is None or header.layout == WEEKDAYS or header.adds is not None and len(header.time) > 1:
        return {}
    if header.layout not in IN_HEADER:
        return dict(zip(header.stamps, header.columns))
    if header.adds is None:
        return {}
    cells = zip(map(str, header.adds), map(str, frame.columns[header.time[0]]))
    return {added: cell.strip() for added, cell in cells if added}


def _refuse_covariates(settings):
    names = ("target_col", "past_cols", "future_cols", "static_cols")
    ids = settings.layout != "dates" and not (settings.layout == "wide" and tuple(settings.id_col or ()) == NO_ID)
    for name in ("id_col", *names) if ids else names:
        if getattr(settings, name):
            raise ConfigError(
                f"series.{name}: a table of layout '{settings.layout}' has only series, no such columns",
                "leave it out, or use --layout long",
            )


def _wanted(columns, settings):
    single = is_single(columns, settings)
    return Wanted(
        () if single else settings.id_col,
        settings.time_col,
        settings.target_col,
        settings.past_cols,
        settings.future_cols,
        settings.static_cols,
        single,
    )


def is_single(columns: Columns, settings: Any) -> bool:
    """Whether --id-col none says that a table holds one series, and no column is called so."""
    return tuple(settings.id_col or ()) == NO_ID and NO_ID[0] not in columns.names


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
    ignored += sums_of_others(columns, [name for name in rest if name not in ignored])
    named = [name for name in rest if called(name, IDS) == PLAIN and name not in ignored]
    if not is_single(columns, settings) and (ids := find_ids(columns, [*ignored, *named], time)):
        raise DataError(
            f"{columns.frame.files[0]}: in a wide table each column is a series, but {quoted(ids)} names several",
            f"leave --wide out and name columns to forecast, as in --target-col {for_shell(_series(rest, ignored))}",
        )
    return Found((), time, (VALUE,), (), (), ()), Arrangement("wide", (), time, tuple(ignored))


def _long(columns, settings):
    """(Columns, Found, notes) of a long table; files with stamps in common are series, named after the files."""
    found = find_roles(columns, _wanted(columns, settings))
    if found.id or is_single(columns, settings):
        return columns, found, ()
    named = named_by_files(columns, found.time, found.targets)
    if named is None:
        return columns, found, ()
    note = "the files have stamps in common: each is a series, with the name of its file"
    return columns.of(named), replace(found, id=(FILE,)), (note,)


def _series(rest, ignored):
    """Some of the columns that are series."""
    return [name for name in rest if name not in ignored][:2]


def _in_header(columns, settings, header):
    """(Found, Arrangement, its Header) of a table whose header holds times."""
    single = is_single(columns, settings)
    ids = () if single else columns.resolved(settings.id_col, "--id-col")
    if set(ids) & set(header.time) and header.layout in IN_HEADER:
        header = replace(header, time=(), adds=None)
    if header.adds is None and header.layout not in IN_HEADER:
        header = replace(header, time=columns.resolved(settings.time_col, "--time-col") or header.time)
    rest = [name for name in columns.names if name not in (*header.columns, *header.time)]
    if not ids and not single:
        free = [name for name in rest if name not in totals_of(columns, rest, header.columns)]
        parts = _with_parts(columns, header)
        parts = without_sums(parts, free)
        ids = find_ids(parts, free, header.time) if header.time else find_row_ids(parts, free)
    ignored = tuple(name for name in rest if name not in ids)
    return Found(ids, header.time, (VALUE,), (), (), ()), Arrangement(header.layout, ids, header.time, ignored), header


def _with_parts(columns, header):
    """The Columns of the rows that are no totals."""
    kept = are_parts(columns.frame, header)
    return columns if kept.all() else Columns(kept_rows(columns.frame, kept), columns.na)


def _roles(arrangement, found):
    return Roles(arrangement.id_name, arrangement.time_name, found.targets, found.past, found.known, found.static)
