"""The data that a stored run or model names: opened only where they are files or folders, and named where they lie
elsewhere.

Whoever makes a run folder decides which names are in it, and an unpacked archive belongs to the user who unpacked it. A
name on the command line may be that of a pipe; a stored one may not, since nobody knows that someone writes to it.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from ..errors import shell_name
from ..resources import folder
from .regular_files import kind_of

NAMED = 3  # places that a note names


def unreadable(names: Iterable[str]) -> str | None:
    """Why data of these stored names are not opened; None where they are, also if there are none of some name: whoever
    reads them says so."""
    for name in names:
        with suppress(OSError, ValueError):
            mode = os.stat(name).st_mode
            if name != "-" and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                return f"{shell_name(name)} is {kind_of(mode)}; of stored names, only files and folders are opened"
    return None


def note_on_places(run: str, names: Iterable[str]) -> str | None:
    """A sentence on the data of a `run` that are read outside the current folder, links followed; None where all lie in
    it, or came with rnncli."""
    found = list(dict.fromkeys(place for name in names for place in _outside(name)))
    if not found:
        return None
    more = f" and {len(found) - NAMED:,} more" if len(found) > NAMED else ""
    return f"the data of {shell_name(run)} are read from {', '.join(map(shell_name, found[:NAMED]))}{more}"


def _outside(name: str) -> Iterator[str]:
    """The places outside to which a stored name leads: itself, or through links in a folder of that name."""
    with suppress(OSError, ValueError):  # whoever reads it says so
        if not os.path.exists(name):
            return
        near = list(_near())
        place = os.path.realpath(name)
        if not _lies_in(place, near):
            yield place
        elif os.path.isdir(place):
            yield from (each for each in map(os.path.realpath, _links_below(name)) if not _lies_in(each, near))


def _links_below(folder: str) -> Iterator[str]:
    """The links to files in a folder, sorted, without hidden ones, which are no data."""
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths = (os.path.join(root, name) for name in sorted(files) if not name.startswith("."))
        yield from (path for path in paths if os.path.islink(path) and os.path.isfile(path))


def _near() -> Iterator[str]:
    """The current folder, and that of the bundled data sets."""
    yield os.path.realpath(folder("datasets"))
    with suppress(FileNotFoundError):  # the current folder was deleted
        yield os.path.realpath(os.curdir)


def _lies_in(place: str, folders: Iterable[str]) -> bool:
    return any(Path(place).is_relative_to(each) for each in folders)
