"""What most models have in common: layers, and an output layer on top of them."""

from typing import Any

from .compose import Stack
from .dense import Dense
from .memory import Memory
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
