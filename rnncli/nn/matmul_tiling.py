"""Cuts a matrix for fast products with a few rows: by a rule, or by a short timing on this machine.

OpenBLAS multiplies small matrices without packing them first, at 105-115 GFLOP/s per core, where one large product
reaches 65-90. So the rule cuts a matrix until its pieces are small. Another BLAS may be faster with the whole matrix.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Layout = tuple[int, int]  # (parts of the contraction, width of a block of columns)
Measure = Callable[[Layout], Callable[[], Any]]

SMALL = 1_000_000  # rows x contraction x columns of the largest product that OpenBLAS does not pack
WIDTHS = (64, 48, 32)
PARTS = (1, 2, 4, 8)
WORTH_TIMING = 2_000_000  # multiplications; for a smaller product timing costs more than a better cut gains
REPEATS = 12
MARGIN = 0.97  # the whole matrix is used if it takes less than this share of the time of the rule's cut


def choose_layout(N: int, K: int, M: int, parts: Sequence[int] = PARTS) -> Layout:
    """(parts, width): the fewest parts of the contraction K, then the widest blocks of the M columns."""
    for count in parts:
        for width in WIDTHS:
            if K % count == 0 and M % width == 0 and N * (K // count) * width <= SMALL:
                return count, width
    return 1, (16 if M % 16 == 0 else M)


class Layouts:
    """The layout of every matrix of a plan. `known`: {name of a product: [parts, width]} from earlier timings.

    The last digits of a long sum depend on the layout, so a run keeps the one it began with.
    """

    def __init__(self, known: Mapping[str, Sequence[int]] | None = None, timed: bool = False):
        self.known: dict[str, Sequence[int]] = dict(known or {})
        self.timed = timed
        self.used: dict[str, Layout] = {}

    def choose(self, N: int, K: int, G: int, M: int, parts: Sequence[int], measure: Measure) -> Layout:
        """(parts, width) for y (G, N, M) = x (N, K) W; measure(layout) returns a call that computes such a product.
        With parts (1,) the contraction stays uncut, and the product has a name of its own."""
        layout, name = choose_layout(N, K, M, parts), f"{N} x {K} x {G}*{M}{' uncut' if parts == (1,) else ''}"
        if self.timed and name not in self.known and N * K * G * M >= WORTH_TIMING and layout != (1, M):
            self.known[name] = list(faster(layout, (1, M), measure))
        count, width = self.known.get(name, layout)
        if count < 1 or width < 1 or K % count or M % width:  # not from a timing: a file that was changed
            count, width = layout
        self.used[name] = count, width
        return self.used[name]

    def words(self) -> tuple[str, ...]:
        """A line of text for each kind of product."""
        return tuple(f"{name}: {self._cut(name, *layout)}" for name, layout in self.used.items())

    def _cut(self, name, parts, width):
        G, M = map(int, name.split()[4].split("*"))
        blocks = "whole" if width == M else f"{G * M // width} blocks of {width} columns"
        how = "timed" if name in self.known else "by rule"
        return f"{blocks}, {parts} parts ({how})" if parts > 1 else f"{blocks} ({how})"


def faster(layout: Layout, whole: Layout, measure: Measure) -> Layout:
    """`layout`, unless a product with the `whole` matrix is clearly faster."""
    best = {cut: float("inf") for cut in (layout, whole)}
    calls = {cut: measure(cut) for cut in best}
    for _ in range(REPEATS):
        for cut, call in calls.items():
            begun = time.perf_counter()
            call()
            best[cut] = min(best[cut], time.perf_counter() - begun)
    return whole if best[whole] < MARGIN * best[layout] else layout
