"""Values of series: texts to numbers, and what is refused with its channel and step."""

from collections.abc import Sequence

import numpy as np

from ...errors import DataError
from ...phrases import counted
from .cells import is_missing, is_number

LARGEST = 1e150  # in magnitude: sums of squares of larger numbers overflow


def channel_of(cells: Sequence[str], place: str, channel: int = 1) -> np.ndarray:
    """(T,) float64: the values of one channel. DataError, with the step, for one that is missing or no number."""
    try:
        values = np.array(cells, np.float64)
    except ValueError:
        values = np.full(len(cells), np.nan)
    if np.isfinite(values).all() and (np.abs(values) <= LARGEST).all():
        return values
    for step, cell in enumerate(cells, start=1):
        if not is_number(cell) or abs(float(cell)) > LARGEST:
            raise bad_value(cell.strip(), f"{place}, channel {channel}, step {step}")
    return np.array([float(cell) for cell in cells])


def bad_value(cell: str, place: str) -> DataError:
    """The DataError for a value of a series that is missing or no number."""
    if is_missing(cell):
        return DataError(f"{place}: the value is missing", "fill the gap, or remove the example")
    if is_number(cell):
        return DataError(f"{place}: {cell} is beyond {LARGEST:g} in magnitude", "correct it, or use a larger unit")
    return DataError(f"{place}: {cell[:40]!r} is not a finite number", "write a number with a decimal point, as in 1.5")


def series_of(channels: Sequence[Sequence[str]], place: str) -> np.ndarray:
    """(T, D) float64: D channels of T values. DataError for no values, and for channels of different lengths."""
    T = len(channels[0])
    for channel, cells in enumerate(channels, start=1):
        if len(cells) != T:
            raise DataError(
                f"{place}: channel {channel} has {counted(len(cells), 'value')}, but channel 1 has {T:,}",
                "all channels of an example need the same number of steps",
            )
    if T == 0:
        raise DataError(f"{place}: a series without values", "give it at least one value, or remove the example")
    return np.stack([channel_of(cells, place, k) for k, cells in enumerate(channels, start=1)], axis=1)


def channel_names(D: int) -> tuple[str, ...]:
    """Names for channels that have none."""
    return tuple(f"channel {k + 1}" for k in range(D))


def checked_channels(sources: Sequence[np.ndarray], places: Sequence[str]) -> int:
    """The number of channels, the same in all series; DataError otherwise. places: of each series."""
    D = sources[0].shape[1]
    for source, place in zip(sources, places):
        if source.shape[1] != D:
            raise DataError(
                f"{place}: {counted(source.shape[1], 'channel')}, but {places[0]} has {D}",
                "give every example the same channels",
            )
    return D
