"""A process that carries out the phases of a shard: both ends of its pipes.

It is a fresh interpreter that follows orders of one byte. It ends when its pipe closes; one that fails reports the
reason, and the run ends with that error. One that was stopped by a signal is continued, and one that does not answer
ends the run.
"""

import json
import mmap
import os
import select
import signal
import struct
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from .. import errors
from ..errors import ResourceError, RnncliError
from ..nn.matmul_tiling import Layouts
from ..nn.memory import Memory
from ..plugins import load_code, user_code
from .communicator import carry_out
from .shard import DTYPE, Layout, Shard

DONE, FAILED = b".", b"!"
LENGTH = ">Q"  # of what a worker is told first
PACKAGE = Path(__file__).resolve().parents[2]
BOOT = (
    "import sys; sys.path[:] = sys.argv[1:2]; import rnncli; sys.path[:] = sys.argv[2:]; "
    "from rnncli.training.worker_process import serve; serve()"
)  # no other import before the path is set
PATH = "PYTHONPATH"  # a worker gets the path of this process; an empty part of the variable is the current folder
SHIELDED = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1") if hasattr(signal, name)]
LOOK_OUT = 3e-4  # seconds of busy waiting for another process: about the longest wait in a small step
PROMPT = 5.0  # seconds of waiting before a worker is looked at, and between two looks
SILENCE = 120.0  # seconds after which a worker that does not answer has hung, where nothing else is said
FAREWELL = 1.0  # seconds that a worker has to end
RESUME = "continue with --resume; or start again with --workers 1"


