"""Forecasts in the columns of a table whose header holds the times: new columns beside the ids of its rows."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ...data.series.arrangement import IN_HEADER
from ...data.time.stamps import split_dates
from .forecast_table import PATH, ForecastTable
from .table_output import Table


def as_columns(table: ForecastTable, arrangement: Any) -> Table:
    """A ForecastTable with a row for each series, and for each path of it; with a column for each part of a year or
    day, a row for each of these. The columns of point forecasts come first, then those of each end of an interval.

    In the layout "rows" the columns are numbered on if all series are as long, otherwise anew from the number of the
    first one, as in the M4 competition.
    """
    (target,), names, place = table.names(), table.value_names(), _placing(arrangement)
    paths = int(names[0] == PATH)
    quantities = [name.removeprefix(target) for name in names[paths:]]  # "", "-lo-80", ...
    times, order = arrangement.time, arrangement.order
    keys = [*arrangement.id, *times]
    places = sorted(range(len(keys)), key=lambda k: order.index(keys[k]) if keys[k] in order else -1)
    columns: dict[str, None] = dict.fromkeys(arrangement.parts_of_header.values())
    rows: dict[tuple[Any, ...], dict[str, list[float]]] = {}
    missing = [float("nan")] * len(quantities)
    steps: Counter[tuple[Any, ...]] = Counter()
    for name, stamp, *values in table.rows():
        key = (name, *values[:paths])
        row, column = place(stamp, steps[key])
        steps[key] += 1
        columns.setdefault(column)
        rows.setdefault((*key, *row), {})[column] = values[paths:]

    def cells() -> Iterator[list[Any]]:
        for (name, *rest), values in rows.items():
            own = [*(arrangement.split_id(name) if arrangement.id else ()), *rest[paths:]]
            of_columns = [values.get(column, missing) for column in columns]
            numbers = [cell[q] for q in range(len(quantities)) for cell in of_columns]
            yield [*(own[k] for k in places), *rest[:paths], *numbers]

    header = [keys[k] for k in places] + [PATH] * paths
    names = [*header, *(f"{column}{quantity}" for quantity in quantities for column in columns)]
    return Table(names, cells(), None, with_one_target(names, len(header)))


def with_one_target(names: Sequence[str], keys: int) -> list[int | None]:
    """The target of each column of a table with `keys` columns before those of its only target."""
    return [None] * keys + [0] * (len(names) - keys)


def _placing(arrangement) -> Callable[[str, int], tuple[tuple[str, ...], str]]:
    """place(stamp, step) -> (the stamp of the row if it has one, the column) of the forecast of a step, from 0 on."""
    if parts := arrangement.parts_of_header:
        return lambda stamp, _: next(
            (_row(stamp.removesuffix(part), arrangement), column)
            for part, column in parts.items()
            if stamp.endswith(part)
        )
    if arrangement.layout == "rows":
        stem, begin = arrangement.header
        return lambda _, step: ((), f"{stem}{int(begin) + step}")
    name, own = arrangement.header
    if arrangement.layout in IN_HEADER and arrangement.time:  # the rows hold the end of each stamp
        return lambda stamp, _: next(
            ((cell,), name.replace(own, stamp.removesuffix(added)))
            for added, cell in arrangement.adds.items()
            if stamp.endswith(added)
        )
    if name.endswith(own):
        return lambda stamp, _: ((), name.removesuffix(own) + stamp)
    return lambda stamp, _: ((), name.replace(own, stamp))


def _row(stamp, arrangement):
    """The cells of the columns of time of a row."""
    times = arrangement.time
    return tuple(split_dates(times, stamp, arrangement.sample)) if len(times) > 1 else (stamp,)
