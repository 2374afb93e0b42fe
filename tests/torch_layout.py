"""PyTorch's parameters in our layout, by their PyTorch names; imports no torch.

PyTorch keeps gates in the order i, f, g, o (LSTM) and r, z, n (GRU), one row of its matrices for each output, and two
biases where one would do; the permutation below is the documented one (docs/cells.md).
"""

import numpy as np


def gates(cell, H, source):
    """Where our column groups lie among PyTorch's rows: of weight_ih ("x") or of weight_hh ("h")."""

    def rows(*order):
        return np.concatenate([np.arange(k * H, (k + 1) * H) for k in order])

    if cell == "gru":
        return rows(0, 1, 2) if source == "x" else rows(2, 0, 1)  # ours: r z n of x; q r z of h
    return rows(3, 0, 1, 2) if cell == "lstm" else rows(0)  # ours: o i f g


def copy_weights(views, cell, layers, theirs):
    """Fill our theta, by its views: one bias for PyTorch's two, but for the GRU's candidate, which has both.

    theirs: {"weight_ih_l0": array, ..., "head.weight": array, "head.bias": array}.
    """

    def bias(b_x, b_h, H):
        if cell == "gru":
            return np.concatenate([b_h[2 * H :], (b_x + b_h)[: 2 * H], b_x[2 * H :]])  # q, r, z, n
        return (b_x + b_h)[gates(cell, H, "h")]

    _copy(views, cell, layers, theirs, bias)


def copy_gradients(views, cell, layers, theirs):
    """Fill our gradient with theirs, of the same names: the gradient of a sum of biases is that of either."""

    def bias(b_x, b_h, H):
        return np.concatenate([b_h[2 * H :], b_x]) if cell == "gru" else b_x[gates(cell, H, "h")]

    _copy(views, cell, layers, theirs, bias)


def _copy(views, cell, layers, theirs, bias):
    for k in range(layers):
        p = views[f"layer{k}"]
        W_x, W_h, b_x, b_h = (theirs[f"{name}_l{k}"] for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
        H = W_h.shape[1]
        p.W_x[...], p.W_h[...] = W_x[gates(cell, H, "x")].T, W_h[gates(cell, H, "h")].T
        p.b[...] = bias(b_x, b_h, H)
    views["head"].W[...], views["head"].b[...] = theirs["head.weight"].T, theirs["head.bias"]
