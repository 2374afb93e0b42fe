"""Layer normalisation."""

from dataclasses import dataclass
from types import SimpleNamespace

from .initialisers import ONES
from .layer import Layer
from .parameters import ParamSpec

EPSILON = 1e-5


@dataclass(frozen=True)
class LayerNorm(Layer):
    """Layer normalisation of the output of a layer (Ba, Kiros & Hinton 2016, arXiv:1607.06450v1).

        m, v = mean and variance of x over its D values
        n = (x - m) / sqrt(v + epsilon)
        y = gain n + bias

    Backward, with dn = dL/dy gain:

        dx = (dn - mean(dn) - n mean(dn n)) / sqrt(v + epsilon)
    """

    D: int

    def specs(self):
        return ParamSpec("gain", (self.D,), ONES, decayed=False), ParamSpec("bias", (self.D,), decayed=False)

    def plan(self, T, N, memory):
        return SimpleNamespace(
            xp=memory.xp,
            gain=memory(self.D),
            bias=memory(self.D),
            n=memory(T, N, self.D),
            y=memory(T, N, self.D),
            dx=memory(T, N, self.D, training=True),
            mean=memory(T, N, 1),
            scale=memory(T, N, 1),
        )

    def load(self, p, plan):
        plan.gain[...], plan.bias[...] = p.gain, p.bias

    def forward(self, x, s0, plan, mask=None):
        xp, n, y, mean, scale = plan.xp, plan.n, plan.y, plan.mean, plan.scale
        xp.mean(x, axis=-1, keepdims=True, out=mean)
        xp.subtract(x, mean, out=n)
        xp.multiply(n, n, out=y)
        xp.mean(y, axis=-1, keepdims=True, out=scale)
        scale += EPSILON
        xp.sqrt(scale, out=scale)
        xp.divide(1, scale, out=scale)  # 1 / sqrt(v + epsilon)
        n *= scale
        xp.multiply(n, plan.gain, out=y)
        y += plan.bias
        return y, ()

    def backward(self, g, dy, dsT, plan):
        xp, n, dx, mean = plan.xp, plan.n, plan.dx, plan.mean
        g.gain += xp.einsum("tnd,tnd->d", dy, n)
        g.bias += dy.sum(axis=(0, 1))
        xp.multiply(dy, plan.gain, out=dx)  # dL/dn
        xp.mean(dx, axis=-1, keepdims=True, out=mean)
        along = xp.einsum("tnd,tnd->tn", dx, n)[:, :, None] / self.D
        dx -= mean
        xp.multiply(n, along, out=plan.y)
        dx -= plan.y
        dx *= plan.scale
        return dx, ()
