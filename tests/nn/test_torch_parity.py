"""Our layers with PyTorch's weights equal what PyTorch computed and a file holds; no PyTorch is needed.

The file is written by tests/data/make_torch_parity.py, which says what it holds; it names the versions.
"""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file
from torch_layout import copy_gradients, copy_weights

from rnncli.nn.cells import CELLS
from rnncli.nn.compose import Stack
from rnncli.nn.dense import Dense
from rnncli.nn.losses import softmax_cross_entropy
from rnncli.nn.memory import Memory
from rnncli.nn.parameters import ParamStore
from rnncli.nn.recurrent import Recurrent

PATH = Path(__file__).resolve().parents[1] / "data" / "torch_parity.safetensors"
DOUBLE = 1e-13  # relative, float64 on both sides, sums of at most some twenty terms over five steps
CASES = [(cell, layers) for cell in ("rnn", "lstm", "gru") for layers in (1, 2)]


def read(prefix=""):
    """({name: array} of the names that begin with `prefix`, without it; {program: version} that made them)."""
    with safe_open(PATH, framework="numpy") as file:
        versions = json.loads(file.metadata()["made with"])
    arrays = {name[len(prefix) :]: array for name, array in load_file(PATH).items() if name.startswith(prefix)}
    return arrays, versions


def compute_ours(cell, layers, theirs):
    """{name: array} of everything that the file has, computed by us from its weights, in float64."""
    (T, N, D), H, V = theirs["x"].shape, theirs["y"].shape[2], len(theirs["head.bias"])
    body = Stack({f"layer{k}": Recurrent(CELLS[cell], H if k else D, H, tokens=False) for k in range(layers)})
    head, memory, states = Dense(H, V), Memory("f8"), CELLS[cell].state
    store, plan, top = (
        ParamStore(body.specs() | {"head": head.specs()}),
        body.plan(T, N, memory),
        head.plan(T, N, memory),
    )
    theta, g, expected_g = np.zeros((3, store.size))
    copy_weights(store.views(theta), cell, layers, theirs)
    copy_gradients(
        store.views(expected_g), cell, layers, {n[5:]: a for n, a in theirs.items() if n.startswith("grad.")}
    )
    s0, dsT = (tuple(tuple(theirs[f"{s}.{name}"][k] for name in states) for k in range(layers)) for s in ("s0", "dsT"))

    p, into = store.views(theta), store.views(g)
    body.load(p, plan)
    head.load(p["head"], top)
    y, sT = body.forward(theirs["x"], s0, plan)
    found = {"y": y.copy(), **by_state(states, "sT", sT)}
    scores = head.forward(y, top)
    found["loss"] = softmax_cross_entropy(scores, theirs["targets"].reshape(-1))
    dx, ds0 = body.backward(into, head.backward(into["head"], scores, top), dsT, plan)
    found |= {"grad.x": dx, **by_state(states, "grad.s0", ds0)}
    return SimpleNamespace(found=found, g=store.named(g), expected_g=store.named(expected_g))


def by_state(states, prefix, layers):
    """{"sT.h": array (layers, N, H)} of the states of every layer."""
    return {f"{prefix}.{name}": np.stack([layer[k] for layer in layers]) for k, name in enumerate(states)}


def relative(found, expected):
    return np.abs(found - expected).max() / np.abs(expected).max()


@pytest.mark.parametrize("cell, layers", CASES)
def test_outputs_states_loss_and_gradients_equal_those_that_pytorch_computed(cell, layers):
    theirs, versions = read(f"{cell}{layers}/")
    ours = compute_ours(cell, layers, theirs)
    errors = {name: relative(array, theirs[name]) for name, array in ours.found.items()}
    errors |= {f"grad.{name}": relative(ours.g[name], array) for name, array in ours.expected_g.items()}
    assert {name: error for name, error in errors.items() if not error < DOUBLE} == {}, f"made with {versions}"


def test_the_stored_states_and_their_gradients_are_not_zero():
    for cell, layers in CASES:
        theirs, _ = read(f"{cell}{layers}/")
        names = [f"{part}.{state}" for part in ("s0", "dsT", "sT", "grad.s0") for state in CELLS[cell].state]
        assert all(np.abs(theirs[name]).max() > 0.1 for name in names)


def test_the_stored_file_is_small_and_names_the_versions_that_made_it():
    arrays, versions = read()
    assert set(versions) == {"torch", "numpy", "python"} and versions["torch"][0].isdigit()
    assert {name.partition("/")[0] for name in arrays} == {f"{cell}{layers}" for cell, layers in CASES}
    assert PATH.stat().st_size < 300_000
