"""Calendar features of a time stamp: hour, weekday, day of the month and month as points on circles; Fourier terms."""

from collections.abc import Sequence

import numpy as np

from .clock import DAY

CYCLES = ("hour", "weekday", "day", "month")


def calendar_features(values: np.ndarray, cycles: Sequence[str] = CYCLES) -> np.ndarray:
    """(R, 2 C) sine and cosine of the phase of stamps (R,) int64, microseconds since 1970-01-01, in each of C `cycles`.

    hour: in the day; weekday: in the week, Monday first; day: in its month, relative to its length; month: in the year,
    by months. Neighbours in time are neighbours on the circle, Sunday and Monday included.
    """
    values = np.asarray(values, np.int64)
    turns = [_turn(values, cycle) for cycle in cycles]
    return (
        np.concatenate([part(2 * np.pi * turn)[:, None] for turn in turns for part in (np.sin, np.cos)], axis=1)
        if turns
        else np.zeros((len(values), 0))
    )


def _turn(values, cycle):
    """The phase in the cycle, 0..1, (R,)."""
    if cycle == "hour":
        return values % DAY / DAY
    if cycle == "weekday":
        return (values // DAY + 3) % 7 / 7  # 1970-01-01 was a Thursday
    months = values.astype("M8[us]").astype("M8[M]")
    if cycle == "month":
        return months.astype(np.int64) % 12 / 12
    if cycle == "day":
        first, after = (edge.astype("M8[us]").astype(np.int64) for edge in (months, months + np.timedelta64(1, "M")))
        return (values - first) // DAY / ((after - first) // DAY)
    raise ValueError(f"no cycle '{cycle}'; known: {', '.join(CYCLES)}")


def cycles_for(step: float) -> tuple[str, ...]:
    """The cycles longer than a step of so many microseconds: hours within days, weekdays within weeks, and so on."""
    limits = (("hour", DAY), ("weekday", 7 * DAY), ("day", 28 * DAY), ("month", 360 * DAY))
    return tuple(cycle for cycle, limit in limits if step < limit)


def fourier_features(steps: np.ndarray, season: float, order: int) -> np.ndarray:
    """(R, 2 order) sin and cos of 2 pi k t / season, k = 1..order, for step numbers t (R,): a smooth season.

    Terms that repeat others or are zero everywhere, as at k = season / 2 for whole t, are kept: they do a network no
    harm. ValueError for an order above season / 2.
    """
    if order > season / 2:
        raise ValueError(f"order {order} is above season / 2 = {season / 2:g}")
    angles = 2 * np.pi * np.outer(np.asarray(steps, float) % season, np.arange(1, order + 1)) / season
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1)
