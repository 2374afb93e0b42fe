"""A slice of a training step: some rows of every batch, and some elements of the parameter vector.

A step has three phases that every shard goes through, on arrays they all see: `gradient` of its own rows; `reduce`,
the sum of all gradients, in a fixed order, on its own elements; `update` of its own elements. One shard alone is
ordinary training; with several, each is a process (see `parallel`).
"""

from math import hypot, prod
from types import SimpleNamespace

import numpy as np

from ..nn.memory import ALIGNMENT, Memory
from ..optim.optimizer import DOT, build_optimizer, global_norm
from ..random_streams import Noise

DTYPE = np.dtype("f4")
DROPOUT = 1  # keeps the stream of the masks apart from others of the same seed


class Layout:
    """Names, shapes and types of the arrays that all shards see, one after the other in one block of memory."""

    def __init__(self, config, model, T, N, count):
        size = model.store().size
        slots = build_optimizer(config.optim, 0, DTYPE).slots
        states = model.initial_state(N, Memory(DTYPE))
        self.arrays = {"theta": ((size,), DTYPE)} | {f"g{k}": ((size,), DTYPE) for k in range(count)}
        self.arrays |= {f"opt/{name}": ((size,), DTYPE) for name in slots}
        self.arrays |= {
            f"state/{k}/{i}": (array.shape, DTYPE) for k, part in enumerate(states) for i, array in enumerate(part)
        }
        self.batch = tuple(model.batch(T, N))
        self.arrays |= model.batch(T, N)
        self.arrays |= {
            "loss": ((count,), "f8"),
            "norm": ((count,), "f8"),
            "order": ((5,), "f8"),
            "turns": ((count,), "i8"),
        }
        self.parts = [len(part) for part in states]

    @property
    def nbytes(self):
        return sum(self._room(*array) for array in self.arrays.values())

    @staticmethod
    def _room(shape, dtype):
        return -(-prod(shape) * np.dtype(dtype).itemsize // ALIGNMENT) * ALIGNMENT

    def views(self, block):
        """The arrays by name, views into `block` (nbytes,) of bytes, aligned if it is."""
        views, start = {}, 0
        for name, (shape, dtype) in self.arrays.items():
            stop = start + prod(shape) * np.dtype(dtype).itemsize
            views[name] = block[start:stop].view(dtype).reshape(shape)
            start += self._room(shape, dtype)
        return views

    def state(self, views, rows=slice(None)):
        """The recurrent state as a model takes it, for some rows of the batch."""
        return tuple(tuple(views[f"state/{k}/{i}"][rows] for i in range(count)) for k, count in enumerate(self.parts))


class Shard:
    """Shard k of `count`, on the arrays `views` of a Layout; its plans are made in `memory`."""

    def __init__(self, k, count, config, model, layout, views, memory):
        N, size = views["inputs"].shape[1], views["theta"].size
        self.model, self.seed, self.views, self.k = model, config.seed, views, k
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
        self.memory, self.plans, self.N = memory, {}, N

    def plan(self, T):
        """(plan, own rows of the batch) for T steps, made on its first use."""
        if T not in self.plans:
            batch = {
                name: self.views[name][: shape[0], self.rows]
                for name, (shape, _) in self.model.batch(T, self.N).items()
            }
            self.plans[T] = self.model.plan(T, self.rows.stop - self.rows.start, self.memory), batch
        return self.plans[T]

    def gradient(self, T, masked, number):
        """The gradient of the own rows of the batch, T steps, in step `number`; their loss and new state."""
        views, (plan, own) = self.views, self.plan(T)
        batch = SimpleNamespace(**own if masked else own | {"mask": None})
        self.own_gradient.fill(0)
        self.model.draw(Noise(self.seed, DROPOUT, number, rows=self.rows, N=self.N), plan)
        views["loss"][self.k], sT = self.model.loss_and_grad(self.p, self.g, batch, self.state, plan)
        for kept, new in zip(self.state, sT):
            for array, value in zip(kept, new):
                array[...] = value

    def reduce(self):
        """The own elements of g0 become the sum over all shards; their norm."""
        total = self.sums[0]
        for other in self.sums[1:]:
            total += other
        self.views["norm"][self.k] = global_norm(total)

    def update(self, number, rate, scale):
        """Scale the own elements of g0 and take the step on them; g0 then holds what was taken."""
        self.sums[0][...] *= scale
        self.optimizer.update(self.views["theta"], self.views["g0"], number, rate, self.part.start, self.part.stop)


def whole_norm(views):
    """The global norm of the sum of all gradients, after `reduce`."""
    return hypot(*views["norm"].tolist())
