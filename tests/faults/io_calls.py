"""Calls of the operating system that fail: each in turn, in each way; a full disk; bytes that no sync had made durable.

What fails once may end a command with an error of ours, or be survived. In both cases the same command, given again,
comes to the end of a run that nothing broke.
"""

import errno
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .commands import Commands, built_shim
from .rows import Ended, Plan, Row, Skipped, unsound
from .trainings import RUN, Training, Wholes, differences, trainings

SHORT, KILL, DROP = -1, -2, -3  # as shim.c has them
KINDS = {
    "EIO": errno.EIO,
    "ENOSPC": errno.ENOSPC,
    "EACCES": errno.EACCES,
    "EINTR": errno.EINTR,
    "by half": SHORT,
    "kill": KILL,
}
ENDLESS = -1  # bytes of room on a disk without limit
NONE = 0  # the number of no call
KILLED = 128 + signal.SIGKILL
STEP = 4096  # bytes by which a disk is larger than the one before
TMPFS = "mount", "-t", "tmpfs", "-o"


def each_call_fails(plan: Plan, row: Row) -> None:
    """Every call of a training, an evaluation and a generation that touches their files or the cache fails once."""
    _fail(plan, row, KINDS)


def unsynced_bytes_are_lost(plan: Plan, row: Row) -> None:
    """Killed at every call, with all bytes cut off that no fsync had made durable: a power cut."""
    _fail(plan, row, {"power cut": DROP})


def _fail(plan: Plan, row: Row, kinds: dict[str, int]) -> None:
    """Try `plan.count` of all pairs of a call and a kind, drawn evenly."""
    struck, calls = Counter[str](), 0
    with Commands(built_shim(plan.folder)) as commands:
        several, wholes, begun = list(_subjects(plan)), Wholes(commands, plan.folder), plan.folder / "begun"
        plan.draw.shuffle(several)
        for training in plan.in_time(several):
            for argv in _commands(training):
                wholes.before(training, argv, begun)
                commands.run(argv, begun, fault=(NONE, 0, ENDLESS))
                calls += (seen := commands.seen)
                pairs = [(number, kind) for number in range(1, seen + 1) for kind in kinds]
                share = -(-plan.count // (len(several) * len(_commands(training))))
                for number, kind in plan.in_time(plan.draw.sample(pairs, min(len(pairs), share))):
                    wholes.before(training, argv, begun)
                    ended = commands.run(argv, begun, fault=(number, kinds[kind], ENDLESS))
                    struck[commands.name] += 1
                    case = f"{training.name}: {argv[0]}, {kind} at call {number}, {commands.name}"
                    _judge(row, case, ended, training, commands, begun, wholes[training])
    row.remark = f"of {calls:,} calls: {', '.join(f'{name} {n:,}' for name, n in struck.most_common() if name)}"


def _subjects(plan: Plan) -> Iterator[Training]:
    """Trainings whose calls differ: one of each task if there is time, else the first."""
    every = list(trainings(workers=(1,)))
    return iter(every if plan.count > 200 else every[:1])


def _commands(training: Training) -> list[list[str]]:
    return [training.command, ["eval", RUN, "-q"], training.generation]


def _judge(
    row: Row, case: str, ended: Ended, training: Training, commands: Commands, folder: Path, whole: Path
) -> None:
    row.take(ended)
    problems = unsound(ended, {KILLED})
    again = commands.run(training.command, folder)
    row.take(again)
    if again.code:
        problems += [f"given again: ended with {again.code}: {again.err.decode(errors='replace')!r}"]
    row.judge(case, problems or differences(folder / RUN, whole))


def full_disks(plan: Plan, row: Row) -> None:
    """A disk of every size until the training fits: a tmpfs where one can be mounted, else a quota of the shim."""
    training = next(trainings(workers=(1,)))
    mounted = _can_mount(plan.folder)
    with Commands(built_shim(plan.folder)) as commands:
        whole = Wholes(commands, plan.folder)[training]
        needed = sum(each.stat().st_size for each in whole.rglob("*"))
        for turn in plan.in_time(range(plan.count)):
            room = len(training.text) + STEP + int(turn / plan.count * (2 * needed + 16 * STEP))
            with _disk(plan.folder / "disk", room if mounted else None) as disk:
                training.folder(disk / "here")
                quota = ENDLESS if mounted else room
                ended = commands.run(training.command, disk / "here", fault=(NONE, 0, quota))
                shutil.copytree(disk / "here", plan.folder / "moved")
            _judge(row, f"room for {room:,} bytes", ended, training, commands, plan.folder / "moved", whole)
            shutil.rmtree(plan.folder / "moved")
    row.remark = "tmpfs of growing sizes" if mounted else "a quota of growing sizes"


def _can_mount(folder: Path) -> bool:
    try:
        with _disk(folder / "disk", STEP):
            return True
    except Skipped:
        return False


@contextmanager
def _disk(folder: Path, size: int | None) -> Iterator[Path]:
    """A folder on a tmpfs of `size` bytes, None for a folder of the disk; raises Skipped where none can be mounted."""
    folder.mkdir()
    try:
        if size is not None:
            mount = [*TMPFS, f"size={size}", "faults", str(folder)]
            if (
                not sys.platform.startswith("linux")
                or subprocess.run(mount, capture_output=True, timeout=60).returncode
            ):
                raise Skipped("no tmpfs can be mounted")
        try:
            yield folder
        finally:
            if size is not None:
                subprocess.run(["umount", str(folder)], check=True, timeout=60)
    finally:
        shutil.rmtree(folder)
