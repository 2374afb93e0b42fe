"""Matrices kept in the layout in which multiplying a few rows by them is fastest."""

from functools import partial

from .matmul_tiling import PARTS

LARGE = 500_000  # numbers of a matrix that no core's own cache holds; a vector reads its columns faster
FEW_ROWS = 8  # copied at a time when transposing


def blocked(N, K, G, M, memory, parts=PARTS, training=False):
    """A matrix (K, G M) for products of N rows with it, in the layout that suits them."""
    room = partial(memory, training=training)
    if N == 1:
        return WholeMatrix(K, G, M, memory.xp, room)

    def measure(layout):
        trial = memory.trial()
        W = BlockedMatrix(N, K, G, M, trial.xp, trial, layout)
        calls = W.product(trial(N, K), trial(G, N, M))
        return lambda: [call() for call in calls]

    return BlockedMatrix(N, K, G, M, memory.xp, room, memory.layouts.choose(N, K, G, M, parts, measure))


def blocked_transposed(N, K, M, memory):
    """A matrix (K, M) that is given as its transpose, for the backward pass."""
    if N == 1:
        return WholeMatrix(K, 1, M, memory.xp, partial(memory, training=True), columns=True)
    return blocked(N, K, 1, M, memory, training=True)


class BlockedMatrix:
    """W (K, G M) for products y = x W of N rows, x (N, K), where y is (G, N, M): G results side by side.

    Kept as blocks (parts, G, M/r, K/parts, r). With more than one part the contraction is cut and the partial
    products are summed.
    """

    def __init__(self, N, K, G, M, xp, memory, layout):
        self.xp, (self.parts, self.width) = xp, layout
        self.blocks = memory(self.parts, G, M // self.width, K // self.parts, self.width)
        self.partial = memory(self.parts, G, N, M) if self.parts > 1 else None

    def pack(self, *pieces):
        """Copy in the rows of W, given as matrices (k, G M) one below the other; one matrix if there are parts."""
        parts, G, count, _, width = self.blocks.shape
        rows, start = self.blocks.transpose(0, 3, 1, 2, 4), 0
        for piece in pieces:
            k = len(piece) // parts
            rows[:, start : start + k] = piece.reshape(parts, k, G, count, width)
            start += k

    def halve(self, results):
        """Halve some of the G results, a slice."""
        self.blocks[:, results] *= 0.5

    def pack_transposed(self, W):
        """Copy in the transpose of W (M, K), for G = 1: few rows at a time, as a column of W may be one cache set."""
        parts, _, _, K, width = self.blocks.shape
        for block, rows in enumerate(W.reshape(-1, width, parts, K)):
            for start in range(0, width, FEW_ROWS):
                few = slice(start, start + FEW_ROWS)
                self.blocks[:, 0, block, :, few] = rows[few].transpose(1, 2, 0)

    def product(self, x, y):
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
    """W (K, G M) for products y = x W of one row, x (1, K), where y is (G, 1, M): nothing would be gained by blocks."""

    def __init__(self, K, G, M, xp, memory, columns=False):
        """columns: keep it column by column, so that its transpose is copied in as it lies."""
        self.xp, self.G = xp, G
        self.matrix = memory(G * M, K).T if columns or K * G * M > LARGE else memory(K, G * M)

    def pack(self, *pieces):
        """Copy in the rows of W, given as matrices (k, G M) one below the other."""
        start = 0
        for piece in pieces:
            self.matrix[start : start + len(piece)] = piece
            start += len(piece)

    def halve(self, results):
        """Halve some of the G results, a slice."""
        width = self.matrix.shape[1] // self.G
        self.matrix[:, results.start * width : results.stop * width] *= 0.5

    def pack_transposed(self, W):
        """Copy in the transpose of W (M, K), for G = 1."""
        self.matrix.T[...] = W

    def product(self, x, y):
        """y (G, 1, M) = x (1, K) W, as a list of calls."""
        return [partial(self.xp.dot, x, self.matrix, y.reshape(1, -1))]
