"""The bundled data sets and configurations.

In a wheel they are inside the package; in a source checkout, and so in an editable install, beside it.
"""

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
SIMILAR = 0.75  # least share of common letters of two names, as difflib counts them


def folder(kind: str) -> Path:
    """The folder "datasets" or "configs"."""
    inside = PACKAGE / kind
    return inside if inside.is_dir() else PACKAGE.parent / kind


def embedded(kind: str, name: str) -> Path | None:
    """The embedded file or folder `name` of a kind, such as names or names/Oaliri.txt; None if there is none."""
    parts, path = Path(name).parts, folder(kind) / name
    return path if parts and ".." not in parts and not Path(name).is_absolute() and path.exists() else None


def bundled_configs() -> list[str]:
    """The names of the embedded configurations, in order: "quickstart" for quickstart.yaml."""
    return sorted(path.stem for path in folder("configs").glob("*.yaml"))


def find_data(name: str) -> str:
    """The embedded data set for a name such as datasets/tales.txt that does not exist here; else `name` itself."""
    return find(name, "datasets", name.removeprefix("datasets/") if name.startswith("datasets/") else None)


def find_config(name: str) -> str:
    """The embedded configuration for configs/quickstart.yaml, or quickstart, if it is not here; else `name` itself."""
    bare = None if "/" in name or "." in name else f"{name}.yaml"
    return find(name, "configs", name.removeprefix("configs/") if name.startswith("configs/") else bare)


def find(name: str, kind: str, short: str | None) -> str:
    """`name`, or the path of the embedded file `short` if `name` does not exist in the current folder."""
    if short is None or Path(name).exists():
        return name
    return str(embedded(kind, short) or name)


def near_name(path: str) -> str | None:
    """What lies beside a missing file or folder with the name most like its own but for the ending; None without."""
    from difflib import get_close_matches  # here: errors alone need it

    try:
        beside = {each.stem.lower(): each for each in sorted(Path(path).parent.iterdir(), reverse=True)}
    except OSError:
        return None
    meant = get_close_matches(Path(path).stem.lower(), beside, 1, SIMILAR)
    return str(beside[meant[0]]) if meant else None


def cache_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """$RNNCLI_CACHE, else $XDG_CACHE_HOME/rnncli, else ~/.cache/rnncli.

    Without a home, as for a user that the system does not know, it is a new folder that is deleted at the end of this
    process: one of a fixed name, where all can write, could be another user's. A relative $XDG_CACHE_HOME counts for
    nothing, as the XDG base directory specification has it.
    """
    if environ.get("RNNCLI_CACHE"):
        return Path(environ["RNNCLI_CACHE"])
    base = environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):
        base = os.path.expanduser("~/.cache")
    return Path(base, "rnncli") if os.path.isabs(base) else passing_folder()


@cache
def passing_folder() -> Path:
    """A folder of this process alone, deleted when it ends."""
    import atexit
    import shutil
    import tempfile

    made = tempfile.mkdtemp(prefix="rnncli-")
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return Path(made)
