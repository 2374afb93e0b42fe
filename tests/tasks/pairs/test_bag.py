"""Naive Bayes and logistic regression on sparse rows, against dense computations and by the gradient at the optimum."""

import numpy as np
import pytest

from rnncli.tasks.pairs import bag
from rnncli.tasks.pairs.bag import Logistic, NaiveBayes, Rows
from rnncli.tasks.pairs.lbfgs import minimise

EXACT = 1e-12  # float64 on both sides; only the order of the additions differs


def sparse(dense):
    """Rows of a dense matrix (E, G)."""
    return Rows.of([(np.flatnonzero(row), row[row != 0]) for row in dense], dense.shape[1])


def problem(seed=0, E=60, G=12, K=3):
    """Rows (E, G) of counts with an empty row, and labels (E,) that depend on them."""
    rng = np.random.default_rng(seed)
    dense = rng.poisson(0.6, (E, G)).astype(float)
    dense[5] = 0
    return dense, (dense @ rng.normal(size=(G, K)) + rng.normal(size=(E, K))).argmax(axis=1)


@pytest.mark.parametrize("block", [1, 7, 1 << 18])
def test_sparse_products_are_those_of_the_dense_matrix(monkeypatch, block):
    monkeypatch.setattr(bag, "BLOCK", block)
    dense, _ = problem()
    rng = np.random.default_rng(1)
    W, R = rng.normal(size=(12, 3)), rng.normal(size=(60, 2))
    np.testing.assert_allclose(sparse(dense).times(W), dense @ W, rtol=EXACT, atol=EXACT)
    np.testing.assert_allclose(sparse(dense).transposed().times(R), dense.T @ R, rtol=EXACT, atol=EXACT)


def test_rows_can_be_taken_in_any_order():
    dense, _ = problem()
    rows = np.array([5, 3, 3, 59])
    np.testing.assert_array_equal(sparse(dense).taken(rows).times(np.eye(12)), dense[rows])


def test_rows_without_entries_have_a_product_of_zero():
    assert not Rows.of([], 4).times(np.ones((4, 2))).size
    np.testing.assert_array_equal(sparse(np.zeros((3, 4))).times(np.ones((4, 2))), np.zeros((3, 2)))


def test_naive_bayes_multiplies_the_smoothed_shares():
    x, labels = np.array([[2.0, 0, 1], [0, 1, 0], [1, 0, 0]]), [0, 1, 0]
    model = NaiveBayes((0.5,)).fit(sparse(x), labels, 2)
    share = np.array([[3.5, 0.5, 1.5], [0.5, 1.5, 0.5]])
    share /= share.sum(axis=1, keepdims=True)
    p = np.array([2.5, 1.5]) * np.array([share[k, 0] * share[k, 2] ** 2 for k in (0, 1)])
    got = model.log_probabilities(sparse(np.array([[1.0, 0, 2]])))
    np.testing.assert_allclose(np.exp(got[0]), p / p.sum(), rtol=EXACT)


def test_naive_bayes_takes_the_alpha_with_fewer_held_out_nats():
    dense, labels = problem(E=200)
    model = NaiveBayes((1e6, 1.0)).fit(sparse(dense), labels, 3)  # with 1e6, all classes are alike
    assert model.alpha == 1.0


def test_the_gradient_of_the_logistic_objective_is_zero_at_the_fit():
    dense, labels = problem()
    model = Logistic((3.0,), accuracy=1e-9).fit(sparse(dense), labels, 3)
    error = np.exp(model.log_probabilities(sparse(dense))) - np.eye(3)[labels]
    np.testing.assert_allclose(model.W + 3.0 * dense.T @ error, 0, atol=1e-9 * 3 * 60)
    np.testing.assert_allclose(error.sum(axis=0), 0, atol=1e-9 * 60)


def test_the_logistic_fit_is_the_optimum_that_scipy_finds():
    optimize = pytest.importorskip("scipy.optimize")
    dense, labels = problem(seed=2)

    def objective(theta):
        theta = theta.reshape(13, 3)
        scores = dense @ theta[:-1] + theta[-1]
        nats = np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(60), labels]
        return 0.5 * (theta[:-1] ** 2).sum() + 2.0 * nats.sum()

    best = optimize.minimize(objective, np.zeros(39), tol=1e-12)
    model = Logistic((2.0,), accuracy=1e-9).fit(sparse(dense), labels, 3)
    ours = objective(np.concatenate([model.W, model.b[None]]).ravel())
    assert ours <= best.fun + 1e-7  # SciPy's gradient is numerical


def test_the_objective_has_its_numerical_gradient():
    dense, labels = problem()
    function = bag._Objective(sparse(dense), labels, 5.0)
    rng = np.random.default_rng(3)
    theta, direction = rng.normal(size=(2, 13, 3))
    slope = (function(theta + 1e-6 * direction)[0] - function(theta - 1e-6 * direction)[0]) / 2e-6
    np.testing.assert_allclose(np.vdot(function(theta)[1], direction), slope, rtol=1e-7)  # 1e-6 squared, and rounding


