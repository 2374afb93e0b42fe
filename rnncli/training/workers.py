"""Shards as processes over shared memory, each with one BLAS thread and a plan of its own.

The first shard is the training process itself; the others are fresh interpreters, started while it gets ready, that
follow orders on a pipe. The shared memory has no name: it is freed with the last process that holds it, however that
ends. A worker ends when its pipe closes; one that fails reports the reason, and the run ends with that message.
"""

import json
import mmap
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ResourceError
from ..nn.matmul_tiling import Layouts
from ..nn.memory import Memory
from ..plugins import load_code, loaded_files
from .communicator import Alone, Communicator, carry_out
from .shard import DTYPE, Layout, Shard

DONE, FAILED = b".", b"!"
PACKAGE = Path(__file__).resolve().parents[2]
BOOT = (
    "import sys; sys.path[:] = sys.argv[2:3]; import rnncli; sys.path[:] = sys.argv[3:]; "
    "from rnncli.training.workers import serve; serve(sys.argv[1])"
)  # no other import before the path is set
AUTO = "auto"
LOOK_OUT = 3e-4  # seconds of busy waiting for another process: about the longest wait in a small step
WORTHWHILE = 5e7  # multiplications of a step, 2 ms of one core; below that, a second process gains almost nothing
FEWEST_ROWS = 4  # per process


def communicator(
    config: Any, model: Any, sizes: Iterable[Iterable[int]], N: int, size: int, count: int, memory: Memory
) -> Communicator:
    """The Communicator of a run.

    config: Config; sizes: all sizes of batches; N: rows of a batch; size: of the encoder, for which the model is
    built; count: processes, this one included; memory: Memory of this process's plans, whose layouts the others
    adopt. Raises ResourceError if a worker cannot start, fails or is killed.
    """
    if count == 1:
        return Alone(Layout(config, model, sizes, N, 1), config, model, memory)
    return Team(config, model, sizes, N, size, count, memory)


class Team(Alone):
    """The Communicator of several processes, on shared arrays. Its arguments are those of `communicator`."""

    def __init__(
        self, config: Any, model: Any, sizes: Iterable[Iterable[int]], N: int, size: int, count: int, memory: Memory
    ):
        self.workers: list[Worker] = []
        layout = Layout(config, model, sizes, N, count)
        handle, block = shared_block(layout.nbytes)
        super().__init__(layout, config, model, memory, block)  # before the workers start: it may time products
        given = {
            "config": config,
            "sizes": layout.sizes,
            "N": N,
            "size": size,
            "layouts": memory.layouts.known,
            "code": loaded_files(),
        }  # not config.model.code: a stored configuration names files only
        self.workers = [Worker(k, count, given, handle) for k in range(1, count)]
        os.close(handle)
        self._ready, self._turn = False, 0

    @property
    def processes(self) -> list[int]:
        """The process numbers of the workers."""
        return [worker.process.pid for worker in self.workers]

    def gradient(self, batch: Any, number: int) -> None:
        if not self._ready:
            self.wait()
            self._ready = True
        super().gradient(batch, number)

    def _carry_out(self, phase: bytes, *order: float) -> None:
        self._turn += 1
        self.views["order"][: len(order)] = order
        self.views["turns"][0] = self._turn
        for worker in self.workers:
            worker.send(phase)
        super()._carry_out(phase, *order)

    def wait(self) -> None:
        for worker in self.workers:
            look_out(self.views["turns"], worker.k, self._turn)
            worker.wait()

    def close(self) -> None:
        for worker in self.workers:
            worker.close()


def look_out(turns: np.ndarray, k: int, turn: int) -> None:
    """Wait busily for a moment until process k has reached its turn, if each process has a core of its own: a process
    that is awake when the byte arrives on its pipe need not be woken."""
    if cores() >= len(turns):
        until = time.perf_counter() + LOOK_OUT
        while turns[k] != turn and time.perf_counter() < until:
            pass


