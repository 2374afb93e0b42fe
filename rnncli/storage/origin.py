"""Where a model file comes from: whether the paths that it names may be followed, and from which folder.

A model file names the data that it was trained on. Whoever sends one could name any file, so these paths are followed
only for a model that lies in a run folder of this user; for another one the user names the data, or says that the paths
are to be trusted. A run folder has checkpoints, and is of this user if the folder and the model belong to him.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ModelFileError, ResourceError
from .checkpoint import read_meta
from .run_folder import CHECKPOINTS, MODEL, checkpoints


@dataclass(frozen=True)
class Origin:
    """ours: whether a model lies in a run folder of this user, or in no file at all; home: the folder in which its run
    was started, None where no checkpoint says so; moved: where a resume found its data, () for where they were."""

    ours: bool
    home: str | None = None
    moved: tuple[str, ...] = ()


def origin_of(path: str | Path) -> Origin:
    """The Origin of the model file at `path`."""
    path = Path(path)
    folder = path.parent.parent if path.parent.name == CHECKPOINTS else path.parent
    try:
        owners = {path.stat().st_uid, folder.stat().st_uid}
        found = checkpoints(folder)
    except FileNotFoundError:
        return Origin(ours=True)  # a model that is not from a file
    except (OSError, ModelFileError):
        return Origin(ours=False)
    is_run = bool(found) and (path.name == MODEL or path.parent.name == CHECKPOINTS)
    ours = is_run and (not hasattr(os, "geteuid") or owners == {os.geteuid()})
    return Origin(ours, *_places(found[-1])) if ours else Origin(ours)


def _places(path: Path) -> tuple[str | None, tuple[str, ...]]:
    """(home, moved) of an Origin, as a checkpoint says."""
    try:
        meta = read_meta(path)
    except (ModelFileError, ResourceError):
        return None, ()
    home, moved = meta.get("home"), meta.get("moved")
    if not isinstance(moved, list) or not all(map(_is_path, moved)):
        moved = []
    return home if _is_path(home) else None, tuple(moved)


def _is_path(name: Any) -> bool:
    return isinstance(name, str) and os.path.isabs(name) and "\0" not in name
