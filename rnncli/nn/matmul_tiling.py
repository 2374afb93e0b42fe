"""How a matrix is best cut for products of a few rows with it: by a rule, or by a short timing on this machine.

OpenBLAS multiplies small matrices without packing them first: 105-115 GFLOP/s a core where one large product reaches
65-90. So the rule cuts a matrix until its pieces are small. Another BLAS may be faster with the whole.
"""

import time

SMALL = 1_000_000  # rows x contraction x columns of the largest product that OpenBLAS does not pack
WIDTHS = (64, 48, 32)
PARTS = (1, 2, 4, 8)
WORTH_TIMING = 2_000_000  # multiplications of a product; the cut of a smaller one matters less than its timing
REPEATS = 12
MARGIN = 0.97  # of the time that the rule's cut takes; less, and the whole matrix is taken


def choose_layout(N, K, M, parts=PARTS):
    """(parts, width): the fewest parts of the contraction K, then the widest blocks of the M columns."""
    for count in parts:
        for width in WIDTHS:
            if K % count == 0 and M % width == 0 and N * (K // count) * width <= SMALL:
                return count, width
    return 1, (16 if M % 16 == 0 else M)


class Layouts:
    """The cut of every matrix of a plan. `known`: {name of a product: [parts, width]} of earlier timings.

    The last digits of a long sum depend on the cut: a run keeps what it began with.
    """

    def __init__(self, known=None, timed=False):
        self.known, self.timed, self.used = dict(known or {}), timed, {}

    def choose(self, N, K, G, M, parts, measure):
        """(parts, width) for y (G, N, M) = x (N, K) W; measure(layout) is a call that makes such a product. With parts
        (1,) the contraction stays uncut, and the product has a name of its own."""
        layout, name = choose_layout(N, K, M, parts), f"{N} x {K} x {G}*{M}{' uncut' if parts == (1,) else ''}"
        if self.timed and name not in self.known and N * K * G * M >= WORTH_TIMING and layout != (1, M):
            self.known[name] = list(faster(layout, (1, M), measure))
        self.used[name] = tuple(self.known.get(name, layout))
        return self.used[name]

    def words(self):
        """A line for each kind of product."""
        return tuple(f"{name}: {self._cut(name, *layout)}" for name, layout in self.used.items())

    def _cut(self, name, parts, width):
        G, M = map(int, name.split()[4].split("*"))
        blocks = "whole" if width == M else f"{G * M // width} blocks of {width} columns"
        how = "timed" if name in self.known else "by rule"
        return f"{blocks}, {parts} parts ({how})" if parts > 1 else f"{blocks} ({how})"


def faster(layout, whole, measure):
    """`layout`, unless a product with the `whole` matrix is clearly faster."""
    best = {cut: float("inf") for cut in (layout, whole)}
    calls = {cut: measure(cut) for cut in best}
    for _ in range(REPEATS):
        for cut, call in calls.items():
            begun = time.perf_counter()
            call()
            best[cut] = min(best[cut], time.perf_counter() - begun)
    return whole if best[whole] < MARGIN * best[layout] else layout
