"""Units that follow a signal, found by correlation: chosen on one half of the steps, tried on the other.

Among hundreds of units some correlate with anything. So a unit is chosen on the first half, and its correlation on the
second half, which chose nothing, stands beside it. `chance` says how far the best of all units comes by accident: the
signal is shifted in a circle along the first half, which keeps its own regularity and breaks its bond with the units.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...random_streams import stream
from ...tasks.base import Table
from ..drawings import Element, Shaded
from .activations import Units

SHIFTS = 20  # of a signal: the largest correlation among them is exceeded by accident about once in 21 times
NEAREST = 0.1  # of the half: a shift by less leaves a slow signal almost where it was
BLOCK = 256  # units correlated at a time: bounds the memory
FLAT = 1e-12  # variance below which nothing varies: activations are float32
FEWEST = 40  # steps: with fewer, a half says nothing


@dataclass(frozen=True)
class Signal:
    """Something about each of S steps that a unit may follow. values: (S,), nan where it has no value; or (P, S), the
    same at P phases, of which a unit may follow any."""

    name: str
    values: np.ndarray

    @property
    def rows(self) -> np.ndarray:
        """(P, S) float64, P = 1 for a single one."""
        return np.atleast_2d(np.asarray(self.values, np.float64))

    @property
    def share(self) -> float | None:
        """The share of the steps at which it is on; None for a signal that is not on or off."""
        there = self.rows[np.isfinite(self.rows)]
        return float(there.mean()) if len(there) and np.isin(there, (0, 1)).all() else None


@dataclass(frozen=True)
class Follower:
    """A unit and a signal. r: Pearson's correlation on the half that chose the unit; again: on the other half; chance:
    the largest |r| of any unit on the first half when the signal is shifted; share: see `Signal`."""

    signal: str
    unit: str
    column: int
    r: float
    again: float
    chance: float
    share: float | None

    @property
    def follows(self) -> bool:
        """Whether the half that chose nothing shows the same, more strongly than chance."""
        return self.again * self.r > 0 and abs(self.again) > self.chance


def correlations(signals: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Pearson's r (P, U) of each signal (P, S) with each column of x (S, U), over the steps where the signal is not
    nan; 0 where one of the two does not vary or x is not finite."""
    there = np.isfinite(signals)
    weight, n = there.astype(np.float64), np.maximum(there.sum(axis=1, keepdims=True), 1)
    f = np.where(there, signals, 0)
    f = (f - f.sum(axis=1, keepdims=True) / n) * weight
    power = (f**2).sum(axis=1, keepdims=True) / n
    found = [_block(f, weight, n, power, x[:, start : start + BLOCK]) for start in range(0, x.shape[1], BLOCK)]
    return np.concatenate(found, axis=1)


def _block(f, weight, n, power, x):
    with np.errstate(invalid="ignore", over="ignore"):
        x = x.astype(np.float64)
        x -= x.mean(axis=0)  # so that squares lose no digits
        spread = weight @ x**2 / n - (weight @ x / n) ** 2
        product = power * spread
        known = (power > FLAT) & (spread > FLAT) & np.isfinite(product)
        return np.where(known, f @ x / n / np.sqrt(np.where(known, product, 1)), 0)


def follow(signals: Sequence[Signal], x: np.ndarray, units: Units, seed: int, best: int = 3) -> list[list[Follower]]:
    """For each signal that varies in both halves the `best` units by |r| on the first half, the first one first.

    x (S, U): the units after each step; seed: of the shifts. [] for fewer than 40 steps.
    """
    S = len(x)
    half, found = S // 2, []
    for signal in signals if S >= FEWEST else ():
        rows = signal.rows
        if not (_varies(rows[:, :half]) and _varies(rows[:, half:])):
            continue
        first = correlations(rows[:, :half], x[:half])
        phase = np.abs(first).argmax(axis=0)
        first = first[phase, np.arange(len(phase))]
        columns = np.argsort(-np.abs(first), kind="stable")[:best]
        again = correlations(rows[:, half:], x[half:, columns])[phase[columns], np.arange(len(columns))]
        chance = by_chance(rows[:, :half], x[:half], seed)
        found.append(
            [
                Follower(signal.name, units.name(c), int(c), float(first[c]), float(r), chance, signal.share)
                for c, r in zip(columns, again)
            ]
        )
    return found


