"""The two streams of a command: data to standard output, everything else to standard error."""

import errno
import sys
from typing import BinaryIO

from ..phrases import safe_text


def print_line(line: str) -> None:
    """Print a line on standard error."""
    print(safe_text(line), file=sys.stderr, flush=True)


def output_bytes() -> BinaryIO:
    """Standard output as a binary file; raises OSError if it is closed."""
    if sys.stdout is None:
        raise OSError(errno.EBADF, "closed, so that nothing can be written to it", "standard output")
    return sys.stdout.buffer
