"""Shards as processes over shared memory, each with one BLAS thread and a plan of its own.

The first shard is the training process itself; the others are fresh interpreters, started while it gets ready, that
answer orders on a pipe. The shared memory has no name: it is gone with the last process that holds it, however that
ends. A worker whose pipe closes ends; one that fails says why, and the run ends with its message.
"""

import json
import mmap
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from functools import cache
from itertools import count
from pathlib import Path

import numpy as np

from ..errors import ResourceError
from ..nn.matmul_tiling import Layouts
from ..nn.memory import Memory
from ..plugins import load_code, loaded_files
from .shard import DTYPE, Layout, Shard

DONE, FAILED = b".", b"!"
PACKAGE = Path(__file__).resolve().parents[2]
BOOT = (
    "import sys; sys.path[:] = sys.argv[2:3]; import rnncli; sys.path[:] = sys.argv[3:]; "
    "from rnncli.training.workers import serve; serve(sys.argv[1])"
)  # no other import before the path is set
AUTO = "auto"
LOOK_OUT = 3e-4  # seconds that a process stays awake for another: about its longest wait in a small step
WORTHWHILE = 5e7  # multiplications of a step: 2 ms of one core; below, a second process gains next to nothing
FEWEST_ROWS = 4  # for a process


class Team:
    """All shards of a run. Phases are carried out by every one at once; `views` holds what they share.

    config: Config; sizes: every T that a batch can have; N: its rows; size: what the encoder tells the model of itself;
    count: processes, this one included; memory: Memory of the own plans, whose layouts the others follow.
    Raises ResourceError where a worker cannot start, fails or is killed.
    """

    def __init__(self, config, model, sizes, N, size, count, memory):
        self.layout, self.workers, handle = Layout(config, model, max(sizes), N, count), [], None
        block = np.zeros(self.layout.nbytes + 64, "u1")
        if count > 1:
            handle, block = shared_block(self.layout.nbytes)
        start = -block.ctypes.data % 64
        self.views = self.layout.views(block[start:])
        self.shard = Shard(0, count, config, model, self.layout, self.views, memory)
        for T in sizes:
            self.shard.plan(T)  # before the others start: it may time how matrices are best cut
        if handle is not None:
            given = {
                "config": config,
                "sizes": list(sizes),
                "N": N,
                "size": size,
                "layouts": memory.layouts.known,
                "code": loaded_files(),
            }  # not config.model.code: a stored configuration names files only
            self.workers = [Worker(k, count, given, handle) for k in range(1, count)]
            os.close(handle)
        self._ready, self._turn = not self.workers, 0

    @property
    def nbytes(self):
        """Bytes of the shared arrays and of every shard's plans."""
        return self.layout.nbytes + self.shard.memory.nbytes * (1 + len(self.workers))

    @property
    def processes(self):
        """The process numbers of the workers."""
        return [worker.process.pid for worker in self.workers]

    def gradient(self, batch, number):
        """The gradients of the batch in step `number`; raises ResourceError where a worker could not start or ended."""
        if not self._ready:
            self.wait()
            self._ready = True
        T, views = len(batch.inputs), self.views
        for name in self.layout.batch:
            array = getattr(batch, name)
            if array is not None:  # a mask, where all is real
                views[name][: len(array)] = array
        self._carry_out(b"g", T, batch.mask is not None, number)

    def reduce(self):
        self._carry_out(b"r")

    def update(self, number, rate, scale):
        self._carry_out(b"u", number, rate, scale)

    def _carry_out(self, phase, *order):
        if self.workers:
            self._turn += 1
            self.views["order"][: len(order)] = order
            self.views["turns"][0] = self._turn
            for worker in self.workers:
                worker.tell(phase)
        carry_out(self.shard, phase, order)
        self.wait()

    def wait(self):
        for worker in self.workers:
            look_out(self.views["turns"], worker.k, self._turn)
            worker.wait()

    def close(self):
        for worker in self.workers:
            worker.close()


