"""`rnncli inspect` for a model that predicts numbers: its units."""

from collections.abc import Mapping
from typing import Any

from ...laboratory.drawings import Finding
from ..base import Output
from ..pairs.inspecting import source_units
from .task import RegressTask


def inspect(loaded: Any, part: str, options: Mapping[str, Any], out: Output) -> Finding:
    """See `tasks.base.Task.inspect`; the only part is "units"."""
    return source_units(loaded, RegressTask, options, out)
