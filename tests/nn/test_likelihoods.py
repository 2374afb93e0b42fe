"""Every likelihood, by laws over the registry, and the special functions against their definitions."""

import math
from dataclasses import FrozenInstanceError, fields, replace
from statistics import NormalDist

import numpy as np
import pytest

from rnncli.errors import ConfigError, DataError
from rnncli.nn.likelihood import LIKELIHOODS, Likelihood
from rnncli.nn.likelihoods import Gaussian, Huber, Quantiles
from rnncli.nn.special import (
    digamma,
    incomplete_beta,
    lgamma,
    negative_binomial_above,
    negative_binomial_cdf,
    normal_quantile,
    normal_tail,
    softplus,
    student_quantile,
    student_quantiles,
    student_tail,
)

ALL = {
    **dict(LIKELIHOODS.items()),
    "huber, small": Huber(0.3),
    "gaussian, log": Gaussian("log", 0.05),
    "quantile, one": Quantiles((0.5,)),
}
WITHOUT = ("mse", "mae", "huber")  # no quantiles of their own
SPREAD = ("gaussian", "gaussian, log", "student-t", "negative-binomial")
STEP = 1e-50  # of a complex step: its square is far below any rounding
LEVELS = (0.001, 0.025, 0.3, 0.5, 0.8, 0.975, 0.9999)
every = pytest.mark.parametrize("likelihood", ALL.values(), ids=ALL)
spread = pytest.mark.parametrize("likelihood", [ALL[name] for name in SPREAD], ids=SPREAD)


