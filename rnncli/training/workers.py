"""Shards as processes over shared memory, each with one BLAS thread and a plan of its own.

The first shard is the training process itself; the others are processes of their own (see `worker_process`), started
while it gets ready. The shared memory has no name: it is freed with the last process that holds it, however that ends.
"""

import os
import tempfile
import time
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..nn.free_memory import refuse_beyond_memory
from ..nn.memory import Memory
from ..plugins import loaded_files
from .communicator import Alone, Communicator, carry_out
from .shard import Layout
from .worker_process import SILENCE, Worker, cores, look_out, mapped

AUTO = "auto"
SMALLER = (
    "lower --batch-size, --seq-length or --hidden-size; or, where tokens are words, keep the frequent ones alone: "
    "--max-vocab 50000"
)
SHARE = 20  # a worker has hung if it takes so many times as long as this process took for its share, and SILENCE
WORTHWHILE = 5e7  # multiplications of a step, 2 ms of one core; below that, a second process gains almost nothing
FEWEST_ROWS = 4  # per process


def communicator(
    config: Any, model: Any, sizes: Iterable[Iterable[int]], N: int, size: int, count: int, memory: Memory
) -> Communicator:
    """The Communicator of a run.

    config: Config; sizes: all sizes of batches; N: rows of a batch; size: of the encoder, for which the model is
    built; count: processes, this one included; memory: Memory of this process's plans, whose layouts the others
    adopt. Raises ResourceError if memory does not suffice, or a worker cannot start, fails or is killed.
    """
    layout = Layout(config, model, sizes, N, count)
    check_room(layout.nbytes)
    if count == 1:
        return Alone(layout, config, model, memory)
    return Team(layout, config, model, size, memory)


def check_room(nbytes: int) -> None:
    """Raise ResourceError unless memory has room for so many bytes of parameters, optimizer and plans."""
    refuse_beyond_memory("parameters, optimizer and batches", nbytes, SMALLER)


class Team(Alone):
    """The Communicator of several processes, one for each shard of a Layout, on shared arrays. Its other arguments are
    those of `communicator`."""

    def __init__(self, layout: Layout, config: Any, model: Any, size: int, memory: Memory):
        self.workers: list[Worker] = []
        handle, block = shared_block(layout.nbytes)
        super().__init__(layout, config, model, memory, block)  # before the workers start: it may time products
        given = {
            "config": config,
            "sizes": layout.sizes,
            "N": layout.N,
            "size": size,
            "layouts": memory.layouts.known,
            "code": loaded_files(),
        }  # not config.model.code: a stored configuration names files only
        self.workers = [Worker(k, layout.count, given, handle) for k in range(1, layout.count)]
        os.close(handle)
        self._ready, self._turn = False, 0
        self._remarks: list[str] = []

    @property
    def processes(self) -> list[int]:
        """The process numbers of the workers."""
        return [worker.process.pid for worker in self.workers]

    def remarks(self) -> list[str]:
        remarks, self._remarks = self._remarks, []
        return remarks

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
        begun = time.perf_counter()
        carry_out(self.shard, phase, order)
        self.wait(time.perf_counter() - begun)

    def wait(self, own: float = 0.0) -> None:
        """See `Communicator`; own: seconds that this process took for its share."""
        for worker in self.workers:
            look_out(self.views["turns"], worker.k, self._turn)
            self._remarks += worker.wait(max(SILENCE, SHARE * own))

    def close(self) -> None:
        for worker in self.workers:
            worker.dismiss()
        for worker in self.workers:
            worker.close()


def shared_block(size: int) -> tuple[int, np.ndarray]:
    """(handle, bytes): an anonymous file of `size` bytes, which another process can map by its handle."""
    if hasattr(os, "memfd_create"):
        handle = os.memfd_create("rnncli")
    else:
        with tempfile.TemporaryFile() as file:
            handle = os.dup(file.fileno())
    os.ftruncate(handle, size)
    return handle, mapped(handle, size)


def choose_workers(wanted: str, model: Any, T: int, N: int) -> int:
    """The number of training processes: `wanted`, or for "auto" as many as speed it up; 1 without shared memory."""
    if os.name != "posix":
        return 1
    if wanted != AUTO:
        return min(int(wanted), N)
    return max(1, min(cores(), N // FEWEST_ROWS)) if 3 * model.multiplied() * T * N >= WORTHWHILE else 1
