"""Naive textbook cells, one gate at a time as the papers write them, to compare the engine with.

Nothing here is shared with the engine but the names and the order of its parameters: W_x, b and W_h hold a group of H
columns for each gate, in the order that LAYOUT gives. x_t (N, D), h and c (N, H).
"""

import numpy as np

LAYOUT = {  # cell: the gates in b, in W_x and in W_h
    "rnn": ("a", "a", "a"),
    "rnn-logistic": ("a", "a", "a"),
    "rnn-relu": ("a", "a", "a"),
    "rnn-identity": ("a", "a", "a"),
    "lstm": ("oifg", "oifg", "oifg"),
    "lstm-1997": ("oig", "oig", "oig"),
    "lstm-peephole": ("oifg", "oifg", "oifg"),
    "gru": ("qrzn", "rzn", "qrz"),
    "gru-before": ("rzn", "rzn", "rzn"),
}


def sigma(a):
    return 1 / (1 + np.exp(-a))


class Gates:
    """Weights by gate: `W["i"]`, `U["i"]` and `b["i"]` multiply x, multiply h, and are added."""

    def __init__(self, cell, p):
        H, (in_b, in_W_x, in_W_h) = p.W_h.shape[0], LAYOUT[cell]
        self.W = {gate: p.W_x[:, k * H : (k + 1) * H] for k, gate in enumerate(in_W_x)}
        self.U = {gate: p.W_h[:, k * H : (k + 1) * H] for k, gate in enumerate(in_W_h)}
        self.b = {gate: p.b[k * H : (k + 1) * H] for k, gate in enumerate(in_b)}

    def __call__(self, gate, x, h):
        """W x_t + U h_{t-1} + b."""
        return x @ self.W[gate] + h @ self.U[gate] + self.b[gate]


def elman(squash):
    """h_t = squash(W x_t + U h_{t-1} + b) (Elman 1990)."""

    def step(gates, p, x, h):
        return (squash(gates("a", x, h)),)

    return step


def lstm(gates, p, x, h, c):
    """Hochreiter & Schmidhuber 1997 with the forget gate of Gers, Schmidhuber & Cummins 2000."""
    i, f, o = sigma(gates("i", x, h)), sigma(gates("f", x, h)), sigma(gates("o", x, h))
    c = f * c + i * np.tanh(gates("g", x, h))
    return o * np.tanh(c), c


def lstm_1997(gates, p, x, h, c):
    """Hochreiter & Schmidhuber 1997: no forget gate."""
    i, o = sigma(gates("i", x, h)), sigma(gates("o", x, h))
    c = c + i * np.tanh(gates("g", x, h))
    return o * np.tanh(c), c


def lstm_peephole(gates, p, x, h, c):
    """Gers, Schraudolph & Schmidhuber 2002: i and f see the old cell, o the new one."""
    i = sigma(gates("i", x, h) + p.p_i * c)
    f = sigma(gates("f", x, h) + p.p_f * c)
    c = f * c + i * np.tanh(gates("g", x, h))
    o = sigma(gates("o", x, h) + p.p_o * c)
    return o * np.tanh(c), c


def gru(gates, p, x, h):
    """Cho et al. 2014, arXiv:1406.1078v1: the reset gate multiplies U h + b."""
    r, z = sigma(gates("r", x, h)), sigma(gates("z", x, h))
    candidate = np.tanh(x @ gates.W["n"] + gates.b["n"] + r * (h @ gates.U["q"] + gates.b["q"]))
    return (z * h + (1 - z) * candidate,)


def gru_before(gates, p, x, h):
    """Cho et al. 2014, arXiv:1406.1078v3: the reset gate multiplies h."""
    r, z = sigma(gates("r", x, h)), sigma(gates("z", x, h))
    candidate = np.tanh(x @ gates.W["n"] + (r * h) @ gates.U["n"] + gates.b["n"])
    return (z * h + (1 - z) * candidate,)


STEPS = {
    "rnn": elman(np.tanh),
    "rnn-logistic": elman(sigma),
    "rnn-relu": elman(lambda a: np.maximum(a, 0)),
    "rnn-identity": elman(lambda a: a),
    "lstm": lstm,
    "lstm-1997": lstm_1997,
    "lstm-peephole": lstm_peephole,
    "gru": gru,
    "gru-before": gru_before,
}


def unroll(cell, p, x, s0):
    """x (T, N, D), s0 a tuple of (N, H) -> y (T, N, H), the state after the last step."""
    gates, state, outputs = Gates(cell, p), s0, []
    for x_t in x:
        state = STEPS[cell](gates, p, x_t, *state)
        outputs.append(state[0])
    return np.array(outputs), state


def gradient_of_a_state(cell, p, x, s0, dy, dsT, t, k):
    """dL/ds of state k after step t, (N, H), for L = sum(y dy) + sum(sT dsT): a complex step for each of its numbers,
    added to what step t hands on; as h it is y_t too."""
    gates, found = Gates(cell, p), np.zeros_like(s0[k])
    for place in np.ndindex(found.shape):
        state, loss = s0, 0
        for now, x_t in enumerate(x):
            state = [np.array(array, complex) for array in STEPS[cell](gates, p, x_t, *state)]
            if now == t:
                state[k][place] += 1e-30j
            loss += (state[0] * dy[now]).sum()
        found[place] = (loss + sum((s * d).sum() for s, d in zip(state, dsT))).imag / 1e-30
    return found
