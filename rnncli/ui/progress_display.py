"""The progress of a long task on standard error: a bar, plain lines or JSON lines."""

import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from .console import is_terminal

QUIET, REFRESH = 1.0, 0.1  # seconds: before a bar appears; between its updates
FIRST, EVERY = 3.0, 30.0  # seconds: before the first plain line; between the others


class ProgressDisplay:
    """The progress of a long task on `console` (Rich, stderr). A context manager, called with (what, done, total).

    mode: "bar", removed at the end; "lines" or "jsonl", one after three seconds and then every 30; "none"; "auto": a
    bar on a terminal, else lines. A bar appears after a second, or at once for a task of unknown length. With the clock
    of the system it speaks also while a task takes long to call again.
    """

    def __init__(self, console: Any, mode: str = "auto", clock: Callable[[], float] = time.monotonic):
        self._console, self._clock = console, clock
        self._mode = ("bar" if is_terminal(console.file) else "lines") if mode == "auto" else mode
        self._next = clock() + (QUIET if self._mode == "bar" else FIRST)
        self._bar: Any = None
        self._lock = threading.RLock()  # around everything that is shown
        self._latest: tuple[str, int, int | None] | None = None
        self._alarm: threading.Timer | None = None

    def __enter__(self) -> "ProgressDisplay":
        return self

    def __exit__(self, *error: Any) -> None:
        with self._lock:
            self._mode = "none"
            if self._alarm:
                self._alarm.cancel()
            if self._bar:
                self._bar.stop()

    def __call__(self, what: str, done: int, total: int | None) -> None:
        if self._mode == "none":
            return
        with self._lock:
            self._latest = what, done, total
            if self._alarm is None and self._clock is time.monotonic:
                self._set_alarm()
            if self._clock() >= self._next or (self._mode == "bar" and self._bar is None and total is None):
                self._show(what, done, total)

    def _set_alarm(self) -> None:
        """Have `_wake` called when the next line is due."""
        self._alarm = threading.Timer(max(self._next - self._clock(), REFRESH), self._wake)
        self._alarm.daemon = True
        with suppress(RuntimeError):  # no memory for a thread: it speaks when the task calls again
            self._alarm.start()

    def _wake(self) -> None:
        """Show the latest progress if nobody else did, from a thread of its own."""
        with self._lock:
            if self._mode == "none" or self._latest is None:
                return
            if self._clock() >= self._next:
                self._show(*self._latest)
            if self._mode != "bar":  # a bar moves by itself
                self._set_alarm()

    def _show(self, what: str, done: int, total: int | None) -> None:
        self._next = self._clock() + (REFRESH if self._mode == "bar" else EVERY)
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
