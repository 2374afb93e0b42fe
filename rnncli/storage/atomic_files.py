"""Files that are complete or absent, whenever a process ends."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import ResourceError

ELSEWHERE = "free space or choose another folder with -o"  # the remedy for files of a run


def write_atomically(path: str | Path, data: bytes, remedy: str = ELSEWHERE) -> None:
    """Write the bytes `data` to `path`; a crash at any moment leaves the complete old file or the complete new one.

    Raises ResourceError, with the hint `remedy`, if the folder is full or not writable; no partial file stays behind.
    """
    with replacing(path, remedy) as temporary:
        temporary.write_bytes(data)


@contextmanager
def replacing(path: str | Path, remedy: str = ELSEWHERE) -> Iterator[Path]:
    """The Path of a temporary file, which replaces `path` at the end; raises as `write_atomically` does."""
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.unlink(missing_ok=True)
        temporary.touch(exist_ok=False)  # new: a link in its place is not followed
        mode = temporary.stat().st_mode  # by the umask; the writer may replace the file
        yield temporary
        os.chmod(temporary, mode)
        with open(temporary, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise ResourceError(f"cannot write {path}: {error.strerror or error}", remedy) from error
    finally:
        with suppress(OSError):  # absent after the replacement, present after a second Ctrl-C
            temporary.unlink()
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """Make a new name in `folder` survive a power cut, if the system can sync folders."""
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
