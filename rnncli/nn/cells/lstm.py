"""Long short-term memory."""

from ..cell import Block, Cell


class LSTM(Cell):
    """Long short-term memory (Hochreiter & Schmidhuber 1997) with forget gate (Gers, Schmidhuber & Cummins 2000).

        o_t, i_t, f_t = sigma(a^o_t), sigma(a^i_t), sigma(a^f_t)      with a_t = W_x x_t + b + W_h h_{t-1}
        g_t = tanh(a^g_t)
        c_t = f_t c_{t-1} + i_t g_t
        h_t = o_t tanh(c_t)

    Backward, with dh = dL/dh_t and dc = dL/dc_t from later steps:

        dc  += dh o_t (1 - tanh^2 c_t)
        da^o = dh tanh(c_t) o_t (1 - o_t)
        da^i = dc g_t       i_t (1 - i_t)
        da^f = dc c_{t-1}   f_t (1 - f_t)
        da^g = dc i_t       (1 - g_t^2)
        dc_{t-1} = dc f_t
    """

    blocks = (Block("o", "logistic"), Block("i", "logistic"), Block("f", "logistic"), Block("g", "tanh"))
    state = ("h", "c")
    saved = ("tanh_c",)
    slopes = ("c",)
    only_through_W_h = True
    keep, write = "f", "i"

    def step(self, xp, s):
        xp.multiply(s.f, s.c_prev, out=s.c)
        xp.multiply(s.i, s.g, out=s.tmp)
        s.c += s.tmp  # c_t = f c_{t-1} + i g
        xp.tanh(s.c, out=s.tanh_c)
        xp.multiply(s.o, s.tanh_c, out=s.h)  # h_t = o tanh c_t

    def local_derivatives(self, xp, s, slope):
        slope.o *= s.tanh_c  # dh_t / da^o
        slope.i *= s.g  # dc_t / da^i
        slope.f *= s.c_prev  # dc_t / da^f
        slope.g *= s.i  # dc_t / da^g
        xp.multiply(s.tanh_c, s.tanh_c, out=slope.c)
        xp.subtract(1, slope.c, out=slope.c)
        slope.c *= s.o  # dh_t / dc_t

    def step_backward(self, xp, s, slope, d, da):
        xp.multiply(d.h, slope.o, out=da.o)
        xp.multiply(d.h, slope.c, out=s.tmp)
        d.c += s.tmp  # now dL/dc_t, whole
        xp.multiply(d.c, slope.i, out=da.i)
        xp.multiply(d.c, slope.f, out=da.f)
        xp.multiply(d.c, slope.g, out=da.g)
        d.c *= s.f  # now dL/dc_{t-1}
