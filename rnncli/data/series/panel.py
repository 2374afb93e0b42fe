"""Series on their grids, and a report of all irregularities."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ...phrases import counted
from ..time.frequency import Frequency
from ..time.stamps import Stamps
from .gaps import GapReport
from .roles import Roles

ID, TIME, TARGET = "unique_id", "ds", "y"  # the usual names in forecasting (Nixtla's long format)
NAMED = 3  # irregular series reported by name
IRREGULAR = "none"  # the frequency of series that have none


@dataclass(frozen=True, slots=True)
class Series:
    """One series of L steps on its grid, and F more steps for which only the future covariates are given."""

    id: str
    stamps: np.ndarray  # (L + F,) int64
    y: np.ndarray  # (L, K) float64 targets, nan where missing
    carried: np.ndarray  # (L, K) the same, filled from earlier rows alone
    real: np.ndarray  # (L, K) bool: which of them were observed
    past: np.ndarray  # (L, P) float64, nan where missing
    known: np.ndarray  # (L + F, Q) float64, nan where missing
    static: tuple[str, ...]
    report: GapReport

    def __len__(self) -> int:
        return len(self.y)


@dataclass(frozen=True)
class Panel:
    """All series of a table, in the order of the first appearance of their ids."""

    series: tuple[Series, ...]
    roles: Roles
    stamps: Stamps | None  # the stamps and their format; None without a time column
    frequency: Frequency | None  # None: irregular
    files: tuple[str, ...]
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # {covariate: words of its codes 0, 1, ...}
    notes: tuple[str, ...] = ()  # what was done to the rows, a sentence each
    own: Frequency | None = None  # that of the rows themselves, where `frequency` was named

    def text(self, values: np.ndarray) -> list[str]:
        """[n] stamps (n,) int64 in the format of the table; row numbers, from 1, if it has no time column."""
        return self.stamps.text(values) if self.stamps else [str(value) for value in np.asarray(values).tolist()]

    def words(self) -> list[str]:
        """Lines that report the series, their steps and frequency, and all irregularities."""
        lengths = [len(each) for each in self.series]
        steps = f"{lengths[0]:,} steps" if len(set(lengths)) == 1 else f"{min(lengths):,} to {max(lengths):,} steps"
        count = "1 series" if len(lengths) == 1 else f"{len(lengths):,} series"
        every = self.frequency.words if self.frequency else "irregular"
        lines = [f"{count} of {steps}, {'one step per row' if self.stamps is None else every}"]
        if newest := sum(each.report.newest_first for each in self.series):
            lines.append(f"{f'{newest:,} series ' if len(self.series) > 1 else ''}newest first, sorted")
        odd = [each for each in self.series if each.report.odd]
        for each in odd[:NAMED]:
            words = each.report.words(self.stamps)
            lines.append(f"{each.id}: {words}" if len(self.series) > 1 else words)
        if len(odd) > NAMED:
            lines.append(f"and {len(odd) - NAMED:,} more irregular series")
        for k, name in enumerate(self.roles.targets):
            missing = sum(int(np.isnan(each.y[:, k]).sum()) for each in self.series)
            if missing:
                lines.append(f"{name}: {missing:,} of {sum(lengths):,} values are missing")
        covariates = {name: missing for name in self.roles.past + self.roles.known if (missing := self._missing(name))}
        for what, words, end in (
            ("values missing", False, "replaced by the mean of the training rows"),
            ("empty cells", True, "none of the words"),
        ):
            own = [f"{name} {n:,}" for name, n in covariates.items() if (name in self.categories) == words]
            if own:
                lines.append(f"{what} in {', '.join(own)}; {end}")
        return [*lines, *self._ahead(), *self.notes]

    def _ahead(self):
        """[a line] on the rows at the end that have no target."""
        ahead = [len(each.stamps) - len(each) for each in self.series]
        if not max(ahead):
            return []
        rows = f"{min(ahead):,} to {max(ahead):,} rows" if min(ahead) < max(ahead) else counted(max(ahead), "row")
        of = " of each series" if len(ahead) > 1 else ""
        return [f"{rows} at the end{of} without {', '.join(self.roles.targets)}: forecasts begin there"]

    def _missing(self, name):
        """The number of missing values in the covariate `name`, up to the end of each series."""
        kind = "past" if name in self.roles.past else "known"
        k = getattr(self.roles, kind).index(name)
        return sum(int(np.isnan(getattr(each, kind)[: len(each), k]).sum()) for each in self.series)
