"""Transforms: each changes a gradient in place, one stage on the way to the direction of a step.

Optimizers are chains of these (see optimizer.py). A transform is an immutable description; its state vectors are
arguments. It works element by element: applied to parts of the vectors, in any order or in different processes, it
gives the same bytes as applied to the whole.

    apply(u, theta, slots, step, scratch)

u (n,): on entry the gradient, or the result of the transforms before; on return the direction, and the optimizer
subtracts rate·u from theta. theta (n,): the parameters, only read. slots: name -> (n,), the state, updated; zero before
the first step. step: counts from 1. scratch (n,): overwritten. All arrays have one dtype.
"""

from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np

Vector = np.ndarray  # (n,), a part of a flat vector
Slots = dict[str, Vector]


class Transform(Protocol):
    """The interface of a transform. No two in a chain may share the name of a slot."""

    slots: ClassVar[tuple[str, ...]]  # names of the state vectors
    spares_biases: ClassVar[bool]  # applied to the decayed spans alone

    def apply(self, u: Vector, theta: Vector, slots: Slots, step: int, scratch: Vector) -> None:
        """Transform u (n,) in place; see the module."""
        ...


@dataclass(frozen=True)
class ClipValue:
    """Clips each element of u to [-limit, limit]; torch.nn.utils.clip_grad_value_."""

    limit: float
    slots: ClassVar[tuple[str, ...]] = ()
    spares_biases: ClassVar[bool] = False

    def apply(self, u: Vector, theta: Vector, slots: Slots, step: int, scratch: Vector) -> None:
        np.clip(u, -self.limit, self.limit, out=u)


@dataclass(frozen=True)
class WeightDecay:
    """u += decay·theta, for weights but not for biases.

    Before an adaptive transform it is an L2 penalty, as torch's `weight_decay` of SGD and Adam. After it, it is
    decoupled weight decay, as torch.optim.AdamW (Loshchilov & Hutter 2019, arXiv:1711.05101v3).
    """

    decay: float
    slots: ClassVar[tuple[str, ...]] = ()
    spares_biases: ClassVar[bool] = True

    def apply(self, u: Vector, theta: Vector, slots: Slots, step: int, scratch: Vector) -> None:
        np.multiply(theta, self.decay, out=scratch)
        u += scratch


@dataclass(frozen=True)
class Momentum:
    """velocity = beta·velocity + u; u = velocity (Polyak 1964); torch.optim.SGD(momentum=beta)."""

    beta: float
    slots: ClassVar[tuple[str, ...]] = ("velocity",)
    spares_biases: ClassVar[bool] = False

    def apply(self, u: Vector, theta: Vector, slots: Slots, step: int, scratch: Vector) -> None:
        velocity = slots["velocity"]
        velocity *= self.beta
        velocity += u
        u[...] = velocity


@dataclass(frozen=True)
class Nesterov:
    """velocity = beta·velocity + u; u += beta·velocity (Sutskever et al. 2013); torch.optim.SGD(nesterov=True)."""

    beta: float
    slots: ClassVar[tuple[str, ...]] = ("velocity",)
    spares_biases: ClassVar[bool] = False

    def apply(self, u: Vector, theta: Vector, slots: Slots, step: int, scratch: Vector) -> None:
        velocity = slots["velocity"]
        velocity *= self.beta
        velocity += u
        np.multiply(velocity, self.beta, out=scratch)
        u += scratch


@dataclass(frozen=True)
class Adagrad:
    """squares += u²; u /= √squares + epsilon (Duchi, Hazan & Singer 2011); torch.optim.Adagrad."""

    epsilon: float
    slots: ClassVar[tuple[str, ...]] = ("squares",)
    spares_biases: ClassVar[bool] = False

    def apply(self, u: Vector, theta: Vector, slots: Slots, step: int, scratch: Vector) -> None:
        squares = slots["squares"]
        np.multiply(u, u, out=scratch)
        squares += scratch
        np.sqrt(squares, out=scratch)
        scratch += self.epsilon
        u /= scratch


@dataclass(frozen=True)
class RMSProp:
    """squares = rho·squares + (1 - rho)·u²; u /= √squares + epsilon; torch.optim.RMSprop(alpha=rho).

    Tieleman & Hinton 2012, lecture 6.5 of Neural Networks for Machine Learning; no bias correction, not centred.
    """

    rho: float
    epsilon: float
    slots: ClassVar[tuple[str, ...]] = ("squares",)
    spares_biases: ClassVar[bool] = False

    def apply(self, u: Vector, theta: Vector, slots: Slots, step: int, scratch: Vector) -> None:
        squares = slots["squares"]
        squares *= self.rho
        np.multiply(u, u, out=scratch)
        scratch *= 1 - self.rho
        squares += scratch
        np.sqrt(squares, out=scratch)
        scratch += self.epsilon
        u /= scratch


@dataclass(frozen=True)
class Adam:
    """u = m̂ / (√v̂ + epsilon) (Kingma & Ba 2015, arXiv:1412.6980v9, algorithm 1); torch.optim.Adam.

    The slots hold the sums m = Σ beta1^(t-k) g_k and v = Σ beta2^(t-k) g_k² without the paper's factors 1 - beta. Those
    join the bias correction in two scalars, which saves two passes over memory:
    m̂ = m (1 - beta1)/(1 - beta1^t), v̂ = v (1 - beta2)/(1 - beta2^t).
    """

    beta1: float
    beta2: float
    epsilon: float
    slots: ClassVar[tuple[str, ...]] = ("m", "v")
    spares_biases: ClassVar[bool] = False

    def apply(self, u: Vector, theta: Vector, slots: Slots, step: int, scratch: Vector) -> None:
        m, v = slots["m"], slots["v"]
        mean = (1 - self.beta1) / (1 - self.beta1**step)  # m̂ = mean·m
        root = ((1 - self.beta2) / (1 - self.beta2**step)) ** 0.5  # √v̂ = root·√v
        m *= self.beta1
        m += u
        u *= u
        v *= self.beta2
        v += u
        np.sqrt(v, out=u)
        u *= root / mean
        u += self.epsilon / mean  # now (√v̂ + epsilon)/mean
        np.divide(m, u, out=u)


@dataclass(frozen=True)
class WeightAverage:
    """average += (1 - decay)/(1 - decay^t)·(theta - average): the moving average of the weights after each step.

    The divisor makes the weights of theta_1 … theta_t sum to one, like Adam's bias correction: the first average is
    theta_1, and the initial weights never count (cf. Polyak & Juditsky 1992).
    """

    decay: float
    slots: ClassVar[tuple[str, ...]] = ("average",)

    def follow(self, theta: Vector, slots: Slots, step: int, scratch: Vector) -> None:
        """Update slots["average"] (n,) from theta (n,) after its step; scratch (n,) is overwritten."""
        np.subtract(theta, slots["average"], out=scratch)
        scratch *= (1 - self.decay) / (1 - self.decay**step)
        slots["average"] += scratch
