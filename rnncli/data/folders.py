"""The files of a folder that are data: not the hidden ones, and nothing that a training wrote."""

import codecs
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..phrases import counted
from .tables.encoding_guess import utf16_of

RUNS = "runs"  # where trainings make their folders, if nothing else is said
CHECKPOINTS, OF_A_RUN = "checkpoints", {".lock", "config.yaml"}  # a run folder has the first, and one of the others
WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)  # marks of texts with zero bytes
EXAMINED = 8000  # bytes in which a zero byte tells that a file is no text, as Git has it
SHOWN = 3  # names in a note


def files_below(folder: Path) -> list[Path]:
    """All files below a folder, sorted, without hidden ones and what lies in run folders. OSError as the system has
    it."""
    return sorted(path for _, _, files in _walked(folder) for path in files if path.is_file())


def run_folders_below(folder: Path) -> list[Path]:
    """The folders that `files_below` leaves out, sorted: run folders, and `runs` in the folder itself."""
    return sorted(path for root, runs, _ in _walked(folder) for path in (root / name for name in runs))


def left_out(names: Iterable[str]) -> tuple[str, ...]:
    """One sentence about the run folders that are left out of the folders among `names`, if there are any."""
    folders = [Path(name) for name in names if name != "-" and os.path.isdir(name)]
    runs = [str(run) for folder in folders for run in run_folders_below(folder)]
    if not runs:
        return ()
    more = f" and {counted(len(runs) - SHOWN, 'more folder')}" if len(runs) > SHOWN else ""
    return (f"left out, since trainings write there: {', '.join(runs[:SHOWN])}{more}",)


def is_binary(head: bytes) -> bool:
    """Whether a file that begins with these bytes is no text: it has a zero byte and is not UTF-16 or UTF-32."""
    head = head[:EXAMINED]
    return b"\0" in head and not head.startswith(WIDE) and utf16_of(head) is None


def _walked(folder: Path) -> Iterator[tuple[Path, list[str], list[Path]]]:
    """Yield (folder, the names of run folders in it, its files that are not hidden)."""
    for root, folders, files in os.walk(folder, onerror=_raise):
        here = Path(root)
        seen = [name for name in folders if not name.startswith(".")]
        runs = [name for name in seen if _is_run(here / name) or (here == folder and name == RUNS)]
        folders[:] = [name for name in seen if name not in runs]
        yield here, runs, [here / name for name in files if not name.startswith(".")]


def _is_run(folder):
    """Whether a folder is one that a training writes to."""
    try:
        inside = set(os.listdir(folder))
    except OSError:
        return False  # whoever reads it reports the error
    return CHECKPOINTS in inside and bool(inside & OF_A_RUN)


def _raise(error):
    raise error
