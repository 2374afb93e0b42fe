"""Edits between two sequences of symbols: how many there are, and which.

The distance is that of Levenshtein: the fewest symbols to insert, delete and replace. Columns of its table are bits, so
that one step handles a whole column: Myers, "A fast bit-vector algorithm for approximate string matching based on
dynamic programming", Journal of the ACM 46 (1999) 395-415; blocks of 64 rows with carries: Hyyrö, "A bit-vector
algorithm for computing Levenshtein and Damerau edit distances", Nordic Journal of Computing 10 (2003) 29-39.
"""

from collections import deque
from collections.abc import Sequence
from itertools import takewhile
from typing import TypeAlias

import numpy as np

Pair: TypeAlias = tuple[str | None, str | None]  # (written, true); None where the other has one too much
BITS = 64
CELLS = 1 << 22  # of a table; a larger one is divided


def distance(a: Sequence[str], b: Sequence[str]) -> int:
    """The distance of two sequences."""
    if not a or not b:
        return len(a) + len(b)
    mask, last = (1 << len(a)) - 1, 1 << (len(a) - 1)
    places: dict[str, int] = {}
    for i, symbol in enumerate(a):
        places[symbol] = places.get(symbol, 0) | 1 << i
    rises, falls, found = mask, 0, len(a)  # bit i: the table grows, or shrinks, by 1 from row i to row i + 1
    for symbol in b:
        equal = places.get(symbol, 0)
        across = (((equal & rises) + rises) ^ rises) | equal
        more, fewer = falls | ~(across | rises) & mask, rises & across  # the same from this column to the next
        found += bool(more & last) - bool(fewer & last)
        more, fewer = (more << 1 | 1) & mask, fewer << 1 & mask
        rises, falls = fewer | ~(equal | falls | more) & mask, more & (equal | falls)
    return found


class Candidates:
    """Sequences of symbols, each to be compared with others all at once."""

    def __init__(self, sequences: Sequence[Sequence[str]]):
        self.lengths = np.array([len(symbols) for symbols in sequences], np.intp)
        self.numbers = {symbol: k for k, symbol in enumerate(dict.fromkeys(s for each in sequences for s in each))}
        self.codes = np.zeros((self.lengths.max(initial=0), len(sequences)), np.intp)
        for row, symbols in enumerate(sequences):
            self.codes[: len(symbols), row] = [self.numbers[symbol] for symbol in symbols]

    def distances(self, a: Sequence[str]) -> np.ndarray:
        """(R,) the distance of `a` to each of the R sequences."""
        if not a:
            return self.lengths.copy()
        table, last = self._places(a), (len(a) - 1) % BITS
        rises = np.full((len(table), len(self.lengths)), -1, np.int64).view(np.uint64)
        falls = np.zeros_like(rises)
        found = np.full(len(self.lengths), len(a))
        for j, codes in enumerate(self.codes):
            more, fewer = np.uint64(1), np.uint64(0)  # the row above the table grows by 1 with each column
            for k, places in enumerate(table):
                top = last if k == len(table) - 1 else BITS - 1
                more, fewer = _column(places[codes], rises[k], falls[k], more, fewer, np.uint64(top))
            found += (j < self.lengths) * (more.astype(np.intp) - fewer.astype(np.intp))
        return found

    def _places(self, a):
        """(blocks, symbols) bits: at which places of `a` each symbol stands."""
        table = np.zeros((-(-len(a) // BITS), len(self.numbers)), np.uint64)
        for i, symbol in enumerate(a):
            if symbol in self.numbers:
                table[i // BITS, self.numbers[symbol]] |= np.uint64(1 << i % BITS)
        return table


def _column(equal, rises, falls, more_in, fewer_in, top):
    """The next column of a block of rows, in place of `rises` and `falls`; returns the bits that the block below
    takes. more_in, fewer_in: those of the block above."""
    one = np.uint64(1)
    vertical = equal | falls
    equal = equal | fewer_in
    across = (((equal & rises) + rises) ^ rises) | equal
    more, fewer = falls | ~(across | rises), rises & across
    out = more >> top & one, fewer >> top & one
    more, fewer = more << one | more_in, fewer << one | fewer_in
    rises[:] = fewer | ~(vertical | more)
    falls[:] = more & vertical
    return out


def edits(written: Sequence[str], truth: Sequence[str]) -> list[Pair]:
    """An alignment with the fewest edits: (symbol, symbol) where both have one, equal or replaced; (symbol, None) for
    one too much, (None, symbol) for a missing one. As many pairs differ as `distance` says."""
    shorter = min(len(written), len(truth))
    head = len([*takewhile(lambda k: written[k] == truth[k], range(shorter))])
    tail = len([*takewhile(lambda k: written[-1 - k] == truth[-1 - k], range(shorter - head))])
    middle = [symbols[head : len(symbols) - tail] for symbols in (written, truth)]
    numbers = {symbol: k for k, symbol in enumerate(dict.fromkeys([*middle[0], *middle[1]]))}
    a, b = (np.array([numbers[symbol] for symbol in symbols], np.intp) for symbols in middle)
    names = [*numbers]
    named = [(None if i < 0 else names[i], None if j < 0 else names[j]) for i, j in _aligned(a, b)]
    return [
        *zip(written[:head], truth[:head]),
        *named,
        *zip(written[len(written) - tail :], truth[len(truth) - tail :]),
    ]


def _aligned(a, b):
    """Aligned pairs of numbers, -1 for none. A table that is too large is divided at the middle of `a`: Hirschberg, "A
    linear space algorithm for computing maximal common subsequences", Communications of the ACM 18 (1975) 341-343."""
    if len(a) > 1 and len(a) * len(b) > CELLS:
        half = len(a) // 2
        above, below = _last_row(a[:half], b), _last_row(a[half:][::-1], b[::-1])[::-1]
        at = int(np.argmin(above + below))
        return _aligned(a[:half], b[:at]) + _aligned(a[half:], b[at:])
    table = np.array([*_rows(a, b)])
    pairs, i, j = [], len(a), len(b)
    while i or j:
        if i and j and table[i, j] == table[i - 1, j - 1] + (a[i - 1] != b[j - 1]):
            i, j = i - 1, j - 1
            pairs.append((int(a[i]), int(b[j])))
        elif i and table[i, j] == table[i - 1, j] + 1:
            i -= 1
            pairs.append((int(a[i]), -1))
        else:
            j -= 1
            pairs.append((-1, int(b[j])))
    return pairs[::-1]


def _last_row(a, b):
    return deque(_rows(a, b), 1)[0]


def _rows(a, b):
    """Yield the rows of the table of distances of the beginnings of a and b, (len(b) + 1,) each."""
    column = np.arange(len(b) + 1)
    row = column
    yield row
    for i, symbol in enumerate(a):
        new = np.empty_like(row)
        new[0] = i + 1
        np.minimum(row[1:] + 1, row[:-1] + (b != symbol), out=new[1:])
        row = np.minimum.accumulate(new - column) + column  # a step to the right costs 1
        yield row
