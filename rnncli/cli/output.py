"""What commands write: data to standard output, everything else to standard error."""

import sys

from ..ui.console import is_terminal
from ..ui.safe import safe_text


def tell(line):
    """A line on standard error."""
    print(safe_text(line), file=sys.stderr, flush=True)


def write(lines):
    """Lines to standard output: exact UTF-8 to a pipe, made safe for a terminal."""
    terminal = is_terminal(sys.stdout)
    for line in lines:
        sys.stdout.buffer.write((safe_text(line) if terminal else line).encode("utf-8", "surrogateescape"))
    sys.stdout.buffer.flush()
