"""Models that answer at every step: the next token, the tag of a word, a number."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from .categorical import Categorical
from .compose import Stack
from .dense import Dense
from .headed import Headed, Inputs
from .memory import Array, Memory
from .model import Part, Size, State, Views
from .parameters import ParamStore
from .targets import loss_of_targets, target_parts

if TYPE_CHECKING:  # not imported for a language model, whose first character should come soon
    from .likelihood import Likelihood
    from .words import WordReader


@dataclass(frozen=True)
class Aligned(Headed):
    """Sequences -> layers -> scores at every step (many to many).

    With `tied` the head has no matrix of its own: scores = y E^T + b, E the embedding (Press & Wolf 2017,
    arXiv:1608.05859v3). likelihood: None for Categorical without weights or smoothing. words: reads the characters of
    each word too; then sizes are (T, W), W spellings. D: columns of the inputs; 0: they are ids. carries: whether the
    state goes on from batch to batch; otherwise `initial_state` is (), and each batch starts at zero.
    """

    body: Stack
    head: Dense
    tied: bool = False
    likelihood: "Categorical | Likelihood | None" = None
    words: "WordReader | None" = None
    D: int = 0
    carries: bool = True

    @property
    def lengths(self) -> tuple[str, ...]:
        return ("T", "W") if self.words else ("T",)

    @property
    def answering(self) -> str:
        return "T"

    @cached_property
    def scored_by(self) -> "Categorical | Likelihood":
        """The likelihood, by default Categorical."""
        return self.likelihood or Categorical(self.head.K)

    def store(self) -> ParamStore:
        words, head = self.words.specs() if self.words else {}, self.head.specs()
        return ParamStore(words | self.body.specs() | {"head": head[1:] if self.tied else head})

    def batch(self, size: Size, N: int) -> dict[str, Part]:
        """{name: Part}: ids or vectors, the ids or numbers to predict, of which some may be missing, and a mask of the
        real steps; with `words` the spelling of each word, and the characters of each spelling."""
        T, *W = size
        parts = {"inputs": Part((T, N, self.D), "f4") if self.D else Part((T, N), np.intp)}
        parts |= target_parts(self.scored_by, self.head.K // self.scored_by.columns, T, N, "T")
        parts["mask"] = Part((T, N), np.bool_)
        if self.words:
            C = self.words.longest
            parts["spelled"] = Part((T, N), np.intp)
            parts["characters"] = Part((C, *W), np.intp, rows=None, length=None)
            parts["character_mask"] = Part((C, *W), np.bool_, rows=None, length=None)
        return parts

    def initial_state(self, N: int, memory: Memory) -> State:
        return self.body.initial_state(N, memory) if self.carries else ()

    def plan(self, size: Size, N: int, memory: Memory) -> SimpleNamespace:
        T, *W = size
        return SimpleNamespace(
            inputs=Inputs(T, N, self.D, memory),
            words=self.words.plan(T, N, W[0], memory) if self.words else None,
            s0=() if self.carries else self.body.initial_state(N, memory.like()),
            body=self.body.plan(T, N, memory),
            head=self.head.plan(T, N, memory),
            scores=None,
        )

    def draw(self, noise: Any, plan: SimpleNamespace) -> None:
        super().draw(noise, plan)
        if self.words:
            self.words.draw(noise.child(len(self.body.layers)), plan.words)

    def load(self, p: Views, plan: SimpleNamespace) -> None:
        if self.words:
            self.words.load(p, plan.words)
        self.body.load(p, plan.body)
        self.head.load(self._head(p), plan.head)

    def _head(self, p):
        """The views of the head, with the transposed embedding as its matrix where tied; the same for p and for g."""
        return SimpleNamespace(W=p["embedding"].E.T, b=p["head"].b) if self.tied else p["head"]

    def forward(
        self,
        inputs: Array,
        s0: State,
        plan: SimpleNamespace,
        mask: Array | None = None,
        spelling: Sequence[Array] = (),
    ) -> tuple[Array, State]:
        """ids (T, N) or vectors (T, N, D) -> scores (T N, outputs), state after the last step.

        spelling: for a model that reads words, spelled (T, N), characters and character_mask (C, W).
        """
        x = plan.inputs.real(inputs, mask)
        if self.words:
            spelled, characters, character_mask = spelling
            x = self.words.forward(inputs, spelled, characters, character_mask, plan.words)
        y, sT = self.body.forward(x, s0 if self.carries else plan.s0, plan.body, mask)
        return self.head.forward(y, plan.head), sT if self.carries else ()

    def _spelling(self, batch):
        return (batch.spelled, batch.characters, batch.character_mask) if self.words else ()

    def answers(self, batch: Any, plan: SimpleNamespace) -> Array:
        """Scores (T, N, outputs) of a batch, which needs no targets, for a model that carries no state."""
        scores, _ = self.forward(batch.inputs, (), plan, batch.mask, self._spelling(batch))
        return scores.reshape(*batch.inputs.shape[:2], -1)

    def stream(self, ids: Array, s0: State, plan: SimpleNamespace) -> tuple[list[Callable[[], Any]], Array, State]:
        """For a plan of T = 1: (calls, scores (N, V), state). Each round of the calls reads ids (1, N) in place and
        overwrites scores and `state`, which starts as s0."""
        calls, y, state = self.body.stream(ids, s0, plan.body)
        last, scores = self.head.stream(y, plan.head)
        return [*calls, *last], scores, state

    def backward(self, g: Views, dscores: Array, dsT: State, plan: SimpleNamespace) -> State:
        """Adds dL/dp into g; returns dL/ds0. dsT is () for zeros, which is truncated BPTT."""
        dy = self.head.backward(self._head(g), dscores, plan.head)
        dx, ds0 = self.body.backward(g, dy, dsT, plan.body)
        if self.words:
            assert dx is not None  # the body reads vectors
            self.words.backward(g, dx, plan.words)
        return ds0 if self.carries else ()

    def loss(self, batch: Any, s0: State, plan: SimpleNamespace) -> tuple[float, State]:
        """(loss summed over the real targets, state after the batch); dL/dscores is left in `plan.scores`."""
        plan.scores, sT = self.forward(batch.inputs, s0, plan, batch.mask, self._spelling(batch))
        real = None if batch.mask is None else batch.mask.reshape(-1)
        return loss_of_targets(self.scored_by, plan.scores, batch, real, plan.head.xp), sT
