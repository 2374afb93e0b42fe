"""`rnncli inspect` for a labeller: its units."""

from collections.abc import Mapping
from typing import Any

from ...laboratory.drawings import Finding
from ..base import Output
from ..pairs.inspecting import source_units
from .task import LabelTask


def inspect(loaded: Any, part: str, options: Mapping[str, Any], out: Output) -> Finding:
    """See `tasks.base.Task.inspect`; the only part is "units"."""
    return source_units(loaded, LabelTask, options, out)
