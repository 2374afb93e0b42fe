"""What a run would be, found out without writing anything."""

import os
import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median

from ..storage.run_folder import CHECKPOINTS, CONFIG, LOG, MODEL, SUMMARY
from ..tasks.registry import load_task
from .run import Run, complete

STEPS = 100  # that are taken, at most; the later half of them is timed
ENOUGH = 2.5  # seconds of them
INTERPRETER = 40e6  # bytes of a process beside its arrays, where the system does not tell


@dataclass(frozen=True)
class DryRun:
    """What a run would be, before it writes anything."""

    description: tuple[str, ...]  # the data, the splits and the model, and what is odd about them, in lines
    parameters: int
    arrays: int  # bytes of parameters, optimizer and plans, of all processes
    memory: int  # bytes that all its processes take, measured where the system tells
    seconds_per_step: float  # measured on the first batches
    steps: int | None  # None where only time limits the run
    seconds: float | None  # evaluations included
    files: tuple[str, ...]  # that it would write


def dry_run(draft, output):
    """DryRun of a Draft: builds everything, takes a few steps and scores a little in memory, writes nothing."""
    complete(draft)
    with Run(draft, load_task(draft)) as run:
        step, evaluation = median(step_seconds(run)), evaluation_seconds(run)
        memory = memory_of(run)
    steps, limit = run.budget.steps(run.batches.batches(0)), run.budget.max_seconds
    seconds = [steps * step + -(-steps // run.config.train.eval_every) * evaluation] if steps else []
    notes = (f"note: {text}" for text in (*run.notes, *run.task.data.notes))
    return DryRun(
        (*run.describe(), *notes),
        run.trainer.store.size,
        run.nbytes,
        memory,
        step,
        steps,
        min(seconds + ([limit] if limit else []), default=None),
        tuple(os.path.join(output, name) for name in (CONFIG, MODEL, CHECKPOINTS + os.sep, LOG, SUMMARY)),
    )


def step_seconds(run):
    """Seconds of each of a few steps, less the first half: memory is touched for the first time, a processor wakes."""
    times, begun = [], time.perf_counter()
    for batch in islice(run.batches.epoch(0), STEPS):
        started = time.perf_counter()
        run.trainer.step(batch, 0.0)
        times.append(time.perf_counter() - started)
        if time.perf_counter() - begun > ENOUGH:
            break
    return times[len(times) // 2 :]


def evaluation_seconds(run):
    """Seconds of one evaluation, from a part of it."""
    begun = time.perf_counter()
    share = run.evaluator.try_out(run.trainer.store.views(run.trainer.weights))
    return (time.perf_counter() - begun) / share


def memory_of(run):
    """Bytes of all processes of `run`, what they share counted once: at its largest, where /proc tells."""
    pids = [os.getpid(), *run.trainer.team.processes]
    try:
        own, *others = map(resident, pids)
        return own["VmHWM"] + sum(each["VmHWM"] - each["RssFile"] - each["RssShmem"] for each in others)
    except (OSError, KeyError):
        return int(run.nbytes + INTERPRETER * len(pids))


def resident(pid):
    """{name: bytes} of resident memory: at its largest, and now what is of files and what is shared."""
    pairs = (line.split(":") for line in Path("/proc", str(pid), "status").read_text().splitlines())
    return {name: 1024 * int(value.split()[0]) for name, value in pairs if name in ("VmHWM", "RssFile", "RssShmem")}