def look_out(turns, k, turn):
    """Look for a moment whether process k has come to its turn, where each process has a core of its own: who is awake
    when the byte arrives on its pipe need not be woken."""
    if cores() >= len(turns):
        until = time.perf_counter() + LOOK_OUT
        while turns[k] != turn and time.perf_counter() < until:
            pass


def carry_out(shard, phase, order):
    """One phase of a step, its numbers read from `order`, a sequence."""
    if phase == b"g":
        shard.gradient(int(order[0]), bool(order[1]), int(order[2]))
    elif phase == b"r":
        shard.reduce()
    else:
        shard.update(int(order[0]), float(order[1]), float(order[2]))


def shared_block(size):
    """(handle, bytes): an anonymous file of `size` bytes that another process can map by its handle."""
    if hasattr(os, "memfd_create"):
        handle = os.memfd_create("rnncli")
    else:
        with tempfile.TemporaryFile() as file:
            handle = os.dup(file.fileno())
    os.ftruncate(handle, size)
    return handle, mapped(handle, size)


def mapped(handle, size):
    return np.frombuffer(mmap.mmap(handle, size), "u1")


class Worker:
    """The other end of a process that carries out the phases of shard k."""

    def __init__(self, k, count, given, handle):
        from ..config import to_dict

        self.k, config = k, given["config"]
        config = replace(config, data=replace(config.data, files=()))  # a command line is not endless
        given = given | {"k": k, "count": count, "config": to_dict(config), "handle": handle}
        self.process = subprocess.Popen(
            command(json.dumps(given)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=[handle], bufsize=0
        )
        self._in, self._out = self.process.stdin.fileno(), self.process.stdout.fileno()

    def tell(self, phase):
        try:
            os.write(self._in, phase)
        except BrokenPipeError:
            self._gone()

    def wait(self):
        """Until the phase is done; raises ResourceError where the worker failed or is gone."""
        answer = os.read(self._out, 1)
        if answer == FAILED:
            raise ResourceError(
                f"worker {self.k} failed: {self.process.stdout.read().decode(errors='replace')}",
                "use a smaller batch or --workers 1",
            )
        if answer != DONE:
            self._gone()

    def _gone(self):
        code = self.process.wait()
        how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        raise ResourceError(f"worker {self.k} {how}", "is there enough memory? go on with --resume, or --workers 1")

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def command(given):
    """The command line of a worker, which is `given` a text: a fresh interpreter with the modules of this process.

    The current folder is not searched for modules (-P), unless this process does so by an absolute path: what lies
    beside the data of a user is not ours to run.
    """
    return [sys.executable, "-P", "-c", BOOT, given, PACKAGE, *filter(os.path.isabs, sys.path)]


def serve(given):
    """What a worker does, given a JSON text: get ready, then one phase for each order, until the pipe closes."""
    given = json.loads(given)
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


def enlisted(given):
    """(Shard, order, turns) of a worker: the arrays mapped, every plan made."""
    from ..config import from_dict
    from ..tasks.registry import build

    load_code(given["code"])
    config = from_dict(given["config"])
    model = build(config, given["size"])
    layout = Layout(config, model, max(given["sizes"]), given["N"], given["count"])
    views = layout.views(mapped(given["handle"], layout.nbytes))
    memory = Memory(DTYPE, layouts=Layouts(given["layouts"]))
    shard = Shard(given["k"], given["count"], config, model, layout, views, memory)
    for T in given["sizes"]:
        shard.plan(T)
    return shard, views["order"], views["turns"]


@cache
def cores():
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def choose_workers(wanted, model, T, N):
    """How many processes train: as `wanted`, or for "auto" as many as pay; one where memory cannot be shared."""
    if os.name != "posix":
        return 1
    if wanted != AUTO:
        return min(int(wanted), N)
    weights = sum(
        spec.shape[0] * spec.shape[1]
        for _, specs in model.store().specs.items()
        for spec in specs
        if len(spec.shape) == 2
    )
    return max(1, min(cores(), N // FEWEST_ROWS)) if 3 * weights * T * N >= WORTHWHILE else 1
