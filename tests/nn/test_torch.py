"""PyTorch's own layers, given our weights, compute the same outputs, loss and gradients. Runs where torch is installed.

PyTorch keeps gates in the order i, f, g, o (LSTM) and r, z, n (GRU), one row of its matrices for each output, and two
biases where one would do; the permutation below is the documented one.
"""

from types import SimpleNamespace

import numpy as np
import pytest

from rnncli.config import ModelConfig
from rnncli.nn.memory import Memory
from rnncli.tasks.language.model import build_model

torch = pytest.importorskip("torch")

SINGLE = 1e-5  # relative, float32 on both sides
LAYERS = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}
SIZES = {
    "small": (2, 32, 11, 6, 9),
    "one step": (1, 100, 65, 1, 1),
    "odd width": (1, 7, 5, 3, 5),
    "several blocks": (2, 256, 65, 32, 8),
    "split contraction": (1, 512, 65, 32, 5),
}  # L, H, V, N, T


def gates(cell, H, source):
    """Where our column groups lie among PyTorch's rows: of weight_ih ("x") or of weight_hh ("h")."""

    def rows(*order):
        return np.concatenate([np.arange(k * H, (k + 1) * H) for k in order])

    if cell == "gru":
        return rows(0, 1, 2) if source == "x" else rows(2, 0, 1)  # ours: r z n of x; q r z of h
    return rows(3, 0, 1, 2) if cell == "lstm" else rows(0)  # ours: o i f g


def copy_out(p, cell, layer, k, take):
    """Fill the matrices of our views `p` of layer k, return both biases; take(tensor): the weight, or its gradient."""
    W_x, W_h, b_x, b_h = (
        take(getattr(layer, f"{name}_l{k}")) for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    )
    H = W_h.shape[1]
    p.W_x[...], p.W_h[...] = W_x[gates(cell, H, "x")].T, W_h[gates(cell, H, "h")].T
    return b_x, b_h


def copy_weights(views, cell, layer, head):
    """Our theta from PyTorch's weights: one bias for its two, but for the GRU's candidate, which has both."""
    weight = lambda tensor: tensor.detach().numpy()
    for k in range(layer.num_layers):
        p = views[f"layer{k}"]
        b_x, b_h = copy_out(p, cell, layer, k, weight)
        H = layer.hidden_size
        if cell == "gru":
            p.b[...] = np.concatenate([b_h[2 * H :], (b_x + b_h)[: 2 * H], b_x[2 * H :]])  # q, r, z, n
        else:
            p.b[...] = (b_x + b_h)[gates(cell, H, "h")]
    views["head"].W[...], views["head"].b[...] = weight(head.weight).T, weight(head.bias)


def copy_gradients(views, cell, layer, head):
    """PyTorch's gradient in our layout: the gradient of a sum of biases is that of either."""
    gradient = lambda tensor: tensor.grad.numpy()
    for k in range(layer.num_layers):
        p, H = views[f"layer{k}"], layer.hidden_size
        b_x, b_h = copy_out(p, cell, layer, k, gradient)
        p.b[...] = np.concatenate([b_h[2 * H :], b_x]) if cell == "gru" else b_x[gates(cell, H, "h")]
    views["head"].W[...], views["head"].b[...] = gradient(head.weight).T, gradient(head.bias)


def relative(found, expected):
    return np.abs(found - expected).max() / np.abs(expected).max()


@pytest.mark.parametrize("cell", list(LAYERS))
@pytest.mark.parametrize("size", list(SIZES))
def test_torch_layers_with_our_weights_give_the_same_outputs_loss_and_gradients(cell, size):
    L, H, V, N, T = SIZES[size]
    torch.manual_seed(1)
    layer, head = LAYERS[cell](V, H, L), torch.nn.Linear(H, V)
    ids, targets = torch.randint(0, V, (2, T, N))
    s0 = [(torch.randn(L, N, H) * 0.5).requires_grad_() for _ in range(2 if cell == "lstm" else 1)]
    outputs, sT = layer(torch.nn.functional.one_hot(ids, V).float(), tuple(s0) if cell == "lstm" else s0[0])
    loss = torch.nn.functional.cross_entropy(head(outputs).view(-1, V), targets.view(-1), reduction="sum")
    loss.backward()

    ours = run_ours(cell, (L, H, V, N, T), layer, head, ids.numpy(), targets.numpy(), [s.detach().numpy() for s in s0])
    expected_g = np.zeros_like(ours.g)
    copy_gradients(ours.store.views(expected_g), cell, layer, head)
    errors = {"outputs": relative(ours.y, outputs.detach().numpy()), "loss": abs(ours.loss / loss.item() - 1)}
    for name, found in ours.store.named(ours.g).items():
        errors[name] = relative(found, ours.store.named(expected_g)[name])
    for k, (name, state) in enumerate(zip(("h", "c"), s0)):
        last = (sT if cell == "lstm" else (sT,))[k].detach().numpy()
        for j in range(L):
            errors[f"{name}T{j}"] = relative(ours.sT[j][k], last[j])
            errors[f"{name}0{j}"] = relative(ours.ds0[j][k], state.grad[j].numpy())
    worst = max(errors, key=errors.get)
    print(f"{cell}, {size}: worst relative difference {errors[worst]:.1e} ({worst})")
    assert {name: error for name, error in errors.items() if not error < SINGLE} == {}


def run_ours(cell, sizes, layer, head, ids, targets, s0):
    """Our model with PyTorch's weights, in float32."""
    L, H, V, N, T = sizes
    model = build_model(ModelConfig(cell=cell, hidden_size=H, num_layers=L), V)
    store, memory = model.store(), Memory("f4")
    theta, g, plan = np.zeros(store.size, "f4"), np.zeros(store.size, "f4"), model.plan((T,), N, memory)
    copy_weights(store.views(theta), cell, layer, head)
    states = tuple(tuple(s[k] for s in s0) for k in range(L))
    batch = SimpleNamespace(inputs=ids, targets=targets, mask=None)
    model.load(store.views(theta), plan)
    loss, sT = model.loss(batch, states, plan)
    y, sT = plan.body[f"layer{L - 1}"].y.copy(), [[s.copy() for s in states] for states in sT]
    ds0 = model.backward(store.views(g), plan.head.scores, (), plan)
    return SimpleNamespace(store=store, loss=loss, y=y, sT=sT, ds0=ds0, g=g)
