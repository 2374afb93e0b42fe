"""What 'python -m benchmarks horizon' measured: configs/lab/memory-horizon.csv."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ...errors import ConfigError
from ...resources import folder
from .numbers import LAB

FILE = "memory-horizon.csv"
COLUMNS = ("network", "lag", "seeds", "solved", "updates")


@dataclass(frozen=True)
class Measured:
    """The networks of one name that were trained on recall over `lag` steps: how many of the seeds solved it, and after
    how many updates, the median of those that did; None where none did."""

    network: str
    lag: int
    seeds: int
    solved: int
    updates: float | None

    @property
    def share(self) -> float:
        """The share of the seeds that solved it."""
        return self.solved / self.seeds


def read_table() -> dict[tuple[str, int], Measured]:
    """{(network, lag): Measured}"""
    with open(folder("configs") / LAB / FILE, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = [
        Measured(
            row["network"],
            int(row["lag"]),
            int(row["seeds"]),
            int(row["solved"]),
            float(row["updates"]) if row["updates"] else None,
        )
        for row in rows
    ]
    return {(each.network, each.lag): each for each in found}


def written_table(every: Iterable[Measured]) -> str:
    """The text of the file."""
    lines = [",".join(COLUMNS)]
    for each in every:
        updates = "" if each.updates is None else f"{each.updates:g}"
        lines.append(f"{each.network},{each.lag},{each.seeds},{each.solved},{updates}")
    return "\n".join(lines) + "\n"


def selected(networks: Sequence[str], lags: Sequence[int]) -> list[Measured]:
    """The measurements of these networks at these lags; raises ConfigError for one that was not measured."""
    table = read_table()
    missing = [f"{name} at lag {lag}" for name in networks for lag in lags if (name, lag) not in table]
    if missing:
        raise ConfigError(
            f"{FILE} has no measurement of {missing[0]}", "ask for networks and lags that it has; live ones may be any"
        )
    return [table[name, lag] for name in networks for lag in lags]


def rank_correlation(one: Sequence[float], other: Sequence[float]) -> float:
    """Spearman's: the correlation of the ranks, equal values sharing their mean rank; nan where all are equal."""
    if not len(one):
        return float("nan")
    a, b = ranks(one), ranks(other)
    a, b = a - a.mean(), b - b.mean()
    spread = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / spread if spread else float("nan")


def ranks(values: Sequence[float]) -> np.ndarray:
    """The rank of each value, from 0; equal values share their mean rank."""
    _, place, count = np.unique(np.asarray(values, float), return_inverse=True, return_counts=True)
    first = np.cumsum(count) - count
    return (first + (count - 1) / 2)[place]
