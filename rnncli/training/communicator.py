"""How the shards of a step work together: one interface, and the communicator of a process that is alone.

`workers.Team` shares a batch among processes of this machine; whoever shares it among several machines implements the
same interface. The trainer, the dry run and the profile know nothing else.
"""

from typing import Any, Protocol

import numpy as np

from ..nn.memory import ALIGNMENT
from .shard import Shard, whole_norm

GRADIENT, REDUCE, UPDATE = b"g", b"r", b"u"


class Communicator(Protocol):
    """All shards of a run. A step is `gradient`, `reduce`, `update`, each carried out by every shard at once; what the
    step came to may be read between them. The arrays are the communicator's own and change with the next step."""

    @property
    def theta(self) -> np.ndarray:
        """(size,) the parameters, as they are after the last `update`."""
        ...

    @property
    def slots(self) -> dict[str, np.ndarray]:
        """{name: (size,)} the vectors of the optimizer, whole on this shard."""
        ...

    @property
    def state(self) -> Any:
        """The recurrent state of all rows, which the next `gradient` begins with."""
        ...

    @property
    def loss(self) -> float:
        """Summed over the targets of all shards; after `gradient`."""
        ...

    @property
    def summed(self) -> np.ndarray:
        """(size,) the gradient, summed over all shards; from `reduce` to `update`, which makes `taken` of it."""
        ...

    @property
    def norm(self) -> float:
        """The global norm of `summed`; after `reduce`."""
        ...

    @property
    def taken(self) -> np.ndarray:
        """(size,) the step taken: what was subtracted from theta; from `update` to the next `gradient`."""
        ...

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays of all shards."""
        ...

    @property
    def processes(self) -> list[int]:
        """The process numbers of the other shards on this machine."""
        ...

    def gradient(self, batch: Any, number: int) -> None:
        """The gradient of a Batch in step `number`, each shard that of its own rows. Raises ResourceError where a shard
        could not start or ended."""
        ...

    def reduce(self) -> None:
        """Sum the gradients of all shards, in a fixed order."""
        ...

    def update(self, number: int, rate: float, scale: float) -> None:
        """Take step `number` on the summed gradient times `scale`."""
        ...

    def wait(self) -> None:
        """Until the other shards have done their part; the three above end with it."""
        ...

    def close(self) -> None:
        """End the other shards."""
        ...


class Alone:
    """The Communicator of one shard, which reads and writes the arrays that a Layout describes.

    block: bytes for these arrays, made here if there is none; memory: Memory of the plans, one for each size.
    """

    def __init__(self, layout, config, model, memory, block=None):
        block = np.zeros(layout.nbytes + ALIGNMENT, "u1") if block is None else block
        self.layout, self.views = layout, layout.views(block[-block.ctypes.data % ALIGNMENT :])
        self.shard = Shard(0, config, model, layout, self.views, memory)
        self.whole = {size: layout.batch(self.views, size) for size in layout.sizes}
        for size in layout.sizes:
            self.shard.plan(size)

    theta, summed, taken = (property(lambda self, name=name: self.views[name]) for name in ("theta", "summed", "taken"))

    @property
    def slots(self):
        return self.shard.optimizer.slots

    @property
    def state(self):
        return self.layout.state(self.views)

    @property
    def loss(self):
        return float(self.views["loss"].sum())

    @property
    def norm(self):
        return whole_norm(self.views)

    @property
    def nbytes(self):
        return self.layout.nbytes + self.shard.memory.nbytes * self.layout.count

    @property
    def processes(self):
        return []

    def gradient(self, batch, number):
        self._carry_out(GRADIENT, self.layout.sizes.index(batch.size), self._take_in(batch), number)

    def reduce(self):
        self._carry_out(REDUCE)

    def update(self, number, rate, scale):
        self._carry_out(UPDATE, number, rate, scale)

    def wait(self):
        """There is nobody to wait for."""

    def close(self):
        """There is nobody to end."""

    def _take_in(self, batch):
        """Copy a batch to where every shard sees it; returns which parts it lacks, a bit for each."""
        lacking, arrays = 0, batch.arrays
        for bit, (name, whole) in enumerate(self.whole[batch.size].items()):
            if arrays[name] is None:
                lacking |= 1 << bit
            else:
                whole[...] = arrays[name]
        return lacking

    def _carry_out(self, phase, *order):
        carry_out(self.shard, phase, order)
        self.wait()


def carry_out(shard, phase, order):
    """One phase of a step, its numbers read from `order`, a sequence."""
    if phase == GRADIENT:
        shard.gradient(shard.layout.sizes[int(order[0])], int(order[1]), int(order[2]))
    elif phase == REDUCE:
        shard.reduce()
    else:
        shard.update(int(order[0]), float(order[1]), float(order[2]))
