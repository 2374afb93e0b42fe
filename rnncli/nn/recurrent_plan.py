"""The memory of a recurrent layer for one (T, N) batch, every view cut once."""

from functools import partial
from itertools import chain
from types import SimpleNamespace
from typing import Any, NamedTuple

from .blocks import Shares, columns, runs, span, width
from .call_recorder import Calls, bind, in_place
from .layer import States
from .memory import Array, Memory
from .products import InnerProduct, RowProduct, TokenLookup, TransposedProduct
from .squash import differentiate, squash

CHUNK_BYTES = 2_000_000  # read and written at most while the slopes of a chunk of steps are computed; measured


class Step(NamedTuple):
    """One time step as calls without arguments, in order."""

    forward: Calls  # products, squashing and the cell, up to the new states
    slopes: Calls  # the slopes of a chunk of steps, due before this step's backward pass; or nothing
    backward: Calls  # from dL/dh_t, complete, to dL/da_t, dL/dx_t and dL/dh_{t-1}


class RecurrentPlan:
    """Buffers for T steps of N rows and G blocks; da, the slopes and tmp are shared with other layers:

    x       (T, N, D)        the input, a view of the rows; with tokens (T, N), an array of ids
    rows    (T+1, N, D+1+H)  [x_t | 1 | h_{t-1}]; the h in row t+1 is the output of step t; D = 0 with tokens
    a       (T, G, N, H)     pre-activations, squashed in place: a gate of a step is one contiguous (N, H)
    states  (T+1, N, H)      every state; row 0 is s0; h lives in the rows
    saved   (T, N, H)        other values that the cell saves for its backward pass, u among them
    vectors (H,)             the cell's own parameters
    da      (T, N, G H)      dL/da: left factor of da W^T, right factor of rows^T da
    every_slope (n, G+., N, H)  one per block and those that the cell adds, for a chunk of n steps; each contiguous
    d, dh   (N, H)           dL/dstate (and dL/du); the part of dL/dh that comes through W_h, d.h if that is all of it
    padding (T, N, 1)        True at steps that are padding; None if every step is real
    """

    def __init__(self, layer: Any, T: int, N: int, memory: Memory):
        self.padding: Array | None = None
        self.xp, self.cell, self.H, self.D = memory.xp, layer.cell, layer.H, 0 if layer.tokens else layer.D
        self.note, self.observer, self.name = memory.note, memory.observer, memory.name
        D, H, G, state = self.D, self.H, len(self.cell.blocks), self.cell.state
        self.shares, self.logistic = Shares.of(self.cell.blocks), span(b.squash == "logistic" for b in self.cell.blocks)
        self.rows, self.a = memory(T + 1, N, D + 1 + H), memory(T, G, N, H)
        self.x = self.rows[:-1, :, :D] if D else self.xp.zeros((T, N), self.xp.intp)
        self.states = {name: memory(T + 1, N, H) for name in state[1:]} | {"h": self.rows[:, :, D + 1 :]}
        self.saved = {name: memory(T, N, H) for name in self.cell.saved}
        self.vectors = {vector.name: memory(H) for vector in self.cell.vectors}
        self.da, self.dx = memory.scratch(T, N, G * H, training=True), memory(T, N, D, training=True)
        self.d = SimpleNamespace(**{name: memory(N, H, training=True) for name in state})
        self.kept, self.tmp = {name: memory(N, H, training=True) for name in state}, memory.scratch(N, H)
        self.y, self.sT = self.states["h"][1:], tuple(self.states[name][T] for name in state)
        self.ds0 = tuple(getattr(self.d, name) for name in state)
        self._name_arrays(T, N, memory)
        self._bind_backward(T, N, memory)
        self._plan_products(layer, T, N, memory)
        self._plan_steps(T, memory)
        if self.observer:
            self.observer.planned(self.name, layer, self)

    def _bind_backward(self, T, N, memory):
        """The cell's own part of each step backward. If h_{t-1} reaches L through W_h alone, the product with W_h
        writes dL/dh itself."""
        at = [self._at(t) for t in range(T)]
        self.cell_backward = [self._bound(self.cell.step_backward, s, slope, self.d, da) for s, slope, da in at]
        self.dh = self.d.h if self.cell.only_through_W_h else memory(N, self.H, training=True)

    def _bound(self, method, *given):
        """The calls of a method of the cell."""
        return bind(method, self.xp, *given, note=self.note)

    def _plan_products(self, layer, T, N, memory):
        shares, H, inner = self.shares, self.H, width(self.shares.u)
        self.forward_products: list[RowProduct | TokenLookup] = [
            RowProduct(run, self, memory) for run in runs(self.cell.blocks, H, self.D)
        ]
        self.backward_products = [
            TransposedProduct(
                "W_h", shares.recurrent_columns("h", H), self.da[:, :, columns(shares.h, H)], [self.dh] * T, memory
            )
        ]
        if layer.tokens:
            self.forward_products.append(TokenLookup(layer.D, shares.x, self, memory))
        else:
            self.backward_products.append(
                TransposedProduct("W_x", slice(None), self.da[:, :, columns(shares.x, H)], self.dx, memory)
            )
        self.inner = InnerProduct(self, memory) if inner else None
        both = [*self.forward_products, *([] if memory.forward_only else self.backward_products)]
        self.products = [*both, *([self.inner] if self.inner else [])]

    def _name_arrays(self, T, N, memory):
        """The arrays by the names that a cell uses; time is the first axis of each."""
        H, G, extra = self.H, len(self.cell.blocks), self.cell.slopes
        if width(self.shares.u):
            self.u, self.d.u = memory(T, N, H), memory(N, H, training=True)
            self.saved["u"] = self.u
        self.values = self._by_block(self.a) | self.saved
        for name, array in self.states.items():
            self.values |= {name + "_prev": array[:-1], name: array[1:]}
        used = (len(self.values) + G + len(extra)) * N * H * memory.dtype.itemsize
        self.ahead = max(1, min(T, CHUNK_BYTES // used))
        self.every_slope = memory.scratch(G + len(extra), self.ahead, N, H, training=True).swapaxes(0, 1)
        self.slopes = self._by_block(self.every_slope[:, :G])
        self.slopes |= {name: self.every_slope[:, G + k] for k, name in enumerate(extra)}
        self.das = self._by_block(self.da.reshape(T, N, G, H).swapaxes(1, 2))

    def _by_block(self, array):
        return {"blocks": array} | {block.name: array[:, k] for k, block in enumerate(self.cell.blocks)}

    def _plan_steps(self, T, memory):
        n, self.half = self.ahead, self.xp.asarray(0.5, memory.dtype)
        by_last_step = {min(t + n, T) - 1: self._slopes(t, min(t + n, T)) for t in range(0, T, n)}
        self.steps = [
            Step([*self._look_up(t), *self._forward(t, self._at(t)[0])], by_last_step.get(t, []), self._backward(t))
            for t in range(T)
        ]

    def _at(self, t):
        """The arguments of a cell at step t: s, slope and da."""
        return (at(t, self.values, tmp=self.tmp, **self.vectors), at(t % self.ahead, self.slopes), at(t, self.das))

    def _look_up(self, t):
        """Calls that pick the rows of W_x for step t and some after it, unless an earlier step has picked them."""
        return [] if self.D else [call for product in self.forward_products for call in product.look_up(t, self.x)]

    def _forward(self, t, s):
        cell = self.cell
        calls = [
            *chain(*(product.forward(t) for product in self.forward_products)),
            *squash(self.xp, *self._squashed(t, after_u=False), self.half),
        ]
        if self.inner:
            calls += [
                *self._bound(cell.prepare, s),
                *self.inner.forward(t),
                *squash(self.xp, *self._squashed(t, after_u=True), self.half),
            ]
        return calls + self._bound(cell.step, s)

    def _squashed(self, t, after_u):
        """The blocks that a step squashes before or after the cell computes u, and the logistic ones among them."""

        def view(*kinds):
            which = span(b.squash in kinds and ("u" in b.reads) == after_u for b in self.cell.blocks)
            return self.a[t, which] if width(which) else None

        return view("logistic", "tanh"), view("logistic")

    def _backward(self, t):
        calls = list(self.cell_backward[t])
        if self.inner:
            s, slope, da = self._at(t)
            calls += [*self.inner.backward(t), *self._bound(self.cell.prepare_backward, s, slope, self.d, da)]
        calls += chain(*(product.backward(t) for product in self.backward_products))
        calls += [] if self.dh is self.d.h else [partial(self.xp.add, self.d.h, self.dh, self.d.h)]
        return calls if self.observer is None else self._watched(t, calls, self.observer)

    def _watched(self, t, calls, observer):
        """The calls of a step backward between two that show the observer what arrives and what is handed on."""
        handed = dict(zip(self.cell.state, self.ds0))

        def reached():  # padded rows included
            padded = self.padding is not None
            observer.reached(self.name, t, {name: d + self.kept[name] if padded else d for name, d in handed.items()})

        return [partial(reached), *calls, partial(observer.handed, self.name, t, handed)]

    def _slopes(self, start, stop):
        """Calls for every slope of the steps start..stop that does not depend on dL."""
        steps, part = slice(start, stop), slice(0, stop - start)
        logistic, tanh = (
            [(self.a[steps, k], self.every_slope[part, k])] if width(k) else []
            for k in (span(block.squash == kind for block in self.cell.blocks) for kind in ("logistic", "tanh"))
        )
        return [
            partial(differentiate, self.xp, logistic, tanh),
            *bind(self.cell.local_derivatives, self.xp, at(steps, self.values, **self.vectors), at(part, self.slopes)),
        ]

    def load(self, p: Any) -> None:
        for product in self.products:
            product.load(p)
        for name, vector in self.vectors.items():
            vector[...] = getattr(p, name)

    def enter(self, x: Array, s0: States, mask: Array | None = None) -> None:
        """Copy in the input and the state before it; mask (T, N), True at real steps, None if all are."""
        self.padding = None if mask is None else ~mask[:, :, None]
        self.rows[:, :, self.D] = 1
        self.x[...] = x
        for name, value in zip(self.cell.state, s0):
            self.states[name][0] = value

    def stream(self, x: Array) -> tuple[Calls, Array, States]:
        """(calls, y, state) of a plan for one step that is repeated; see Layer."""
        s, names = self._at(0)[0], self.cell.state
        calls, copies = self._forward(0, s), []
        for old, new in ((getattr(s, name + "_prev"), getattr(s, name)) for name in names):
            shorter = in_place(calls, old, new)  # most cells can overwrite the state before
            if shorter is None:
                copies.append(partial(self.xp.copyto, old, new))
            calls = shorter or calls
        state = tuple(getattr(s, name + "_prev") for name in names)
        return [*self._take_input(x), *calls, *copies], state[0][None], state

    def _take_input(self, x):
        """Calls that read the input of one step in place, x (1, N, D) or ids (1, N)."""
        if self.D:
            return [partial(self.xp.copyto, self.rows[0, :, : self.D], x[0])]
        return [call for product in self.forward_products for call in product.look_up(0, x)]

    def enter_backward(self, dsT: States) -> None:
        """Copy in dL/dsT; an empty tuple stands for zeros."""
        for k, target in enumerate(self.ds0):
            target[...] = dsT[k] if dsT else 0

    def hold(self, t: int, padded: Array) -> None:
        """Keep the state of the rows that are padding at step t, `padded` (N, 1)."""
        for array in self.states.values():
            self.xp.copyto(array[t + 1], array[t], where=padded)

    def set_aside(self, padded: Array) -> None:
        """Hide dL/dstate of the rows `padded` (N, 1) from the cell: it is linear in d and gives them zeros ..."""
        for name, kept in self.kept.items():
            d = getattr(self.d, name)
            self.xp.multiply(d, padded, out=kept)
            d -= kept

    def put_back(self) -> None:
        """... and pass it to the step before."""
        for target, kept in zip(self.ds0, self.kept.values()):
            target += kept

    def add_gradient(self, g: Any) -> None:
        """Add the gradients of the parameters to g, over all T N rows at once."""
        for product in [*self.forward_products, *([self.inner] if self.inner else [])]:
            product.add_gradient(g)
        for vector in self.cell.vectors:
            own = getattr(g, vector.name)
            own += self.xp.einsum("tnh,tnh->h", self.das[vector.block], self.values[vector.times])


def at(when: int | slice, arrays: dict[str, Array], **more: Array) -> SimpleNamespace:
    """The arrays {name: (T, ...)} at one step or over a slice of steps, by name."""
    return SimpleNamespace(**{name: array[when] for name, array in arrays.items()}, **more)
