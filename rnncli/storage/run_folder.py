"""A run folder: config.yaml, model.safetensors, checkpoints/step-*.safetensors, log.jsonl, summary.json."""

import json
import os
import stat
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from ..errors import ModelFileError, ResourceError, RunInUse
from ..events import finite
from .atomic_files import write_atomically
from .checkpoint import load, save

LOCK, CONFIG, LOG, MODEL, SUMMARY = ".lock", "config.yaml", "log.jsonl", "model.safetensors", "summary.json"
CHECKPOINTS = "checkpoints"
ELSEWHERE = "choose another folder with -o"


class RunFolder:
    """The files of one run, locked by one process at a time; the lock ends with the process.

    Raises RunInUse if another process holds the folder, ResourceError if it is not writable, and ModelFileError if one
    of its files is a link or otherwise not a regular file.
    """

    def __init__(self, path: str | Path):
        self.path = Path(path)
        _check_files(self.path)
        self._made = _make(self.path / CHECKPOINTS)
        self._lock = _locked(self.path)
        self._log: BinaryIO | None = None
        self._sweep()

    def _sweep(self) -> None:
        """Delete the temporary files of a killed process."""
        for folder in (self.path, self.path / CHECKPOINTS):
            for left in folder.glob(".*.tmp"):
                left.unlink(missing_ok=True)

    def discard(self) -> None:
        """Delete everything of a run that never started."""
        for file in (*checkpoints(self.path), self.path / CONFIG, self.path / LOCK):
            with suppress(OSError):
                file.unlink()
        self.close()  # after the lock file is deleted, so that no other process can open it in between
        _remove(self._made)

    def close(self) -> None:
        for file in filter(None, (self._log, self._lock)):
            with suppress(OSError):  # a full disk: the last write has raised already
                file.close()

    def write(self, name: str, text: str) -> None:
        """Write a text file; invalid Unicode in the names of data files becomes an escape of YAML and JSON."""
        write_atomically(self.path / name, text.encode(errors="backslashreplace"))

    def log(self, record: Mapping[str, Any]) -> None:
        """Append one JSON line, with null for every number that JSON lacks."""
        file: BinaryIO = self._log or _opened(self.path / LOG, "ab")
        self._log = file
        file.write(json.dumps(finite(record), sort_keys=True, allow_nan=False).encode() + b"\n")
        file.flush()

    def log_size(self) -> int:
        """Bytes of log.jsonl, all on the disk when this returns."""
        if self._log is not None:
            os.fsync(self._log.fileno())
        try:
            with _opened(self.path / LOG, "rb") as file:
                return _size(file)
        except FileNotFoundError:
            return 0

    def rewind_log(self, size: int) -> None:
        """Cut log.jsonl to its first `size` bytes: the resumed run repeats the rest."""
        with suppress(FileNotFoundError), _opened(self.path / LOG, "rb+") as file:
            if _size(file) > size:
                file.truncate(size)

    def save_model(self, arrays: Mapping[str, np.ndarray], meta: dict[str, Any]) -> None:
        save(self.path / MODEL, arrays, meta)

    def save_checkpoint(
        self, step: int, arrays: Mapping[str, np.ndarray], meta: dict[str, Any], keep: int, good: int
    ) -> Path:
        """Write checkpoints/step-N.safetensors; returns its path.

        Deletes all others except the newest `keep` and that of step `good`, to which a rejected step goes back.
        """
        path = checkpoint(self.path, step)
        save(path, arrays, meta)
        for old in checkpoints(self.path)[:-keep]:
            if old != checkpoint(self.path, good):
                with suppress(OSError):
                    old.unlink()
        return path

    def drop_checkpoints(self, after: int) -> None:
        """Delete the checkpoints of steps later than `after`: they led to a rejected step."""
        for path in checkpoints(self.path):
            if _by_step(path) > _by_step(checkpoint(self.path, after)):
                path.unlink(missing_ok=True)


def open_file(path: Path, most: int, advice: str) -> BinaryIO:
    """The file `path` of a run folder, open for reading; the run may still be writing to it.

    Raises ModelFileError if it is a link or no regular file, cannot be read, or is larger than `most` bytes, with the
    `advice`; and FileNotFoundError.
    """
    try:
        file = _opened(path, "rb")
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ModelFileError(f"cannot read {path}: {error.strerror}", "check the permissions") from error
    if (found := _size(file)) > most:
        file.close()
        raise ModelFileError(f"{path} has {found:,} bytes; at most {most:,} are read", advice)
    return file


def checkpoint(path: str | Path, step: int) -> Path:
    """The path of a step's checkpoint in a run folder."""
    return Path(path, CHECKPOINTS, f"step-{step:08d}.safetensors")


def checkpoints(path: str | Path) -> list[Path]:
    """The checkpoint files of a run folder, oldest first."""
    return sorted(Path(path, CHECKPOINTS).glob("step-*.safetensors"), key=_by_step)


def _by_step(path: Path) -> tuple[int, str]:
    return len(path.name), path.name


def latest_checkpoint(path: str | Path) -> Path:
    """The newest checkpoint of a run folder; raises ModelFileError if there is none."""
    found = checkpoints(path)
    if not found:
        what = "has no checkpoint" if Path(path).is_dir() else "does not exist"
        raise ModelFileError(f"cannot resume: {path} {what}", "start a run there: rnncli train FILE -o FOLDER")
    return found[-1]