def by_chance(signals: np.ndarray, x: np.ndarray, seed: int) -> float:
    """The largest |r| of any column of x (S, U) with any of the signals (P, S), shifted in a circle SHIFTS times."""
    S = len(x)
    near = max(1, int(NEAREST * S))
    shifts = stream(seed, "inspect shifts").integers(near, max(S - near, near + 1), SHIFTS)
    shifted = np.concatenate([np.roll(signals, shift, axis=1) for shift in shifts])
    return float(np.abs(correlations(shifted, x)).max())


def _varies(rows):
    """Whether every signal (P, S) has two different values."""
    filled = [row[np.isfinite(row)] for row in rows]
    return all(len(row) > 1 and row.min() < row.max() for row in filled)


def without_follower(signals: Sequence[Signal], found: Sequence[Sequence[Follower]]) -> list[str]:
    """The names of the signals that `follow` left out: they do not vary in both halves."""
    known = {each[0].signal for each in found}
    return [signal.name for signal in signals if signal.name not in known]


def best_of(found: Sequence[Sequence[Follower]], first: Sequence[str], count: int) -> list[Follower]:
    """The `count` strongest that follow, each another unit, by the half that chose nothing: of the signals `first`
    before the others. Where none follows, the strongest one."""
    flat = sorted((each[0] for each in found), key=lambda one: (one.signal not in first, -abs(one.again)))
    chosen: dict[int, Follower] = {}
    for one in [one for one in flat if one.follows] or flat[:1]:
        chosen.setdefault(one.column, one)
    return list(chosen.values())[:count]


def table(found: Sequence[Sequence[Follower]], places: slice = slice(1)) -> Table:
    """A row for each signal and each of its units at some places, by default the best; ? marks what is not more than
    chance."""
    header = ["signal", "on", "unit", "r", "again", "chance", ""]
    body = [
        [
            one.signal if k == 0 else "",
            "" if one.share is None or k else f"{one.share:.1%}",
            one.unit,
            f"{one.r:+.3f}",
            f"{one.again:+.3f}",
            f"{one.chance:.3f}",
            "" if one.follows else "?",
        ]
        for each in found
        for k, one in enumerate(each[places])
    ]
    return Table([header, *body], left=1)


def summary(signals: Sequence[Signal], found: Sequence[Sequence[Follower]], units: Units, steps: str) -> list[Element]:
    """The table of the best unit of each signal, and sentences on it. steps: "symbols"."""
    if not found:
        needed = f"they need {FEWEST} {steps}, and signals that vary in both halves of them"
        return [f"Too little for correlations: {needed}; name more data with --data FILE."]
    number, absent = sum(each[0].follows for each in found), without_follower(signals, found)
    left_out = [f"Not in both halves: {', '.join(absent)}."] if absent else []
    return [
        table(found),
        f"{number} of {len(found)} signals have a unit that follows them on the half that did not choose it.",
        f"r: correlation on the half that chose the unit; again: on the other half; chance: the largest |r| of any of "
        f"the {len(units):,} units when the signal is shifted along the {steps}; ?: no more than chance.",
        *left_out,
    ]


def others(found: Sequence[Sequence[Follower]]) -> list[Element]:
    """The table of the units of each signal that come after the best one."""
    return ["The units that come next:", table(found, slice(1, None))] if found else []


def metrics(found: Sequence[Sequence[Follower]]) -> dict[str, float]:
    """{"SIGNAL/NAME": number} of the best unit of each signal."""
    return {f"{each[0].signal}/{name}": getattr(each[0], name) for each in found for name in ("r", "again", "chance")}


def rows(found: Sequence[Sequence[Follower]]) -> Iterator[Mapping[str, Any]]:
    """A row for each signal and unit."""
    for each in found:
        for place, one in enumerate(each, 1):
            about = {"signal": one.signal, "share": one.share, "place": place, "unit": one.unit}
            yield about | {"r": one.r, "again": one.again, "chance": one.chance, "follows": one.follows}


def coloured(title: str, symbols: Sequence[str], values: np.ndarray) -> Shaded:
    """A text in the colours of a unit: values (S,), what it is after each symbol, 0 between the two colours."""
    most = float(np.nanmax(np.abs(values), initial=0)) or 1.0
    return Shaded(title, symbols, values, -most, most, "activation after the symbol")


def described(unit: str, found: Sequence[Sequence[Follower]]) -> str:
    """A unit, and the signal that it is the chosen one for, the closest one first."""
    own = [one for each in found for one in each if one.unit == unit]
    if not own:
        return unit
    one = max(own, key=lambda one: (one.follows, abs(one.again)))
    return f"{unit}: {one.signal}, r {one.r:+.2f}, again {one.again:+.2f}, chance {one.chance:.2f}"
