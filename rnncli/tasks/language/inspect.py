"""`rnncli inspect` for a language model: its units, and where it is surprised."""

from collections.abc import Mapping
from typing import Any

from ...laboratory.drawings import Finding
from ..base import Output
from .surprise import surprise
from .units import units

PARTS = {"units": units, "surprise": surprise}


def inspect(loaded: Any, part: str, options: Mapping[str, Any], out: Output) -> Finding:
    """See `tasks.base.Task.inspect`."""
    return PARTS[part](loaded, options, out)
