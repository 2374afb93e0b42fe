"""The embedded Reber grammar."""

from collections.abc import Iterator

import numpy as np

Steps = tuple[str, ...]
WAYS = {  # state: the symbols that may come next, each with the state after it
    0: {"T": 1, "P": 2},
    1: {"S": 1, "X": 3},
    2: {"T": 2, "V": 4},
    3: {"X": 2, "S": 5},
    4: {"P": 3, "V": 5},
    5: {"E": 6},
    6: {},
}
LAST = 6
AROUND = 5  # symbols of a word beside those that the ways above give: B and T or P before, then B; T or P and E after


def reber(lengths: np.ndarray, rng: np.random.Generator) -> tuple[list[Steps], list[Steps]]:
    """Words of the embedded Reber grammar (Hochreiter & Schmidhuber 1997, experiment 1; Smith & Zipser 1989).

    A word is B, T or P, a word of Reber's grammar from B to E, the same T or P again, and E. The answer at each step
    are the symbols that may come next, such as "TP" after B, and "end" after the last. All but one need the last two
    or three symbols; the last but one symbol is the second, whatever stands between. The grammar decides
    each fork by 1/2, so that every word of a length is equally likely, as it is here; the lengths themselves are given,
    as the grammar would rarely make a long one (a word has 12 symbols on average).
    """
    chances = _chances(int(max(lengths)) - AROUND)
    pairs = [_word("TP"[k], T - AROUND, chances, rng) for T, k in zip(lengths, rng.integers(0, 2, len(lengths)))]
    return [word for word, _ in pairs], [answers for _, answers in pairs]


def _chances(longest: int) -> list[list[float]]:
    """[k][state]: how likely the grammar ends in exactly k symbols, up to a factor that only depends on k."""
    rows = [[float(state == LAST) for state in WAYS]]
    for _ in range(longest):
        row = [sum(rows[-1][after] for after in ways.values()) / max(len(ways), 1) for ways in WAYS.values()]
        largest = max(row)
        rows.append([chance / largest for chance in row])
    return rows


def _word(outer: str, ways: int, chances: list[list[float]], rng: np.random.Generator) -> tuple[Steps, Steps]:
    """A word with `ways` symbols by the ways of the grammar, and what may come after each."""
    inner = list(_walk(ways, chances, rng))
    symbols = ("B", outer, "B", *(symbol for symbol, _ in inner), outer, "E")
    answers = ("PT", "B", "PT", *(_names(state) or outer for _, state in inner), "E", "end")
    return symbols, answers


def _walk(ways, chances, rng) -> Iterator[tuple[str, int]]:
    """Yield each symbol and the state after it."""
    state, drawn = 0, rng.random(ways)
    for k in range(ways):
        first, *second = WAYS[state].items()
        weights = [chances[ways - k - 1][after] for _, after in (first, *second)]
        symbol, state = first if drawn[k] * sum(weights) < weights[0] else second[0]
        yield symbol, state


def _names(state):
    return "".join(sorted(WAYS[state]))
