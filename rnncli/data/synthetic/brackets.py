"""Words of formal languages that need counting, or a stack: at each step, which symbols may come next."""

import numpy as np

Steps = tuple[str, ...]
END = "end"  # of the word
CLOSING = {"(": ")", "[": "]"}
OPENING = "".join(CLOSING)


def anbn(lengths: np.ndarray, rng: np.random.Generator) -> tuple[list[Steps], list[Steps]]:
    """Words of n times a, then n times b, n being the length (Gers & Schmidhuber 2001, IEEE TNN 12(6)).

    The answer at each step are the symbols that may come next: "ab" after an a, "b" after a b, "end" after the last b.
    To know the last one, a network has to count (Suzgun, Belinkov & Shieber 2018, arXiv:1811.01001v1). From the symbol
    alone that answer is wrong in every word.
    """
    sources = [("a",) * n + ("b",) * n for n in lengths]
    return sources, [("ab",) * n + ("b",) * (n - 1) + (END,) for n in lengths]


def dyck(lengths: np.ndarray, rng: np.random.Generator) -> tuple[list[Steps], list[Steps]]:
    """Words of nested brackets of two kinds, Dyck-2 (Suzgun, Gehrmann, Belinkov & Shieber 2019, arXiv:1911.03329v1).

    The answer at each step are the symbols that may come next: both opening brackets, and the closing one of the last
    bracket that is still open, if there is one: "([", "([)" or "([]". It takes a stack; one kind of bracket, which
    takes a counter, is the same authors' arXiv:1906.03648v1. Their words come from a grammar that prefers short ones;
    here every word of a length is equally likely, by the cycle lemma (Dvoretzky & Motzkin 1947).
    """
    sources = [_word(n, rng) for n in lengths]
    return sources, [_may_follow(word) for word in sources]


def _word(length: int, rng: np.random.Generator) -> Steps:
    """A word of so many brackets.

    Of the rotations of `length / 2` steps up and one more down, in any order, exactly one stays at 0 or above but for
    its last step: the one that begins after the first time that the sum is least.
    """
    ups = length // 2
    moves = rng.permutation(np.repeat([1, -1], [ups, ups + 1]))
    moves = np.roll(moves, -1 - int(moves.cumsum().argmin()))[:-1]
    kinds, word, stack = iter(rng.integers(0, 2, ups)), [], []
    for move in moves:
        if move > 0:
            word.append(OPENING[next(kinds)])
            stack.append(CLOSING[word[-1]])
        else:
            word.append(stack.pop())
    return tuple(word)


def _may_follow(word: Steps) -> Steps:
    found, stack = [], []
    for bracket in word:
        if bracket in CLOSING:
            stack.append(CLOSING[bracket])
        else:
            stack.pop()
        found.append(OPENING + "".join(stack[-1:]))
    return tuple(found)
