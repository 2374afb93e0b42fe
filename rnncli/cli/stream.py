"""Standard output as a stream: exact to a pipe, safe on a terminal, never kept waiting for long."""

import sys
from time import monotonic

from ..phrases import safe_text
from ..ui.console import is_terminal
from .output import output_bytes

BLOCK = 512  # characters that a pipe waits for, at most
PAUSE = 0.05  # seconds that it waits, at most


class Stream:
    """Standard output for text: to a terminal each piece at once and made safe, to a pipe exact and in small blocks."""

    def __init__(self):
        self.out, self.terminal = output_bytes(), is_terminal(sys.stdout)
        self.held, self.size, self.flushed, self.ending = [], 0, monotonic(), ""

    def write(self, text):
        self.held.append(text)
        self.size += len(text)
        self.ending = text[-1:] or self.ending
        if self.terminal or self.size >= BLOCK or monotonic() - self.flushed >= PAUSE:
            self.flush()

    def end_line(self):
        """A newline, unless there was one last."""
        if self.ending != "\n":
            self.write("\n")

    def flush(self):
        text = "".join(self.held)
        self.held, self.size, self.flushed = [], 0, monotonic()
        data = safe_text(text).encode() if self.terminal else text.encode("utf-8", "surrogateescape")
        self.out.write(data)
        self.out.flush()

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        """What was sampled before an interruption is shown too; a pipe that is broken gets nothing more."""
        if kind is not None and issubclass(kind, BrokenPipeError):
            return
        if self.terminal:
            self.end_line()
        self.flush()
