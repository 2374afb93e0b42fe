"""Contenders as processes that wait to be asked, and the memory that they take."""

import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from rnncli.cli.main import ONE_THREAD

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 20  # seconds for a worker to end by itself


class ContenderFailed(Exception):
    """A worker ended before it answered; what it wrote is on standard error."""


class Contender:
    """Workers of one maker and setting, asked for a burst at the same time; more than one copy for the peak alone.

    name: "ours", "torch", ...; setting: keywords of its `opened`; words: the setting for people; environment: more
    variables. A context manager: leaving it ends the processes.
    """

    def __init__(self, name, maker, workload, setting, words="", environment=None, copies=1):
        self.name, self.words, self.setting, self.about = name, words, setting, {}
        self.bursts = []  # seconds per unit, the median of each
        given = {"maker": f"benchmarks.{maker}", "workload": asdict(workload), "setting": setting}
        command = [sys.executable, "-m", "benchmarks.worker", json.dumps(given)]
        self.processes = [
            subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=variables(environment or {})
            )
            for _ in range(copies)
        ]

    def ready(self):
        """Wait until every process is; raises ContenderFailed."""
        self.about = self._answers("about")[0]
        return self

    def ask(self, seconds):
        """[[seconds per unit] of each process] of a burst; raises ContenderFailed."""
        for process in self.processes:
            with suppress(BrokenPipeError):  # it ended: there will be no answer
                process.stdin.write(f"{seconds}\n")
                process.stdin.flush()
        return self._answers("times")

    def _answers(self, key):
        lines = [process.stdout.readline() for process in self.processes]
        if not all(lines):
            raise ContenderFailed(f"{self.name} ({self.words}) failed" if self.words else f"{self.name} failed")
        return [json.loads(line)[key] for line in lines]

    def memory(self):
        """Bytes: the largest resident memory of each process and of all its descendants, summed; None off Linux.

        A file or shared memory that several of them have mapped counts once.
        """
        return peak_memory([process.pid for process in self.processes])

    def close(self):
        for process in self.processes:
            with suppress(BrokenPipeError):
                process.stdin.close()
        for process in self.processes:
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
            process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def variables(more):
    """The environment of a process that imports this source tree, with some more variables."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return os.environ | {"PYTHONPATH": path} | more


def one_thread():
    """The environment in which `rnncli train` runs NumPy."""
    return {name: "1" for name in ONE_THREAD}


def all_threads():
    """The environment in which `rnncli generate` runs NumPy on a machine where nothing else is said."""
    return {name: "" for name in ONE_THREAD}


def peak_memory(pids):
    """Bytes of VmHWM summed over processes and their descendants that still run, less what is counted more than once
    because they share it; None without /proc."""
    if not Path("/proc/self/status").exists():
        return None
    family = descendants(pids)
    total = sum(1024 * int(_status(Path("/proc", pid)).get("VmHWM", "0").split()[0]) for pid in family)
    mapped = [_mapped(Path("/proc", pid)) for pid in family]
    everything = set().union(*mapped)
    return total - sum(
        sum(each.get(part, 0) for each in mapped) - max(each.get(part, 0) for each in mapped) for part in everything
    )


def descendants(pids):
    """Processes and all that they have started, as texts."""
    children = {}
    for folder in Path("/proc").glob("[0-9]*"):
        children.setdefault(_status(folder).get("PPid"), []).append(folder.name)
    found, waiting = [], [str(pid) for pid in pids]
    while waiting:
        found.append(waiting.pop())
        waiting += children.get(found[-1], [])
    return found


def _mapped(folder):
    """{(device, inode, offset): resident bytes} of the files and the shared memory that a process has mapped."""
    found, part = {}, None
    try:
        lines = (folder / "smaps").read_text().splitlines()
    except OSError:
        return found
    for words in map(str.split, lines):
        if "-" in words[0] and len(words) >= 5:  # 7f00-7f10 r-xp 00001000 fd:01 1234 /usr/lib/x.so
            part = (words[3], words[4], words[2]) if words[4] != "0" else None
        elif words[0] == "Rss:" and part:
            found[part] = found.get(part, 0) + 1024 * int(words[1])
    return found


def _status(folder):
    """{name: text} of a process in /proc; empty once it is gone."""
    try:
        lines = (folder / "status").read_text().splitlines()
    except OSError:
        return {}
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
