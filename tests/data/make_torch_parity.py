"""Writes torch_parity.safetensors: what PyTorch's recurrent layers compute, for tests without PyTorch.

    python tests/data/make_torch_parity.py        # needs torch, numpy and safetensors, nothing of rnncli

A case is PyTorch's RNN, LSTM or GRU of 1 or 2 layers under a linear head, in float64, called once for T steps of N rows
from a state that is not zero. With p the softmax of the scores,

    L = sum over t, n of -log p[t, n, target] + sum over layers of (h_T dh_T + c_T dc_T)

The first sum is stored as `loss`. Names begin with the cell and the number of layers, "lstm2/":

    x (T, N, D), targets (T, N)                                         what goes in
    s0.h, s0.c, dsT.h, dsT.c (layers, N, H)                             the state before, and dL of the state after
    weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, ..., head.weight, head.bias
    y (T, N, H), sT.h, sT.c (layers, N, H), loss ()                     what comes out
    grad.NAME                                                           dL/dNAME of x, of s0 and of every weight

The metadata, "made with", is JSON with the versions that computed it. The same versions write the same bytes.
"""

import json
import platform
from pathlib import Path

import numpy as np

PATH = Path(__file__).with_name("torch_parity.safetensors")
CELLS = ("rnn", "lstm", "gru")
LAYERS = (1, 2)
T, N, D, H, V = 5, 3, 6, 7, 4
SCALE = 0.4  # of weights: gates are neither shut nor linear
SEED = 20


def compute():
    """{name: float64 or int64 array} of all cases, and {program: version} of what computed them."""
    import torch

    arrays = {}
    for cell in CELLS:
        for layers in LAYERS:
            rng = np.random.default_rng([SEED, layers, *cell.encode()])
            arrays |= {
                f"{cell}{layers}/{name}": array for name, array in compute_case(torch, cell, layers, rng).items()
            }
    versions = {"torch": torch.__version__, "numpy": np.__version__, "python": platform.python_version()}
    return arrays, versions


def compute_case(torch, cell, layers, rng):
    """{name: array} of one case, its numbers drawn from `rng`."""
    layer, head = getattr(torch.nn, cell.upper())(D, H, layers).double(), torch.nn.Linear(H, V).double()
    weights = dict(layer.named_parameters()) | {f"head.{name}": p for name, p in head.named_parameters()}
    states = ("h", "c") if cell == "lstm" else ("h",)
    with torch.no_grad():
        for parameter in weights.values():
            parameter.copy_(torch.from_numpy(rng.normal(0, SCALE, tuple(parameter.shape))))
    inputs = {"x": rng.normal(size=(T, N, D))} | {f"s0.{name}": rng.normal(size=(layers, N, H)) for name in states}
    leaves = {name: torch.from_numpy(array).requires_grad_() for name, array in inputs.items()} | weights
    targets = rng.integers(0, V, (T, N))
    dsT = {name: rng.normal(size=(layers, N, H)) for name in states}

    s0 = tuple(leaves[f"s0.{name}"] for name in states)
    y, sT = layer(leaves["x"], s0 if cell == "lstm" else s0[0])
    sT = dict(zip(states, sT if cell == "lstm" else (sT,)))
    scores, flat = head(y).reshape(T * N, V), torch.from_numpy(targets.reshape(-1))
    loss = torch.nn.functional.cross_entropy(scores, flat, reduction="sum")
    (loss + sum((sT[name] * torch.from_numpy(dsT[name])).sum() for name in states)).backward()

    given = {"targets": targets, **{f"dsT.{name}": array for name, array in dsT.items()}}
    found = {"y": y, "loss": loss, **{f"sT.{name}": state for name, state in sT.items()}} | leaves
    gradients = {f"grad.{name}": leaf.grad.numpy().copy() for name, leaf in leaves.items()}
    return given | {name: tensor.detach().numpy().copy() for name, tensor in found.items()} | gradients


def main():
    from safetensors.numpy import save_file

    arrays, versions = compute()
    save_file(arrays, PATH, {"made with": json.dumps(versions)})  # one key: several would be in any order
    print(f"{PATH}: {len(arrays)} arrays, {PATH.stat().st_size:,} bytes ({versions})")


if __name__ == "__main__":
    main()
