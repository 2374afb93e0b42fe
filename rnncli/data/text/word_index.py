"""Numbers the words of a text in the order of their first appearance, with arrays in place of a loop over words.

A word of up to 31 bytes of UTF-8 is a key of 1, 2 or 4 integers of 64 bits: its bytes, and its length in the last byte,
so that equal keys are equal words. Keys are found in tables with open addressing; new words and longer ones go through
a dictionary.
"""

import os
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from itertools import count

import numpy as np

from ...errors import DataError
from .encoders import CODE_POINTS, code_points
from .word_vocabulary import marks

LETTER, BLANK, SPACE = 1, 2, 3  # kinds of code points; 0: any other. SPACE is U+0020, which the next word takes
WIDTHS = (1, 2, 4)  # integers of a key
LONGEST = 8 * WIDTHS[-1]  # bytes of the longest key, its length included
MASKS = np.array([(1 << 8 * k) - 1 for k in range(9)], np.uint64)  # of the first k bytes
SLOTS = 1 << 16  # of an empty table; it doubles when half full
MOST = 1 << 23  # different words, each of which takes about 300 bytes
FEW = 4096  # unknown words that go through the dictionary at once: most of the others are the same words again
ASCII = 0x80


@cache
def kinds_up_to(end: int) -> np.ndarray:
    """(end,) uint8, the kind of each code point below `end`."""
    text = "".join(map(chr, range(end)))
    kinds = BLANK * np.fromiter(map(str.isspace, text), np.uint8, end)
    kinds[np.fromiter(map(str.isalnum, text), bool, end)] = LETTER  # with the underscore, what \w means
    others = code_points("_" + marks())
    kinds[others[others < end]] = LETTER
    kinds[ord(" ")] = SPACE
    return kinds


def kinds_of(codes: np.ndarray) -> np.ndarray:
    """(L,) uint8, the kinds of code points (L,)."""
    last = int(codes.max(initial=0))
    return kinds_up_to(min(CODE_POINTS, max(ASCII, 1 << last.bit_length())))[codes]


def word_starts(codes: np.ndarray) -> np.ndarray:
    """(S,) where each word of `split_words` begins in a text of code points (L,)."""
    kinds = kinds_of(codes)
    letters, spaces = kinds == LETTER, kinds == SPACE
    begins = np.ones(len(codes), bool)
    begins[1:] = ~(letters[1:] & letters[:-1] | (kinds[1:] < BLANK) & spaces[:-1])
    return np.flatnonzero(begins)


@dataclass(frozen=True)
class Pieces:
    """The words of a text: bytes[starts[i]:ends[i]] in UTF-8, and for each width the words (which, keys) it holds."""

    data: bytes
    starts: np.ndarray  # (S,)
    ends: np.ndarray  # (S,)
    groups: list[tuple[np.ndarray, list[np.ndarray]]]  # one per width: indices (n,), and as many columns (n,) uint64

    @classmethod
    def of(cls, text: str) -> "Pieces":
        """The words of `text` as `split_words` cuts them."""
        data = text.encode("utf-8", "surrogatepass")
        if len(data) == len(text):
            starts = word_starts(np.frombuffer(data, np.uint8))
        else:
            codes = code_points(text)
            widths = 1 + (codes >= ASCII).view(np.int8) + (codes >= 0x800) + (codes >= 0x10000)
            starts = (np.cumsum(widths) - widths)[word_starts(codes)]
        ends = np.append(starts[1:], len(data)) if len(starts) else starts
        return cls(data, starts, ends, _groups(data, starts, ends - starts))

    def words(self, which: np.ndarray) -> list[str]:
        """The words of these indices, (n,)."""
        bounds = zip(self.starts[which].tolist(), self.ends[which].tolist())
        return [self.data[start:end].decode("utf-8", "surrogatepass") for start, end in bounds]


def _groups(data, starts, lengths):
    padded = data + bytes(LONGEST)
    eights = np.ndarray((len(data) + LONGEST - 7,), np.dtype("<u8"), padded, strides=(1,))  # 8 bytes from each place on
    groups, shortest = [], 0
    for width in WIDTHS:
        which = np.flatnonzero((lengths >= shortest) & (lengths < 8 * width))
        first, sizes = starts[which], lengths[which]
        columns = [eights[first + 8 * k] & MASKS[np.clip(sizes - 8 * k, 0, 8)] for k in range(width)]
        columns[-1] |= sizes.astype(np.uint64) << np.uint64(56)
        groups.append((which, columns))
        shortest = 8 * width
    return groups


