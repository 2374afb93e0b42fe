"""What a shell is offered for a word that is begun: cells, runs, configurations, settings. No user code runs."""

import glob
import os
from collections.abc import Callable, Iterable

from ..config import settings
from ..resources import bundled_configs

RUNS = "runs/"  # where `train` makes new ones
MODEL, CHECKPOINTS = "model.safetensors", "checkpoints"  # one of them makes a folder a run


def starting_with(choices: Iterable[str]) -> Callable[[str], list[str]]:
    """A completion among these choices."""
    return lambda incomplete: [choice for choice in choices if choice.startswith(incomplete)]


def complete_cell(incomplete: str) -> list[str]:
    """Names of built-in cells."""
    from ..nn.cells import CELLS

    return [name for name in CELLS if name.startswith(incomplete)]


def complete_run(incomplete: str) -> list[str]:
    """Run folders, those in runs/ without being asked for it, model files, and folders on the way to them."""
    found = named(incomplete) + ([] if incomplete else named(RUNS))
    runs = [name for name in found if is_run(name) or name.endswith(".safetensors")]
    return runs + [f"{name}/" for name in found if os.path.isdir(name) and name not in runs]


def complete_config(incomplete: str) -> list[str]:
    """Names of bundled configurations, YAML files, and folders on the way to them."""
    found = named(incomplete)
    files = [name for name in found if name.endswith((".yaml", ".yml"))]
    folders = [f"{name}/" for name in found if os.path.isdir(name)]
    return starting_with(bundled_configs())(incomplete) + files + folders


def complete_setting(incomplete: str) -> list[str]:
    """Full names of settings, each with =, and after it the values that it allows."""
    name, equals, value = incomplete.partition("=")
    if not equals:
        return [f"{path}=" for path in settings() if path.startswith(name)]
    choices = settings()[name].metadata["choices"] if name in settings() else None
    return [f"{name}={choice}" for choice in choices or () if choice.startswith(value)]


def named(incomplete: str) -> list[str]:
    """The files and folders whose names begin so, without hidden ones."""
    return sorted(glob.glob(glob.escape(incomplete) + "*"))


def is_run(name: str) -> bool:
    return any(os.path.exists(os.path.join(name, part)) for part in (MODEL, CHECKPOINTS))
