"""The blocks of a cell side by side: which parameters and which columns each group of them owns."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from .cell import Block
from .memory import Array


class Run(NamedTuple):
    """Neighbouring blocks that read the same columns of the rows [x | 1 | h], and the parameters they multiply."""

    blocks: slice  # of the cell's blocks
    rows: slice  # of [x | 1 | h]
    W_x: slice | None  # columns of W_x, of b and of W_h; None: not read as a row
    b: slice
    W_h: slice | None

    def pieces(self, p: Any) -> Iterator[Array]:
        """Views of the parameters `p`, to be stacked in the order of [x | 1 | h]."""
        if self.W_x:
            yield p.W_x[:, self.W_x]
        yield p.b[None, self.b]
        if self.W_h:
            yield p.W_h[:, self.W_h]


def runs(blocks: Sequence[Block], H: int, D: int) -> Iterator[Run]:
    """The Runs of a cell's blocks; rows begin with D columns of x."""
    without_x, first = sum("x" not in block.reads for block in blocks), 0
    for reads, group in groupby(block.reads for block in blocks):
        last = first + len(list(group))
        rows = slice(D if reads == "h" else 0, None if "h" in reads else D + 1)
        own, own_x = slice(first, last), slice(first - without_x, last - without_x)
        yield Run(
            own,
            rows,
            columns(own_x, H) if "x" in reads and D else None,
            columns(own, H),
            columns(own, H) if "h" in reads else None,
        )
        first = last


class Shares(NamedTuple):
    """The blocks that read x, h and u, each a slice of neighbouring blocks. W_x has H columns for each block of `x`;
    W_h has H for each block of `h`, then for each of `u`."""

    x: slice
    h: slice
    u: slice

    @classmethod
    def of(cls, blocks: Sequence[Block]) -> "Shares":
        return cls(*(span(source in block.reads for block in blocks) for source in "xhu"))

    def recurrent_columns(self, source: str, H: int) -> slice:
        """The columns of W_h that multiply "h" or "u"."""
        start = 0 if source == "h" else width(self.h)
        return columns(slice(start, start + width(getattr(self, source))), H)


def columns(blocks: slice, H: int) -> slice:
    """The columns of a slice of blocks."""
    return slice(blocks.start * H, blocks.stop * H)


def width(blocks: slice) -> int:
    """The number of blocks in a slice."""
    return blocks.stop - blocks.start


def overlap(blocks: slice, others: slice) -> slice:
    """The slice of those `blocks` that are among `others`, counted from the first of `blocks`."""
    start, stop = (min(max(edge, blocks.start), blocks.stop) - blocks.start for edge in (others.start, others.stop))
    return slice(start, stop)


def span(flags: Iterable[bool]) -> slice:
    """The slice of neighbouring true flags; empty when none is true."""
    which = [k for k, flag in enumerate(flags) if flag]
    return slice(which[0], which[-1] + 1) if which else slice(0, 0)
