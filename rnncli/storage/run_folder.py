"""A run folder: config.yaml, model.safetensors, checkpoints/step-*.safetensors, log.jsonl, summary.json."""

import json
import os
import stat
from contextlib import suppress
from pathlib import Path

from ..errors import ModelFileError, ResourceError, RunInUse
from ..json_values import finite
from .atomic_files import write_atomically
from .checkpoint import load, save

LOCK, CONFIG, LOG, MODEL, SUMMARY = ".lock", "config.yaml", "log.jsonl", "model.safetensors", "summary.json"
CHECKPOINTS = "checkpoints"
ELSEWHERE = "choose another folder with -o"


class RunFolder:
    """The files of one run, held by one process at a time: the lock goes with the process, however it ends.

    Raises RunInUse where another process holds the folder, ResourceError where it cannot be written and ModelFileError
    where a file of it is a link or otherwise not a regular file.
    """

    def __init__(self, path):
        self.path = Path(path)
        _check_files(self.path)
        self._made = _make(self.path / CHECKPOINTS)
        self._lock, self._log = _locked(self.path), None
        self._sweep()

    def _sweep(self):
        """Delete what a killed process was writing."""
        for folder in (self.path, self.path / CHECKPOINTS):
            for left in folder.glob(".*.tmp"):
                left.unlink(missing_ok=True)

    def discard(self):
        """Leave nothing behind of a run that never began."""
        for file in (*checkpoints(self.path), self.path / CONFIG, self.path / LOCK):
            with suppress(OSError):
                file.unlink()
        self.close()  # after the lock's file went, so that nobody can have opened it between
        _remove(self._made)

    def close(self):
        for file in filter(None, (self._log, self._lock)):
            with suppress(OSError):  # a full disk: whoever wrote last was told
                file.close()

    def write(self, name, text):
        """Write a text file; what is no text in the name of a data file becomes an escape of YAML and JSON."""
        write_atomically(self.path / name, text.encode(errors="backslashreplace"))

    def log(self, record):
        """Append one JSON line, null for every number that JSON does not know."""
        if self._log is None:
            self._log = _opened(self.path / LOG, "ab")
        self._log.write(json.dumps(finite(record), sort_keys=True, allow_nan=False).encode() + b"\n")
        self._log.flush()

    def log_size(self):
        """Bytes of log.jsonl, which are on the disk when this returns."""
        if self._log is not None:
            os.fsync(self._log.fileno())
        try:
            with _opened(self.path / LOG, "rb") as file:
                return _size(file)
        except FileNotFoundError:
            return 0

    def rewind_log(self, size):
        """Cut log.jsonl to its first `size` bytes: what comes after them is about to happen again."""
        with suppress(FileNotFoundError), _opened(self.path / LOG, "rb+") as file:
            if _size(file) > size:
                file.truncate(size)

    def save_model(self, arrays, meta):
        save(self.path / MODEL, arrays, meta)

    def save_checkpoint(self, step, arrays, meta, keep, good):
        """Write checkpoints/step-N.safetensors; returns its path.

        All are deleted but the newest `keep` and that of step `good`, which a rejected step goes back to.
        """
        path = checkpoint(self.path, step)
        save(path, arrays, meta)
        for old in checkpoints(self.path)[:-keep]:
            if old != checkpoint(self.path, good):
                with suppress(OSError):
                    old.unlink()
        return path

    def drop_checkpoints(self, after):
        """Delete the checkpoints of later steps than `after`: they led to a step that was rejected."""
        for path in checkpoints(self.path):
            if _by_step(path) > _by_step(checkpoint(self.path, after)):
                path.unlink(missing_ok=True)


def checkpoint(path, step):
    """Where the checkpoint of a step lies in a run folder."""
    return Path(path, CHECKPOINTS, f"step-{step:08d}.safetensors")


def checkpoints(path):
    """The checkpoint files of a run folder, oldest first."""
    return sorted(Path(path, CHECKPOINTS).glob("step-*.safetensors"), key=_by_step)


def _by_step(path):
    return len(path.name), path.name


