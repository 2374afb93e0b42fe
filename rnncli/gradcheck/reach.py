"""Cases that prove something: L reaches every array, so that no check compares zero with zero.

Chance can cut an array off in a small case: every unit of a ReLU is off, every recurrent weight is dropped. It can also
leave an array so little of the gradient that the rounding of the rest shows in it. Such a case is drawn anew. What an
array cannot be reached for, such as recurrent weights in one step from a state of zeros, the case names in `unreached`.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from math import inf, isfinite

import numpy as np

from .derivatives import Case

ENOUGH = 1e-4  # of the largest gradient: then rounding of 1e-16 is far below the tolerance of 1e-10
TRIES = 8  # a case of two units with recurrent dropout is cut off once in forty
FAR = 1 << 32  # from one seed of a case to the next; seeds that are drawn are below it


def reaching(make: Callable[[int], Iterable[Case]], seed: int) -> Iterator[Case]:
    """The cases of make(seed); one that leaves an array unreached by chance is drawn with other seeds, and the best of
    TRIES is taken."""

    @cache
    def drawn(again: int) -> list[Case]:
        return list(make(seed + again * FAR))

    for k, case in enumerate(make(seed)):
        tries = [(reach(case), case)]
        while tries[-1][0] < ENOUGH and len(tries) < TRIES:
            other = drawn(len(tries))[k]
            tries.append((reach(other), other))
        yield max(tries, key=lambda each: each[0])[1]


def reach(case: Case) -> float:
    """The largest gradient in the array with the smallest one, relative to that of the whole case; 0 if an array is not
    reached. Arrays in `case.unreached` do not count; a gradient that is not finite is reached."""
    with np.errstate(all="ignore"):
        gradient = case.gradient()
    sizes = {name: float(np.abs(gradient[name]).max()) for name, array in case.arrays.items() if array.size}
    if not all(isfinite(size) for size in sizes.values()):
        return inf
    largest = max(sizes.values(), default=0.0)
    counted = [size for name, size in sizes.items() if name not in case.unreached]
    return min(counted, default=inf) / largest if largest else 0.0


def is_zero(values: np.ndarray) -> bool:
    """Whether there are numbers, and all of them are zero."""
    return values.size > 0 and not np.any(values)
