"""Long short-term memory as first published."""

from ..cell import Block, Cell


class LSTM1997(Cell):
    """Long short-term memory without forget gate (Hochreiter & Schmidhuber 1997): a constant error carousel.

        o_t, i_t = sigma(a^o_t), sigma(a^i_t)       with a_t = W_x x_t + b + W_h h_{t-1}
        g_t = tanh(a^g_t)
        c_t = c_{t-1} + i_t g_t
        h_t = o_t tanh(c_t)

    The paper squashes the input to [-2, 2] and the output to [-1, 1] by scaled logistic functions; later work of its
    authors uses tanh. Backward, with dh = dL/dh_t and dc = dL/dc_t from later steps:

        dc  += dh o_t (1 - tanh^2 c_t)
        da^o = dh tanh(c_t) o_t (1 - o_t)
        da^i = dc g_t       i_t (1 - i_t)
        da^g = dc i_t       (1 - g_t^2)
        dc_{t-1} = dc                               the carousel: neither shrinks nor grows
    """

    blocks = (Block("o", "logistic"), Block("i", "logistic"), Block("g", "tanh"))
    state = ("h", "c")
    saved = ("tanh_c",)
    slopes = ("c",)
    only_through_W_h = True
    write = "i"

    def step(self, xp, s):
        xp.multiply(s.i, s.g, out=s.tmp)
        xp.add(s.c_prev, s.tmp, out=s.c)  # c_t = c_{t-1} + i g
        xp.tanh(s.c, out=s.tanh_c)
        xp.multiply(s.o, s.tanh_c, out=s.h)  # h_t = o tanh c_t

    def local_derivatives(self, xp, s, slope):
        slope.o *= s.tanh_c  # dh_t / da^o
        slope.i *= s.g  # dc_t / da^i
        slope.g *= s.i  # dc_t / da^g
        xp.multiply(s.tanh_c, s.tanh_c, out=slope.c)
        xp.subtract(1, slope.c, out=slope.c)
        slope.c *= s.o  # dh_t / dc_t

    def step_backward(self, xp, s, slope, d, da):
        xp.multiply(d.h, slope.o, out=da.o)
        xp.multiply(d.h, slope.c, out=s.tmp)
        d.c += s.tmp  # now dL/dc_t, whole, and so dL/dc_{t-1}
        xp.multiply(d.c, slope.i, out=da.i)
        xp.multiply(d.c, slope.g, out=da.g)
