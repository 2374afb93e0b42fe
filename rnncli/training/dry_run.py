"""The plan of a run, measured without writing anything."""

import os
import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median

from ..config import Draft
from ..storage.run_folder import CHECKPOINTS, CONFIG, LOG, MODEL, SUMMARY
from ..tasks.registry import load_task
from .run import Engine, complete

STEPS = 100  # most steps taken; the later half of them is timed
ENOUGH = 2.5  # most seconds of steps
INTERPRETER = 40e6  # bytes of a process besides its arrays, if the system does not report them


@dataclass(frozen=True)
class DryRun:
    """The plan of a run."""

    description: tuple[str, ...]  # data, splits and model, and notes on them, a line each
    parameters: int
    arrays: int  # bytes of parameters, optimizer and plans, of all processes
    memory: int  # bytes of all its processes, measured if the system reports them
    seconds_per_step: float  # measured on the first batches
    steps: int | None  # None where only time limits the run
    seconds: float | None  # evaluations included
    files: tuple[str, ...]  # the files it would write


def dry_run(draft: Draft, output: str) -> DryRun:
    """The DryRun of a Draft: builds everything, takes a few steps, scores a part of the data, writes nothing."""
    complete(draft)
    with Engine(draft, load_task(draft)) as run:
        step, evaluation = median(step_seconds(run)), evaluation_seconds(run)
        memory = memory_of(run)
    steps, limit = run.budget.steps(run.batches.batches(0)), run.budget.max_seconds
    seconds = [steps * step + -(-steps // run.config.train.eval_every) * evaluation] if steps else []
    remarks = [f"warning: {text}" for text in (*run.batches.notes, *run.trainer.notes)]
    remarks += [f"note: {text}" for text in (*run.notes, *run.task.data.notes)]
    return DryRun(
        description=(*run.describe(), *remarks),
        parameters=run.trainer.store.size,
        arrays=run.nbytes,
        memory=memory,
        seconds_per_step=step,
        steps=steps,
        seconds=min(seconds + ([limit] if limit else []), default=None),
        files=tuple(os.path.join(output, name) for name in (CONFIG, MODEL, CHECKPOINTS + os.sep, LOG, SUMMARY)),
    )


def step_seconds(run: Engine) -> list[float]:
    """Seconds of each of a few steps, without the first half, which warms up memory and processor."""
    times, begun = [], time.perf_counter()
    for batch in islice(run.batches.epoch(0), STEPS):
        started = time.perf_counter()
        run.trainer.step(batch, 0.0)
        times.append(time.perf_counter() - started)
        if time.perf_counter() - begun > ENOUGH:
            break
    return times[len(times) // 2 :]


def evaluation_seconds(run: Engine) -> float:
    """Seconds of one evaluation, extrapolated from a part of it, and of the gradient by lag if that is watched."""
    begun = time.perf_counter()
    share = run.evaluator.try_out(run.trainer.store.views(run.trainer.weights))
    score, begun = (time.perf_counter() - begun) / share, time.perf_counter()
    if run.watch is not None:
        run.watch.look(0, run.trainer.weights)
    return score + time.perf_counter() - begun


def memory_of(run: Engine) -> int:
    """Peak memory of all processes of `run` in bytes, shared memory counted once: from /proc, or estimated."""
    pids = [os.getpid(), *run.trainer.team.processes]
    try:
        own, *others = map(resident, pids)
        return own["VmHWM"] + sum(each["VmHWM"] - each["RssFile"] - each["RssShmem"] for each in others)
    except (OSError, KeyError):
        return int(run.nbytes + INTERPRETER * len(pids))


def resident(pid: int) -> dict[str, int]:
    """{name: bytes} of resident memory: its peak, and the current share of files and of shared memory."""
    pairs = (line.split(":") for line in Path("/proc", str(pid), "status").read_text().splitlines())
    return {name: 1024 * int(value.split()[0]) for name, value in pairs if name in ("VmHWM", "RssFile", "RssShmem")}
