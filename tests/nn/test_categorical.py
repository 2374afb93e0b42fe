"""Laws of the loss of classes."""

import numpy as np
import pytest

from rnncli.nn.categorical import Categorical
from rnncli.nn.losses import softmax_cross_entropy

ROUNDING = 1e-12  # float64, sums of some terms
M, K = 6, 4
WEIGHTS = (0.5, 1.0, 2.0, 3.0)


@pytest.fixture
def rng():
    return np.random.default_rng(4)


def naive(scores, target, weights, smoothing):
    """-sum r log q of one row, r the smoothed target distribution."""
    log_q = scores - np.log(np.exp(scores).sum())
    wanted = (1 - smoothing) * np.eye(K)[target] + smoothing / K
    return -(weights[target] if weights else 1) * (wanted * log_q).sum()


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("weights", [(), WEIGHTS])
def test_it_equals_the_formula_with_class_weights_and_label_smoothing(rng, weights, smoothing):
    scores, targets, rows = rng.normal(0, 3, (M, K)), rng.integers(0, K, M), rng.uniform(0, 2, M)
    expected = sum(w * naive(s, t, weights, smoothing) for s, t, w in zip(scores, targets, rows))
    loss = Categorical(K, weights, smoothing)
    assert loss.loss(scores.copy(), targets, rows) == pytest.approx(expected, rel=ROUNDING)


@pytest.mark.parametrize("real", [None, np.array([1, 0, 1, 1, 0, 0], bool)], ids=["all", "some"])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_without_options_it_is_the_softmax_cross_entropy_to_the_byte(rng, real, dtype):
    scores, targets = rng.normal(0, 3, (M, K)).astype(dtype), rng.integers(0, K, M)
    same = scores.copy()
    assert Categorical(K).loss(scores, targets, real) == softmax_cross_entropy(same, targets, real)
    assert scores.tobytes() == same.tobytes()


def test_float_weights_of_one_and_zero_equal_bools(rng):
    scores, targets, real = rng.normal(0, 3, (M, K)), rng.integers(0, K, M), np.array([1, 0, 1, 1, 0, 0], bool)
    same = scores.copy()
    loss = Categorical(K).loss(scores, targets, real.astype("f4"))
    assert loss == pytest.approx(Categorical(K).loss(same, targets, real), rel=ROUNDING)
    assert np.allclose(scores, same, rtol=0, atol=ROUNDING)


@pytest.mark.parametrize("loss", [Categorical(K), Categorical(K, WEIGHTS, 0.1)], ids=["plain", "options"])
@pytest.mark.parametrize("dtype", [bool, "f4"])
def test_rows_of_weight_0_add_nothing_whatever_they_hold(rng, loss, dtype):
    scores, targets = rng.normal(0, 3, (M, K)), rng.integers(0, K, M)
    real = np.array([1, 0, 1, 1, 0, 0], bool)
    few = scores[real].copy()
    expected = loss.loss(few, targets[real])
    scores[~real], targets[~real] = np.nan, 10**9
    assert loss.loss(scores, targets, real.astype(dtype)) == pytest.approx(expected, rel=ROUNDING)
    assert np.allclose(scores[real], few, rtol=0, atol=ROUNDING) and not scores[~real].any()


def test_huge_scores_do_not_overflow():
    scores = np.array([[1e4, 0.0], [-1e4, 0.0]])
    assert Categorical(2, smoothing=0.5).loss(scores, np.array([1, 1])) == pytest.approx(0.75e4 + 0.25e4)
    assert np.allclose(scores, [[0.75, -0.75], [-0.25, 0.25]])


def test_probabilities_are_a_new_array_that_sums_to_one(rng):
    scores = rng.normal(0, 3, (M, K)).astype("f4")
    before = scores.copy()
    q = Categorical(K).probabilities(scores)
    assert q.dtype == np.float64 and np.array_equal(scores, before)
    assert np.allclose(q, np.exp(before) / np.exp(before).sum(1, keepdims=True), rtol=1e-6)  # scores in float32
    assert np.allclose(q.sum(axis=1), 1, rtol=ROUNDING)
