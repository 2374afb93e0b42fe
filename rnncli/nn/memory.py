"""Where a plan gets its arrays from."""

from collections.abc import Callable
from copy import copy
from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from .matmul_tiling import Layouts

ALIGNMENT = 64  # bytes: a cache line
Array = NDArray[Any]
Observer = Callable[[str, int, dict[str, Array]], None]


class Memory:
    """Hands out aligned zero arrays of one dtype and remembers them, so that a plan can be sized before it runs.

    With `forward_only` what is asked for with `training`, needed in training alone, takes no room and cannot be
    written to. `layouts` says how matrices are cut, by rule where it is not given.

    observer(layer, t, {state: dL/dstate_t (N, H)}) is called by plans of recurrent layers at each step of the backward
    pass, t from the last step to the first. dL/dh_t is whole; like every state, c_t counts for what the steps after t
    make of it, as its part in h_t is in dL/dh_t. The arrays are those of the plan: copy what is to be kept.

    `notes`: what the user should know of the plans, in words, each once.
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
        """An array that all who ask for this shape share: for what nobody needs after the call that wrote it."""
        if (shape, training) not in self.shared:
            self.shared[shape, training] = self(*shape, training=training)
        return self.shared[shape, training]

    def within(self, name: str) -> "Memory":
        """This memory for the layer `name`, by which an observer knows it; inside another, "outer.inner"."""
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
        """A Memory that is soon forgotten, of the same dtype."""
        return Memory(self.dtype)

    @property
    def nbytes(self) -> int:
        return sum(array.nbytes for array in self.arrays)
