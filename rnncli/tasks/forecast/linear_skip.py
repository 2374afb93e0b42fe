"""The linear part of a forecast: from the last values directly to the steps ahead."""

from dataclasses import dataclass
from types import SimpleNamespace

from ...nn.memory import Array, Memory
from ...nn.parameters import ParamSpec


@dataclass(frozen=True)
class LinearSkip:
    """The autoregressive part of LSTNet (Lai et al. 2018, arXiv:1703.07015v3, section 3.6), for h steps at once.

        s_j = sum over a of W_aj z_a      for the last A values z_a of a target and the step j ahead

    z are the first K columns of the inputs. One W (A, h) serves all K targets, each predicted from its own past:
    relations between targets are left to the layers. W starts at zero; the bias of the head serves it too.
    """

    A: int
    h: int
    K: int

    def specs(self) -> tuple[ParamSpec, ...]:
        return (ParamSpec("W", (self.A, self.h)),)

    def plan(self, N: int, memory: Memory) -> SimpleNamespace:
        A, h, K = self.A, self.h, self.K
        return SimpleNamespace(
            xp=memory.xp, p=None, z=memory(A, N, K), s=memory(h, N, K), dW=memory(A, h, training=True)
        )

    def load(self, p: SimpleNamespace, plan: SimpleNamespace) -> None:
        plan.p = p

    def forward(self, inputs: Array, plan: SimpleNamespace) -> Array:
        """inputs (T, N, D), T >= A -> s (h, N, K)."""
        A, h = self.A, self.h
        plan.z[...] = inputs[-A:, :, : self.K]
        plan.xp.matmul(plan.p.W.T, plan.z.reshape(A, -1), out=plan.s.reshape(h, -1))
        return plan.s

    def backward(self, g: SimpleNamespace, ds: Array, plan: SimpleNamespace) -> None:
        """ds (h, N, K), contiguous; adds into g."""
        A, h = self.A, self.h
        plan.xp.matmul(plan.z.reshape(A, -1), ds.reshape(h, -1).T, out=plan.dW)
        g.W += plan.dW
