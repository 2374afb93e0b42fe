"""Tables of future covariates: a template that was filled in, or one of the user's own.

How such a table is written is found in it, whatever the training data are like: a template is a plain CSV in UTF-8.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ...data.files import open_sources
from ...data.series.arranging import long_frame
from ...data.series.first_stamps import with_stamps
from ...data.tables.frame import Frame, read_frame
from ...data.tables.reading import Reading
from ...data.time.stamps import read_stamps
from ...errors import DataError
from ..reading import TableConfig
from .cells import covariate_numbers, signs_of
from .data import SeriesData
from .tables import form_of

UTF_8 = "utf-8"
TEMPLATE_SEP = ","  # between the cells of a template, whose numbers have a decimal point


@dataclass(frozen=True)
class FutureTable:
    """The long Frame of R rows, the future covariates (R, Q), the stamps (R,) int64 or None, the words of covariates,
    and notes."""

    frame: Frame
    values: np.ndarray
    stamps: np.ndarray | None
    categories: Mapping[str, tuple[str, ...]]
    notes: tuple[str, ...]


def read_future(data: SeriesData, names: Sequence[str], config: Any, given: Collection[str]) -> FutureTable:
    """The FutureTable of files for the encoder of `data`.

    config: the Config of the command; given: the settings of it that hold for these files. DataError, with the place,
    for a column that is missing and a cell that cannot be read.
    """
    encoder, roles = data.encoder, data.encoder.roles
    reading = own_reading(config, given, names)
    frame = with_stamps(read_frame(names, reading), encoder.frequency)
    notes = frame.notes
    if missing := [name for name in roles.known if name not in frame.columns]:
        wanted = [name for name in (roles.id, roles.time) if name] + list(roles.known)
        raise DataError(f"{frame.files[0]}: no column {', '.join(missing)}", f"needed: {', '.join(wanted)}")
    frame = long_frame(frame, encoder.arrangement)
    categories = dict(data.panel.categories)
    for column in encoder.words:
        categories[column.name] = tuple(dict.fromkeys((*categories.get(column.name, ()), *column.words)))
    signs, found = _signs(frame, reading, encoder)
    values, unknown = covariate_numbers(frame, encoder, signs, reading.na, categories)
    stamps = _stamps(frame, config.series, given, encoder) if roles.time else None
    return FutureTable(frame, values, stamps, categories, (*notes, *found, *unknown))


def own_reading(config: Any, given: Collection[str], names: Sequence[str]) -> Reading:
    """The Reading of files whose writing is found in them, but for the settings `given` and the words for a missing
    value."""
    named = [path.partition(".")[2] for path in given if path.startswith("table.")]
    table = TableConfig(**{"na": config.table.na} | {name: getattr(config.table, name) for name in named})
    own = Reading.of(table, config.data.encoding)
    return replace(own, encoding=UTF_8) if "data.encoding" not in given and _are_utf_8(names, own.encoding) else own


def _are_utf_8(names, encoding):
    """Whether files are text in UTF-8; standard input and pipes, which can be read only once, count as such."""
    if encoding == UTF_8 or not all(Path(name).is_file() for name in names):
        return True
    with open_sources(names) as sources:
        try:
            for source in sources:
                with source.open() as file:
                    file.read().decode(UTF_8)
        except UnicodeDecodeError:
            return False
    return True


def _signs(frame, reading, encoder):
    """(Signs, notes) of the numbers of a table; those of a template, whose cells stand between commas, are found."""
    words = {column.name for column in encoder.words}
    columns = {name: frame.columns[name] for name in encoder.roles.known if name not in words}
    return signs_of(columns, frame, reading, None if frame.written.sep == TEMPLATE_SEP else encoder)


def _stamps(frame, series, given, encoder):
    """(R,) int64: the stamps in the form that is given, or that of training, or another."""
    name = encoder.roles.time
    format = series.time_format if "series.time_format" in given else form_of(frame, encoder.roles, encoder)
    zone = series.time_zone if "series.time_zone" in given else frame.zones.get(name) or encoder.zone
    return read_stamps(frame.columns[name], partial(_place, frame, name), format, zone, name).values


def _place(frame, column, row):
    return frame.where(row, column)
