"""The contract of a layer. T time, N batch, D input, H hidden; time-major: x is (T, N, D).

Arguments are only read, never written to. Returned arrays are views into the plan, valid until its next use; a state
that a plan returned may be handed back to it.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from .memory import Array, Memory
from .parameters import ParamSpec

States = tuple[Array, ...]  # (N, H) each; () for a layer that carries none


class Layer:
    """Maps a sequence to a sequence. Immutable: parameters, state, memory and noise are all handed in."""

    def specs(self) -> tuple[ParamSpec, ...]:
        """The parameters."""
        return ()

    def initial_state(self, N: int, memory: Memory) -> States:
        """A tuple of zero arrays, possibly empty."""
        return ()

    def plan(self, T: int, N: int, memory: Memory) -> Any:
        """Every buffer that one (T, N) batch needs, every view cut."""
        raise NotImplementedError

    def draw(self, noise: Any, plan: Any) -> None:
        """Draw the masks of the next forward pass from `noise` (Noise); without a draw there are none (evaluation)."""

    def load(self, p: Any, plan: Any) -> None:
        """Copy the parameters `p` into the plan, in its own layout: once after each change of theta or draw."""

    def forward(self, x: Array, s0: States, plan: Any, mask: Array | None = None) -> tuple[Array, States]:
        """x (T, N, D), the state before it, mask (T, N), True at real steps -> y (T, N, H), the state after it."""
        raise NotImplementedError

    def stream(self, x: Array, s0: States, plan: Any) -> tuple[list[Callable[[], Any]], Array, States]:
        """For a plan of T = 1: (calls, y, state). Each round of the calls, which take no argument, reads x (1, N, D) in
        place and advances the layer by one step; the output is then in y (1, N, H), the state in `state`, which begins
        as s0. Layers with a state override this."""
        y, _ = self.forward(x, s0, plan)
        return [] if y is x else [partial(self.forward, x, s0, plan)], y, ()

    def backward(self, g: Any, dy: Array, dsT: States, plan: Any) -> tuple[Array | None, States]:
        """dL/dy, dL/dsT -> dL/dx (None if x are ids) and dL/ds0. ADDS dL/dp into `g`, never assigns. dsT may be () for
        zeros."""
        raise NotImplementedError
