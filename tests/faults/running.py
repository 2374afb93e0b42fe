"""Rows of the fault plan tried: one after the other, or several side by side in processes of their own."""

import math
import random
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from .catalogue import ROWS
from .rows import Plan, Row, Skipped


@dataclass(frozen=True)
class Extent:
    """How much is tried. count: cases of each row, None for the usual number; minutes: in all, None without a limit."""

    long: bool = False
    seed: int = 1
    count: int | None = None
    minutes: float | None = None
    jobs: int = 1

    def seconds(self, name: str, names: Sequence[str]) -> float:
        """The time of a row: its share of `minutes`, by what the long form takes."""
        if self.minutes is None:
            return math.inf
        return 60 * self.minutes * self.jobs * ROWS[name].minutes / sum(ROWS[each].minutes for each in names)


def tried_all(names: Sequence[str], extent: Extent) -> Iterator[Row]:
    """The Rows of these names, each as it ends; those that take longest begin first, so that all end together."""
    if extent.jobs == 1:
        yield from (tried(name, extent, extent.seconds(name, names)) for name in names)
        return
    order = sorted(names, key=lambda name: -ROWS[name].minutes)
    with ProcessPoolExecutor(extent.jobs, get_context("spawn"), max_tasks_per_child=1) as pool:
        for each in as_completed(pool.submit(tried, name, extent, extent.seconds(name, names)) for name in order):
            yield each.result()


def tried(name: str, extent: Extent = Extent(), seconds: float = math.inf) -> Row:
    """The Row of a name of ROWS; after so many seconds no other case is begun."""
    kind, row, begun = ROWS[name], Row(name), time.monotonic()
    count = extent.count or (kind.long if extent.long else kind.short)
    with tempfile.TemporaryDirectory(prefix="faults-", ignore_cleanup_errors=True) as folder:
        plan = Plan(Path(folder), random.Random(f"{extent.seed} {name}"), count, begun + seconds)
        try:
            kind.make(plan, row)
        except Skipped as reason:
            row.remark = f"skipped: {reason}"
        except Exception:  # an hour of other rows is not to be lost with this one
            row.judge("the row itself", [traceback.format_exc()])
    row.took = time.monotonic() - begun
    if row.took > seconds:
        row.remark = f"{row.remark}; ended by its time".removeprefix("; ")
    return row
