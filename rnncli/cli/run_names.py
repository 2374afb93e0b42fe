"""Names given where a trained model is asked for: a table in its place, a folder of runs, or no file at all."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from ..errors import ConfigError, ModelFileError, shell_name
from ..resources import near_name
from ..storage.header import model_path, stored_task
from ..tasks.registry import detect
from .completion import is_run

SETTINGS = "config.yaml"  # every run folder has them; a folder of texts may have one called checkpoints
NAMED = 3  # most runs that a hint names


def check_run(run: str, command: str) -> None:
    """Raise ConfigError for a `run` that is data and no model, ModelFileError for one missing beside its like, and for
    a folder of runs."""
    path = Path(run)
    if not path.exists():
        if meant := near_name(run):
            from ..storage.checkpoint import WRITTEN_BY  # imports NumPy

            raise ModelFileError(f"no model at {run}", f"did you mean {shell_name(meant)}? If not, {WRITTEN_BY}")
    elif path.is_dir() and not model_path(path).exists() and (runs := list(islice(runs_in(path), NAMED))):
        commands = ", or ".join(f"rnncli {command} {shell_name(each)}" for each in runs)
        raise ModelFileError(f"{run} is no run, but a folder of runs", f"name one of its runs: {commands}")
    elif path.is_file() and stored_task(run) is None and path.suffix != ".safetensors":
        made, data = shell_name(f"runs/{path.stem}"), shell_name(run)
        raise ConfigError(
            f"{run} is not a trained model, but data ({detect([run]).data})",
            f"train one first: rnncli train {data} -o {made}; then: rnncli {command} {made}",
        )


def check_data(files: Iterable[str], command: str) -> None:
    """Raise ConfigError if a run folder is among the data `files` of a command, which would read what it holds as a
    text."""
    if run := next((file for file in files if is_run(file) and Path(file, SETTINGS).exists()), None):
        what = "continue it: rnncli train --resume" if command == "train" else f"for that run: rnncli {command}"
        raise ConfigError(f"{run} is a run, not data", f"{what} {shell_name(run)}")


def runs_in(folder: Path) -> Iterator[str]:
    """The runs in a folder that have a model, by name."""
    with suppress(OSError):  # a folder that cannot be listed has none to name
        for name in sorted(os.listdir(folder)):
            if not name.startswith(".") and (folder / name).is_dir() and model_path(folder / name).is_file():
                yield str(folder / name)
