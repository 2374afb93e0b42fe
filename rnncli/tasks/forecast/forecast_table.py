"""Forecasts as rows: the columns that forecasting users know (Nixtla's long format), as CSV or JSON lines.

unique_id, ds, rnncli (the point forecast), then the ends of the intervals from the lowest to the highest,
rnncli-lo-95, rnncli-lo-80, rnncli-hi-80, rnncli-hi-95, then quantiles, rnncli-q-0.1. With several targets rnncli is
rnncli-TARGET. Paths have a row for each step of each path, numbered by `sample_id` from 0.
"""

import csv
import io
import json
from dataclasses import dataclass
from itertools import chain

import numpy as np

from ...data.series.panel import ID, TIME
from ...json_values import finite
from .predictor import Forecasts

MODEL = "rnncli"
SCHEMA = 1
DIGITS = ".10g"  # of a number in a table: more than float32 has, and none that only rounding made


@dataclass(frozen=True)
class ForecastTable:
    """Forecasts of W series, h steps each: their ids [W], the stamps of the steps as text [W][h], the targets [K]."""

    ids: list
    stamps: list
    targets: tuple
    forecasts: Forecasts

    def columns(self):
        """{name: (W, h)} of the point forecasts, intervals and quantiles."""
        found, told = {}, self.forecasts
        for k, name in enumerate(self.names()):
            found[name] = told.mean[..., k]
            levels = sorted(told.intervals)
            found |= {f"{name}-lo-{level:g}": told.intervals[level][0][..., k] for level in reversed(levels)}
            found |= {f"{name}-hi-{level:g}": told.intervals[level][1][..., k] for level in levels}
            found |= {f"{name}-q-{q:g}": told.quantiles[q][..., k] for q in sorted(told.quantiles)}
        return found

    def names(self):
        """What the point forecast of each target is called."""
        return [MODEL] if len(self.targets) == 1 else [f"{MODEL}-{target}" for target in self.targets]

    def header(self):
        """The names of all columns."""
        if self.forecasts.samples is not None:
            return [ID, TIME, "sample_id", *self.names()]
        return [ID, TIME, *self.columns()]

    def rows(self):
        """Yield the cells of each row: texts, whole numbers and floats."""
        if self.forecasts.samples is not None:
            yield from self._paths()
            return
        arrays = np.stack(list(self.columns().values()), axis=-1)  # (W, h, columns)
        for name, stamps, series in zip(self.ids, self.stamps, arrays, strict=True):
            for stamp, values in zip(stamps, series.tolist(), strict=True):
                yield [name, stamp, *values]

    def _paths(self):
        for w, (name, stamps) in enumerate(zip(self.ids, self.stamps, strict=True)):
            for m, path in enumerate(self.forecasts.samples[:, w].tolist()):
                for stamp, values in zip(stamps, path, strict=True):
                    yield [name, stamp, m, *values]


def render_rows(header, rows, format="text"):
    """Yield rows of cells as lines of "text", which is CSV with the header, or "jsonl", an object for each.

    What is not finite is an empty cell, and null in JSON.
    """
    yield from (json_lines if format == "jsonl" else csv_lines)(header, rows)


def csv_lines(header, rows):
    """Yield a header and rows of cells as lines of CSV."""
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\n")
    for cells in chain([header], rows):
        writer.writerow([number(cell) if isinstance(cell, float) else cell for cell in cells])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def json_lines(header, rows):
    """Yield rows of cells as an object a line."""
    for cells in rows:
        values = {
            name: float(number(cell) or "nan") if isinstance(cell, float) else cell
            for name, cell in zip(header, cells, strict=True)
        }
        yield json.dumps({"schema": SCHEMA} | finite(values), ensure_ascii=False, allow_nan=False) + "\n"


def number(value):
    """A float as text, without digits that say nothing; empty where it is not finite."""
    return format(value + 0.0, DIGITS) if np.isfinite(value) else ""  # + 0.0: no -0
