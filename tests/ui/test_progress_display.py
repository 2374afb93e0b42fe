"""Progress on standard error: at a terminal, in a pipe, of work that is over at once."""

import io
import threading
from types import SimpleNamespace

from processes import PATIENCE
from rich.console import Console

from rnncli.ui.progress_display import ProgressDisplay


class Clock:
    """Seconds that pass only when told."""

    now = 0.0

    def __call__(self):
        return self.now


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_forced_colours_draw_no_bar_into_a_file():
    clock, file = Clock(), io.StringIO()
    with ProgressDisplay(Console(file=file, force_terminal=True), clock=clock) as progress:
        for clock.now in (2, 31, 40):
            progress("scoring val", int(clock.now), 100)
    assert file.getvalue() == "scoring val: 31% (31 of 100)\n"


def test_a_pipe_gets_a_plain_line_after_three_seconds_then_every_thirty_and_no_more():
    clock, lines = Clock(), []
    console = SimpleNamespace(file=io.StringIO(), print=lambda line, **_: lines.append(line))
    with ProgressDisplay(console, clock=clock) as progress:
        for clock.now in (2, 4, 29, 33, 35, 62):
            progress("scoring val", int(clock.now), 100)
    assert lines == ["scoring val: 4% (4 of 100)", "scoring val: 35% (35 of 100)"]


def test_a_task_that_does_not_call_again_is_shown_all_the_same(monkeypatch):
    monkeypatch.setattr("rnncli.ui.progress_display.FIRST", 0.01)
    shown = threading.Event()
    console = SimpleNamespace(file=io.StringIO(), print=lambda line, **_: (lines.append(line), shown.set()))
    lines = []
    with ProgressDisplay(console) as progress:
        progress("counting", 0, None)
        assert shown.wait(PATIENCE)
    assert lines == ["counting"]


def test_without_memory_for_a_thread_a_task_is_shown_when_it_calls(monkeypatch):
    def refuse(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    monkeypatch.setattr("rnncli.ui.progress_display.FIRST", 0.0)
    lines = []
    console = SimpleNamespace(file=io.StringIO(), print=lambda line, **_: lines.append(line))
    with ProgressDisplay(console) as progress:
        progress("counting", 1, 4)
    assert lines == ["counting: 25% (1 of 4)"]


def test_what_is_over_within_a_second_leaves_no_trace_on_a_terminal():
    clock = Clock()
    console = SimpleNamespace(file=Terminal())  # drawing a bar on it would fail
    with ProgressDisplay(console, clock=clock) as progress:
        for clock.now in (0.1, 0.5, 0.9):
            progress("scoring val", 1, 2)
