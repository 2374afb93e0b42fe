"""Several processes at once: in one folder, in one run, with one cache."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from .commands import Commands, environment, options, reaped, started
from .rows import Ended, Plan, Row, unsound
from .trainings import RUN, SETTINGS, Training, Wholes, differences, trainings

AT_ONCE = 4
IN_USE = 7  # the exit code of a run that another process holds
KILLED = 128 + signal.SIGKILL
LARGE = 33 << 20  # bytes of a text whose tokens go to the cache
LINE = b"the miller sang of the dusty meal and the river that turned his wheel\n"
APART = 0.4  # seconds, at most, between the starts of two that fill one cache
KILL_WITHIN = 2.0  # seconds, in which the tokens are written


def in_one_folder(plan: Plan, row: Row) -> None:
    """Trainings started at the same moment: without -o each takes a folder of its own; with the same one, one gets it;
    resumed at once, one goes on. The models are those of a run alone."""
    several = list(trainings(workers=(1,)))
    with Commands() as commands:
        wholes = Wholes(commands, plan.folder)
        for turn in plan.in_time(range(plan.count)):
            training, how = several[turn // 2 % len(several)], turn % 2
            folder = training.folder(plan.folder / "here")
            argv = training.command if how else _without_place(training)
            found = at_once([argv] * AT_ONCE, folder, commands.scratch / "cache")
            for each in found:
                row.take(each)
            problems = [problem for each in found for problem in unsound(each)]
            codes = sorted(each.code for each in found)
            if codes[0] or set(codes) - ({0, IN_USE} if how else {0}):
                problems.append(f"ended with {codes}: {found[-1].err.decode(errors='replace')!r}")
            models = {each.read_bytes() for each in folder.rglob("model.safetensors")}
            places = len(list(folder.rglob("model.safetensors")))
            if places != (1 if how else AT_ONCE) or len(models) != 1:
                problems.append(f"{places} models, {len(models)} of them different")
            if how and not problems:
                problems += differences(folder / RUN, wholes[training])
            row.judge(f"{training.name}, {'one place' if how else 'no place given'}", problems)
    row.remark = f"{AT_ONCE} at once"


def _without_place(training: Training) -> list[str]:
    left_out = {"-o", RUN, "--resume", "auto"}
    return [each for each in training.command if each not in left_out]


def in_one_cache(plan: Plan, row: Row) -> None:
    """Two trainings on a large text fill one empty cache, one a moment after the other, and the later one is killed. A
    third finds the cache as they left it. All models are the same."""
    folder = plan.folder
    (folder / "large.txt").write_bytes(LINE * (LARGE // len(LINE) + 1))
    settings = SETTINGS | {"train.max_steps": 2, "data.tokens": "byte", "model.hidden_size": 8, "train.seq_length": 8}
    argv = ["train", "large.txt", "--progress", "none", "--workers", "1", *options(settings)]
    models = set()
    for turn in plan.in_time(range(plan.count)):
        cache, moment = folder / f"cache{turn}", plan.draw.random() * KILL_WITHIN
        places = [folder / f"run{turn}-{k}" for k in range(3)]
        one, other, third = ([*argv, "-o", each.name] for each in places)
        found = at_once([one, other], folder, cache, plan.draw.random() * APART, moment)
        found += at_once([third], folder, cache)
        for each in found:
            row.take(each)
        problems = [problem for each in found for problem in unsound(each, {KILLED})]
        if found[0].code or found[2].code:
            problems.append(f"ended with {[each.code for each in found]}: {found[-1].err.decode(errors='replace')!r}")
        models |= {file.read_bytes() for each in places if (file := each / "model.safetensors").exists()}
        if len(models) != 1:
            problems.append(f"{len(models)} different models")
        row.judge(f"killed after {moment:.3f} s", problems)
    row.remark = f"{LARGE >> 20} MB of text"


def at_once(
    several: list[list[str]], folder: Path, cache: Path, apart: float = 0.0, kill_last: float | None = None
) -> list[Ended]:
    """The ends of commands that are started so many seconds apart; kill_last: seconds until the last is killed."""
    begun, files, processes = time.monotonic(), [], []
    for number, argv in enumerate(several):
        time.sleep(apart * (number > 0))
        files.append(open(folder / f".err{number}", "w+b"))  # noqa: SIM115 (closed below)
        command = [sys.executable, "-m", "rnncli", *argv]
        processes.append(
            started(command, cwd=folder, env=environment(cache), stdout=subprocess.DEVNULL, stderr=files[-1])
        )
    if kill_last is not None:
        time.sleep(kill_last)
        os.kill(processes[-1].pid, signal.SIGKILL)
    found = [reaped(process, begun, errors=file) for process, file in zip(processes, files)]
    for file in files:
        file.close()
    return found
