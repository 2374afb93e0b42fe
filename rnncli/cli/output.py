"""The two streams of a command: data to standard output, everything else to standard error."""

import sys
from typing import BinaryIO

from ..phrases import safe_text
from ..ui.streams import closed


def print_line(line: str) -> None:
    """Print a line on standard error."""
    print(safe_text(line), file=sys.stderr, flush=True)


def output_bytes() -> BinaryIO:
    """Standard output as a binary file; raises OSError if it is closed."""
    if sys.stdout is None:
        raise closed()
    return sys.stdout.buffer
