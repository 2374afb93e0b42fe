"""Gated recurrent unit, reset after the product."""

from ..cell import Block, Cell


class GRU(Cell):
    """Gated recurrent unit, reset gate after the product (Cho et al. 2014, arXiv:1406.1078v1; cuDNN and PyTorch).

        r_t, z_t = sigma(a^r_t), sigma(a^z_t)       with a_t = W_x x_t + b + W_h h_{t-1}
        q_t = b^q + W_h^q h_{t-1}
        n_t = tanh(a^n_t + r_t q_t)                 with a^n_t = W_x^n x_t + b^n
        h_t = n_t + z_t (h_{t-1} - n_t)

    Backward, with dh = dL/dh_t:

        da^n = dh (1 - z_t) (1 - n_t^2)
        dq   = da^n r_t
        da^r = da^n q_t             r_t (1 - r_t)
        da^z = dh (h_{t-1} - n_t)   z_t (1 - z_t)
        dh_{t-1} = dh z_t + the part through W_h
    """

    blocks = (Block("q", reads="h"), Block("r", "logistic"), Block("z", "logistic"), Block("n", reads="x"))
    saved = ("gap",)
    keep = "z"

    def step(self, xp, s):
        xp.multiply(s.r, s.q, out=s.tmp)
        s.n += s.tmp
        xp.tanh(s.n, out=s.n)  # n_t = tanh(a^n + r q)
        xp.subtract(s.h_prev, s.n, out=s.gap)
        xp.multiply(s.z, s.gap, out=s.tmp)
        xp.add(s.n, s.tmp, out=s.h)  # h_t = n + z (h_{t-1} - n)

    def local_derivatives(self, xp, s, slope):
        xp.multiply(s.n, s.n, out=slope.n)
        xp.subtract(1, slope.n, out=slope.n)
        xp.subtract(1, s.z, out=slope.q)
        slope.n *= slope.q  # dh_t / da^n = (1 - n^2) (1 - z)
        xp.multiply(slope.n, s.r, out=slope.q)  # dh_t / dq
        slope.r *= s.q
        slope.r *= slope.n  # dh_t / da^r
        slope.z *= s.gap  # dh_t / da^z

    def step_backward(self, xp, s, slope, d, da):
        xp.multiply(d.h, slope.blocks, out=da.blocks)  # a block reaches L through h_t alone
        d.h *= s.z  # now the direct part of dL/dh_{t-1}
