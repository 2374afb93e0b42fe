"""Forecasts as rows in Nixtla's long format, as CSV or JSON lines.

unique_id, ds, rnncli (the point forecast), then the ends of the intervals from the lowest to the highest,
rnncli-lo-95, rnncli-lo-80, rnncli-hi-80, rnncli-hi-95, then quantiles, rnncli-q-0.1. With several targets rnncli is
rnncli-TARGET. Paths have a row for each step of each path, numbered by `sample_id` from 0.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from ...data.series.panel import ID, TIME
from ...events import finite
from .predictor import Forecasts

MODEL = "rnncli"
SCHEMA = 1
DIGITS = ".10g"  # of a number in a table: more than float32 has, but no digits from rounding


@dataclass(frozen=True)
class ForecastTable:
    """Forecasts of W series, h steps each: their ids [W], the stamps of the steps as text [W][h], the targets [K]."""

    ids: list[str]
    stamps: list[list[str]]
    targets: tuple[str, ...]
    forecasts: Forecasts

    def columns(self) -> dict[str, np.ndarray]:
        """{name: (W, h)} of the point forecasts, intervals and quantiles."""
        found, made = {}, self.forecasts
        for k, name in enumerate(self.names()):
            found[name] = made.mean[..., k]
            levels = sorted(made.intervals)
            found |= {f"{name}-lo-{level:g}": made.intervals[level][0][..., k] for level in reversed(levels)}
            found |= {f"{name}-hi-{level:g}": made.intervals[level][1][..., k] for level in levels}
            found |= {f"{name}-q-{q:g}": made.quantiles[q][..., k] for q in sorted(made.quantiles)}
        return found

    def names(self) -> list[str]:
        """The column name of the point forecast of each target."""
        return [MODEL] if len(self.targets) == 1 else [f"{MODEL}-{target}" for target in self.targets]

    def header(self) -> list[str]:
        """The names of all columns."""
        if self.forecasts.samples is not None:
            return [ID, TIME, "sample_id", *self.names()]
        return [ID, TIME, *self.columns()]

    def rows(self) -> Iterator[list[Any]]:
        """Yield the cells of each row: strings, whole numbers and floats."""
        if self.forecasts.samples is not None:
            yield from self._paths(self.forecasts.samples)
            return
        arrays = np.stack(list(self.columns().values()), axis=-1)  # (W, h, columns)
        for name, stamps, series in zip(self.ids, self.stamps, arrays, strict=True):
            for stamp, values in zip(stamps, series.tolist(), strict=True):
                yield [name, stamp, *values]

    def _paths(self, samples):
        for w, (name, stamps) in enumerate(zip(self.ids, self.stamps, strict=True)):
            for m, path in enumerate(samples[:, w].tolist()):
                for stamp, values in zip(stamps, path, strict=True):
                    yield [name, stamp, m, *values]


def render_rows(header: Sequence[str], rows: Iterable[Sequence[Any]], format: str = "text") -> Iterator[str]:
    """Yield rows of cells as lines of "text", which is CSV with a header, or of "jsonl", one object per row.

    A number that is not finite becomes an empty cell, and null in JSON.
    """
    yield from (json_lines if format == "jsonl" else csv_lines)(header, rows)


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield a header and rows of cells as lines of CSV."""
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\n")
    for cells in chain([header], rows):
        writer.writerow([number(cell) if isinstance(cell, float) else cell for cell in cells])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def json_lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield rows of cells as one object per line."""
    for cells in rows:
        values = {
            name: float(number(cell) or "nan") if isinstance(cell, float) else cell
            for name, cell in zip(header, cells, strict=True)
        }
        yield json.dumps({"schema": SCHEMA} | finite(values), ensure_ascii=False, allow_nan=False) + "\n"


def number(value: float) -> str:
    """A float as text, without meaningless digits; empty where it is not finite."""
    return format(value + 0.0, DIGITS) if np.isfinite(value) else ""  # + 0.0: no -0
