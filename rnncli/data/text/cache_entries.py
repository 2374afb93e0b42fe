"""The folder of the token cache: whose it is, what is believed in it, and how much it may hold.

An entry is the files of one stem, 64 hexadecimal digits: `.tokens` and `.record`. Files are opened without following
links, and only those of this user are read. A folder of another user is not used at all.
"""

import os
import re
import stat
import time
from collections import defaultdict
from contextlib import suppress
from io import BufferedRandom, BufferedReader
from pathlib import Path

from ...resources import passing_folder

try:
    import fcntl
except ImportError:  # not on Windows: there, age alone tells what is left over
    fcntl = None

MOST_ENTRIES = 50
MOST_BYTES = 20 << 30  # of all entries: four texts of 5 GB as characters
ABANDONED = 3600  # seconds after which a file that belongs to no entry is left over from a killed run
UNLOCKED = 10  # seconds within which a new file is locked
STEM = re.compile(r"[0-9a-f]{64}")
RECORD, TOKENS, PART = ".record", ".tokens", ".part"
SAFELY = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


def usable(folder: Path) -> tuple[Path, tuple[str, ...]]:
    """(the folder for tokens, notes): `folder`, or one of this process alone where it belongs to another user."""
    if not hasattr(os, "geteuid") or not folder.exists():
        return folder, ()
    owners = {folder.stat().st_uid, folder.lstat().st_uid}
    if owners == {os.geteuid()}:
        return folder, ()
    note = f"the cache {folder} belongs to another user: tokens are kept for this run alone; RNNCLI_CACHE names another"
    return passing_folder(), (note,)


def opened(path: Path) -> BufferedReader:
    """The regular file of this user at `path`, for reading. OSError for any other one, and for a link."""
    file = open(path, "rb", opener=_without_links)  # noqa: SIM115 (the caller closes it)
    found = os.fstat(file.fileno())
    if stat.S_ISREG(found.st_mode) and (not hasattr(os, "geteuid") or found.st_uid == os.geteuid()):
        return file
    file.close()
    raise PermissionError(f"{path} is not a file of this user")


def created(path: Path) -> BufferedRandom:
    """A new file at `path` for writing, locked for as long as it is open: see `sweep`."""
    path.unlink(missing_ok=True)  # of a killed process with the same number
    file = open(path, "x+b", opener=_without_links)  # noqa: SIM115 (the caller closes it)
    _lock(file)
    return file


def _without_links(path, flags):
    return os.open(path, flags | SAFELY, 0o600)


def _lock(file):
    """Whether the file is locked now, and was not before."""
    if fcntl is None:
        return False
    with suppress(OSError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def sweep(folder: Path) -> None:
    """Delete partial files that no process writes any more."""
    for path in folder.glob(f"*{PART}"):
        with suppress(OSError), opened(path) as file:
            age = time.time() - os.fstat(file.fileno()).st_mtime
            if (age > UNLOCKED and _lock(file)) or age > ABANDONED:
                path.unlink()


def touch(record: Path) -> None:
    """Note that an entry was used now."""
    with suppress(OSError):
        os.utime(record, follow_symlinks=False)


def prune(folder: Path, kept: str) -> None:
    """Delete entries, the least recently used ones first, until the others are few and small enough; `kept`: the stem
    of one that stays. Entries without a record, of killed runs and older versions, go after an hour."""
    entries = _entries(folder)
    room, total = MOST_ENTRIES, 0
    for stem, files in sorted(entries.items(), key=lambda entry: (entry[0] != kept, -_last_use(entry[1]))):
        total += sum(found.st_size for found in files.values())
        room -= 1
        whole = stem + RECORD in files
        left_over = not whole and time.time() - _last_use(files) > ABANDONED
        if stem != kept and (left_over or (whole and (room < 0 or total > MOST_BYTES))):
            for name in sorted(files):  # the record first: tokens without one are not read
                with suppress(OSError):
                    os.unlink(folder / name)


def _entries(folder):
    """{stem: {name: its os.stat_result}}"""
    entries = defaultdict(dict)
    for entry in os.scandir(folder):
        stem, _, suffix = entry.name.partition(".")
        if STEM.fullmatch(stem) and not f".{suffix}".endswith(PART):
            with suppress(OSError):
                entries[stem][entry.name] = entry.stat(follow_symlinks=False)
    return entries


def _last_use(files):
    return max(found.st_mtime for found in files.values())
