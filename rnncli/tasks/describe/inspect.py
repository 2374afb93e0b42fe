"""`rnncli inspect` for a writer of descriptions: where it is surprised."""

from collections.abc import Mapping
from typing import Any

from ...laboratory.drawings import Finding
from ..base import Output
from ..texts.inspecting import surprise
from .task import DescribeTask


def inspect(loaded: Any, part: str, options: Mapping[str, Any], out: Output) -> Finding:
    """See `tasks.base.Task.inspect`; the only part is "surprise"."""
    return surprise(loaded, DescribeTask, options, out)
