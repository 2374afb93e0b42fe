"""Special functions over wide ranges, ten thousand elements at once: by identities, and beside SciPy where it is there.

Each of these calls has to end: what iterates stops for all elements together, the hardest of them last.
"""

import numpy as np
import pytest

from rnncli.nn.special import (
    digamma,
    incomplete_beta,
    lgamma,
    negative_binomial_above,
    negative_binomial_cdf,
    negative_binomial_quantile,
    normal_quantile,
    normal_tail,
    softplus,
    student_quantile,
    student_quantiles,
    student_tail,
)

N = 10_000
LEVELS = (1e-6, 0.025, 0.5, 0.975, 1 - 1e-6)


def spread(low, high, seed):
    """(N,) numbers from 10^low to 10^high, evenly in their logarithms."""
    return 10 ** np.random.default_rng(seed).uniform(low, high, N)


def points(a, b, seed):
    """(x, y = 1 - x), both (N,), spread as a beta distribution with these parameters spreads: none is 0."""
    rng = np.random.default_rng(seed)
    one, other = np.maximum(rng.standard_gamma(a), 1e-290), np.maximum(rng.standard_gamma(b), 1e-290)
    return one / (one + other), other / (one + other)


def counts(mean, r, seed):
    return np.floor(mean * np.random.default_rng(seed).standard_gamma(r) / r)


@pytest.fixture
def special():
    return pytest.importorskip("scipy.special", reason="SciPy is no dependency, only a second opinion")


# ---- identities


def test_gamma_functions_obey_their_recurrences():
    x = spread(-8, 12, 1)
    size = 1 + np.abs(lgamma(x))  # where lgamma is near 0 only its absolute error is small
    np.testing.assert_allclose((lgamma(x + 1) - lgamma(x) - np.log(x)) / size, 0, atol=1e-14)
    np.testing.assert_allclose((digamma(x + 1) - digamma(x)) / (1 + 1 / x), 1 / x / (1 + 1 / x), atol=1e-13)


