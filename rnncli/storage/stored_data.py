"""The data that a stored model was trained on, read again."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from operator import attrgetter
from pathlib import Path
from typing import Any

from ..errors import DataError, shell_name
from ..tasks.registry import TASKS
from .named_data import note_on_places, unreadable
from .origin import Origin, origin_of
from .run_folder import MODEL

FILES = "data.files"
NAMED = 3  # files that a message names


class NotReadAgain(DataError):
    """The data of the stored model at `path` cannot be read, or are not to be; remedy: what to do but name others."""

    def __init__(self, message: str, path: str, remedy: str = ""):
        self.path, self.remedy = path, remedy
        super().__init__(message, self.advice("evaluate another file", "eval {} FILE"))

    def advice(self, what: str, command: str) -> str:
        """The hint of a command that can read other data."""
        return f"{self.remedy}{', or ' if self.remedy else ''}{what}: rnncli {command.format(shell_name(self.path))}"


def read_again(loaded: Any, read: Callable[[Any], Any]) -> Any:
    """The result of `read(loaded)`, checked to have the digest of the data that `loaded` was trained on.

    `read` gets a Loaded whose configuration names files that are there: those of the current folder, or else of the
    folder in which the run was started, or those that a resume of it was given. Raises DataError where they are gone or
    have changed and, before anything is opened, for a model of unknown origin.
    """
    there = located(loaded)
    try:
        data = read(there)
    except DataError as error:
        raise NotReadAgain(
            f"the data that {loaded.path} was trained on: {error}",
            loaded.path,
            "run the command in the folder where it was trained",
        ) from error
    if data.digest != loaded.data["digest"]:
        raise NotReadAgain(
            f"{', '.join(there.config.data.files)}: not the data that {loaded.path} was trained on: the digest is "
            f"{data.digest[:12]}..., expected {loaded.data['digest'][:12]}...",
            loaded.path,
            "restore the files as they were",
        )
    return data


def located(loaded: Any) -> Any:
    """A Loaded whose configuration names its data where they are: where its run found them when it was last resumed
    with other names; in the current folder; or in the folder in which its run was started. `loaded.note` is called with
    a sentence on those outside the current folder.

    DataError for data of standard input, for a pipe or a device, and for a model that lies in no run folder of this
    user, unless its paths are trusted: it could name any file.
    """
    origin, config = origin_of(loaded.path), loaded.config
    named = {setting: attrgetter(setting)(config) for setting in (FILES, *TASKS[config.task].data_files)}
    there = {setting: _where(setting, names, origin) for setting, names in named.items()}
    if any("-" in names for names in there.values()):
        raise NotReadAgain(f"{loaded.path} was trained on standard input, which cannot be read again", loaded.path)
    if not origin.ours and not loaded.trusted:
        raise NotReadAgain(
            f"{loaded.path} does not lie in a run folder of yours, so the data that it names are not opened: "
            f"{', '.join(config.data.files[:NAMED]) or 'none'}",
            loaded.path,
            "add --trust-paths to open them",
        )
    _check_places(loaded, [name for names in there.values() for name in names])
    for setting, names in there.items():
        if names != named[setting]:
            section, _, name = setting.partition(".")
            config = replace(config, **{section: replace(getattr(config, section), **{name: names})})
    return loaded if config is loaded.config else replace(loaded, config=config)


def _check_places(loaded: Any, names: Sequence[str]) -> None:
    """Note which of the data lie outside the current folder; DataError for what is no file and no folder."""
    if wrong := unreadable(names):
        raise NotReadAgain(f"the data that {loaded.path} was trained on cannot be read: {wrong}", loaded.path)
    path = Path(loaded.path)
    place = note_on_places(str(path.parent if path.name == MODEL else path), names)
    if place and loaded.note:
        loaded.note(f"note: {place}")


def _where(setting: str, names: tuple[str, ...], origin: Origin) -> tuple[str, ...]:
    """Where the files of a setting are: `names`, or others for them."""
    if setting == FILES and _are_there(origin.moved):
        return origin.moved
    if origin.home is None or "-" in names or _are_there(names):
        return names
    there = tuple(os.path.join(origin.home, name) for name in names)
    return there if _are_there(there) else names


def _are_there(names: Sequence[str]) -> bool:
    return bool(names) and all(map(os.path.exists, names))


@contextmanager
def inspecting() -> Iterator[None]:
    """Gives a DataError of the data of a run the remedy that `inspect` has."""
    try:
        yield
    except NotReadAgain as error:
        raise DataError(str(error), error.advice("name other data", "inspect {} --data FILE")) from error
