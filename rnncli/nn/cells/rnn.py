"""Simple recurrent networks (Elman 1990)."""

from ..cell import Block, Cell, at_every_step


class TanhRNN(Cell):
    """Simple recurrent network (Elman 1990), squashed by tanh.

        a_t = W_x x_t + b + W_h h_{t-1}
        h_t = tanh a_t

    Backward, with dh = dL/dh_t:

        da = dh (1 - h_t^2)
    """

    blocks = (Block("a", "tanh"),)
    only_through_W_h = True

    def step(self, xp, s):
        xp.copyto(s.h, s.a)

    def step_backward(self, xp, s, slope, d, da):
        xp.multiply(d.h, slope.a, out=da.a)  # slope.a is the derivative of the squashing


class LogisticRNN(TanhRNN):
    """Elman's own form, squashed by the logistic function: h_t = sigma(a_t), da = dh h_t (1 - h_t)."""

    blocks = (Block("a", "logistic"),)


class IdentityRNN(TanhRNN):
    """A linear network: h_t = a_t, da = dh. Powers of W_h alone make its gradient grow or vanish."""

    blocks = (Block("a"),)

    def local_derivatives(self, xp, s, slope):
        slope.a.fill(1)


class ReluRNN(TanhRNN):
    """Rectified linear units: h_t = max(a_t, 0), da = dh where a_t > 0.

    With W_h started as the identity this is the IRNN of Le, Jaitly & Hinton (2015, arXiv:1504.00941v2).
    """

    blocks = (Block("a"),)

    @at_every_step
    def step(self, xp, s):
        xp.multiply(s.a, s.a.real > 0, out=s.h)  # the real part decides, so that the complex step passes

    @at_every_step
    def local_derivatives(self, xp, s, slope):
        xp.copyto(slope.a, s.a.real > 0)