def test_softplus_is_its_argument_more_than_that_of_its_negative():
    a = np.concatenate([spread(-10, 2.8, 2), -spread(-10, 2.8, 3)])
    value, slope = softplus(a)
    np.testing.assert_allclose(value - softplus(-a)[0], a, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(slope + softplus(-a)[1], 1, rtol=1e-14)


def test_normal_quantiles_and_tails_undo_each_other():
    q = spread(-300, np.log10(0.5), 4)
    np.testing.assert_allclose(normal_tail(normal_quantile(q)) / 2, q, rtol=1e-11)


@pytest.mark.parametrize(("high", "error"), [(2, 1e-11), (4, 1e-10), (6, 1e-8), (8, 1e-6)])
def test_the_two_ends_of_the_incomplete_beta_function_add_up_and_its_recurrence_holds(high, error):
    """I_x(a, b) = 1 - I_y(b, a), and I_x(a, b) = I_x(a+1, b) + x^a y^b / (a B(a, b)) (A&S 26.5.16)."""
    a, b = spread(-3, high, 5), spread(-3, high, 6)
    x, y = points(a, b, 7)
    found = incomplete_beta(a, b, x, y)
    assert ((found >= 0) & (found <= 1)).all()
    np.testing.assert_allclose(found + incomplete_beta(b, a, y, x), 1, rtol=error)
    term = np.exp(a * np.log(x) + b * np.log(y) + lgamma(a + b) - lgamma(a + 1) - lgamma(b))
    np.testing.assert_allclose(found, incomplete_beta(a + 1, b, x, y) + term, rtol=error, atol=error)


def test_at_its_ends_and_for_one_the_incomplete_beta_function_is_a_power():
    b = spread(-3, 8, 8)
    one, zero = np.ones(N), np.zeros(N)
    assert (incomplete_beta(b, b[::-1], zero, one) == 0).all() and (incomplete_beta(b, b[::-1], one, zero) == 1).all()
    x, y = points(one, b, 9)
    log_y = np.where(x < 0.5, np.log1p(-np.minimum(x, 0.5)), np.log(y))
    np.testing.assert_allclose(incomplete_beta(b, one, y, x), np.exp(b * log_y), rtol=1e-8)


@pytest.mark.parametrize("q", LEVELS)
def test_student_quantiles_and_tails_undo_each_other(q):
    v = spread(0, 6, 10)
    p = min(q, 1 - q)
    np.testing.assert_allclose(student_tail(student_quantile(q, v), v) / 2, p, rtol=1e-8)
    np.testing.assert_allclose(
        student_quantiles(q, np.maximum(v, 2)), student_quantile(q, np.maximum(v, 2)), rtol=1e-8, atol=1e-12
    )


def test_far_student_quantiles_are_those_of_a_power():
    """P(T > t) -> c t^-v for v degrees of freedom: for v = 2, 1 / (2 t^2)."""
    q = spread(-200, -20, 11)
    np.testing.assert_allclose(-student_quantile(q, np.full(N, 2.0)), 1 / np.sqrt(2 * q), rtol=1e-9)


@pytest.mark.parametrize("q", LEVELS)
@pytest.mark.parametrize("high", [2, 6, 9])
def test_a_count_quantile_is_the_least_count_that_is_enough(q, high):
    mean, r = spread(-6, high, 12), spread(-3, 4, 13)
    k = negative_binomial_quantile(q, mean, r)
    assert (k == np.floor(k)).all() and (k >= 0).all()
    assert (negative_binomial_cdf(k, mean, r) >= q).all()
    assert ((negative_binomial_cdf(k - 1, mean, r) < q) | (k == 0)).all()


def test_count_quantiles_beyond_whole_floats_end_too():
    mean, r = spread(15, 25, 14)[:100], spread(-3, 4, 15)[:100]
    k = negative_binomial_quantile(0.5, mean, r)
    assert np.isfinite(k).all() and ((k <= mean) | (r > 1)).all()  # the median of such counts is below their mean


def test_counts_at_most_and_counts_above_add_up():
    mean, r = spread(-6, 6, 16), spread(-3, 4, 17)
    k = counts(mean, r, 18)
    total = negative_binomial_cdf(k, mean, r) + negative_binomial_above(k + 1, mean, r)
    np.testing.assert_allclose(total, 1, rtol=1e-9)


def test_what_is_not_a_number_stays_so_and_stops_nobody_else():
    a = np.array([np.nan, 2.0, 2.0])
    found = incomplete_beta(a, np.full(3, 3.0), np.array([0.5, np.nan, 0.5]), np.array([0.5, np.nan, 0.5]))
    assert np.isnan(found[:2]).all() and found[2] == pytest.approx(11 / 16)
    assert np.isnan(student_quantile(0.1, np.array([np.nan, 5.0]))).tolist() == [True, False]
    assert np.isnan(negative_binomial_quantile(0.9, np.array([np.nan, 5.0]), np.ones(2))).tolist() == [True, False]


# ---- beside SciPy


def test_gamma_functions_are_those_of_scipy(special):
    x = spread(-8, 12, 1)
    np.testing.assert_allclose(lgamma(x), special.gammaln(x), rtol=1e-13, atol=1e-14)
    np.testing.assert_allclose(digamma(x), special.digamma(x), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(("high", "error"), [(2, 1e-11), (4, 1e-10), (6, 1e-8), (8, 1e-6)])
def test_the_incomplete_beta_function_is_that_of_scipy(special, high, error):
    a, b = spread(-3, high, 5), spread(-3, high, 6)
    x, y = points(a, b, 7)
    expected = np.where(x < y, special.betainc(a, b, x), special.betaincc(b, a, y))
    np.testing.assert_allclose(incomplete_beta(a, b, x, y), expected, rtol=error)


def test_student_tails_and_quantiles_are_those_of_scipy(special):
    v, t, q = spread(0, 6, 10), spread(-8, 20, 19), spread(-12, np.log10(0.5), 20)
    tail = 2 * special.stdtr(v, -t)
    some = tail > 1e-290  # below, SciPy's ends as a subnormal number or 0
    np.testing.assert_allclose(student_tail(t, v)[some], tail[some], rtol=1e-8)
    np.testing.assert_allclose(student_quantile(q, v), special.stdtrit(v, q), rtol=1e-8, atol=1e-12)


def test_normal_quantiles_are_those_of_scipy(special):
    q = spread(-300, np.log10(0.5), 4)
    np.testing.assert_allclose(normal_quantile(q), special.ndtri(q), rtol=1e-12, atol=1e-15)


def test_count_probabilities_are_those_of_scipy(special):
    mean, r = spread(-6, 6, 16), spread(-3, 4, 17)
    k = counts(mean, r, 18)
    x, y = r / (r + mean), mean / (r + mean)
    np.testing.assert_allclose(negative_binomial_above(k + 1, mean, r), special.betainc(k + 1, r, y), rtol=1e-8)
    np.testing.assert_allclose(negative_binomial_cdf(k, mean, r), special.betainc(r, k + 1, x), rtol=1e-8)
