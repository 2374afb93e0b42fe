"""The tail of series: their last steps, stored with a model, so that it forecasts after the end without the table."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ...data.series.gaps import GapReport
from ...data.series.panel import Panel, Series
from ...data.series.scaling import Units
from ...data.time.stamps import Stamps
from .data import SeriesData, StoredUnits, windows_of
from .encoder import SeriesEncoder
from .older_runs import MICROSECONDS, UNIT, stamps_of


def tail_of(data: SeriesData, rows: int) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """(arrays {"series/...": array}, record as JSON values): the last `rows` steps of each series, or a window if
    that is longer: everything needed to forecast after the end."""
    rows = max(rows, data.windows.reach) + 1  # one more, for the time since the row before
    kept = [_last(each, rows) for each in data.panel.series]
    arrays = {
        name: np.concatenate([getattr(each, name) for each in kept])
        for name in ("y", "real", "past", "known", "stamps")
    }
    arrays["real"] = arrays["real"].astype(np.uint8)
    arrays |= {
        "steps": np.array([len(each) for each in kept]),
        "rows": np.array([len(each.known) for each in kept]),
        "offset": data.windows.units.offset,
        "scale": data.windows.units.scale,
    }
    record = {
        "ids": list(data.ids),
        "static": [list(each.static) for each in kept],
        "files": list(data.files),
        "categories": {name: list(words) for name, words in data.panel.categories.items()},
        UNIT: MICROSECONDS,
    }
    return {f"series/{name}": array for name, array in arrays.items()}, record


def from_tail(
    encoder: SeriesEncoder, arrays: Mapping[str, np.ndarray], record: dict[str, Any], config: Any
) -> SeriesData:
    """The SeriesData of a tail: no splits, an empty digest, only good to forecast after the end."""
    series = _series(encoder, arrays, record)
    stamps = None
    if encoder.kind and encoder.form:
        stamps = Stamps(np.zeros(0, np.int64), encoder.kind, encoder.form, encoder.clock)
    words = {name: tuple(each) for name, each in record.get("categories", {}).items()}
    panel = Panel(series, encoder.roles, stamps, encoder.step_between, tuple(record["files"]), categories=words)
    units = Units(np.array(arrays["series/offset"]), np.array(arrays["series/scale"]), config.forecast.log)
    return SeriesData(
        encoder,
        panel,
        windows_of(panel, encoder, config, units),
        {},
        config,
        "",
        panel.files,
        (),
        arrangement=encoder.arrangement,
        written=encoder.written,
    )


def stored_units(arrays: Mapping[str, np.ndarray], record: dict[str, Any]) -> StoredUnits:
    """The units of the series of a tail."""
    return dict(zip(record["ids"], zip(arrays["series/offset"], arrays["series/scale"])))


def _series(encoder, arrays, record):
    """[S] Series of a tail."""
    parts = {name: arrays[f"series/{name}"] for name in ("y", "real", "past", "known", "stamps")}
    parts["stamps"] = stamps_of(parts["stamps"], record, encoder.kind)
    steps, rows = (np.cumsum(arrays[f"series/{name}"])[:-1] for name in ("steps", "rows"))
    split = {name: np.split(array, rows if name in ("known", "stamps") else steps) for name, array in parts.items()}
    return tuple(
        Series(name, stamps, y, y, real.astype(bool), past, known, tuple(static), GapReport())
        for name, static, stamps, y, real, past, known in zip(
            record["ids"],
            record["static"],
            *(split[name] for name in ("stamps", "y", "real", "past", "known")),
            strict=True,
        )
    )


def _last(series, rows):
    """A Series of the last `rows` steps of another, with its future covariates."""
    cut = max(0, len(series) - rows)
    return replace(
        series, **{name: getattr(series, name)[cut:] for name in ("stamps", "y", "carried", "real", "past", "known")}
    )
