"""Regular files, opened without following a link and without waiting for the other end of a pipe.

A run folder may come from anyone: a link, a pipe, a device or a folder in the place of one of its files is refused
before it is opened, since through it a run would read, write, cut or delete something else, or wait for ever.
"""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from ..errors import ModelFileError, shell_name

KINDS = {stat.S_IFLNK: "a symbolic link", stat.S_IFDIR: "a folder", stat.S_IFREG: "a file", stat.S_IFIFO: "a pipe"}
WRITES = ("a", "r+")  # modes that change a file in place
REPLACE = "delete it, or replace it with a copy of the original"


def check_place(path: Path, wanted: Callable[[int], bool] = stat.S_ISREG) -> None:
    """Raise ModelFileError if `path`, a place in a run folder, holds anything but the `wanted` type, a regular file."""
    try:
        mode = path.lstat().st_mode
    except OSError:  # absent, or impossible to open
        return
    if not wanted(mode):
        raise foreign(path, mode, "a folder" if wanted is stat.S_ISDIR else "a regular file")


def foreign(path: Path, mode: int, wanted: str = "a regular file") -> ModelFileError:
    """The ModelFileError for a wrong type of file, that of `mode`, in the place of a file of a run."""
    return ModelFileError(f"{path} is {kind_of(mode)}; a run needs {wanted} of its own there", REPLACE)


def kind_of(mode: int) -> str:
    """The type of a file in words."""
    return KINDS.get(stat.S_IFMT(mode), "a device or a socket")


def opened(path: Path, mode: str) -> Any:
    """The open file at a place of a run folder; mode: "rb", "ab" or "rb+".

    Raises ModelFileError if it is not a regular file or, where it is changed in place, has a second name (a hard link):
    the change would reach a file that is not the run's. Raises OSError too.
    """
    check_place(path)
    file = open(path, mode, opener=without_links)  # noqa: SIM115 (the caller closes it)
    found = os.fstat(file.fileno())
    if not stat.S_ISREG(found.st_mode):  # replaced since the check
        file.close()
        raise foreign(path, found.st_mode)
    if found.st_nlink > 1 and mode.replace("b", "") in WRITES:
        file.close()
        name = shell_name(path)
        raise ModelFileError(
            f"{path} is a hard link: the same file has another name elsewhere, and a run changes it in place",
            f"replace it with a copy of itself: cp {name} {name}.copy && mv {name}.copy {name}",
        )
    return file


def opened_model(path: Path) -> BinaryIO:
    """The open model file at `path`, which may be reached through links, as a user's own names are.

    Raises ModelFileError if it is not a regular file, and OSError.
    """
    if not stat.S_ISREG(mode := path.stat().st_mode):  # before opening: opening alone may wait, or move a tape
        raise _no_model(path, mode)
    file = open(path, "rb", opener=_at_once)  # noqa: SIM115 (the caller closes it)
    if not stat.S_ISREG(mode := os.fstat(file.fileno()).st_mode):
        file.close()
        raise _no_model(path, mode)
    return file


def _no_model(path: Path, mode: int) -> ModelFileError:
    hint = "name a run folder or a .safetensors file that `train` wrote"
    if stat.S_ISDIR(mode):
        return ModelFileError(f"cannot read {path}: Is a directory", hint)
    return ModelFileError(f"{path} is {kind_of(mode)}, not a regular file", hint)


def without_links(path: str, flags: int) -> int:
    """Open `path` without following a link or waiting; Windows has no such flags."""
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0), 0o666)


def _at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def size_of(file: BinaryIO) -> int:
    """Bytes of an open file."""
    return os.fstat(file.fileno()).st_size
