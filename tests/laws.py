"""What the tests of the laws share: a layer with everything that it is called with, and a call forward and backward."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from rnncli.nn.cells import CELLS
from rnncli.nn.memory import Memory
from rnncli.nn.parameters import ParamStore
from rnncli.nn.recurrent import Recurrent


def relative(found, expected):
    """max |found - expected| / max |expected|."""
    return np.abs(found - expected).max() / np.abs(expected).max()


@dataclass
class Problem:
    """A recurrent layer with random parameters, input (T, N, D) or ids (T, N), states and gradients, none zero."""

    layer: Recurrent
    store: ParamStore
    theta: np.ndarray
    x: np.ndarray
    s0: tuple
    dy: np.ndarray
    dsT: tuple
    mask: np.ndarray | None = None

    @property
    def p(self):
        return self.store.views(self.theta)["layer"]

    def vectors(self):
        """x as vectors, one-hot where it holds ids."""
        return np.eye(self.layer.D)[self.x] if self.layer.tokens else self.x


def make_problem(cell, tokens, T, N, D, H, seed=0):
    rng = np.random.default_rng(seed)
    layer = Recurrent(CELLS[cell], D, H, tokens)
    store = ParamStore({"layer": layer.specs()})

    def states():
        return tuple(rng.normal(size=(N, H)) for _ in layer.cell.state)

    x = rng.integers(0, D, (T, N)) if tokens else rng.normal(size=(T, N, D))
    return Problem(layer, store, rng.normal(0, 0.4, store.size), x, states(), rng.normal(size=(T, N, H)), states())


def cut(problem, steps=slice(None), rows=slice(None), s0=None, dsT=None):
    """The same problem for some of its steps and rows, with other states if they are given."""

    def of(states):
        return tuple(state[rows] for state in states)

    mask = None if problem.mask is None else problem.mask[steps, rows]
    s0, dsT = of(problem.s0 if s0 is None else s0), of(problem.dsT if dsT is None else dsT)
    x, dy = problem.x[steps, rows], problem.dy[steps, rows]
    return Problem(problem.layer, problem.store, problem.theta, x, s0, dy, dsT, mask)


def make_plan(problem, dtype="f8"):
    """(plan, memory) of the problem's size."""
    memory = Memory(dtype)
    return problem.layer.plan(*problem.x.shape[:2], memory), memory


def call(problem, dtype="f8", plan=None, g=None):
    """One call forward and backward: y, sT, dx, ds0 and the gradient vector g, all copies."""
    plan = plan or make_plan(problem, dtype)[0]
    g = np.zeros(problem.store.size, dtype) if g is None else g

    def to(array):
        return array if array.dtype.kind == "i" else array.astype(dtype)

    problem.layer.load(problem.store.views(to(problem.theta))["layer"], plan)
    y, sT = problem.layer.forward(to(problem.x), tuple(map(to, problem.s0)), plan, problem.mask)
    out = {"y": y.copy(), "sT": np.array(sT)}
    dx, ds0 = problem.layer.backward(problem.store.views(g)["layer"], to(problem.dy), tuple(map(to, problem.dsT)), plan)
    return SimpleNamespace(**out, dx=dx.copy(), ds0=np.array(ds0), g=g.copy())


def scalar(problem, plan, theta=None, x=None, s0=None):
    """L = sum(y dy) + sum(sT dsT), with some of the inputs replaced."""

    def given(new, old):
        return old if new is None else new

    problem.layer.load(problem.store.views(given(theta, problem.theta))["layer"], plan)
    y, sT = problem.layer.forward(given(x, problem.x), given(s0, problem.s0), plan, problem.mask)
    return (y * problem.dy).sum() + sum((s * d).sum() for s, d in zip(sT, problem.dsT))