class Worker:
    """This process's end of a worker, which carries out the phases of shard k."""

    def __init__(self, k: int, count: int, given: dict[str, Any], handle: int):
        from ..config import to_dict

        self.k, config = k, given["config"]
        config = replace(config, data=replace(config.data, files=()))  # of no use there, and long
        given = given | {"k": k, "count": count, "config": to_dict(config), "handle": handle}
        self.process = started(command(), handle)
        orders, answers = self.process.stdin, self.process.stdout
        assert orders is not None and answers is not None  # both are pipes
        self._orders, self._answers, self._in, self._out = orders, answers, orders.fileno(), answers.fileno()
        self._introduce(json.dumps(given).encode())

    def _introduce(self, given: bytes) -> None:
        """Send the length and the bytes of what the worker is to know: a command line could be too short for it."""
        rest = memoryview(struct.pack(LENGTH, len(given)) + given)
        try:
            while rest:
                rest = rest[os.write(self._in, rest) :]
        except BrokenPipeError:
            self._gone()

    def send(self, phase: bytes) -> None:
        try:
            os.write(self._in, phase)
        except BrokenPipeError:
            self._gone()

    def wait(self, patience: float = SILENCE) -> list[str]:
        """Wait until the phase is done; returns remarks on what was in its way.

        Raises the error of a worker that failed, and ResourceError if it ended or is silent for `patience` seconds.
        """
        remarks, waited = [], 0.0
        while not select.select([self._out], [], [], PROMPT)[0]:
            waited += PROMPT
            if waited >= patience:
                raise ResourceError(
                    f"worker {self.k} (process {self.process.pid}) has not answered for {waited:.0f} seconds", RESUME
                )
            if self._is_stopped():
                self.process.send_signal(signal.SIGCONT)
                remarks.append(f"worker {self.k} (process {self.process.pid}) was stopped by a signal: continued it")
        answer = os.read(self._out, 1)
        if answer == FAILED:
            raise failure(self.k, self._answers.read())
        if answer != DONE:
            self._gone()
        return remarks

    def _is_stopped(self) -> bool:
        """Whether a signal has stopped the process; False where the system cannot say."""
        if not hasattr(os, "waitid"):
            return False
        return os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WNOHANG | os.WNOWAIT) is not None

    def _gone(self) -> None:
        code = self.process.wait()
        how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        raise ResourceError(f"worker {self.k} {how}", f"check that memory suffices; {RESUME}")

    def dismiss(self) -> None:
        """Let the process end."""
        self._orders.close()
        self._answers.close()

    def close(self) -> None:
        """Wait until the process has ended, or end it: it holds nothing that could be lost."""
        try:
            self.process.wait(FAREWELL)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def started(argv: list[Any], handle: int) -> subprocess.Popen:
    """The process of a command line, which inherits the file `handle`.

    Signals that are meant for the training process never reach it, not even while it starts: what is blocked stays so
    in a program that is started.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SHIELDED)
    try:
        return subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[handle],
            bufsize=0,
            env={name: value for name, value in os.environ.items() if name != PATH},
        )
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def failure(k: int, report: bytes) -> RnncliError:
    """The error that worker k reports, in the JSON of `reported`: its own if it is one of ours."""
    name, message, hint = json.loads(report)
    kind = getattr(errors, name, None)
    if isinstance(kind, type) and issubclass(kind, RnncliError):
        return kind(message, hint)
    return ResourceError(f"worker {k} failed: {name}: {message}", "use a smaller batch or --workers 1")


def reported(error: BaseException) -> bytes:
    """An error of a worker as JSON: [class, message, hint]."""
    return json.dumps([type(error).__name__, str(error), getattr(error, "hint", None)]).encode()


def command() -> list[Any]:
    """The command line of a worker: a fresh interpreter with the modules of this process.

    The current folder is not searched for modules (-P), unless this process does so by an absolute path: files beside
    a user's data must not run.
    """
    return [sys.executable, "-P", "-c", BOOT, PACKAGE, *filter(os.path.isabs, sys.path)]


def introduced(orders: int) -> dict[str, Any]:
    """What `Worker._introduce` sends, read from the pipe of the orders and not a byte further."""
    (length,) = struct.unpack(LENGTH, awaited(orders, struct.calcsize(LENGTH)))
    return json.loads(awaited(orders, length))


def awaited(orders: int, left: int) -> bytes:
    """So many bytes from the pipe of the orders; BrokenPipeError where the parent is killed before."""
    found = bytearray()
    while left:
        data = os.read(orders, left)
        if not data:
            raise BrokenPipeError
        found += data
        left -= len(data)
    return bytes(found)


def serve() -> None:
    """The main function of a worker: get ready, then one phase per order until the pipe closes."""
    orders, answers = sys.stdin.fileno(), sys.stdout.fileno()
    try:
        with user_code(), np.errstate(all="ignore"):
            shard, order, turns = enlisted(introduced(orders))
            os.write(answers, DONE)
            for turn in count(1):
                look_out(turns, 0, turn)
                phase = os.read(orders, 1)
                if not phase:
                    return
                carry_out(shard, phase, order)
                turns[shard.k] = turn
                os.write(answers, DONE)
    except BrokenPipeError:
        pass
    except Exception as error:  # on purpose: this is the top of a process, and its parent ends with whatever it was
        with suppress(BrokenPipeError):  # nobody is left to be told
            os.write(answers, FAILED + reported(error))
        sys.exit(1)


def enlisted(given: dict[str, Any]) -> tuple[Shard, np.ndarray, np.ndarray]:
    """(Shard, order, turns) of a worker, its arrays mapped and all plans made."""
    from ..config import from_dict
    from ..tasks.registry import build

    load_code(given["code"])
    config = from_dict(given["config"])
    model = build(config, given["size"])
    layout = Layout(config, model, given["sizes"], given["N"], given["count"])
    views = layout.views(mapped(given["handle"], layout.nbytes))
    memory = Memory(DTYPE, layouts=Layouts(given["layouts"]))
    shard = Shard(given["k"], config, model, layout, views, memory)
    for each in layout.sizes:
        shard.plan(each)
    return shard, views["order"], views["turns"]


def look_out(turns: np.ndarray, k: int, turn: int) -> None:
    """Wait busily for a moment until process k has reached its turn, if each process has a core of its own: a process
    that is awake when the byte arrives on its pipe need not be woken."""
    if cores() >= len(turns):
        until = time.perf_counter() + LOOK_OUT
        while turns[k] != turn and time.perf_counter() < until:
            pass


def mapped(handle: int, size: int) -> np.ndarray:
    return np.frombuffer(mmap.mmap(handle, size), "u1")


@cache
def cores() -> int:
    """The number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
