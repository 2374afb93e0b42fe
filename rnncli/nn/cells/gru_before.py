"""Gated recurrent unit, reset before the product."""

from ..cell import Block, Cell


class GRUBefore(Cell):
    """Gated recurrent unit, reset gate before the product (Cho et al. 2014, arXiv:1406.1078v3).

        r_t, z_t = sigma(a^r_t), sigma(a^z_t)       with a_t = W_x x_t + b + W_h h_{t-1}
        u_t = r_t h_{t-1}
        n_t = tanh(a^n_t)                           with a^n_t = W_x^n x_t + b^n + W_h^n u_t
        h_t = n_t + z_t (h_{t-1} - n_t)

    Backward, with dh = dL/dh_t and du = da^n (W_h^n)^T:

        da^n = dh (1 - z_t) (1 - n_t^2)
        da^z = dh (h_{t-1} - n_t)   z_t (1 - z_t)
        da^r = du h_{t-1}           r_t (1 - r_t)
        dh_{t-1} = dh z_t + du r_t + the part through W_h
    """

    blocks = (Block("r", "logistic"), Block("z", "logistic"), Block("n", "tanh", reads="xu"))
    saved = ("gap",)
    keep = "z"

    def prepare(self, xp, s):
        xp.multiply(s.r, s.h_prev, out=s.u)

    def step(self, xp, s):
        xp.subtract(s.h_prev, s.n, out=s.gap)
        xp.multiply(s.z, s.gap, out=s.tmp)
        xp.add(s.n, s.tmp, out=s.h)  # h_t = n + z (h_{t-1} - n)

    def local_derivatives(self, xp, s, slope):
        slope.n -= slope.n * s.z  # dh_t / da^n = (1 - n^2) (1 - z)
        slope.z *= s.gap  # dh_t / da^z
        slope.r *= s.h_prev  # du_t / da^r

    def step_backward(self, xp, s, slope, d, da):
        xp.multiply(d.h, slope.n, out=da.n)
        xp.multiply(d.h, slope.z, out=da.z)
        d.h *= s.z  # now the direct part of dL/dh_{t-1}

    def prepare_backward(self, xp, s, slope, d, da):
        xp.multiply(d.u, slope.r, out=da.r)
        xp.multiply(d.u, s.r, out=s.tmp)
        d.h += s.tmp  # plus the part through u_t
