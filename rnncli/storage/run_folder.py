"""A run folder: config.yaml, model.safetensors, checkpoints/step-*.safetensors, log.jsonl, summary.json."""

import json
import os
import re
import stat
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from ..errors import ModelFileError, ResourceError, RunInUse, shell_name
from ..events import finite
from .atomic_files import reason, sweep, write_atomically
from .checkpoint import load, save
from .folder_lock import ELSEWHERE, LOCK, locked
from .regular_files import check_place, opened, size_of

CONFIG, LOG, MODEL, SUMMARY = "config.yaml", "log.jsonl", "model.safetensors", "summary.json"
CHECKPOINTS = "checkpoints"
OF_STEP = re.compile(r"step-\d{8,18}\.safetensors", re.ASCII)


class RunFolder:
    """The files of one run, locked by one process at a time; the lock ends with the process.

    Raises RunInUse if another process holds the folder, ResourceError if it is not writable, and ModelFileError if one
    of its files is a link or otherwise not a regular file.
    """

    def __init__(self, path: str | Path):
        self.path = without_detours(path)
        _check_files(self.path)
        self._made = _make(self.path / CHECKPOINTS)
        self._lock = locked(self.path)
        self._log: BinaryIO | None = None
        for folder in (self.path, self.path / CHECKPOINTS):
            sweep(folder)

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
        file: BinaryIO = self._log or opened(self.path / LOG, "ab")
        self._log = file
        file.write(json.dumps(finite(record), sort_keys=True, allow_nan=False).encode() + b"\n")
        file.flush()

    def log_size(self) -> int:
        """Bytes of log.jsonl, all on the disk when this returns."""
        if self._log is not None:
            os.fsync(self._log.fileno())
        try:
            with opened(self.path / LOG, "rb") as file:
                return size_of(file)
        except FileNotFoundError:
            return 0

    def rewind_log(self, size: int) -> None:
        """Cut log.jsonl to its first `size` bytes: the resumed run repeats the rest."""
        with suppress(FileNotFoundError), opened(self.path / LOG, "rb+") as file:
            if size_of(file) > size:
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
        self.prune(keep, good)
        return path

    def prune(self, keep: int, good: int) -> None:
        """Delete all checkpoints except the newest `keep` and that of step `good`."""
        for old in checkpoints(self.path)[:-keep]:
            if old != checkpoint(self.path, good):
                with suppress(OSError):
                    old.unlink()

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
        file = opened(path, "rb")
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ModelFileError(f"cannot read {path}: {error.strerror}", "check the permissions") from error
    if (found := size_of(file)) > most:
        file.close()
        raise ModelFileError(f"{path} has {found:,} bytes; at most {most:,} are read", advice)
    return file


def checkpoint(path: str | Path, step: int) -> Path:
    """The path of a step's checkpoint in a run folder."""
    return Path(path, CHECKPOINTS, f"step-{step:08d}.safetensors")


def checkpoints(path: str | Path) -> list[Path]:
    """The checkpoint files of a run folder, oldest first; raises ModelFileError if they cannot be listed."""
    folder = Path(path, CHECKPOINTS)
    try:
        names = os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise ModelFileError(f"cannot list {folder}: {error.strerror}", "check its permissions") from error
    return sorted((folder / name for name in names if OF_STEP.fullmatch(name)), key=_by_step)


def _by_step(path: Path) -> tuple[int, str]:
    return len(path.name), path.name


def latest_checkpoint(path: str | Path) -> Path:
    """The newest checkpoint of a run folder; raises ModelFileError if there is none, and for a link in their place."""
    check_place(Path(path, CHECKPOINTS), stat.S_ISDIR)
    found = checkpoints(path)
    if not found:
        missing = "is a file, not a run folder" if Path(path).exists() else "does not exist"
        what = "has no checkpoint" if Path(path).is_dir() else missing
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
    path = without_detours(path)
    _refuse_if_used(path)
    folder = RunFolder(path)
    try:
        _refuse_if_used(path)  # again: another process may have used it in between
    except RunInUse:
        folder.close()
        raise
    return folder


def claim_first(paths: Iterable[str | Path]) -> RunFolder:
    """A RunFolder at the first of many paths that is free, also where other processes claim some at the same time."""
    for path in paths:
        if not Path(path).exists():
            with suppress(RunInUse):  # since the look
                return claim(path)
    raise ValueError("no path is free")


def without_detours(path: str | Path) -> Path:
    """The Path of a folder without "..": of a/../b, where there need be no a, only b."""
    path = Path(path)
    return Path(os.path.relpath(os.path.realpath(path))) if ".." in path.parts else path


def _refuse_if_used(path: Path) -> None:
    try:
        if path.exists() and not path.is_dir():
            raise ResourceError(f"{path} is a file, not a folder", "choose another folder with --output")
        used = path.is_dir() and any(entry.name not in (LOCK, CHECKPOINTS) for entry in path.iterdir())
    except OSError as error:
        raise ResourceError(f"cannot list {path}: {error.strerror}", ELSEWHERE) from error
    if checkpoints(path):
        raise RunInUse(
            f"{path} holds a run", f"continue it with --resume {shell_name(path)}, or choose another folder with -o"
        )
    if used:
        raise RunInUse(f"{path} is not empty", "choose a new folder with -o: a run never overwrites anything")


def _check_files(path: Path) -> None:
    """Raise ModelFileError if a file of the run folder `path` is not a regular file, or its checkpoints no folder.

    Through a link, a run would write, cut or delete files elsewhere. The run folder itself may be a link.
    """
    check_place(path / CHECKPOINTS, stat.S_ISDIR)
    for file in (*(path / name for name in (LOCK, CONFIG, LOG, MODEL, SUMMARY)), *checkpoints(path)):
        check_place(file)


def _make(folder: Path) -> list[Path]:
    """Create a folder and its parents; returns the created ones, innermost first."""
    missing: list[Path] = []
    try:
        missing += [each for each in (folder, *folder.parents) if not each.exists()]
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _remove(missing)
        why = reason(error, missing[-1].parent if missing else folder)
        raise ResourceError(f"cannot create the run folder {folder.parent}: {why}", ELSEWHERE) from error
    return missing


def _remove(folders: Iterable[Path]) -> None:
    """Delete the folders that exist and are empty."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()
