"""Forecasts as rows in Nixtla's long format.

unique_id, ds, rnncli (the point forecast), then the ends of the intervals from the lowest to the highest,
rnncli-lo-95, rnncli-lo-80, rnncli-hi-80, rnncli-hi-95, then quantiles, rnncli-q-0.1. With several targets rnncli is
rnncli-TARGET. Paths have a row for each step of each path, numbered by `sample_id` from 0.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...data.series.panel import ID, TIME
from .digits import rounded
from .predictor import Forecasts

MODEL = "rnncli"
PATH = "sample_id"  # the column of the number of a path


@dataclass(frozen=True)
class ForecastTable:
    """Forecasts of W series, h steps each.

    ids [W]; stamps [W][h]: of the steps, as text; targets [K]. spreads (W, K): of the series, which decide how many
    digits mean something. own: whether a point forecast has the name of its target, rather than rnncli.
    """

    ids: list[str]
    stamps: list[list[str]]
    targets: tuple[str, ...]
    forecasts: Forecasts
    spreads: np.ndarray
    own: bool = False

    def columns(self) -> dict[str, np.ndarray]:
        """{name: (W, h)} of the point forecasts, intervals and quantiles, rounded."""
        found, made = {}, self.forecasts
        for k, name in enumerate(self.names()):
            levels = sorted(made.intervals)
            of_target = {name: made.mean}
            of_target |= {f"{name}-lo-{level:g}": made.intervals[level][0] for level in reversed(levels)}
            of_target |= {f"{name}-hi-{level:g}": made.intervals[level][1] for level in levels}
            of_target |= {f"{name}-q-{q:g}": made.quantiles[q] for q in sorted(made.quantiles)}
            found |= {key: rounded(values[..., k], self.spreads[:, k]) for key, values in of_target.items()}
        return found

    def names(self) -> list[str]:
        """The column name of the point forecast of each target."""
        if self.own:
            return list(self.targets)
        return [MODEL] if len(self.targets) == 1 else [f"{MODEL}-{target}" for target in self.targets]

    def value_names(self) -> list[str]:
        """The names of the columns after the stamps."""
        return [PATH, *self.names()] if self.forecasts.samples is not None else list(self.columns())

    def targets_of_values(self) -> list[int | None]:
        """The number of the target that each column after the stamps is of; None for that of paths."""
        K = len(self.targets)
        if self.forecasts.samples is not None:
            return [None, *range(K)]
        return [k for k in range(K) for _ in range(len(self.value_names()) // K)]

    def header(self) -> list[str]:
        """The names of all columns."""
        return [ID, TIME, *self.value_names()]

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
            paths = np.stack([rounded(samples[:, w, :, k], self.spreads[w, k]) for k in range(len(self.targets))], -1)
            for m, path in enumerate(paths.tolist()):
                for stamp, values in zip(stamps, path, strict=True):
                    yield [name, stamp, m, *values]
