"""A slice of a training step: some rows of every batch, and some elements of the parameter vector.

Every shard goes through three phases of a step, on shared arrays: `gradient` of its own rows; `reduce`, the sum of all
gradients, in a fixed order, on its own elements; `update` of its own elements. A single shard is ordinary training;
with several, each is a process (see `workers`).
"""

from collections.abc import Iterable, Mapping
from math import hypot, prod
from types import SimpleNamespace
from typing import Any

import numpy as np

from ..nn.memory import ALIGNMENT, Memory
from ..optim.optimizer import DOT, build_optimizer, global_norm
from ..random_streams import Noise

DTYPE = np.dtype("f4")
BATCH = "batch/"  # a namespace of its own: a batch may have an array called loss
DROPOUT = 1  # keeps the stream of the masks apart from others of the same seed


class Layout:
    """Names, shapes and types of the shared arrays, one after the other in one block of memory.

    theta, g0, g1, ... (size,)  parameters; the gradient of each of `count` shards
    opt/NAME (size,)            vectors of the optimizer
    state/LAYER/NUMBER (N, H)   recurrent state
    batch/NAME                  the parts of a batch of N rows, with room for any of the `sizes`
    loss, norm (count,)         of each shard
    order (3,), turns (count,)  arguments of the current phase; number of phases that each shard has done

    `summed` and `taken` are other names of g0: `reduce` makes it the sum of all gradients, `update` the step taken.
    """

    def __init__(self, config: Any, model: Any, sizes: Iterable[Iterable[int]], N: int, count: int):
        self.model, self.sizes, self.N, self.count = model, tuple(map(tuple, sizes)), N, count
        size, states = model.store().size, model.initial_state(N, Memory(DTYPE))
        self.parts = [len(part) for part in states]
        slots = build_optimizer(config.optim, 0, DTYPE).slots
        self.arrays = {"theta": ((size,), DTYPE)} | {f"g{k}": ((size,), DTYPE) for k in range(count)}
        self.arrays |= {f"opt/{name}": ((size,), DTYPE) for name in slots}
        self.arrays |= {
            f"state/{k}/{i}": (array.shape, DTYPE) for k, part in enumerate(states) for i, array in enumerate(part)
        }
        self.arrays |= {BATCH + name: array for name, array in self._largest().items()}
        self.arrays |= {
            "loss": ((count,), "f8"),
            "norm": ((count,), "f8"),
            "order": ((3,), "f8"),
            "turns": ((count,), "i8"),
        }

    def _largest(self) -> dict[str, tuple[tuple[int, ...], Any]]:
        """{name: (shape, dtype)} of every part of a batch, each axis as long as in the largest of the sizes."""
        every = [self.model.batch(size, self.N) for size in self.sizes]
        return {
            name: (tuple(map(max, zip(*(parts[name].shape for parts in every)))), part.dtype)
            for name, part in every[0].items()
        }

    @property
    def nbytes(self) -> int:
        return sum(self._room(*array) for array in self.arrays.values())

    @staticmethod
    def _room(shape: tuple[int, ...], dtype: Any) -> int:
        return -(-prod(shape) * np.dtype(dtype).itemsize // ALIGNMENT) * ALIGNMENT

    def views(self, block: np.ndarray) -> dict[str, np.ndarray]:
        """The arrays by name, views into `block` (nbytes,) of bytes, aligned if the block is."""
        views, start = {}, 0
        for name, (shape, dtype) in self.arrays.items():
            stop = start + prod(shape) * np.dtype(dtype).itemsize
            views[name] = block[start:stop].view(dtype).reshape(shape)
            start += self._room(shape, dtype)
        return views | {"summed": views["g0"], "taken": views["g0"]}

    def state(self, views: Mapping[str, np.ndarray], rows: slice = slice(None)) -> Any:
        """The recurrent state in a model's form, for some rows of the batch."""
        return tuple(tuple(views[f"state/{k}/{i}"][rows] for i in range(count)) for k, count in enumerate(self.parts))

    def batch(self, views: Mapping[str, np.ndarray], size: Any, rows: slice = slice(None)) -> dict[str, np.ndarray]:
        """{name: array} of a batch of this size, for some of its rows."""
        return {
            name: views[BATCH + name][
                tuple(rows if axis == part.rows else slice(length) for axis, length in enumerate(part.shape))
            ]
            for name, part in self.model.batch(size, self.N).items()
        }


class Shard:
    """Shard k of a Layout, on its arrays `views`; its plans are made in `memory`."""

    def __init__(
        self, k: int, config: Any, model: Any, layout: Layout, views: Mapping[str, np.ndarray], memory: Memory
    ):
        N, count, size = layout.N, layout.count, views["theta"].size
        self.model, self.seed, self.layout, self.views, self.k = model, config.seed, layout, views, k
        self.rows = slice(N * k // count, N * (k + 1) // count)
        cuts = [size * j // count // DOT * DOT for j in range(count)] + [size]
        self.part = slice(cuts[k], cuts[k + 1])
        store = model.store()
        self.p, self.g = store.views(views["theta"]), store.views(views[f"g{k}"])
        self.own_gradient = views[f"g{k}"]
        self.sums = [views[f"g{j}"][self.part] for j in range(count)]
        self.state = layout.state(views, self.rows)
        slots = iter([views[name] for name in views if name.startswith("opt/")])
        self.optimizer = build_optimizer(config.optim, size, DTYPE, store.decayed(), lambda size, dtype: next(slots))
        self.memory, self.plans, self.batches = memory, {}, {}

    def plan(self, size: Any) -> Any:
        """The plan for the shard's rows of batches of this size, made on its first use."""
        if size not in self.plans:
            self.plans[size] = self.model.plan(size, self.rows.stop - self.rows.start, self.memory)
        return self.plans[size]

    def batch(self, size: Any, lacking: int) -> SimpleNamespace:
        """The shard's rows of a batch in the model's form; lacking: a bit for each part that is None, such as the mask
        of a batch without filler."""
        if (size, lacking) not in self.batches:
            parts = enumerate(self.layout.batch(self.views, size, self.rows).items())
            own = {name: None if lacking >> bit & 1 else array for bit, (name, array) in parts}
            self.batches[size, lacking] = SimpleNamespace(**own)
        return self.batches[size, lacking]

    def gradient(self, size: Any, lacking: int, number: int) -> None:
        """Compute the gradient, the loss and the new state of the shard's rows in step `number`."""
        views, plan, batch = self.views, self.plan(size), self.batch(size, lacking)
        self.own_gradient.fill(0)
        self.model.draw(Noise(self.seed, DROPOUT, number, rows=self.rows, N=self.layout.N), plan)
        views["loss"][self.k], sT = self.model.loss_and_grad(self.p, self.g, batch, self.state, plan)
        for kept, new in zip(self.state, sT):
            for array, value in zip(kept, new):
                array[...] = value

    def reduce(self) -> None:
        """Sum the shard's elements over all gradients into `summed`, and compute their norm."""
        total = self.sums[0]
        for other in self.sums[1:]:
            total += other
        self.views["norm"][self.k] = global_norm(total)

    def update(self, number: int, rate: float, scale: float) -> None:
        """Take the step on the shard's elements of `summed`, scaled; the array is then `taken`, the step."""
        self.sums[0][...] *= scale
        self.optimizer.update(self.views["theta"], self.views["taken"], number, rate, self.part.start, self.part.stop)


def whole_norm(views: Mapping[str, np.ndarray]) -> float:
    """The global norm of the sum of all gradients, after `reduce`."""
    return hypot(*views["norm"].tolist())
