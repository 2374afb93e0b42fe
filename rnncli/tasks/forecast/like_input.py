"""Forecasts in the columns of the table that they continue: its names, its ids and dates in as many columns."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ...data.series.panel import TIME
from ...data.time.stamps import split_dates
from .forecast_table import PATH, ForecastTable
from .like_header import as_columns, with_one_target
from .table_output import Table

WIDE = "wide"  # the layout with a column for each series


def as_in_table(table: ForecastTable, arrangement: Any) -> Table:
    """A ForecastTable in the columns of a table with an Arrangement.

    A wide table stays wide: a column for each series, followed by its intervals; a header of times is continued
    (`as_columns`). In other layouts a row is a step of a series.
    """
    if arrangement.layout == WIDE:
        return _wide(table, arrangement)
    if arrangement.header:
        return as_columns(table, arrangement)
    return with_own_keys(table.value_names(), table.rows(), arrangement, table.targets_of_values())


def with_own_keys(
    names: Sequence[str], rows: Iterable[Sequence[Any]], arrangement: Any, targets: Sequence[int | None] = ()
) -> Table:
    """Rows of an id, a stamp and the values called `names`, with a table's own columns of dates and, if it has any, of
    ids, in its order: the values stand where its first target does. targets: the target of each value, None for none.
    """
    ids = list(arrangement.id) or ([arrangement.id_name] if arrangement.id_name else [])
    times = _times(arrangement)
    header = [*ids, *times, *names]
    order = _order(header, len(ids) + len(times), arrangement.order)
    targets = [*[None] * (len(ids) + len(times)), *(targets or [None] * len(names))]

    def cells() -> Iterator[list[Any]]:
        for name, stamp, *values in rows:
            own = arrangement.split_id(name) if len(ids) > 1 else [name] * len(ids)
            row = [*own, *_split(arrangement, times, stamp), *values]
            yield [row[k] for k in order]

    stamps = _column(order.index(len(ids)), times)
    return Table([header[k] for k in order], cells(), stamps, [targets[k] for k in order])


def _order(header, keys, wanted):
    """The places in `header`, whose first names are `keys` of ids and times, in the order of a table."""
    place = {name: k for k, name in enumerate(wanted)}
    values = min((place[name] for name in header[keys:] if name in place), default=len(place))
    places = [place.get(name, -1) for name in header[:keys]] + [values] * (len(header) - keys)
    return sorted(range(len(header)), key=places.__getitem__)


def _times(arrangement):
    """The names of the columns of stamps."""
    return list(arrangement.time) or [arrangement.time_name or TIME]


def _split(arrangement, times, stamp):
    """The cells of the columns of stamps."""
    return split_dates(times, stamp, arrangement.sample, arrangement.dates) if len(times) > 1 else [stamp]


def _column(place, times):
    """The column of whole stamps, None where they are in parts."""
    return place if len(times) == 1 else None


def _wide(table, arrangement):
    """A Table with a column for each quantity of each series, a row for each stamp of any of them."""
    (target,), names, times = table.names(), table.value_names(), _times(arrangement)
    paths = names[0] == PATH
    quantities = [name.removeprefix(target) for name in (names[1:] if paths else names)]  # "", "-lo-80", ...
    found: dict[tuple[Any, ...], dict[str, list[float]]] = {}
    for name, stamp, *values in table.rows():
        key = (stamp, values[0]) if paths else (stamp,)
        found.setdefault(key, {})[name] = values[1:] if paths else values
    header = [*times, *[PATH] * paths, *(f"{name}{quantity}" for name in table.ids for quantity in quantities)]

    def cells() -> Iterator[list[Any]]:
        for (stamp, *path), values in found.items():
            numbers = [number for name in table.ids for number in values.get(name, [float("nan")] * len(quantities))]
            yield [*_split(arrangement, times, stamp), *path, *numbers]

    return Table(header, cells(), _column(0, times), with_one_target(header, len(times) + paths))
