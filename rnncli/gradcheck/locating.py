"""The entries of an array that are wrong, by index, and the block of a cell to which each belongs."""

from collections.abc import Callable, Iterator, Mapping
from math import ceil, log2
from typing import Any

import numpy as np

from ..nn.blocks import Shares
from ..nn.cell import Cell
from .cases import recurrent_name
from .derivatives import Probe
from .probes import along, one_hot
from .report import SHOWN, Entry


def worst_entries(analytic: np.ndarray, numeric: np.ndarray, shape: tuple[int, ...]) -> list[Entry]:
    """The SHOWN entries that differ most, the worst first; an entry that is not finite is worse than any other."""
    difference = np.abs(analytic - numeric)
    difference = np.where(np.isfinite(difference), difference, np.inf)
    order = np.argsort(-difference, kind="stable")[:SHOWN]
    return [entry(int(k), shape, analytic[k], numeric[k]) for k in order if difference[k] > 0]


def entry(k: int, shape: tuple[int, ...], analytic: Any, numeric: Any) -> Entry:
    """The Entry at the flat position k."""
    return Entry(tuple(int(place) for place in np.unravel_index(k, shape)), float(analytic), float(numeric))


def passes(size: int) -> int:
    """The forward passes that `find` needs for one entry of an array of this size."""
    return max(1, ceil(log2(size))) + 1


def find(
    name: str,
    gradient: Mapping[str, np.ndarray],
    v: np.ndarray,
    numeric: float,
    derive: Callable[[Probe], float],
    floor: float,
    most: int,
) -> Iterator[Entry]:
    """Up to `most` wrong entries of an array, by halving the direction v, along which its derivative is `numeric`.

    The difference along a direction is the sum of the differences along its halves, so one forward pass decides
    between two halves. derive(probe) is the numeric derivative. Ends where what is left of the difference is below
    `floor`.
    """
    v = v.copy()
    rest = along(gradient, {name: v}) - numeric
    for _ in range(most):
        if not abs(rest) > floor:
            return
        k, found = _halve(name, gradient, v, rest, derive)
        yield entry(k, v.shape, gradient[name].flat[k], derive({name: one_hot(v.shape, k)}))
        rest -= found
        v.flat[k] = 0


def _halve(name, gradient, v, difference, derive):
    """(flat position, its share of the difference) of an entry of v, always in the half that differs more."""
    first, last = 0, v.size
    while last - first > 1:
        middle = (first + last) // 2
        half = np.zeros(v.size)
        half[first:middle] = v.reshape(-1)[first:middle]
        probe = {name: half.reshape(v.shape)}
        left = along(gradient, probe) - derive(probe)
        if abs(left) >= abs(difference - left):
            last, difference = middle, left
        else:
            first, difference = middle, difference - left
    return first, difference


def block_of(thing: Any, parameter: str, index: tuple[int, ...], shape: tuple[int, ...]) -> str | None:
    """The block of a cell to which an entry of W_x, b or W_h of a recurrent layer belongs; None for all others."""
    if not isinstance(thing, Cell):
        return None
    names, shares = [block.name for block in thing.blocks], Shares.of(thing.blocks)
    columns = {"W_x": names[shares.x], "b": names, "W_h": names[shares.h] + names[shares.u]}
    own = columns.get(recurrent_name(parameter) or "")
    return own[index[-1] * len(own) // shape[-1]] if own else None
