"""Rows of the fault plan: how often something was broken, what did not hold, the longest time and the most memory."""

import math
import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

Case = TypeVar("Case")

SOUND = {0, 1, 2, 3, 4, 5, 6, 7, 129, 130, 141, 143}  # the exit codes that docs/cli.md lists
SHOWN = 300  # characters of what a failing command wrote


class Skipped(Exception):
    """A row that this system cannot try; the text says what it lacks."""


@dataclass(frozen=True)
class Ended:
    """A command that has ended, or was killed because it did not. code: as a shell has it, 128 + a signal."""

    code: int
    out: bytes
    err: bytes
    seconds: float
    peak: int  # bytes, of the command and the workers for which it waited
    hung: bool = False
    killed: bool = False  # by a signal that it did not take


@dataclass
class Row:
    """The figures of a row."""

    name: str
    count: int = 0
    failures: list[str] = field(default_factory=list)
    worst: float = 0.0  # seconds of the longest command
    peak: int = 0  # bytes
    remark: str = ""  # what was covered, or why it was skipped
    took: float = 0.0  # seconds of the row

    def take(self, ended: Ended) -> None:
        """Note the time and the memory of a command."""
        self.worst, self.peak = max(self.worst, ended.seconds), max(self.peak, ended.peak)

    def judge(self, case: str, problems: Iterable[str]) -> None:
        """Count a case; each of its problems is a failure."""
        self.count += 1
        self.failures += [f"{case}: {problem}" for problem in problems]

    def cells(self) -> tuple[str, ...]:
        """Name, N, failures, worst time, peak memory, remark."""
        if not self.count:
            return self.name, "-", "-", "-", "-", self.remark
        time, peak = f"{self.worst:.2f} s" if self.worst else "-", f"{self.peak / 1e6:,.0f} MB" if self.peak else "-"
        return self.name, f"{self.count:,}", f"{len(self.failures):,}", time, peak, self.remark


@dataclass(frozen=True)
class Plan:
    """What a row needs: a folder of its own, a source of chance, how many cases it may try, and how long."""

    folder: Path
    draw: random.Random
    count: int
    until: float = math.inf  # of time.monotonic(), after which no case is begun

    def few(self, several: Iterable[Case], of_each: int) -> list[Case]:
        """Some of several trainings, so that there are `of_each` cases of each: to make its first one takes longest."""
        every = list(several)
        return self.draw.sample(every, min(len(every), max(1, self.count // of_each)))

    def in_time(self, cases: Iterable[Case]) -> Iterator[Case]:
        """These cases, one after the other, until the time is over."""
        for each in cases:
            if time.monotonic() > self.until:
                return
            yield each


Maker = Callable[[Plan, Row], None]  # tries its cases and notes them in the Row


def unsound(ended: Ended, allowed: Iterable[int] = (), terminal: bool = False) -> list[str]:
    """What no command may do, whatever happens to it: hang, end with a bug, show a traceback or a raw escape.

    allowed: exit codes beside SOUND; terminal: it wrote to one, where escapes are its own.
    """
    problems = []
    if ended.hung:
        problems.append(f"did not end within {ended.seconds:.0f} s")
    elif ended.code not in SOUND | set(allowed):
        problems.append(f"ended with {ended.code}")
    if b"Traceback" in ended.err:
        problems.append("a traceback")
    if b"Warning:" in ended.err:
        problems.append("a warning of a library")
    if not terminal and b"\x1b" in ended.out + ended.err:
        problems.append("a raw escape")
    return [f"{each}: {ended.err[-SHOWN:].decode(errors='replace')!r}" for each in problems]
