"""Standard output as a stream: exact in a pipe, safe on a terminal, flushed within milliseconds."""

import sys
from time import monotonic
from types import TracebackType

from ..phrases import safe_text
from ..ui.console import is_terminal
from .output import output_bytes

BLOCK = 512  # most characters held back from a pipe
PAUSE = 0.05  # most seconds that they are held back


class Stream:
    """Standard output for text: a terminal gets each piece at once, made safe; a pipe gets exact, small blocks."""

    def __init__(self):
        self.out, self.terminal = output_bytes(), is_terminal(sys.stdout)
        self.held: list[str] = []
        self.size, self.flushed, self.ending = 0, monotonic(), ""

    def write(self, text: str) -> None:
        self.held.append(text)
        self.size += len(text)
        self.ending = text[-1:] or self.ending
        if self.terminal or self.size >= BLOCK or monotonic() - self.flushed >= PAUSE:
            self.flush()

    def end_line(self) -> None:
        """Write a newline unless the text ends with one."""
        if self.ending != "\n":
            self.write("\n")

    def flush(self) -> None:
        text = "".join(self.held)
        self.held, self.size, self.flushed = [], 0, monotonic()
        data = safe_text(text).encode() if self.terminal else text.encode("utf-8", "surrogateescape")
        self.out.write(data)
        self.out.flush()

    def __enter__(self) -> "Stream":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write the text sampled before an interruption as well; a broken pipe gets nothing more."""
        if kind is not None and issubclass(kind, BrokenPipeError):
            return
        if self.terminal:
            self.end_line()
        self.flush()
