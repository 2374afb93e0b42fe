"""`rnncli inspect` for a translator: what it looks at, and where it is surprised."""

from collections.abc import Mapping
from typing import Any

from ...laboratory.drawings import Finding
from ..base import Output
from ..texts.inspecting import surprise
from .attention import attention
from .task import TranslateTask


def inspect(loaded: Any, part: str, options: Mapping[str, Any], out: Output) -> Finding:
    """See `tasks.base.Task.inspect`."""
    if part == "attention":
        return attention(loaded, options, out)
    return surprise(loaded, TranslateTask, options, out)
