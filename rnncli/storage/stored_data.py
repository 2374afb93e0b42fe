"""The data that a stored model was trained on, read again."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from operator import attrgetter
from typing import Any

from ..errors import DataError
from ..tasks.registry import TASKS
from .origin import origin_of

NAMED = 3  # files that a message names


def read_again(loaded: Any, read: Callable[[Any], Any]) -> Any:
    """The result of `read(loaded)`, checked to have the digest of the data that `loaded` was trained on.

    `read` gets a Loaded whose configuration names files that are there: those of the current folder, or else of the
    folder in which the run was started. Raises DataError where they are gone or have changed and, before anything
    is opened, for a model of unknown origin.
    """
    files = loaded.config.data.files
    advice = f"evaluate another file: rnncli eval {loaded.path} FILE"
    if "-" in files:
        raise DataError(f"{loaded.path} was trained on standard input, which cannot be read again", advice)
    there = located(loaded)
    try:
        data = read(there)
    except DataError as error:
        raise DataError(
            f"the data that {loaded.path} was trained on: {error}",
            f"run the command in the folder where it was trained, or {advice}",
        ) from error
    if data.digest != loaded.data["digest"]:
        raise DataError(
            f"{', '.join(files)}: not the data that {loaded.path} was trained on: the digest is "
            f"{data.digest[:12]}..., expected {loaded.data['digest'][:12]}...",
            f"restore the files as they were, or {advice}",
        )
    return data


def located(loaded: Any) -> Any:
    """A Loaded whose configuration names its data where they are: in the current folder or, if they are not there, in
    the folder in which its run was started.

    DataError for a model that lies in no run folder of this user, unless its paths are trusted: it could name any file.
    """
    origin = origin_of(loaded.path)
    if not origin.ours and not loaded.trusted:
        names = ", ".join(loaded.config.data.files[:NAMED]) or "none"
        raise DataError(
            f"{loaded.path} does not lie in a run folder of yours, so the data that it names are not opened: {names}",
            f"name data: rnncli eval {loaded.path} FILE, or add --trust-paths to open those",
        )
    if origin.home is None:
        return loaded
    config = loaded.config
    for setting in ("data.files", *TASKS[config.task].data_files):
        names = attrgetter(setting)(config)
        there = tuple(os.path.join(origin.home, name) for name in names)
        if not all(map(os.path.exists, names)) and all(map(os.path.exists, there)):
            section, _, name = setting.partition(".")
            part = replace(getattr(config, section), **{name: there})
            config = replace(config, **{section: part})
    return loaded if config is loaded.config else replace(loaded, config=config)


@contextmanager
def inspecting() -> Iterator[None]:
    """Gives a DataError of the data of a run the remedy that `inspect` has."""
    try:
        yield
    except DataError as error:
        raise DataError(
            str(error), "run the command in the folder where it was trained, or name other data with --data FILE"
        ) from error
