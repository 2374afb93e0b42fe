"""Reads the tables of a configuration, whatever their layout, into one Panel."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from ...data.series.arrangement import IN_HEADER, Arrangement
from ...data.series.arranging import Arranged, arrange, long_frame
from ...data.series.assembly import read_panel
from ...data.series.file_ids import FILE
from ...data.series.first_stamps import with_stamps
from ...data.series.panel import Panel
from ...data.series.roles import Roles
from ...data.series.targets import OpenTarget
from ...data.tables.frame import Frame, Written, listed, read_frame
from ...data.tables.reading import Reading
from ...data.tables.table import picked
from ...data.tables.wide_tables import TIME, Melted, Taken, series_of
from ...data.time.stamps import Form, has_form, read_stamps
from ...errors import DataError
from .cells import place, read_numbers, value_check
from .problems import Problems
from .row_tables import series_in_rows

LONGER = 2  # times as long as those of the model: steps with which a table is not read, as most values would be missing


@dataclass(frozen=True)
class Tables:
    """What was read: the Panel; SHA-256 of each file's bytes; how the long table was made and the first file written;
    lines on what was decided, each with the options that change it."""

    panel: Panel
    digests: tuple[str, ...]
    arrangement: Arrangement = Arrangement()
    written: Written = Written()
    lines: tuple[str, ...] = ()


def read_tables(config: Any, encoder: Any = None, progress: Callable[[int, int], None] | None = None) -> Tables:
    """The Tables of the files in `config.data`, read with the settings of `config.series`.

    With the SeriesEncoder of a model the table is arranged as in its training, and must have the columns that it reads.
    DataError, with the place, for anything that cannot be read, all at once; ConfigError for settings that do not fit
    the table.
    """
    given = None if encoder is None else _arrangement(encoder, config.series)
    if (given.layout if given else config.series.layout) == "rows":
        return _of_rows(config, progress)
    reading = Reading.of(config.table, config.data.encoding)
    arranged, problems = _read(config, reading, encoder, given, progress)
    if arranged.arrangement.layout == "rows":
        return read_tables(replace(config, series=replace(config.series, layout="rows")), None, progress)
    numbers = problems.attempt(read_numbers, arranged, reading, config, encoder)
    arranged = _without(arranged, arranged.roles.numeric)
    stamps = problems.attempt(_stamps, arranged, config.series, encoder) if arranged.roles.time else None
    arranged = _without(arranged, (arranged.roles.time,))
    problems.check()
    assert numbers is not None, "a problem was met otherwise"
    panel = _panel(arranged, numbers, stamps, config.series, encoder)
    told = (*arranged.frame.notes, *arranged.notes, *numbers.notes, *(stamps.notes if stamps else ()), *panel.notes)
    return Tables(
        replace(panel, notes=tuple(dict.fromkeys(told))),
        arranged.frame.digests,
        arranged.arrangement,
        numbers.written,
        (*arranged.lines, _read_as(panel, numbers.signs)),
    )


def _read(config, reading, encoder, given, progress):
    """(the Arranged of the files, the Problems met); of a wide table nothing else is kept. With an encoder it is
    arranged as the Arrangement `given` says."""
    step = config.series.freq or (encoder.frequency if encoder else None)
    table = with_stamps(read_frame(config.data.files, reading, progress), step)
    problems = Problems(table.files[0])
    if encoder is None:
        return _arranged(table, config.series, reading.na, problems), problems
    _check_columns(table, given, encoder.roles)
    own = replace(given, order=tuple(name for name in table.columns if name in given.order))
    return Arranged(long_frame(table, given, reading.na), encoder.roles, own), problems


def _without(arranged, names):
    """An Arranged whose Frame lacks the texts of some columns, which have been read: they are most of its memory."""
    columns = arranged.frame.columns
    kept = [name for name in columns if name not in names]
    if isinstance(columns, Taken):
        return replace(arranged, frame=replace(arranged.frame, columns=Taken({k: columns.source(k) for k in kept})))
    return replace(arranged, frame=replace(arranged.frame, columns=picked(columns, kept)))


def _of_rows(config, progress):
    """The Tables of a table with a series in each row."""
    found = series_in_rows(config, value_check(config.forecast), progress)
    id_name = found.columns[0]
    lines = (f"columns: a series in each row (--layout), id {id_name}", _read_as(found.panel, found.signs))
    arrangement = Arrangement("rows", (id_name,), header=found.next_column)
    return Tables(found.panel, found.digests, arrangement, found.written, lines)


def _arrangement(encoder, settings):
    """The Arrangement of a model. Models from before it was stored have the layout among their settings."""
    found = encoder.arrangement
    older = found.layout == "long" and settings.layout in ("wide", "rows")
    return replace(found, layout=settings.layout, id=()) if older else found


def _arranged(table, settings, na, problems):
    """The Arranged of a table; where it is open what to forecast, with the likeliest column, the error being kept."""
    try:
        return arrange(table, settings, na)
    except OpenTarget as error:
        problems.errors.append(error)
        return arrange(table, replace(settings, target_col=error.likely), na)


def _panel(arranged, numbers, stamps, settings, encoder):
    """The Panel of an Arranged table. DataError where no series has two rows, or they are too far apart for a model."""
    frequency, closed = settings.freq, settings.closed
    if encoder is not None:
        frequency, closed = encoder.step_between or "none", encoder.closed
    panel = read_panel(
        arranged.frame,
        arranged.roles,
        numbers.columns,
        stamps,
        frequency,
        settings.unsorted,
        settings.duplicates,
        numbers.categories,
        closed,
    )
    _check_length(panel, arranged.frame)
    if encoder is not None and settings.freq is None:  # a step that was named may be shorter than the table's
        _refuse_longer_steps(panel, encoder)
    return panel


def _stamps(arranged, settings, encoder):
    """The Stamps of the column of times: in the form that is given, or that of a model, or found."""
    frame, roles = arranged.frame, arranged.roles
    format = settings.time_format
    typed = [frame.zones[name] for name in arranged.arrangement.time if name in frame.zones]
    zone = settings.time_zone or (typed[0] if typed else None)
    if encoder is not None:
        zone, format = zone or encoder.zone, format or form_of(frame, roles, encoder)
    name = roles.time if arranged.arrangement.time else ""  # "": the header holds the times
    whole = arranged.arrangement.layout == "wide" or arranged.arrangement.layout in IN_HEADER and not name
    if isinstance(frame, Melted) and whole:
        return _stamps_of_melted(frame, format, zone, name)
    groups = None
    if roles.id is not None:
        codes, _ = series_of(frame, roles.id)
        order = np.argsort(codes, kind="stable")
        groups = np.split(order, np.cumsum(np.bincount(codes))[:-1])
    texts, where = frame.columns[roles.time], partial(place, frame, roles.time)
    return read_stamps(texts, where, format, zone, name, groups)


def _stamps_of_melted(frame, format, zone, name):
    """The Stamps of a Melted: each stamp of the header, or of the column called `name`, is read once."""
    texts, index = frame.columns.source(name or TIME)
    where = partial(place, frame, name) if name else lambda k: f"{frame.files[0]}, column {frame.origin[k]}"
    stamps = read_stamps(texts, where, format, zone, name, [np.arange(len(texts))])
    return replace(stamps, values=stamps.values[index])


def _read_as(panel, signs):
    """The line on how stamps and numbers were read, with the options that change it."""
    parts = []
    if panel.stamps is not None:
        zone = panel.stamps.clock.zone
        parts.append(f"stamps {panel.stamps.form} (--time-format)" + (f" in {zone} (--time-zone)" if zone else ""))
        parts.append(f"frequency {panel.frequency.alias if panel.frequency else 'none'} (--freq)")
    parts.append(f"numbers as {signs.example} (--decimal, --thousands)")
    return f"read as: {', '.join(parts)}"


def _check_length(panel, frame):
    if max(map(len, panel.series)) < 2:
        what = "this row is the only one" if len(frame.line) == 1 else "this series has one row, and no other has more"
        raise DataError(
            f"{frame.where(0, panel.roles.targets[0])}: {what}",
            "a series needs at least two: one to read, one to forecast",
        )


def _refuse_longer_steps(panel, encoder):
    """DataError where the steps of the table are longer than those of the model: most values would be missing."""
    step, own = encoder.step_between, panel.own
    if step and own and _times_as_long(own, step) >= LONGER:
        raise DataError(
            f"{panel.files[0]}: the table has a value every {own.alias}; the model reads one every {step.alias}",
            "give a table with the step of the model, or train another model",
        )


def _times_as_long(one, other):
    """How many steps of one Frequency another's step has; 0 for an index beside dates."""
    if (one.unit == "index") != (other.unit == "index"):
        return 0
    return one.step.size / other.step.size if one.unit == "index" else one.length / other.length


def form_of(frame: Frame, roles: Roles, encoder: Any) -> Form | None:
    """The form of stamps of an encoder if the first stamp of a table has it; None: detect another."""
    if roles.time is None or encoder.form is None:
        return None
    texts = frame.columns[roles.time]
    return encoder.form if len(texts) and has_form(str(texts[0]), encoder.form) else None


def _check_columns(table, arrangement, roles):
    """DataError for all columns that a model reads and a table lacks. Joined columns may be there as one."""
    joined = ((arrangement.id_name, arrangement.id), (arrangement.time_name, arrangement.time))
    wanted = [name for one, own in joined for name in ([one] if one in table.columns else own) if own != (FILE,)]
    if arrangement.layout == "long":
        wanted += [*roles.numeric, *roles.static]
    if missing := [name for name in wanted if name not in table.columns]:
        raise DataError(
            f"{table.files[0]}: no column {listed(missing)}, which the model reads",
            f"rename the columns in the first line of the table: the model reads {listed(wanted)}; the table has "
            f"{listed(table.columns)}",
        )
