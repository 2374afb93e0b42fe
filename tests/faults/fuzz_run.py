"""Fuzz the parsers: hostile inputs without end, and a row for each parser.

    python -m tests.faults.fuzz_run [--count 1000000] [--seconds 600] [--jobs 2] [--seed 1] [PARSER ...]

An input that reaches lines of rnncli that none before it reached is kept, and changed further; Python 3.12 is needed
for that, earlier ones change the good inputs alone. What fails, takes longer than 2 s of the processor, warns, or takes
more than 4 GB is written to the folder with its traceback, once for each place. The command ends with 1 if any did.
"""

import argparse
import hashlib
import os
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

import rnncli

from .fuzz_parsers import Parser, parsers

HANG, STUCK = 2.0, 60  # seconds of the processor for an input; seconds of the clock
MEMORY = 4 << 30  # bytes that a parser may use
KEPT = 2000  # inputs that reached new lines
LAST = 50  # of them that are favoured
PACKAGE = str(Path(rnncli.__file__).parent)
TOOL = 4  # of sys.monitoring, which no profiler takes
ROW = "{:<14}{:>11}{:>10}{:>10}{:>9}{:>9}{:>8}{:>9}"
HEADING = ROW.format("parser", "inputs", "accepted", "failures", "worst s", "peak MB", "kept", "inputs/s")


class Stuck(BaseException):
    """An input took longer than STUCK."""


@dataclass
class Row:
    """The figures of a parser."""

    name: str
    count: int = 0
    accepted: int = 0
    worst: float = 0.0  # seconds of the processor
    elapsed: float = 0.0
    kept: int = 0
    failures: dict[str, int] = field(default_factory=dict)  # {place: how many inputs}

    def __str__(self) -> str:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        figures = (f"{self.count:,}", f"{self.accepted:,}", f"{len(self.failures):,}", f"{self.worst:.2f}", f"{peak:,}")
        return ROW.format(self.name, *figures, self.kept, f"{self.count / max(self.elapsed, 1e-9):,.0f}")


class Lines:
    """A context that notes, in `new`, whether lines of rnncli ran that had not run in it before. A line costs time only
    once."""

    def __init__(self):
        self.new, self._monitoring = False, getattr(sys, "monitoring", None)

    def __enter__(self):
        if self._monitoring is not None:
            self._monitoring.use_tool_id(TOOL, "fuzz")
            self._monitoring.register_callback(TOOL, self._monitoring.events.LINE, self._line)
            self._monitoring.restart_events()
            self._monitoring.set_events(TOOL, self._monitoring.events.LINE)
        return self

    def __exit__(self, *_):
        if self._monitoring is not None:
            self._monitoring.set_events(TOOL, 0)
            self._monitoring.free_tool_id(TOOL)

    def _line(self, code, _):
        self.new |= code.co_filename.startswith(PACKAGE)
        return sys.monitoring.DISABLE


def fuzz(parser: Parser, count: int, seconds: float, seed: int, found: Path) -> Row:
    """The Row of a parser after `count` inputs, or after `seconds`; what fails is written to the folder `found`."""
    draw, row = random.Random(seed), Row(parser.name)
    good, begun = list(parser.seeds), time.monotonic()
    with Lines() as lines:
        while row.count < count and row.elapsed < seconds:
            data = parser.seeds[row.count] if row.count < len(parser.seeds) else _changed(parser, good, draw)
            lines.new = False
            _attempt(parser, data, row, found)
            if lines.new and len(good) < KEPT:
                good.append(data)
            row.count += 1
            row.elapsed = time.monotonic() - begun
    row.kept = len(good) - len(parser.seeds)
    return row


def _changed(parser, good, draw):
    """An input made from a seed, or from one that reached new lines, often one of the last."""
    chosen = draw.choice((parser.seeds, good, good[-LAST:]))
    return parser.mutate(draw.choice(chosen), parser.words, draw, good)


def _attempt(parser, data, row, found):
    """Read an input and note what came of it."""
    begun, problem = time.process_time(), None
    signal.setitimer(signal.ITIMER_REAL, STUCK)
    try:
        row.accepted += parser.accepts(data)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 (whatever it is, it is what we look for)
        problem = (_place(error), traceback.format_exc())
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    taken = time.process_time() - begun
    row.worst = max(row.worst, taken)
    if problem is None and taken > HANG:
        problem = ("slow", f"{taken:.1f} s\n")
    if problem is not None:
        place, told = problem
        row.failures[place] = row.failures.get(place, 0) + 1
        if row.failures[place] == 1:
            _write(parser.name, data, place, told, found)


def _place(error):
    """The kind of an error and the last line of rnncli that it came from."""
    own = [each for each in traceback.extract_tb(error.__traceback__) if each.filename.startswith(PACKAGE)]
    where = f"{Path(own[-1].filename).relative_to(PACKAGE)}:{own[-1].lineno}" if own else "elsewhere"
    return f"{type(error).__name__} at {where}"


def _write(name, data, place, told, found):
    found.mkdir(parents=True, exist_ok=True)
    stem = f"{name.replace(' ', '-')}-{hashlib.sha256(data).hexdigest()[:10]}"
    (found / f"{stem}.bin").write_bytes(data)
    (found / f"{stem}.txt").write_text(f"{name}: {place}\n{data[:300]!r}\n\n{told}", errors="backslashreplace")


def _stuck(*_):
    raise Stuck(f"no end after {STUCK} s")


def _one(task: tuple[str, int, float, int, Path]) -> tuple[str, dict[str, int]]:
    """(the row of a parser as text, its failures) of (name, count, seconds, seed, folder), in a process of its own."""
    name, count, seconds, seed, found = task
    signal.signal(signal.SIGALRM, _stuck)
    warnings.simplefilter("error")  # a warning of NumPy on a terminal is no sentence
    warnings.simplefilter("ignore", DeprecationWarning)  # of codecs; Python shows none of them
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with tempfile.TemporaryDirectory() as folder:
        os.environ["RNNCLI_CACHE"] = folder
        row = fuzz(parsers(Path(folder))[name](), count, seconds, seed, found)
    return str(row), row.failures


def main(argv: Sequence[str] | None = None) -> int:
    """Fuzz the parsers that are named; returns the exit code."""
    every = list(parsers(Path()))
    command = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    command.add_argument("names", nargs="*", metavar="PARSER", help=f"{', '.join(every)}; without one: all")
    command.add_argument("--count", type=int, default=1_000_000, help="inputs of each parser, at most")
    command.add_argument("--seconds", type=float, default=600, help="for each parser, at most")
    command.add_argument("--jobs", type=int, default=1, help="parsers at the same time")
    command.add_argument("--seed", type=int, default=1)
    command.add_argument("--found", type=Path, default=Path("fuzz-found"), help="folder of what failed")
    given = command.parse_args(argv)
    if unknown := [name for name in given.names if name not in every]:
        command.error(f"no parser {unknown[0]!r}; known: {', '.join(every)}")
    print(HEADING, flush=True)
    failures = 0
    tasks = [(name, given.count, given.seconds, given.seed, given.found) for name in given.names or every]
    with get_context("spawn").Pool(given.jobs, maxtasksperchild=1) as pool:  # a process for each, for its memory
        for row, places in pool.imap(_one, tasks):
            print(row, *(f"    {place}: {many:,}" for place, many in places.items()), sep="\n", flush=True)
            failures += len(places)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
