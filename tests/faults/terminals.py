"""What is around a command's three streams: closed ones, full ones, terminals that change their size, hostile names."""

import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import sys
import termios
import time
from dataclasses import replace
from itertools import product, repeat
from pathlib import Path

from .commands import LIMIT, Commands, environment, reaped, started
from .rows import Ended, Plan, Row, unsound
from .trainings import RUN, Training, Wholes, differences, trainings

PLACES = ("/dev/null", "closed", "/dev/full")
HOSTILE = "\x1b[2J\x07\x1b]0;x\x07\u202e\x9b31m"
SIZES = ((24, 80), (1, 1), (50, 200), (3, 20), (500, 1000), (24, 40), (0, 0))  # lines, columns
CURSOR_HIDDEN, CURSOR_SHOWN = b"\x1b[?25l", b"\x1b[?25h"
NO_WRAP, WRAP = b"\x1b[?7l", b"\x1b[?7h"
OF_EACH = 2  # commands that meet a training, at least
LASTS = 300  # steps, a second of progress


def closed_streams(plan: Plan, row: Row) -> None:
    """Every stream open, closed or full, in all combinations, for every command; a training must end all the same."""
    training = next(trainings(workers=(1,)))
    several = [
        training.command,
        ["eval", RUN],
        training.generation,
        ["--version"],
        ["train", "--help"],
        ["inspect", RUN],
    ]
    cases = list(product(several, PLACES[:2], PLACES, PLACES))
    with Commands() as commands:
        wholes = Wholes(commands, plan.folder)
        for argv, stdin, stdout, stderr in plan.in_time(plan.draw.sample(cases, min(plan.count, len(cases)))):
            folder = wholes.before(training, argv, plan.folder / "here")
            ended = commands.run(argv, folder, cold=True, stdin=stdin, stdout=stdout, stderr=stderr)
            row.take(ended)
            problems = unsound(ended)
            if argv == training.command:
                problems += (
                    differences(folder / RUN, wholes[training]) if not ended.code else [f"ended with {ended.code}"]
                )
            row.judge(f"{' '.join(argv[:2])} with stdin {stdin}, stdout {stdout}, stderr {stderr}", problems)


def resizes(plan: Plan, row: Row) -> None:
    """A terminal that changes its size many times while a model is trained: it is left whole, and the run is right."""
    training = next(trainings(workers=(1,)))
    longer = {"train.max_steps": LASTS, "train.checkpoint_every": LASTS, "train.eval_every": LASTS // 3}
    training = replace(training, settings=training.settings | longer)
    shown = [each.replace("none", "bar") for each in training.command]
    for _ in plan.in_time(repeat(None)):
        if row.count >= plan.count:
            break
        folder = training.folder(plan.folder / "here")
        sizes = [plan.draw.choice(SIZES) for _ in range(60)]
        ended = on_terminal(shown, folder, plan.folder / "cache", left := list(sizes))
        row.take(ended)
        problems = unsound(ended, terminal=True) + _left_behind(ended.out)
        row.judge(f"sizes {sizes}", problems + ([f"ended with {ended.code}"] if ended.code else []))
        row.count += len(sizes) - len(left) - 1


def _left_behind(written: bytes) -> list[str]:
    """What a command did to a terminal and did not undo."""
    pairs = {"the cursor is hidden": (CURSOR_HIDDEN, CURSOR_SHOWN), "lines do not wrap": (NO_WRAP, WRAP)}
    return [what for what, (off, on) in pairs.items() if written.rfind(off) > written.rfind(on)]


def on_terminal(argv: list[str], folder: Path, cache: Path, sizes: list[tuple[int, int]], **env: str) -> Ended:
    """The end of a command on a terminal that takes these sizes, 20 ms apart; the list is used up from its end."""
    begun, (ours, its) = time.monotonic(), pty.openpty()
    resize(ours, *SIZES[0])
    whole = environment(cache) | {"TERM": "xterm-256color"} | env
    command = [sys.executable, "-m", "rnncli", *argv]
    process = started(command, cwd=folder, env=whole, stdin=its, stdout=its, stderr=its, start_new_session=True)
    os.close(its)
    written = bytearray()
    while time.monotonic() - begun < LIMIT:
        if select.select([ours], [], [], 0.02)[0]:
            try:
                written += (part := os.read(ours, 65536))
            except OSError:  # the other end is closed
                break
            if not part:
                break
        if sizes and len(written) > 0:
            resize(ours, *sizes.pop())
            os.killpg(process.pid, signal.SIGWINCH)
    ended = reaped(process, begun, bytes(written))
    os.close(ours)
    return ended


def resize(terminal: int, lines: int, columns: int) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))


def escapes(plan: Plan, row: Row) -> None:
    """Escapes of a terminal in names of files, columns, labels, settings and texts: none reaches it raw."""
    several = plan.few(trainings(workers=(1,)), OF_EACH)
    with Commands() as commands:
        wholes = Wholes(commands, plan.folder)
        for turn in plan.in_time(range(plan.count)):
            training = several[turn % len(several)]
            folder = _hostile_folder(training, plan.folder / "here", wholes[training])
            argv = _hostile_commands(training)[turn // len(several) % 9]
            ended = on_terminal(argv, folder, commands.scratch / "cache", [], TERM="dumb", NO_COLOR="1")
            row.take(ended)
            problems = unsound(ended, terminal=True)
            if raw := re.search(rb"[\x1b\x07\x9b]|\xe2\x80\xae|\xc2\x9b", ended.out):
                problems.append(f"raw: {ended.out[max(0, raw.start() - 80) : raw.end() + 20]!r}")
            row.judge(f"{training.name}: {argv!r}", problems)


def _hostile_folder(training: Training, at: Path, whole: Path) -> Path:
    """A folder with the run, and with the data under a hostile name, a hostile word in its first line and its last."""
    folder = training.folder(at)
    shutil.copytree(whole, folder / RUN)
    lines = training.text.splitlines()
    for k in (0, -1):
        lines[k] = lines[k].replace(lines[k][:1], lines[k][:1] + HOSTILE, 1)
    (folder / f"{HOSTILE.replace('/', '')}{training.file}").write_text("\n".join(lines) + "\n")
    return folder


def _hostile_commands(training: Training) -> list[list[str]]:
    name = f"{HOSTILE}{training.file}"
    settings = training.command[training.command.index("--set") :]
    quick = ["--progress", "lines", "--set", "train.max_steps=2", "--workers", "1"]
    return [
        ["train", name, "-o", "other", *settings, *quick],
        ["train", name, "-o", "other", *settings, *quick, "--dry-run"],
        ["eval", RUN, name],
        ["generate", RUN, *(("--prompt", HOSTILE, "--length", "9") if training.writes else (name,))],
        ["train", training.file, "--set", f"model.{HOSTILE}=1"],
        ["train", training.file, "--set", f"model.cell={HOSTILE}"],
        ["eval", HOSTILE],
        ["inspect", RUN, f"--{HOSTILE}"],
        ["train", training.file, "-o", HOSTILE, *settings, *quick],
    ]