class WordIndex:
    """Numbers words in the order of their first appearance, while the text is being read."""

    def __init__(self):
        self._index = defaultdict(count().__next__)
        self._tables = [_Table(width) for width in WIDTHS]

    @property
    def words(self) -> list[str]:
        return list(self._index)

    def number(self, pieces: Pieces) -> np.ndarray:
        """The numbers of the words, (S,) uint32; a new word gets the next one. DataError for more than MOST words."""
        numbers = np.full(len(pieces.starts), -1, np.int64)
        self._find(pieces, numbers, slice(None))
        some = FEW
        while len(unknown := np.flatnonzero(numbers < 0)):
            self._learn(pieces, numbers, unknown[:some])
            if len(unknown) > some:
                self._find(pieces, numbers, None)
            some *= 4
            if len(self._index) > MOST:
                raise DataError(
                    f"more than {MOST:,} different words, which are too many for the memory",
                    "--tokens char or --tokens byte needs no vocabulary of words; or name less text",
                )
        return numbers.astype(np.uint32)

    def _find(self, pieces, numbers, left):
        """Set the numbers that the tables have; `left`: which of each group are looked up, None: those below 0."""
        for table, (which, keys) in zip(self._tables, pieces.groups):
            at = np.flatnonzero(numbers[which] < 0) if left is None else left
            numbers[which[at]] = table.find([column[at] for column in keys])

    def _learn(self, pieces, numbers, unknown):
        """Set the numbers of some words by the dictionary, and put new words into the tables."""
        known, words = len(self._index), pieces.words(unknown)
        numbers[unknown] = np.fromiter(map(self._index.__getitem__, words), np.int64, len(words))
        self._enter(pieces, numbers, known)

    def _enter(self, pieces, numbers, known):
        """Put the words whose numbers are not below `known` into the tables."""
        for table, (which, keys) in zip(self._tables, pieces.groups):
            new = which[numbers[which] >= known]
            values, first = np.unique(numbers[new], return_index=True)
            at = np.searchsorted(which, new[first])
            table.add([column[at] for column in keys], values)


class _Table:
    """Keys of several integers and their numbers: open addressing, slot after slot.

    The multipliers are random, so that no text can be made whose words all fall into one slot; no result depends on
    them.
    """

    def __init__(self, width):
        self._multipliers = np.frombuffer(os.urandom(8 * width), np.uint64) | np.uint64(1)
        self._reset(SLOTS)

    def _reset(self, slots):
        self._columns = [np.zeros(slots, np.uint64) for _ in self._multipliers]
        self._numbers, self._count = np.zeros(slots, np.int64), 0

    def _first_slots(self, keys):
        mixed = np.zeros(len(keys[0]), np.uint64)
        for column, multiplier in zip(keys, self._multipliers):
            mixed ^= column
            mixed ^= mixed >> np.uint64(32)
            mixed *= multiplier
        return (mixed >> np.uint64(64 - (len(self._numbers).bit_length() - 1))).astype(np.int64)

    def find(self, keys: list[np.ndarray]) -> np.ndarray:
        """(n,) int64, the numbers of keys, each column (n,); -1 for those that are not here."""
        numbers = np.full(len(keys[0]), -1, np.int64)
        left, slot = np.arange(len(numbers)), self._first_slots(keys)
        while len(left):
            last = self._columns[-1][slot]
            same = last == keys[-1]
            for there, column in zip(self._columns[:-1], keys[:-1]):
                same &= there[slot] == column
            numbers[left[same]] = self._numbers[slot[same]]
            others = np.flatnonzero(~same & (last != 0))  # 0: a free slot, since a word is not empty
            left, keys = left[others], [column[others] for column in keys]
            slot = slot[others] + 1 & len(self._numbers) - 1
        return numbers

    def add(self, keys: list[np.ndarray], numbers: np.ndarray) -> None:
        """Enter distinct keys that are not here."""
        if 2 * (self._count + len(numbers)) > len(self._numbers):
            keys, numbers = self._with_all(keys, numbers)
        self._count += len(numbers)
        left, slot = np.arange(len(numbers)), self._first_slots(keys)
        while len(left):
            free = self._columns[-1][slot] == 0
            self._numbers[slot[free]] = left[free]  # of several for one slot, the last gets it
            mine = free & (self._numbers[slot] == left)
            for there, column in zip(self._columns, keys):
                there[slot[mine]] = column[left[mine]]
            self._numbers[slot[mine]] = numbers[left[mine]]
            left, slot = left[~mine], slot[~mine] + 1 & len(self._numbers) - 1

    def _with_all(self, keys, numbers):
        """The keys and numbers with those that were here, and an empty table that holds them."""
        used = np.flatnonzero(self._columns[-1])
        keys = [np.concatenate([there[used], column]) for there, column in zip(self._columns, keys)]
        numbers = np.concatenate([self._numbers[used], numbers])
        self._reset(1 << (4 * len(numbers)).bit_length())
        return keys, numbers