def case(likelihood, M=9, K=3, seed=1, size=2.0):
    """Scores (M, outputs(K)) and targets (M, K) to go with them; no target is within 1e-4 of a kink."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(M, likelihood.outputs(K))) * size
    if likelihood.name == "negative-binomial":
        return scores, rng.poisson(3, (M, K)).astype(np.float64)
    return scores, rng.normal(size=(M, K)) * size


def loss_and_gradient(likelihood, scores, targets, real=None):
    gradient = scores.copy()
    return likelihood.loss(gradient, targets, real), gradient


@every
@pytest.mark.parametrize("size", [0.7, 2.0, 8.0])
def test_the_gradient_is_the_complex_step_of_the_loss(likelihood, size):
    scores, targets = case(likelihood, size=size)
    real = np.random.default_rng(2).random(targets.shape) < 0.8
    _, gradient = loss_and_gradient(likelihood, scores, targets, real)
    stepped = np.empty_like(scores)
    for place in np.ndindex(scores.shape):
        moved = scores.astype(np.complex128)
        moved[place] += STEP * 1j
        stepped[place] = likelihood.loss(moved, targets, real).imag / STEP
    # A share of the largest besides: where a gradient is a difference of large terms, its last digits are theirs.
    np.testing.assert_allclose(gradient, stepped, rtol=1e-12, atol=1e-13 * np.abs(gradient).max())
    assert np.count_nonzero(gradient) >= 0.7 * gradient.size


@every
def test_the_complex_pass_leaves_the_same_loss_and_gradient(likelihood):
    scores, targets = case(likelihood)
    loss, gradient = loss_and_gradient(likelihood, scores, targets)
    complex_loss, complex_gradient = loss_and_gradient(likelihood, scores.astype(np.complex128), targets)
    assert complex_loss.real == pytest.approx(loss, rel=1e-13) and complex_loss.imag == 0
    np.testing.assert_allclose(complex_gradient.real, gradient, rtol=1e-11, atol=1e-14)


@every
def test_missing_targets_have_no_gradient_and_no_effect(likelihood):
    scores, targets = case(likelihood)
    real = np.random.default_rng(3).random(targets.shape) < 0.6
    holes = np.where(real, targets, np.nan)
    loss, gradient = loss_and_gradient(likelihood, scores, holes, real)
    columns = np.tile(real, likelihood.outputs(1))
    assert (gradient[~columns] == 0).all()
    assert math.isnan(loss_and_gradient(likelihood, scores, holes)[0])
    _, whole = loss_and_gradient(likelihood, scores, targets)
    assert (gradient[columns] == whole[columns]).all()
    wild = np.where(columns, scores, 300)
    assert loss_and_gradient(likelihood, wild, holes, real)[0] == loss
    single = sum(
        loss_and_gradient(likelihood, scores[m : m + 1, k::3], targets[m : m + 1, k : k + 1])[0]
        for m, k in zip(*np.nonzero(real), strict=True)
    )
    assert loss == pytest.approx(single, rel=1e-12)


@every
def test_losses_and_gradients_add_over_shards(likelihood):
    scores, targets = case(likelihood)
    loss, gradient = loss_and_gradient(likelihood, scores, targets)
    shards = [loss_and_gradient(likelihood, scores[part], targets[part]) for part in (slice(0, 2), slice(2, None))]
    assert sum(part for part, _ in shards) == pytest.approx(loss, rel=1e-13)
    assert (np.concatenate([part for _, part in shards]) == gradient).all()


@every
def test_float32_is_near_float64_and_stays_float32(likelihood):
    scores, targets = case(likelihood)
    loss, gradient = loss_and_gradient(likelihood, scores, targets)
    narrow_loss, narrow = loss_and_gradient(likelihood, scores.astype(np.float32), targets.astype(np.float32))
    assert narrow.dtype == np.float32
    assert narrow_loss == pytest.approx(loss, rel=1e-5)
    np.testing.assert_allclose(narrow, gradient, rtol=1e-4, atol=1e-5 * np.abs(gradient).max())


@every
def test_float32_is_rounded_once_at_the_end(likelihood):
    """log Gamma of a large count would lose all digits of a difference in float32."""
    scores, targets = case(likelihood)
    scores, targets = scores.astype(np.float32), (np.ceil(targets) * 4096).astype(np.float32)
    wide_loss, wide = loss_and_gradient(likelihood, scores.astype(np.float64), targets.astype(np.float64))
    loss, gradient = loss_and_gradient(likelihood, scores, targets)
    assert loss == wide_loss and (gradient == wide.astype(np.float32)).all()


@every
def test_extreme_scores_stay_finite_in_float32(likelihood):
    corners = np.array([-50, 0, 50], np.float32)
    grid = np.stack(np.meshgrid(*[corners] * likelihood.outputs(1)), axis=-1).reshape(-1, likelihood.outputs(1))
    for target in (0.0, 50.0, 100000.0) if likelihood.name == "negative-binomial" else (-50.0, 0.0, 50.0):
        loss, gradient = loss_and_gradient(likelihood, grid, np.full((len(grid), 1), target))
        assert math.isfinite(loss) and np.isfinite(gradient).all()
    read = [likelihood.mean(grid)]
    if likelihood.name not in WITHOUT:
        read += [likelihood.quantile(grid, q) for q in getattr(likelihood, "levels", LEVELS)]
    assert np.isfinite(read).all()


def test_losses_are_the_textbook_values():
    def loss(likelihood, scores, target):
        return likelihood.loss(np.array([scores]), np.array([[target]]))

    def soft(value):
        return math.log(math.expm1(value))

    assert loss(LIKELIHOODS["mse"], [1.0], 4.0) == 9 and loss(LIKELIHOODS["mae"], [1.0], 4.0) == 3
    assert loss(Huber(2.0), [1.0], 4.0) == 4 and loss(Huber(2.0), [3.0], 4.0) == 0.5
    assert loss(Quantiles((0.1, 0.5, 0.9)), [1.0, 2.0, 5.0], 3.0) == pytest.approx(0.1 * 2 + 0.5 * 1 + 0.1 * 2)
    log_density = math.log(NormalDist(1, 2).pdf(4))
    assert loss(Gaussian(), [1.0, soft(2 - 1e-3)], 4.0) == pytest.approx(-log_density, rel=1e-13)
    assert loss(Gaussian("log"), [1.0, math.log(2 - 1e-3)], 4.0) == pytest.approx(-log_density, rel=1e-13)
    # Three degrees of freedom: density 2 / (pi sqrt 3 (1 + t^2 / 3)^2), here t = 3/2 and the scale 2.
    density = 2 / (math.pi * math.sqrt(3) * (1 + 0.75) ** 2) / 2
    assert loss(LIKELIHOODS["student-t"], [1.0, soft(2 - 1e-3), soft(0.99)], 4.0) == pytest.approx(-math.log(density))
    # r = 2 and mean 3: p(4) = 5 (2/5)^2 (3/5)^4.
    assert loss(LIKELIHOODS["negative-binomial"], [soft(3), soft(2 - 1e-3)], 4.0) == pytest.approx(
        -math.log(5 * 0.4**2 * 0.6**4), rel=1e-11
    )


@spread
def test_tails_of_quantiles_are_their_levels(likelihood):
    scores, _ = case(likelihood)
    for q in LEVELS:
        value = likelihood.quantile(scores, q)
        if likelihood.name != "negative-binomial":
            np.testing.assert_allclose(likelihood.tail(scores, value), 2 * min(q, 1 - q), rtol=1e-9)
            continue
        mu, r = likelihood.mean(scores), 1e-3 + softplus(scores[:, 3:])[0]
        assert (negative_binomial_cdf(value, mu, r) >= q).all() and (negative_binomial_cdf(value - 1, mu, r) < q).all()


@spread
def test_the_tail_is_one_at_the_median_small_far_away_and_nan_where_nothing_was_seen(likelihood):
    scores, targets = case(likelihood)
    median = likelihood.quantile(scores, 0.5)
    np.testing.assert_allclose(likelihood.tail(scores, median), 1, atol=1e-7)
    far = likelihood.tail(scores, np.ceil(median) + 1e7)
    assert (far < 1e-5).all() and (far >= 0).all()
    targets[2, 1] = np.nan
    assert np.argwhere(np.isnan(likelihood.tail(scores, targets))).tolist() == [[2, 1]]


@spread
def test_samples_have_the_mean_and_the_quantiles_that_are_read(likelihood):
    n = 40_000
    scores = np.tile([1.5, 0.5, 4.0][: likelihood.outputs(1)], (n, 1))
    drawn = likelihood.sample(scores, np.random.default_rng(5))
    assert drawn.shape == (n, 1)
    assert abs(drawn.mean() - likelihood.mean(scores)[0, 0]) < 5 * drawn.std() / math.sqrt(n)
    for q in (0.1, 0.5, 0.9):  # shares of the draws, within five standard deviations
        value, slack = likelihood.quantile(scores, q)[0, 0], 5 * math.sqrt(q * (1 - q) / n)
        assert (drawn <= value).mean() > q - slack and (drawn < value).mean() < q + slack


@spread
def test_the_same_generator_draws_the_same_sample(likelihood):
    scores, _ = case(likelihood)
    first, again, other = (likelihood.sample(scores, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert (first == again).all() and (first != other).any()


@every
def test_reading_leaves_the_scores_and_gives_float64(likelihood):
    scores = case(likelihood)[0].astype(np.float32)
    before = scores.copy()
    values = likelihood.mean(scores)
    values += 1
    if likelihood.name not in WITHOUT:
        likelihood.quantile(scores, 0.5)
    assert (scores == before).all() and values.dtype == np.float64 and values.shape == (9, 3)


def test_crossed_quantiles_are_sorted_and_read_between_their_levels():
    likelihood = Quantiles((0.1, 0.5, 0.9))
    scores = np.array([[5.0, 10.0, 1.0, 20.0, 3.0, 60.0]])  # two targets: 5, 1, 3 crossed and 10, 20, 60
    assert likelihood.mean(scores).tolist() == [[3, 20]]
    assert likelihood.quantile(scores, 0.1).tolist() == [[1, 10]]
    np.testing.assert_allclose(likelihood.quantile(scores, 0.6), [[3.5, 30]])
    np.testing.assert_allclose(likelihood.quantile(scores, (1 - 0.8) / 2), [[1, 10]])  # a bit below 0.1 in float64
    for q in (0.05, 0.95):
        with pytest.raises(ConfigError, match=f"quantile is {q}") as caught:
            likelihood.quantile(scores, q)
        assert "0.1 to 0.9" in caught.value.hint and "conformal" in caught.value.hint


@pytest.mark.parametrize("name", [*WITHOUT, "quantile"])
def test_a_loss_without_a_distribution_says_what_to_use_instead(name):
    likelihood = LIKELIHOODS[name]
    scores, targets = case(likelihood)
    calls = [lambda: likelihood.sample(scores, np.random.default_rng(0)), lambda: likelihood.tail(scores, targets)]
    if name != "quantile":
        calls.append(lambda: likelihood.quantile(scores, 0.5))
    for call in calls:
        with pytest.raises(ConfigError, match=f"'{name}' describes no distribution") as caught:
            call()
        assert "conformal" in caught.value.hint


@spread
@pytest.mark.parametrize("q", [0, 1, -0.5, float("nan")])
def test_a_quantile_outside_zero_to_one_is_refused(likelihood, q):
    with pytest.raises(ConfigError, match="quantile is"):
        likelihood.quantile(case(likelihood)[0], q)


@pytest.mark.parametrize("bad", [-1.0, 2.5])
def test_a_target_that_is_no_count_is_named(bad):
    likelihood = LIKELIHOODS["negative-binomial"]
    scores, targets = case(likelihood)
    targets[1, 2] = bad
    for call in (lambda: likelihood.loss(scores.copy(), targets), lambda: likelihood.tail(scores, targets)):
        with pytest.raises(DataError, match=f"{bad} is not a count") as caught:
            call()
        assert "unscaled" in caught.value.hint
    likelihood.loss(scores, targets, targets != bad)  # missing: never looked at


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda: Huber(0), "huber delta is 0"),
        (lambda: Huber(float("nan")), "huber delta is nan"),
        (lambda: Gaussian("exp"), "scale is exp"),
        (lambda: Gaussian(floor=0), "floor is 0"),
        (lambda: replace(LIKELIHOODS["student-t"], floor=-1), "floor is -1"),
        (lambda: Quantiles(()), "levels"),
        (lambda: Quantiles((0.5, 0.1)), "levels"),
        (lambda: Quantiles((0.5, 0.5)), "le"),
        (lambda: Quantiles((0.0, 0.5)), "levels"),
        (lambda: Quantiles((0.6, 0.9)), "levels"),
    ],
)
def test_an_option_that_cannot_be_used_is_named_with_what_is_allowed(make, found):
    with pytest.raises(ConfigError, match=found) as caught:
        make()
    assert "allowed" in caught.value.hint


def test_the_registry_has_every_name_and_its_likelihoods_cannot_be_changed():
    assert list(LIKELIHOODS) == ["mse", "mae", "huber", "quantile", "gaussian", "student-t", "negative-binomial"]
    for _, likelihood in LIKELIHOODS.items():
        for field in fields(likelihood):
            with pytest.raises(FrozenInstanceError):
                setattr(likelihood, field.name, 1)
    with pytest.raises(ConfigError, match="expected a Likelihood"):
        LIKELIHOODS.register("mine", Likelihood())


def test_lgamma_is_that_of_the_standard_library_and_digamma_its_derivative():
    x = np.concatenate([np.geomspace(1e-4, 1e4, 900), np.arange(0.25, 30, 0.25)])
    known = np.array([math.lgamma(value) for value in x])
    np.testing.assert_allclose(lgamma(x), known, rtol=1e-14, atol=1e-14)
    stepped = lgamma(x + STEP * 1j)
    np.testing.assert_allclose(stepped.real, known, rtol=1e-14, atol=1e-14)
    np.testing.assert_allclose(digamma(x), stepped.imag / STEP, rtol=1e-13, atol=1e-14)
    assert digamma(np.array([1.0]))[0] == pytest.approx(-np.euler_gamma, rel=1e-14)
    assert digamma(np.array([0.5]))[0] == pytest.approx(-np.euler_gamma - 2 * math.log(2), rel=1e-14)


def test_lgamma_and_digamma_hold_for_complex_arguments():
    """|Gamma(1 + iy)|^2 = pi y / sinh(pi y) and Im psi(1 + iy) = (pi coth(pi y) - 1/y) / 2 (A&S 6.1.31, 6.3.13)."""
    y = np.geomspace(0.01, 20, 60)
    known = np.log(np.pi * y / np.sinh(np.pi * y))
    np.testing.assert_allclose(2 * lgamma(1 + 1j * y).real, known, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(digamma(1 + 1j * y).imag, (np.pi / np.tanh(np.pi * y) - 1 / y) / 2, rtol=1e-11)


def test_softplus_keeps_its_digits_and_never_overflows():
    a = np.array([-1e4, -500.0, -40.0, -3.0, 0.0, 3.0, 40.0, 1e4])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        value, slope = softplus(a)
        stepped = softplus(a + STEP * 1j)[0]
    known = [math.log1p(math.exp(-abs(v))) + max(v, 0) for v in a]
    np.testing.assert_allclose(value, known, rtol=1e-14)
    np.testing.assert_allclose(slope, [math.exp(min(v, 0)) / (1 + math.exp(-abs(v))) for v in a], rtol=1e-12)
    np.testing.assert_allclose(stepped.imag / STEP, slope, rtol=1e-12)


def test_normal_quantiles_are_those_of_the_standard_library_and_round_trip():
    q = np.concatenate([np.geomspace(1e-300, 0.5, 200), 1 - np.geomspace(1e-12, 0.5, 200)])
    np.testing.assert_allclose(normal_quantile(q), [NormalDist().inv_cdf(p) for p in q], rtol=1e-13, atol=1e-15)
    low = q[q < 0.5]
    np.testing.assert_allclose(normal_tail(normal_quantile(low)) / 2, low, rtol=1e-11)


def test_the_incomplete_beta_function_is_its_finite_sum():
    """For whole a and b it is a binomial tail: the sum over j >= a of C(n, j) x^j y^(n-j), n = a+b-1 (A&S 26.5.24)."""
    for a in (1, 2, 7, 40):
        for b in (1, 3, 25, 90):
            for x in (0.0, 1e-6, 0.1, 0.5, 0.8, 0.999, 1.0):
                n = a + b - 1
                known = math.fsum(math.comb(n, j) * x**j * (1 - x) ** (n - j) for j in range(a, n + 1))
                found = incomplete_beta(*(np.array([float(v)]) for v in (a, b, x, 1 - x)))[0]
                assert found == pytest.approx(known, rel=1e-11, abs=1e-15), (a, b, x)


def test_student_tails_and_quantiles_are_the_closed_forms_and_near_the_normal_ones():
    t = np.geomspace(1e-3, 1e4, 80)
    np.testing.assert_allclose(student_tail(t, 2.0), 2 / (2 + t * t + t * np.sqrt(2 + t * t)), rtol=1e-12)
    angle = np.arctan2(math.sqrt(3), t)  # v = 3: 2/pi (angle - sin cos), A&S 26.7.3 from the far end
    far = t < 100  # beyond, this form itself loses its digits
    np.testing.assert_allclose(
        student_tail(t, 3.0)[far], (2 / np.pi * (angle - np.sin(angle) * np.cos(angle)))[far], rtol=1e-9
    )
    for q in (1e-6, *LEVELS):
        assert student_quantile(q, 2.0) == pytest.approx((2 * q - 1) / math.sqrt(2 * q * (1 - q)), rel=1e-11, abs=0)
        assert student_quantile(q, 1e6) == pytest.approx(NormalDist().inv_cdf(q), rel=1e-4, abs=1e-12)
    assert student_tail(np.array([0.0, np.nan]), 5.0).tolist()[0] == 1


@pytest.mark.parametrize("q", [1e-6, 0.001, 0.025, 0.1, 0.3, 0.499999, 0.5, 0.8, 0.975, 1 - 1e-6])
def test_many_student_quantiles_at_once_are_those_of_the_exact_search(q):
    v = np.concatenate([[2.0, 2.01], np.geomspace(2.02, 2e4, 60)]).reshape(2, -1)
    np.testing.assert_allclose(student_quantiles(q, v), student_quantile(q, v), rtol=1e-9)


@pytest.mark.parametrize(("mean", "r"), [(0.3, 0.1), (4.0, 2.0), (30.0, 0.7), (50.0, 60.0)])
def test_negative_binomial_probabilities_are_the_sums_of_their_terms(mean, r):
    k = np.arange(200.0)
    p = np.exp(
        [
            math.lgamma(n + r)
            - math.lgamma(r)
            - math.lgamma(n + 1)
            + r * math.log(r / (r + mean))
            + n * math.log(mean / (r + mean))
            for n in k
        ]
    )
    below = np.cumsum(p)
    np.testing.assert_allclose(negative_binomial_cdf(k, mean, r), below, rtol=1e-11)
    np.testing.assert_allclose(negative_binomial_above(k, mean, r)[:20], (1 - below + p)[:20], rtol=1e-10)
    assert negative_binomial_cdf(np.array([-1.0]), mean, r)[0] == 0