def test_c_is_the_one_with_the_fewest_held_out_nats():
    rng = np.random.default_rng(4)
    dense = rng.random((200, 30))
    noise = Logistic((1e-4, 1e4)).fit(sparse(dense), rng.integers(0, 2, 200), 2)
    rule = Logistic((1e-4, 1e4)).fit(sparse(dense), (dense[:, 0] > dense[:, 1]).astype(int), 2)
    assert (noise.C, rule.C) == (1e-4, 1e4)


def test_too_few_examples_to_hold_some_out_take_the_first_value():
    dense, labels = problem(E=9)
    assert Logistic((1.0, 10.0)).fit(sparse(dense), labels, 3).C == 1.0
    assert NaiveBayes((1.0, 0.1)).fit(sparse(dense), labels, 3).alpha == 1.0


@pytest.mark.parametrize("model", [NaiveBayes, Logistic])
def test_two_fits_are_the_same_to_the_last_bit(model):
    dense, labels = problem()
    first, second = (model().fit(sparse(dense), labels, 3).log_probabilities(sparse(dense)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("model", [NaiveBayes, Logistic])
def test_classes_without_examples_are_improbable_and_probabilities_sum_to_one(model):
    dense, labels = problem()
    log_p = model().fit(sparse(dense), labels, 5).log_probabilities(sparse(dense))
    assert np.isfinite(log_p).all() and log_p.argmax(axis=1).max() < 3
    np.testing.assert_allclose(np.exp(log_p).sum(axis=1), 1, rtol=EXACT)


@pytest.mark.parametrize("model", [NaiveBayes, Logistic])
@pytest.mark.parametrize(("K", "E"), [(1, 3), (1, 30), (2, 30)])
def test_one_class_in_training_is_the_answer_to_everything(model, K, E):
    dense, _ = problem(E=max(E, 6))
    log_p = model().fit(sparse(dense), np.zeros(len(dense), int), K).log_probabilities(sparse(dense))
    assert (log_p.argmax(axis=1) == 0).all() and np.isfinite(log_p).all()


@pytest.mark.parametrize("model", [NaiveBayes, Logistic])
def test_a_text_without_known_grams_gets_the_shares_of_the_classes(model):
    labels = np.array([0, 0, 0, 1])
    x = np.array([[1.0, 0], [1, 0], [1, 0], [1, 0]])
    log_p = model((1e-9,)).fit(sparse(x), labels, 2).log_probabilities(sparse(np.zeros((1, 2))))
    np.testing.assert_allclose(np.exp(log_p[0]), [0.75, 0.25], rtol=1e-4)  # L-BFGS stops at 1e-5


@pytest.mark.parametrize("model", [NaiveBayes, Logistic])
def test_rows_without_any_column_still_give_the_shares_of_the_classes(model):
    log_p = model((1e-9,)).fit(Rows.of([(np.empty(0, int), np.empty(0))] * 4, 0), [0, 1, 1, 1], 2)
    np.testing.assert_allclose(np.exp(log_p.log_probabilities(sparse(np.empty((1, 0)))))[0], [0.25, 0.75], rtol=1e-4)


@pytest.mark.parametrize(("model", "total"), [(NaiveBayes, 1), (Logistic, 4)])
def test_progress_ends_at_its_total(model, total):
    dense, labels = problem()
    seen = []
    model().fit(sparse(dense), labels, 3, lambda done, of: seen.append((done, of)))
    assert seen == [(k, total) for k in range(1, total + 1)]


@pytest.mark.parametrize("model", [NaiveBayes, Logistic])
@pytest.mark.parametrize("grid", [(), (0.0,), (1.0, -1.0)])
def test_values_that_are_not_above_zero_are_refused(model, grid):
    with pytest.raises(ValueError, match="all above 0"):
        model(grid)


def rosenbrock(x):
    a, b = 1 - x[:-1], x[1:] - x[:-1] ** 2
    g = np.zeros_like(x)
    g[:-1] += -2 * a - 400 * b * x[:-1]
    g[1:] += 200 * b
    return float((a**2).sum() + 100 * (b**2).sum()), g


@pytest.mark.parametrize("start", [[-1.2, 1.0], [-1.2, 1.0, -1.2, 1.0, 0.3]])
def test_lbfgs_reaches_the_minimum_of_a_curved_valley(start):
    x = minimise(rosenbrock, np.array(start), 1e-8)
    np.testing.assert_allclose(x, 1, atol=1e-6)  # the valley is flat: |g| below 1e-8 leaves about this much


def test_lbfgs_stays_at_a_minimum_and_leaves_its_start_alone():
    start = np.array([1.0, 1.0])
    assert minimise(rosenbrock, start, 1e-8) is start
    start = np.array([-1.2, 1.0])
    minimise(rosenbrock, start, 1e-8)
    assert start.tolist() == [-1.2, 1.0]


def test_lbfgs_never_ends_higher_than_it_began():
    start = np.array([-1.2, 1.0])
    values = [rosenbrock(minimise(rosenbrock, start, 1e-8, steps=steps))[0] for steps in range(12)]
    assert values == sorted(values, reverse=True)


def test_lbfgs_stops_where_rounding_leaves_nothing_to_gain():
    x = minimise(lambda x: (float(1e8 + (x**2).sum()), 2 * x), np.array([3.0, 4.0]), 0.0)
    np.testing.assert_allclose(x, 0, atol=1e-3)  # 1e8 has steps of 1.5e-8: squares below them are not seen
