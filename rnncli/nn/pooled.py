"""Models that read a whole sequence and answer once: a class, or numbers."""

from dataclasses import dataclass
from math import prod
from types import SimpleNamespace
from typing import Any

import numpy as np

from .categorical import Categorical
from .compose import Stack
from .dense import Dense
from .headed import Headed, Inputs
from .initialisers import ZEROS
from .likelihood import Likelihood
from .memory import Array, Memory
from .model import Part, Size, State, Views
from .parameters import ParamStore
from .pool import Pool
from .sparse_linear import SparseLinear
from .targets import loss_of_targets, target_parts


@dataclass(frozen=True)
class Pooled(Headed):
    """Sequences -> layers -> pool -> scores, one row of them for each sequence (many to one).

    D: columns of the inputs; 0: they are token ids. A linear path past the layers may add to the scores: `sparse`, from
    n-grams of the sequence, or a Dense layer from `dense` columns of a summary of it. Its weights start at zero. With a
    numeric likelihood it adds to the location of each target, not to the scale.

    The model carries no state. Each row has at least one real step; filler rows have weight 0.
    """

    body: Stack
    pool: Pool
    head: Dense
    likelihood: Categorical | Likelihood
    sparse: SparseLinear | None = None
    dense: int = 0
    D: int = 0

    def __post_init__(self) -> None:
        if self.sparse and self.dense:
            raise ValueError("a model has one linear path: sparse or dense")
        if self.sparse and self.sparse.K != self.K:
            raise ValueError(f"the linear path has {self.sparse.K} columns, expected K={self.K}, one for each target")

    @property
    def K(self) -> int:
        """Classes, or numbers to predict."""
        return self.head.K // self.likelihood.columns

    @property
    def lengths(self) -> tuple[str, ...]:
        return ("T", "G") if self.sparse else ("T",)

    @property
    def linear(self) -> Any:
        """The linear path: a SparseLinear, a Dense or None."""
        return self.sparse or (Dense(self.dense, self.K, ZEROS) if self.dense else None)

    def store(self) -> ParamStore:
        specs = self.body.specs() | {"head": self.head.specs()}
        return ParamStore(specs | ({"linear": self.linear.specs()} if self.linear else {}))

    def multiplied(self) -> int:
        """Of the layers alone: an embedding and n-grams are looked up, and the head reads one step."""
        layers = (specs for name, specs in self.body.specs().items() if name != "embedding")
        return sum(prod(spec.shape) for specs in layers for spec in specs if len(spec.shape) == 2)

    def batch(self, size: Size, N: int) -> dict[str, Part]:
        """{name: Part}: the sequences and their mask; class ids or numbers, of which some may be missing; the weight of
        each row; the n-grams of each sequence with their values, or its summary."""
        T, *G = size
        inputs = Part((T, N, self.D), "f4") if self.D else Part((T, N), np.intp)
        parts = {"inputs": inputs, "mask": Part((T, N), np.bool_)}
        parts |= target_parts(self.likelihood, self.K, 1, N, None)
        parts["weight"] = Part((1, N), "f4", length=None)
        if self.sparse:
            parts["grams"] = Part((*G, N), np.intp, length="G")
            parts["gram_values"] = Part((*G, N), "f4", length="G")
        if self.dense:
            parts["summary"] = Part((1, N, self.dense), "f4", length=None)
        return parts

    def initial_state(self, N: int, memory: Memory) -> State:
        return ()

    def plan(self, size: Size, N: int, memory: Memory) -> SimpleNamespace:
        T, *G = size
        return SimpleNamespace(
            inputs=Inputs(T, N, self.D, memory),
            s0=self.body.initial_state(N, memory.like()),
            body=self.body.plan(T, N, memory),
            pool=self.pool.plan(T, N, memory),
            head=self.head.plan(1, N, memory),
            linear=self.linear and self.linear.plan(G[0] if self.sparse else 1, N, memory),
            dlinear=memory(N, self.K, training=True) if self.linear else None,
            scores=None,
        )

    def load(self, p: Views, plan: SimpleNamespace) -> None:
        super().load(p, plan)
        if self.linear:
            self.linear.load(p["linear"], plan.linear)

    def forward(self, batch: Any, plan: SimpleNamespace) -> Array:
        """Scores (N, outputs) of a batch, which needs no targets."""
        y, _ = self.body.forward(plan.inputs.real(batch.inputs, batch.mask), plan.s0, plan.body, batch.mask)
        scores = self.head.forward(self.pool.forward(y, batch.mask, plan.pool), plan.head)
        if self.linear:
            s = self._linear_scores(batch, plan.linear)
            for part in self._places(scores):
                part += s
        return scores

    def answers(self, batch: Any, plan: SimpleNamespace) -> Array:
        """Scores (1, N, outputs) of a batch, which needs no targets."""
        return self.forward(batch, plan)[None]

    def _linear_scores(self, batch, plan):
        if self.sparse:
            return self.sparse.forward(batch.grams, batch.gram_values, plan)
        return self.linear.forward(batch.summary, plan)

    def _places(self, scores):
        """Views (N, K) of scores (N, outputs): the parameters that the linear path adds to."""
        return [scores[:, p * self.K : (p + 1) * self.K] for p in range(self.likelihood.places)]

    def loss(self, batch: Any, s0: State, plan: SimpleNamespace) -> tuple[float, State]:
        """(loss summed over the rows, ()); dL/dscores is left in `plan.scores`."""
        plan.scores = self.forward(batch, plan)
        weight = None if batch.weight is None else batch.weight.reshape(-1)
        return loss_of_targets(self.likelihood, plan.scores, batch, weight, plan.head.xp), ()

    def backward(self, g: Views, dscores: Array, dsT: State, plan: SimpleNamespace) -> State:
        """Adds dL/dp into g; returns ()."""
        if self.linear:
            first, *others = self._places(dscores)
            plan.dlinear[...] = first
            for part in others:
                plan.dlinear += part
            self.linear.backward(g["linear"], plan.dlinear, plan.linear)
        dpooled = self.head.backward(g["head"], dscores, plan.head)
        self.body.backward(g, self.pool.backward(dpooled, plan.pool), (), plan.body)
        return ()
