"""Signals at random moments: to a command, once and twice, and to the worker processes of a training."""

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from rnncli.storage.run_folder import SUMMARY, checkpoint, checkpoints

from .commands import Commands, environment, reaped, started
from .kills import STARTING, until
from .rows import Ended, Plan, Row, Skipped, unsound
from .trainings import RUN, Training, Wholes, differences, trainings

TO_COMMANDS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1")
TO_WORKERS = ("SIGKILL", "SIGTERM", "SIGINT", "SIGSTOP", "SIGSEGV")
TWICE = 0.3  # of the commands get a second signal
COLD = 0.3  # of the commands are new interpreters
OURS = b"rnncli/cli/main.py"  # in a traceback: rnncli had begun, it is not Python that was stopped while it started
SAVED = re.compile(rb"stopped and saved at step (\d+)")
LASTS = 400  # steps, a second: so that a worker is met at work
LOST = 6  # the exit code of a training whose worker is gone


def signals_in_every_phase(plan: Plan, row: Row) -> None:
    """Ctrl-C, SIGTERM, SIGHUP and SIGUSR1 to training, evaluation and generation; training is then resumed."""
    several = list(trainings())
    plan.draw.shuffle(several)
    with Commands() as commands:
        wholes = Wholes(commands, plan.folder)
        for turn in plan.in_time(range(plan.count)):
            training = several[turn // 9 % len(several)]  # each is tried with several signals
            argv = [training.command, training.command, ["eval", RUN], training.generation][turn % 4]
            _signal(plan, row, commands, training, argv, wholes)


def _signal(plan: Plan, row: Row, commands: Commands, training: Training, argv: list[str], wholes: Wholes) -> None:
    """Send signals to a command at random moments, then give the training again."""
    name, cold = plan.draw.choice(TO_COMMANDS), plan.draw.random() < COLD
    moments = [plan.draw.random() * (1.1 * wholes.seconds(training) + (STARTING if cold else 0))]
    if plan.draw.random() < TWICE:
        moments.append(moments[0] + plan.draw.random() * 0.1)
    number = int(getattr(signal, name))
    folder = wholes.before(training, argv, plan.folder / "here")
    ended = commands.run(argv, folder, cold=cold, signals=[(each, number) for each in moments])
    row.take(ended)
    case = f"{training.name}: {argv[0]}, {name} after {', '.join(f'{each:.3f}' for each in moments)} s, cold {cold}"
    allowed = {0, 128 + number}
    problems = [] if _python_was_starting(ended, cold) else unsound(ended, allowed)
    if ended.code not in allowed:
        problems.append(f"ended with {ended.code}, not with one of {sorted(allowed)}")
    if argv == training.command and len(moments) == 1:
        problems += unheard(ended, folder / RUN)
    row.judge(case, problems or _resumed(training, commands, folder, wholes[training]))


def unheard(ended: Ended, run: Path) -> list[str]:
    """The problems of a training that got one signal: it stops and saves, from its first step to its last."""
    found = checkpoints(run)
    if ended.killed and len(found) > 1 and not (run / SUMMARY).exists():
        return ["the signal killed it in the midst of its steps"]
    said = SAVED.search(ended.err)
    if said and found[-1] != checkpoint(run, int(said[1])):
        return [f"it says that it has saved step {int(said[1])}, and its last checkpoint is {found[-1].name}"]
    return []


def _python_was_starting(ended: Ended, cold: bool) -> bool:
    """Whether Python was interrupted before it ran a line of rnncli, in which it tells so in its own way."""
    return cold and b"KeyboardInterrupt" in ended.err and OURS not in ended.err


def _resumed(training: Training, commands: Commands, folder: Path, whole: Path) -> list[str]:
    """The problems of a training that is given again."""
    again = commands.run(training.command, folder)
    if again.code:
        return [f"given again: ended with {again.code}: {again.err.decode(errors='replace')!r}"]
    return differences(folder / RUN, whole, stopped=True)


def failing_workers(plan: Plan, row: Row) -> None:
    """A worker that is killed, stopped or told to end, at a random moment; then the training is resumed."""
    if not Path(f"/proc/self/task/{os.getpid()}/children").exists():
        raise Skipped("this system does not list the children of a process")
    pairs = list(trainings(workers=(2,)))
    longer = {"train.max_steps": LASTS, "train.checkpoint_every": 50, "train.eval_every": 100}
    with Commands() as commands:
        wholes = Wholes(commands, plan.folder)
        for turn in plan.in_time(range(plan.count)):
            each = pairs[turn // 5 % len(pairs)]
            training = replace(each, settings=each.settings | longer)
            folder, name = training.folder(plan.folder / "here"), TO_WORKERS[turn % len(TO_WORKERS)]
            delay = plan.draw.random()
            ended = _hit_a_worker(training, folder, getattr(signal, name), delay, commands)
            row.take(ended)
            problems = unsound(ended)
            if ended.code not in (0, LOST):
                problems.append(f"ended with {ended.code}: {ended.err.decode(errors='replace')!r}")
            case = f"{training.name}, {name} to its worker {delay:.3f} s after its start"
            row.judge(case, problems or _resumed(training, commands, folder, wholes[training]))


def _hit_a_worker(training: Training, folder: Path, number: int, delay: float, commands: Commands) -> Ended:
    """The end of a training whose first worker gets a signal."""
    begun, argv = time.monotonic(), [sys.executable, "-m", "rnncli", *training.command]
    env = environment(commands.scratch / "cache")
    with open(commands.scratch / "stderr", "w+b") as errors:
        process = started(argv, cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=errors)
        until(lambda: bool(_children(process.pid)) or _is_over(process.pid))
        time.sleep(delay)
        for child in _children(process.pid)[:1]:
            os.kill(child, number)
        return reaped(process, begun, errors=errors)


def _is_over(number: int) -> bool:
    return os.waitid(os.P_PID, number, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _children(number: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{number}/task/{number}/children").read_text().split()]
    except OSError:
        return []
