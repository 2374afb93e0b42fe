"""Communication between the shards of a step: the interface, and the implementation for a single process.

`workers.Team` shares a batch among processes of this machine; sharing it among several machines takes the same
interface. The trainer, the dry run and the profile use nothing else.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from ..nn.memory import ALIGNMENT, Memory
from .shard import Layout, Shard, whole_norm

GRADIENT, REDUCE, UPDATE = b"g", b"r", b"u"


class Communicator(Protocol):
    """All shards of a run. A step is `gradient`, `reduce`, `update`, each carried out by every shard at once; results
    can be read in between. The arrays belong to the communicator and change with the next step."""

    @property
    def theta(self) -> np.ndarray:
        """(size,) the parameters after the last `update`."""
        ...

    @property
    def slots(self) -> dict[str, np.ndarray]:
        """{name: (size,)} the vectors of the optimizer, whole on this shard."""
        ...

    @property
    def state(self) -> Any:
        """The recurrent state of all rows at the start of the next `gradient`."""
        ...

    @property
    def loss(self) -> float:
        """Summed over the targets of all shards; after `gradient`."""
        ...

    @property
    def summed(self) -> np.ndarray:
        """(size,) the gradient, summed over all shards; valid from `reduce` to `update`."""
        ...

    @property
    def norm(self) -> float:
        """The global norm of `summed`; after `reduce`."""
        ...

    @property
    def taken(self) -> np.ndarray:
        """(size,) the step, subtracted from theta; valid from `update` to the next `gradient`."""
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
        """Compute the gradient of a Batch in step `number`, each shard for its own rows. Raises ResourceError if a
        shard could not start or has ended."""
        ...

    def reduce(self) -> None:
        """Sum the gradients of all shards, in a fixed order."""
        ...

    def update(self, number: int, rate: float, scale: float) -> None:
        """Take step `number` on the summed gradient times `scale`."""
        ...

    def wait(self) -> None:
        """Wait for the other shards; the three methods above end with it."""
        ...

    def remarks(self) -> list[str]:
        """What was in the way of the other shards since the last call, a sentence each."""
        ...

    def close(self) -> None:
        """End the other shards."""
        ...


class Alone:
    """The Communicator of a single shard, on the arrays of a Layout.

    block: bytes for these arrays, allocated here if None; memory: Memory of the plans, one for each size.
    """

    def __init__(self, layout: Layout, config: Any, model: Any, memory: Memory, block: np.ndarray | None = None):
        block = np.zeros(layout.nbytes + ALIGNMENT, "u1") if block is None else block
        self.layout, self.views = layout, layout.views(block[-block.ctypes.data % ALIGNMENT :])
        self.shard = Shard(0, config, model, layout, self.views, memory)
        self.whole = {size: layout.batch(self.views, size) for size in layout.sizes}
        for size in layout.sizes:
            self.shard.plan(size)

    @property
    def theta(self) -> np.ndarray:
        return self.views["theta"]

    @property
    def summed(self) -> np.ndarray:
        return self.views["summed"]

    @property
    def taken(self) -> np.ndarray:
        return self.views["taken"]

    @property
    def slots(self) -> dict[str, np.ndarray]:
        return self.shard.optimizer.slots

    @property
    def state(self) -> Any:
        return self.layout.state(self.views)

    @property
    def loss(self) -> float:
        return float(self.views["loss"].sum())

    @property
    def norm(self) -> float:
        return whole_norm(self.views)

    @property
    def nbytes(self) -> int:
        return self.layout.nbytes + self.shard.memory.nbytes * self.layout.count

    @property
    def processes(self) -> list[int]:
        return []

    def gradient(self, batch: Any, number: int) -> None:
        self._carry_out(GRADIENT, self.layout.sizes.index(batch.size), self._take_in(batch), number)

    def reduce(self) -> None:
        self._carry_out(REDUCE)

    def update(self, number: int, rate: float, scale: float) -> None:
        self._carry_out(UPDATE, number, rate, scale)

    def wait(self) -> None:
        """There is no other shard to wait for."""

    def remarks(self) -> list[str]:
        return []

    def close(self) -> None:
        """There is no other shard to end."""

    def _take_in(self, batch: Any) -> int:
        """Copy a batch into the shared arrays; returns the missing parts, a bit for each."""
        lacking, arrays = 0, batch.arrays
        for bit, (name, whole) in enumerate(self.whole[batch.size].items()):
            if arrays[name] is None:
                lacking |= 1 << bit
            else:
                whole[...] = arrays[name]
        return lacking

    def _carry_out(self, phase: bytes, *order: float) -> None:
        carry_out(self.shard, phase, order)
        self.wait()


def carry_out(shard: Shard, phase: bytes, order: Sequence[float] | np.ndarray) -> None:
    """Carry out one phase of a step with the arguments in `order`."""
    if phase == GRADIENT:
        shard.gradient(shard.layout.sizes[int(order[0])], int(order[1]), int(order[2]))
    elif phase == REDUCE:
        shard.reduce()
    else:
        shard.update(int(order[0]), float(order[1]), float(order[2]))
