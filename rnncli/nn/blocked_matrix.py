"""Matrices kept in the layout in which multiplying a few rows by them is fastest."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from .call_recorder import Calls
from .matmul_tiling import PARTS
from .memory import Array, Memory

LARGE = 500_000  # elements of a matrix too large for a core's own cache: a vector multiplies its columns faster
FEW_ROWS = 8  # rows copied at a time when transposing


def blocked(
    N: int, K: int, G: int, M: int, memory: Memory, parts: Sequence[int] = PARTS, training: bool = False
) -> "WholeMatrix | BlockedMatrix":
    """A matrix (K, G M) for products of N rows with it, in the fastest layout for that many rows."""
    room = partial(memory, training=training)
    if N == 1:
        return WholeMatrix(K, G, M, memory.xp, room)

    def measure(layout):
        trial = memory.trial()
        W = BlockedMatrix(N, K, G, M, trial.xp, trial, layout)
        calls = W.product(trial(N, K), trial(G, N, M))
        return lambda: [call() for call in calls]

    return BlockedMatrix(N, K, G, M, memory.xp, room, memory.layouts.choose(N, K, G, M, parts, measure))


def blocked_transposed(N: int, K: int, M: int, memory: Memory) -> "WholeMatrix | BlockedMatrix":
    """A matrix (K, M) for the backward pass, packed from its transpose."""
    if N == 1:
        return WholeMatrix(K, 1, M, memory.xp, partial(memory, training=True), columns=True)
    return blocked(N, K, 1, M, memory, training=True)


class BlockedMatrix:
    """W (K, G M) for products y = x W of N rows, x (N, K), where y is (G, N, M): G results side by side.

    Stored as blocks (parts, G, M/r, K/parts, r). With more than one part the contraction K is cut, and the partial
    products are summed.
    """

    def __init__(self, N: int, K: int, G: int, M: int, xp: Any, memory: Callable[..., Array], layout: tuple[int, int]):
        self.xp, (self.parts, self.width) = xp, layout
        self.blocks = memory(self.parts, G, M // self.width, K // self.parts, self.width)
        self.partial = memory(self.parts, G, N, M) if self.parts > 1 else None

    def pack(self, *pieces: Array) -> None:
        """Copy in the rows of W from matrices (k, G M), one below the other; a single matrix if there are parts."""
        parts, G, count, _, width = self.blocks.shape
        rows, start = self.blocks.transpose(0, 3, 1, 2, 4), 0
        for piece in pieces:
            k = len(piece) // parts
            rows[:, start : start + k] = piece.reshape(parts, k, G, count, width)
            start += k

    def halve(self, results: slice) -> None:
        """Halve the weights of a slice of the G results."""
        self.blocks[:, results] *= 0.5

    def pack_transposed(self, W: Array) -> None:
        """Copy in the transpose of W (M, K), for G = 1: few rows at a time, as a column of W may be one cache set."""
        parts, _, _, K, width = self.blocks.shape
        for block, rows in enumerate(W.reshape(-1, width, parts, K)):
            for start in range(0, width, FEW_ROWS):
                few = slice(start, start + FEW_ROWS)
                self.blocks[:, 0, block, :, few] = rows[few].transpose(1, 2, 0)

    def product(self, x: Array, y: Array) -> Calls:
        """y (G, N, M) = x (N, K) W, as a list of calls."""
        if self.parts == 1:
            return [partial(self.xp.matmul, x, self.blocks[0], self._columns(y))]
        N, K = x.shape
        cut = x.reshape(N, self.parts, 1, 1, K // self.parts).transpose(1, 2, 3, 0, 4)
        return [
            partial(self.xp.matmul, cut, self.blocks, self._columns(self.partial)),
            partial(self.xp.add.reduce, self.partial, axis=0, out=y),
        ]

    def _columns(self, y):
        """y (..., N, M) by column blocks, (..., M/r, N, r)."""
        *lead, N, M = y.shape
        return y.reshape(*lead, N, M // self.width, self.width).swapaxes(-3, -2)


class WholeMatrix:
    """W (K, G M) for products y = x W of one row, x (1, K), where y is (G, 1, M): blocks would gain nothing."""

    def __init__(self, K: int, G: int, M: int, xp: Any, memory: Callable[..., Array], columns: bool = False):
        """columns: store it column by column, so that its transpose is copied in without reordering."""
        self.xp, self.G = xp, G
        self.matrix = memory(G * M, K).T if columns or K * G * M > LARGE else memory(K, G * M)

    def pack(self, *pieces: Array) -> None:
        """Copy in the rows of W from matrices (k, G M), one below the other."""
        start = 0
        for piece in pieces:
            self.matrix[start : start + len(piece)] = piece
            start += len(piece)

    def halve(self, results: slice) -> None:
        """Halve the weights of a slice of the G results."""
        width = self.matrix.shape[1] // self.G
        self.matrix[:, results.start * width : results.stop * width] *= 0.5

    def pack_transposed(self, W: Array) -> None:
        """Copy in the transpose of W (M, K), for G = 1."""
        self.matrix.T[...] = W

    def product(self, x: Array, y: Array) -> Calls:
        """y (G, 1, M) = x (1, K) W, as a list of calls."""
        return [partial(self.xp.dot, x, self.matrix, y.reshape(1, -1))]
