"""The law of forecasts: what `eval` takes as that of an origin is what `generate` writes for a table cut there."""

import csv
import io
from contextlib import redirect_stdout
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from rnncli.cli.main import main
from rnncli.tasks.forecast.evaluation_data import observed
from rnncli.tasks.forecast.scoring import round_of


class Written(NamedTuple):
    """What the command writes for a series: the stamps, and {column: its numbers}, all as text."""

    stamps: list
    columns: dict


def printed(*words):
    """The standard output of a command, which must end with 0."""
    with redirect_stdout(io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)) as out:
        assert main(list(words)) == 0
    return out.buffer.getvalue().decode()


def generated(run, file, *words):
    """{id: Written} of a table."""
    found = {}
    for row in csv.DictReader(io.StringIO(printed("generate", str(run), str(file), "-q", *words))):
        name, stamp, *values = row.values()
        stamps, columns = found.setdefault(name, Written([], {}))
        stamps.append(stamp)
        for column, value in zip(list(row)[2:], values, strict=True):
            columns.setdefault(column, []).append(value)
    return found


def equal(written, value):
    """Whether a number as text is `value`, rounded to the digits of the text, or to ten where zeros end them."""
    number, ten = Decimal(written), Decimal(value).adjusted() - 9
    unit = Decimal(1).scaleb(min(int(number.as_tuple().exponent), ten))
    return abs(number - Decimal(value)) <= unit * Decimal("0.500001")


def check(run, loaded, source, cut, every=False):
    """Whether the forecasts of the first, a middle and the last origin, or of every one, are those of the tables
    `cut(t)`: points, intervals, quantiles and stamps.

    source: EvaluationData; cut(t): a file of what is known before step t of the whole table.
    """
    data, h = source.data, source.data.windows.h
    y = [observed(one) for one in data.panel.series]
    series, first = data.windows.origins(data.splits[source.split])
    behind = np.array([not np.isnan(y[s][t - 1]).all() for s, t in zip(series, first)])
    series, first = series[behind], first[behind]  # a table that is cut inside a gap is forecast from its last value
    one = round_of(loaded, data, source.split, (series, first), source.known)
    found, moments = one.forecast(series, first, progress=None), steps_of_all(data.panel, series, first)
    steps = np.unique(moments).tolist()
    for step in steps if every else {steps[0], steps[len(steps) // 2], steps[-1]}:
        written = generated(run, cut(step), *asking(one))
        for n in np.flatnonzero(moments == step).tolist():
            each, t = data.panel.series[series[n]], int(first[n])
            stamps, columns = written[each.id]
            if data.panel.frequency:  # otherwise nobody knows when the next row will come
                assert stamps[:h] == list(data.panel.text(each.stamps[t : t + h])), (t, each.id)
            for column, values in columns_of(data.panel.roles.targets, found, n).items():
                pairs = list(zip(columns[column][:h], values.tolist(), strict=True))
                assert all(equal(*pair) for pair in pairs), (t, each.id, column, pairs)


def steps_of_all(panel, series, first):
    """(W,) the steps `first` of `series`, counted from the first stamp of any series."""
    stamps = np.unique(np.concatenate([each.stamps[: len(each)] for each in panel.series]))
    return np.searchsorted(stamps, [panel.series[s].stamps[t] for s, t in zip(series, first)])


def asking(one):
    """The options of `generate` for the levels and quantiles of a Round."""
    levels, quantiles = (",".join(f"{value:g}" for value in values) for values in (one.levels, one.quantiles))
    return ["--level", levels or "none", *(["--quantiles", quantiles] if quantiles else [])]


def columns_of(targets, found, n):
    """{column: (h,)} of window n of Forecasts."""
    columns = {}
    for k, target in enumerate(targets):
        name = "rnncli" if len(targets) == 1 else f"rnncli-{target}"
        columns[name] = found.mean[n, :, k]
        for level, (lo, hi) in found.intervals.items():
            columns |= {f"{name}-lo-{level:g}": lo[n, :, k], f"{name}-hi-{level:g}": hi[n, :, k]}
        columns |= {f"{name}-q-{q:g}": values[n, :, k] for q, values in found.quantiles.items()}
    return columns
