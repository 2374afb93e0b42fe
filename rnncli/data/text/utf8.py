"""UTF-8 as an automaton."""

import numpy as np


def utf8_automaton() -> np.ndarray:
    """following (8, 256) for `generation.sampling.Grammar`: the bytes of well-formed UTF-8 (Unicode 15.0, table 3-7).

    States: 0 between characters; 1, 2, 3: that many continuation bytes to come; 4 to 7: after E0, ED, F0, F4, whose
    next byte is limited: no overlong forms, no surrogates, nothing above U+10FFFF.
    """
    following = np.full((8, 256), -1, np.int8)
    for state, first, last, target in (
        (0, 0x00, 0x7F, 0),
        (0, 0xC2, 0xDF, 1),
        (0, 0xE0, 0xEF, 2),
        (0, 0xF0, 0xF4, 3),
        (0, 0xE0, 0xE0, 4),
        (0, 0xED, 0xED, 5),
        (0, 0xF0, 0xF0, 6),
        (0, 0xF4, 0xF4, 7),
        (1, 0x80, 0xBF, 0),
        (2, 0x80, 0xBF, 1),
        (3, 0x80, 0xBF, 2),
        (4, 0xA0, 0xBF, 1),
        (5, 0x80, 0x9F, 1),
        (6, 0x90, 0xBF, 2),
        (7, 0x80, 0x8F, 2),
    ):
        following[state, first : last + 1] = target
    return following
