"""What a resumed run takes from its folder: its data, wherever they are now, and the settings of its checkpoint."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

from ..config import Config, Draft, read_settings
from ..config.loading import settings
from ..config.values import in_yaml
from ..errors import ConfigError, DataError, ModelFileError, ResourceError, shell_name
from ..storage.checkpoint import read_meta
from ..storage.named_data import note_on_places, unreadable
from ..storage.run_folder import CONFIG, MODEL
from ..tasks.base import Task
from ..tasks.registry import load_task
from .comparisons import check_same

FILES = "data.files"
NAMED = 3  # most files and settings that a message names
PIPED = "its data came from standard input"
REMEDY = "restore the data it was started with, or train another run with --init-from"


class StoredData(NamedTuple):
    """The data of the run in `path`, of which its checkpoint has the `encoder` and the `meta`; files: where they are
    now, () for where they were."""

    path: str
    encoder: Any
    meta: Mapping[str, Any]
    files: tuple[str, ...]

    def task(self, draft: Draft, progress: Callable[[int, int], None] | None) -> Task:
        """The Task that the run was started with; raises DataError if its data changed or are missing.

        The digest of the data decides, not their names; the run keeps the names that it was started with.
        """
        named = {setting: draft[setting] for setting in (FILES, *draft.kind.data_files)}
        if wrong := unreadable(self._not_given(draft)):
            raise DataError(f"cannot resume {self.path}: its data cannot be read: {wrong}", self._hint(named[FILES]))
        for setting, names in named.items():
            draft.decide(setting, self._found(setting, names))
        if self._is_awaited(draft[FILES]):
            raise DataError(f"cannot resume {self.path}: {PIPED}, and none is piped in", self._hint(named[FILES]))
        try:
            task = load_task(draft, self.encoder, progress)
        except DataError as error:
            raise DataError(f"cannot resume {self.path}: {error}", self._hint(named[FILES])) from error
        older = getattr(task.data, "older_digest", None)  # of a task that had another digest in earlier versions
        if self.meta["data"]["digest"] not in (task.data.digest, older):
            shown = ", ".join(task.data.files[:NAMED])
            what = f"{shown} is not its data" if self.files else f"its data changed ({shown})"
            raise DataError(f"cannot resume {self.path}: {what}", self._hint(named[FILES]))
        for setting, names in named.items():
            draft.decide(setting, names)
        return task

    def notes(self, draft: Draft) -> tuple[str, ...]:
        """A note on data outside the current folder that nobody named now."""
        note = note_on_places(self.path, self._not_given(draft))
        return (note,) if note else ()

    def _not_given(self, draft: Draft) -> list[str]:
        """The names of all files with data, where they are found, but those that the user gave now."""
        settings = [FILES, *draft.kind.data_files][bool(self.files) :]
        return [name for setting in settings for name in self._found(setting, draft[setting])]

    def _found(self, setting: str, names: Sequence[str]) -> tuple[str, ...]:
        """Where the files of a setting are: as given, as named, or from the folder in which the run was started."""
        earlier = tuple(self.meta.get("moved", ()))
        if setting == FILES and (self.files or all_kept(earlier)):
            return self.files or earlier
        there = from_home(names, self.meta["home"])
        return there if not all_there(names) and all_there(there) else tuple(names)

    def moved(self, names: Sequence[str]) -> tuple[str, ...]:
        """Where the data lie, by absolute names, if not where the `names` of the run lead: as the user says now, or as
        he said at an earlier resume. What cannot be read again, as from a pipe, lies nowhere."""
        if not all_kept(self.files):
            return tuple(self.meta.get("moved", ()))
        return () if is_same_place(self.files, names, self.meta["home"]) else tuple(map(os.path.abspath, self.files))

    def _is_awaited(self, names: Sequence[str]) -> bool:
        """Whether the data are those of standard input, which nobody named now, and would be typed or are none."""
        return "-" in names and not self.files and (sys.stdin is None or sys.stdin.isatty())

    def _hint(self, names: Sequence[str]) -> str:
        """What to do about data that are not those of the run, which it knows by `names`."""
        if self.files:
            return REMEDY
        again = f"rnncli train --resume {shell_name(self.path)} DATA"
        if "-" in names:
            return f"pipe the same data in again, or name a file that holds them: {again}"
        return f"{REMEDY}; if they were moved: {again}"


def check_same_run(folder: Path, checkpoint: Path, meta: Mapping[str, Any]) -> None:
    """Raise ModelFileError where the best model of a run folder is of another task, or of other data by name and by
    digest, than its newest checkpoint with this `meta`: one of them was put there."""
    model = folder / MODEL
    try:
        other = read_meta(model)
    except (ModelFileError, ResourceError):  # there is none, or it is damaged: the next best one replaces it
        return
    data = [each.get("data") or {} for each in (meta, other)]
    tasks = [(each.get("config") or {}).get("task") for each in (meta, other)]
    if tasks[0] == tasks[1] and any(data[0].get(key) == data[1].get(key) for key in ("digest", "files")):
        return
    raise ModelFileError(
        f"{checkpoint} is a checkpoint of another run than {model}",
        "move the one that does not belong there out of the folder",
    )


def from_home(names: Sequence[str], home: str) -> tuple[str, ...]:
    """The names of files relative to the folder in which a run was started."""
    return tuple(name if name == "-" else os.path.join(home, name) for name in names)


def all_there(names: Sequence[str]) -> bool:
    return all(name == "-" or os.path.exists(name) for name in names)


def all_kept(names: Sequence[str]) -> bool:
    """Whether there are files or folders of these names, one at least, which can be read again and again."""
    return bool(names) and all(os.path.isfile(name) or os.path.isdir(name) for name in names)


def is_same_place(given: Sequence[str], names: Sequence[str], home: str) -> bool:
    """Whether the files `given` are those that the `names` of a run mean, here or in the folder of its start."""
    places = {tuple(map(os.path.realpath, each)) for each in (names, from_home(names, home))}
    return tuple(map(os.path.realpath, given)) in places


def check_wanted(wanted: Draft, stored: Config, path: str, home: str) -> tuple[str, ...]:
    """Raise ConfigError if the Draft `wanted` differs from the Config of the run in `path`, but for the names of its
    data files. Returns those names where they mean other places: the digest of the data decides then."""
    check_same(wanted, stored, path, (FILES,))
    given = wanted[FILES]
    if unreadable(given):  # a pipe that the user names is read
        return tuple(given)
    return () if is_same_place(given, attrgetter(FILES)(stored), home) else tuple(given)


def warnings_on_settings(folder: Path, stored: Draft) -> tuple[str, ...]:
    """A warning if config.yaml in a run folder was changed after the run began: those of the checkpoint count."""
    file = folder / CONFIG
    if not file.exists():
        return ()
    try:
        read = read_settings([file])
    except ConfigError:
        return (f"{file} cannot be read; the settings in the checkpoint count",)
    changed = list(_changed(read, stored))
    if not changed:
        return ()
    more = f" and {len(changed) - NAMED} more" if len(changed) > NAMED else ""
    return (
        f"{file} was changed, but a run continues with the settings of its checkpoint: "
        f"{', '.join(changed[:NAMED])}{more}",
    )


def _changed(read: Draft, stored: Draft) -> Iterator[str]:
    """The settings that a configuration gives another value, with the value that counts."""
    for name in settings():
        if read.given(name) and read[name] != stored[name]:
            yield f"{name} {in_yaml(stored[name])} (not {in_yaml(read[name])})"
