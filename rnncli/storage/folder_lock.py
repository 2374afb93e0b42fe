"""The lock of a run folder: one process at a time, until it ends."""

import os
import re
from pathlib import Path
from typing import Any, BinaryIO

from ..errors import ResourceError, RunInUse
from .atomic_files import reason
from .regular_files import opened

LOCK = ".lock"
ELSEWHERE = "get the permission to write there; or choose another folder with --output"
NUMBER = re.compile(rb"\d{1,10}\n")  # of the process that holds it: all that the file may hold


def locked(path: Path) -> BinaryIO:
    """The open lock file of a run folder, which is locked until the file is closed, and names this process.

    Raises RunInUse, with the number of the process that holds it, ModelFileError for a lock file that is not a regular
    file of its own, and ResourceError.
    """
    try:
        file = opened(path / LOCK, "ab")
    except OSError as error:
        raise ResourceError(f"cannot write in {path}: {reason(error, path)}", ELSEWHERE) from error
    try:
        hold(file)
    except OSError as error:
        file.close()
        if isinstance(error, (BlockingIOError, PermissionError)):
            raise _in_use(path) from None
        raise ResourceError(f"cannot lock {path}: {error.strerror}", ELSEWHERE) from error
    _sign(file)
    return file


def hold(file: BinaryIO) -> None:
    """Lock `file` until it is closed; raises BlockingIOError or PermissionError if another process holds it."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        windows: Any = msvcrt  # elsewhere its stub declares nothing
        windows.locking(file.fileno(), windows.LK_NBLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _sign(file: BinaryIO) -> None:
    """Write the number of this process into the lock file; it serves a message alone, so a full disk is no error."""
    try:
        os.ftruncate(file.fileno(), 0)
        os.write(file.fileno(), b"%d\n" % os.getpid())
    except OSError:
        pass


def _in_use(path: Path) -> RunInUse:
    """The RunInUse error, with the process that holds the folder if its lock file names one."""
    try:
        with opened(path / LOCK, "rb") as file:
            text = file.read(12)
    except OSError:
        text = b""
    who = f" {int(text)}" if NUMBER.fullmatch(text) else ""
    stop = f"stop it (kill{who})" if who else "stop it"
    return RunInUse(
        f"another process{' (number' + who + ')' if who else ''} is training in {path}",
        f"wait for it, or {stop}; or choose another folder with --output",
    )
