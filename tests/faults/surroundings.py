"""What is around a process: little memory, odd locales, odd variables of the environment."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from .commands import Commands
from .rows import Plan, Row, Skipped, unsound
from .trainings import RUN, Wholes, differences, trainings

LEAST, MOST = 90e6, 260e6  # bytes of address space: too little to begin, and more than enough
SMALLEST, LARGEST = 10e6, 90e6  # bytes of a control group: too little for Python, and more than enough
STEPS, GROWTH = (20, 620), 1_000_000  # bytes that the many steps may take beside the few: half of it is usual
GROUPS = Path("/sys/fs/cgroup")
KILLED = 128 + signal.SIGKILL  # by the system: a group has no memory left
OF_EACH = 3  # cases of a training, at least
REFUSED = 6  # the exit code of a command without enough memory
ENVIRONMENTS: dict[str, dict[str, str | None]] = {
    "C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "POSIX": {"LC_ALL": "POSIX"},
    "UTF-8": {"LC_ALL": "C.UTF-8"},
    "unknown locale": {"LC_ALL": "xx_YY.KOI8-R", "LANGUAGE": "xx"},
    "ASCII streams": {"PYTHONIOENCODING": "ascii"},
    "UTF-16 streams": {"PYTHONIOENCODING": "utf-16"},
    "no home": {"HOME": None, "RNNCLI_CACHE": None},
    "home is a file": {"HOME": "/dev/null", "RNNCLI_CACHE": None},
    "relative cache": {"XDG_CACHE_HOME": "here", "RNNCLI_CACHE": None},
    "cache is a file": {"RNNCLI_CACHE": "/dev/null"},
    "no folder for temporary files": {"TMPDIR": "/nowhere"},
    "no columns": {"COLUMNS": "0", "LINES": "0"},
    "too many columns": {"COLUMNS": "9" * 30},
    "columns of letters": {"COLUMNS": "x\x1b[1m"},
    "no terminal": {"TERM": None},
    "dumb terminal": {"TERM": "dumb"},
    "unknown terminal": {"TERM": "x\x1b[1m"},
    "forced color": {"FORCE_COLOR": "", "NO_COLOR": "1"},
    "unknown zone": {"TZ": "Nowhere/\x1b[1m"},
    "far zone": {"TZ": "Pacific/Kiritimati"},
    "no path": {"PATH": None},
    "threads of letters": {"OPENBLAS_NUM_THREADS": "x", "OMP_NUM_THREADS": "-1"},
    "all threads": {"OPENBLAS_NUM_THREADS": "64"},
    "other hashes": {"PYTHONHASHSEED": "12345"},
    "optimised": {"PYTHONOPTIMIZE": "2"},
    "unbuffered": {"PYTHONUNBUFFERED": "1"},
    "development mode": {"PYTHONDEVMODE": "1", "PYTHONWARNINGS": "ignore"},
    "no bytecode": {"PYTHONDONTWRITEBYTECODE": "1"},
    "trace of imports": {"PYTHONNOUSERSITE": "1", "PYTHONSAFEPATH": "1"},
}


def memory_limits(plan: Plan, row: Row) -> None:
    """An address space of each size from too little to enough, for a training, an evaluation and a generation."""
    several, refused = plan.few(trainings(workers=(1,)), OF_EACH), 0
    with Commands() as commands:
        wholes = Wholes(commands, plan.folder)
        for turn in plan.in_time(range(plan.count)):
            training = several[turn % len(several)]
            argv = [training.command, ["eval", RUN], training.generation][turn // len(several) % 3]
            folder = wholes.before(training, argv, plan.folder / "here")
            memory = int(LEAST + (MOST - LEAST) * plan.draw.random())
            ended = commands.run(argv, folder, memory=memory)
            row.take(ended)
            refused += ended.code == REFUSED
            problems = unsound(ended)
            again = commands.run(training.command, folder)
            if again.code:
                problems.append(f"given again: ended with {again.code}: {again.err.decode(errors='replace')!r}")
            case = f"{training.name}: {argv[0]} within {memory:,} bytes"
            row.judge(case, problems or differences(folder / RUN, wholes[training]))
    row.remark = f"RLIMIT_AS; {refused:,} too little"


def growth(plan: Plan, row: Row) -> None:
    """Trainings of few steps and of many: the many need hardly more memory."""
    most = 0
    with Commands() as commands:
        for training in plan.in_time(plan.few(trainings(workers=(1,)), 1)):
            peaks = []
            for steps in STEPS:
                limits = {"train.max_steps": steps, "train.checkpoint_every": 50, "train.eval_every": 50}
                longer = replace(training, settings=training.settings | limits)
                ended = commands.run(longer.command, longer.folder(plan.folder / "here"))
                row.take(ended)
                peaks.append(ended.peak)
            grown = peaks[1] - peaks[0]
            most = max(most, grown)
            problems = unsound(ended) + ([f"grew by {grown:,} bytes"] if grown > GROWTH else [])
            row.judge(f"{training.name}, {STEPS} steps", problems)
    row.remark = f"at most {most / 1e3:,.0f} kB in {STEPS[1] - STEPS[0]:,} steps"


def group_limits(plan: Plan, row: Row) -> None:
    """A control group of each size from too little to enough: the system kills a training, which is then resumed."""
    several, killed = plan.few(trainings(workers=(1,)), OF_EACH), 0
    with control_group(GROUPS) as group, Commands() as commands:
        wholes = Wholes(commands, plan.folder)
        for turn in plan.in_time(range(plan.count)):
            training = several[turn % len(several)]
            folder = training.folder(plan.folder / "here")
            memory = int(SMALLEST + (LARGEST - SMALLEST) * plan.draw.random())
            (group / "memory.max").write_text(str(memory))
            ended = commands.run(training.command, folder, cold=True, group=str(group / "cgroup.procs"))
            row.take(ended)
            killed += ended.killed
            problems, again = unsound(ended, {KILLED}), commands.run(training.command, folder)
            if again.code:
                problems.append(f"given again: ended with {again.code}: {again.err.decode(errors='replace')!r}")
            case = f"{training.name}: in a group of {memory:,} bytes"
            row.judge(case, problems or differences(folder / RUN, wholes[training]))
    row.remark = f"memory.max; {killed:,} killed"


@contextmanager
def control_group(mounted: Path) -> Iterator[Path]:
    """The folder of a new control group (version 2) below `mounted`, with a limit of memory; raises Skipped."""
    group = mounted / f"faults-{os.getpid()}"
    try:
        if "memory" not in (mounted / "cgroup.subtree_control").read_text().split():
            raise Skipped("control groups have no limit of memory here")
        group.mkdir()
    except OSError as error:
        raise Skipped(f"no control group can be made here: {error.strerror}") from error
    try:
        yield group
    finally:
        group.rmdir()


def environments(plan: Plan, row: Row) -> None:
    """Locales and variables of the environment, one odd one at a time: figures and models stay the same."""
    several = plan.few(trainings(), OF_EACH)
    every = [(name, turn) for turn in range(3) for name in ENVIRONMENTS]
    with Commands() as commands:
        wholes = Wholes(commands, plan.folder)
        for number, (name, turn) in enumerate(plan.in_time(plan.draw.sample(every, min(plan.count, len(every))))):
            training = several[number % len(several)]
            argv = [training.command, ["eval", RUN], training.generation][turn]
            folder = wholes.before(training, argv, plan.folder / "here")
            ended = commands.run(argv, folder, cold=True, env=ENVIRONMENTS[name])
            row.take(ended)
            problems = unsound(ended)
            if ended.code:
                problems.append(f"ended with {ended.code}: {ended.err.decode(errors='replace')!r}")
            row.judge(f"{name}: {training.name}, {argv[0]}", problems or differences(folder / RUN, wholes[training]))
    row.remark = f"{len(ENVIRONMENTS)} environments"
