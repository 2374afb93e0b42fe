"""Where a plan gets its arrays from."""

from math import prod

import numpy as np

from .matmul_tiling import BY_RULE

ALIGNMENT = 64  # bytes: a cache line


class Memory:
    """Hands out aligned zero arrays of one dtype and remembers them, so that a plan can be sized before it runs.

    With `forward_only` what is asked for with `training`, needed in training alone, takes no room and cannot be
    written to. `layouts` says how matrices are cut.
    """

    def __init__(self, dtype, xp=np, forward_only=False, layouts=BY_RULE):
        self.dtype, self.xp, self.forward_only, self.layouts = np.dtype(dtype), xp, forward_only, layouts
        self.arrays, self.shared = [], {}

    def __call__(self, *shape, training=False):
        if training and self.forward_only:
            return self.xp.broadcast_to(self.xp.zeros((), self.dtype), shape)
        size = prod(shape) * self.dtype.itemsize
        raw = self.xp.zeros(size + ALIGNMENT, "u1")
        start = -raw.ctypes.data % ALIGNMENT
        self.arrays.append(raw[start : start + size].view(self.dtype).reshape(shape))
        return self.arrays[-1]

    def scratch(self, *shape, training=False):
        """An array that all who ask for this shape share: for what nobody needs after the call that wrote it."""
        if (shape, training) not in self.shared:
            self.shared[shape, training] = self(*shape, training=training)
        return self.shared[shape, training]

    def trial(self):
        """A Memory that is soon forgotten, of the same dtype."""
        return Memory(self.dtype)

    @property
    def nbytes(self):
        return sum(array.nbytes for array in self.arrays)
