"""The sum over time by its own formula, with nothing of the backward pass of the parameters in it:

    dL/dp = sum_i dL/ds_N  ds_N/ds_{N-1} ... ds_{i+1}/ds_i  ds_i/dp

ds_t/ds_{t-1} are the Jacobians of single steps, and ds_i/dp is the complex step of one step forward, the state before
it held. Where the loss reads h_t at other steps than the last, its dL/dh_t joins at step t.
"""

from collections.abc import Iterator, Mapping

import numpy as np

from ..one_step import OneStep, along
from ..spectrum.jacobians import StepJacobians
from ..watching import WatchedLayer, norm

Direction = Mapping[str, np.ndarray]  # {"W_h": array} of every parameter of a layer


def by_formula(layer: WatchedLayer, row: int, terms: int, direction: Direction) -> Iterator[float]:
    """The terms of lag 0, 1, ... of one row, along a direction of the parameters."""
    end, H, states, jacobians = int(layer.ends[row]), layer.layer.H, layer.layer.cell.state, StepJacobians(layer)
    ds = np.concatenate([layer.d[state][end, row] for state in states])  # dL/ds_i, at first of i = N
    for t in range(end, end - terms, -1):
        yield float(ds @ along(layer, t, row, direction).reshape(-1))
        ds = ds @ jacobians.at(t, row)
        if t:
            ds[:H] += layer.dy[t - 1, row]


def by_backward(layer: WatchedLayer, row: int, terms: int, direction: Direction) -> Iterator[tuple[float, float]]:
    """(the same terms by the backward pass along the direction, their norms)"""
    one, end = OneStep(layer, 1), int(layer.ends[row])
    for t in range(end, end - terms, -1):
        one.take(np.array([t]), np.array([row]))
        found = one.gradient()
        yield (
            sum(float((found[name] * v).sum()) for name, v in direction.items()),
            float(norm(np.concatenate([found[name].reshape(-1) for name in direction]), axis=0)),
        )


def worst_difference(layer: WatchedLayer, row: int, terms: int, rng: np.random.Generator) -> float:
    """How far the two are apart along a random direction: the largest difference, relative to the norm of its term,
    which is the usual size of a term along normal random numbers. 0 where both are zero."""
    direction = {name: rng.normal(size=array.shape) for name, array in vars(layer.p).items()}
    terms = min(terms, layer.steps(row, int(layer.ends[row])))
    pairs = zip(by_formula(layer, row, terms, direction), by_backward(layer, row, terms, direction))
    apart = [abs(one - other) / size if size else abs(one) for one, (other, size) in pairs]
    return float(np.max(apart, initial=0))
