"""The memory of a recurrent layer for one (T, N) batch, every view cut once."""

from types import SimpleNamespace
from typing import NamedTuple

from .blocks import Shares, columns, runs, span, width
from .products import InnerProduct, RowProduct, TokenLookup, TransposedProduct

CHUNK_BYTES = 2_000_000      # what a chunk of steps may read and write while its slopes are found; measured


class Squashed(NamedTuple):
    """The neighbouring blocks to squash: one view each, or none. The logistic ones are among `all`."""

    all: list
    logistic: list


class Step(NamedTuple):
    """The views of one time step."""

    s: SimpleNamespace          # values, slopes and dL/da by the names that a cell uses
    slope: SimpleNamespace
    da: SimpleNamespace
    first: Squashed             # the blocks squashed before the cell makes u of them, and those squashed after it
    second: Squashed
    chunk: tuple | None         # what to differentiate before this step's backward; None if it is done by then


class RecurrentPlan:
    """Buffers for T steps of N rows and G blocks:

        rows    (T+1, N, D+1+H)  [x_t | 1 | h_{t-1}]; the h in row t+1 is the output of step t; no x with tokens
        a       (T, G, N, H)     pre-activations, squashed in place: a gate of a step is one contiguous (N, H)
        states  (T+1, N, H)      every state; row 0 is s0; h lives in the rows
        saved   (T, N, H)        what else the cell keeps for its backward pass, u among it
        vectors (H,)             the cell's own parameters
        da      (T, N, G H)      dL/da: left factor of da W^T, right factor of rows^T da
        every_slope (n, G+., N, H)  one per block and what the cell adds, for a chunk of n steps
        d, dh   (N, H)           dL/dstate (and dL/du); the part of dL/dh that comes through W_h
    """

    def __init__(self, layer, T, N, memory):
        self.xp, self.cell, self.H, self.D = memory.xp, layer.cell, layer.H, 0 if layer.tokens else layer.D
        D, H, G, state = self.D, self.H, len(self.cell.blocks), self.cell.state
        self.shares = Shares.of(self.cell.blocks)
        self.rows, self.a = memory(T + 1, N, D + 1 + H), memory(T, G, N, H)
        self.states = {name: memory(T + 1, N, H) for name in state[1:]} | {"h": self.rows[:, :, D + 1:]}
        self.saved = {name: memory(T, N, H) for name in self.cell.saved}
        self.vectors = {vector.name: memory(H) for vector in self.cell.vectors}
        self.da, self.dx, self.tmp = memory(T, N, G * H), memory(T, N, D), memory(N, H)
        self.d, self.dh = SimpleNamespace(**{name: memory(N, H) for name in state}), memory(N, H)
        self.kept = {name: memory(N, H) for name in state}
        self.y, self.sT = self.states["h"][1:], tuple(self.states[name][T] for name in state)
        self.ds0 = (self.dh, *(getattr(self.d, name) for name in state[1:]))
        self._plan_products(layer, T, N, memory)
        self._name_arrays(T, N, memory)
        self._plan_steps(T)

    def _plan_products(self, layer, T, N, memory):
        shares, H, inner = self.shares, self.H, width(self.shares.u)
        if inner:
            self.u, self.d.u = memory(T, N, H), memory(N, H)
            self.saved["u"] = self.u
        self.forward_products = [RowProduct(run, self, memory) for run in runs(self.cell.blocks, H, self.D)]
        self.backward_products = [TransposedProduct("W_h", shares.recurrent_columns("h", H),
                                                    self.da[:, :, columns(shares.h, H)], [self.dh] * T, memory)]
        if layer.tokens:
            self.forward_products.append(TokenLookup(layer.D, shares.x, self, memory))
        else:
            self.backward_products.append(TransposedProduct("W_x", slice(None), self.da[:, :, columns(shares.x, H)],
                                                            self.dx, memory))
        self.inner = InnerProduct(self, memory) if inner else None
        self.products = [*self.forward_products, *self.backward_products, *([self.inner] if inner else [])]

    def _name_arrays(self, T, N, memory):
        """The arrays by the names that a cell uses; time is the first axis of each."""
        H, G, extra = self.H, len(self.cell.blocks), self.cell.slopes
        self.values = self._by_block(self.a) | self.saved
        for name, array in self.states.items():
            self.values |= {name + "_prev": array[:-1], name: array[1:]}
        used = (len(self.values) + G + len(extra)) * N * H * memory.dtype.itemsize
        self.ahead = max(1, min(T, CHUNK_BYTES // used))
        self.every_slope = memory(G + len(extra), self.ahead, N, H).swapaxes(0, 1)    # each slope contiguous
        self.slopes = self._by_block(self.every_slope[:, :G])
        self.slopes |= {name: self.every_slope[:, G + k] for k, name in enumerate(extra)}
        self.das = self._by_block(self.da.reshape(T, N, G, H).swapaxes(1, 2))

    def _by_block(self, array):
        return {"blocks": array} | {block.name: array[:, k] for k, block in enumerate(self.cell.blocks)}

    def _plan_steps(self, T):
        n = self.ahead
        by_last_step = {min(t + n, T) - 1: self._chunk(t, min(t + n, T)) for t in range(0, T, n)}
        self.steps = [Step(at(t, self.values, tmp=self.tmp, **self.vectors), at(t % n, self.slopes), at(t, self.das),
                           self._squashed(t, after_u=False), self._squashed(t, after_u=True), by_last_step.get(t))
                      for t in range(T)]

    def _squashed(self, t, after_u):
        """The blocks that a step squashes before or after the cell makes its u."""
        def view(*kinds):
            which = span(b.squash in kinds and ("u" in b.reads) == after_u for b in self.cell.blocks)
            return [self.a[t, which]] if width(which) else []

        return Squashed(view("logistic", "tanh"), view("logistic"))

    def _chunk(self, start, stop):
        """What the slopes of the steps start..stop are made of and where they go."""
        steps, part = slice(start, stop), slice(0, stop - start)
        logistic, tanh = ([span(block.squash == kind for block in self.cell.blocks)] for kind in ("logistic", "tanh"))
        return (at(steps, self.values, **self.vectors), at(part, self.slopes),
                [(self.a[steps, k], self.every_slope[part, k]) for k in logistic if width(k)],
                [(self.a[steps, k], self.every_slope[part, k]) for k in tanh if width(k)])

    def load(self, p):
        for product in self.products:
            product.load(p)
        for name, vector in self.vectors.items():
            vector[...] = getattr(p, name)

    def enter(self, x, s0, mask=None):
        """Take in the input, the state before it and which steps are real: mask (T, N), None for all."""
        self.x, self.padding = x, None if mask is None else ~mask[:, :, None]
        self.rows[:, :, self.D] = 1
        if self.D:
            self.rows[:-1, :, :self.D] = x
        for name, value in zip(self.cell.state, s0):
            self.states[name][0] = value

    def enter_backward(self, dsT):
        """Take in dL/dsT; an empty tuple stands for zeros."""
        self.d.h.fill(0)
        for k, target in enumerate(self.ds0):
            target[...] = dsT[k] if dsT else 0

    def hold(self, t):
        """Rows that are padding at step t keep their state."""
        for array in self.states.values():
            self.xp.copyto(array[t + 1], array[t], where=self.padding[t])

    def set_aside(self, t):
        """Take dL/dstate of padded rows away from the cell, which is linear in it and so leaves them out ..."""
        for name, kept in self.kept.items():
            d = getattr(self.d, name)
            self.xp.multiply(d, self.padding[t], out=kept)
            d -= kept

    def put_back(self):
        """... and hand it on to the step before."""
        for target, kept in zip(self.ds0, self.kept.values()):
            target += kept

    def add_gradient(self, g):
        """Everything that the parameters contributed, over all T N rows at once."""
        for product in self.forward_products + ([self.inner] if self.inner else []):
            product.add_gradient(g)
        for vector in self.cell.vectors:
            own = getattr(g, vector.name)
            own += self.xp.einsum("tnh,tnh->h", self.das[vector.block], self.values[vector.times])


def at(when, arrays, **more):
    """The arrays {name: (T, ...)} at one step or over a slice of steps, by name."""
    return SimpleNamespace(**{name: array[when] for name, array in arrays.items()}, **more)
