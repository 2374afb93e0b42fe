"""The time profile of a step as a table."""

from ..events import Profiled
from ..phrases import counted


def profile_lines(event: Profiled) -> list[str]:
    """The table of a Profiled as lines: milliseconds of an average step, their share and the number of calls."""
    whole = sum(row.seconds for row in event.rows) or 1.0
    lines = [
        f"time of a step, mean of {counted(event.steps, 'step')}: {whole * 1e3:.3f} ms",
        f"{'':12} {'ms':>9} {'share':>6} {'calls':>7}",
    ]
    for row in event.rows:
        if row.seconds or row.calls:
            figures = f"{row.seconds * 1e3:9.3f} {row.seconds / whole:6.1%} {row.calls:7.4g}"
            lines.append(f"{row.name:12} {figures}  {row.words}")
    if event.layouts:
        lines += ["matrices, rows x contraction x columns:", *(f"  {line}" for line in event.layouts)]
    return lines
