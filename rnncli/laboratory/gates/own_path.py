"""The gradient along the cell's own path, from state to state through nothing but the gate that keeps it.

With D_k = dL_t/dc_{t-k}, c the state that the cell carries on by itself, and f_j = dc_j/dc_{j-1} along that path alone:

    own_k  = D_1 f_{t-1} f_{t-2} ... f_{t-k+1}      element by element; own_1 = D_1
    rest_k = D_k - own_k                            what came through h, the gates and the candidate

f is the forget gate of an LSTM, 1 for the constant error carousel of 1997, and the update gate of a GRU, whose h is its
c. D starts as the gradient of the states at the end of a row, and travels back through this layer alone: what joins on
the way, from a layer above or from attention, has not come from there. A second gradient travels with the own path
closed at every step, peepholes with it: it goes through W_h each time.
"""

from dataclasses import dataclass

import numpy as np

from ...nn.cell import Cell
from ..decay import FEWEST, decay, half_life
from ..one_step import OneStep
from ..subjects import Subject
from ..watching import Watched, WatchedLayer, norm, watch

KINDS = ("own", "gates", "total")  # of paths whose half-lives stand side by side


@dataclass(frozen=True)
class OwnPath:
    """The own path of one layer, by lag k = 0 .. K-1; every curve (K,) is nan at k = 0.

    total, own, rest: root mean square over the rows of the norms of D, own and rest, as a share of that of D_1. gates:
    of dL_t/dh_{t-k} with the own path closed, as a share of that at k = 1. mean, geometric: of f_{t-1} ... f_{t-k+1}
    over units and rows. units (H,): ln 2 / -ln(mean f) of each unit, its half-life in steps; inf where that f is 1 or
    more.
    """

    subject: str
    layer: str
    state: str
    total: np.ndarray
    own: np.ndarray
    rest: np.ndarray
    gates: np.ndarray
    mean: np.ndarray
    geometric: np.ndarray
    units: np.ndarray


def own_paths(subject: Subject) -> tuple[Watched, list[OwnPath]]:
    """(a pass from the last answers, the OwnPath of every layer that has one and enough lags)"""
    watched = watch(subject, at_last=True)
    layers = [layer for layer in watched.layers.values() if carried(layer.layer.cell) and layer.lags > FEWEST]
    return watched, [path_of(subject.label, layer) for layer in layers]


def half_lives(path: OwnPath) -> dict[str, float]:
    """The half-lives of the gradient, in steps: along the own path, through the gates alone, and by all paths."""
    return {kind: half_life(decay(getattr(path, kind))) for kind in KINDS}


def of_units(path: OwnPath, *shares: float) -> list[float]:
    """The half-lives that these shares of the units do not exceed, in steps; 1: the longest of all."""
    return np.quantile(path.units, shares, method="inverted_cdf").tolist()  # no mean between a number and inf


def carried(cell: Cell) -> str | None:
    """The state that a cell carries on by itself: the one beside h, or h; None where h comes back through W_h alone."""
    return cell.state[1] if len(cell.state) > 1 else None if cell.only_through_W_h else "h"


def factors(layer: WatchedLayer) -> np.ndarray:
    """f (T, N, H) of a layer that carries a state: the cell's own part of a step backward, from ones in that state,
    without peepholes. 1 at steps that are padding."""
    T, N = layer.real.shape
    one = OneStep(layer, T * N)
    one.take(*np.indices((T, N)).reshape(2, -1))
    for vector in one.plan.vectors.values():
        vector.fill(0)
    (step,), d = one.plan.steps, one.plan.d
    for state in layer.layer.cell.state:
        getattr(d, state).fill(state == carried(layer.layer.cell))
    with np.errstate(all="ignore"):
        for call in (*step.slopes, *one.plan.cell_backward[0]):
            call()
    f = getattr(d, str(carried(layer.layer.cell))).reshape(T, N, -1).copy()
    f[~layer.real] = 1
    return f


def travelled(layer: WatchedLayer, f: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(D, closed), each (K, N, H) by lag: the gradient of the carried state, and that of h with the own path closed.
    f: the layer's `factors`. Zero for the steps before a row begins."""
    states, own, N = layer.layer.cell.state, carried(layer.layer.cell), len(layer.ends)
    k_own, rows = states.index(own or "h"), np.arange(N)
    one, both, K = OneStep(layer, 2 * N), np.tile(rows, 2), layer.lags
    d = [np.tile(layer.d[state][layer.ends, rows], (2, 1)) for state in states]  # first all paths, then without the own
    found, closed = np.zeros((K, N, layer.layer.H)), np.zeros((K, N, layer.layer.H))
    with np.errstate(all="ignore"):
        for k in range(K):
            t = np.maximum(layer.ends - k, 0)
            there = (layer.ends >= k)[:, None]
            found[k], closed[k] = (np.where(there, part, 0) for part in (d[k_own][:N], d[0][N:]))
            one.take(np.tile(t, 2), both)
            handed = [array.copy() for array in one.backward(tuple(d))]
            handed[k_own][N:] = handed[0][N:] - f[t, rows] * d[0][N:] if own == "h" else 0
            real = np.tile(layer.real[t, rows], 2)[:, None]
            d = [np.where(real, after, before) for after, before in zip(handed, d)]
    return found, closed


def path_of(subject: str, layer: WatchedLayer) -> OwnPath:
    """The OwnPath of a layer that carries a state."""
    f = factors(layer)
    D, closed = travelled(layer, f)
    steps, rows = layer.ends - np.arange(len(D))[:, None], np.arange(len(layer.ends))
    there = layer.there[: len(D)]  # (K, N)
    F = np.where(there[:, :, None], f[steps, rows], 1)
    product, logs = np.ones_like(F), np.zeros_like(F)
    with np.errstate(all="ignore"):
        np.cumprod(F[1:-1], axis=0, out=product[2:])
        np.cumsum(np.log(F[1:-1]), axis=0, out=logs[2:])
        own = D[1] * product
        total, own, rest, gates = (root_mean_square(array, there) for array in (D, own, D - own, closed))
        curves = {"total": total / total[1], "own": own / total[1], "rest": rest / total[1], "gates": gates / gates[1]}
        curves |= {"mean": average(product, there), "geometric": np.exp(average(logs, there))}
        units = np.log(0.5) / np.log(f[layer.real].mean(axis=0))  # negative, or -inf, where that mean is 1 or more
    for curve in curves.values():
        curve[0] = np.nan
    carries = carried(layer.layer.cell) or "h"
    return OwnPath(subject, layer.name, carries, units=np.where(units < 0, np.inf, units), **curves)


def root_mean_square(array: np.ndarray, there: np.ndarray) -> np.ndarray:
    """(K,): of the norms of the vectors in array (K, N, H), over the rows that are `there` (K, N)."""
    return norm(norm(np.where(there[:, :, None], array, 0), axis=2), axis=1) / np.sqrt(there.sum(axis=1))


def average(array: np.ndarray, there: np.ndarray) -> np.ndarray:
    """(K,): of array (K, N, H) over its units and the rows that are `there` (K, N)."""
    return np.where(there[:, :, None], array, 0).mean(axis=2).sum(axis=1) / there.sum(axis=1)
