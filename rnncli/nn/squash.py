"""The squashing functions, in place."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from .call_recorder import Calls
from .memory import Array


def logistic(xp: Any, a: Any) -> None:
    """sigma(a) = (1 + tanh(a/2)) / 2: cannot overflow and is analytic."""
    xp.multiply(a, 0.5, out=a)
    xp.tanh(a, out=a)
    xp.multiply(a, 0.5, out=a)
    xp.add(a, 0.5, out=a)


def squash(xp: Any, squashed: Array | None, logistic: Array | None, half: Array) -> Calls:
    """Calls for tanh of the blocks `squashed`, and sigma of the `logistic` ones among them, with one call of tanh. The
    logistic blocks arrive as a/2: their weights are stored at half their size, which changes no digit.

    Each is a view of neighbouring blocks, or None. half: 1/2 as an array (), which a call reads faster than a number.
    """
    calls: Calls = [partial(xp.tanh, squashed, squashed)] if squashed is not None else []
    if logistic is not None:
        calls += [partial(xp.multiply, logistic, half, logistic), partial(xp.add, logistic, half, logistic)]
    return calls


def differentiate(xp: Any, logistic: Iterable[tuple[Array, Array]], tanh: Iterable[tuple[Array, Array]]) -> None:
    """Derivatives of the squashing from its values, for pairs (values, derivatives); the second is overwritten."""
    for value, derivative in logistic:
        xp.multiply(value, value, out=derivative)
        xp.subtract(value, derivative, out=derivative)  # sigma' = sigma - sigma^2
    for value, derivative in tanh:
        xp.multiply(value, value, out=derivative)
        xp.subtract(1, derivative, out=derivative)  # tanh' = 1 - tanh^2
