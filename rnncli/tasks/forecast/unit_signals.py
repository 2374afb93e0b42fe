"""What a unit of a forecaster may follow: the level and the slope of a series, its season, the other columns."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...data.time.calendar import calendar_features, cycles_for
from ...data.time.clock import DAY
from ...laboratory.units.following import Signal
from ...phrases import safe_text
from ...random_streams import stream

TITLES = {"hour": "hour of the day", "weekday": "day of the week", "day": "day of the month", "month": "month"}
PHASES = 8  # of a cycle, over half a turn, since a unit may follow the other half with the opposite sign
MOST_TARGETS, MOST_COLUMNS = 3, 4
MONTH = (28 * DAY, 31 * DAY)  # microseconds of a step, at least and at most
LEVEL = "level"


@dataclass(frozen=True)
class Tiles:
    """W windows that do not overlap, the earliest first: series (W,), first (W,) the step after each; ends (T,): the
    steps of a window, from 0, after which its units are looked at.

    Between windows some steps are left out, a random number: otherwise each would begin at the same place of the
    season, and nobody could tell a unit that follows the season from one that counts steps.
    """

    data: Any  # SeriesData
    series: np.ndarray
    first: np.ndarray
    ends: np.ndarray

    @classmethod
    def of(cls, data: Any, steps: int, ends: np.ndarray, seed: int) -> "Tiles":
        """The last windows of all series, about so many steps in all; seed: of the steps that are left out."""
        L, lengths, rng = data.windows.L, data.windows.lengths.tolist(), stream(seed, "inspect windows")
        most = max(1, steps // L)
        places = np.linspace(0, len(lengths) - 1, min(most, len(lengths))).round().astype(int).tolist()
        pairs = [(s, first) for s in places for first in origins(lengths[s], L, rng)]
        pairs.sort(key=lambda pair: lengths[pair[0]] - pair[1])  # the last ones of all series before earlier ones
        last = {pair: int(data.panel.series[pair[0]].stamps[pair[1] - 1]) for pair in pairs[:most]}
        chosen = sorted(pairs[:most], key=lambda pair: (last[pair], pair))
        series, first = np.array(chosen, np.intp).T
        return cls(data, series, first, ends)

    @property
    def rows(self) -> np.ndarray:
        """(W, T) the row of its series at each step; negative before the first row of a short series."""
        return self.first[:, None] - self.data.windows.L + self.ends

    def stamps(self, w: int) -> np.ndarray:
        """(T,) the stamps of window w; the first one of the series where it has none yet."""
        return self.data.panel.series[self.series[w]].stamps[np.maximum(self.rows[w], 0)]

    def names(self, w: int) -> list[str]:
        """The stamps of window w as text."""
        return [safe_text(text) for text in self.data.panel.text(self.stamps(w))]


def origins(length: int, L: int, rng: np.random.Generator) -> Iterator[int]:
    """The steps after windows of L steps, from the end of a series of `length` steps back to its first window; the
    first one always."""
    first = length
    yield first
    while (first := first - L - int(rng.integers(L // 2 + 1))) >= L:
        yield first


def series_signals(tiles: Tiles, inputs: np.ndarray) -> Iterator[Signal]:
    """The Signals of all steps, window after window; inputs (W, T, D): what the network reads. nan before a series."""
    encoder = tiles.data.encoder
    there = tiles.rows >= 0
    known = np.where(there[:, :, None], inputs, np.nan)
    roles = encoder.roles
    for k, name in enumerate(roles.targets[:MOST_TARGETS]):
        of = f" of {safe_text(name)}" if len(roles.targets) > 1 else ""
        yield Signal(f"{LEVEL}{of}", known[:, :, k].ravel())
        yield Signal(f"slope{of}", np.diff(known[:, :, k], axis=1, prepend=np.nan).ravel())
    for title, angle in angles(tiles):
        yield Signal(title, np.where(there.ravel(), phases(angle.ravel()), np.nan))
    for name in encoder.covariates[:MOST_COLUMNS]:
        yield Signal(safe_text(name), known[:, :, encoder.columns.index(name)].ravel())


def phases(angle: np.ndarray) -> np.ndarray:
    """(P, S) cosine of angles (S,) at P phases."""
    return np.cos(angle - np.pi * np.arange(PHASES)[:, None] / PHASES)


def angles(tiles: Tiles) -> Iterator[tuple[str, np.ndarray]]:
    """(title, (W, T) angle) of each cycle of the calendar that is longer than a step, and of the season."""
    encoder = tiles.data.encoder
    stamps = np.array([tiles.stamps(w) for w in range(len(tiles.first))])
    cycles = cycles_for(encoder.step) if encoder.kind == "time" else ()
    for cycle in cycles:
        sine, cosine = calendar_features(encoder.clock.local(stamps.ravel()), (cycle,)).T
        yield TITLES[cycle], np.arctan2(sine, cosine).reshape(stamps.shape)
    season, frequency = tiles.data.config.forecast.season, encoder.step_between
    if season > 1 and not is_cycle(season, encoder.step, cycles):
        count = frequency.cut(stamps.ravel())[0].reshape(stamps.shape) if frequency else tiles.rows
        yield f"season of {season:,} steps", 2 * np.pi * (count % season) / season


def is_cycle(season: int, step: float, cycles: tuple[str, ...]) -> bool:
    """Whether a season of steps of so many microseconds is one of these cycles."""
    return (
        ("hour" in cycles and season * step == DAY)
        or ("weekday" in cycles and season * step == 7 * DAY)
        or ("month" in cycles and season == 12 and MONTH[0] <= step <= MONTH[1])
    )
