"""What most models have in common: layers, and an output layer on top of them."""

from typing import Any

from .compose import Stack
from .dense import Dense
from .memory import Array, Memory
from .model import Model, State, Views
from .parameters import ParamStore


class Headed(Model):
    """A Model of a `body` and a `head`; its plan has a part for each."""

    body: Stack
    head: Dense

    def store(self) -> ParamStore:
        return ParamStore(self.body.specs() | {"head": self.head.specs()})

    def initial_state(self, N: int, memory: Memory) -> State:
        return self.body.initial_state(N, memory)

    def draw(self, noise: Any, plan: Any) -> None:
        """Draw the dropout masks of the next batch; a plan that never draws has no dropout (evaluation)."""
        self.body.draw(noise, plan.body)

    def load(self, p: Views, plan: Any) -> None:
        self.body.load(p, plan.body)
        self.head.load(p["head"], plan.head)


class Inputs:
    """The input of a batch without what stands in its padding: ids (T, N), or vectors (T, N, D) with zeros there.

    Layers pass over padded steps, but NaN times zero is NaN in the gradients of their weights.
    """

    def __init__(self, T: int, N: int, D: int, memory: Memory):
        self.vectors = memory(T, N, D) if D else None

    def real(self, inputs: Array, mask: Array | None) -> Array:
        """`inputs` at real steps; mask (T, N), None if all steps are."""
        if self.vectors is None or mask is None:
            return inputs
        self.vectors[...] = inputs
        self.vectors[~mask] = 0
        return self.vectors
