"""The progress of a long task on standard error: a bar, plain lines or JSON lines."""

import json
import time
from collections.abc import Callable
from typing import Any

from .console import is_terminal

QUIET, REFRESH, EVERY = 1.0, 0.1, 30.0  # seconds: before a bar appears; between its updates; between plain lines


class ProgressDisplay:
    """The progress of a long task on `console` (Rich, stderr). A context manager, called with (what, done, total).

    mode: "bar", removed at the end; "lines" or "jsonl", one every 30 seconds; "none"; "auto": a bar on a terminal,
    else lines. A bar appears after a second, or at once for a task of unknown length.
    """

    def __init__(self, console: Any, mode: str = "auto", clock: Callable[[], float] = time.monotonic):
        self._console, self._clock = console, clock
        self._mode = ("bar" if is_terminal(console.file) else "lines") if mode == "auto" else mode
        self._next = clock() + (QUIET if self._mode == "bar" else EVERY)
        self._bar: Any = None

    def __enter__(self) -> "ProgressDisplay":
        return self

    def __exit__(self, *error: Any) -> None:
        if self._bar:
            self._bar.stop()

    def __call__(self, what: str, done: int, total: int | None) -> None:
        now = self._clock()
        unannounced = self._mode == "bar" and self._bar is None and total is None
        if self._mode == "none" or (now < self._next and not unannounced):
            return
        self._next = now + (REFRESH if self._mode == "bar" else EVERY)
        if self._mode == "bar":
            self._draw(what, done, total)
        elif self._mode == "jsonl":
            self._print(json.dumps({"progress": what, "done": done, "total": total}))
        else:
            self._print(f"{what}: {done / total:.0%} ({done:,} of {total:,})" if total else what)

    def _print(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def _draw(self, what: str, done: int, total: int | None) -> None:
        if self._bar is None:
            from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

            columns = (
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                TaskProgressColumn(),
                TimeRemainingColumn(),
            )
            self._bar = Progress(*columns, console=self._console, transient=True)
            self._bar.add_task(what, total=total)
            self._bar.start()
        task = self._bar.tasks[0]
        if task.description != what:
            self._bar.reset(task.id, description=what, total=total)
        self._bar.update(task.id, completed=done, total=total)
