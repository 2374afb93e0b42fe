"""Files that are there whole or not at all, whenever a process ends."""

import os
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import ResourceError


def write_atomically(path, data):
    """Write the bytes `data` to `path` so that a crash at any moment leaves the old file or the new one, whole.

    Raises ResourceError where the folder cannot be written or is full; nothing half-written stays behind.
    """
    with replacing(path) as temporary:
        temporary.write_bytes(data)


@contextmanager
def replacing(path):
    """The Path of a file to write, which then takes the place of `path`; raises as `write_atomically` does."""
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.unlink(missing_ok=True)
        temporary.touch(exist_ok=False)  # new: a link that somebody put there is not followed
        mode = temporary.stat().st_mode  # as the umask has it; who writes may make a file of its own
        yield temporary
        os.chmod(temporary, mode)
        with open(temporary, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise ResourceError(
            f"cannot write {path}: {error.strerror or error}", "free space or choose another folder with -o"
        ) from error
    finally:
        with suppress(OSError):  # there is none after the replacement, but there is one after a second Ctrl-C
            temporary.unlink()
    _sync(path.parent)


def _sync(folder):
    """Make a new name in `folder` outlast a power cut, where the system can do that for a folder."""
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
