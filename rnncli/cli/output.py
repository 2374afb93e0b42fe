"""What commands write: data to standard output, everything else to standard error."""

import errno
import sys

from ..phrases import safe_text
from ..ui.console import is_terminal


def tell(line):
    """A line on standard error."""
    print(safe_text(line), file=sys.stderr, flush=True)


def write(lines):
    """Lines to standard output: exact UTF-8 to a pipe, made safe for a terminal."""
    out, terminal = output_bytes(), is_terminal(sys.stdout)
    for line in lines:
        out.write((safe_text(line) if terminal else line).encode("utf-8", "surrogateescape"))
    out.flush()


def output_bytes():
    """Standard output as a binary file; OSError where it is closed."""
    if sys.stdout is None:
        raise OSError(errno.EBADF, "closed, so that nothing can be written to it", "standard output")
    return sys.stdout.buffer
