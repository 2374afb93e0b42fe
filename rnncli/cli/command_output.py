"""The Output of `eval` and `generate`: results to standard output; notes, warnings, charts, progress to the other."""

import sys
from collections.abc import Iterable
from shutil import get_terminal_size
from types import TracebackType

from ..ui.console import is_terminal, stderr_console, wants_color
from ..ui.jsonl import notice_line
from ..ui.progress_display import ProgressDisplay
from .advice import advice_for
from .output import print_line
from .stream import Stream


class CommandOutput:
    """Implements `tasks.base.Output`. A context manager: leaving it flushes the output and removes the progress bar.

    progress: as `--progress`; `quiet` shows none. The bar is removed before any text or drawing appears. The first
    `write` opens standard output and raises OSError if it is closed. command: the name of the command, whose options
    notes may advise; "" for any.
    """

    def __init__(
        self,
        format: str = "text",
        quiet: bool = False,
        progress: str = "auto",
        color: str = "auto",
        command: str = "",
    ):
        self.format, self.quiet, self.command = format, quiet, command
        self.interactive = is_terminal(sys.stderr) and not quiet
        self.exact = not is_terminal(sys.stdout)
        self.width = get_terminal_size().columns
        self.unicode = (sys.stderr.encoding or "").lower().startswith("utf")
        self.color = wants_color(sys.stderr, color)
        self._mode, self._chosen_mode, self._chosen_color = "none" if quiet else progress, progress, color
        self._stream: Stream | None = None
        self._shown: ProgressDisplay | None = None

    def write(self, text: str) -> None:
        self._end_progress()
        if self._stream is None:
            self._stream = Stream()
        self._stream.write(text)

    def end_line(self) -> None:
        if self._stream is not None:
            self._stream.end_line()

    def flush(self) -> None:
        if self._stream is not None:
            self._stream.flush()

    def note(self, line: str) -> None:
        if not self.quiet:
            self._say(line)

    def warn(self, line: str) -> None:
        self._say(line, warning=True)

    def _say(self, line: str, warning: bool = False) -> None:
        """A line on standard error; where programs watch the progress, an event as those of a training."""
        line = advice_for(self.command, line)
        if self._chosen_mode != "jsonl":
            return print_line(line)
        text = line.removeprefix("warning: " if warning else "note: ")
        print_line(notice_line(text, warning))

    def draw(self, lines: Iterable[str]) -> None:
        self._end_progress()
        for line in lines:
            print(line, file=sys.stderr)
        sys.stderr.flush()

    def progress(self, what: str, done: int, total: int | None) -> None:
        if self._mode == "none":
            return
        if self._shown is None:
            self._shown = ProgressDisplay(stderr_console(self._chosen_color), self._mode)
        self._shown(what, done, total)

    def _end_progress(self) -> None:
        """Remove the bar; later progress starts another one."""
        if self._shown is not None:
            self._shown.__exit__()
            self._shown = None

    def __enter__(self) -> "CommandOutput":
        import numpy as np

        self._numbers = np.errstate(all="ignore")  # what is not finite is looked for and said in words
        self._numbers.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._numbers.__exit__(kind, error, trace)
        self._end_progress()
        if self._stream is not None:
            self._stream.__exit__(kind, error, trace)
