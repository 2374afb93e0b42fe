"""A run folder: config.yaml, model.safetensors, checkpoints/step-*.safetensors, log.jsonl, summary.json."""

import json
import os
from contextlib import suppress
from pathlib import Path

from .checkpoint import save, write_atomically
from .errors import ModelFileError, ResourceError, RunInUse

LOCK, LOG, MODEL, CHECKPOINTS = ".lock", "log.jsonl", "model.safetensors", "checkpoints"


class RunFolder:
    """The files of one run, held by one process at a time: the lock goes with the process, however it ends.

    Raises RunInUse where another process holds the folder and ResourceError where it cannot be written.
    """

    def __init__(self, path):
        self.path = Path(path)
        self._made, self._log = self._make(), None
        try:
            self._lock = open(self.path / LOCK, "a")
            _hold(self._lock, self.path)
        except OSError as error:
            raise ResourceError(f"cannot write in {self.path}: {error.strerror}", "choose another folder with -o")

    def _make(self):
        """Create the folders; returns those that were not there, innermost first."""
        wanted = [self.path / CHECKPOINTS, self.path, *self.path.parents]
        missing = [folder for folder in wanted if not folder.exists()]
        try:
            (self.path / CHECKPOINTS).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ResourceError(f"cannot make the run folder {self.path}: {error.strerror}",
                                "choose another folder with -o")
        return missing

    def discard(self):
        """Leave nothing behind of a run that never began."""
        self.close()
        with suppress(OSError):
            (self.path / LOCK).unlink()
            for folder in self._made:
                folder.rmdir()

    def close(self):
        for file in filter(None, (self._log, self._lock)):
            file.close()

    def write(self, name, text):
        write_atomically(self.path / name, text.encode())

    def log(self, record):
        """Append one JSON line."""
        if self._log is None:
            self._log = open(self.path / LOG, "a", encoding="utf-8")
        self._log.write(json.dumps(record, sort_keys=True) + "\n")
        self._log.flush()

    def rewind_log(self, step):
        """Drop the lines of steps after `step`: they are about to be taken again. Keeps what is not whole out."""
        path = self.path / LOG
        if path.exists():
            lines = (_parsed(line) for line in path.read_text(encoding="utf-8").split("\n"))
            kept = [record for record in lines if record and record.get("step", 0) <= step]
            self.write(LOG, "".join(json.dumps(record, sort_keys=True) + "\n" for record in kept))

    def save_model(self, arrays, meta):
        save(self.path / MODEL, arrays, meta)

    def save_checkpoint(self, step, arrays, meta, keep):
        """Write checkpoints/step-N.safetensors and delete all but the newest `keep`; returns its path."""
        path = self.path / CHECKPOINTS / f"step-{step:08d}.safetensors"
        save(path, arrays, meta)
        for old in checkpoints(self.path)[:-keep]:
            with suppress(OSError):
                old.unlink()
        return path


def checkpoints(path):
    """The checkpoint files of a run folder, oldest first."""
    return sorted((Path(path) / CHECKPOINTS).glob("step-*.safetensors"))


def latest_checkpoint(path):
    """The newest checkpoint of a run folder; raises ModelFileError where there is none."""
    found = checkpoints(path)
    if not found:
        what = "has no checkpoint" if Path(path).is_dir() else "does not exist"
        raise ModelFileError(f"cannot resume: {path} {what}", "start a run there: rnncli train FILE -o FOLDER")
    return found[-1]


def claim(path):
    """A RunFolder for a new run; raises RunInUse where a run is already there, since none is ever overwritten."""
    path = Path(path)
    if path.exists() and not path.is_dir():
        raise ResourceError(f"{path} is a file, not a folder", "choose another folder with -o")
    if path.is_dir() and any(entry.name not in (LOCK, CHECKPOINTS) for entry in path.iterdir()) or checkpoints(path):
        raise RunInUse(f"{path} is not empty", f"go on with --resume {path}, or choose another folder with -o")
    return RunFolder(path)


def _hold(file, path):
    try:
        import fcntl
    except ImportError:         # Windows
        import msvcrt
        take = lambda: msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        take = lambda: fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        take()
    except OSError:
        raise RunInUse(f"another process is training in {path}", "wait for it, stop it, or choose another folder")


def _parsed(line):
    with suppress(ValueError):
        return json.loads(line)
