"""Cells numbered in the order of their appearance, without a Python string for each of them."""

import numpy as np

from ..tables.wide_tables import numbered_names
from ..time.shapes import CHUNK, stripped

WORD, WIDEST = 8, 64  # characters of a text that are mixed at once, and in all; longer texts are compared


def numbered_texts(texts: np.ndarray) -> np.ndarray:
    """(R,) the number of each of the texts (R,) among the different ones, outer blanks aside, in order of appearance.

    Texts are told apart by 64 bits of each: a million Python strings take 80 MB.
    """
    texts = stripped(texts)
    if (texts[1:] > texts[:-1]).all():
        return np.arange(len(texts), dtype=np.int32)
    width = -(-int(np.strings.str_len(texts).max(initial=1)) // WORD) * WORD
    try:
        return numbered(_hashes(texts, width)) if width <= WIDEST else numbered_names(texts)[0]
    except UnicodeEncodeError:
        return numbered_names(texts)[0]


def numbered(cells: np.ndarray) -> np.ndarray:
    """(R,) int32: the number of each of the (R,) cells among the different ones, in order of appearance."""
    if not len(cells):
        return np.zeros(0, np.int32)
    begins = np.concatenate([[True], cells[1:] != cells[:-1]])  # of runs of equal cells, such as those of a series
    _, first, group = np.unique(cells[begins], return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int32)
    rank[np.argsort(first)] = np.arange(len(first), dtype=np.int32)
    return rank[group][np.cumsum(begins, dtype=np.int32) - 1]


def _hashes(texts, width):
    """(R,) uint64: equal for equal texts of at most `width` ASCII characters. UnicodeEncodeError for others."""
    parts = [_mixed(texts[first : first + CHUNK], width) for first in range(0, len(texts), CHUNK)]
    return np.concatenate([np.zeros(0, np.uint64), *parts])


def _mixed(texts, width):
    """The hashes of texts of at most `width` ASCII characters, eight at a time, with the multipliers of splitmix64
    (Steele, Lea and Flood 2014): a tenth of the time of the general ones. UnicodeEncodeError for other characters."""
    words = texts.astype(f"S{width}").view(np.uint64).reshape(-1, width // WORD)
    mixed = np.zeros(len(texts), np.uint64)
    for word in words.T:
        mixed ^= word
        for multiplier, shift in ((0xBF58476D1CE4E5B9, 30), (0x94D049BB133111EB, 27)):
            mixed ^= mixed >> np.uint64(shift)
            mixed *= np.uint64(multiplier)
    return mixed ^ mixed >> np.uint64(31)
