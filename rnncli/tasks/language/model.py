"""The language model: scores of the next token."""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from ...nn.building import recurrent_layers
from ...nn.compose import Stack
from ...nn.dense import Dense
from ...nn.dropout import Dropout
from ...nn.headed import Headed
from ...nn.initialisers import Normal, Uniform
from ...nn.layer import Layer
from ...nn.losses import softmax_cross_entropy
from ...nn.memory import Array, Memory
from ...nn.model import Part, Size, State, Views
from ...nn.parameters import ParamStore
from ...nn.tokens import Embedding


@dataclass(frozen=True)
class LanguageModel(Headed):
    """Token ids -> layers -> scores of the next token, at every step (many to many).

    With `tied` the head has no matrix of its own: scores = y E^T + b, E the embedding (Press & Wolf 2017,
    arXiv:1608.05859v3).
    """

    body: Stack
    head: Dense
    tied: bool = False

    def store(self) -> ParamStore:
        head = self.head.specs()
        return ParamStore(self.body.specs() | {"head": head[1:] if self.tied else head})

    def batch(self, size: Size, N: int) -> dict[str, Part]:
        """{name: Part}: token ids, the ids that follow them, and a mask of the real positions."""
        (T,) = size
        return {"inputs": Part((T, N), np.intp), "targets": Part((T, N), np.intp), "mask": Part((T, N), np.bool_)}

    def plan(self, size: Size, N: int, memory: Memory) -> SimpleNamespace:
        (T,) = size
        return SimpleNamespace(body=self.body.plan(T, N, memory), head=self.head.plan(T, N, memory), scores=None)

    def load(self, p: Views, plan: SimpleNamespace) -> None:
        self.body.load(p, plan.body)
        self.head.load(self._head(p), plan.head)

    def _head(self, p):
        """The views of the head, with the transposed embedding as its matrix where tied; the same for p and for g."""
        return SimpleNamespace(W=p["embedding"].E.T, b=p["head"].b) if self.tied else p["head"]

    def forward(self, ids: Array, s0: State, plan: SimpleNamespace, mask: Array | None = None) -> tuple[Array, State]:
        """ids (T, N) -> scores (T N, V), state after the last step."""
        y, sT = self.body.forward(ids, s0, plan.body, mask)
        return self.head.forward(y, plan.head), sT

    def stream(self, ids: Array, s0: State, plan: SimpleNamespace) -> tuple[list[Callable[[], Any]], Array, State]:
        """For a plan of T = 1: (calls, scores (N, V), state). Each round of the calls reads ids (1, N) in place and
        overwrites scores and `state`, which starts as s0."""
        calls, y, state = self.body.stream(ids, s0, plan.body)
        last, scores = self.head.stream(y, plan.head)
        return [*calls, *last], scores, state

    def backward(self, g: Views, dscores: Array, dsT: State, plan: SimpleNamespace) -> State:
        """Adds dL/dp into g; returns dL/ds0. dsT is () for zeros, which is truncated BPTT."""
        dy = self.head.backward(self._head(g), dscores, plan.head)
        return self.body.backward(g, dy, dsT, plan.body)[1]

    def loss(self, batch: Any, s0: State, plan: SimpleNamespace) -> tuple[float, State]:
        """(sum of nats over the real targets, state after the batch); dL/dscores is left in `plan.scores`."""
        plan.scores, sT = self.forward(batch.inputs, s0, plan, batch.mask)
        real = None if batch.mask is None else batch.mask.reshape(-1)
        return softmax_cross_entropy(plan.scores, batch.targets.reshape(-1), real, plan.head.xp), sT


def build_model(config: Any, V: int) -> LanguageModel:
    """The LanguageModel that `config` (ModelConfig) describes, for a vocabulary of V tokens.

    Raises ConfigError for an unknown cell, or a residual or chrono option that does not fit it.
    """
    E = config.embedding_size
    layers: dict[str, Layer] = {}
    layers |= {"embedding": Embedding(V, E, Uniform(E**-0.5) if config.tie_embeddings else Normal(1.0))} if E else {}
    if config.dropout_input:
        layers["drop_input"] = Dropout(E, config.dropout_input, config.dropout_kind == "variational")
    layers |= recurrent_layers(config, E or V, not E, "embedding_size the size of the first layer")
    return LanguageModel(Stack(layers), Dense(config.sizes[-1], V), config.tie_embeddings)
