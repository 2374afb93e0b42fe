"""Symbols that are asked for later: copying, the first letter, the order of two."""

import numpy as np

Steps = tuple[str, ...]
SYMBOLS = "abcdefgh"
BLANK, MARKER = "_", ":"  # of `copy`
COPIED = 10
DISTRACTORS = "stuvwxyz"  # of `recall`
CLASSES = {"XX": "Q", "XY": "R", "YX": "S", "YY": "U"}  # of `order`


def copy(lengths: np.ndarray, rng: np.random.Generator) -> tuple[list[Steps], list[Steps]]:
    """Ten symbols to be written again after T blanks (Arjovsky, Shah & Bengio 2016, arXiv:1511.06464v4, section 4.1).

    T + 20 steps: ten of eight symbols, any of them equally likely, T - 1 blanks, a marker, ten blanks. Asked for are
    blanks up to the marker, and from the step after it the ten symbols in their order. Without memory the best is
    T + 10 blanks and a guess at each symbol: 10 ln 8 / (T + 20) nats a step.
    """
    sources, answers = [], []
    for T in lengths:
        symbols = tuple(SYMBOLS[k] for k in rng.integers(0, len(SYMBOLS), COPIED))
        sources.append((*symbols, *[BLANK] * (T - 1), MARKER, *[BLANK] * COPIED))
        answers.append((*[BLANK] * (T + COPIED), *symbols))
    return sources, answers


def recall(lengths: np.ndarray, rng: np.random.Generator) -> tuple[list[str], list[str]]:
    """The first letter of T, asked for by the last, with distracting ones between them.

    One of eight letters, T - 2 of eight others, any of them equally likely, and a question mark; the class is the
    first letter. It is the problem of long time lags of Hochreiter & Schmidhuber (1997, experiment 2c) with eight
    letters to remember in place of two, of a length that is fixed. A guess is right once in eight times.
    """
    first = [SYMBOLS[k] for k in rng.integers(0, len(SYMBOLS), len(lengths))]
    between = ("".join(DISTRACTORS[k] for k in rng.integers(0, len(DISTRACTORS), T - 2)) for T in lengths)
    return [f"{letter}{others}?" for letter, others in zip(first, between)], first


def order(lengths: np.ndarray, rng: np.random.Generator) -> tuple[list[str], list[str]]:
    """The order of two letters, far apart (Hochreiter & Schmidhuber 1997, experiment 6a).

    E, letters a to d, any of them equally likely, and B, T in all, but X or Y at two steps: one in the second tenth of
    the text, the other in the sixth (for T = 100 steps 10 to 19 and 50 to 59, counted from 0, as in the paper, where T
    varies by ten). The class is Q for XX, R for XY, S for YX, U for YY. A guess is right once in four times.
    """
    sources, classes = [], []
    for T in lengths:
        letters = ["E", *("abcd"[k] for k in rng.integers(0, 4, T - 2)), "B"]
        pair = "".join("XY"[k] for k in rng.integers(0, 2, 2))
        letters[rng.integers(T // 10, 2 * T // 10)] = pair[0]
        letters[rng.integers(5 * T // 10, 6 * T // 10)] = pair[1]
        sources.append("".join(letters))
        classes.append(CLASSES[pair])
    return sources, classes
