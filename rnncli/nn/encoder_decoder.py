"""Models that write a sequence: from one that they read, or from features."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from math import prod
from types import SimpleNamespace
from typing import Any

import numpy as np

from ..errors import ConfigError
from .attention import Attention
from .bidirectional import Bidirectional
from .bridge import state_sizes
from .categorical import Categorical
from .cells import CELLS
from .compose import Stack
from .dense import Dense
from .losses import softmax_nats
from .memory import Array, Memory
from .model import Model, Part, Size, State, Views
from .parameters import ParamStore
from .sources import Features, Reader, by_layer, named
from .targets import loss_of_targets
from .tokens import Embedding


@dataclass(frozen=True)
class EncoderDecoder(Model):
    """A source -> scores of each symbol of a target, given those before it (Sutskever, Vinyals & Le 2014,
    arXiv:1409.3215v3; Cho et al. 2014, arXiv:1406.1078v3).

    T steps of the source, U of the target, V symbols. `embedding` and `body`, the writer, read the target one symbol
    behind; `head` scores the next one. With `attention`, each step also looks at all outputs of the reader.

    The writer starts from the last state of the reader, layer by layer, so both have the same cells and sizes. Padding
    stands on the right only. A mask hides it from the reader. The writer needs none: what it reads in padding reaches
    the scores of padding alone, and those have no loss.

    Parameters: those of the source, "writer_embedding", "writer_LAYER", "attention", "head". The model carries no state
    from batch to batch.

    Raises ConfigError if the states of reader and writer differ.
    """

    source: Reader | Features
    embedding: Embedding
    body: Stack
    head: Dense
    attention: Attention | None
    likelihood: Categorical

    def __post_init__(self) -> None:
        if isinstance(self.source, Reader):
            check_alike(self.source.body, self.body)
        elif self.attention:
            raise ValueError("features have no steps for attention to look at")
        elif self.source.bridge.sizes != state_sizes(self.body):
            raise ValueError(f"a bridge to {self.source.bridge.sizes}, but the writer has {state_sizes(self.body)}")
        if any(isinstance(innermost(layer), Bidirectional) for layer in self.body.layers.values()):
            raise ValueError("a writer cannot read both ways: it would read what it is to write")

    @cached_property
    def origin(self) -> Reader | Features:
        """The source; without attention nobody reads its outputs, so the layers after its last state are left out."""
        return self.source if self.attention else self.source.without_outputs()

    @cached_property
    def writer(self) -> Stack:
        """The body, under the names that its parameters have."""
        return named("writer", self.body)

    @property
    def lengths(self) -> tuple[str, ...]:
        return (*self.origin.lengths, "U")

    @property
    def answering(self) -> str:
        return "U"

    def store(self) -> ParamStore:
        return ParamStore(
            self.origin.specs()
            | {"writer_embedding": self.embedding.specs()}
            | self.writer.specs()
            | ({"attention": self.attention.specs()} if self.attention else {})
            | {"head": self.head.specs()}
        )

    def multiplied(self) -> int:
        """Of all but embeddings, which are looked up, and the bridge, which works once."""
        once = {"bridge", "reader_embedding", "writer_embedding"}
        specs = (spec for name, specs in self.store().specs.items() if name not in once for spec in specs)
        return sum(prod(spec.shape) for spec in specs if len(spec.shape) == 2)

    def batch(self, size: Size, N: int) -> dict[str, Part]:
        """{name: Part}: those of the source; the target behind by one symbol, the target, and which of it is real."""
        *T, U = size
        parts = self.origin.parts(tuple(T), N)
        parts |= {name: Part((U, N), np.intp, length="U") for name in ("inputs", "targets")}
        return parts | {"mask": Part((U, N), np.bool_, length="U")}

    def initial_state(self, N: int, memory: Memory) -> State:
        return ()

    def plan(self, size: Size, N: int, memory: Memory) -> SimpleNamespace:
        *T, U = size
        return self._plan(T[0] if T else 1, U, N, 1, memory)

    def writing_plan(self, T: int, N: int, K: int, memory: Memory) -> SimpleNamespace:
        """Buffers for N sources of up to T steps, and for one step of K candidates of each: row k N + n of the writer
        is candidate k of source n. T counts for nothing where the source are features."""
        return self._plan(T, 1, N, K, memory)

    def _plan(self, T, U, N, K, memory):
        rows, E, F = K * N, self.embedding.D, self.origin.joined
        return SimpleNamespace(
            xp=memory.xp,
            shape=(K * U, N),  # positions that look at each source
            source=self.origin.plan(T, N, memory),
            embedding=self.embedding.plan(U, rows, memory),
            x=memory(U, rows, E + F) if F else None,
            dx=memory(U, rows, E, training=True) if F else None,
            s0=self.body.initial_state(rows, memory),
            body=self.writer.plan(U, rows, memory),
            attention=self.attention.plan(T, K * U, N, memory) if self.attention else None,
            head=self.head.plan(U, rows, memory),
            scores=None,
        )

    def draw(self, noise: Any, plan: SimpleNamespace) -> None:
        self.origin.draw(noise.child(0), plan.source)
        self.writer.draw(noise.child(1), plan.body)

    def load(self, p: Views, plan: SimpleNamespace) -> None:
        """For both kinds of plans."""
        self.origin.load(p, plan.source)
        self.embedding.load(p["writer_embedding"], plan.embedding)
        self.writer.load(p, plan.body)
        if self.attention:
            self.attention.load(p["attention"], plan.attention)
        self.head.load(p["head"], plan.head)

    def read(self, batch: Any, plan: SimpleNamespace) -> State:
        """Read the source of a batch, which needs no target -> the writer's first state, with rows for all candidates;
        the plan keeps the source."""
        states, N = self.origin.forward(batch, plan.source), plan.shape[1]
        for copies, layer in zip(plan.s0, by_layer(states, plan.s0)):
            for copy, state in zip(copies, layer):
                copy.reshape(-1, N, copy.shape[1])[...] = state
        if self.attention:
            self.attention.read(plan.source.h, batch.source_mask, plan.attention)
        if self.origin.joined:
            joined = plan.x[:, :, self.embedding.D :]
            joined.reshape(-1, N, self.origin.joined)[...] = batch.features
        return plan.s0

    def forward(self, batch: Any, plan: SimpleNamespace) -> Array:
        """Scores (U N, V) of each symbol, given the source and the symbols before it (teacher forcing)."""
        s0 = self.read(batch, plan)
        x, _ = self.embedding.forward(batch.inputs, (), plan.embedding)
        if self.origin.joined:
            plan.x[:, :, : self.embedding.D] = x
            x = plan.x
        y, _ = self.writer.forward(x, s0, plan.body)
        if self.attention:
            y = self.attention.forward(y, plan.attention)
        return self.head.forward(y, plan.head)

    def loss(self, batch: Any, s0: State, plan: SimpleNamespace) -> tuple[float, State]:
        """(loss summed over the real symbols, ()); dL/dscores is left in `plan.scores`."""
        plan.scores = self.forward(batch, plan)
        real = None if batch.mask is None else batch.mask.reshape(-1)
        return loss_of_targets(self.likelihood, plan.scores, batch, real, plan.xp), ()

    def nats(self, batch: Any, plan: SimpleNamespace) -> np.ndarray:
        """-log p of each symbol of the target, given those before it: (U, N) float64, 0 at padding."""
        mask = True if batch.mask is None else batch.mask
        targets = np.where(mask, batch.targets, 0)
        nats = softmax_nats(self.forward(batch, plan), targets.reshape(-1))
        return np.where(mask, nats.reshape(targets.shape).astype(np.float64), 0)

    def backward(self, g: Views, dscores: Array, dsT: State, plan: SimpleNamespace) -> State:
        """Adds dL/dp into g; returns ()."""
        dy, dh = self.head.backward(g["head"], dscores, plan.head), None
        if self.attention:
            dy, dh = self.attention.backward(g["attention"], dy, plan.attention)
        dx, ds0 = self.writer.backward(g, dy, (), plan.body)
        assert dx is not None  # the body reads vectors
        if self.origin.joined:
            plan.dx[...] = dx[:, :, : self.embedding.D]
            dx = plan.dx
        self.embedding.backward(g["writer_embedding"], dx, (), plan.embedding)
        self.origin.backward(g, tuple(layer for layer in ds0 if layer), dh, plan.source)
        return ()

    def stream(self, ids: Array, state: State, plan: SimpleNamespace) -> tuple[list[Callable[[], Any]], Array, State]:
        """For a writing plan: (calls, scores (K N, V), state). Each round of the calls reads ids (1, K N) in place and
        overwrites scores and `state`, which starts as the given one; its rows may be reordered between rounds."""
        first, x, _ = self.embedding.stream(ids, (), plan.embedding)
        if self.origin.joined:
            first = [*first, partial(plan.xp.copyto, plan.x[:, :, : self.embedding.D], x)]
            x = plan.x
        calls, y, state = self.writer.stream(x, state, plan.body)
        if self.attention:
            looking, o = self.attention.stream(y.reshape(*plan.shape, -1), plan.attention)
            calls, y = [*calls, *looking], o.reshape(y.shape)
        last, scores = self.head.stream(y, plan.head)
        return [*first, *calls, *last], scores, state

    def attended(self, plan: SimpleNamespace) -> Array | None:
        """For a writing plan: the weights (K, N, T) of the last round, a view; None without attention."""
        return plan.attention.alpha.swapaxes(0, 1) if self.attention else None


def check_alike(reader: Stack, writer: Stack) -> None:
    """Raises ConfigError unless the states of both have the same cells and sizes, layer by layer."""
    first, then = recurrences(reader), recurrences(writer)
    if first != then:
        raise ConfigError(
            f"the writer starts from the last state of the reader, layer by layer, but the reader has "
            f"{', '.join(first) or 'no layer with a state'}, and the writer {', '.join(then) or 'none'}",
            "give both the same cell and the same sizes; of a bidirectional layer, both halves count",
        )


def recurrences(body: Stack) -> list[str]:
    """The layers that have a state, as "CELL SIZE"."""
    stateful = (layer for layer in body.layers.values() if layer.initial_state(1, Memory("f4")))
    return [f"{cell_name(layer)} {sizes[0]}" for layer, sizes in zip(stateful, state_sizes(body))]


def cell_name(layer: Any) -> str:
    """The registered name of the cell of a layer, or the name of its class."""
    cell = getattr(innermost(layer), "cell", layer)
    return next((name for name, each in CELLS.items() if each is cell), type(cell).__name__)


def innermost(layer: Any) -> Any:
    """The layer inside its wrappers."""
    return innermost(layer.layer) if hasattr(layer, "layer") else layer
