"""A user who is not root meets files and folders of root, or without permissions: told, or done, never a bug."""

import os
import shutil
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from .commands import ROOT, Commands
from .rows import Plan, Row, Skipped, unsound
from .trainings import RUN, Training, Wholes, trainings

OTHERS = 0o001  # the permission of others to enter a folder
NOBODY = 65534  # the number of a user without rights
FINE, DATA, MODEL, RESOURCES, IN_USE = 0, 3, 4, 6, 7  # exit codes
PROBE = "gradcheck", "--cell", "rnn", "-q"  # imports NumPy, and reads no file
DONE = "done"  # a run that has ended
MORE = "--max-steps", "20", "--progress", "none"


class Case(NamedTuple):
    """What is taken from the user, the command that meets it, and the exit codes that it may have."""

    take: Callable[[Path, Training], None]
    argv: Callable[[Training], list[str]]
    codes: tuple[int, ...]


def _train(training: Training) -> list[str]:
    return training.command


def _resume(training: Training) -> list[str]:
    return ["train", "--resume", DONE, *MORE]


def _evaluate(training: Training) -> list[str]:
    return ["eval", DONE]


def _generate(training: Training) -> list[str]:
    return [DONE if each == RUN else each for each in training.generation]


def _lock(path: Path, mode: int = 0) -> None:
    """Give a file or a folder to root, with these permissions."""
    os.chown(path, 0, 0)
    path.chmod(mode)


def _lock_all(folder: Path) -> None:
    for each in (folder, *folder.rglob("*")):
        _lock(each, 0o755 if each.is_dir() else 0o644)


CASES = {
    "a folder of one's own": Case(lambda here, training: None, _train, (FINE,)),
    "data that cannot be read": Case(lambda here, training: _lock(here / training.file), _train, (DATA, RESOURCES)),
    "a folder that cannot be written": Case(lambda here, training: _lock(here, 0o755), _train, (RESOURCES,)),
    "a cache that cannot be written": Case(lambda here, training: _lock(here / "cache"), _train, (FINE,)),
    "a model that cannot be read": Case(
        lambda here, training: _lock(here / DONE / "model.safetensors"), _generate, (MODEL,)
    ),
    "a run of root, evaluated": Case(lambda here, training: _lock_all(here / DONE), _evaluate, (FINE, DATA)),
    "a run of root, generating": Case(lambda here, training: _lock_all(here / DONE), _generate, (FINE,)),
    "a run of root, resumed": Case(lambda here, training: _lock_all(here / DONE), _resume, (RESOURCES, MODEL)),
    "a run that cannot be entered": Case(lambda here, training: _lock(here / DONE), _evaluate, (MODEL, RESOURCES)),
    "checkpoints that cannot be listed": Case(
        lambda here, training: _lock(here / DONE / "checkpoints"), _resume, (MODEL,)
    ),
    "a log of root": Case(lambda here, training: _lock(here / DONE / "log.jsonl"), _resume, (MODEL, RESOURCES)),
    "a lock of root": Case(lambda here, training: _lock(here / DONE / ".lock"), _resume, (IN_USE, RESOURCES)),
}


def another_user(plan: Plan, row: Row) -> None:
    """The cases, each with every task if there is time."""
    if not hasattr(os, "setuid") or os.getuid():
        raise Skipped("needs root, to become another user")
    if not all(each.stat().st_mode & OTHERS for each in (ROOT, *ROOT.parents)):
        raise Skipped("the package lies in a folder that another user may not enter")
    several = list(trainings(workers=(1,)))
    plan.folder.chmod(0o755)
    with Commands() as commands:
        wholes = Wholes(commands, plan.folder)
        fresh = _interpreter(commands, plan.folder)
        for turn in plan.in_time(range(plan.count)):
            training = several[turn // len(CASES) % len(several)]
            name = list(CASES)[turn % len(CASES)]
            _meet(plan, row, commands, wholes, training, name, fresh)
    how = "a process that had imported all: its Python belongs to root alone"
    row.remark = f"nobody, in {Path(fresh['python']).name if fresh else how}"


def _interpreter(commands: Commands, folder: Path) -> dict[str, Any]:
    """What `Commands.run` needs for a new interpreter that nobody may start: that of this process, or the system's of
    the same version with the packages of this one. Empty where there is none."""
    version = ".".join(map(str, sys.version_info[:2]))
    packages = {sysconfig.get_path(kind) for kind in ("purelib", "platlib")}
    path = os.pathsep.join([str(ROOT), *sorted(packages)])
    for python in (sys.executable, shutil.which(f"python{version}", path=os.defpath)):
        how = {"cold": True, "python": python, "env": {"PYTHONPATH": path}}
        if python and not commands.run(PROBE, folder, user=NOBODY, **how).code:
            return how
    return {}


def _meet(
    plan: Plan, row: Row, commands: Commands, wholes: Wholes, training: Training, name: str, fresh: dict[str, Any]
) -> None:
    """Try a case; fresh: what starts a new interpreter, empty for a process that has run the command before."""
    case = CASES[name]
    folders = [training.folder(plan.folder / each) for each in ("here", "rehearsal")]
    for each in folders:
        shutil.copytree(wholes[training], each / DONE)
        (each / "cache").mkdir()
    here = folders[0]
    for each in (here, *here.rglob("*")):
        os.chown(each, NOBODY, NOBODY)
    case.take(here, training)
    how = fresh or {"rehearsed": str(folders[1]), "env": {}}
    how = how | {"env": how["env"] | {"RNNCLI_CACHE": str(here / "cache")}}
    ended = commands.run(case.argv(training), here, user=NOBODY, **how)
    row.take(ended)
    problems = unsound(ended)
    if ended.code not in case.codes:
        problems.append(f"ended with {ended.code}, not with {case.codes}: {ended.err.decode(errors='replace')!r}")
    row.judge(f"{name}: {training.name}", problems)