def shared_block(size: int) -> tuple[int, np.ndarray]:
    """(handle, bytes): an anonymous file of `size` bytes, which another process can map by its handle."""
    if hasattr(os, "memfd_create"):
        handle = os.memfd_create("rnncli")
    else:
        with tempfile.TemporaryFile() as file:
            handle = os.dup(file.fileno())
    os.ftruncate(handle, size)
    return handle, mapped(handle, size)


def mapped(handle: int, size: int) -> np.ndarray:
    return np.frombuffer(mmap.mmap(handle, size), "u1")


class Worker:
    """This process's end of a worker, which carries out the phases of shard k."""

    def __init__(self, k: int, count: int, given: dict[str, Any], handle: int):
        from ..config import to_dict

        self.k, config = k, given["config"]
        config = replace(config, data=replace(config.data, files=()))  # the length of a command line is limited
        given = given | {"k": k, "count": count, "config": to_dict(config), "handle": handle}
        self.process = subprocess.Popen(
            command(json.dumps(given)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=[handle], bufsize=0
        )
        orders, answers = self.process.stdin, self.process.stdout
        assert orders is not None and answers is not None  # both are pipes
        self._orders, self._answers, self._in, self._out = orders, answers, orders.fileno(), answers.fileno()

    def send(self, phase: bytes) -> None:
        try:
            os.write(self._in, phase)
        except BrokenPipeError:
            self._gone()

    def wait(self) -> None:
        """Wait until the phase is done; raises ResourceError if the worker failed or ended."""
        answer = os.read(self._out, 1)
        if answer == FAILED:
            raise ResourceError(
                f"worker {self.k} failed: {self._answers.read().decode(errors='replace')}",
                "use a smaller batch or --workers 1",
            )
        if answer != DONE:
            self._gone()

    def _gone(self) -> None:
        code = self.process.wait()
        how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        raise ResourceError(
            f"worker {self.k} {how}", "check that memory suffices; continue with --resume, or use --workers 1"
        )

    def close(self) -> None:
        self._orders.close()
        self._answers.close()
        self.process.wait()


def command(given: str) -> list[Any]:
    """The command line of a worker with the argument `given`: a fresh interpreter with the modules of this process.

    The current folder is not searched for modules (-P), unless this process does so by an absolute path: files beside
    a user's data must not run.
    """
    return [sys.executable, "-P", "-c", BOOT, given, PACKAGE, *filter(os.path.isabs, sys.path)]


def serve(text: str) -> None:
    """The main function of a worker, with a JSON text: get ready, then one phase per order until the pipe closes."""
    given = json.loads(text)
    for number in (signal.SIGINT, signal.SIGTERM):  # meant for the training process, which then closes the pipe
        signal.signal(number, signal.SIG_IGN)
    orders, answers = sys.stdin.fileno(), sys.stdout.fileno()
    try:
        shard, order, turns = enlisted(given)
        os.write(answers, DONE)
        for turn in count(1):
            look_out(turns, 0, turn)
            phase = os.read(orders, 1)
            if not phase:
                return
            with np.errstate(all="ignore"):
                carry_out(shard, phase, order)
            turns[shard.k] = turn
            os.write(answers, DONE)
    except BrokenPipeError:
        pass
    except (MemoryError, OSError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        os.write(answers, FAILED + f"{type(error).__name__}: {error}".encode())
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


@cache
def cores() -> int:
    """The number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def choose_workers(wanted: str, model: Any, T: int, N: int) -> int:
    """The number of training processes: `wanted`, or for "auto" as many as speed it up; 1 without shared memory."""
    if os.name != "posix":
        return 1
    if wanted != AUTO:
        return min(int(wanted), N)
    return max(1, min(cores(), N // FEWEST_ROWS)) if 3 * model.multiplied() * T * N >= WORTHWHILE else 1
