"""Plain data for JSON."""

import math
from typing import Any


def finite(value: Any) -> Any:
    """`value`, made of dicts, lists and plain values, with None for every number that JSON cannot hold."""
    if isinstance(value, dict):
        return {name: finite(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
