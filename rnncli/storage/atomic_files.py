"""Files that are complete or absent, whenever a process ends."""

import errno
import os
import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from ..errors import ResourceError
from .regular_files import kind_of, without_links

# The remedy for files of a run.
ELSEWHERE = "free space there, or get the permission to write there; or choose another folder with --output"
FULL = {errno.ENOSPC, errno.EDQUOT}
# `.NAME.PID.tmp` is ours; safetensors called its own `.tmpXXXXXX`, which earlier versions left when they were killed.
LEFTOVER = re.compile(
    r"\.(?:config\.yaml|summary\.json|model\.safetensors|step-\d+\.safetensors)\.\d+\.tmp"
    r"|\.tmp[A-Za-z0-9]{6}",
    re.ASCII,
)


def write_atomically(path: str | Path, data: bytes, remedy: str = ELSEWHERE) -> None:
    """Write the bytes `data` to `path`; a crash at any moment leaves the complete old file or the complete new one.

    Raises ResourceError, with the hint `remedy`, if the folder is full or not writable; no partial file stays behind.
    """
    with replacing(path, remedy, len(data)) as file:
        file.write(data)


@contextmanager
def replacing(path: str | Path, remedy: str = ELSEWHERE, needed: int = 0) -> Iterator[BinaryIO]:
    """A temporary file, open for writing, which replaces `path` at the end; raises as `write_atomically` does.

    needed: bytes that will be written, for the message about a full disk.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    _refuse_devices(path, remedy)
    try:
        temporary.unlink(missing_ok=True)
        with open(temporary, "xb", opener=without_links) as file:  # new: a link in its place is not followed
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        _delete(temporary)  # first: what it takes is free again
        raise ResourceError(f"cannot write {path}: {reason(error, path.parent, needed)}", remedy) from error
    finally:
        _delete(temporary)  # absent after the replacement, present after a second Ctrl-C
    _sync(path.parent)


def _delete(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def reason(error: OSError, folder: Path, needed: int = 0) -> str:
    """The reason of an OSError in words; for a full disk with the bytes that are `needed` and that are free."""
    text = error.strerror or str(error)
    if error.errno not in FULL:
        return text
    with suppress(OSError):
        free = shutil.disk_usage(folder).free
        text += f"; {f'it needs {needed:,} bytes, and ' if needed else ''}{free:,} are free there"
    return text


def _refuse_devices(path: Path, remedy: str) -> None:
    """Raise ResourceError if `path` is a device, a pipe or a socket, which a new file would delete."""
    with suppress(OSError):
        mode = path.lstat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISLNK(mode) or stat.S_ISDIR(mode)):
            raise ResourceError(f"cannot write {path}: it is {kind_of(mode)}, not a regular file", remedy)


def sweep(folder: Path) -> None:
    """Delete the temporary files that killed processes left in a folder which this process has for itself."""
    with suppress(OSError):
        for entry in list(os.scandir(folder)):
            if LEFTOVER.fullmatch(entry.name) and not entry.is_dir(follow_symlinks=False):
                with suppress(OSError):  # of another user: it harms nothing
                    os.unlink(entry.path)


def _sync(folder: Path) -> None:
    """Make a new name in `folder` survive a power cut, if the system can sync folders."""
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
