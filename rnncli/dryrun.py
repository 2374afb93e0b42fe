"""What a run would be, found out without writing anything."""

import os
import time
from dataclasses import dataclass

from .data.corpus import load_corpus
from .run import Run, completed
from .runfolder import CHECKPOINTS, CONFIG, LOG, MODEL, SUMMARY


@dataclass(frozen=True)
class DryRun:
    """What a run would be, before it writes anything."""

    description: tuple[str, ...]
    parameters: int
    memory: int                     # bytes of parameters, optimizer, plans
    seconds_per_step: float         # measured on the real first batch
    steps: int | None               # None where only time limits the run
    seconds: float | None
    files: tuple[str, ...]          # that it would write


def dry_run(config, output):
    """DryRun of `config`: builds everything, takes three steps in memory, writes nothing."""
    with Run(completed(config), load_corpus(config.data)) as run:
        first, times = next(run.streams.epoch(0)), []
        for _ in range(3):
            begun = time.perf_counter()
            run.trainer.step(first, 0.0)
            times.append(time.perf_counter() - begun)
    steps, limit = run.budget.steps(run.streams.batches(0)), run.budget.max_seconds
    seconds = [steps * min(times)] if steps else []
    return DryRun(run.describe(), run.trainer.store.size, run.nbytes, min(times), steps,
                  min(seconds + ([limit] if limit else []), default=None),
                  tuple(os.path.join(output, name) for name in (CONFIG, MODEL, CHECKPOINTS + os.sep, LOG, SUMMARY)))
