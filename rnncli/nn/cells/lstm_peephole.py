"""Long short-term memory with peepholes."""

from ..cell import Block, Cell, Vector
from ..squash import logistic


class PeepholeLSTM(Cell):
    """Long short-term memory whose gates see the cell (Gers, Schraudolph & Schmidhuber 2002).

        i_t = sigma(a^i_t + p_i c_{t-1})            with a_t = W_x x_t + b + W_h h_{t-1}
        f_t = sigma(a^f_t + p_f c_{t-1})
        g_t = tanh(a^g_t)
        c_t = f_t c_{t-1} + i_t g_t
        o_t = sigma(a^o_t + p_o c_t)
        h_t = o_t tanh(c_t)

    Backward, with dh = dL/dh_t and dc = dL/dc_t from later steps:

        da^o = dh tanh(c_t) o_t (1 - o_t)
        dc  += dh o_t (1 - tanh^2 c_t) + da^o p_o
        da^i = dc g_t       i_t (1 - i_t)
        da^f = dc c_{t-1}   f_t (1 - f_t)
        da^g = dc i_t       (1 - g_t^2)
        dc_{t-1} = dc f_t + da^i p_i + da^f p_f
    """

    blocks = (Block("o"), Block("i"), Block("f"), Block("g", "tanh"))
    state = ("h", "c")
    saved = ("tanh_c",)
    slopes = ("c",)
    only_through_W_h = True
    vectors = (Vector("p_o", "o", "c"), Vector("p_i", "i", "c_prev"), Vector("p_f", "f", "c_prev"))
    keep, write = "f", "i"

    def step(self, xp, s):
        xp.multiply(s.p_i, s.c_prev, out=s.tmp)
        s.i += s.tmp
        logistic(xp, s.i)  # i_t = sigma(a^i + p_i c_{t-1})
        xp.multiply(s.p_f, s.c_prev, out=s.tmp)
        s.f += s.tmp
        logistic(xp, s.f)  # f_t = sigma(a^f + p_f c_{t-1})
        xp.multiply(s.f, s.c_prev, out=s.c)
        xp.multiply(s.i, s.g, out=s.tmp)
        s.c += s.tmp  # c_t = f c_{t-1} + i g
        xp.multiply(s.p_o, s.c, out=s.tmp)
        s.o += s.tmp
        logistic(xp, s.o)  # o_t = sigma(a^o + p_o c_t)
        xp.tanh(s.c, out=s.tanh_c)
        xp.multiply(s.o, s.tanh_c, out=s.h)  # h_t = o tanh c_t

    def local_derivatives(self, xp, s, slope):
        for gate, out in ((s.o, slope.o), (s.i, slope.i), (s.f, slope.f)):
            xp.multiply(gate, gate, out=out)
            xp.subtract(gate, out, out=out)  # sigma' = sigma - sigma^2
        slope.o *= s.tanh_c  # dh_t / da^o
        slope.i *= s.g  # dc_t / da^i
        slope.f *= s.c_prev  # dc_t / da^f
        slope.g *= s.i  # dc_t / da^g
        xp.multiply(s.tanh_c, s.tanh_c, out=slope.c)
        xp.subtract(1, slope.c, out=slope.c)
        slope.c *= s.o
        slope.c += slope.o * s.p_o  # dh_t / dc_t, through tanh and through the output gate

    def step_backward(self, xp, s, slope, d, da):
        xp.multiply(d.h, slope.o, out=da.o)
        xp.multiply(d.h, slope.c, out=s.tmp)
        d.c += s.tmp  # now dL/dc_t, whole
        xp.multiply(d.c, slope.i, out=da.i)
        xp.multiply(d.c, slope.f, out=da.f)
        xp.multiply(d.c, slope.g, out=da.g)
        d.c *= s.f
        xp.multiply(da.i, s.p_i, out=s.tmp)
        d.c += s.tmp
        xp.multiply(da.f, s.p_f, out=s.tmp)
        d.c += s.tmp  # now dL/dc_{t-1}
