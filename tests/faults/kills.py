"""Commands that are killed at a random moment; the run is resumed and must end as one that nothing broke."""

import signal
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

from .commands import Commands
from .rows import Plan, Row, unsound
from .trainings import RUN, Training, Wholes, differences, trainings

KILLED = 128 + signal.SIGKILL
MOST_KILLS = 6  # of one run, until it is let alone
COLD_SHARE = 0.1  # of the kills hit a new interpreter, whose first half second is imports
STARTING = 0.6  # seconds that one takes


def kills_and_resumes(plan: Plan, row: Row) -> None:
    """SIGKILL at random moments, again and again on one run, until it has come to its end."""
    several = list(trainings())
    plan.draw.shuffle(several)
    ended_by_kill = runs = 0
    with Commands() as commands:
        wholes = Wholes(commands, plan.folder)
        for training in plan.in_time(cycle(several)):
            if ended_by_kill >= plan.count:
                break
            runs += 1
            ended_by_kill += _one_run(plan, row, commands, training, wholes)
    row.count = ended_by_kill
    row.remark = f"{runs:,} runs of {len(wholes)} trainings came to the same end"


def _one_run(plan: Plan, row: Row, commands: Commands, training: Training, wholes: Wholes) -> int:
    """Kill a run several times and let it end; returns the number of kills that hit it alive."""
    seconds, moments, hits = wholes.seconds(training), [], 0
    folder = training.folder(plan.folder / "here")
    for _ in range(plan.draw.randint(1, MOST_KILLS)):
        cold = plan.draw.random() < COLD_SHARE
        moments.append(plan.draw.random() * (1.1 * seconds + (STARTING if cold else 0)))
        ended = commands.run(training.command, folder, cold=cold, signals=[(moments[-1], signal.SIGKILL)])
        row.take(ended)
        hits += ended.code == KILLED
        row.judge(_case(training, moments), unsound(ended, {KILLED}))
    ended = commands.run(training.command, folder)
    row.take(ended)
    row.judge(_case(training, moments), unsound(ended) or _wrong_end(ended.code, folder / RUN, wholes[training]))
    return hits


def _case(training: Training, moments: list[float]) -> str:
    return f"{training.name}, killed after {', '.join(f'{each:.3f}' for each in moments)} s"


def _wrong_end(code: int, run: Path, whole: Path) -> list[str]:
    return [f"ended with {code}"] if code else differences(run, whole)


def until(condition: Callable[[], bool], seconds: float = 30.0) -> bool:
    """Wait until a condition holds; returns whether it came to hold."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True
