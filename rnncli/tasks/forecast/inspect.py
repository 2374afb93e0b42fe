"""`rnncli inspect` for a forecaster: the states of its units over time, and what they follow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from ...laboratory.drawings import Curve, Curves, Finding, Heat
from ...laboratory.units import following
from ...laboratory.units.activations import Activations, Units
from ...phrases import counted, safe_text
from ...storage.stored_data import inspecting
from ..base import Output
from .data import SeriesData, load_series
from .evaluation_data import stored_series
from .predictor import Predictor
from .tail import stored_units
from .unit_signals import LEVEL, Tiles, series_signals

STEPS = 20_000  # from which correlations are found
TOGETHER = 64  # windows read side by side
MOST_ROWS = 40  # units in a heat map
DRAWN = 3  # units in a chart
MOST_WINDOWS = 5  # that are drawn


@dataclass(frozen=True)
class Read:
    """W windows with the units after each of T steps: x (W, T, units), and what the network reads there, inputs
    (W, T, D)."""

    tiles: Tiles
    x: np.ndarray
    inputs: np.ndarray
    units: Units

    def level(self, w: int) -> np.ndarray:
        """(T,) the first target of window w as the network reads it; nan before the series."""
        return np.where(self.tiles.rows[w] >= 0, self.inputs[w, :, 0], np.nan)


def inspect(loaded: Any, part: str, options: Mapping[str, Any], out: Output) -> Finding:
    """See `tasks.base.Task.inspect`; the only part is "units"."""
    read = read_windows(loaded, data_of(loaded, options["files"], out), options["seed"], out)
    asked = [read.units.column(text) for text in options["units"]]
    signals = list(series_signals(read.tiles, read.inputs))
    out.progress("correlating units", 0, None)
    found = following.follow(signals, read.x.reshape(-1, len(read.units)), read.units, options["seed"])
    chosen = asked or [one.column for one in following.best_of(found, [each.name for each in signals], DRAWN)]
    last = shown_windows(read, options["symbols"])
    tables = [about(read), *following.summary(signals, found, read.units, "steps")]
    return Finding(
        part="units",
        title=f"Units over time: {counted(len(read.x), 'window')} of {counted(read.x.shape[1], 'step')}",
        record={"data": about(read), "metrics": following.metrics(found), "units": list(following.rows(found))}
        | {"windows": [window_record(read, w, chosen) for w in last]},
        rows=list(following.rows(found)),
        brief=[*tables, chart(read, last[-1], chosen)],
        more=[*following.others(found), *(chart(read, w, chosen) for w in last[:-1])]
        + [heat(read, w, MOST_ROWS) for w in last],
    )


def data_of(loaded: Any, files: Sequence[str], out: Output) -> SeriesData:
    """The series of files in the units of the run, or those of the run; raises DataError."""
    reading = partial(out.progress, "reading")
    if files:
        config = replace(loaded.config, data=replace(loaded.config.data, files=tuple(files)))
        return load_series(config, loaded.encoder, reading, stored_units(loaded.arrays, loaded.record))
    with inspecting():
        return stored_series(loaded, reading)


def read_windows(loaded: Any, data: Any, seed: int, out: Output) -> Read:
    """The Read of the last windows of all series."""
    windows, segment = data.windows, loaded.config.forecast.segment
    L, each = windows.L, max(1, segment)
    ends = np.arange(L - 1, -1, -each)[::-1]  # the first segment is the short one
    tiles = Tiles.of(data, STEPS, ends, seed)
    activations, N = Activations(), min(TOGETHER, len(tiles.first))
    predictor = Predictor(loaded.model, loaded.store.views(loaded.theta), windows, N, activations.memory)
    units, T = activations.units(len(ends), N), len(ends)
    x = np.empty((len(tiles.first), T, len(units)), np.float32)
    inputs = np.empty((len(tiles.first), T, windows.D))
    for rows, window, _ in predictor.batches(tiles.series, tiles.first, None, partial(out.progress, "reading units")):
        x[rows] = activations.taken(T, N).swapaxes(0, 1)
        inputs[rows] = window.inputs[ends].swapaxes(0, 1)
    return Read(tiles, x, inputs, units)


def about(read: Read) -> str:
    """What was read, in a sentence."""
    data = read.tiles.data
    stamps = np.concatenate([read.tiles.stamps(w) for w in range(len(read.x))])
    start, stop = data.panel.text(np.array([stamps.min(), stamps.max()]))
    change = data.windows.difference
    level = f"its change against {counted(change, 'step')} before, scaled" if change else "scaled"
    return safe_text(
        f"{', '.join(data.files)}: {start} to {stop}; the level is the value as the network reads it: {level}."
    )


def shown_windows(read: Read, steps: int | None) -> list[int]:
    """The windows that are drawn: the last ones, about so many steps in all; None for one."""
    number = max(1, min(MOST_WINDOWS, (steps or 0) // read.tiles.data.windows.L, len(read.x)))
    return list(range(len(read.x) - number, len(read.x)))


def title(read: Read, w: int) -> str:
    """The name of a window: its series and when it begins and ends."""
    data, stamps = read.tiles.data, read.tiles.names(w)
    name = f"{safe_text(data.ids[read.tiles.series[w]])}, " if len(data.ids) > 1 else ""
    return f"{name}{stamps[0]} to {stamps[-1]}"


def heat(read: Read, w: int, most: int) -> Heat:
    """The units of the last layer over the steps of a window, from the one that follows the level most closely to the
    one that goes against it; of more than `most` those in between are left out."""
    columns = np.arange(len(read.units))[read.units.of_last_layer()]
    r = following.correlations(read.level(w)[None], read.x[w][:, columns])[0]
    order = np.argsort(-r, kind="stable")
    if len(order) > most:
        order = np.concatenate([order[: most - most // 2], order[-(most // 2) :]])
    return Heat(
        f"Units by their correlation with the level, {title(read, w)}",
        [f"{read.units.name(int(columns[k]))} {r[k]:+.2f}" for k in order],
        read.tiles.names(w),
        read.x[w][:, columns[order]].T.astype(np.float64),
        "step",
        "activation",
    )


def chart(read: Read, w: int, columns: Sequence[int]) -> Curves:
    """The level of the series in a window, its largest value 1, and units beside it."""
    before = read.tiles.ends - (read.tiles.data.windows.L - 1)
    level = read.level(w)
    most = float(np.nanmax(np.abs(level), initial=0)) or 1.0
    lines = {f"{LEVEL} of the series, scaled to 1": Curve(before, level / most)}
    lines |= {read.units.name(column): Curve(before, read.x[w, :, column].astype(np.float64)) for column in columns}
    return Curves(f"Units beside the series, {title(read, w)}", "steps before the forecast", "", lines)


def window_record(read: Read, w: int, columns: Sequence[int]) -> dict[str, Any]:
    """A window that is drawn, for JSON."""
    own = {read.units.name(column): read.x[w, :, column].astype(float).tolist() for column in columns}
    return {"window": title(read, w), "stamps": read.tiles.names(w), LEVEL: read.level(w).tolist(), "activations": own}
