"""Dropout between layers."""

from dataclasses import dataclass
from types import SimpleNamespace

from .layer import Layer


@dataclass(frozen=True)
class Dropout(Layer):
    """y = x m, where m is zero for a fraction `rate` of its elements and 1 / (1 - rate) elsewhere (Srivastava et al.
    2014).

    m differs from step to step; with `variational` one mask (N, D) serves all steps of a batch (Gal & Ghahramani 2016,
    arXiv:1512.05287v5). Before a mask is drawn, y = x.
    """

    D: int
    rate: float
    variational: bool = True

    def plan(self, T, N, memory):
        return SimpleNamespace(
            xp=memory.xp,
            mask=memory(1 if self.variational else T, N, self.D),
            y=memory(T, N, self.D),
            dx=memory(T, N, self.D, training=True),
            drawn=False,
        )

    def draw(self, noise, plan):
        noise.keep_rows(plan.mask, self.rate)
        plan.drawn = True

    def forward(self, x, s0, plan, mask=None):
        return (plan.xp.multiply(x, plan.mask, out=plan.y) if plan.drawn else x), ()

    def backward(self, g, dy, dsT, plan):
        return (plan.xp.multiply(dy, plan.mask, out=plan.dx) if plan.drawn else dy), ()
