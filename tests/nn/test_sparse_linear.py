"""Laws of the linear path from n-grams."""

from types import SimpleNamespace

import numpy as np
import pytest

from rnncli.nn import sparse_linear
from rnncli.nn.memory import Memory
from rnncli.nn.sparse_linear import SparseLinear

ROUNDING = 1e-12  # float64, sums of some terms
G, N, F, K = 9, 4, 12, 3


@pytest.fixture(params=["at once", "in pieces"])
def pieces(request, monkeypatch):
    if request.param == "in pieces":
        monkeypatch.setattr(sparse_linear, "PICKED_BYTES", 2 * N * K * 8)


def make_problem():
    """Random ids with repetitions, padded with value 0 and id 0; dscores; W."""
    rng = np.random.default_rng(0)
    ids, values = rng.integers(0, F, (G, N)), rng.normal(size=(G, N))
    padded = np.arange(G)[:, None] >= np.array([9, 1, 0, 5])
    ids[padded], values[padded] = 0, 0
    return ids, values, rng.normal(size=(N, K)), rng.normal(size=(F, K))


def call(ids, values, dscores, W, g=None, memory=None):
    """(scores, gradient of W), copies."""
    linear, g = SparseLinear(F, K), np.zeros_like(W) if g is None else g
    plan = linear.plan(*ids.shape, memory or Memory("f8"))
    for array in (memory or Memory("f8")).arrays:
        array.fill(np.nan)
    linear.load(SimpleNamespace(W=W), plan)
    scores = linear.forward(ids, values, plan).copy()
    linear.backward(SimpleNamespace(W=g), dscores, plan)
    return scores, g


def dense(ids, values):
    """The same inputs as a matrix (N, F)."""
    x = np.zeros((N, F))
    for g in range(G):
        for n in range(N):
            x[n, ids[g, n]] += values[g, n]
    return x


def test_it_equals_a_dense_product_forward_and_backward(pieces):
    ids, values, dscores, W = make_problem()
    scores, g = call(ids, values, dscores, W)
    x = dense(ids, values)
    assert np.allclose(scores, x @ W, rtol=0, atol=ROUNDING) and np.allclose(g, x.T @ dscores, rtol=0, atol=ROUNDING)


def test_backward_adds_to_the_gradient_and_leaves_rows_that_no_example_has_alone(pieces):
    ids, values, dscores, W = make_problem()
    before = np.random.default_rng(2).normal(size=W.shape)
    g = call(ids, values, dscores, W, before.copy())[1]
    assert np.allclose(g, before + call(ids, values, dscores, W)[1], rtol=0, atol=ROUNDING)
    unused = np.setdiff1d(np.arange(F), ids[values != 0])
    assert len(unused) and np.array_equal(g[unused], before[unused])


def test_a_batch_of_padding_gives_zeros_and_no_gradient(pieces):
    ids, values, dscores, W = make_problem()
    scores, g = call(np.zeros_like(ids), np.zeros_like(values), dscores, W)
    assert not scores.any() and not g.any()


def test_a_row_alone_equals_the_row_in_a_batch():
    ids, values, dscores, W = make_problem()
    scores, g = call(ids, values, dscores, W)
    alone = [call(ids[:, n : n + 1], values[:, n : n + 1], dscores[n : n + 1], W) for n in range(N)]
    assert np.allclose(np.concatenate([each for each, _ in alone]), scores, rtol=0, atol=ROUNDING)
    assert np.allclose(sum(each for _, each in alone), g, rtol=0, atol=ROUNDING)


def test_garbage_in_the_plan_changes_nothing(pieces):
    problem = make_problem()
    assert all(map(np.array_equal, call(*problem, memory=Memory("f8")), call(*problem)))


def test_memory_is_bounded_for_many_grams_and_W_starts_at_zero():
    linear, memory = SparseLinear(100_000, 50), Memory("f4")
    linear.plan(2_000, 64, memory)
    assert memory.nbytes <= sparse_linear.PICKED_BYTES + 64 * 50 * 4
    (spec,) = linear.specs()
    assert spec.decayed and not spec.start(np.random.default_rng(0), (3, 2)).any()
