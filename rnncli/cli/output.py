"""What commands write: data to standard output, everything else to standard error."""

import errno
import sys

from ..phrases import safe_text


def tell(line):
    """A line on standard error."""
    print(safe_text(line), file=sys.stderr, flush=True)


def output_bytes():
    """Standard output as a binary file; OSError where it is closed."""
    if sys.stdout is None:
        raise OSError(errno.EBADF, "closed, so that nothing can be written to it", "standard output")
    return sys.stdout.buffer