def latest_checkpoint(path):
    """The newest checkpoint of a run folder; raises ModelFileError where there is none."""
    found = checkpoints(path)
    if not found:
        what = "has no checkpoint" if Path(path).is_dir() else "does not exist"
        raise ModelFileError(f"cannot resume: {path} {what}", "start a run there: rnncli train FILE -o FOLDER")
    return found[-1]


def load_latest(path):
    """(path, arrays, meta) of the newest checkpoint; a ModelFileError for a damaged one names the one before."""
    newest, earlier = latest_checkpoint(path), checkpoints(path)[:-1]
    try:
        return newest, *load(newest)
    except ModelFileError as error:
        if not earlier:
            raise
        raise ModelFileError(str(error), f"delete it to go on from {earlier[-1]}") from error


def claim(path):
    """A RunFolder for a new run; raises RunInUse where a run is already there, since none is ever overwritten."""
    _refuse_if_used(path)
    folder = RunFolder(path)
    try:
        _refuse_if_used(path)  # again: another process may have come and gone in between
    except RunInUse:
        folder.close()
        raise
    return folder


def _refuse_if_used(path):
    path = Path(path)
    try:
        if path.exists() and not path.is_dir():
            raise ResourceError(f"{path} is a file, not a folder", ELSEWHERE)
        used = path.is_dir() and any(entry.name not in (LOCK, CHECKPOINTS) for entry in path.iterdir())
    except OSError as error:
        raise ResourceError(f"cannot look into {path}: {error.strerror}", ELSEWHERE) from error
    if checkpoints(path):
        raise RunInUse(f"{path} holds a run", f"go on with --resume {path}, or choose another folder with -o")
    if used:
        raise RunInUse(f"{path} is not empty", "choose a new folder with -o: a run never overwrites anything")


def _check_files(path):
    """Raise ModelFileError where a file of the run folder `path`, or its folder of checkpoints, is something else.

    A link would have a run write, cut or delete what lies elsewhere. The folder itself may be reached through one.
    """
    _check(path / CHECKPOINTS, stat.S_ISDIR)
    for file in (*(path / name for name in (LOCK, CONFIG, LOG, MODEL, SUMMARY)), *checkpoints(path)):
        _check(file)


def _check(path, wanted=stat.S_ISREG):
    """Raise ModelFileError where there is something at `path`, but not a regular file, or not `wanted`."""
    try:
        mode = path.lstat().st_mode
    except OSError:  # nothing there, or nothing that could be opened
        return
    if not wanted(mode):
        raise _foreign(path, mode)


def _foreign(path, mode):
    """The ModelFileError for something of the file type of `mode` in the place of a file of a run."""
    kinds = {stat.S_IFLNK: "a symbolic link", stat.S_IFDIR: "a folder", stat.S_IFREG: "a file"}
    return ModelFileError(
        f"{path} is {kinds.get(stat.S_IFMT(mode), 'a device or a pipe')}; a run has "
        f"{'a folder' if path.name == CHECKPOINTS else 'a regular file'} of its own there",
        "delete it, or put a copy of the original in its place",
    )


def _opened(path, mode):
    """A regular file of a run, open; raises ModelFileError where it is anything else, and OSError."""
    _check(path)
    file = open(path, mode, opener=_without_links)  # noqa: SIM115 (the caller closes it)
    if not stat.S_ISREG(found := os.fstat(file.fileno()).st_mode):  # put there since
        file.close()
        raise _foreign(path, found)
    return file


def _without_links(path, flags):
    """Open `path` itself, and wait for nobody at the other end of a pipe; Windows has no such flags."""
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0), 0o666)


def _size(file):
    return os.fstat(file.fileno()).st_size


def _make(folder):
    """Create a folder and those above it; returns those that were not there, innermost first."""
    missing = []
    try:
        missing += [each for each in (folder, *folder.parents) if not each.exists()]
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _remove(missing)
        raise ResourceError(f"cannot make the run folder {folder.parent}: {error.strerror}", ELSEWHERE) from error
    return missing


def _remove(folders):
    """Delete those of the folders that are there and empty."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def _locked(path):
    """The open lock file of a run folder, which holds it until it is closed."""
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


def _hold(file):
    """Lock `file` until it is closed; raises BlockingIOError or PermissionError where another process has it."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
