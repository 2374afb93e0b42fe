"""What the log of a run says about clipping: norms before and after, how often each clip acted, who drove it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import hypot, inf, isnan, nan
from typing import NamedTuple

import numpy as np

from ...optim.optimizer import clip_factor
from ...storage.run_log import Limits, LoggedStep, RunLog

QUANTILES = {"least": 0.0, "10%": 0.1, "25%": 0.25, "median": 0.5, "75%": 0.75, "90%": 0.9, "99%": 0.99, "largest": 1.0}
SPIKE = 10  # times the running median
WINDOW, FEWEST = 50, 5  # logged steps before a step: at most and at least so many make its running median
VANISHED = 1e-6  # of the largest norm of a parameter in the same step


class Spike(NamedTuple):
    """A step whose norm is far above the running median; parameter: that with the largest norm, "" if not logged."""

    step: int
    norm: float
    times: float
    parameter: str


class Share(NamedTuple):
    """A parameter in the tables of norms: share, mean share of the squared norm in the steps that were clipped, of all
    tables where none was; relative: median of its norm over the largest one; cut: mean share of the elements that
    clipping by value changed, nan if not logged."""

    name: str
    share: float
    relative: float
    cut: float


@dataclass(frozen=True)
class RunClips:
    """What the log of one run says. Arrays go over its S logged steps, or its tables of norms."""

    label: str
    limits: Limits
    log: RunLog

    @cached_property
    def norms(self) -> np.ndarray:
        """(S,): global norms before clipping."""
        return np.array([step.grad_norm for step in self.log.steps])

    @cached_property
    def after(self) -> np.ndarray:
        """(S,): global norms after clipping; nan where clipping by value acted perhaps, and no table of norms says."""
        return np.array([self._after(step) for step in self.log.steps])

    def _after(self, step: LoggedStep) -> float:
        if not self.limits.value:
            return step.grad_norm * clip_factor(step.grad_norm, self.limits.norm)
        return hypot(*(row.clipped for row in step.norms)) if known(step) else nan

    @cached_property
    def tables(self) -> list[LoggedStep]:
        """The steps with a table of norms."""
        return [step for step in self.log.steps if step.norms]

    @cached_property
    def names(self) -> list[str]:
        """The parameters, in the order of the model."""
        return list(dict.fromkeys(row.name for step in self.tables for row in step.norms))

    @cached_property
    def by_parameter(self) -> np.ndarray:
        """(P, tables): the norm of each parameter before clipping; nan where it is missing."""
        return self._rows("norm")

    def _rows(self, name: str) -> np.ndarray:
        found, place = np.full((len(self.names), len(self.tables)), np.nan), {n: k for k, n in enumerate(self.names)}
        for column, step in enumerate(self.tables):
            for row in step.norms:
                found[place[row.name], column] = getattr(row, name)
        return found

    @cached_property
    def quantiles(self) -> dict[str, float]:
        """{"median": ...} of the norms before clipping."""
        there = self.norms[np.isfinite(self.norms)]
        values = np.quantile(there, list(QUANTILES.values())) if there.size else [nan] * len(QUANTILES)
        return dict(zip(QUANTILES, map(float, values)))

    @property
    def logged_share(self) -> float:
        """The share of the logged steps that were clipped by norm; nan where the log does not say."""
        return mean(np.array([step.clipped for step in self.log.steps if step.clipped is not None], float))

    @cached_property
    def counted(self) -> tuple[int, int]:
        """(steps clipped by norm, steps) of all that the log counts, logged or not; (0, 0) for logs without counts."""
        counting = [step for step in self.log.steps if not step.undone and step.clips is not None]
        if not counting:
            return 0, 0
        first, last = counting[0], counting[-1]
        whole = first is next(step for step in self.log.steps if not step.undone)
        begun, before = (0, 0) if whole else (first.step, first.clips or 0)
        return max((last.clips or 0) - before, 0), last.step - begun

    @cached_property
    def shares(self) -> list[Share]:
        """The parameters, that which drove the clips first."""
        return sorted(self._shares(), key=lambda each: -each.share)

    def _shares(self) -> Iterator[Share]:
        if not self.names:
            return
        norms, cuts = self.by_parameter, self._rows("cut")
        clipped = np.array([acted(step) for step in self.tables])
        with np.errstate(all="ignore"):
            scaled = norms / np.nanmax(norms, axis=0)
            squares = scaled**2 / np.nansum(scaled**2, axis=0)
            driven = squares[:, clipped] if clipped.any() else squares
            for k, name in enumerate(self.names):
                yield Share(name, mean(driven[k]), median(scaled[k]), mean(cuts[k]))

    @cached_property
    def clipped_tables(self) -> int:
        """The steps with a table that were clipped, by norm or by value."""
        return sum(map(acted, self.tables))

    @property
    def tables_tell(self) -> bool:
        """Whether the log says of every step with a table if it was clipped by norm."""
        return not any(step.clipped is None for step in self.tables)

    @cached_property
    def value_tables(self) -> list[LoggedStep]:
        """The steps whose table says what clipping by value did; none where the run does not clip by value."""
        return [step for step in self.tables if known(step)] if self.limits.value else []

    @cached_property
    def value_share(self) -> float:
        """The share of `value_tables` in which clipping by value changed something; nan without any."""
        return mean(np.array([cut(step) for step in self.value_tables], float))

    @cached_property
    def cosines(self) -> np.ndarray:
        """Of the angle between the whole gradient before and after clipping by value, in each of `value_tables`."""
        return np.array([cosine(step) for step in self.value_tables])

    @cached_property
    def spikes(self) -> list[Spike]:
        """The steps with a norm above SPIKE times the median of the logged steps before."""
        found = []
        for k, step in enumerate(self.log.steps):
            before = self.norms[max(k - WINDOW, 0) : k]
            if len(before) >= FEWEST and step.grad_norm > SPIKE * (usual := median(before)):
                largest = max(step.norms, key=lambda row: row.norm).name if step.norms else ""
                found.append(Spike(step.step, step.grad_norm, step.grad_norm / usual if usual else inf, largest))
        return found

    @property
    def vanished(self) -> list[str]:
        """The parameters whose gradient is next to nothing beside the largest, in half of the tables."""
        return [each.name for each in self.shares if each.relative < VANISHED]


def known(step: LoggedStep) -> bool:
    """Whether a step has a table that says what clipping by value did."""
    return bool(step.norms) and not any(isnan(row.cut) for row in step.norms)


def cut(step: LoggedStep) -> bool:
    """Whether clipping by value changed a gradient, as far as a table says so."""
    return any(row.cut > 0 for row in step.norms)


def acted(step: LoggedStep) -> bool:
    """Whether a step is known to be clipped, by norm or by value."""
    return bool(step.clipped) or cut(step)


def cosine(step: LoggedStep) -> float:
    """Of the angle between the whole gradient before and after clipping by value; nan where one of them is zero."""
    before, after = (hypot(*lengths) for lengths in zip(*((row.norm, row.clipped) for row in step.norms)))
    along = sum(row.norm / before * row.clipped / after * row.cosine for row in step.norms) if before * after else nan
    return min(along, 1.0)


def mean(values: np.ndarray) -> float:
    """Of the numbers that are finite; nan without any."""
    there = values[np.isfinite(values)]
    return float(there.mean()) if there.size else nan


def median(values: np.ndarray) -> float:
    """Of the numbers that are finite; nan without any."""
    there = values[np.isfinite(values)]
    return float(np.median(there)) if there.size else nan
