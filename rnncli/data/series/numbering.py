"""Cells numbered in the order of their appearance, without a Python string for each of them."""

import numpy as np

from ..time.shapes import CHUNK, stripped

WORD, WIDEST = 8, 64  # characters of a text that are mixed at once, and in all


def numbered_texts(texts: np.ndarray) -> np.ndarray:
    """(R,) the number of each of the texts (R,) among the different ones, outer blanks aside, in order of appearance.

    Texts are told apart by 64 bits of each: a million Python strings take 80 MB.
    """
    texts = stripped(texts)
    if (texts[1:] > texts[:-1]).all():
        return np.arange(len(texts), dtype=np.int32)
    return numbered(_hashes(texts))


def numbered(cells: np.ndarray) -> np.ndarray:
    """(R,) int32: the number of each of the (R,) cells among the different ones, in order of appearance."""
    import pandas

    return pandas.factorize(cells)[0].astype(np.int32)


def _hashes(texts):
    """(R,) uint64: equal for equal texts."""
    width = -(-int(np.strings.str_len(texts).max(initial=1)) // WORD) * WORD
    try:
        make = _mixed if width <= WIDEST else _hashed
        return np.concatenate([make(texts[first : first + CHUNK], width) for first in range(0, len(texts), CHUNK)])
    except UnicodeEncodeError:
        return np.concatenate([_hashed(texts[first : first + CHUNK]) for first in range(0, len(texts), CHUNK)])


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


def _hashed(texts, width=0):
    """The hashes of any texts."""
    from pandas.util import hash_array  # here: what reads no table has no need of it

    return hash_array(texts.astype(object), categorize=False)  # pyright: ignore[reportCallIssue]  # imported lazily
