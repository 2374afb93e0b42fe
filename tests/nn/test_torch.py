"""PyTorch's own layers, given our weights, compute the same outputs, loss and gradients. Runs where torch is installed.

test_torch_parity.py compares with numbers that PyTorch computed before, and runs everywhere.
"""

import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from safetensors.numpy import load_file
from torch_layout import copy_gradients, copy_weights

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


def weights(layer, head):
    """{PyTorch's name: its Parameter} of a recurrent layer and a head."""
    return dict(layer.named_parameters()) | {f"head.{name}": p for name, p in head.named_parameters()}


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
    gradients = {name: p.grad.numpy() for name, p in weights(layer, head).items()}
    copy_gradients(ours.store.views(expected_g), cell, L, gradients)
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
    copy_weights(store.views(theta), cell, L, {name: p.detach().numpy() for name, p in weights(layer, head).items()})
    states = tuple(tuple(s[k] for s in s0) for k in range(L))
    batch = SimpleNamespace(inputs=ids, targets=targets, mask=None)
    model.load(store.views(theta), plan)
    loss, sT = model.loss(batch, states, plan)
    y, sT = plan.body[f"layer{L - 1}"].y.copy(), [[s.copy() for s in states] for states in sT]
    ds0 = model.backward(store.views(g), plan.head.scores, (), plan)
    return SimpleNamespace(store=store, loss=loss, y=y, sT=sT, ds0=ds0, g=g)


def test_the_stored_numbers_are_those_that_this_pytorch_computes():
    script = Path(__file__).resolve().parents[1] / "data" / "make_torch_parity.py"
    made = runpy.run_path(str(script))
    now, stored = made["compute"]()[0], load_file(made["PATH"])
    assert now.keys() == stored.keys()
    assert {
        name: relative(now[name], stored[name]) for name in now if not relative(now[name], stored[name]) < 1e-13
    } == {}