def load_latest(path: str | Path) -> tuple[Path, dict[str, np.ndarray], dict[str, Any]]:
    """(path, arrays, meta) of the newest checkpoint; if it is damaged, the ModelFileError names the one before."""
    newest, earlier = latest_checkpoint(path), checkpoints(path)[:-1]
    try:
        return newest, *load(newest)
    except ModelFileError as error:
        if not earlier:
            raise
        raise ModelFileError(str(error), f"delete it to continue from {earlier[-1]}") from error


def claim(path: str | Path) -> RunFolder:
    """A RunFolder for a new run; raises RunInUse if a run is already there, since no run is ever overwritten."""
    _refuse_if_used(path)
    folder = RunFolder(path)
    try:
        _refuse_if_used(path)  # again: another process may have used it in between
    except RunInUse:
        folder.close()
        raise
    return folder


def _refuse_if_used(path: str | Path) -> None:
    path = Path(path)
    try:
        if path.exists() and not path.is_dir():
            raise ResourceError(f"{path} is a file, not a folder", ELSEWHERE)
        used = path.is_dir() and any(entry.name not in (LOCK, CHECKPOINTS) for entry in path.iterdir())
    except OSError as error:
        raise ResourceError(f"cannot list {path}: {error.strerror}", ELSEWHERE) from error
    if checkpoints(path):
        raise RunInUse(f"{path} holds a run", f"continue it with --resume {path}, or choose another folder with -o")
    if used:
        raise RunInUse(f"{path} is not empty", "choose a new folder with -o: a run never overwrites anything")


def _check_files(path: Path) -> None:
    """Raise ModelFileError if a file of the run folder `path` is not a regular file, or its checkpoints no folder.

    Through a link, a run would write, cut or delete files elsewhere. The run folder itself may be a link.
    """
    _check(path / CHECKPOINTS, stat.S_ISDIR)
    for file in (*(path / name for name in (LOCK, CONFIG, LOG, MODEL, SUMMARY)), *checkpoints(path)):
        _check(file)


def _check(path: Path, wanted: Callable[[int], bool] = stat.S_ISREG) -> None:
    """Raise ModelFileError if `path` exists and is not of the `wanted` type, a regular file."""
    try:
        mode = path.lstat().st_mode
    except OSError:  # absent, or impossible to open
        return
    if not wanted(mode):
        raise _foreign(path, mode)


def _foreign(path: Path, mode: int) -> ModelFileError:
    """The ModelFileError for a wrong file type, that of `mode`, in the place of a file of a run."""
    kinds = {stat.S_IFLNK: "a symbolic link", stat.S_IFDIR: "a folder", stat.S_IFREG: "a file"}
    return ModelFileError(
        f"{path} is {kinds.get(stat.S_IFMT(mode), 'a device or a pipe')}; a run needs "
        f"{'a folder' if path.name == CHECKPOINTS else 'a regular file'} of its own there",
        "delete it, or replace it with a copy of the original",
    )


def _opened(path: Path, mode: str) -> Any:
    """The open regular file of a run; raises ModelFileError if it is anything else, and OSError."""
    _check(path)
    file = open(path, mode, opener=_without_links)  # noqa: SIM115 (the caller closes it)
    if not stat.S_ISREG(found := os.fstat(file.fileno()).st_mode):  # replaced since the check
        file.close()
        raise _foreign(path, found)
    return file


def _without_links(path: str, flags: int) -> int:
    """Open `path` without following a link or waiting for the other end of a pipe; Windows has no such flags."""
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0), 0o666)


def _size(file: BinaryIO) -> int:
    return os.fstat(file.fileno()).st_size


def _make(folder: Path) -> list[Path]:
    """Create a folder and its parents; returns the created ones, innermost first."""
    missing: list[Path] = []
    try:
        missing += [each for each in (folder, *folder.parents) if not each.exists()]
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _remove(missing)
        raise ResourceError(f"cannot create the run folder {folder.parent}: {error.strerror}", ELSEWHERE) from error
    return missing


def _remove(folders: Iterable[Path]) -> None:
    """Delete the folders that exist and are empty."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def _locked(path: Path) -> BinaryIO:
    """The open lock file of a run folder, which is locked until the file is closed."""
    try:
        file = _opened(path / LOCK, "ab")
    except OSError as error:
        raise ResourceError(f"cannot write in {path}: {error.strerror}", ELSEWHERE) from error
    try:
        _hold(file)
    except OSError as error:
        file.close()
        if isinstance(error, (BlockingIOError, PermissionError)):
            raise RunInUse(
                f"another process is training in {path}", "wait for it, stop it, or choose another folder with -o"
            ) from None
        raise ResourceError(f"cannot lock {path}: {error.strerror}", ELSEWHERE) from error
    return file


def _hold(file: BinaryIO) -> None:
    """Lock `file` until it is closed; raises BlockingIOError or PermissionError if another process holds it."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        windows: Any = msvcrt  # elsewhere its stub declares nothing
        windows.locking(file.fileno(), windows.LK_NBLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
