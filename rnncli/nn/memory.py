"""The source of the arrays of a plan."""

from copy import copy
from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from .matmul_tiling import Layouts
from .observing import Observer

ALIGNMENT = 64  # bytes: a cache line
Array = NDArray[Any]


class Memory:
    """Hands out aligned zero arrays of one dtype and remembers them, so that a plan can be sized before it runs.

    With `forward_only`, arrays requested with `training=True` take no memory and cannot be written to. `layouts`
    decides how matrices are cut; the default cuts them by rule.

    observer: an Observer of the recurrent layers; with one, no two layers share scratch arrays, so that the arrays of
    each plan can be read after the backward pass.

    `notes`: messages about the plans for the user, each once.
    """

    def __init__(
        self,
        dtype: DTypeLike,
        xp: Any = np,
        forward_only: bool = False,
        layouts: Layouts | None = None,
        observer: Observer | None = None,
    ):
        self.dtype, self.xp, self.forward_only = np.dtype(dtype), xp, forward_only
        self.layouts = Layouts() if layouts is None else layouts
        self.observer, self.name = observer, ""
        self.arrays: list[Array] = []
        self.shared: dict[Any, Array] = {}
        self.notes: list[str] = []

    def __call__(self, *shape: int, training: bool = False) -> Array:
        if training and self.forward_only:
            return self.xp.broadcast_to(self.xp.zeros((), self.dtype), shape)
        size = prod(shape) * self.dtype.itemsize
        raw = self.xp.zeros(size + ALIGNMENT, "u1")
        start = -raw.ctypes.data % ALIGNMENT
        self.arrays.append(raw[start : start + size].view(self.dtype).reshape(shape))
        return self.arrays[-1]

    def scratch(self, *shape: int, training: bool = False) -> Array:
        """An array shared by all who request this shape: for values used within a single call."""
        key = (shape, training, self.name)  # the name is "" without an observer
        if key not in self.shared:
            self.shared[key] = self(*shape, training=training)
        return self.shared[key]

    def within(self, name: str) -> "Memory":
        """This memory for the layer that an observer knows as `name`; inside another layer, "outer.inner"."""
        if self.observer is None:
            return self
        inner = copy(self)  # its arrays and notes are those of this one
        inner.name = f"{self.name}.{name}" if self.name else name
        return inner

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def like(self, forward_only: bool = False) -> "Memory":
        """An empty Memory of the same dtype, array library and layouts, not observed."""
        return Memory(self.dtype, self.xp, forward_only, self.layouts)

    def trial(self) -> "Memory":
        """A temporary Memory of the same dtype."""
        return Memory(self.dtype)

    @property
    def nbytes(self) -> int:
        return sum(array.nbytes for array in self.arrays)
